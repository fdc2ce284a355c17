"""Results of reports that were withdrawn: they only raise a doubt, unless another report holds to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from trialsieve.fhir_adapters.duplicates import current_versions
from trialsieve.fhir_adapters.record import Record, Resource
from trialsieve.fhir_adapters.statuses import DIAGNOSTIC_REPORT, OBSERVATION, Standing, standing

_REPORT: Final = "DiagnosticReport"
_OBSERVATION: Final = "Observation"


def is_withdrawn_report(resource: Resource) -> bool:
    """Whether it is a DiagnosticReport that was cancelled or entered in error."""
    return resource.get("resourceType") == _REPORT and _standing(resource) is Standing.DROPPED


def names_results(resource: Resource) -> bool:
    """Whether it is a DiagnosticReport that names results."""
    return resource.get("resourceType") == _REPORT and "result" in resource


def withdraws_results(resource: Resource) -> bool:
    """Whether it is a withdrawn DiagnosticReport that names results."""
    return names_results(resource) and is_withdrawn_report(resource)


def of_withdrawn_report(observation: Resource) -> Resource:
    """The same Observation with a status by which it only raises a doubt, unless it does not count anyway."""
    status = observation.get("status")
    if standing(status, OBSERVATION) is Standing.DROPPED:
        return observation
    return {**observation, "status": f"{status or 'status missing'}, of a withdrawn report"}


def doubting_withdrawn_results(record: Record) -> Record:
    """The record, with doubt about the results that withdrawn reports of it name, and none that holds names too."""
    reports: dict[str, list[Resource]] = {}
    for reference, resource in record.mentioning:
        if names_results(resource):
            reports.setdefault(reference, []).append(resource)
    versions = [current_versions(several) for several in reports.values()]
    withdrawn = [one for several in versions if any(map(is_withdrawn_report, several)) for one in several]
    if not withdrawn:
        return record
    held = [one for several in versions if all(_standing(one) is Standing.FIRM for one in several) for one in several]
    doubted = {name for one in withdrawn for name in _named(one, record)}
    doubted -= {name for one in held for name in _named(one, record)}
    resources = [
        (reference, resource if doubted.isdisjoint({reference, id(resource)}) else of_withdrawn_report(resource))
        for reference, resource in record.resources
    ]
    return replace(record, resources=resources)


def _standing(report: Resource) -> Standing:
    return standing(report.get("status"), DIAGNOSTIC_REPORT)


def _named(report: Resource, record: Record) -> Iterator[str | int]:
    """The results that a report names: the relative reference of each, or its identity where it has no id."""
    results = report.get("result")
    for item in results if isinstance(results, list) else [results]:
        reference = item.get("reference") if isinstance(item, dict) else None
        if not isinstance(reference, str) or reference.startswith("#"):
            continue
        found = record.index.get(reference.split("/_history/", maxsplit=1)[0])
        if found is not None and found.get("resourceType") == _OBSERVATION:
            yield f"{_OBSERVATION}/{found['id']}" if found.get("id") else id(found)
