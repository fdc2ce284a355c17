"""In what a run differs from the one that a directory holds already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_OPTIONS: Final = {
    "as_of": "--as-of",
    "absence": "--absence",
    "anchors": "--anchor",
    "covers": "--covers",
    "explanations": "--explanations",
}
_PROGRAM: Final = ("trialsieve", "program_sha256", "durable_rules", "pyarrow")
_THE_PROGRAM: Final = "the program"
_THE_INPUT: Final = "the input"


def differences(held: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """What differs between two questions, as `Job.asked` tells them; where nothing does, it is the input.

    `held` is empty where an earlier program did not keep it.
    """
    if not held:
        return _THE_PROGRAM
    found = []
    if _ids(held) != _ids(asked):
        found.append(f"--trial ({_said(_ids(held))} there, {_said(_ids(asked))} here)")
    elif held["trials"] != asked["trials"]:
        found.append("the rule files")
    found += [
        f"{option} ({_said(held.get(name))} there, {_said(asked[name])} here)"
        for name, option in _OPTIONS.items()
        if held.get(name) != asked[name]
    ]
    if any(held.get(name) != asked[name] for name in _PROGRAM):
        found.append(_THE_PROGRAM)
    return ", ".join(found) or _THE_INPUT


def _ids(asked: Mapping[str, Any]) -> list[str]:
    return [each["trial"] for each in asked["trials"]]


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        value = [f"{name}={day}" for name, day in value.items()]
    return (" ".join(value) or "none") if isinstance(value, list) else str(value)
