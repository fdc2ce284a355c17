"""One rule book, and charts in which people have answered criteria and their atoms at near instants."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from chart_strategies import AS_OF
from hypothesis import strategies as st
from strategies import one_criterion, one_trial

from trialsieve.engine.examples import interval
from trialsieve.engine.facts import Attestation, Chart, Fact, Person
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Age, Atom, Judgement, Limits, Recorded, RecordedSex, Test
from trialsieve.rules.logic import AllOf, AnyOf, AtomRef, Logic, Not
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsenceRule, CriterionKind, Kind, Role, Sex, State, Timing

_EVER, _NOW = Recorded(("x.condition",), Timing.EVER), Recorded(("x.condition",), Timing.CURRENT)
_ADULT, _WOMAN = Age(Limits(Decimal(18), False, None, False, "a")), RecordedSex(frozenset({Sex.FEMALE}))
_A0, _A1, _A2 = AtomRef("a0"), AtomRef("a1"), AtomRef("a2")
_EITHER, _BOTH = AnyOf((_A0, _A1)), AllOf((_A0, _A1))

_ATOMS: tuple[tuple[Logic, tuple[Test, ...]], ...] = (
    (_A0, (Judgement(),)),
    (_A0, (_EVER,)),
    (_BOTH, (Judgement(), Judgement())),
    (_EITHER, (Judgement(), _EVER)),
    (Not(_EITHER), (_EVER, _NOW)),
    (_BOTH, (Judgement(), _ADULT)),
    (_EITHER, (_WOMAN, Judgement())),
    (AnyOf((_A0, _A1, _A2)), (Judgement(), Judgement(), _NOW)),
)


def answered_book() -> RuleBook:
    """A trial whose criteria are mostly known though nothing is on record, or wait for answers to their atoms."""
    kinds = (CriterionKind.INCLUSION, CriterionKind.EXCLUSION)
    criteria = [
        one_criterion(_atoms(tests), logic, kinds[number % 2], number=number)
        for number, (logic, tests) in enumerate(_ATOMS)
    ]
    conditional = (Atom("a0", Judgement()), Atom("a1", Judgement(), when=Not(_A0)))
    of_women = (Atom("a0", Judgement()), Atom("a1", Judgement(), applies_to=Sex.FEMALE))
    for logic, atoms, sex in ((_EITHER, conditional, None), (_EITHER, of_women, None), (_EITHER, of_women, Sex.FEMALE)):
        criteria.append(one_criterion(atoms, logic, CriterionKind.EXCLUSION, number=len(criteria), applies_to=sex))
    return one_trial(tuple(criteria), {})


def _atoms(tests: tuple[Test, ...]) -> tuple[Atom, ...]:
    return tuple(Atom(f"a{number}", test, absence=AbsenceRule.PRESUME) for number, test in enumerate(tests))


@st.composite
def _instants(draw: st.DrawFn) -> DateInterval:
    """A day or the next one: the whole day, an hour of it, or as long as until today."""
    when = interval((AS_OF - timedelta(days=draw(st.sampled_from([9, 10])))).isoformat())
    assert when.start is not None
    how = draw(st.sampled_from(["day", "day", "hour", "hour", "hour", "hour", "until today"]))
    if how == "hour":
        second = when.start + 3600 * draw(st.integers(1, 3))
        return DateInterval(when.first, when.last, second, second)
    return when if how == "day" else DateInterval(when.first, AS_OF, when.start, when.end)


@st.composite
def answered_charts(draw: st.DrawFn, book: RuleBook) -> Chart:
    """Answers to a criterion and to most of its atoms, which mostly differ; seldom a fact."""
    criteria = book.trials["T"].criteria
    criterion = draw(st.sampled_from([*criteria, *criteria[-3:] * 2]))  # where an atom may be otherwise than answered
    whole, yes = f"T#{criterion.id}", draw(st.booleans())
    asked = [(f"{whole}.{atom.id}", yes) for atom in criterion.atoms if draw(st.integers(0, 4))] + [(whole, not yes)]
    answers = [
        _answer(target, answer is draw(st.sampled_from([True, True, True, False])), draw(_instants()))
        for target, answer in asked
    ]
    if draw(st.integers(0, 3)) == 0:  # somebody says otherwise at that very instant
        one = draw(st.sampled_from(answers))
        answers.append(_answer(one.target, not one.answer, one.when))
    return Chart(
        patient="Patient/p",
        source="generated",
        person=Person("Patient/p", draw(st.sampled_from([None, _BIRTH])), draw(st.sampled_from(list(Sex)))),
        facts=draw(st.sampled_from([(), (), (), (_FACT,)])),
        covered=draw(st.sampled_from([frozenset(Kind)] * 4 + [frozenset({Kind.OBSERVATION})])),
        attestations=tuple(answers),
    )


_BIRTH = interval("1990-01-01")
_FACT = Fact(
    Kind.CONDITION,
    "Condition/1",
    "x.condition",
    Role.DEFINITIVE,
    "a condition",
    when=interval((AS_OF - timedelta(days=10)).isoformat()),
    state=State.ACTIVE,
)


def _answer(target: str, answer: bool, when: DateInterval) -> Attestation:
    return Attestation(target, answer, "Observation/attested", when, None, "Practitioner/1", "attested")
