"""Parsing a large Bundle without building what no rule can use.

Most resources of a record are of types that rules never read, or Observations whose codes mean nothing to any wanted concept.
They are told apart in the parsed bytes, before Python objects are made of them, and stand in the Bundle as little more than
their type, id and subject. Everything else is built in full. Wherever the bytes are out of the ordinary, the whole is parsed
the plain way, so that every fault is found and named there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

try:
    import simdjson
except ImportError:  # no build for this machine: everything is parsed the plain way
    simdjson = None

from trialsieve.fhir_adapters.versions import VERSION_TELLING

QUIET_CODE: Final[dict[str, Any]] = {}
"""Stands for the code of an Observation that was left out; told by identity."""

Quiet = Callable[[tuple[object, ...]], bool]
"""Whether an Observation's code, as (text, then system, code and display of each coding), is known to mean nothing."""

_WORTH_IT: Final = 32_768  # bytes
_NEVER_READ: Final = (
    frozenset(
        {
            *("CarePlan", "CareTeam", "Claim", "ClaimResponse", "Communication", "Coverage", "DocumentReference"),
            *("ExplanationOfBenefit", "Goal", "ImagingStudy", "Provenance", "SupplyDelivery"),
        }
    )
    - VERSION_TELLING
)


def parse_slim(raw: bytes, quiet: Quiet) -> Any:
    """The Bundle as plain Python objects, quiet resources reduced; None where it must be parsed the plain way."""
    if simdjson is None or len(raw) < _WORTH_IT:
        return None
    try:
        return _bundle(simdjson.Parser().parse(raw), quiet)
    except (ValueError, RuntimeError, TypeError, KeyError, AttributeError, UnicodeDecodeError):
        return None


def _bundle(document: Any, quiet: Quiet) -> Any:
    if document.__class__ is not simdjson.Object or document.get("resourceType") != "Bundle":
        return None
    bundle = {key: _plain(document[key]) for key in document.keys() if key != "entry"}  # noqa: SIM118 - no iteration
    entries = document.get("entry")
    if entries.__class__ is not simdjson.Array:
        return None
    bundle["entry"] = [_entry(entry, quiet) for entry in entries]
    return bundle


def _entry(entry: Any, quiet: Quiet) -> Any:
    if entry.__class__ is not simdjson.Object:
        return _plain(entry)
    resource = entry.get("resource")
    slim = _slim(resource, quiet) if resource.__class__ is simdjson.Object else None
    if slim is None:
        return entry.as_dict()
    return {key: slim if key == "resource" else _plain(entry[key]) for key in entry.keys()}  # noqa: SIM118


def _slim(resource: Any, quiet: Quiet) -> dict[str, Any] | None:
    """The resource reduced to what identity needs, or None where it must be built in full."""
    kind = resource.get("resourceType")
    if kind == "Observation":
        code = resource.get("code")
        if code.__class__ is not simdjson.Object or "component" in resource or "contained" in resource:
            return None
        codings = code.get("coding")
        if codings.__class__ is not simdjson.Array:
            return None
        key: tuple[object, ...] = (code.get("text"),)
        for coding in codings:
            key += (coding.get("system"), coding.get("code"), coding.get("display"))
        if not quiet(key):
            return None
    elif kind not in _NEVER_READ or "contained" in resource:
        return None
    slim: dict[str, Any] = {"resourceType": kind}
    for name in ("id", "meta", "subject"):
        if name in resource:
            slim[name] = _plain(resource[name])
    if kind == "Observation":
        if "subject" not in slim:
            return None
        slim["code"] = QUIET_CODE
    return slim


def _plain(value: Any) -> Any:
    if value.__class__ is simdjson.Object:
        return value.as_dict()
    return value.as_list() if value.__class__ is simdjson.Array else value
