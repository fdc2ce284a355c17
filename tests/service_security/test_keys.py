"""Where keys come from: which are usable, what may be fetched, how often, and what happens when they change."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import jwt
import pytest
from structlog.testing import capture_logs

from trialsieve.service.security.key_source import BURST, MOST_BYTES, KeySource, keys_of_url
from trialsieve.service.trusted.key_set import KeySet, key_set, parsed_key_set

Service = Callable[..., Any]
Sign = Callable[..., str]

JWKS_URL: Final = "https://ehr.example.org/jwks.json"
JKU: Final = "https://ehr.example.org/keys"


# --- which keys are usable --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kid", "further", "algorithm"),
    [
        ("ec", {}, "ES384"),
        ("rsa", {}, "RS384"),
        ("ec", {"use": "sig", "alg": "ES384", "key_ops": ["verify"]}, "ES384"),
        ("rsa", {"x5c": ["..."]}, "RS384"),
        ("ec", {"use": "enc"}, None),
        ("ec", {"alg": "ES256"}, None),
        ("rsa", {"alg": "RS256"}, None),
        ("rsa", {"alg": "PS384"}, None),
        ("ec", {"key_ops": ["deriveKey"]}, None),
        ("ec", {"key_ops": 7}, None),
        ("ec", {"key_ops": "verify"}, None),
        # Some servers write null for what a key has not.
        ("ec", {"use": None, "alg": None, "key_ops": None, "d": None, "k": None}, "ES384"),
        ("rsa", {"use": None, "alg": None, "key_ops": None, "d": None, "p": None, "q": None}, "RS384"),
        ("ec", {"kid": ""}, None),
        ("ec", {"kid": 7}, None),
        ("ec", {"kty": "oct", "k": "c2VjcmV0"}, None),
        ("ec", {"x": "AA"}, None),
        ("ec", {"x": 7}, None),
        ("rsa", {"n": None}, None),
        ("p256", {}, None),
        ("rsa1024", {}, None),
    ],
)
def test_which_keys_are_usable(keys: Any, kid: str, further: dict[str, Any], algorithm: str | None) -> None:
    found = key_set({"keys": ["no key", keys.jwk(kid, **further)]})
    assert list(found.keys) == ([] if algorithm is None else [(kid, algorithm)])


def private_jwk(keys: Any, kid: str) -> dict[str, Any]:
    algorithm: Any = jwt.algorithms.RSAAlgorithm if kid.endswith("rsa") else jwt.algorithms.ECAlgorithm
    return {**json.loads(algorithm.to_jwk(keys.private[kid])), "kid": kid}


@pytest.mark.parametrize("kid", ["ec", "rsa"])
def test_a_private_key_in_a_set_is_not_used_and_told(keys: Any, kid: str) -> None:
    found = key_set({"keys": [private_jwk(keys, kid), keys.jwk("other-ec")]})
    assert list(found.keys) == [("other-ec", "ES384")]
    assert found.has_private
    assert not key_set(keys.jwks("ec", "rsa")).has_private


def test_nor_is_one_that_stands_there_twice(keys: Any) -> None:
    """Its public part beside it does not make it anybody's own again: it is the same key."""
    found = key_set({"keys": [private_jwk(keys, "ec"), keys.jwk("ec")]})
    assert found.has_private
    assert list(found.keys) == []


@pytest.mark.parametrize("document", [[], {}, {"keys": {}}, None, "keys"])
def test_what_is_no_key_set(document: Any) -> None:
    with pytest.raises(ValueError, match="not a JSON Web Key Set"):
        parsed_key_set(json.dumps(document).encode())


# --- from where -------------------------------------------------------------------------------------------------------


def test_from_a_url(service: Service, sign: Sign, keys: Any) -> None:
    made = service({"jwks": None, "jwks_url": JWKS_URL})
    made.site.serve(JWKS_URL, keys.jwks("ec"))
    assert made.ask(sign()).status_code == 200
    assert made.ask(sign({"jti": "j2"})).status_code == 200
    assert made.site.asked == [JWKS_URL]


