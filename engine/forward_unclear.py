"""What could not be read, or not understood: on which tests it bears, and what it would be if it is what is sought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from trialsieve.engine.facts import Fact, Unreadable
from trialsieve.engine.forward_fold import changed
from trialsieve.engine.forward_view import as_it_stood
from trialsieve.engine.outcome import Outcome
from trialsieve.rules.vocabulary import UNKNOWN, Kind, Reason


@dataclass(frozen=True, slots=True)
class Alike:
    """Resources that bear on the same tests, or questions that were not answered in full.

    `would_be`: what these are as of then if they are what is sought; None where one of them may be of any time.
    """

    kind: Kind | None
    concepts: frozenset[str] | None
    was_read: bool
    is_gap: bool
    would_be: tuple[Fact, ...] | None


class Unclear:
    """What of a chart could not be read or understood."""

    def __init__(self, unreadable: Sequence[Unreadable], as_of: date) -> None:
        self._unreadable = [
            item for item in unreadable if item.would_be is None or as_it_stood(item.would_be, as_of) is not None
        ]
        self._as_of = as_of
        self._alike: list[Alike] | None = None  # most tests are of none of these concepts
        self._concepts: frozenset[str] | None = None  # None: of any
        named = [item.concepts for item in self._unreadable if item.concepts is not None]
        if len(named) == len(self._unreadable):
            self._concepts = frozenset().union(*named)

    def bearing(self, concepts: frozenset[str], kinds: frozenset[Kind], *, read_too: bool) -> Sequence[Alike]:
        """What bears on a test by its kind and concepts; `read_too`: what was read and not understood as well."""
        if self._concepts is not None and self._concepts.isdisjoint(concepts):
            return ()
        if self._alike is None:
            self._alike = self._put_together()
        return [one for one in self._alike if (read_too or not one.was_read) and _bears(one, concepts, kinds)]

    def may_be(self, concepts: frozenset[str], kinds: frozenset[Kind]) -> list[Fact]:
        """What each that bears on a test may be as of then, if not of a later day."""
        sought = [item.may_be for item in self._unreadable if _bears(item, concepts, kinds)]
        return [stood for fact in sought if (stood := as_it_stood(fact, self._as_of)) is not None]

    def _put_together(self) -> list[Alike]:
        alike: dict[tuple[Kind | None, frozenset[str] | None, bool, bool], list[Fact | None]] = {}
        for item in self._unreadable:
            alike.setdefault((item.kind, item.concepts, item.was_read, item.is_gap), []).append(item.would_be)
        return [Alike(*key, self._as_they_stood(sought)) for key, sought in alike.items()]

    def _as_they_stood(self, sought: Iterable[Fact | None]) -> tuple[Fact, ...] | None:
        stood = [None if fact is None else as_it_stood(fact, self._as_of) for fact in sought]
        known = tuple(fact for fact in stood if fact is not None)
        return known if len(known) == len(stood) else None


def _bears(one: Alike | Unreadable, concepts: frozenset[str], kinds: frozenset[Kind]) -> bool:
    kind_fits = one.kind is None or one.kind in kinds
    return kind_fits and (one.concepts is None or not one.concepts.isdisjoint(concepts))


def left_unknown(outcome: Outcome, bearing: Sequence[Alike]) -> Outcome:
    """The outcome of a test on which these bear; of what was not asked in full nobody can say that there is no data."""
    reasons = outcome.reasons | {Reason.UNUSABLE_DATA}
    if any(one.is_gap for one in bearing):
        reasons = (reasons | {Reason.NOT_RETRIEVED}) - {Reason.NO_DATA}
    return changed(outcome, UNKNOWN, reasons)
