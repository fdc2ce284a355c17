"""Whoever calls, in tests that are not about tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hook_client import HookClient

from trialsieve.service.security.caller import Caller
from trialsieve.service.security.known_caller import authenticate


@contextmanager
def calling_as(client: HookClient, name: str, tenant: str | None = None) -> Iterator[None]:
    """Requests come from this caller."""
    client.app.dependency_overrides[authenticate] = lambda: Caller(name, tenant=tenant)
    try:
        yield
    finally:
        del client.app.dependency_overrides[authenticate]
