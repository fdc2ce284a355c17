"""Links to explanations: opaque ids; elsewhere than on loopback signed and expiring."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import Enum, auto
from urllib.parse import urlencode

from trialsieve.rules.errors import UsageError
from trialsieve.service.settings.service_settings import Settings


class LinkState(Enum):
    """What a link is worth."""

    GOOD = auto()
    EXPIRED = auto()
    FORGED = auto()


def explanation_url(settings: Settings, result_id: str, now: datetime) -> str:
    """Where the full explanation of a result can be read, by whoever holds the link, until it expires.

    Raises UsageError where links must be signed and no secret is set.
    """
    url = f"{settings.base_url}/explanations/{result_id}"
    if settings.on_loopback:
        return url
    expires = str(int((now + timedelta(hours=settings.link_hours)).timestamp()))
    return f"{url}?{urlencode({'expires': expires, 'signature': _signature(settings, result_id, expires)})}"


def check_link(settings: Settings, result_id: str, expires: str, signature: str, now: datetime) -> LinkState:
    """Whether a link was made here and still holds. A forged one is never called expired."""
    if settings.on_loopback:
        return LinkState.GOOD
    given = signature.encode("utf-8", "replace")
    if not hmac.compare_digest(_signature(settings, result_id, expires).encode(), given):
        return LinkState.FORGED
    return LinkState.GOOD if now.timestamp() <= int(expires) else LinkState.EXPIRED


def _signature(settings: Settings, result_id: str, expires: str) -> str:
    if settings.link_secret is None:
        raise UsageError("link_secret: links to explanations must be signed beyond loopback; set a long random secret")
    secret = settings.link_secret.get_secret_value().encode()
    text = f"explanation\0{result_id}\0{expires}".encode("utf-8", "replace")
    return hmac.new(secret, text, hashlib.sha256).hexdigest()
