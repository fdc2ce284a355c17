"""What a request's one log line says beyond its route: who asked, and by which hook. Never who the patient is."""

from __future__ import annotations

import hashlib
from typing import Final

from starlette.types import Scope

NOTES: Final = "trialsieve.notes"
LONGEST: Final = 100


def note_caller(scope: Scope, name: str) -> None:
    """The name that the settings give the caller."""
    _note(scope, "caller", name)


def note_hook(scope: Scope, hook: str, hook_instance: str) -> None:
    """The hook of one of our services, and a hash of its instance, to be found again in the client's own log."""
    _note(scope, "hook", hook)
    _note(scope, "hook_instance_sha256", hashlib.sha256(hook_instance.encode("utf-8", "replace")).hexdigest()[:16])


def note_count(scope: Scope, what: str, count: int) -> None:
    """How many of something an answer held, such as cards."""
    _note(scope, what, count)


def _note(scope: Scope, name: str, value: str | int) -> None:
    notes = scope.setdefault(NOTES, {})
    notes[name] = value[:LONGEST] if isinstance(value, str) else value
