"""What a request's one log line says beyond its route: who asked, and by which hook. Never who the patient is."""

from __future__ import annotations

import hashlib
from typing import Final

from starlette.types import Scope

NOTES: Final = "trialsieve.notes"
LONGEST: Final = 100


def note_caller(scope: Scope, name: str, tenant: str | None = None, jti: str | None = None) -> None:
    """The name that the settings give the caller; of its token, whose it is, and a hash of its id."""
    _note(scope, "caller", name)
    if tenant is not None:
        _note(scope, "tenant", tenant)
    if jti is not None:
        _note(scope, "jti_sha256", _hash(jti))


def note_hook(scope: Scope, hook: str, hook_instance: str) -> None:
    """The hook of one of our services, and a hash of its instance, to be found again in the client's own log."""
    _note(scope, "hook", hook)
    _note(scope, "hook_instance_sha256", _hash(hook_instance))


def note_count(scope: Scope, what: str, count: int) -> None:
    """How many of something an answer held, such as cards."""
    _note(scope, what, count)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _note(scope: Scope, name: str, value: str | int) -> None:
    notes = scope.setdefault(NOTES, {})
    notes[name] = value[:LONGEST] if isinstance(value, str) else value