def test_a_private_key_that_is_published_trusts_nobody_and_is_logged(
    service: Service, sign: Sign, keys: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made = service({"jwks": None, "jwks_url": JWKS_URL})
    made.site.serve(JWKS_URL, {"keys": [private_jwk(keys, "ec"), keys.jwk("rsa")]})
    with capture_logs() as logged:
        assert made.ask(sign()).status_code == 401
        assert made.ask(sign({"jti": "j2"}, {"kid": "rsa"}, algorithm="RS384", by="rsa")).status_code == 200
    told = {"event": "a private key is published; it is not trusted", "log_level": "warning", "place": JWKS_URL}
    assert told in logged


def test_from_a_file_that_is_replaced(service: Service, sign: Sign, keys: Any, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(keys.jwks("rsa")), encoding="utf-8")
    made = service({"jwks": None, "jwks_file": str(path)})
    path.write_text(json.dumps(keys.jwks("ec")), encoding="utf-8")
    assert made.ask(sign()).status_code == 200


def test_a_listed_jku(service: Service, sign: Sign, keys: Any) -> None:
    made = service({"jwks": None, "jku": [JKU, f"{JKU}/2"]})
    made.site.serve(f"{JKU}/2", keys.jwks("ec"))
    assert made.ask(sign({}, {"jku": f"{JKU}/2"})).status_code == 200
    assert made.site.asked == [f"{JKU}/2"]


@pytest.mark.parametrize(
    "jku",
    [
        None,
        "https://evil.example.org/keys",
        f"{JKU}/",
        f"{JKU}?x=1",
        f"{JKU}#x",
        JKU.upper(),
        "https://ehr.example.org@evil.example.org/keys",
        "http://169.254.169.254/latest/meta-data",
        "ftp://ehr.example.org/keys",
        7,
    ],
)
def test_another_jku_is_never_fetched(service: Service, sign: Sign, keys: Any, jku: Any) -> None:
    made = service({"jwks": None, "jku": [JKU]})
    if isinstance(jku, str):
        made.site.serve(jku, keys.jwks("other-ec"))
    answer = made.ask(sign({}, {"jku": jku, "kid": "other-ec"}, by="other-ec"))
    assert (answer.status_code, made.site.asked) == (401, [])


def test_a_jku_of_another_client_is_not_fetched(service: Service, sign: Sign, keys: Any) -> None:
    other = {"name": "other", "issuer": "https://other.example.org", "jku": ["https://other.example.org/keys"]}
    ehr = {"name": "ehr", "issuer": "https://ehr.example.org", "jku": [JKU]}
    made = service(clients=[ehr, other])
    made.site.serve(JKU, keys.jwks("ec"))
    made.site.serve("https://other.example.org/keys", keys.jwks("other-ec"))
    forged = sign({}, {"jku": "https://other.example.org/keys", "kid": "other-ec"}, by="other-ec")
    assert (made.ask(forged).status_code, made.site.asked) == (401, [])
    assert made.ask(sign({}, {"jku": JKU})).json()["name"] == "ehr"


def test_a_jku_is_ignored_where_keys_are_set(service: Service, sign: Sign, keys: Any) -> None:
    made = service()
    made.site.serve(JKU, keys.jwks("other-ec"))
    assert made.ask(sign({}, {"jku": JKU, "kid": "other-ec"}, by="other-ec")).status_code == 401
    assert made.ask(sign({}, {"jku": JKU})).status_code == 200
    assert made.site.asked == []


@pytest.mark.parametrize(
    "claims", [{"exp": 1_700_000_000}, {"aud": "elsewhere"}, {"iss": "https://unknown.example.org"}, {"tenant": "t"}]
)
def test_nothing_is_fetched_for_a_token_that_does_not_hold(service: Service, sign: Sign, claims: Any) -> None:
    made = service({"jwks": None, "jku": [JKU]})
    assert made.ask(sign(claims, {"jku": JKU})).status_code == 401
    assert made.site.asked == []


# --- what a fetch may meet --------------------------------------------------------------------------------------------


def compressed() -> httpx.Response:
    import gzip

    return httpx.Response(200, content=gzip.compress(b'{"keys": []}'), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(302, headers={"Location": "https://evil.example.org/keys"}),
        lambda: httpx.Response(500),
        lambda: httpx.Response(200, content=b"<html>"),
        lambda: httpx.Response(200, content=b'{"keys": 7}'),
        compressed,
    ],
)
def test_an_answer_without_keys_trusts_nobody(service: Service, sign: Sign, keys: Any, answer: Any) -> None:
    made = service({"jwks": None, "jwks_url": JWKS_URL})
    made.site.answers[JWKS_URL] = answer
    made.site.serve("https://evil.example.org/keys", keys.jwks("ec"))
    assert made.ask(sign()).status_code == 401
    assert made.site.asked == [JWKS_URL]


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 200), (MOST_BYTES + 1, 401)])
def test_an_answer_of_bounded_size(service: Service, sign: Sign, keys: Any, size: int, status: int) -> None:
    made = service({"jwks": None, "jwks_url": JWKS_URL})
    document = json.dumps(keys.jwks("ec")).encode()
    made.site.answers[JWKS_URL] = lambda: httpx.Response(200, content=document.ljust(size))
    assert made.ask(sign()).status_code == status


def test_a_server_that_cannot_be_reached(service: Service, sign: Sign) -> None:
    def fail() -> httpx.Response:
        raise httpx.ConnectError("refused")

    made = service({"jwks": None, "jwks_url": JWKS_URL})
    made.site.answers[JWKS_URL] = fail
    assert made.ask(sign()).status_code == 401


