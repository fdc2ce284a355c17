"""What follows from links between the Patients of one export."""

from __future__ import annotations

from collections.abc import Container, MutableMapping

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, type_of
from trialsieve.fhir_adapters.inputs.export_lines import PatientLines
from trialsieve.fhir_adapters.records.record import InputProblem, Report, SetAside, unheard
from trialsieve.fhir_adapters.records.replaced import (
    Replacements,
    aliases,
    bearing,
    marked_replaced,
    nothing_caution,
    rivals_caution,
)
from trialsieve.fhir_adapters.records.subjects import Unassigned


def follow_links(
    patients: MutableMapping[str, PatientLines],
    links: Replacements[str],
    guests: Container[str],
    report: Report,
    source: str,
) -> None:
    """Brings the lines of patients by name to where links between them say.

    The `guests` are screened elsewhere, where their problems are told too.
    """
    for former in links.formers:
        replacing = links.replacing_of(former)
        here = {name: patients[name] for name in replacing if name in patients}
        if len(replacing) > 1:
            for name, lines in here.items():
                lines.cautions.append(rivals_caution(former, [other for other in replacing if other != name]))
        names = (former, *aliases(former))
        if patients.keys().isdisjoint(names):
            for lines in here.values():
                lines.cautions.append(nothing_caution(former))
        for name in names:
            found = patients.get(name)
            if found is None or found.patient is not None:
                continue
            del patients[name]
            if len(replacing) > 1:
                unread = _nobodys(found, unheard if name in guests else report, source)
                for lines in here.values():
                    lines.set_aside += unread
                continue
            for lines in here.values():
                lines.take_over(found)
    _doubt_replacing(patients, links, guests)


def _nobodys(lines: PatientLines, report: Report, source: str) -> list[SetAside]:
    """What may be any of several patients' counts, unread, for each of them."""
    resources, left_out = lines.built(report)
    reason = Unassigned.RIVALS.value
    for shown in (*(shown for shown, _ in resources), *(name.relative for name in left_out.names)):
        report(InputProblem(source, shown, reason))
    return [
        *(SetAside(shown, KIND_OF[type_of(resource)], reason, resource) for shown, resource in resources),
        *lines.set_aside,
    ]


def _doubt_replacing(
    patients: MutableMapping[str, PatientLines], links: Replacements[str], guests: Container[str]
) -> None:
    """What a replaced Patient has here bears on the ones that replace it."""
    replacing = [name for name in links.replacing if name in patients and name not in guests]
    formers = {name: links.formers_of(name) for name in replacing}
    sought = {former for theirs in formers.values() for former in theirs}
    bears: dict[str, list[SetAside]] = {}
    for former in links.formers:
        lines = patients.get(former)
        if lines is None or lines.patient is None:
            continue
        lines.patient = marked_replaced(lines.patient, links.replacing_of(former))
        if former in sought:
            # Built once more when its own turn comes: what cannot be read is told then.
            copy = PatientLines(resources=lines.resources, set_aside=list(lines.set_aside))
            resources, _ = copy.built(unheard)
            bears[former] = bearing(former, resources, copy.set_aside)
    for name, theirs in formers.items():
        told = {id(item): item for item in patients[name].set_aside}  # some may be several patients'
        told |= {id(item): item for former in theirs for item in bears.get(former, ())}
        patients[name].set_aside = list(told.values())
