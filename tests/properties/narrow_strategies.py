"""Small rule books and plain charts in which dates decide: windows before anchors, times beside another atom's."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from chart_strategies import ANCHORS, AS_OF, contradictions, is_to_come, not_understood
from hypothesis import strategies as st
from strategies import one_criterion, one_trial, spans, windows

from trialsieve.engine.examples import interval
from trialsieve.engine.facts import Chart, Fact, Person
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.atom import (
    SCREENING,
    Atom,
    DatedSince,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    SameResource,
    Test,
)
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AtomRef
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import (
    AbsenceRule,
    Certainty,
    Kind,
    Reason,
    Result,
    Role,
    State,
    Take,
    Timing,
)

_OFTEN = {
    Kind.OBSERVATION: ("x.number", "x.result"),
    Kind.CONDITION: ("x.condition", "x.other"),
    Kind.MEDICATION: ("x.drug",),
}
_takes = st.sampled_from([Take.LATEST, Take.LATEST, Take.ANY, Take.ALL])
_timings = st.sampled_from([Timing.EVER, Timing.EVER, Timing.UNSTATED, Timing.CURRENT])
_named = st.sampled_from(["a0", "a0", None])
_after = st.sampled_from(["f0", None])
_skips = st.sampled_from([(), (), (("method", "one"),)])


_answers = st.sampled_from([Result.POSITIVE, Result.POSITIVE, Result.NEGATIVE, Result.NEGATIVE, None])


@st.composite
def _dates(draw: st.DrawFn) -> DateInterval:
    """Days close to each other and to the edges of windows; sometimes a month or a period."""
    day = AS_OF - timedelta(days=draw(st.sampled_from([-1, 0, 1, 2, 6, 7, 8, 20, 29, 30, 31, 32])))
    when = interval(day.isoformat())
    how = draw(st.integers(0, 9))
    if how == 0:
        return interval(day.isoformat()[:7])
    if how in (1, 2):
        until = interval((day + timedelta(days=draw(st.sampled_from([1, 5, 30])))).isoformat())
        return DateInterval(when.first, until.last, when.start, until.end)
    return DateInterval(None, when.last, None, when.end) if how == 3 else when


@st.composite
def _facts(draw: st.DrawFn, number: int) -> Fact:
    kind = draw(st.sampled_from(list(_OFTEN)))
    when = draw(_dates()) if draw(st.integers(0, 9)) else None
    ended = kind is not Kind.OBSERVATION and draw(st.booleans())
    return Fact(
        kind=kind,
        reference=f"{kind.value}/{number}",
        concept=draw(st.sampled_from(_OFTEN[kind])),
        role=draw(
            st.sampled_from([Role.DEFINITIVE] * 8 + [Role.SUPPORTING, Role.SUPPORTING, Role.HISTORY, Role.NEGATES])
        ),
        says=f"fact {number}",
        certainty=draw(st.sampled_from([Certainty.FIRM] * 8 + [Certainty.WEAK])),
        when=when,
        recorded=draw(st.none() | _dates()) if kind is Kind.CONDITION or is_to_come(when) else None,
        ended=ended,
        ended_when=draw(_dates()) if ended and draw(st.integers(0, 4)) else None,
        state=draw(st.sampled_from([State.ACTIVE, State.ACTIVE, *State])) if kind is Kind.CONDITION else State.UNSTATED,
        value=NumberInterval.exactly(draw(st.sampled_from([1.0, 2.0, 3.0]))) if kind is Kind.OBSERVATION else None,
        result=(result := draw(_answers) if kind is Kind.OBSERVATION else None),
        result_problem=Reason.UNSPECIFIC if result is None and kind is Kind.OBSERVATION else None,
        facets=draw(st.sampled_from([(), (("method", "one"),), (("method", "two"),)])),
        end_unknown=kind is Kind.MEDICATION and draw(st.booleans()),
    )


@st.composite
def narrow_charts(draw: st.DrawFn) -> Chart:
    found = tuple(draw(_facts(number)) for number in range(draw(st.integers(1, 8))))
    covered = frozenset(Kind) if draw(st.integers(0, 3)) else frozenset()
    present = frozenset(fact.kind for fact in found)
    said = draw(contradictions(found, _dates()))
    strange = (draw(not_understood(_facts(9))),) if draw(st.integers(0, 3)) == 0 else ()
    person = Person("Patient/p")
    return Chart(
        "Patient/p",
        "generated",
        person,
        found,
        covered | present,
        strange,
        contradictions=said,
        in_full=draw(st.booleans()),
    )


@st.composite
def _results(draw: st.DrawFn, named: str | None, after: str | None) -> Measurement | QualitativeResult:
    window, take, skip = draw(windows), draw(_takes), draw(_skips)
    currency = None if window is not None else draw(st.sampled_from([None, "short", "long"]))
    within = draw(spans) if after is not None else None
    if draw(st.booleans()):
        return QualitativeResult(
            concepts=("x.result",),
            expected=Result.POSITIVE,
            take=take,
            window=window,
            currency=currency,
            after=after,
            skip=skip,
            within_after=within,
            not_older_than=named,
            heed_numbers=take is Take.LATEST and draw(st.booleans()),
        )
    return Measurement(
        concepts=("x.number",),
        limits=Limits(Decimal(2), False, None, False, "%"),
        take=take,
        window=window,
        currency=currency,
        after=after,
        skip=skip,
        within_after=within,
        not_older_than=named,
    )


@st.composite
def _records(draw: st.DrawFn, named: str | None, after: str | None) -> Recorded:
    window = draw(windows)
    return Recorded(
        concepts=draw(st.sampled_from([("x.condition",), ("x.other",), ("x.drug",), ("x.condition", "x.drug")])),
        timing=Timing.EVER if window is not None else draw(_timings),
        window=window,
        after=after,
        within_after=draw(spans) if after is not None else None,
        at_time_of=named,
        first=draw(st.booleans()),
        still_active=draw(st.sampled_from([None, Reason.JUDGEMENT])) if window is not None else None,
        currency=draw(st.sampled_from([None, "short", "long"])),
    )


def _tests(named: str | None, after: str | None) -> st.SearchStrategy[Test]:
    pair = st.tuples(_results(named, after), _results(None, after))
    choices: list[st.SearchStrategy[Test]] = [_results(named, after), _records(named, after)]
    if named is not None:
        facet = st.sampled_from([("one",), ("two",), ("one", "two")])
        choices.append(st.builds(SameResource, st.just(named), st.just("method"), facet, st.booleans()))
        choices.append(st.builds(DatedSince, st.just(named), st.sampled_from([SCREENING, *ANCHORS])))
        choices.append(pair.map(lambda two: Readings((("one", two[0]), ("two", two[1])))))
    return st.one_of(choices)


@st.composite
def narrow_books(draw: st.DrawFn) -> RuleBook:
    """A finding with a date, and a trial of one criterion: an atom, and others that name it or follow the finding."""
    dated = Finding(
        id="f0",
        title="A dated finding",
        atoms=(Atom("a0", Recorded(("x.other",), Timing.EVER), absence=AbsenceRule.PRESUME),),
        true_when=AtomRef("a0"),
        date_from=("a0",),
        date_is=draw(st.sampled_from(["first", "latest"])),
    )
    atoms = [Atom("a0", draw(_tests(None, None)), absence=AbsenceRule.PRESUME, absent=draw(st.booleans()))]
    for number in range(1, draw(st.integers(2, 4))):
        test = draw(_tests(draw(_named), draw(_after)))
        absence = draw(st.sampled_from([AbsenceRule.PRESUME, AbsenceRule.UNKNOWN]))
        atoms.append(Atom(f"a{number}", test, absence=absence, absent=draw(st.booleans())))
    criterion = one_criterion(tuple(draw(st.permutations(atoms))), AllOf(tuple(AtomRef(atom.id) for atom in atoms)))
    return one_trial((criterion,), {"f0": dated})
