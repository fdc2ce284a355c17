"""How atoms combine, and the conditions under which what they say goes to a person."""

from __future__ import annotations

from msgspec import Struct

from trialsieve.rules.vocabulary import Reason


class AtomRef(Struct, frozen=True, gc=False):
    id: str


class AllOf(Struct, frozen=True, gc=False):
    of: tuple[Logic, ...]


class AnyOf(Struct, frozen=True, gc=False):
    of: tuple[Logic, ...]


class Not(Struct, frozen=True, gc=False):
    of: Logic


class AtLeast(Struct, frozen=True, gc=False):
    count: int
    of: tuple[Logic, ...]


class NotTrue(Struct, frozen=True, gc=False):
    """True of what is false or unknown. Only in `review_when`, where it can only lead to review."""

    of: Logic


class UnlessShown(Struct, frozen=True, gc=False):
    """False where the operand is true, else unknown: required evidence that is missing keeps an exclusion open."""

    of: Logic


Logic = AtomRef | AllOf | AnyOf | Not | AtLeast | NotTrue | UnlessShown


class ReviewWhen(Struct, frozen=True, gc=False):
    """When the condition holds, an atom that data decided goes to a person."""

    says: str
    reason: Reason
    condition: Logic
