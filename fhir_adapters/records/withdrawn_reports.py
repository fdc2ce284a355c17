"""Results of reports that were withdrawn: they only raise a doubt.

Whether another report, or another version of one, holds to them is not asked: of an export they are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from trialsieve.fhir_adapters.elements.shapes import objects_in
from trialsieve.fhir_adapters.elements.statuses import DIAGNOSTIC_REPORT, OBSERVATION, Standing, standing
from trialsieve.fhir_adapters.records.record import Record, Resource
from trialsieve.fhir_adapters.records.targets import parse_reference

_REPORT: Final = "DiagnosticReport"


def is_withdrawn_report(resource: Resource) -> bool:
    """Whether it is a DiagnosticReport that was cancelled or entered in error."""
    if resource.get("resourceType") != _REPORT:
        return False
    return standing(resource.get("status"), DIAGNOSTIC_REPORT) is Standing.DROPPED


def takes_results_back(resource: Resource) -> bool:
    """Whether it is a withdrawn DiagnosticReport that names results."""
    return "result" in resource and is_withdrawn_report(resource)


def results_taken_back(resources: Iterable[Resource], index: Mapping[str, Resource]) -> frozenset[str]:
    """The results, by relative reference or fullUrl, that the withdrawn reports among these resources name."""
    return frozenset(name for one in resources if takes_results_back(one) for name in _named(one, index))


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


def _named(report: Resource, index: Mapping[str, Resource]) -> Iterator[str]:
    for item in objects_in(report.get("result"), single=True):
        text = item.get("reference")
        target = parse_reference(text) if isinstance(text, str) else None
        if target is None or not (target.type or target.urn):
            continue
        found = index.get(target.urn) if target.urn else None
        if found is not None and found.get("id"):
            yield f"{found.get('resourceType')}/{found['id']}"
        else:
            yield target.urn or target.relative
