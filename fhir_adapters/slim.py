"""Parsing a large Bundle without building what no rule can use.

Most resources of a record are of types that rules never read, or Observations whose codes mean nothing to any wanted
concept. The Bundle is first skimmed for what tells them apart, which of an Observation is its code; they stand in the
Bundle as little more than their type, id and subject. Everything else is built in full, from its bytes. Wherever these
are out of the ordinary, the whole is parsed the plain way, so that every fault is found and named there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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
    nothing. `kinds`: those of which no wanted concept speaks. `met`: the bytes of codes that are known to mean nothing.
    """

    code: Callable[[tuple[object, ...]], bool]
    kinds: frozenset[Kind]
    met: set[bytes] = field(default_factory=set)


_WORTH_IT: Final = 32_768  # bytes
_MOST_MET: Final = 20_000
_NEVER_READ: Final = frozenset(
    {
        *("CarePlan", "CareTeam", "Claim", "ClaimResponse", "Communication", "Coverage", "DiagnosticReport"),
        *("DocumentReference", "Encounter", "ExplanationOfBenefit", "Goal", "ImagingStudy", "Provenance"),
        "SupplyDelivery",
    }
)
# Of data that no rule asks for, what is most of it. Their FHIR release does not show in them.
_UNASKED: Final = frozenset({"MedicationRequest"})
_OF_SOMEBODY: Final = frozenset({"Encounter", "MedicationRequest"})
_ABSENT: Final = msgspec.Raw(b"")


# None of these can be part of a cycle, and so many of them would keep the garbage collector busy (`gc=False`).


class _Coding(msgspec.Struct, gc=False):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class _Code(msgspec.Struct, gc=False):
    coding: list[_Coding]
    text: str | None = None


class _Component(msgspec.Struct, gc=False):
    code: msgspec.Raw


class _Contained(msgspec.Struct, gc=False):
    resourceType: str  # noqa: N815 - FHIR's name


class _Resource(msgspec.Struct, gc=False):
    """What tells whether a resource is quiet, and what remains of it then."""

    resourceType: Any = None  # noqa: N815 - FHIR's name
    id: Any = None
    subject: msgspec.Raw = _ABSENT
    contained: msgspec.Raw = _ABSENT
    code: msgspec.Raw = _ABSENT
    component: msgspec.Raw = _ABSENT
    meta: msgspec.Raw = _ABSENT


class _Entry(msgspec.Struct, gc=False):
    resource: _Resource | None = None
    fullUrl: str | None = None  # noqa: N815 - FHIR's name
    request: msgspec.Raw = _ABSENT
    response: msgspec.Raw = _ABSENT
    search: msgspec.Raw = _ABSENT


class _Bundle(msgspec.Struct, gc=False):
    """The elements that reading a Bundle looks at (`bundle_entries`)."""

    resourceType: str  # noqa: N815 - FHIR's name
    entry: list[_Entry]
    id: msgspec.Raw = _ABSENT
    meta: msgspec.Raw = _ABSENT
    type: msgspec.Raw = _ABSENT
    link: msgspec.Raw = _ABSENT
    total: msgspec.Raw = _ABSENT


class _EntryBytes(msgspec.Struct, gc=False):
    resource: msgspec.Raw = _ABSENT


class _BundleBytes(msgspec.Struct, gc=False):
    entry: list[_EntryBytes]


_BESIDE_ENTRIES: Final = ("id", "meta", "type", "link", "total")
_bundle_decoder = msgspec.json.Decoder(_Bundle)
_bytes_decoder = msgspec.json.Decoder(_BundleBytes)
_code_decoder = msgspec.json.Decoder(_Code)
_components_decoder = msgspec.json.Decoder(list[_Component])
_contained_decoder = msgspec.json.Decoder(list[_Contained])


def parse_slim(raw: bytes, quiet: Quiet) -> Any:
    """The Bundle as plain Python objects, quiet resources reduced; None where it must be parsed the plain way."""
    if len(raw) < _WORTH_IT or b'"Bundle"' not in raw[:_WORTH_IT]:
        return None
    try:
        if not raw.isascii():
            raw.decode()  # what is skipped is not looked at
        parts = _bundle_decoder.decode(raw)
        if parts.resourceType == "Bundle":
            bundle: dict[str, Any] = {"resourceType": "Bundle"}
            for key in _BESIDE_ENTRIES:
                if (value := getattr(parts, key)) is not _ABSENT:
                    bundle[key] = orjson.loads(bytes(value))
            bundle["entry"] = _entries(parts.entry, _bytes_decoder.decode(raw).entry, quiet)
            return bundle
    except (msgspec.MsgspecError, orjson.JSONDecodeError, UnicodeDecodeError):
        pass  # the plain way finds and names what is wrong
    return None


