"""One rule book, and charts of several results close to each other: compiled once, for many charts.

Which result is the latest, what raises a doubt about it, and which newer number is heeded decide here.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product

from chart_strategies import ANCHORS, AS_OF, FACETS, answers
from hypothesis import strategies as st
from strategies import one_criterion, one_trial, targets

from trialsieve.engine.examples import interval
from trialsieve.engine.facts import Chart, Fact, Person
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.atom import (
    SCREENING,
    Atom,
    FindingHolds,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    SameResource,
    Span,
    Test,
    Window,
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
    Take,
    Timing,
)

_RESULT, _POSITIVE = ("x.result",), Result.POSITIVE
_LIMITS = Limits(Decimal(50), False, None, False, "%")
_MONTH = Window(1, "month", True, SCREENING)


def _tests(heeding: bool) -> tuple[Test, ...]:
    """Tests of results in each of their ways, that heed numbers or do not."""

    def positive(window: Window | None = None, **keys: object) -> QualitativeResult:
        return QualitativeResult(_RESULT, _POSITIVE, Take.LATEST, window, heed_numbers=heeding, **keys)  # type: ignore[arg-type]

    negative = QualitativeResult(_RESULT, Result.NEGATIVE, heed_numbers=heeding)
    return (
        positive(),
        negative,
        QualitativeResult((*_RESULT, "x.number"), _POSITIVE, heed_numbers=heeding),
        positive(_MONTH),
        positive(Window(1, "month", True, ANCHORS[0])),
        positive(currency="short"),
        positive(not_before=("f0",)),
        positive(after="f0"),
        positive(after="f0", within_after=Span(10, "day")),
        positive(skip=(FACETS[0],)),
        positive(only=(FACETS[1],)),
        positive(not_older_than="relapse"),
        Readings((("positive", positive()), ("negative", negative))),
    )


_OTHERS: tuple[Test, ...] = (
    *(QualitativeResult(_RESULT, _POSITIVE, take) for take in (Take.ANY, Take.ALL)),
    *(Measurement(("x.number",), _LIMITS, take=take, window=window) for take, window in product(Take, (None, _MONTH))),
    FindingHolds("f1"),
)


def result_book() -> RuleBook:
    """A finding with a date and one of a result, and a trial of one criterion with an atom of every test above."""
    tests = [*_tests(heeding=True), *_tests(heeding=False), *_OTHERS]
    presume = AbsenceRule.PRESUME
    relapse = Atom("relapse", Recorded(("x.other",), Timing.EVER), absence=presume)
    atoms = [Atom(f"a{number}", test, absence=presume) for number, test in enumerate(tests)]
    atoms.append(Atom("same", SameResource("a0", "method", ("one",)), absence=presume))
    positive = Atom("positive", tests[0], absence=presume)
    findings = (
        Finding("f0", "A dated finding", (relapse,), AtomRef("relapse"), date_from=("relapse",)),
        Finding("f1", "A result", (positive,), AtomRef("positive"), date_from=("positive",)),
    )
    criterion = one_criterion((relapse, *atoms), AllOf(tuple(AtomRef(atom.id) for atom in atoms)))
    return one_trial((criterion,), {each.id: each for each in findings})


@st.composite
def _dates(draw: st.DrawFn) -> DateInterval:
    """Days close to each other; sometimes an hour, a month, a period or only an upper bound."""
    day = AS_OF - timedelta(days=draw(st.sampled_from([0, 1, 2, 3, 6, 7, 8, 20, 21, 22, 30, 31, 40])))
    when = interval(day.isoformat())
    how = draw(st.sampled_from(["day"] * 6 + ["hour", "month", "month", "period", "until"]))
    if how == "month":
        return interval(day.isoformat()[:7])
    if how == "until":
        return DateInterval(None, when.last, None, when.end)
    if how == "period":
        until = interval((day + timedelta(days=draw(st.sampled_from([1, 7])))).isoformat())
        return DateInterval(when.first, until.last, when.start, until.end)
    if how == "hour" and when.start is not None:
        hour = when.start + 3600 * draw(st.sampled_from([8, 18]))
        return DateInterval(when.first, when.last, hour, hour)
    return when


_answers = st.sampled_from([Result.POSITIVE] * 4 + [Result.NEGATIVE, Result.INDETERMINATE] + [None] * 4)
_numbers = st.sampled_from([1.0, 50.0, 85.0, None])


@st.composite
def _results(draw: st.DrawFn) -> Fact:
    """A result, a number, both or neither; several may be of one resource."""
    value, answer = draw(_numbers), draw(_answers)
    return Fact(
        kind=Kind.OBSERVATION,
        reference=f"Observation/{draw(st.integers(0, 5))}",
        concept=draw(st.sampled_from(["x.result"] * 4 + ["x.number"])),
        role=draw(st.sampled_from([Role.DEFINITIVE] * 6 + [Role.SUPPORTING, Role.STATUS])),
        says=f"{answer} {value}",
        certainty=draw(st.sampled_from([Certainty.FIRM] * 5 + [Certainty.WEAK])),
        when=draw(_dates()) if draw(st.integers(0, 9)) else None,
        value=None if value is None else NumberInterval.exactly(value),
        value_problem=None if value is not None else draw(st.sampled_from([None, Reason.NO_DATA, Reason.UNIT])),
        result=answer,
        result_problem=None
        if answer is not None
        else draw(st.sampled_from([Reason.UNSPECIFIC, Reason.UNSPECIFIC, Reason.NO_DATA, Reason.UNUSABLE_DATA])),
        facets=draw(st.sampled_from([(), (), (FACETS[0],), (FACETS[1],)])),
    )


@st.composite
def result_charts(draw: st.DrawFn) -> Chart:
    """Up to seven results, sometimes what they must not be older than, and answers to what they leave open."""
    found = draw(st.lists(_results(), max_size=7))
    if draw(st.integers(0, 2)):
        when = draw(_dates())
        found.append(Fact(Kind.CONDITION, "Condition/0", "x.other", Role.DEFINITIVE, "a condition", when=when))
    said = draw(answers(_TARGETS, _dates()))
    return Chart("Patient/p", "generated", Person("Patient/p"), tuple(found), frozenset(Kind), attestations=said)


_TARGETS = targets(result_book())
