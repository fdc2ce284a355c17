"""Another malignancy of a record, of which a state (relapse, remission) may be that does not say of what it is."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from trialsieve.rules.concept import Concept


class Other(Struct, frozen=True):
    """Another malignancy. `is_solid`: surely no leukemia or lymphoma."""

    reference: str
    shown: str
    is_solid: bool


Beside = Callable[[Concept], tuple[Other, ...]]
"""Those of one record of which a state may be, too."""


def none_beside(_: Concept) -> tuple[Other, ...]:
    """Of a record of which nobody asks that."""
    return ()