def _entries(entries: Sequence[_Entry], entries_bytes: Sequence[_EntryBytes], quiet: Quiet) -> list[dict[str, Any]]:
    skim = _Skim(quiet)
    built = []
    for entry, entry_bytes in zip(entries, entries_bytes, strict=True):
        one: dict[str, Any] = {}
        if entry.resource is not None:
            one["resource"] = skim.reduced(entry.resource) or orjson.loads(memoryview(entry_bytes.resource))
        if entry.fullUrl is not None:
            one["fullUrl"] = entry.fullUrl
        if entry.request is not _ABSENT:
            one["request"] = _recurring(bytes(entry.request))
        if entry.response is not _ABSENT:
            one["response"] = orjson.loads(bytes(entry.response))
        if entry.search is not _ABSENT:
            one["search"] = orjson.loads(bytes(entry.search))
        built.append(one)
    return built


@lru_cache(maxsize=256)
def _recurring(raw: bytes) -> Any:
    """The requests of a transaction, and profiles, are nearly all the same few; nobody changes them."""
    return orjson.loads(raw)


class _Skim:
    """Reduces the quiet resources of one Bundle, whose subject is nearly always the same: it is built once."""

    def __init__(self, quiet: Quiet) -> None:
        self._quiet = quiet
        self._subjects: dict[bytes, Any] = {}

    def reduced(self, seen: _Resource) -> dict[str, Any] | None:
        """The resource reduced to what identity needs, or None where it must be built in full."""
        name = seen.resourceType
        if name == "Observation":
            return self._observation(seen)
        if name.__class__ is not str or (
            name not in _NEVER_READ and (name not in _UNASKED or KIND_OF[name] not in self._quiet.kinds)
        ):
            return None
        if seen.contained is not _ABSENT and _holds_data(seen.contained):
            return None
        slim: dict[str, Any] = {"resourceType": name}
        if seen.id.__class__ is str:
            slim["id"] = seen.id
        elif seen.id is not None:
            return None
        if seen.subject is not _ABSENT:
            slim["subject"] = self._subject(seen.subject)
        elif name in _OF_SOMEBODY:
            return None  # one that names its patient otherwise tells the release
        if name in KIND_OF:
            slim["medicationCodeableConcept"] = QUIET_CODE
        return slim

    def _observation(self, seen: _Resource) -> dict[str, Any] | None:
        if seen.id.__class__ is not str or seen.subject is _ABSENT or seen.contained is not _ABSENT:
            return None
        if not self._is_quiet(bytes(seen.code)):
            return None
        if seen.component is not _ABSENT:
            try:
                components = _components_decoder.decode(seen.component)
            except msgspec.MsgspecError:
                return None
            if not all(self._is_quiet(bytes(component.code)) for component in components):
                return None
        subject = self._subject(seen.subject)
        if subject.__class__ is not dict or subject.get("reference").__class__ is not str:
            return None
        slim: dict[str, Any] = {"resourceType": "Observation", "id": seen.id, "subject": subject, "code": QUIET_CODE}
        if seen.meta is not _ABSENT:
            slim["meta"] = _recurring(bytes(seen.meta))
        return slim

    def _subject(self, raw: msgspec.Raw) -> Any:
        key = bytes(raw)
        try:
            return self._subjects[key]
        except KeyError:
            subject = self._subjects[key] = orjson.loads(key)
            return subject

    def _is_quiet(self, raw: bytes) -> bool:
        met = self._quiet.met
        if raw in met:
            return True
        try:
            code = _code_decoder.decode(raw)
        except msgspec.MsgspecError:
            return False
        key: tuple[object, ...] = (code.text,)
        for coding in code.coding:
            key += (coding.system, coding.code, coding.display)
        if not self._quiet.code(key):
            return False
        if len(met) >= _MOST_MET:
            met.clear()
        met.add(raw)
        return True


def _holds_data(contained: msgspec.Raw) -> bool:
    """Whether contained resources are data of their own, or may be."""
    try:
        return any(item.resourceType in KIND_OF for item in _contained_decoder.decode(contained))
    except msgspec.MsgspecError:
        return True
