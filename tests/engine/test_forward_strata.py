"""A stratum looks from what the one before it found."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from trialsieve.engine.facts import Chart, Fact, Person
from trialsieve.engine.forward import compile_rules
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.engine.outcome import Circumstances, Outcome
from trialsieve.engine.strata import finding_strata, reached_findings
from trialsieve.rules.atom import Atom, FindingHolds, Limits, Measurement, Recorded
from trialsieve.rules.concept import Concept, Terminology
from trialsieve.rules.errors import EngineError
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AtomRef
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.trial import Cohort, Criterion, Trial
from trialsieve.rules.vocabulary import CriterionKind, Kind, Reason, Role, Take, Timing, Truth, Verdict

AS_OF = date(2026, 11, 20)
NOW = Circumstances(AS_OF)
AT_LEAST_10 = Limits(Decimal(10), False, None, False, "%")


def days_ago(number: int) -> DateInterval:
    day = AS_OF - timedelta(days=number)
    start = (day - date(1970, 1, 1)).days * 86_400
    return DateInterval(day, day, start, start + 86_399)


def concept(name: str, kind: Kind) -> Concept:
    return Concept(name, name, frozenset({kind}), ())


def relapse(days: int) -> Fact:
    return Fact(Kind.CONDITION, f"Condition/{days}", "relapse", Role.DEFINITIVE, "relapse", when=days_ago(days))


def marker(days: int, value: float, name: str = "marker") -> Fact:
    return Fact(
        Kind.OBSERVATION,
        f"Observation/{name}-{days}",
        name,
        Role.DEFINITIVE,
        f"{name} {value}",
        when=days_ago(days),
        value=NumberInterval.exactly(value),
    )


def response(days: int) -> Fact:
    return marker(days, 99, "response")


def finding(name: str, *atoms: Atom, dated: bool = True) -> Finding:
    names = tuple(atom.id for atom in atoms)
    return Finding(name, name, atoms, AllOf(tuple(map(AtomRef, names))), date_from=names if dated else ())


RELAPSED = finding("relapsed", Atom("on-record", Recorded(("relapse",), Timing.EVER)))
AGAIN = finding("again", Atom("relapsed", FindingHolds("relapsed")))
POSITIVE = finding("positive", Atom("marker", Measurement(("marker",), AT_LEAST_10, not_before=("again",))), dated=True)
LATER = Atom("a1", Measurement(("response",), AT_LEAST_10, take=Take.ANY, after="positive"))


def book(*atoms: Atom) -> RuleBook:
    criterion = Criterion(
        "I01", CriterionKind.INCLUSION, "screening", "all", "text", atoms, AllOf(tuple(AtomRef(a.id) for a in atoms))
    )
    trial = Trial("T", "", "1", AS_OF, "", "", "", (Cohort("all"),), ("screening",), (), (criterion,), (), "")
    return RuleBook(
        {"T": trial},
        {one.id: one for one in (RELAPSED, AGAIN, POSITIVE)},
        {
            "relapse": concept("relapse", Kind.CONDITION),
            "marker": concept("marker", Kind.OBSERVATION),
            "response": concept("response", Kind.OBSERVATION),
        },
        {},
        Terminology({}, {}, frozenset(), {}),
        Site(),
    )


def outcome(rules: RuleBook, *facts: Fact) -> Outcome:
    chart = Chart("Patient/p", "p.json", Person("Patient/p"), facts)
    return compile_rules(rules, ["T"]).evaluate(chart, NOW).criteria["T", "I01"].outcome


def test_strata_follow_the_findings_that_windows_need() -> None:
    assert finding_strata([RELAPSED, AGAIN, POSITIVE]) == {"relapsed": 0, "again": 0, "positive": 1}


@pytest.mark.parametrize(("relapsed_days_ago", "truth"), [(19, Truth.UNKNOWN), (20, Truth.TRUE), (21, Truth.TRUE)])
def test_a_result_counts_from_the_day_of_the_relapse_on(relapsed_days_ago: int, truth: Truth) -> None:
    rules = book(Atom("a1", FindingHolds("positive")))

    assert outcome(rules, relapse(relapsed_days_ago), marker(20, 12)).truth is truth


@pytest.mark.parametrize(
    ("days", "truth", "reasons"),
    [(21, Truth.UNKNOWN, {Reason.NO_DATA}), (20, Truth.TRUE, set()), (19, Truth.TRUE, set())],
)
def test_three_strata_deep(days: int, truth: Truth, reasons: set[Reason]) -> None:
    """A response after a positive result that is itself not older than the relapse."""
    found = outcome(book(LATER), relapse(30), marker(20, 12), response(days))

    assert found.truth is truth
    assert found.reasons == reasons


def test_what_comes_after_a_finding_that_is_unknown_is_unknown_for_its_reasons() -> None:
    assert outcome(book(LATER), relapse(10), marker(20, 12), response(5)).reasons == {Reason.STALE}


def test_a_cycle_of_findings_is_an_error_that_names_it() -> None:
    cycle = {name: finding(name, Atom("reads", FindingHolds(read))) for name, read in ("ab", "bc", "ca")}

    with pytest.raises(EngineError, match="a finding reads itself: a -> b -> c -> a"):
        reached_findings(cycle["a"].atoms, cycle)


@pytest.mark.parametrize("findings", [(), (AGAIN,)])
def test_a_finding_that_is_missing_is_an_error_that_names_it(findings: tuple[Finding, ...]) -> None:
    atom = Atom("a1", FindingHolds("again" if findings else "relapsed"))

    with pytest.raises(EngineError, match="no finding is called relapsed"):
        reached_findings([atom], {one.id: one for one in findings})


def test_findings_come_after_those_that_they_read() -> None:
    rules = book(LATER)

    assert [one.id for one in reached_findings([LATER], rules.findings)] == ["relapsed", "again", "positive"]


def test_the_outcome_rests_on_the_facts_that_decided_it() -> None:
    rules = book(LATER, Atom("a2", FindingHolds("relapsed")))
    found = outcome(rules, relapse(30), marker(20, 12), response(21), response(9), response(5))

    assert [fact.reference for fact in found.decided_by] == [
        "Observation/response-9",
        "Observation/response-5",
        "Condition/30",
    ]


def test_a_remembered_conclusion_is_the_one_that_the_rules_would_give() -> None:
    rules = book(Atom("a1", FindingHolds("positive")))
    charts = [
        Chart("Patient/p", "p", Person("Patient/p"), facts)
        for facts in ((), (relapse(30),), (relapse(30), marker(20, 12)), (marker(20, 1),), (relapse(10), marker(20, 9)))
    ]
    remembering, forgetting = compile_rules(rules, ["T"]), compile_rules(rules, ["T"], remember=0)
    short = compile_rules(rules, ["T"], remember=2)
    for chart in charts * 3:
        first = remembering.evaluate(chart, NOW)
        for other in (forgetting.evaluate(chart, NOW), short.evaluate(chart, NOW)):
            assert first == other


def test_a_remembered_conclusion_does_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = compile_rules(book(Atom("a1", FindingHolds("positive"))), ["T"])
    chart = Chart("Patient/p", "p", Person("Patient/p"))
    first = engine.evaluate(chart, NOW)
    monkeypatch.setattr(
        "trialsieve.engine._durable.durable_rules_engine.assert_facts", lambda *_: pytest.fail("the engine was run")
    )

    assert engine.evaluate(chart, NOW) == first


def test_a_fault_of_the_rule_engine_is_an_engine_error_and_the_next_patient_is_screened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = compile_rules(book(Atom("a1", FindingHolds("positive"))), ["T"], remember=0)
    chart = Chart("Patient/p", "p", Person("Patient/p"), (relapse(30), marker(20, 12)))

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("trialsieve.engine._durable.durable_rules_engine.assert_facts", fail)
        with pytest.raises(EngineError):
            engine.evaluate(chart, NOW)
    assert engine.evaluate(chart, NOW).arms["T"][0].verdict is Verdict.ELIGIBLE


@pytest.mark.parametrize("text", ['"', "\\", "\u0000", "\ud800", "é", "e\u0301", "'; drop", "x" * 70_000])
def test_no_text_of_a_record_reaches_the_rule_engine(text: str) -> None:
    """Numbers alone do, so that neither quotes nor Unicode nor colliding ids can change what fires."""
    fact = Fact(
        Kind.OBSERVATION,
        f"Observation/{text}",
        "marker",
        Role.DEFINITIVE,
        text,
        when=days_ago(1),
        value=NumberInterval.exactly(12),
        facets=((text, text),),
    )
    chart = Chart(text, text, Person(text), (fact, relapse(30)))
    engine = compile_rules(book(Atom("a1", FindingHolds("positive"))), ["T"])

    assert engine.evaluate(chart, NOW).criteria["T", "I01"].outcome.truth is Truth.TRUE


def test_a_thousand_results_at_once() -> None:
    atom = Atom("a1", Measurement(("marker",), AT_LEAST_10, take=Take.ALL))
    facts = [marker(number, 12 + number / 8) for number in range(1_200)]

    assert outcome(book(atom), *facts).truth is Truth.TRUE
    assert outcome(book(atom), *facts, marker(2_000, 9)).truth is Truth.FALSE


def test_unknown_keeps_the_reasons_of_what_is_unknown() -> None:
    rules = book(Atom("a1", FindingHolds("positive")), Atom("a2", FindingHolds("relapsed")))

    assert outcome(rules, relapse(10), marker(20, 12)).reasons == {Reason.STALE}
