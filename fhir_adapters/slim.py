"""Parsing one patient's large Bundle without building what no rule can use.

Most resources of a record are of types that rules never read, or Observations whose codes mean nothing to any wanted
concept. The Bundle is first skimmed for what tells them apart, which of an Observation is its code; they are left
out, and only named (`left_out`). Everything else is built in full, from its bytes. Wherever the Bundle is out of the
ordinary, the whole is parsed the plain way, so that every fault is found and named there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import orjson

from trialsieve.fhir_adapters.history import DELETING
from trialsieve.fhir_adapters.left_out import EntryLeftOut, LeftOut, Name, SlimBundle
from trialsieve.fhir_adapters.resource_types import KIND_OF
from trialsieve.fhir_adapters.subjects import Roster, patient_entry
from trialsieve.rules.vocabulary import Kind


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
_UNASKED: Final = "MedicationRequest"
_ABSENT: Final = msgspec.Raw(b"")
_LEFT_OUT: Final = EntryLeftOut()


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


class _Request(msgspec.Struct, gc=False):
    """All of an entry's request that is looked at outside a history."""

    method: Any = None


class _Entry(msgspec.Struct, gc=False):
    resource: _Resource | None = None
    fullUrl: str | None = None  # noqa: N815 - FHIR's name
    request: _Request | None = None
    response: msgspec.Raw = _ABSENT
    search: msgspec.Raw = _ABSENT


class _Bundle(msgspec.Struct, gc=False):
    """The elements that reading a Bundle looks at (`bundle_entries`)."""

    resourceType: str  # noqa: N815 - FHIR's name
    entry: list[_Entry]
    id: msgspec.Raw = _ABSENT
    meta: msgspec.Raw = _ABSENT
    type: str | None = None
    link: msgspec.Raw = _ABSENT
    total: msgspec.Raw = _ABSENT


class _EntryBytes(msgspec.Struct, gc=False):
    resource: msgspec.Raw = _ABSENT


class _BundleBytes(msgspec.Struct, gc=False):
    entry: list[_EntryBytes]


_BESIDE_ENTRIES: Final = ("id", "meta", "link", "total")
_bundle_decoder = msgspec.json.Decoder(_Bundle)
_bytes_decoder = msgspec.json.Decoder(_BundleBytes)
_code_decoder = msgspec.json.Decoder(_Code)
_components_decoder = msgspec.json.Decoder(list[_Component])
_contained_decoder = msgspec.json.Decoder(list[_Contained])


def parse_slim(raw: bytes, quiet: Quiet) -> SlimBundle | None:
    """The Bundle as plain Python objects without the quiet resources; None where it must be parsed the plain way."""
    if len(raw) < _WORTH_IT or b'"Bundle"' not in raw[:_WORTH_IT]:
        return None
    try:
        if not raw.isascii():
            raw.decode()  # what is skipped is not looked at
        parts = _bundle_decoder.decode(raw)
        patient = _only_patient(parts)
        if patient is None:
            return None
        left_out = LeftOut()
        entries = _entries(parts.entry, _bytes_decoder.decode(raw).entry, _Skim(quiet, patient), left_out)
        if entries is None:
            return None
        bundle: dict[str, Any] = {"resourceType": "Bundle", "type": parts.type, "entry": entries}
        for key in _BESIDE_ENTRIES:
            if (value := getattr(parts, key)) is not _ABSENT:
                bundle[key] = orjson.loads(bytes(value))
        return SlimBundle(bundle, left_out)
    except (msgspec.MsgspecError, orjson.JSONDecodeError, UnicodeDecodeError):
        return None  # the plain way finds and names what is wrong


def _only_patient(bundle: _Bundle) -> _Entry | None:
    """The entry of the only Patient; None in a history, or if there may be resources of anybody else."""
    types = [entry.resource.resourceType for entry in bundle.entry if entry.resource is not None]
    if bundle.resourceType != "Bundle" or bundle.type == "history" or types.count("Patient") != 1 or "Bundle" in types:
        return None
    patient = next(
        entry for entry in bundle.entry if entry.resource is not None and entry.resource.resourceType == "Patient"
    )
    return patient if patient.request is None or patient.request.method not in DELETING else None


