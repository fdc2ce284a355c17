"""What follows for records from links between their Patients: within one Bundle, and from one input to another."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from trialsieve.fhir_adapters.records.found_record import FoundRecord
from trialsieve.fhir_adapters.records.record import Record, SetAside
from trialsieve.fhir_adapters.records.replaced import (
    Replacements,
    bearing,
    identity_of,
    links_of,
    marked_replaced,
    nothing_caution,
    rivals_caution,
)
from trialsieve.fhir_adapters.records.targets import Target

Links = Replacements[int | str]
"""Who replaces whom: the places of records, and the ids of those who are not here."""


def follow_links_within(links: Links, records: Sequence[Record], met: Container[str]) -> None:
    """What follows from links between the Patients of one Bundle.

    `met`: the ids of those who are not here, of whom something was found.
    """
    bears = _bears(links, records)
    for number, record in enumerate(records):
        for former in links.formers_of(number):
            if isinstance(former, int):
                _set_aside(record, bears[former])
    _mark(links, records)
    for former in links.formers:
        for place in links.replacing_of(former) if isinstance(former, str) and former not in met else ():
            if isinstance(place, int):
                records[place].cautions.append(nothing_caution(f"Patient/{former}"))


def follow_links_between(found: Sequence[FoundRecord]) -> None:
    """What follows from links between Patients of several Bundles or exports; within each it was done before."""
    links = _links_between(found)
    if not links:
        return
    records = [one.record for one in found]
    bears = _bears(links, records)
    for number, one in enumerate(found):
        for former in links.formers_of(number):
            if isinstance(former, int) and not (len(one.origins) == 1 and found[former].origins == one.origins):
                _set_aside(one.record, bears[former])
                nothing = nothing_caution(records[former].patient)
                one.record.cautions[:] = [caution for caution in one.record.cautions if caution != nothing]
    _mark(links, records)


def _links_between(found: Sequence[FoundRecord]) -> Links:
    links = Links()
    places: dict[str, list[int]] = {}
    for number, one in enumerate(found):
        places.setdefault(one.patient_id, []).append(number)
    for number, one in enumerate(found):
        patient = one.record.patient_resource or {}
        for target, is_replaced in links_of(patient) if "link" in patient else ():
            of_that_id = [place for place in places.get(identity_of(target), ()) if place != number]
            for other in _meant(target, one, found, of_that_id):
                links.add(*((other, number) if is_replaced else (number, other)))
    return links


def _meant(target: Target, one: FoundRecord, found: Sequence[FoundRecord], places: Sequence[int]) -> list[int]:
    """Which records a link of one leads to: what stands beside it, else all that are not known to be elsewhere."""
    beside = [place for place in places if not set(one.origins).isdisjoint(found[place].origins)]
    if beside or target.urn:
        return beside or list(places)
    bases = {target.base} if target.base else one.bases
    return [place for place in places if not bases or not found[place].bases or bases & found[place].bases]


def _bears(links: Links, records: Sequence[Record]) -> dict[int, list[SetAside]]:
    """What each replaced one has here, as it bears on those who replace it."""
    return {
        former: bearing(records[former].patient, records[former].resources, records[former].set_aside)
        for former in links.formers
        if isinstance(former, int)
    }


def _set_aside(record: Record, items: Iterable[SetAside]) -> None:
    """Each once: what is everybody's is there already."""
    known: dict[tuple[str, str], list[SetAside]] = {}
    for item in record.set_aside:
        known.setdefault((item.reference, item.reason), []).append(item)
    for item in items:
        alike = known.setdefault((item.reference, item.reason), [])
        if item not in alike:
            alike.append(item)
            record.set_aside.append(item)


def _mark(links: Links, records: Sequence[Record]) -> None:
    """Those who are replaced, and those who are not the only ones to replace one."""
    for former in links.formers:
        places = [place for place in links.replacing_of(former) if isinstance(place, int)]
        by = [records[place].patient for place in places]
        if isinstance(former, int):
            records[former].patient_resource = marked_replaced(records[former].patient_resource or {}, by)
        name = records[former].patient if isinstance(former, int) else f"Patient/{former}"
        for place in places if len(places) > 1 else ():
            others = [records[other].patient for other in places if other != place]
            caution = rivals_caution(name, others)
            if caution not in records[place].cautions:
                records[place].cautions.append(caution)
