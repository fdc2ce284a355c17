"""Which tokens are accepted. Whatever is wrong with one, the answer is the same bare 401."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Service = Callable[..., Any]
Sign = Callable[..., str]

NOW: Final = 1_800_000_000
ISSUER: Final = "https://ehr.example.org"
PUBLIC_URL: Final = "https://trials.example.org"
DISCOVERY: Final = f"{PUBLIC_URL}/cds-services"

BARE: Final = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login"}]}


def check_refused(service: Any, reason: str, *tokens: str, **asking: Any) -> None:
    answer = service.ask(*tokens, **asking)
    assert (answer.status_code, service.reasons) == (401, [reason])
    assert answer.json() == BARE
    assert answer.headers["www-authenticate"] == "Bearer"
    assert service.remembered.tokens == {}


@pytest.mark.parametrize(
    ("algorithm", "kid"),
    [("ES384", "ec"), ("RS384", "rsa")],
)
def test_a_token_of_a_trusted_client_is_accepted(service: Service, sign: Sign, algorithm: str, kid: str) -> None:
    answer = service().ask(sign({}, {"kid": kid}, algorithm=algorithm, by=kid))
    assert (answer.status_code, answer.json()["name"], answer.json()["jti"]) == (200, "ehr", "j1")


# --- claims ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "jti"])
def test_a_claim_that_is_missing(service: Service, sign: Sign, claim: str) -> None:
    check_refused(service(), "claim-missing", sign({claim: None}))


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://elsewhere.example.org"}, "issuer"),
        ({"iss": ISSUER + "/"}, "issuer"),
        ({"iss": ISSUER.upper()}, "issuer"),
        ({"iss": [ISSUER]}, "malformed"),
        ({"iss": ""}, "malformed"),
        ({"iss": "x" * 2049}, "malformed"),
        ({"jti": 7}, "malformed"),
        ({"jti": ""}, "malformed"),
        ({"exp": str(NOW + 300)}, "malformed"),
        ({"exp": True}, "malformed"),
        ({"exp": float("nan")}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"exp": 10**400}, "malformed"),
        ({"exp": -1}, "malformed"),
        ({"iat": "now"}, "malformed"),
        ({"nbf": "now"}, "malformed"),
        ({"tenant": 7}, "malformed"),
        ({"aud": 7}, "malformed"),
        ({"aud": [DISCOVERY, 7]}, "malformed"),
        ({"aud": []}, "audience"),
        ({"padding": "x" * 16_384}, "malformed"),
        ({"aud": {"url": DISCOVERY}}, "malformed"),
    ],
)
def test_a_claim_that_is_wrong(service: Service, sign: Sign, claims: Mapping[str, Any], reason: str) -> None:
    check_refused(service(), reason, sign(claims))


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        # 30 seconds for clocks that differ
        ({"exp": NOW - 31}, "expired"),
        ({"exp": NOW - 30}, "expired"),
        ({"exp": NOW - 29}, None),
        ({"iat": NOW + 30}, None),
        ({"iat": NOW + 31}, "not-yet"),
        ({"nbf": NOW + 30}, None),
        ({"nbf": NOW + 31}, "not-yet"),
        ({"nbf": NOW - 300}, None),  # as Epic sends it
        # an hour at most, so that a token need not be remembered for longer
        ({"exp": NOW + 3630}, None),
        ({"exp": NOW + 3631}, "lives-too-long"),
    ],
)
def test_the_times_of_a_token(service: Service, sign: Sign, claims: Mapping[str, Any], reason: str | None) -> None:
    if reason is None:
        assert service().ask(sign(claims)).status_code == 200
    else:
        check_refused(service(), reason, sign(claims))


def test_how_far_clocks_may_differ_and_how_long_a_token_may_live_can_be_set(service: Service, sign: Sign) -> None:
    strict = {"clock_skew_seconds": 0, "longest_token_seconds": 60}
    assert service(**strict).ask(sign({"exp": NOW + 60})).status_code == 200
    check_refused(service(**strict), "lives-too-long", sign({"exp": NOW + 61}))
    check_refused(service(**strict), "expired", sign({"exp": NOW}))


# --- audience -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "path", "accepted"),
    [
        (DISCOVERY, "/cds-services", True),
        (DISCOVERY + "/", "/cds-services", True),
        (DISCOVERY, "/cds-services/", True),
        (["https://elsewhere.example.org", DISCOVERY], "/cds-services", True),
        (DISCOVERY, "/cds-services?x=1", True),
        (PUBLIC_URL, "/cds-services", False),
        (f"{DISCOVERY}/trialsieve-patient-view", "/cds-services", False),
        ("http://192.0.2.7:8080/cds-services", "/cds-services", False),  # what the proxy calls us
        ("sand_man", "/cds-services", False),
        (["https://elsewhere.example.org"], "/cds-services", False),
        (DISCOVERY.replace("https", "http"), "/cds-services", False),
    ],
)
def test_the_audience_is_the_public_address_of_the_endpoint(
    service: Service, sign: Sign, audience: Any, path: str, accepted: bool
) -> None:
    if accepted:
        assert service().ask(sign({"aud": audience}), path=path).status_code == 200
    else:
        check_refused(service(), "audience", sign({"aud": audience}), path=path)


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
def test_no_header_moves_the_audience(service: Service, sign: Sign, header: str) -> None:
    value = "host=evil.example.org;proto=https" if header == "Forwarded" else "evil.example.org"
    elsewhere = sign({"aud": "https://evil.example.org/cds-services"})
    check_refused(service(), "audience", elsewhere, headers=[(header, value)])
    assert service().ask(sign(), headers=[(header, value)]).status_code == 200


def test_a_client_that_sends_another_audience_can_be_told_so(service: Service, sign: Sign) -> None:
    told = {"audiences": ["sand_man", "trials"]}
    assert service(told).ask(sign({"aud": "sand_man"})).status_code == 200
    check_refused(service(told), "audience", sign({"aud": DISCOVERY}))


# --- tenants --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tenants", "tenant", "accepted"),
    [
        ([], None, True),
        ([], "t1", False),  # one issuer may sign for hospitals that nobody here knows
        (["t1", "t2"], "t2", True),
        (["t1"], "T1", False),
        (["t1"], None, False),
        (["*"], "t9", True),
        (["*"], None, True),
    ],
)
def test_only_listed_tenants(
    service: Service, sign: Sign, tenants: list[str], tenant: str | None, accepted: bool
) -> None:
    if accepted:
        assert service({"tenants": tenants}).ask(sign({"tenant": tenant})).json()["tenant"] == tenant
    else:
        check_refused(service({"tenants": tenants}), "tenant", sign({"tenant": tenant}))


# --- header ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"typ": None}, "malformed"),
        ({"typ": "at+jwt"}, "malformed"),
        ({"crit": ["exp"]}, "malformed"),
        ({"crit": ["b64"], "b64": True}, "malformed"),
        ({"kid": None}, "malformed"),
        ({"kid": 7}, "malformed"),
        ({"kid": ""}, "malformed"),
        ({"kid": "unknown"}, "key"),
        ({"kid": "other-ec"}, "key"),
        ({"kid": "rsa"}, "key"),  # the client's, but not for this algorithm
        ({"alg": None}, "algorithm"),
        ({"alg": "RS384"}, "key"),
        ({"alg": "none"}, "algorithm"),
        ({"alg": "None"}, "algorithm"),
        ({"alg": "HS384"}, "algorithm"),
        ({"alg": "ES256"}, "algorithm"),
        ({"alg": ["ES384"]}, "algorithm"),
    ],
)
def test_a_header_that_is_wrong(service: Service, sign: Sign, header: Mapping[str, Any], reason: str) -> None:
    check_refused(service(), reason, sign({}, header))


def test_the_type_may_be_written_small(service: Service, sign: Sign) -> None:
    assert service().ask(sign({}, {"typ": "jwt"})).status_code == 200


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS384"])
def test_no_other_algorithm_even_with_the_right_key(service: Service, sign: Sign, algorithm: str) -> None:
    check_refused(service(), "algorithm", sign({}, {"kid": "rsa"}, algorithm=algorithm, by="rsa"))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("kid", ["ec", "rsa"])
def test_a_public_key_is_no_secret(service: Service, sign: Sign, keys: Any, algorithm: str, kid: str) -> None:
    """The public key used as the secret of a symmetric algorithm: whoever reads the key set could sign."""
    public = keys.private[kid].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    check_refused(service(), "algorithm", sign({}, {"kid": kid}, algorithm=algorithm, by=public))


def test_an_unsigned_token(service: Service, sign: Sign) -> None:
    head, payload, _ = sign({}, {"alg": "none"}).split(".")
    check_refused(service(), "algorithm", f"{head}.{payload}.")


# --- signature ------------------------------------------------------------------------------------------------------


def test_a_signature_by_another_key(service: Service, sign: Sign) -> None:
    check_refused(service(), "signature", sign(by="other-ec"))
    check_refused(service(), "signature", sign({}, {"kid": "rsa"}, algorithm="RS384", by="other-rsa"))


def test_claims_that_were_changed_after_signing(service: Service, sign: Sign) -> None:
    head, payload, signature = sign().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    changed = base64.urlsafe_b64encode(json.dumps(claims | {"jti": "j2"}).encode()).rstrip(b"=").decode()
    check_refused(service(), "signature", f"{head}.{changed}.{signature}")
    check_refused(service(), "signature", f"{head}.{payload}.")


# --- the Authorization header ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Basic dXNlcjpwYXNz", "no-token"),
        ("Bearer", "no-token"),
        ("Bearer ", "no-token"),
        ("Bearer x", "malformed"),
        ("Bearer a.b.c", "malformed"),
        ("Bearer ....", "malformed"),
        ("Bearer " + "x" * 16_385, "malformed"),
        ("Bearer W10.W10.W10", "malformed"),  # lists where objects should be
        ("Bearer ÿ", "malformed"),
    ],
)
def test_no_token(service: Service, value: str, reason: str) -> None:
    check_refused(service(), reason, headers=[("Authorization", value.encode("latin-1"))])


def test_deeply_nested_claims(service: Service) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 5000).rstrip(b"=").decode()
    head = base64.urlsafe_b64encode(b'{"alg":"ES384","typ":"JWT","kid":"ec"}').rstrip(b"=").decode()
    check_refused(service(), "malformed", f"{head}.{deep}.x")


def test_no_header_at_all_and_two_of_them(service: Service, sign: Sign) -> None:
    check_refused(service(), "no-token")
    check_refused(service(), "no-token", sign(), sign())


def test_the_scheme_in_any_case(service: Service, sign: Sign) -> None:
    assert service().ask(headers=[("authorization", f"bearer {sign()}")]).status_code == 200


# --- replay ---------------------------------------------------------------------------------------------------------


def test_a_token_counts_once(service: Service, sign: Sign) -> None:
    made = service()
    token = sign()
    assert [made.ask(token).status_code for _ in range(3)] == [200, 401, 401]
    assert made.reasons == ["replayed", "replayed"]
    assert made.ask(sign({"iat": NOW - 1})).status_code == 401, "the id counts, not the token"
    assert made.ask(sign({"jti": "j2"})).status_code == 200


def test_a_token_is_remembered_for_as_long_as_it_could_be_used(service: Service, sign: Sign) -> None:
    made = service()
    made.ask(sign({"exp": NOW + 300}))
    assert made.remembered.tokens == {(ISSUER, "j1"): datetime.fromtimestamp(NOW + 330, UTC)}


def test_whoever_guesses_an_id_cannot_use_it_up(service: Service, sign: Sign) -> None:
    made = service()
    assert made.ask(sign(by="other-ec")).status_code == 401
    assert made.ask(sign()).status_code == 200
