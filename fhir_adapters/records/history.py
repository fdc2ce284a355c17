"""A history Bundle: of each resource the newest version, and nothing of one that was deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from trialsieve.fhir_adapters.elements.shapes import objects_in
from trialsieve.fhir_adapters.records.duplicates import instant_of, meta_of
from trialsieve.fhir_adapters.records.targets import parse_reference

DELETING: Final = ("DELETE", "delete", "Delete")
"""Spellings of the method of an entry's request that deletes."""
Entry = Mapping[str, Any]
_NUMBER: Final = re.compile(r"(?<!\d)\d{1,64}(?!\d)")  # as long as an id may be


@dataclass(frozen=True, slots=True)
class _Version:
    entry: Entry
    updated: datetime | None
    number: int | None
    deleted: bool


def newest_entries(entries: Sequence[Any]) -> list[Any]:
    """The entries that still stand, in their order; what cannot be told apart (no id) is kept.

    Newest is told by `lastUpdated` if every version has one, else by version number if every one has it, else by place:
    FHIR lists the newest first.
    """
    versions: dict[str, list[_Version]] = {}
    names = [_name_of(entry) for entry in entries]
    for name, entry in zip(names, entries, strict=True):
        if name is not None:
            versions.setdefault(name, []).append(_version(entry))
    standing = {id(newest.entry) for found in versions.values() if not (newest := _newest(found)).deleted}
    return [entry for name, entry in zip(names, entries, strict=True) if name is None or id(entry) in standing]


def deletions(bundle: Entry) -> list[str]:
    """What the entries of a Bundle name as deleted, as the files of a bulk export's `deleted` do."""
    entries = objects_in(bundle.get("entry"))
    return [_name_of(entry) or "an entry" for entry in entries if is_deletion(entry.get("request"))]


def is_deletion(request: Any) -> bool:
    """Does an entry's `request` say that its resource was, or is to be, deleted?"""
    return isinstance(request, dict) and request.get("method") in DELETING


def _name_of(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return None
    resource = entry.get("resource")
    if isinstance(resource, dict) and resource.get("resourceType") and resource.get("id"):
        return f"{resource['resourceType']}/{resource['id']}"
    request = entry.get("request")
    for text in (entry.get("fullUrl"), request.get("url") if isinstance(request, dict) else None):
        target = parse_reference(text) if isinstance(text, str) else None
        if target is not None and target.type and target.id:
            return target.relative
    return None


def _version(entry: Entry) -> _Version:
    resource = entry.get("resource")
    response = entry.get("response")
    meta = meta_of(resource) if isinstance(resource, dict) else {}
    answer = response if isinstance(response, dict) else {}
    number = _NUMBER.search(str(meta.get("versionId") or answer.get("etag") or ""))
    return _Version(
        entry,
        instant_of(meta.get("lastUpdated") or answer.get("lastModified")),
        int(number[0]) if number else None,
        is_deletion(entry.get("request")),
    )


def _newest(versions: Sequence[_Version]) -> _Version:
    dated = [(version.updated, version) for version in versions if version.updated is not None]
    if len(dated) == len(versions):
        latest = max(moment for moment, _ in dated)
        candidates = [version for moment, version in dated if moment == latest]
    else:
        candidates = list(versions)
    numbered = [(version.number, version) for version in candidates if version.number is not None]
    if len(numbered) == len(candidates):
        highest = max(number for number, _ in numbered)
        return next(version for number, version in numbered if number == highest)
    return candidates[0]
