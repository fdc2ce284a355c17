"""Which kinds of resource a record shows to have been retrieved at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.rules.vocabulary import Kind

Resources = Sequence[tuple[str, Resource]]


def present_kinds(
    resources: Resources,
    first: Mapping[Kind, int],
    left_out: Collection[Kind],
    shows: Callable[[Kind, str, Resource], bool],
) -> frozenset[Kind]:
    """The kinds of which a resource `shows` that such resources were retrieved.

    `first`: by kind, the place of its first resource, which most often tells. What was left out may be all there is of
    its kind; no rule asks for it.
    """
    return frozenset(left_out).union(
        kind
        for kind, place in first.items()
        if kind not in left_out
        and any(shows(kind, reference, resource) for reference, resource in of_kind(kind, resources, place))
    )


def of_kind(kind: Kind, resources: Resources, first: int) -> Iterator[tuple[str, Resource]]:
    """The resources of a kind, of which the first stands at this place."""
    for reference, resource in islice(resources, first, None):
        name = resource.get("resourceType")
        if type(name) is str and KIND_OF.get(name) is kind:
            yield reference, resource
