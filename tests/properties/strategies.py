"""Random rules and random charts over a small invented vocabulary, for the properties that must hold of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from msgspec.structs import replace

from trialsieve.engine.examples import interval
from trialsieve.engine.facts import Attestation, Chart, Contradiction, Fact, Person, Uncoded, Unreadable
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import (
    SCREENING,
    UNSTATED,
    Age,
    Atom,
    DatedSince,
    FindingHolds,
    Judgement,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    ReviewCase,
    SameResource,
    Span,
    Test,
    Unresolved,
    Window,
)
from trialsieve.rules.concept import Code, Concept, Terminology
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, ReviewWhen, UnlessShown
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.trial import Cohort, Criterion, Trial
from trialsieve.rules.vocabulary import (
    AbsencePolicy,
    AbsenceRule,
    Basis,
    Certainty,
    CriterionKind,
    Kind,
    Reason,
    Result,
    Role,
    Sex,
    State,
    Take,
    Timing,
)

AS_OF = date(2026, 11, 21)

_KINDS: dict[str, frozenset[Kind]] = {
    "x.number": frozenset({Kind.OBSERVATION}),
    "x.result": frozenset({Kind.OBSERVATION}),
    "x.both": frozenset({Kind.OBSERVATION, Kind.CONDITION}),
    "x.condition": frozenset({Kind.CONDITION}),
    "x.other": frozenset({Kind.CONDITION, Kind.PROCEDURE}),
    "x.gap": frozenset({Kind.CONDITION}),
    "x.drug": frozenset({Kind.MEDICATION}),
    "x.allergy": frozenset({Kind.ALLERGY}),
}
OBSERVED = ("x.number", "x.result", "x.both")
ON_RECORD = ("x.both", "x.condition", "x.other", "x.gap", "x.drug", "x.allergy")
FACETS = (("method", "one"), ("method", "two"), ("course", "chronic"))

CONCEPTS = {
    name: Concept(
        id=name,
        label=name.removeprefix("x."),
        kinds=kinds,
        codes=(Code("urn:x", name, name, Role.DEFINITIVE, "invented"),),
        unit="%",
        gap="proves nothing" if name == "x.gap" else None,
    )
    for name, kinds in _KINDS.items()
}
CURRENCY = {"short": 7, "long": 90}
ANCHORS = ("enrollment", "infusion")
"""The anchors beside screening whose dates may be given."""
REASONS = st.sampled_from([Reason.JUDGEMENT, Reason.REGISTRY_ERROR, Reason.UNSPECIFIC])


@st.composite
def circumstances(draw: st.DrawFn, policy: AbsencePolicy | None = None) -> Circumstances:
    """Either policy; each anchor past, today, to come or not given."""
    days = st.sampled_from([-184, -30, -7, -1, 0, 1, 7, 30])
    given = draw(st.dictionaries(st.sampled_from(ANCHORS), days.map(lambda after: AS_OF + timedelta(days=after))))
    return Circumstances(AS_OF, policy or draw(st.sampled_from(list(AbsencePolicy))), given)


# --- charts ---------------------------------------------------------------------------------------------------------


@st.composite
def dates(draw: st.DrawFn) -> DateInterval:
    """Days around the edges of the windows in use; sometimes a month, a year, a period, or only an upper bound."""
    days_ago = draw(st.sampled_from([-3, 0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91, 183, 184, 185, 400]))
    day = AS_OF - timedelta(days=days_ago)
    text = draw(st.sampled_from([day.isoformat(), day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]))
    when = interval(text)
    if draw(st.integers(0, 9)) == 0:
        return DateInterval(None, when.last, None, when.end)
    if draw(st.integers(0, 9)) == 0:
        until = interval((day + timedelta(days=draw(st.sampled_from([1, 30, 100])))).isoformat())
        return DateInterval(when.first, until.last, when.start, until.end)
    if draw(st.integers(0, 3)) == 0 and when.start is not None and when.first == when.last:
        second = when.start + draw(st.sampled_from([0, 3600, 7200]))
        return DateInterval(when.first, when.last, second, second)
    return when


def numbers() -> st.SearchStrategy[NumberInterval]:
    values = st.sampled_from([0.0, 0.3, 1.0, 2.0, 2.5, 3.0, 49.9, 50.0, 50.1, 1e-5, 1e16, 120.0])
    exact = values.map(NumberInterval.exactly)
    ranges = st.tuples(values, values).map(lambda pair: NumberInterval(min(pair), max(pair)))
    below = values.map(lambda value: NumberInterval(float("-inf"), value, False, True))
    above = values.map(lambda value: NumberInterval(value, float("inf"), True, False))
    return st.one_of(exact, exact, exact, ranges, below, above)


_MAY_END = frozenset({Kind.CONDITION, Kind.PROCEDURE, Kind.MEDICATION})
_PROBLEMS = st.sampled_from([Reason.NO_DATA, Reason.UNSPECIFIC, Reason.UNIT, Reason.UNUSABLE_DATA])


@st.composite
def facts(draw: st.DrawFn, number: int) -> Fact:
    concept = draw(st.sampled_from(sorted(_KINDS)))
    kind = draw(st.sampled_from(sorted(_KINDS[concept], key=lambda kind: kind.value)))
    value = draw(st.none() | numbers()) if kind is Kind.OBSERVATION else None
    multiple = draw(st.none() | numbers()) if kind is Kind.OBSERVATION else None
    result = draw(st.none() | st.sampled_from(list(Result))) if kind is Kind.OBSERVATION else None
    return Fact(
        kind=kind,
        reference=f"{kind.value}/{number}",
        concept=concept,
        role=draw(st.sampled_from([Role.DEFINITIVE] * 4 + [Role.SUPPORTING, Role.HISTORY, Role.NEGATES, Role.STATUS])),
        says=f"{concept} {number}",
        certainty=draw(st.sampled_from([Certainty.FIRM, Certainty.FIRM, Certainty.FIRM, Certainty.WEAK])),
        when=(when := draw(st.none() | dates() | dates() | dates())),
        recorded=draw(st.none() | dates()) if kind is Kind.CONDITION or is_to_come(when) else None,
        ended=(ended := kind in _MAY_END and draw(st.integers(0, 3)) == 0),
        ended_when=draw(st.none() | dates()) if ended or kind is Kind.MEDICATION else None,
        state=draw(st.sampled_from(list(State))) if kind is Kind.CONDITION else State.UNSTATED,
        value=value,
        value_problem=None if value is not None else draw(_PROBLEMS),
        times_upper_limit=multiple,
        limit_problem=None if multiple is not None else Reason.NO_REFERENCE_RANGE,
        times_lower_limit=multiple,
        lower_limit_problem=None if multiple is not None else Reason.NO_REFERENCE_RANGE,
        result=result,
        result_problem=None if result is not None else draw(_PROBLEMS),
        facets=tuple(sorted(draw(st.sets(st.sampled_from(FACETS), max_size=2)))),
        end_unknown=kind is not Kind.OBSERVATION and draw(st.integers(0, 3)) == 0,
    )


@st.composite
def contradictions(
    draw: st.DrawFn, found: Sequence[Fact], days: st.SearchStrategy[DateInterval]
) -> tuple[Contradiction, ...]:
    """Sometimes one or two that were refuted, or are over, of the codes of conditions and allergies in a chart."""
    of = sorted({fact.reference for fact in found if fact.kind in (Kind.CONDITION, Kind.ALLERGY)})
    if not of or draw(st.integers(0, 2)):
        return ()
    others = st.frozensets(st.sampled_from(of), min_size=1, max_size=2)
    one = st.builds(
        Contradiction,
        st.sampled_from(["Condition/c", *of]),
        st.just("a contradiction"),
        others,
        st.booleans(),
        st.none() | days | days,
        st.none() | days,
    )
    return tuple(draw(st.lists(one, min_size=1, max_size=2)))


def not_understood(
    entries: st.SearchStrategy[Fact], concepts: Sequence[str] = ON_RECORD
) -> st.SearchStrategy[Unreadable]:
    """A resource that was read and not understood: of the dates, ends and state of an entry, of any or few concepts."""
    few = st.none() | st.frozensets(st.sampled_from(list(concepts)), min_size=1, max_size=2)
    return st.builds(_not_understood, entries.filter(lambda fact: fact.kind is not Kind.OBSERVATION), few)


def _not_understood(entry: Fact, concepts: frozenset[str] | None) -> Unreadable:
    sought = replace(entry, concept="", says="", role=Role.DEFINITIVE, certainty=Certainty.FIRM, facets=())
    return Unreadable(f"{entry.kind.value}/u", entry.kind, concepts, "strange", was_read=True, would_be=sought)


def is_to_come(when: DateInterval | None) -> bool:
    """Whether a date lies after the as-of date: then it is looked at when it was recorded, whatever it is."""
    return when is not None and not when.starts_by(AS_OF)


@st.composite
def charts(draw: st.DrawFn, targets: Sequence[str] = ()) -> Chart:
    """A chart of up to eight facts; two of one resource share its dates and statuses, as the adapters make them."""
    found: list[Fact] = []
    for number in range(draw(st.integers(0, 8))):
        fact = draw(facts(number))
        found.append(fact)
        if fact.kind is Kind.CONDITION and draw(st.booleans()):
            others = [name for name, kinds in _KINDS.items() if Kind.CONDITION in kinds and name != fact.concept]
            found.append(
                Fact(
                    kind=fact.kind,
                    reference=fact.reference,
                    concept=draw(st.sampled_from(others)),
                    role=draw(st.sampled_from([Role.DEFINITIVE, Role.SUPPORTING, Role.NEGATES])),
                    says=fact.says,
                    certainty=fact.certainty,
                    when=fact.when,
                    recorded=fact.recorded,
                    ended=fact.ended,
                    ended_when=fact.ended_when,
                    state=fact.state,
                    facets=fact.facets,
                    end_unknown=fact.end_unknown,
                )
            )
    unreadable = draw(
        st.lists(
            st.builds(
                Unreadable,
                st.just("Resource/u"),
                st.none() | st.sampled_from(list(Kind)),
                st.none() | st.frozensets(st.sampled_from(sorted(_KINDS)), min_size=1, max_size=2),
                st.just("garbled"),
                st.booleans(),
                st.booleans(),
            )
            | not_understood(facts(9)),
            max_size=draw(st.sampled_from([0, 0, 0, 1, 2])),
        )
    )
    attestations = draw(
        st.lists(
            st.builds(
                Attestation,
                st.sampled_from(list(targets)),
                st.booleans(),
                st.just("Observation/attested"),
                dates().filter(lambda when: when.start is not None),
                st.none() | dates(),
                st.just("Practitioner/1"),
                st.just("attested"),
            ),
            max_size=2,
        )
        if targets
        else st.just([])
    )
    present = frozenset(fact.kind for fact in found)
    deceased = draw(st.integers(0, 19)) == 0
    return Chart(
        patient="Patient/p",
        source="generated",
        person=Person(
            "Patient/p",
            draw(st.none() | st.sampled_from(["1960-11-21", "1960-11-22", "2014", "1990-01-01"]).map(interval)),
            draw(st.sampled_from(list(Sex))),
            deceased,
            draw(st.none() | dates()) if deceased else None,
            draw(st.sampled_from([frozenset(), frozenset(), frozenset({"gender"}), frozenset({"birthDate"})])),
            draw(st.sampled_from([None, None, None, "this record is inactive"])),
        ),
        facts=tuple(found),
        covered=present | draw(st.frozensets(st.sampled_from(list(Kind)))),
        present=present,
        unreadable=tuple(unreadable),
        uncoded=tuple(draw(st.lists(st.just(Uncoded(Kind.CONDITION, frozenset(), 2)), max_size=1))),
        attestations=tuple(attestations),
        contradictions=draw(contradictions(found, dates())),
        allergies_assessed=draw(st.booleans()),
    )


# --- rules ----------------------------------------------------------------------------------------------------------

_units = st.sampled_from(["day", "week", "month"])
_anchored = st.sampled_from([(SCREENING,), (SCREENING,), *((name,) for name in ANCHORS), (UNSTATED,)])
_counted_back = st.sampled_from([(end, back) for end in (SCREENING, *ANCHORS) for back in ANCHORS if back != end])
windows = st.none() | st.builds(
    lambda amount, unit, inclusive, anchors: Window(amount, unit, inclusive, *anchors),
    st.sampled_from([1, 3, 6]),
    _units,
    st.booleans(),
    _anchored | _counted_back,
)
spans = st.none() | st.builds(Span, st.sampled_from([1, 3, 6]), _units)
_currency = st.sampled_from([None, "short", "long"])


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    bounds = st.sampled_from(["0", "0.3", "1", "2", "3", "50", "0.00001", "10000000000000000"])
    shape = draw(st.sampled_from(["low", "high", "both"]))
    low = Decimal(draw(bounds)) if shape != "high" else None
    high = Decimal(draw(bounds)) if shape != "low" else None
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Limits(low, draw(st.booleans()), high, draw(st.booleans()), "%")


def _some(names: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(names)), min_size=1, max_size=2, unique=True).map(tuple)


_one_facet = st.sampled_from([(), (), (FACETS[0],), (FACETS[2],)])


@st.composite
def result_tests(draw: st.DrawFn, findings: Sequence[str], earlier: Sequence[str]) -> Measurement | QualitativeResult:
    window, currency = draw(windows), draw(_currency)
    before = tuple(draw(st.lists(st.sampled_from(list(findings)), max_size=1))) if findings else ()
    follows = bool(findings) and draw(st.booleans())
    after = draw(st.none() | st.sampled_from(list(findings))) if follows else None
    take = draw(st.sampled_from(list(Take)))
    within_after = draw(spans) if after is not None else None
    not_older_than = draw(st.none() | st.sampled_from(list(earlier))) if earlier else None
    if draw(st.booleans()):
        return Measurement(
            draw(_some(OBSERVED)),
            draw(limits()),
            draw(st.sampled_from(list(Basis))),
            take,
            window,
            None if window else currency,
            before,
            after,
            draw(_one_facet),
            within_after,
            not_older_than,
        )
    return QualitativeResult(
        draw(_some(OBSERVED)),
        draw(st.sampled_from([Result.POSITIVE, Result.NEGATIVE])),
        take,
        window,
        None if window else currency,
        before,
        after,
        draw(_one_facet),
        draw(_one_facet),
        within_after,
        not_older_than,
        take is Take.LATEST and draw(st.booleans()),
    )


@st.composite
def recorded_tests(draw: st.DrawFn, findings: Sequence[str], earlier: Sequence[str] = ()) -> Recorded:
    after = draw(st.none() | st.sampled_from(list(findings))) if findings else None
    window = draw(windows)
    cases = st.builds(
        ReviewCase,
        st.just("a case"),
        REASONS,
        st.sampled_from([(), (), ("x.other",)]),
        _one_facet,
        st.frozensets(st.sampled_from(list(State)), max_size=2),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    )
    return Recorded(
        draw(_some(ON_RECORD)),
        Timing.EVER if window is not None else draw(st.sampled_from(list(Timing))),
        window,
        after,
        draw(st.frozensets(st.sampled_from(list(State)), max_size=3)) if draw(st.booleans()) else frozenset(),
        draw(_one_facet),
        draw(_one_facet),
        draw(st.sampled_from([False, False, True])),
        draw(st.sampled_from([False, False, True])),
        draw(st.none() | REASONS) if window is not None else None,
        draw(_currency),
        tuple(draw(st.lists(cases, max_size=2))),
        draw(spans) if after is not None else None,
        draw(st.none() | st.sampled_from(list(earlier))) if earlier else None,
        draw(st.sampled_from([False, False, True])),
    )


@st.composite
def tests(draw: st.DrawFn, findings: Sequence[str], earlier: Sequence[str]) -> Test:
    choices: list[st.SearchStrategy[Test]] = [
        result_tests(findings, earlier),
        result_tests(findings, earlier),
        recorded_tests(findings, earlier),
        recorded_tests(findings, earlier),
        st.builds(Age, st.builds(lambda: Limits(Decimal(12), False, Decimal(65), False, "a"))),
        st.frozensets(st.sampled_from(list(Sex)), min_size=1).map(RecordedSex),
        st.just(Judgement()),
        st.just(Unresolved()),
        st.lists(result_tests(findings, earlier), min_size=2, max_size=2).map(
            lambda pair: Readings((("one", pair[0]), ("two", pair[1])))
        ),
    ]
    if findings:
        choices.append(st.sampled_from(list(findings)).map(FindingHolds))
    if earlier:
        named = st.sampled_from(list(earlier))
        choices.append(st.builds(SameResource, named, st.just("method"), st.just(("one",)), st.booleans()))
        choices.append(st.builds(DatedSince, named, st.sampled_from([SCREENING, *ANCHORS])))
    return draw(st.one_of(choices))


@st.composite
def logics(draw: st.DrawFn, names: Sequence[str], review: bool = False) -> Logic:
    leaf = st.sampled_from(list(names)).map(AtomRef)

    def extend(children: st.SearchStrategy[Logic]) -> st.SearchStrategy[Logic]:
        several = st.lists(children, min_size=1, max_size=3).map(tuple)
        options: list[st.SearchStrategy[Logic]] = [
            several.map(AllOf),
            several.map(AnyOf),
            children.map(Not),
            st.tuples(st.integers(1, 3), several).map(lambda pair: AtLeast(min(pair[0], len(pair[1])), pair[1])),
        ]
        options.append(children.map(NotTrue) if review else children.map(UnlessShown))
        return st.one_of(options)

    return draw(st.recursive(leaf, extend, max_leaves=6))


@st.composite
def atoms(draw: st.DrawFn, findings: Sequence[str], criterion: bool = True) -> tuple[Atom, ...]:
    made: list[Atom] = []
    for number in range(draw(st.integers(1, 4))):
        earlier = [atom.id for atom in made]
        reviews = st.builds(ReviewWhen, st.just("a doubt"), REASONS, logics(earlier, review=True)) if earlier else None
        made.append(
            Atom(
                id=f"a{number}",
                test=draw(tests(findings, earlier)),
                absence=draw(st.sampled_from(list(AbsenceRule))),
                presume_unless=draw(st.none() | st.sampled_from(list(findings))) if findings else None,
                applies_to=draw(st.sampled_from([None, None, None, Sex.MALE, Sex.FEMALE])) if criterion else None,
                when=draw(logics(earlier)) if earlier and draw(st.integers(0, 4)) == 0 else None,
                review_when=tuple(draw(st.lists(reviews, max_size=2))) if reviews is not None else (),
                absent=draw(st.integers(0, 4)) == 0,
            )
        )
    return tuple(draw(st.permutations(made)))


@st.composite
def rule_books(draw: st.DrawFn) -> RuleBook:
    """Up to three findings, each reading only earlier ones, and one trial of up to three criteria."""
    findings: dict[str, Finding] = {}
    for number in range(draw(st.integers(0, 3))):
        made = draw(atoms(list(findings), criterion=False))
        names = [atom.id for atom in made]
        findings[f"f{number}"] = Finding(
            id=f"f{number}",
            title=f"Finding {number}",
            atoms=made,
            true_when=draw(logics(names)),
            false_when=draw(st.none() | logics(names)),
            suspicions=tuple(
                draw(st.lists(st.builds(ReviewWhen, st.just("hm"), REASONS, logics(names, review=True)), max_size=1))
            ),
            date_from=tuple(draw(st.lists(st.sampled_from(names), unique=True))),
            date_is=draw(st.sampled_from(["latest", "first"])),
        )
    criteria = []
    for number in range(draw(st.integers(1, 3))):
        made = draw(atoms(list(findings)))
        names = [atom.id for atom in made]
        on_hold = draw(st.integers(0, 3)) == 0
        criteria.append(
            Criterion(
                id=f"C{number}",
                kind=draw(st.sampled_from(list(CriterionKind))),
                stage=draw(st.sampled_from(["screening", "screening", "infusion"])),
                cohort=draw(st.sampled_from(["all", "all", "one"])),
                text="a sentence",
                atoms=made,
                logic=None if on_hold else draw(logics(names)),
                readings=(("one", draw(logics(names))), ("two", draw(logics(names)))) if on_hold else (),
                applies_to=draw(st.sampled_from([None, None, Sex.FEMALE])),
            )
        )
    gate = Atom("gate", draw(recorded_tests(list(findings))), absence=AbsenceRule.PRESUME)
    cohorts = (Cohort("one", gate if draw(st.booleans()) else None), Cohort("two"))
    return one_trial(tuple(criteria), findings, cohorts, ("screening", "infusion"))


def one_trial(
    criteria: tuple[Criterion, ...],
    findings: Mapping[str, Finding],
    cohorts: tuple[Cohort, ...] = (Cohort("one"),),
    stages: tuple[str, ...] = ("screening",),
) -> RuleBook:
    """A rule book of one trial, `T`."""
    trial = Trial(
        id="T",
        title="A trial",
        version="1",
        effective=AS_OF,
        source="",
        source_sha256="",
        source_url="",
        cohorts=cohorts,
        stages=stages,
        anchors=(SCREENING, *ANCHORS),
        criteria=criteria,
        registry_issues=(),
        path="generated",
    )
    return RuleBook({"T": trial}, findings, CONCEPTS, CURRENCY, Terminology({}, {}, frozenset(), {}), Site())


def targets(book: RuleBook) -> list[str]:
    """What a person can attest to in these rules."""
    return [
        target
        for trial in book.trials.values()
        for criterion in trial.criteria
        for target in (
            f"{trial.id}#{criterion.id}",
            *(f"{trial.id}#{criterion.id}.{atom.id}" for atom in criterion.atoms),
        )
    ]
