"""What a mention of a diagnosis is held against: what the rules ask of Conditions, and what the record says itself."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Final

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import SURE, Coded
from trialsieve.fhir_adapters.elements.dates import is_visible
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable
from trialsieve.fhir_adapters.elements.statuses import Standing
from trialsieve.fhir_adapters.facts.conditions import condition_code, condition_standing
from trialsieve.rules.atom import SCREENING, Atom, Measurement, QualitativeResult, Recorded
from trialsieve.rules.logic_order import atoms_in, atoms_reached, findings_beneath
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsenceRule, Kind, Role, Timing

_SAYING: Final = SURE | {Role.SUPPORTING}
_NONE: Final[frozenset[str]] = frozenset()
_MOST_DAYS: Final = {"day": 1, "week": 7, "month": 31, "year": 366}


class Asked:
    """What the rules ask of Conditions: of which one that is not on record would pass, and which together.

    `missed`: what is presumed absent where nothing is on record, and what a finding looks for that a result clears: a
    clear fluid says nothing of a meningeal leukemia that only a later report has.
    `days`: for how many days back, at the most, where no rule asks for more than what is now, or was within a window.
    """

    def __init__(self, book: RuleBook) -> None:
        self.missed: set[str] = set()
        self.together: defaultdict[str, set[str]] = defaultdict(set)
        self.days: dict[str, int] = {}
        lasting: set[str] = set()
        asked = atoms_reached(book, book.trials)
        cleared = set(map(id, _cleared_by_a_result(asked, book)))
        for atom in asked:
            test = atom.test
            if not isinstance(test, Recorded):
                continue
            for name in test.concepts:
                self.together[name].update(test.concepts)
            if test.negated or (atom.absence is not AbsenceRule.PRESUME and id(atom) not in cleared):
                continue
            self.missed.update(test.concepts)
            days = _days_back(test, book)
            if days is None:
                lasting.update(test.concepts)
                continue
            for name in test.concepts:
                self.days[name] = max(self.days.get(name, 0), days)
        for name, days in _days_since_a_result(asked, book):
            self.days[name] = max(self.days.get(name, 0), days)
        for name in lasting:
            self.days.pop(name, None)
        self._oldest: tuple[date, Mapping[str, date]] | None = None

    def oldest(self, as_of: date) -> Mapping[str, date]:
        """By concept, the first of these days before a day; the last day that was asked for is kept."""
        known = self._oldest
        if known is None or known[0] != as_of:
            known = self._oldest = (as_of, {name: _days_before(as_of, days) for name, days in self.days.items()})
        return known[1]


def _cleared_by_a_result(asked: Iterable[Atom], book: RuleBook) -> Iterator[Atom]:
    """The atoms that make a finding true which a result can make false, whatever is on record or not."""
    for name in findings_beneath(asked, book.findings):
        finding = book.findings[name]
        if finding.false_when is None:
            continue
        clearing, making = set(atoms_in(finding.false_when)), set(atoms_in(finding.true_when))
        results = {atom.id for atom in finding.atoms if isinstance(atom.test, QualitativeResult | Measurement)}
        if not results.isdisjoint(clearing):
            yield from (atom for atom in finding.atoms if atom.id in making)


def _days_since_a_result(asked: Iterable[Atom], book: RuleBook) -> Iterator[tuple[str, int]]:
    """What is held against a result only if it is newer, and for how many days such a result counts."""
    for test in (atom.test for atom in asked):
        if isinstance(test, Recorded) and test.after is not None:
            results = [one.test for one in book.findings[test.after].atoms]
            counting = [
                book.currency[one.currency]
                for one in results
                if isinstance(one, QualitativeResult | Measurement) and one.currency is not None
            ]
            if counting and len(counting) == len(results):
                yield from ((name, max(counting)) for name in test.concepts)


def _days_back(test: Recorded, book: RuleBook) -> int | None:
    """How many days ago what is asked for may have been said, at the most; None: any time ago."""
    window = test.window
    if window is None:
        return None if test.timing is not Timing.CURRENT or test.currency is None else book.currency[test.currency]
    # Up to another day it reaches further back; what may go on into it, or is held against others, may be of any time.
    is_plain = not (test.still_active or test.first or test.review)
    up_to_today = window.anchor == SCREENING and window.back_from is None
    return window.amount * _MOST_DAYS[window.unit] if is_plain and up_to_today else None


def _days_before(day: date, days: int) -> date:
    return date.fromordinal(max(day.toordinal() - days, 1))


class RecordedAlready:
    """What the record says elsewhere; found once it is asked for."""

    def __init__(
        self,
        terms: Terms,
        facts: Sequence[Fact],
        refuted: Mapping[str, date],
        conditions: Iterable[Json],
        as_of: date | None,
    ) -> None:
        self._as_of = as_of
        self._terms = terms
        self._facts = facts
        self._refuted = refuted
        self._conditions = conditions

    def speaks_of(self, concept: str, past: bool, noted: DateInterval | None) -> bool:
        """Whether a Condition speaks of what is mentioned, whatever it says; or what was surely done or taken does.

        One that was over, denied or refuted before is no word on what is told of now; it is on what is told of the
        past.
        """
        until = self._spoken.get(concept)
        if until is None:
            return False
        return past or noted is None or noted.first is None or noted.first <= until

    @cached_property
    def _spoken(self) -> Mapping[str, date]:
        """By concept, the last day of which the record speaks itself."""
        until = dict(self._refuted)
        for fact in self._facts:
            if _speaks(fact) and is_visible(fact.when, fact.recorded, self._as_of):
                until[fact.concept] = max(until.get(fact.concept, date.min), _speaks_until(fact))
        return until

    @cached_property
    def listed(self) -> frozenset[str]:
        """What the Conditions' codes are sure of, whether or not the rules that are asked look at it."""
        found: set[str] = set()
        for resource in self._conditions:
            with contextlib.suppress(Unusable):
                if condition_standing(resource) is not Standing.DROPPED:
                    found |= concepts_of(condition_code(resource), self._terms, SURE)
        return frozenset(found)

    def own(self, reference: str) -> frozenset[str]:
        """The concepts of a resource's own facts."""
        return self._own.get(reference, _NONE)

    @cached_property
    def _own(self) -> Mapping[str, frozenset[str]]:
        by_reference: defaultdict[str, set[str]] = defaultdict(set)
        for fact in self._facts:
            by_reference[fact.reference].add(fact.concept)
        return {reference: frozenset(concepts) for reference, concepts in by_reference.items()}


def _speaks(fact: Fact) -> bool:
    return fact.kind is Kind.CONDITION or (fact.kind is not Kind.OBSERVATION and fact.role in SURE)


def _speaks_until(fact: Fact) -> date:
    said = None
    if fact.kind is Kind.CONDITION and fact.role is Role.NEGATES:
        said = fact.recorded or fact.when
    elif fact.kind is Kind.CONDITION and fact.ended:
        said = fact.ended_when
    return date.max if said is None or said.last is None else said.last


def concepts_of(code: Coded, terms: Terms, roles: Collection[Role] = _SAYING) -> frozenset[str]:
    """What a code means in one of these roles, whether or not the rules that are asked look at it."""
    return frozenset(concept for concept, found in terms.every_hit(code) if found.role in roles)
