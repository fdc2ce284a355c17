"""Which Patient takes the place of which (https://hl7.org/fhir/R4/valueset-link-type.html), and what follows from it.

What names a Patient that is replaced, and is not here, is the replacing one's. What a replaced Patient has here is read
as that one's own, and bears unread on the other. So does what names one whom several replace: it may be any of theirs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, Generic, TypeVar

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, type_of
from trialsieve.fhir_adapters.elements.shapes import objects_in
from trialsieve.fhir_adapters.records.record import Resource, SetAside
from trialsieve.fhir_adapters.records.targets import Target, parse_reference

_REPLACED_BY: Final = ("replaced-by", "replace")  # the second is DSTU2's word
_FOLLOWED: Final = ("replaces", *_REPLACED_BY)

_MOST_NAMED: Final = 5

_Key = TypeVar("_Key", bound=Hashable)


class Replacements(Generic[_Key]):
    """Who replaces whom: links between Patients, however they are called."""

    def __init__(self, links: Iterable[tuple[_Key, _Key]] = ()) -> None:
        self._formers: dict[_Key, dict[_Key, None]] = {}
        self._replacing: dict[_Key, dict[_Key, None]] = {}
        for replacing, former in links:
            self.add(replacing, former)

    def __bool__(self) -> bool:
        return bool(self._formers)

    def add(self, replacing: _Key, former: _Key) -> None:
        """A Patient takes the place of another, not of itself."""
        if replacing != former:
            self._formers.setdefault(replacing, {})[former] = None
            self._replacing.setdefault(former, {})[replacing] = None

    @property
    def replacing(self) -> list[_Key]:
        """All who replace somebody."""
        return list(self._formers)

    @property
    def formers(self) -> list[_Key]:
        """All who are replaced."""
        return list(self._replacing)

    def replacing_of(self, former: _Key) -> list[_Key]:
        """Those who replace this one themselves."""
        return list(self._replacing.get(former, ()))

    def formers_of(self, replacing: _Key) -> list[_Key]:
        """Those whom this one replaces, and whom these replace, and so on."""
        found: dict[_Key, None] = {}
        pending = [replacing]
        while pending:
            for former in self._formers.get(pending.pop(), ()):
                if former != replacing and former not in found:
                    found[former] = None
                    pending.append(former)
        return list(found)


def connected(links: Iterable[tuple[_Key, _Key]]) -> list[list[_Key]]:
    """Those who are linked with each other, directly or by way of others, group by group."""
    beside: dict[_Key, dict[_Key, None]] = {}
    for one, other in links:
        beside.setdefault(one, {})[other] = None
        beside.setdefault(other, {})[one] = None
    groups: list[list[_Key]] = []
    while beside:
        group: dict[_Key, None] = {next(iter(beside)): None}
        pending = list(group)
        while pending:
            found = beside.pop(pending.pop(), {})
            pending += [each for each in found if each not in group]
            group |= found
        groups.append(list(group))
    return groups


def links_of(patient: Resource) -> Iterator[tuple[Target, bool]]:
    """The Patients that this one's links name, and whether this one is the replaced; other kinds of links left out."""
    for link in _links(patient):
        target = _other(link) if link.get("type") in _FOLLOWED else None
        if target is not None:
            yield target, link["type"] in _REPLACED_BY


def replaces_somebody_unnamed(patient: Resource) -> bool:
    """Does it replace one whom its link does not name by a reference that can be followed?"""
    return any(link.get("type") == "replaces" and _other(link) is None for link in _links(patient))


def identity_of(target: Target) -> str:
    """The id that a reference names, as a urn too; empty without one."""
    return target.id or target.urn.rpartition(":")[2]


def named_links(patient: Resource, name: str) -> list[tuple[str, str]]:
    """(name of the replacing one, name of the replaced one) by the links of the Patient of this name."""
    found = []
    for target, is_replaced in links_of(patient):
        other = f"Patient/{identity_of(target)}"
        found.append((other, name) if is_replaced else (name, other))
    return found


def aliases(name: str) -> tuple[str, str]:
    """What else resources may call a Patient (`Patient/p1`) in an export."""
    identity = name.partition("/")[2].lower()
    return f"urn:uuid:{identity}", f"urn:oid:{identity}"


def bearing(former: str, resources: Iterable[tuple[str, Resource]], unread: Iterable[SetAside]) -> list[SetAside]:
    """What a replaced Patient has here, as it bears on one who replaces it."""
    reason = f"is of {former}, whom this patient's record replaces and who has one here too"
    return [
        *(SetAside(shown, KIND_OF[type_of(resource)], reason, resource) for shown, resource in resources),
        *unread,
    ]


def marked_replaced(patient: Resource, by: Sequence[str]) -> Resource:
    """The Patient with a link to the first who replaces it, unless it has one that says so itself."""
    own = _links(patient)
    if any(link.get("type") in _REPLACED_BY for link in own):
        return patient
    return {**patient, "link": [*own, {"type": _REPLACED_BY[0], "other": {"reference": min(by)}}]}


def rivals_caution(former: str, others: Iterable[str]) -> str:
    """What a person must see where not this patient alone replaces another."""
    named = sorted(others)
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    who = f"{', '.join(named[:_MOST_NAMED])}{more}"
    return f"{who} replaces {former} too, so that what is of that one may be another's."


def nothing_caution(former: str) -> str:
    """What a person must see where nothing is known of a Patient who was replaced."""
    return f"This patient's record replaces {former}, of whom nothing was found here; that one's record was not read."


def _other(link: dict[str, Any]) -> Target | None:
    other = link.get("other")
    reference = other.get("reference") if isinstance(other, dict) else None
    target = parse_reference(reference) if isinstance(reference, str) else None
    return target if target is not None and target.type in ("", "Patient") and identity_of(target) else None


def _links(patient: Resource) -> list[dict[str, Any]]:
    return objects_in(patient.get("link"), single=True)
