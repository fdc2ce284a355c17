"""Parsing one patient's large Bundle without building what no rule can use.

Most resources of a record are of types that rules never read, or Observations whose codes mean nothing to any wanted
concept. Each resource is looked at for what tells these apart (`skim`); they are left out, and only named (`left_out`).
Everything else is built in full, from its bytes. Wherever the Bundle is out of the ordinary, the whole is parsed the
plain way, so that every fault is found and named there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
import orjson

from trialsieve.fhir_adapters.elements.json_value import json_value, may_hold_all
from trialsieve.fhir_adapters.elements.resource_types import type_of
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.records.left_out import EntryLeftOut, LeftOut, SlimBundle
from trialsieve.fhir_adapters.records.skim import ABSENT, SeenFact, SeenMentioning, all_seen_in
from trialsieve.fhir_adapters.records.subjects import Roster, patient_entry
from trialsieve.fhir_adapters.records.versions import dstu2_mark

_WORTH_IT: Final = 32_768  # bytes
_LEFT_OUT: Final = EntryLeftOut()


# None of these can be part of a cycle, and so many of them would keep the garbage collector busy (`gc=False`).


class _Request(msgspec.Struct, gc=False):
    """An entry's request where it sends a resource; any other (one to delete it) is out of the ordinary."""

    method: Literal["POST", "PUT"] | None = None


class _Entry(msgspec.Struct, gc=False):
    resource: msgspec.Raw = ABSENT
    fullUrl: str | None = None  # noqa: N815 - FHIR's name
    request: _Request | None = None
    response: msgspec.Raw = ABSENT
    search: msgspec.Raw = ABSENT


class _Bundle(msgspec.Struct, gc=False):
    """The elements that reading a Bundle looks at (`bundle_entries`)."""

    resourceType: str  # noqa: N815 - FHIR's name
    entry: list[_Entry]
    id: msgspec.Raw = ABSENT
    meta: msgspec.Raw = ABSENT
    type: str | None = None
    link: msgspec.Raw = ABSENT
    total: msgspec.Raw = ABSENT
    issues: msgspec.Raw = ABSENT


_BESIDE_ENTRIES: Final = ("id", "meta", "link", "total", "issues")
_bundle_decoder = msgspec.json.Decoder(_Bundle)


def parse_slim(raw: bytes, quiet: Quiet) -> SlimBundle | None:
    """The Bundle as plain Python objects without the quiet resources; None where it must be parsed the plain way."""
    if len(raw) < _WORTH_IT or b'"Bundle"' not in raw[:_WORTH_IT]:
        return None
    try:
        if not raw.isascii():
            raw.decode()  # what is skipped is not looked at
        parts = _bundle_decoder.decode(raw)
        if parts.resourceType != "Bundle" or parts.type == "history" or not may_hold_all(raw, len(parts.entry)):
            return None
        left_out = LeftOut()
        entries = _entries(parts.entry, quiet, left_out)
        if entries is None:
            return None
        bundle: dict[str, Any] = {"resourceType": "Bundle", "type": parts.type, "entry": entries}
        for key in _BESIDE_ENTRIES:
            if (value := getattr(parts, key)) is not ABSENT:
                bundle[key] = orjson.loads(bytes(value))
        return SlimBundle(bundle, left_out)
    except (msgspec.MsgspecError, orjson.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return None  # the plain way finds and names what is wrong


def _entries(entries: Sequence[_Entry], quiet: Quiet, left_out: LeftOut) -> list[dict[str, Any]] | None:
    """The entries, adding to `left_out`.

    None where resources may be anybody else's, or of DSTU2, or of one that is left out there is another version.
    """
    seen = all_seen_in([entry.resource for entry in entries])
    unseen = {
        place: json_value(bytes(entries[place].resource))
        for place, one in enumerate(seen)
        if one is None and entries[place].resource is not ABSENT
    }
    theirs = _only_patient(entries, unseen)
    if theirs is None or any(map(_is_of_dstu2, unseen.values())):
        return None
    built: list[dict[str, Any]] = []
    read: dict[str, list[str]] = {}  # by type, the ids of those that are built
    holds, mentions, leave_out = quiet.holds, quiet.mentions, left_out.add  # looked up once
    for entry, one in zip(entries, seen, strict=True):
        meta = b""
        if one is None:
            resource: Any = unseen.get(len(built))
            built.append(_built(entry, resource))
            if name := type_of(resource):
                read.setdefault(name, []).append(str(resource.get("id")))
            continue
        if isinstance(one, SeenFact):
            is_needed = not (holds(one) and theirs[bytes(one.subject)])
            if one.meta is not ABSENT:
                meta = bytes(one.meta)
        else:
            is_needed = isinstance(one, SeenMentioning) and mentions(one)
        if is_needed:
            built.append(_built(entry, json_value(bytes(entry.resource))))
            read.setdefault(one.resource_type, []).append(one.id)
        else:
            leave_out(one.resource_type, one.id, entry.fullUrl, meta)
            built.append(_LEFT_OUT if entry.search is ABSENT else _place_of(entry))
    return None if left_out.has_versions_among(read) else built


def _place_of(entry: _Entry) -> EntryLeftOut:
    return EntryLeftOut(search=orjson.loads(bytes(entry.search)))


def _built(entry: _Entry, resource: Any) -> dict[str, Any]:
    one: dict[str, Any] = {"fullUrl": entry.fullUrl}
    if entry.resource is not ABSENT:
        one["resource"] = resource
    if entry.response is not ABSENT:
        one["response"] = orjson.loads(bytes(entry.response))
    if entry.search is not ABSENT:
        one["search"] = orjson.loads(bytes(entry.search))
    return one


class _PlainlyTheirs(dict[bytes, bool]):
    """By the bytes of a subject, nearly always the same: whether it names the only Patient of a Bundle by fullUrl or
    id, so that nothing else need be looked up.
    """

    def __init__(self, identity: Any, full_url: str) -> None:
        super().__init__()
        self._identity = identity
        self._full_url = full_url

    def __missing__(self, raw: bytes) -> bool:
        known = self[raw] = self._is_meant_by(orjson.loads(raw) if raw else None)
        return known

    def _is_meant_by(self, subject: Any) -> bool:
        reference = subject.get("reference") if isinstance(subject, dict) else None
        identity, full_url = self._identity, self._full_url
        if not isinstance(identity, str) or reference not in (full_url, f"Patient/{identity}"):
            return False
        roster = Roster([patient_entry({"resourceType": "Patient", "id": identity}, full_url, "")], {})
        return roster.whose({"subject": subject}) == 0


def _only_patient(entries: Sequence[_Entry], unseen: Mapping[int, Any]) -> _PlainlyTheirs | None:
    """None unless there is one Patient, and no Bundle inside."""
    types = {place: type_of(resource) for place, resource in unseen.items()}
    patients = [place for place, name in types.items() if name == "Patient"]
    if len(patients) != 1 or "Bundle" in types.values():
        return None
    return _PlainlyTheirs(unseen[patients[0]].get("id"), entries[patients[0]].fullUrl or "")


def _is_of_dstu2(resource: Any) -> bool:
    """Whether it, or what it contains, shows that it is of DSTU2. What was seen does not (`skim`)."""
    contained = resource.get("contained") if isinstance(resource, dict) else None
    items = [resource, *(contained if isinstance(contained, list) else ())]
    return any(dstu2_mark(name, item) for item in items if (name := type_of(item)))