def _entries(
    entries: Sequence[_Entry], entries_bytes: Sequence[_EntryBytes], skim: _Skim, left_out: LeftOut
) -> list[dict[str, Any]] | None:
    """The entries, adding to `left_out`; None if of a resource of the kinds of facts, left out, there is another."""
    all_built: list[dict[str, Any]] = []
    quiet: set[tuple[str, str]] = set()
    others: list[tuple[str, str]] = []
    for entry, entry_bytes in zip(entries, entries_bytes, strict=True):
        seen = entry.resource
        if seen is not None and skim.is_quiet(seen) and (entry.request is None or entry.request.method not in DELETING):
            name = seen.resourceType
            meta = b""
            if name in KIND_OF:
                meta = bytes(seen.meta)
                if (name, seen.id) in quiet:
                    return None
                quiet.add((name, seen.id))
            left_out.names.append(Name(name, seen.id, entry.fullUrl, meta))
            if entry.search is _ABSENT:
                all_built.append(_LEFT_OUT)
            else:
                all_built.append(EntryLeftOut(search=orjson.loads(bytes(entry.search))))
            continue
        one: dict[str, Any] = {}
        if seen is not None:
            one["resource"] = orjson.loads(memoryview(entry_bytes.resource))
            others.append((str(seen.resourceType), str(seen.id)))
        if entry.fullUrl is not None:
            one["fullUrl"] = entry.fullUrl
        if entry.request is not None:
            one["request"] = {"method": entry.request.method}
        for key in ("response", "search"):
            if (value := getattr(entry, key)) is not _ABSENT:
                one[key] = orjson.loads(bytes(value))
        all_built.append(one)
    return all_built if quiet.isdisjoint(others) else None


class _Skim:
    """Tells the quiet resources of one patient's Bundle."""

    def __init__(self, quiet: Quiet, patient: _Entry) -> None:
        self._quiet = quiet
        self._skipped = _NEVER_READ | ({_UNASKED} if KIND_OF[_UNASKED] in quiet.kinds else frozenset())
        self._patient = patient
        self._subjects: dict[bytes, bool] = {}  # nearly always the same

    def is_quiet(self, seen: _Resource) -> bool:
        """Whether the resource means nothing to the rules, and is plainly the patient's if it is of a kind of facts."""
        name = seen.resourceType
        if name == "Observation":
            return (
                seen.contained is _ABSENT
                and self._is_quiet(bytes(seen.code))
                and (seen.component is _ABSENT or self._are_quiet(seen.component))
                and self._is_the_patients(seen)
            )
        if name.__class__ is not str or name not in self._skipped:
            return False
        if seen.contained is not _ABSENT and _holds_data(seen.contained):
            return False
        if name == _UNASKED:
            return self._is_the_patients(seen)
        if name == "Encounter" and seen.subject is _ABSENT:
            return False  # one that names its patient otherwise tells the release
        return seen.id is None or seen.id.__class__ is str

    def _are_quiet(self, components: msgspec.Raw) -> bool:
        try:
            return all(self._is_quiet(bytes(component.code)) for component in _components_decoder.decode(components))
        except msgspec.MsgspecError:
            return False

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

    def _is_the_patients(self, seen: _Resource) -> bool:
        if seen.id.__class__ is not str or not seen.id or seen.subject is _ABSENT:
            return False
        raw = bytes(seen.subject)
        known = self._subjects.get(raw)
        if known is None:
            known = self._subjects[raw] = self._names_the_patient(orjson.loads(raw))
        return known

    def _names_the_patient(self, subject: Any) -> bool:
        """Whether the subject names the Patient by its fullUrl or its id, so that nothing else need be looked up."""
        reference = subject.get("reference") if isinstance(subject, dict) else None
        full_url, patient = self._patient.fullUrl or "", self._patient.resource
        if patient is None or not isinstance(patient.id, str) or reference not in (full_url, f"Patient/{patient.id}"):
            return False
        roster = Roster([patient_entry({"resourceType": "Patient", "id": patient.id}, full_url, "")], {})
        return roster.whose({"subject": subject}) == 0


def _holds_data(contained: msgspec.Raw) -> bool:
    """Whether contained resources are data of their own, or may be."""
    try:
        return any(item.resourceType in KIND_OF for item in _contained_decoder.decode(contained))
    except msgspec.MsgspecError:
        return True
