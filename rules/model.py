"""What loaded rules are: frozen values that the engine and the adapters read.

How the files are written is `grammar.py`'s. docs/semantics.md says what each of these means; both evaluators are
written from that page. What there are thousands of is a Struct: the kept rules are read by every process (`cache.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import msgspec
from msgspec import Struct

from trialsieve.rules.vocabulary import (
    AbsenceRule,
    AsideRole,
    Basis,
    CriterionKind,
    Kind,
    Match,
    Reason,
    Result,
    Role,
    Sex,
    State,
    Take,
    Timing,
)

SCREENING = "screening"
"""The anchor that is always given: the as-of date."""

UNSTATED = "unstated"
"""The anchor of a window for which the registry states none."""

Facets = tuple[tuple[str, str], ...]
"""Pairs of facet name and value, sorted: `(("method", "echocardiography"),)`."""


# --- concepts -------------------------------------------------------------------------------------------------------


class Code(Struct, frozen=True, gc=False):
    """One code of a value set. `value` is what a component (answer) code stands for.

    `factors` (UCUM unit to canonical unit) and `number_means` win over the concept's, where the code says more.
    """

    system: str
    code: str
    label: str
    role: Role
    source: str
    match: Match = Match.EXACT
    observation: bool = False
    value: int | str | None = None
    facets: Facets = ()
    factors: tuple[tuple[str, Decimal], ...] = ()
    number_means: str | None = None


class FacetValue(Struct, frozen=True, gc=False):
    """How a facet is recognised in a resource's own elements (Observation.method, specimen): by code, else by text."""

    facet: str
    value: str
    codes: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A clinical concept: its codes, its unit, and how its results are read.

    `unit` is the canonical UCUM unit of facts of this concept; `factors` maps a UCUM unit to the factor to it.
    `plausible` bounds values in the canonical unit. `currency` names a class of `rules/currency.yaml`. `number_means`
    says how a number without an interpretation is read as a result: `detection` (any amount is positive),
    `reference-range`, or nothing. `gap` says why absence of a code proves nothing. `open_list`: its value set can never
    be complete, so words that name it raise a doubt beside any code, but for those `not_named_with` others.
    `other_meanings`: phrases in which its terms mean something else (`PE tube`), or that name what is given likewise.
    `any_code`: an Immunization counts as the concept by any code of a system whose codes of role exclude say what is
    something else, and by words among the `product_names`, or that say vaccine; not by words of `other_meanings`; any
    other raises a doubt. `any_procedure`, `any_allergy`: every Procedure or AllergyIntolerance raises a doubt, as a
    supporting code does; an AllergyIntolerance not where it says that there is no allergy. `ordered_ahead`: it is given
    weeks after it was ordered, if at all, so that only an order that was carried out says that it was given.
    """

    id: str
    label: str
    kinds: frozenset[Kind]
    codes: tuple[Code, ...]
    unit: str | None = None
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    plausible: tuple[Decimal, Decimal] | None = None
    molar_mass: Decimal | None = None
    currency: str | None = None
    number_means: str | None = None
    gap: str | None = None
    terms: tuple[str, ...] = ()
    facets: tuple[FacetValue, ...] = ()
    assume: tuple[str, str, str] | None = None
    """(facet, value, sentence): a facet taken for granted where nothing states it, as a recorded assumption."""
    any_code: bool = False
    any_procedure: bool = False
    any_allergy: bool = False
    open_list: bool = False
    ordered_ahead: bool = False
    not_named_with: tuple[str, ...] = ()
    other_meanings: tuple[str, ...] = ()
    product_names: tuple[str, ...] = ()
    path: str = ""

    @property
    def systems(self) -> frozenset[str]:
        return frozenset(code.system for code in self.codes)


# --- tests ----------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Window:
    """A look-back window before an anchor: `amount` calendar months, weeks, days or years; its far edge in or out.

    The anchor is one of the trial's, or `unstated` where the registry gives none. `back_from` is another anchor of the
    trial; where its day is given and is the earlier of the two, the first day is counted back from that day.
    """

    amount: int
    unit: str  # "day" | "week" | "month" | "year"
    inclusive: bool
    anchor: str = SCREENING
    back_from: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in calendar months, weeks, days or years."""

    amount: int
    unit: str  # "day" | "week" | "month" | "year"


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


