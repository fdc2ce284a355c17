"""Small rule books in which findings rest on a few plain atoms, and charts in which people have answered."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from chart_strategies import AS_OF
from hypothesis import strategies as st
from strategies import logics, one_criterion, one_trial, targets

from trialsieve.engine.examples import interval
from trialsieve.engine.facts import Attestation, Chart, Fact, Person
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.atom import (
    Atom,
    FindingHolds,
    Limits,
    Measurement,
    QualitativeResult,
    Recorded,
    SameResource,
    Test,
)
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AnyOf, AtomRef
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, CriterionKind, Kind, Result, Role, State, Take, Timing

_TESTS: tuple[Test, ...] = (
    Measurement(("x.number",), Limits(Decimal(2), False, None, False, "%")),
    QualitativeResult(("x.result",), Result.POSITIVE),
    QualitativeResult(("x.result",), Result.POSITIVE, Take.ANY),
    Recorded(("x.condition",), Timing.EVER),
    Recorded(("x.other",), Timing.CURRENT),
)


@st.composite
def _dates(draw: st.DrawFn) -> DateInterval:
    """Days before, on and after those of the answers; sometimes a month."""
    day = AS_OF - timedelta(days=draw(st.sampled_from([0, 1, 5, 9, 10, 11, 20])))
    return interval(day.isoformat()[: draw(st.sampled_from([10, 10, 10, 7]))])


@st.composite
def _facts(draw: st.DrawFn, number: int) -> Fact:
    concept, kind = draw(
        st.sampled_from(
            [
                ("x.number", Kind.OBSERVATION),
                ("x.result", Kind.OBSERVATION),
                ("x.condition", Kind.CONDITION),
                ("x.other", Kind.CONDITION),
            ]
        )
    )
    return Fact(
        kind=kind,
        reference=f"{kind.value}/{number}",
        concept=concept,
        role=draw(st.sampled_from([Role.DEFINITIVE] * 5 + [Role.NEGATES])),
        says=f"fact {number}",
        certainty=draw(st.sampled_from([Certainty.FIRM] * 3 + [Certainty.WEAK])),
        when=draw(_dates()) if draw(st.integers(0, 9)) else None,
        recorded=draw(st.none() | _dates()) if kind is Kind.CONDITION else None,
        state=draw(st.sampled_from([State.ACTIVE, State.RELAPSE, State.RESOLVED])),
        value=NumberInterval.exactly(draw(st.sampled_from([1.0, 2.0]))) if concept == "x.number" else None,
        result=draw(st.sampled_from([Result.POSITIVE, Result.NEGATIVE])) if concept == "x.result" else None,
        facets=draw(st.sampled_from([(), (("method", "one"),), (("method", "two"),)])),
    )


@st.composite
def attested_charts(draw: st.DrawFn, book: RuleBook) -> Chart:
    """A few facts, and an answer of ten days ago to something that rests on them."""
    found = tuple(draw(_facts(number)) for number in range(draw(st.integers(1, 5))))
    when = interval((AS_OF - timedelta(days=10)).isoformat())
    answers = [
        Attestation(target, draw(st.booleans()), "Observation/attested", when, None, "Practitioner/1", "attested")
        for target in draw(st.lists(st.sampled_from(targets(book)), min_size=1, max_size=2, unique=True))
    ]
    present = frozenset(fact.kind for fact in found)
    covered = frozenset(Kind) if draw(st.booleans()) else present
    return Chart(
        "Patient/p",
        "generated",
        Person("Patient/p"),
        found,
        covered,
        attestations=tuple(answers),
        in_full=draw(st.booleans()),
    )


@st.composite
def _findings(draw: st.DrawFn, name: str, earlier: tuple[str, ...]) -> Finding:
    choices = [*_TESTS, *map(FindingHolds, earlier)]
    atoms: tuple[Atom, ...] = ()
    for number in range(draw(st.integers(1, 3))):
        upon = [SameResource(atom.id, "method", ("one",)) for atom in atoms if atom.test in _TESTS]
        atom = Atom(
            f"a{number}",
            draw(st.sampled_from([*choices, *upon])),
            absence=draw(st.sampled_from([AbsenceRule.UNKNOWN, AbsenceRule.PRESUME])),
            absent=draw(st.integers(0, 4)) == 0,
            when=AtomRef(atoms[-1].id) if atoms and draw(st.integers(0, 4)) == 0 else None,
        )
        atoms = (*atoms, atom)
    names = [atom.id for atom in atoms]
    every = tuple(map(AtomRef, names))
    dates = draw(st.lists(st.sampled_from(names), unique=True))
    return Finding(
        id=name,
        title=name,
        atoms=atoms,
        true_when=draw(st.one_of(st.just(AnyOf(every)), st.just(AllOf(every)), logics(names))),
        false_when=draw(st.none() | logics(names)),
        date_from=tuple(dates),
        date_is=draw(st.sampled_from(["first", "latest"])),
    )


@st.composite
def finding_books(draw: st.DrawFn) -> RuleBook:
    """Two findings, the second perhaps upon the first, and a criterion of each and of both."""
    findings = {"f0": draw(_findings("f0", ()))}
    findings["f1"] = draw(_findings("f1", ("f0",)))
    criteria = tuple(
        one_criterion(
            [Atom(f"a{place}", FindingHolds(name)) for place, name in enumerate(names)],
            AnyOf(tuple(AtomRef(f"a{place}") for place in range(len(names)))),
            CriterionKind.EXCLUSION,
            number=number,
        )
        for number, names in enumerate([("f0",), ("f1",), ("f0", "f1")])
    )
    return one_trial(criteria, findings)
