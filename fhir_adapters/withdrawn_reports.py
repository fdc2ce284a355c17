"""Results of reports that were withdrawn: they only raise a doubt, unless another report holds to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from trialsieve.fhir_adapters.duplicates import current_versions
from trialsieve.fhir_adapters.record import Record, Resource
from trialsieve.fhir_adapters.statuses import DIAGNOSTIC_REPORT, OBSERVATION, Standing, standing
from trialsieve.fhir_adapters.targets import parse_reference

_REPORT: Final = "DiagnosticReport"


def is_withdrawn_report(resource: Resource) -> bool:
    """Whether it is a DiagnosticReport that was cancelled or entered in error."""
    return resource.get("resourceType") == _REPORT and _standing(resource) is Standing.DROPPED


def names_results(resource: Resource) -> bool:
    """Whether it is a DiagnosticReport that names results."""
    return resource.get("resourceType") == _REPORT and "result" in resource


def takes_results_back(resource: Resource) -> bool:
    """Whether it is a withdrawn DiagnosticReport that names results."""
    return names_results(resource) and is_withdrawn_report(resource)


def results_taken_back(reports: Iterable[tuple[str, Resource]], index: Mapping[str, Resource]) -> frozenset[str]:
    """The results, by relative reference or fullUrl, that withdrawn ones of these reports name and none that holds."""
    by_reference: dict[str, list[Resource]] = {}
    for reference, resource in reports:
        by_reference.setdefault(reference, []).append(resource)
    taken_back: set[str] = set()
    held: set[str] = set()
    for several in map(current_versions, by_reference.values()):
        named = (name for one in several for name in _named(one, index))
        if any(map(is_withdrawn_report, several)):
            taken_back.update(named)
        elif all(_standing(one) is Standing.FIRM for one in several):
            held.update(named)
    return frozenset(taken_back - held)


def doubting_what_was_taken_back(record: Record) -> Record:
    """The record with doubt about the Observations that were."""

    def was_taken_back(reference: str, resource: Resource) -> bool:
        return reference in record.taken_back and resource.get("resourceType") == "Observation"

    resources = [
        (reference, of_withdrawn_report(resource) if was_taken_back(reference, resource) else resource)
        for reference, resource in record.resources
    ]
    return replace(record, resources=resources)


def of_withdrawn_report(observation: Resource) -> Resource:
    """The same Observation with a status by which it only raises a doubt, unless it does not count anyway."""
    status = observation.get("status")
    if standing(status, OBSERVATION) is Standing.DROPPED:
        return observation
    return {**observation, "status": f"{status or 'status missing'}, of a withdrawn report"}


def _standing(report: Resource) -> Standing:
    return standing(report.get("status"), DIAGNOSTIC_REPORT)


def _named(report: Resource, index: Mapping[str, Resource]) -> Iterator[str]:
    results = report.get("result")
    for item in results if isinstance(results, list) else [results]:
        text = item.get("reference") if isinstance(item, dict) else None
        target = parse_reference(text) if isinstance(text, str) else None
        if target is None or not (target.type or target.urn):
            continue
        found = index.get(target.urn) if target.urn else None
        if found is not None and found.get("id"):
            yield f"{found.get('resourceType')}/{found['id']}"
        else:
            yield target.urn or target.relative
