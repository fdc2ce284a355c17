"""Several versions of one resource: which of them count."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, type_of
from trialsieve.fhir_adapters.elements.statuses import entered_in_error
from trialsieve.fhir_adapters.records.record import Resource, SetAside

_Found = TypeVar("_Found")

DISPUTED: Final = (
    "another version of it is entered in error, and neither is known to be newer; give both `meta.lastUpdated`, "
    "or leave out the one that does not hold"
)

_LONGEST_ID: Final = 64  # of FHIR; Python refuses to read a number of thousands of digits
_TELLING_ORDER: Final = ("lastUpdated", "versionId")
_SEVERAL: Final = "of several versions"  # no element of FHIR


def meta_of(resource: Resource) -> dict[str, Any]:
    meta = resource.get("meta")
    return meta if isinstance(meta, dict) else {}


def newer(first: Resource, second: Resource) -> bool | None:
    """Is the second a newer version than the first? None: neither says so.

    `meta.lastUpdated` decides where both are instants, else a whole-number `versionId`.
    """
    one, two = meta_of(first), meta_of(second)
    updated = (instant_of(one.get("lastUpdated")), instant_of(two.get("lastUpdated")))
    if updated[0] is not None and updated[1] is not None and updated[0] != updated[1]:
        return updated[1] > updated[0]
    versions = (_number_of(one.get("versionId")), _number_of(two.get("versionId")))
    if versions[0] is not None and versions[1] is not None and versions[0] != versions[1]:
        return versions[1] > versions[0]
    return None


def _number_of(version: Any) -> int | None:
    is_number = isinstance(version, str) and version.isdecimal() and len(version) <= _LONGEST_ID
    return int(version) if is_number else None


def instant_of(text: Any) -> datetime | None:
    """A FHIR instant; one without a zone cannot be ordered among others."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _has_version(resource: Resource) -> bool:
    meta = meta_of(resource)
    return "lastUpdated" in meta or "versionId" in meta


def same_content(first: Resource, second: Resource) -> bool:
    """Do they say the same, `meta` and narrative apart?"""
    try:
        keys = (first.keys() | second.keys()) - {"meta", "text"}
        return all(key in first and key in second and first[key] == second[key] for key in keys)
    except RecursionError:  # nested too deep to compare
        return False


def current_versions(versions: Sequence[_Found], resource_of: Callable[[_Found], Resource]) -> list[_Found]:
    """The versions that count, each once: all than which none is known to be newer, whatever their order.

    Of two that say the same that one counts than which none that comes yet is known to be newer.
    """
    kept: list[_Found] = []
    for version in versions:
        resource = resource_of(version)
        if any(newer(resource, resource_of(one)) or _is_repeated(resource, resource_of(one)) for one in kept):
            continue
        kept = [one for one in kept if not newer(resource_of(one), resource)]
        kept.append(version)
    chosen: list[int] = []
    for place in sorted(range(len(kept)), key=lambda place: _has_version(resource_of(kept[place]))):
        if not any(same_content(resource_of(kept[place]), resource_of(kept[other])) for other in chosen):
            chosen.append(place)
    return [kept[place] for place in sorted(chosen)]


def _is_repeated(first: Resource, second: Resource) -> bool:
    one, two = meta_of(first), meta_of(second)
    of_one_version = all(one.get(element) == two.get(element) for element in ("lastUpdated", "versionId"))
    return of_one_version and same_content(first, second)


def counting(
    found: Iterable[_Found], name_of: Callable[[_Found], Hashable], resource_of: Callable[[_Found], Resource]
) -> tuple[list[_Found], list[_Found]]:
    """What counts, and what does not: another version of it, not known to be older or newer, was entered in error.

    Versions are what has one name; None is nobody's.
    """
    versions: dict[Hashable, list[_Found]] = {}
    for number, one in enumerate(found):
        name = name_of(one)
        versions.setdefault((number,) if name is None else name, []).append(one)
    kept: list[_Found] = []
    disputed: list[_Found] = []
    for several in versions.values():
        current = current_versions(several, resource_of) if len(several) > 1 else several
        withdrawn = [entered_in_error(resource_of(one)) for one in current] if len(current) > 1 else [False]
        for one, was_withdrawn in zip(current, withdrawn, strict=True):
            (disputed if any(withdrawn) and not was_withdrawn else kept).append(one)
    return kept, disputed


def led_to(first: Resource, second: Resource) -> Resource:
    """What a reference leads to that both have the name of: the newer; where neither is, and they differ, neither.

    A third that comes is compared with both: it is newer than what they have in common of `meta`, or not known to be.
    """
    order = newer(first, second)
    if order is not None:
        return second if order else first
    one, two = meta_of(first), meta_of(second)
    common = {key: one[key] for key in _TELLING_ORDER if key in one and one[key] == two.get(key)}
    if same_content(first, second):
        return {**first, "meta": common}
    return {"resourceType": first.get("resourceType"), "id": first.get("id"), "meta": common, _SEVERAL: True}


def each_led_to(named: Sequence[tuple[str, Resource]]) -> dict[str, Resource]:
    """By reference, what it leads to."""
    found = dict(named)
    if len(found) == len(named):  # nearly always
        return found
    found = {}
    for reference, resource in named:
        known = found.get(reference)
        found[reference] = resource if known is None else led_to(known, resource)
    return found


def is_one_of_several(found: Resource) -> bool:
    """Whether it stands for versions of which nobody knows the newest (`led_to`); nothing of them can be read."""
    return _SEVERAL in found


def in_dispute(shown: str, resource: Resource) -> SetAside:
    """One that does not count, as it counts for its patient; it is told of where it bears on what is asked."""
    return SetAside(shown, KIND_OF[type_of(resource)], DISPUTED, resource)
