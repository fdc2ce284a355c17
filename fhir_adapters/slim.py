"""Parsing a large Bundle without building what no rule can use.

Most resources of a record are of types that rules never read, or Observations whose codes mean nothing to any wanted
concept. The Bundle is first cut into its resources' bytes; those are told apart by their first element and, for
Observations, by a look at the code, and stand in the Bundle as little more than their type, id and subject. Everything
else is built in full. Wherever the bytes are out of the ordinary, the whole is parsed the plain way, so that every
fault is found and named there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import msgspec
import orjson

from trialsieve.fhir_adapters.resource_types import KIND_OF
from trialsieve.rules.vocabulary import Kind

QUIET_CODE: Final[dict[str, Any]] = {}
"""Stands for the code of an Observation that was left out; told by identity."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """What means nothing to the rules.

    `code`: whether an Observation's code, as (text, then system, code and display of each coding), is known to mean
    nothing. `kinds`: those of which no wanted concept speaks.
    """

    code: Callable[[tuple[object, ...]], bool]
    kinds: frozenset[Kind]


_WORTH_IT: Final = 32_768  # bytes
_TYPE: Final = b'"resourceType":"'
_OBSERVATION: Final = b"Observation"
_NEVER_READ: Final = {
    name.encode(): name
    for name in (
        *("CarePlan", "CareTeam", "Claim", "ClaimResponse", "Communication", "Coverage", "DiagnosticReport"),
        *("DocumentReference", "Encounter", "ExplanationOfBenefit", "Goal", "ImagingStudy", "Provenance"),
        "SupplyDelivery",
    )
}


_ABSENT: Final = msgspec.Raw(b"")


# Of data that no rule asks for, what is most of it. Their FHIR release does not show in them.
_UNASKED: Final = {b"MedicationRequest": "MedicationRequest"}
_OF_SOMEBODY: Final = frozenset({"Encounter", "MedicationRequest"})


class _Coding(msgspec.Struct):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class _Code(msgspec.Struct):
    coding: list[_Coding] | None = None
    text: str | None = None


class _Component(msgspec.Struct):
    code: _Code


class _Reference(msgspec.Struct, omit_defaults=True):
    reference: str


class _Observation(msgspec.Struct):
    """What identity and the code need. An element of another shape fails, and the resource is built in full."""

    id: str
    subject: _Reference
    code: _Code
    component: list[_Component] = []
    contained: msgspec.Raw = _ABSENT
    meta: msgspec.Raw = _ABSENT


class _Contained(msgspec.Struct):
    resourceType: str  # noqa: N815 - FHIR's name


class _Other(msgspec.Struct):
    """A resource that is never read. `subject` is required: one that names its patient otherwise tells the release."""

    id: str | None = None
    subject: msgspec.Raw = _ABSENT
    contained: list[_Contained] = []


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = _ABSENT
    fullUrl: str | None = None  # noqa: N815 - FHIR's name
    request: msgspec.Raw = _ABSENT
    response: msgspec.Raw = _ABSENT
    search: msgspec.Raw = _ABSENT


class _Bundle(msgspec.Struct):
    """The elements that reading a Bundle looks at (`bundle_entries`)."""

    resourceType: str  # noqa: N815 - FHIR's name
    entry: list[_Entry]
    id: msgspec.Raw = _ABSENT
    meta: msgspec.Raw = _ABSENT
    type: msgspec.Raw = _ABSENT
    link: msgspec.Raw = _ABSENT
    total: msgspec.Raw = _ABSENT


_BESIDE_ENTRIES: Final = ("id", "meta", "type", "link", "total")
_bundle_decoder = msgspec.json.Decoder(_Bundle)
_observation_decoder = msgspec.json.Decoder(_Observation)
_other_decoder = msgspec.json.Decoder(_Other)


def parse_slim(raw: bytes, quiet: Quiet) -> Any:
    """The Bundle as plain Python objects, quiet resources reduced; None where it must be parsed the plain way."""
    if len(raw) < _WORTH_IT or b'"Bundle"' not in raw[:_WORTH_IT]:
        return None
    try:
        parts = _bundle_decoder.decode(raw)
        if parts.resourceType == "Bundle":
            bundle: dict[str, Any] = {"resourceType": "Bundle"}
            for key in _BESIDE_ENTRIES:
                if (value := getattr(parts, key)) is not _ABSENT:
                    bundle[key] = orjson.loads(bytes(value))
            bundle["entry"] = [_entry(entry, quiet) for entry in parts.entry]
            return bundle
    except (msgspec.MsgspecError, orjson.JSONDecodeError, UnicodeDecodeError):
        pass  # the plain way finds and names what is wrong
    return None


def _entry(entry: _Entry, quiet: Quiet) -> dict[str, Any]:
    built: dict[str, Any] = {}
    if raw := bytes(entry.resource):
        built["resource"] = _slim(raw, quiet) or orjson.loads(raw)
    if entry.fullUrl is not None:
        built["fullUrl"] = entry.fullUrl
    if entry.request is not _ABSENT:
        built["request"] = _request(bytes(entry.request))
    if entry.response is not _ABSENT:
        built["response"] = orjson.loads(bytes(entry.response))
    if entry.search is not _ABSENT:
        built["search"] = orjson.loads(bytes(entry.search))
    return built


@lru_cache(maxsize=256)
def _request(raw: bytes) -> Any:
    """The requests of a transaction are nearly all the same few; nobody changes them."""
    return orjson.loads(raw)


def _slim(raw: bytes, quiet: Quiet) -> dict[str, Any] | None:
    """The resource reduced to what identity needs, or None where it must be built in full."""
    start = raw.find(_TYPE, 0, 80) + len(_TYPE)
    if start < len(_TYPE) or raw[:start].strip(b"{ \t\r\n") != _TYPE:
        return None
    kind = raw[start : raw.find(b'"', start)]
    if kind == _OBSERVATION:
        return _quiet_observation(raw, quiet)
    name = _NEVER_READ.get(kind)
    if name is None:
        name = _UNASKED.get(kind)
        if name is None or KIND_OF[name] not in quiet.kinds:
            return None
    try:
        other = _other_decoder.decode(raw)
    except msgspec.MsgspecError:
        return None
    if any(item.resourceType in KIND_OF for item in other.contained):
        return None  # data of its own
    if other.subject is _ABSENT and name in _OF_SOMEBODY:
        return None
    slim: dict[str, Any] = {"resourceType": name}
    if other.id is not None:
        slim["id"] = other.id
    if other.subject is not _ABSENT:
        slim["subject"] = orjson.loads(bytes(other.subject))
    if name in KIND_OF:
        slim["medicationCodeableConcept"] = QUIET_CODE
    return slim


def _quiet_observation(raw: bytes, quiet: Quiet) -> dict[str, Any] | None:
    try:
        seen = _observation_decoder.decode(raw)
    except msgspec.MsgspecError:
        return None
    if seen.contained is not _ABSENT:
        return None
    for code in (seen.code, *(component.code for component in seen.component)):
        if code.coding is None:
            return None
        key: tuple[object, ...] = (code.text,)
        for coding in code.coding:
            key += (coding.system, coding.code, coding.display)
        if not quiet.code(key):
            return None
    slim: dict[str, Any] = {
        "resourceType": "Observation",
        "id": seen.id,
        "subject": {"reference": seen.subject.reference},
        "code": QUIET_CODE,
    }
    if seen.meta is not _ABSENT:
        slim["meta"] = orjson.loads(bytes(seen.meta))
    return slim
