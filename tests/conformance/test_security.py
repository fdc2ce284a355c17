"""Section 9 of the checklist: tokens, keys, cross-origin requests."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import structlog
from ehr import BOYS_ID, full
from guarded import DISCOVERY, EPIC_BASE, FEEDBACK, JKU, PRIVATE, PUBLIC, Guarded, jwk, sign
from hook_client import PATIENT_VIEW, HookClient, call
from pydantic import ValidationError

from trialsieve.service.security.authenticator import Authenticator
from trialsieve.service.settings.service_settings import Settings

states = pytest.mark.states


def assert_bare(response: httpx.Response) -> None:
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json() == {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login"}]}


# --- every call -------------------------------------------------------------------------------------------------------


@states("9/S2:896", "2/S2:902", "8/S2:790", "6/BP/401")
def test_every_endpoint_needs_a_token_made_for_it(guarded: Guarded) -> None:
    screening = call(BOYS_ID, {"patient": {"resourceType": "Patient", "id": BOYS_ID}})
    calls: list[tuple[str, Callable[[str | None], httpx.Response]]] = [
        (DISCOVERY, guarded.get),
        (PATIENT_VIEW, lambda token: guarded.post(token, PATIENT_VIEW, screening)),
        (FEEDBACK, lambda token: guarded.post(token, FEEDBACK, {"feedback": []})),
        ("/screen", lambda token: guarded.post(token, "/screen", screening["prefetch"]["patient"])),
        ("/trials", lambda token: guarded.get(token, "/trials")),
    ]
    for path, asked in calls:
        assert_bare(asked(None))
        assert asked(sign(path)).status_code == 200, path
        for other, _ in calls:
            if other != path:
                assert_bare(asked(sign(other)))


@states("6/BP/401")
def test_whether_a_service_exists_is_told_to_nobody_without_a_token(guarded: Guarded) -> None:
    assert_bare(guarded.post(None, f"{DISCOVERY}/none", {}))
    assert_bare(guarded.post(None, PATIENT_VIEW, []))


@states("9/S2:928", "9/GOOD/host")
@pytest.mark.parametrize(
    ("audience", "status"),
    [
        (f"{PUBLIC}{DISCOVERY}", 200),
        ([f"{PUBLIC}{DISCOVERY}"], 200),
        (["https://other.example.org", f"{PUBLIC}{DISCOVERY}"], 200),
        (f"{PUBLIC}{DISCOVERY}/", 200),
        (PUBLIC, 401),
        (f"{PUBLIC}{PATIENT_VIEW}", 401),
        ("http://127.0.0.1:8080/cds-services", 401),
        ("sand_man", 401),
        ([], 401),
        ("", 401),
    ],
)
def test_the_audience_is_the_endpoint(guarded: Guarded, audience: Any, status: int) -> None:
    assert guarded.get(sign(aud=audience)).status_code == status
    moved = sign(aud="https://evil.example.org/cds-services")
    assert_bare(guarded.get(moved, host="evil.example.org", **{"x-forwarded-host": "evil.example.org"}))


@states("9/S2:908")
@pytest.mark.parametrize("header", [{"kid": ...}, {"kid": "unknown"}, {"typ": ...}, {"typ": "JWS"}, {"crit": ["x"]}])
def test_a_header_that_is_not_whole(guarded: Guarded, header: dict[str, Any]) -> None:
    if header == {"kid": ...}:
        token = jwt.encode(jwt.decode(sign(), options={"verify_signature": False}), PRIVATE["ec"], algorithm="ES384")
    else:
        token = sign(header=header)
    assert_bare(guarded.get(token))


@states("9/S2:915", "9/BP/order")
@pytest.mark.parametrize(
    "claims",
    [
        *({name: ...} for name in ("iss", "aud", "exp", "iat", "jti")),
        {"iss": "https://nobody.example.org"},
        {"jti": ""},
    ],
)
def test_claims_that_are_missing_or_do_not_hold(guarded: Guarded, claims: dict[str, Any]) -> None:
    # PyJWT itself refuses to sign claims that are no text; those are in the tests of tokens.
    assert_bare(guarded.get(sign(**claims)))


@states("9/S2:915")
@pytest.mark.parametrize(("claim", "seconds"), [("exp", -60), ("exp", 2 * 86_400), ("iat", 600), ("nbf", 600)])
def test_times_that_do_not_hold(guarded: Guarded, claim: str, seconds: int) -> None:
    """Reckoned from when it is asked: tests are collected long before the last one runs."""
    claims: dict[str, Any] = {claim: int(time.time()) + seconds}
    assert_bare(guarded.get(sign(**claims)))


@states("9/BP/order")
def test_a_signature_by_another_key_and_changed_claims(guarded: Guarded) -> None:
    assert_bare(guarded.get(sign(by="stranger", header={"kid": "ec"})))
    head, _, signature = sign().split(".")
    assert_bare(guarded.get(f"{head}.{sign(jti='changed').split('.')[1]}.{signature}"))


@states("9/S2:924")
@pytest.mark.parametrize(
    ("issuer", "tenant", "status"),
    [
        ("https://ehr.example.org", ..., 200),
        ("https://ehr.example.org", "north", 401),
        ("https://vendor.example.org", "north", 200),
        ("https://vendor.example.org", "south", 200),
        ("https://vendor.example.org", "west", 401),
        ("https://vendor.example.org", ..., 401),
    ],
)
def test_a_tenant_is_one_of_the_clients(guarded: Guarded, issuer: str, tenant: Any, status: int) -> None:
    assert guarded.get(sign(iss=issuer, tenant=tenant)).status_code == status


@states("9/S2:938")
def test_neither_none_nor_a_shared_secret(guarded: Guarded) -> None:
    claims = jwt.decode(sign(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": "ec"})
    assert_bare(guarded.get(unsigned))
    secret = json.dumps(jwk("ec"))
    for algorithm in ("HS256", "HS384", "HS512"):
        assert_bare(guarded.get(jwt.encode(claims, secret * 2, algorithm=algorithm, headers={"kid": "ec"})))


@states("9/S2:944")
@pytest.mark.parametrize("by", ["ec", "rsa"])
def test_both_recommended_algorithms(guarded: Guarded, by: str) -> None:
    assert guarded.get(sign(by=by)).status_code == 200


@states("9/EPIC/token")
def test_a_token_as_epic_makes_it(guarded: Guarded) -> None:
    now = int(time.time())
    token = sign(by="rsa", iss=EPIC_BASE, aud=PUBLIC, sub="made-up-client", nbf=now - 300, iat=now - 300, exp=now + 300)
    assert guarded.get(token).status_code == 200


@states("9/CERNER/issuer")
def test_a_token_as_cerner_makes_it(guarded: Guarded) -> None:
    assert guarded.get(sign(iss="https://cds-hooks.cerner.com")).status_code == 200


@states("9/MELD/audience")
def test_a_token_as_meld_makes_it(guarded: Guarded) -> None:
    assert guarded.get(sign(iss="https://meld.example.org", aud="sand_man")).status_code == 200
    assert_bare(guarded.get(sign(iss="https://meld.example.org")))


@states("9/BP/replay")
def test_a_token_counts_once(guarded: Guarded) -> None:
    token = sign()
    assert guarded.get(token).status_code == 200
    assert_bare(guarded.get(token))
    same = "made-up-id"
    assert guarded.get(sign(iss="https://cds-hooks.cerner.com", jti=same)).status_code == 200
    assert guarded.get(sign(jti=same)).status_code == 200, "of another issuer it is another token"


@states("9/BP/secret", "9/BP/phi", "9/BP/audit")
def test_a_token_is_neither_logged_nor_kept_and_the_call_can_be_found_again(
    guarded: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = (
        sign(PATIENT_VIEW, iss="https://vendor.example.org", tenant="north"),
        sign(PATIENT_VIEW, iss="https://x.org"),
    )
    instance = str(uuid.uuid4())
    body = call(BOYS_ID, {"patient": {"resourceType": "Patient", "id": BOYS_ID}}, hookInstance=instance)
    with structlog.testing.capture_logs() as logged:
        answered = guarded.post(good, PATIENT_VIEW, body)
        assert_bare(guarded.post(bad, PATIENT_VIEW, body))
    store = guarded.client.app.state.service.store
    assert store.flush(10)
    folder = Path(guarded.client.app.state.service.settings.data_folder)
    written = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    for token in (good, bad):
        for part in token.split("."):
            assert part not in repr(logged) + caplog.text
            assert part.encode() not in written
    assert BOYS_ID not in repr(logged) + caplog.text
    line = next(one for one in logged if one.get("event") == "request")
    assert (line["caller"], line["tenant"]) == ("tenants", "north")
    jti = jwt.decode(good, options={"verify_signature": False})["jti"]
    assert line["jti_sha256"] == hashlib.sha256(jti.encode()).hexdigest()[:16]
    assert line["hook_instance_sha256"] == hashlib.sha256(instance.encode()).hexdigest()[:16]
    card = answered.json()["cards"][0]
    kept = store.screening_of(card["links"][0]["url"].partition("?")[0].rpartition("/")[2])
    assert (kept.caller, kept.hook_instance) == ("tenants#north", instance)
    assert card["uuid"] in {one.card_uuid for one in kept.cards}


# --- keys -------------------------------------------------------------------------------------------------------------


@states("9/S2:926", "9/S3:1319", "9/S2:930")
def test_keys_are_fetched_from_the_listed_place_alone_and_rotated(guarded: Guarded) -> None:
    rotating = "https://rotating.example.org"
    assert guarded.get(sign(iss=rotating, header={"jku": JKU})).status_code == 200
    assert guarded.fetched == [JKU]
    assert_bare(guarded.get(sign(iss=rotating, by="next", header={"jku": JKU})))
    guarded.published = {"keys": [jwk("next")]}
    assert guarded.get(sign(iss=rotating, by="next", header={"jku": JKU})).status_code == 200
    guarded.fetched.clear()
    for place in ("https://evil.example.org/jwks.json", f"{JKU}?x", "http://169.254.169.254/", "", ...):
        header = {} if place is ... else {"jku": place}
        assert_bare(guarded.get(sign(iss=rotating, by="next", header=header)))
    assert guarded.fetched == []


@states("9/GOOD/jku", "9/S2:926")
def test_where_keys_are_given_jku_is_passed_over(guarded: Guarded) -> None:
    guarded.fetched.clear()
    assert guarded.get(sign(header={"jku": "https://evil.example.org/jwks.json"})).status_code == 200
    assert_bare(guarded.get(sign(by="stranger", header={"jku": JKU})))
    assert guarded.fetched == []


# The example of 3.0.0-ballot, "JWT Signing Algorithm" (HL7/cds-hooks, CC0-1.0).
VECTOR_KEY = {
    "kty": "EC",
    "use": "sig",
    "crv": "P-384",
    "kid": "example-kid",
    "x": "46SDH7Znh821wblCBglA61sNE9ZrHYKKt3qRtRTmSXyOI_FIGBLWrWa0GPUkDCEk",
    "y": "XMcRuuoGW7CXjQdy-F5i3FeBE0x9hPLdeFdSoDd3ELmx404tLX0VRRcqzAsPhXcI",
    "alg": "ES384",
}
VECTOR = (
    "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6ImV4YW1wbGUta2lkIiwiamt1IjoiaHR0cHM6Ly9maGlyLWVoci5leGFtcGxlLmNvbS9q"
    "d2tfdXJpIn0.eyJpc3MiOiJodHRwczovL2ZoaXItZWhyLmV4YW1wbGUuY29tLyIsImF1ZCI6Imh0dHBzOi8vY2RzLmV4YW1wbGUub3JnL2Nkcy1z"
    "ZXJ2aWNlcy9zb21lLXNlcnZpY2UiLCJleHAiOjE0MjI1Njg4NjAsImlhdCI6MTMxMTI4MDk3MCwianRpIjoiZWUyMmIwMjEtZTFiNy00NjExLWJh"
    "NWItOGVlYzZhMzNhYzFlIiwidGVuYW50IjoiMmRkZDZjM2EtOGU5YS00NGM2LWEzMDUtNTIxMTFhZDMwMmEyIn0.d1WfLjGRKlcWB94l9do4cM8R"
    "EXeYJLL6SGUBO8VHZhfM8mwKYP70EMxJ67War4TQblEpaQrp11wx5p7oPFm2ETYgCicS84vXWEIYTdjooZdooCSDf2L8-i4awdoUwiEb"
)


@states("9/S3:vector")
@pytest.mark.parametrize(("now", "accepted"), [(1_422_568_859, True), (1_422_568_891, False), (1_311_280_000, False)])
def test_the_token_of_the_text(now: int, accepted: bool, tmp_path: Path) -> None:
    """It lives for years; that is longer than any token may here, so that it is tried near its end."""
    from starlette.requests import Request

    from trialsieve.service.security.seen_tokens import Met
    from trialsieve.service.web.errors import UnauthorizedError

    client = {
        "name": "example",
        "issuer": "https://fhir-ehr.example.com/",
        "tenants": ("2ddd6c3a-8e9a-44c6-a305-52111ad302a2",),
        "jwks": {"keys": [VECTOR_KEY]},
    }
    settings = Settings(public_url="https://cds.example.org", clients=[client], data_folder=tmp_path)

    class Never:
        def seen(self, *_: Any) -> Met:
            return Met.NOW

        def forget_token(self, *_: Any) -> None:
            raise AssertionError

    scope = {
        "type": "http",
        "path": "/cds-services/some-service",
        "headers": [(b"authorization", f"Bearer {VECTOR}".encode())],
    }

    async def verified() -> str:
        async with httpx.AsyncClient() as http:
            authenticator = Authenticator(settings, Never(), http, clock=lambda: now)
            return (await authenticator.caller(Request(scope))).name

    if accepted:
        assert asyncio.run(verified()) == "example"
    else:
        with pytest.raises(UnauthorizedError):
            asyncio.run(verified())


# --- who is answered --------------------------------------------------------------------------------------------------


@states("9/S3:1289")
@pytest.mark.parametrize(
    "settings", [{"host": "0.0.0.0", "public_url": PUBLIC}, {"public_url": PUBLIC}, {"host": "::"}]
)
def test_it_does_not_start_open_to_others(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="answer everybody"):
        Settings(**settings)


PLACES = [DISCOVERY, PATIENT_VIEW, FEEDBACK]


@states("9/S2:1009")
@pytest.mark.parametrize("path", PLACES)
def test_a_browser_may_ask_before_it_calls(guarded: Guarded, client: HookClient, path: str) -> None:
    preflight = {
        "Origin": "https://sandbox.example.org",
        "Access-Control-Request-Method": "GET" if path == DISCOVERY else "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    for asked in (client, guarded.client):
        response = asked.request("OPTIONS", path, headers=preflight)
        assert response.status_code in {200, 204}
        assert response.headers["access-control-allow-origin"] == "*"
        assert preflight["Access-Control-Request-Method"] in response.headers["access-control-allow-methods"]
        allowed = response.headers["access-control-allow-headers"]
        assert {"authorization", "content-type"} <= {name.strip().casefold() for name in allowed.split(",")}
        assert "access-control-allow-credentials" not in response.headers


@states("9/S2:1009")
def test_a_browser_can_read_every_answer(guarded: Guarded, client: HookClient) -> None:
    origin = {"Origin": "https://sandbox.example.org"}
    answers = [
        client.get(DISCOVERY, headers=origin),
        client.post(PATIENT_VIEW, json=call(BOYS_ID, full(client)), headers=origin),
        client.post(PATIENT_VIEW, json={}, headers=origin),
        guarded.client.get(DISCOVERY, headers=origin),
        guarded.client.post(PATIENT_VIEW, json={}, headers=origin),
    ]
    assert [response.status_code for response in answers] == [200, 200, 400, 401, 401]
    for response in answers:
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers
