"""One computable statement of a criterion or finding: what it tests, in which window, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from msgspec import Struct

from trialsieve.rules.concept import Facets
from trialsieve.rules.logic import Logic, ReviewWhen
from trialsieve.rules.vocabulary import AbsenceRule, Basis, Reason, Result, Sex, State, Take, Timing

SCREENING = "screening"
"""The anchor that is always given, the as-of date; and the stage of a criterion that names no other."""

UNSTATED = "unstated"
"""The anchor of a window for which the registry states none."""


# --- windows and limits -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """A range of numbers; a bound that is None is open to infinity.

    A rule file states the bounds in any UCUM unit that the concept allows; loading converts them, so that here `unit`
    is the concept's canonical unit, and "1" where the bounds are multiples of the upper limit of normal.
    """

    low: Decimal | None
    low_open: bool
    high: Decimal | None
    high_open: bool
    unit: str
    written: Limits | None = field(default=None, compare=False)  # in the rule file's own unit, where that is another


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in calendar months, weeks, days or years."""

    amount: int
    unit: str  # "day" | "week" | "month" | "year"

    @property
    def length(self) -> str:
        """In words: `1 day`, `6 months`."""
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Window(Span):
    """A look-back window before an anchor: so long; its far edge in or out.

    The anchor is one of the trial's, or `unstated` where the registry gives none. `back_from` is another anchor of the
    trial; where its day is given and is the earlier of the two, the first day is counted back from that day.
    """

    inclusive: bool
    anchor: str = SCREENING
    back_from: str | None = None


# --- what an atom tests -----------------------------------------------------------------------------------------------


class ReviewCase(Struct, frozen=True, gc=False):
    """Per resource: one that matches goes to a person. Every given field must match (several concepts: any of them)."""

    says: str
    reason: Reason
    concepts: tuple[str, ...] = ()
    facets: Facets = ()
    states: frozenset[State] = frozenset()
    ended: bool = False  # also matches any resource with an abatement
    history: bool = False  # matches codes of role history
    undated: bool = False


class Age(Struct, frozen=True, gc=False):
    """Completed years at the as-of date lie within the limits (unit `a`)."""

    limits: Limits


class RecordedSex(Struct, frozen=True, gc=False):
    """The recorded sex is one of these; all three values: never fails."""

    among: frozenset[Sex]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured number within limits, or its multiple of its own reference range's upper limit."""

    concepts: tuple[str, ...]
    limits: Limits
    basis: Basis = Basis.VALUE
    take: Take = Take.LATEST
    window: Window | None = None
    currency: str | None = None  # class name; None: no limit
    not_before: tuple[str, ...] = ()  # findings
    after: str | None = None  # a finding: only what is dated after it
    skip: Facets = ()  # results known to have one of these facets do not count
    within_after: Span | None = None  # where `after` is given: and no later than this after it
    not_older_than: str | None = None  # an atom: only what is not older than the resources that decided it


@dataclass(frozen=True, slots=True)
class QualitativeResult:
    """A result that is positive, or negative."""

    concepts: tuple[str, ...]
    expected: Result
    take: Take = Take.LATEST
    window: Window | None = None
    currency: str | None = None
    not_before: tuple[str, ...] = ()
    after: str | None = None
    skip: Facets = ()
    only: Facets = ()  # codes or resources without this facet are not looked at
    within_after: Span | None = None
    not_older_than: str | None = None
    heed_numbers: bool = False  # a newer number that nobody calls positive or negative leaves it unknown


@dataclass(frozen=True, slots=True)
class Recorded:
    """Something on record: a condition, procedure, medication, immunization or allergy of one of the concepts."""

    concepts: tuple[str, ...]
    timing: Timing
    window: Window | None = None
    after: str | None = None  # a finding: only what is dated after it
    states: frozenset[State] = frozenset()  # only conditions in one of these clinical states; empty: any
    skip: Facets = ()  # resources known to have one of these facets do not count
    facets: Facets = ()  # required; a resource that does not state it is unknown
    negated: bool = False  # looks for codes that negate, as evidence of what they assert instead
    all_supporting: bool = False  # no code decides by itself for this sentence
    still_active: Reason | None = None  # began before the window, perhaps went on into it: unknown for this reason
    currency: str | None = None  # for timing current: how long an assertion speaks for today
    review: tuple[ReviewCase, ...] = ()
    within_after: Span | None = None  # where `after` is given: and no later than this after it
    at_time_of: str | None = None  # an atom: only what was at the time of the resources that decided it
    first: bool = False  # only what may be the first on record


class FindingHolds(Struct, frozen=True, gc=False):
    """A shared finding is true."""

    finding: str


@dataclass(frozen=True, slots=True)
class SameResource:
    """The resources on which atom `of` was decided have this facet with one of the values (`other`: with another)."""

    of: str
    facet: str
    values: tuple[str, ...]
    other: bool = False


@dataclass(frozen=True, slots=True)
class DatedSince:
    """The resources on which atom `of` was decided are dated on or after an anchor."""

    of: str
    anchor: str


class Judgement(Struct, frozen=True, gc=False):
    """A matter of judgement or consent: unknown until attested."""


class Unresolved(Struct, frozen=True, gc=False):
    """Always unknown: the registry's text is cut off or lost here."""

    reason: Reason = Reason.TRUNCATED


@dataclass(frozen=True, slots=True)
class Readings:
    """A defective atom: named tests; where they agree that is the value, else unknown, registry-error."""

    tests: tuple[tuple[str, Measurement | QualitativeResult], ...]


Test = (
    Age
    | RecordedSex
    | Measurement
    | QualitativeResult
    | Recorded
    | FindingHolds
    | SameResource
    | DatedSince
    | Judgement
    | Unresolved
    | Readings
)


# --- the atom ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Atom:
    """One computable statement. `quote` is the part of the registry's sentence it stands for (empty in findings)."""

    id: str
    test: Test
    quote: str = ""
    absence: AbsenceRule = AbsenceRule.UNKNOWN
    presume_unless: str | None = None  # a finding that forbids presuming
    applies_to: Sex | None = None
    when: Logic | None = None
    review_when: tuple[ReviewWhen, ...] = ()
    operand: bool = True  # False: a hint or helper, shown but not in the criterion's logic
    note: str = ""
    line: int = 0
    absent: bool = False  # the quote says that it is absent: the test's outcome is negated

    @property
    def tests(self) -> tuple[Test, ...]:
        """Its test; where that has readings, each of them."""
        return tuple(test for _, test in self.test.tests) if isinstance(self.test, Readings) else (self.test,)