# --- logic ----------------------------------------------------------------------------------------------------------


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


# --- atoms, findings, criteria, trials ------------------------------------------------------------------------------


class ReviewWhen(Struct, frozen=True, gc=False):
    """When the condition holds, an atom that data decided goes to a person."""

    says: str
    reason: Reason
    condition: Logic


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


@dataclass(frozen=True, slots=True)
class Finding:
    """A shared clinical inference.

    True where `true_when` is true, false where `false_when` is (without one: where `true_when` is false). Both:
    conflicting. `suspicions` make an otherwise undecided finding unknown for their reason. `date_from` names the atoms
    whose evidence dates the finding, the first or the latest of them. `assumes` is told as an assumption where it is
    true.
    """

    id: str
    title: str
    atoms: tuple[Atom, ...]
    true_when: Logic
    false_when: Logic | None = None
    suspicions: tuple[ReviewWhen, ...] = ()
    date_from: tuple[str, ...] = ()
    date_is: str = "latest"  # or "first"
    assumes: str = ""
    examples: tuple[Example, ...] = ()
    never: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    line: int = 0


class Amendment(Struct, frozen=True, gc=False):
    """A recorded, signed choice of one reading of a defective text."""

    reading: str
    by: str
    on: date
    why: str


class GivenFact(Struct, frozen=True, gc=False):
    """One fact of a worked example, in the words of the fact types; `on` is days before the as-of date or a date."""

    values: Mapping[str, object]
    line: int = 0


class Example(Struct, frozen=True, gc=False):
    """Given these facts, expect that outcome. `expect` is true, false or unknown; `reasons` are checked if given."""

    name: str
    given: tuple[GivenFact, ...]
    expect: str
    reasons: tuple[Reason, ...] = ()
    absence: str = "presume"
    line: int = 0
    anchors: Mapping[str, str] = msgspec.field(default_factory=dict)  # days before the as-of date (`5 d`), or a date


class Aside(Struct, frozen=True, gc=False):
    """A part of the sentence that never decides: what it excepts from atom `of`, or allows; `note` says how."""

    id: str
    quote: str
    role: AsideRole
    of: str
    note: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One sentence of the registry and what it means.

    `readings` is empty for sound text, else name -> logic; then `logic` is None unless an amendment has chosen one.
    `never` names an outcome that this criterion cannot have and says why (checked against the examples).
    """

    id: str
    kind: CriterionKind
    stage: str
    cohort: str
    text: str
    atoms: tuple[Atom, ...]
    logic: Logic | None
    readings: tuple[tuple[str, Logic], ...] = ()
    amendment: Amendment | None = None
    applies_to: Sex | None = None
    cautions: tuple[str, ...] = ()
    note: str = ""
    examples: tuple[Example, ...] = ()
    never: Mapping[str, str] = field(default_factory=dict)
    asides: tuple[Aside, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Cohort:
    id: str
    gate: Atom | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    id: str
    title: str
    version: str
    effective: date
    source: str
    source_sha256: str
    source_url: str
    cohorts: tuple[Cohort, ...]
    stages: tuple[str, ...]
    anchors: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    registry_issues: tuple[str, ...]
    path: str
    rules_sha256: str = ""
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A site's own settings (`--site`)."""

    time_zone: str = "UTC"
    age_adjusted_ranges: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Terminology:
    """What holds for all codes: system aliases (alias -> canonical) and the qualitative answers by (system, code)."""

    aliases: Mapping[str, str]
    results: Mapping[tuple[str, str], Result]
    not_done: frozenset[tuple[str, str]]
    texts: Mapping[str, Result]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything loaded: what is screened for, and the shared parts. `currency` is days by class."""

    trials: Mapping[str, Trial]
    findings: Mapping[str, Finding]  # in an order in which each comes after those that it reads
    concepts: Mapping[str, Concept]
    currency: Mapping[str, int]
    terminology: Terminology
    site: Site
