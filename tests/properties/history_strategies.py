"""One rule book, and charts in which denials, ends and disagreeing readings decide: compiled once, for many charts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from chart_strategies import ANCHORS, AS_OF, FACETS, answers, contradictions, not_understood
from hypothesis import strategies as st
from strategies import one_criterion, one_trial, targets

from trialsieve.engine.examples import interval
from trialsieve.engine.facts import Chart, Fact, Person
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.atom import (
    SCREENING,
    UNSTATED,
    Atom,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    ReviewCase,
    SameResource,
    Test,
    Window,
)
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AtomRef
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import (
    AbsenceRule,
    Certainty,
    CriterionKind,
    Kind,
    Reason,
    Result,
    Role,
    State,
    Timing,
)

_CONDITION, _DRUG = ("x.condition",), ("x.drug",)
_CASE = ReviewCase("over", Reason.REGISTRY_ERROR, states=frozenset({State.RESOLVED}), ended=True)

_HISTORIES: tuple[Test, ...] = (
    Recorded(_CONDITION, Timing.EVER),
    Recorded(_CONDITION, Timing.EVER, all_supporting=True),
    Recorded(_CONDITION, Timing.EVER, facets=(FACETS[0],)),
    Recorded(_CONDITION, Timing.EVER, after="f0"),
    Recorded(_CONDITION, Timing.EVER, review=(_CASE,)),
    Recorded(_CONDITION, Timing.EVER, first=True),
    Recorded((*_CONDITION, *_DRUG), Timing.EVER),
    *(Recorded(of, timing) for of in (_CONDITION, _DRUG) for timing in Timing if timing is not Timing.EVER),
    *(Recorded(of, Timing.CURRENT, currency="short") for of in (_CONDITION, _DRUG)),
    Recorded(_DRUG, Timing.CURRENT, review=(_CASE,)),
    Recorded(_CONDITION, Timing.CURRENT, negated=True),
)
_WINDOWS = (
    Window(1, "month", True, SCREENING),
    Window(6, "month", False, SCREENING),
    Window(6, "month", True, ANCHORS[0]),
    Window(1, "month", True, UNSTATED),
    Window(1, "month", True, SCREENING, ANCHORS[1]),
    Window(6, "month", True, ANCHORS[0], ANCHORS[1]),
)
_IN_WINDOWS: tuple[Test, ...] = (
    *(
        Recorded(concepts, Timing.UNSTATED, window, still_active=reason)
        for concepts in (_CONDITION, _DRUG)
        for window in _WINDOWS
        for reason in (None, Reason.JUDGEMENT)
    ),
    Recorded(_CONDITION, Timing.EVER, _WINDOWS[1]),
    Recorded(_DRUG, Timing.EVER, _WINDOWS[0], first=True),
    Recorded(_CONDITION, Timing.UNSTATED, _WINDOWS[0], "f0", still_active=Reason.JUDGEMENT),
    Recorded(_CONDITION, Timing.UNSTATED, _WINDOWS[0], review=(_CASE,), still_active=Reason.JUDGEMENT),
    Recorded(_CONDITION, Timing.UNSTATED, _WINDOWS[0], all_supporting=True, still_active=Reason.JUDGEMENT),
)
_AT_LEAST, _ABOVE = (
    ("at least", Measurement(("x.number",), Limits(Decimal(2), False, None, False, "%"), currency="long")),
    ("above", Measurement(("x.number",), Limits(Decimal(2), True, None, False, "%"), currency="long")),
)
_POSITIVE = ("positive", QualitativeResult(("x.result",), Result.POSITIVE))
_READINGS: tuple[Test, ...] = (
    Readings((_AT_LEAST, _ABOVE)),
    Readings((_AT_LEAST, _POSITIVE)),
    Readings((_AT_LEAST, _ABOVE, _POSITIVE)),
)


def history_book() -> RuleBook:
    """A finding with a date, and a trial of one criterion with an atom of every test above."""
    tests = [*_HISTORIES, *_IN_WINDOWS, *_READINGS]
    atoms = [Atom(f"a{number}", test, absence=AbsenceRule.PRESUME) for number, test in enumerate(tests)]
    atoms.append(Atom("same", SameResource("a0", "method", ("one",)), absence=AbsenceRule.PRESUME))
    dated = Finding(
        id="f0",
        title="A dated finding",
        atoms=(Atom("a0", Recorded(("x.other",), Timing.EVER), absence=AbsenceRule.PRESUME),),
        true_when=AtomRef("a0"),
        date_from=("a0",),
    )
    criterion = one_criterion(atoms, AllOf(tuple(AtomRef(atom.id) for atom in atoms)), CriterionKind.EXCLUSION)
    return one_trial((criterion,), {"f0": dated})


@st.composite
def _dates(draw: st.DrawFn) -> DateInterval:
    """Days at the edges of the windows; sometimes a month, or only an upper bound."""
    day = AS_OF - timedelta(days=draw(st.sampled_from([-1, 0, 3, 8, 20, 30, 31, 32, 100, 183, 184, 185, 400])))
    how = draw(st.integers(0, 9))
    when = interval(day.isoformat()[: 7 if how == 0 else 10])
    return DateInterval(None, when.last, None, when.end) if how == 1 else when


@st.composite
def _entries(draw: st.DrawFn, number: int) -> Fact:
    """On record: a third of them deny, a third of them have no date, half are over, on a day or nobody knows when.

    Of a third of the drugs nobody knows whether they go on; half of the conditions were recorded on no day.
    """
    concept = draw(st.sampled_from(["x.condition"] * 5 + ["x.drug", "x.other"]))
    kind = Kind.MEDICATION if concept == "x.drug" else Kind.CONDITION
    ended = draw(st.booleans())
    return Fact(
        kind=kind,
        reference=f"{kind.value}/{number - draw(st.sampled_from([0, 0, 0, 1]))}",  # sometimes a version of another
        concept=concept,
        role=draw(st.sampled_from([Role.DEFINITIVE] * 3 + [Role.NEGATES] * 3 + [Role.SUPPORTING, Role.HISTORY])),
        says=f"entry {number}",
        certainty=draw(st.sampled_from([Certainty.FIRM] * 4 + [Certainty.WEAK])),
        when=draw(_dates()) if draw(st.integers(0, 2)) else None,
        recorded=draw(_dates()) if kind is Kind.CONDITION and draw(st.booleans()) else None,
        ended=ended,
        ended_when=draw(_dates()) if ended and draw(st.integers(0, 2)) else None,
        state=draw(st.sampled_from([State.ACTIVE, State.ACTIVE, *State])) if kind is Kind.CONDITION else State.UNSTATED,
        facets=draw(st.sampled_from([(), (FACETS[0],), (FACETS[1],)])),
        end_unknown=kind is Kind.MEDICATION and draw(st.integers(0, 2)) == 0,
    )


@st.composite
def _results(draw: st.DrawFn, number: int) -> Fact:
    concept = draw(st.sampled_from(["x.number", "x.number", "x.result"]))
    value = NumberInterval(*draw(st.sampled_from([(1, 1), (2, 2), (3, 3), (1, 2), (2, 3), (1, 3)])))
    return Fact(
        kind=Kind.OBSERVATION,
        reference=f"Observation/{number}",
        concept=concept,
        role=Role.DEFINITIVE,
        says=f"result {number}",
        when=draw(_dates()) if draw(st.integers(0, 4)) else None,
        value=value if concept == "x.number" else None,
        result=draw(st.sampled_from(list(Result))) if concept == "x.result" else None,
    )


@st.composite
def history_charts(draw: st.DrawFn) -> Chart:
    """Up to four entries, two results and two that were not understood, and answers; most kinds are covered."""
    found = [draw(_entries(number)) for number in range(draw(st.integers(0, 4)))]
    found += [draw(_results(number)) for number in range(draw(st.integers(0, 2)))]
    present = frozenset(fact.kind for fact in found)
    covered = frozenset(Kind) if draw(st.booleans()) else present
    said = draw(contradictions(found, _dates()))
    strange = [draw(not_understood(_entries(9))) for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2])))]
    return Chart(
        "Patient/p",
        "generated",
        Person("Patient/p"),
        tuple(found),
        covered,
        tuple(strange),
        attestations=draw(answers(_TARGETS, _dates())),
        contradictions=said,
        in_full=draw(st.booleans()),
    )


_TARGETS = targets(history_book())
