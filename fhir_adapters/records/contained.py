"""What one resource contains, as far as facts are taken from it. A contained result has no date but its report's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trialsieve.fhir_adapters.elements.dates import EFFECTIVE
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, type_of
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.fhir_adapters.records.withdrawn_reports import is_withdrawn_report, of_withdrawn_report

_DATES: Final = (*EFFECTIVE, "issued")


def contained_facts(container: Resource) -> Iterator[Resource]:
    """The contained resources that facts are taken from.

    A result in a report is data like any other; in one that was cancelled it only raises a doubt. What is in a resource
    entered in error is no data, and a relative's is not the patient's.
    """
    if container.get("resourceType") == "FamilyMemberHistory" or container.get("status") == "entered-in-error":
        return
    contained = container.get("contained")
    for item in contained if isinstance(contained, list) else ():
        if type_of(item) in KIND_OF:
            yield _of_report(item, container)


def _of_report(item: Resource, container: Resource) -> Resource:
    """An Observation with the dates of the DiagnosticReport that contains it, where it has none of its own."""
    if item["resourceType"] != "Observation" or container.get("resourceType") != "DiagnosticReport":
        return item
    if is_withdrawn_report(container):
        item = of_withdrawn_report(item)
    if any(item.get(name) is not None for name in _DATES):
        return item
    return {**item, **{name: container[name] for name in _DATES if container.get(name) is not None}}
