"""Links to explanations: on loopback plain, elsewhere signed and expiring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from trialsieve.rules.errors import UsageError
from trialsieve.service.security.explanation_links import LinkState, check_link, explanation_url
from trialsieve.service.settings.service_settings import Settings

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ID = "5f0e6a4e-6c8f-4f0e-9f2e-0d6a7f3b2c1d"
OTHER = "00000000-6c8f-4f0e-9f2e-0d6a7f3b2c1d"
SECRET = "0123456789abcdef0123456789abcdef"


def beyond(**changes: Any) -> Settings:
    """Settings of a service that others reach."""
    return Settings(
        **{
            "host": "0.0.0.0",
            "public_url": "https://trials.example.org/sieve",
            "allow_unauthenticated": True,
            "link_secret": SecretStr(SECRET),
            "link_hours": 2,
            **changes,
        }
    )


def parts(url: str) -> tuple[str, str, str]:
    """The id, expiry and signature of a link."""
    split = urlsplit(url)
    query = parse_qs(split.query)
    return split.path.rpartition("/")[2], query["expires"][0], query["signature"][0]


def test_on_loopback_a_link_needs_nothing() -> None:
    settings = Settings()
    assert explanation_url(settings, ID, NOW) == f"http://127.0.0.1:8080/explanations/{ID}"
    assert check_link(settings, ID, "", "", NOW) is LinkState.GOOD


@pytest.mark.parametrize("settings", [beyond(), beyond(host="127.0.0.1")], ids=["beyond", "behind a proxy"])
def test_elsewhere_a_link_is_signed(settings: Settings) -> None:
    url = explanation_url(settings, ID, NOW)
    assert url.startswith(f"https://trials.example.org/sieve/explanations/{ID}?expires=")
    assert check_link(settings, *parts(url), NOW) is LinkState.GOOD
    assert check_link(settings, ID, "", "", NOW) is LinkState.FORGED
    assert SECRET not in url


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(-1, LinkState.GOOD), (0, LinkState.GOOD), (1, LinkState.EXPIRED), (10**6, LinkState.EXPIRED)],
)
def test_a_link_holds_until_it_expires(seconds: int, state: LinkState) -> None:
    settings = beyond()
    given = parts(explanation_url(settings, ID, NOW))
    assert check_link(settings, *given, NOW + timedelta(hours=2, seconds=seconds)) is state


@pytest.mark.parametrize(
    ("result_id", "expires", "signature"),
    [
        (OTHER, None, None),
        (None, "9999999999", None),
        (None, "", None),
        (None, "1\u0661", None),
        (None, "x", None),
        (None, None, ""),
        (None, None, "0" * 64),
        (None, None, "\ud800\u00e9"),
    ],
)
def test_a_link_that_was_changed_does_not_work(
    result_id: str | None, expires: str | None, signature: str | None
) -> None:
    settings = beyond()
    given = parts(explanation_url(settings, ID, NOW))
    changed = [new if new is not None else old for old, new in zip(given, (result_id, expires, signature), strict=True)]
    for now in (NOW, NOW + timedelta(days=1)):
        assert check_link(settings, changed[0], changed[1], changed[2], now) is LinkState.FORGED


def test_a_link_made_with_another_secret_does_not_work() -> None:
    given = parts(explanation_url(beyond(link_secret=SecretStr("f" * 32)), ID, NOW))
    assert check_link(beyond(), *given, NOW) is LinkState.FORGED


def test_a_signature_is_not_for_something_else() -> None:
    """The parts cannot be shifted against each other."""
    settings = beyond()
    _, expires, signature = parts(explanation_url(settings, ID, NOW))
    assert check_link(settings, ID + expires[0], expires[1:], signature, NOW) is LinkState.FORGED


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(UsageError, match="link_secret"):
        explanation_url(beyond(link_secret=None), ID, NOW)