# --- keeping and rotation ---------------------------------------------------------------------------------------------


class Place:
    """A source of keys with a clock of its own. Kept for 100 seconds, fetched again after 10 at the earliest."""

    def __init__(self, keys: Any) -> None:
        self.keys = keys
        self.now = 0.0
        self.fetched = 0
        self.published: KeySet | Exception = KeySet()
        self.source = KeySource("test", self.fetch, kept_seconds=100, refetch_seconds=10, clock=lambda: self.now)

    def publish(self, *kids: str) -> None:
        self.published = key_set(self.keys.jwks(*kids))

    async def fetch(self) -> KeySet:
        self.fetched += 1
        await asyncio.sleep(0)
        if isinstance(self.published, Exception):
            raise self.published
        return self.published

    def has(self, kid: str) -> bool:
        return asyncio.run(self.source.key(kid, "ES384")) is not None


def test_a_new_key_is_found_when_a_token_names_it(keys: Any) -> None:
    place = Place(keys)
    place.publish("ec")
    assert place.has("ec")
    place.publish("ec", "other-ec")
    place.now = 10
    assert place.has("other-ec")
    assert place.has("ec")
    assert place.fetched == 2


def test_unknown_key_ids_make_it_look_a_few_times_and_then_seldom(keys: Any) -> None:
    place = Place(keys)
    place.publish("ec")
    assert [place.has(f"made up {number}") for number in range(50)] == [False] * 50
    assert place.fetched == BURST
    place.now = 0.9 * 10 / BURST
    assert not place.has("made up")
    assert place.fetched == BURST
    place.now = 10 / BURST
    assert [place.has("made up") for _ in range(50)] == [False] * 50
    assert place.fetched == BURST + 1
    assert place.has("ec")
    place.now = 1_000
    assert [place.has("made up") for _ in range(50)] == [False] * 50
    assert place.fetched == 2 * BURST + 1


def test_who_makes_up_key_ids_does_not_keep_a_new_key_from_being_found(keys: Any) -> None:
    place = Place(keys)
    place.publish("ec")
    assert place.has("ec")
    assert not place.has("made up")
    place.publish("other-ec")
    assert place.has("other-ec"), "at once after a single one"
    place.publish("ec")
    for tenth in range(30):  # without pause
        place.now = tenth / 10
        assert [place.has(f"made up {tenth} {number}") for number in range(20)] == [False] * 20
    place.publish("rsa", "other-ec")
    place.now += 10 / BURST
    assert place.has("other-ec"), "soon under attack"


def test_a_key_that_was_withdrawn_stops_counting_when_the_set_is_fetched_anew(keys: Any) -> None:
    place = Place(keys)
    place.publish("ec")
    assert place.has("ec")
    place.publish("other-ec")
    place.now = 100
    assert place.has("ec")
    place.now = 100.1
    assert not place.has("ec")
    assert place.has("other-ec")


def test_keys_that_cannot_be_fetched_anew_are_used_a_while_longer(keys: Any) -> None:
    place = Place(keys)
    place.publish("ec")
    assert place.has("ec")
    place.published = httpx.ConnectError("refused")
    place.now = 150
    assert place.has("ec")
    place.now = 200
    assert place.has("ec")
    place.now = 200.1
    assert not place.has("ec")
    place.publish("ec")
    place.now = 211
    assert place.has("ec")


def test_a_failing_place_is_not_asked_for_every_token(keys: Any) -> None:
    place = Place(keys)
    place.published = ValueError("no keys")
    assert [place.has("ec") for _ in range(40)] == [False] * 40
    assert place.fetched == BURST


def test_those_who_wait_for_a_place_that_fails_do_not_each_ask_it_again(keys: Any) -> None:
    place = Place(keys)
    asked = place.fetch

    async def slow() -> KeySet:
        place.now += 1
        return await asked()

    place.source._fetch = slow
    place.published = ValueError("no keys")

    async def ask() -> list[Any]:
        return await asyncio.gather(*(place.source.key("ec", "ES384") for _ in range(20)))

    assert asyncio.run(ask()) == [None] * 20
    assert place.fetched <= 2


def test_many_requests_at_once_fetch_once(keys: Any) -> None:
    place = Place(keys)
    place.publish("ec")

    async def ask() -> list[Any]:
        return await asyncio.gather(*(place.source.key("ec", "ES384") for _ in range(20)))

    assert all(asyncio.run(ask()))
    assert place.fetched == 1


def test_what_a_fetch_sends() -> None:
    sent: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"keys": []})

    async def fetch() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle), follow_redirects=True) as http:
            await keys_of_url(JWKS_URL, http)()

    asyncio.run(fetch())
    assert "authorization" not in sent[0].headers
    assert sent[0].headers["accept-encoding"] == "identity"
