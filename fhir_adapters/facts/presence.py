"""Which kinds of resource a record shows to have been retrieved at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.elements.statuses import entered_in_error
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.rules.vocabulary import Kind

Resources = Sequence[tuple[str, Resource]]


def present_kinds(
    resources: Resources, first: Mapping[Kind, int], unread: Mapping[Kind, int], left_out: Collection[Kind]
) -> frozenset[Kind]:
    """The kinds of which something can be read that was not entered in error.

    Anything else proves nothing, not even that such resources were retrieved. `first`: by kind, the place of its first
    resource, which most often tells; `unread`: how many could not be read. What was left out may be all there is of
    its kind; no rule asks for it.
    """
    return frozenset(left_out).union(
        kind
        for kind, place in first.items()
        if kind not in left_out and _stands(kind, resources, place, unread.get(kind, 0))
    )


def _stands(kind: Kind, resources: Resources, first: int, unread: int) -> bool:
    """Whether more of a kind were not entered in error than could not be read."""
    for resource in of_kind(kind, resources, first):
        if not entered_in_error(resource):
            if not unread:
                return True
            unread -= 1
    return False


def of_kind(kind: Kind, resources: Resources, first: int) -> Iterator[Resource]:
    """The resources of a kind, of which the first stands at this place."""
    for _, resource in islice(resources, first, None):
        name = resource.get("resourceType")
        if type(name) is str and KIND_OF.get(name) is kind:
            yield resource
