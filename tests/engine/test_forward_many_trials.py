"""300 trials: the rules are spread over rule sets that each stay within the limits, and answer as few trials would."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from trialsieve.engine.facts import Chart, Fact, Person
from trialsieve.engine.forward import ForwardEngine, compile_rules
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Age, Atom, Limits, Measurement, Recorded
from trialsieve.rules.concept import Concept, Terminology
from trialsieve.rules.logic import AllOf, AnyOf, AtomRef, Logic, Not
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.trial import Cohort, Criterion, Trial
from trialsieve.rules.vocabulary import AbsenceRule, CriterionKind, Kind, Role, Take, Timing, Truth, Verdict

AS_OF = date(2026, 11, 20)
TODAY = DateInterval(AS_OF, AS_OF, 1_795_132_800, 1_795_219_199)
TRIALS = 300
MEASURED = tuple(f"lab.{number}" for number in range(12))
RECORDED = tuple(f"dx.{number}" for number in range(8))


def at_least(value: float) -> Limits:
    return Limits(Decimal(str(value)), False, None, False, "1")


def criterion(name: str, kind: CriterionKind, atoms: tuple[Atom, ...], logic: Logic) -> Criterion:
    return Criterion(name, kind, "screening", "all", "text", atoms, logic)


def trial(number: int) -> Trial:
    """Limits differ from trial to trial, so that nearly no rule is shared: the worst case."""
    criteria = [
        criterion(
            f"I{place:02}",
            CriterionKind.INCLUSION,
            (
                Atom("a1", Measurement((concept,), at_least(number + place / 100))),
                Atom("a2", Measurement((concept,), at_least(number / 2), take=Take.ANY)),
            ),
            AllOf((AtomRef("a1"), AtomRef("a2"))),
        )
        for place, concept in enumerate(MEASURED)
    ]
    criteria.append(criterion("I90", CriterionKind.INCLUSION, (Atom("a1", Age(at_least(number / 10))),), AtomRef("a1")))
    criteria.extend(
        criterion(
            f"X{place:02}",
            CriterionKind.EXCLUSION,
            (
                Atom("a1", Recorded((concept,), Timing.EVER), absence=AbsenceRule.PRESUME),
                Atom("a2", Recorded((RECORDED[0],), Timing.CURRENT), absence=AbsenceRule.PRESUME),
            ),
            AnyOf((AtomRef("a1"), AllOf((AtomRef("a2"), Not(AtomRef("a1")))))),
        )
        for place, concept in enumerate(RECORDED)
    )
    return Trial(
        f"T{number:03}", "", "1", AS_OF, "", "", "", (Cohort("all"),), ("screening",), (), tuple(criteria), (), ""
    )


@pytest.fixture(scope="module")
def book() -> RuleBook:
    concepts = {name: Concept(name, name, frozenset({Kind.OBSERVATION}), ()) for name in MEASURED}
    concepts |= {name: Concept(name, name, frozenset({Kind.CONDITION}), ()) for name in RECORDED}
    trials = {one.id: one for one in map(trial, range(TRIALS))}
    return RuleBook(trials, {}, concepts, {}, Terminology({}, {}, frozenset(), {}), Site())


@pytest.fixture(scope="module")
def engine(book: RuleBook) -> ForwardEngine:
    return compile_rules(book, list(book.trials))


def chart(value: float, *recorded: str, born: int = 1980) -> Chart:
    facts = [
        Fact(
            Kind.OBSERVATION,
            f"Observation/{name}",
            name,
            Role.DEFINITIVE,
            name,
            when=TODAY,
            value=NumberInterval.exactly(value),
        )
        for name in MEASURED
    ]
    facts += [Fact(Kind.CONDITION, f"Condition/{name}", name, Role.DEFINITIVE, name, when=TODAY) for name in recorded]
    birth = DateInterval(date(born, 1, 1), date(born, 1, 1), None, None)
    return Chart("Patient/p", "p", Person("Patient/p", birth), tuple(facts), covered=frozenset(Kind))


def eligible(engine: ForwardEngine, patient: Chart) -> set[int]:
    arms = engine.evaluate(patient, Circumstances(AS_OF)).arms
    return {int(name[1:]) for name, (arm,) in arms.items() if arm.verdict is Verdict.ELIGIBLE}


@pytest.mark.parametrize("value", [0, 0.11, 100.1, 100.11, 100.12, 299.2])
def test_a_patient_is_eligible_for_the_trials_whose_limits_she_reaches(engine: ForwardEngine, value: float) -> None:
    """Trial n asks for n + 0.11 in the strictest of its criteria; 46 years reach the ages of all."""
    assert eligible(engine, chart(value)) == {number for number in range(TRIALS) if value >= number + 0.11}


def test_one_diagnosis_excludes_from_all(engine: ForwardEngine) -> None:
    assert eligible(engine, chart(500, RECORDED[3])) == set()


def test_without_data_every_trial_waits_for_it(engine: ForwardEngine) -> None:
    patient = Chart("Patient/p", "p", Person("Patient/p"), covered=frozenset(Kind))
    evaluation = engine.evaluate(patient, Circumstances(AS_OF))

    assert {arm.verdict for arms in evaluation.arms.values() for arm in arms} == {Verdict.NEEDS_REVIEW}
    assert {one.outcome.truth for (_, name), one in evaluation.criteria.items() if name[0] == "X"} == {Truth.FALSE}


def test_many_trials_answer_as_one_does(book: RuleBook, engine: ForwardEngine) -> None:
    patient = chart(100.05, RECORDED[1])
    many = engine.evaluate(patient, Circumstances(AS_OF))
    for name in ("T000", "T019", "T020", "T100", "T299"):
        alone = compile_rules(book, [name]).evaluate(patient, Circumstances(AS_OF))

        assert alone.arms[name] == many.arms[name]
        assert all(many.criteria[key].outcome.agrees(one.outcome) for key, one in alone.criteria.items())


def test_compiling_them_does_not_take_for_ever(book: RuleBook) -> None:
    """Generous, for slow machines: it takes seconds, where one rule set of all would take minutes or hang."""
    start = time.process_time()
    compile_rules(book, list(book.trials))

    assert time.process_time() - start < 60
