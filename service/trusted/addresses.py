"""Which URLs may be trusted, and when two of them are the same place."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"http": 80, "https": 443}

Place = tuple[str, str, int, tuple[str, ...]]


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def place(url: str) -> Place | None:
    """Scheme, host, port and path of a base URL; None where it is not one that may be trusted."""
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "?" in url or "#" in url or "@" in parts.netloc:
        return None
    path = parts.path.rstrip("/")
    segments = tuple(path.split("/")[1:])
    if "%" in path or any(segment in {"", ".", ".."} for segment in segments):
        return None  # a server may read such a path in another way than we do
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme], segments


def lies_below(asked: Place, listed: Place | None) -> bool:
    """Whether a place is a listed one, or below its path."""
    return listed is not None and asked[:3] == listed[:3] and asked[3][: len(listed[3])] == listed[3]


def key_url(url: str) -> str:
    """The URL. Raises ValueError where keys may not be fetched from it."""
    if place(url.partition("?")[0]) is None:
        fault = "write it as https://host/path, without a user name, a fragment or escapes in the path"
        raise ValueError(f"{repeatable(url)}: {fault}")
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError(f"{repeatable(url)}: keys are fetched by https alone, but for a server on this machine")
    return url


def key_urls(urls: tuple[str, ...]) -> tuple[str, ...]:
    """The URLs. Raises ValueError where keys may not be fetched from one."""
    return tuple(map(key_url, urls))


def server_urls(urls: tuple[str, ...]) -> tuple[str, ...]:
    """The URLs. Raises ValueError where one cannot be the base URL of a FHIR server."""
    for url in urls:
        if place(url) is None:
            fault = "write it as the base URL of a FHIR server, such as https://ehr.example.org/fhir/r4"
            raise ValueError(f"{repeatable(url)}: {fault}")
    return urls


def repeatable(url: str) -> str:
    """A URL as a message may repeat it: what stands before an `@` or behind a `?` may be a secret."""
    return re.sub("//.*@", "//…@", url.partition("?")[0])
