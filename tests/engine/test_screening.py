"""Screening: both evaluators must agree; where they do not, nothing is decided, and it is logged and counted."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from dataclasses import replace

import durable_rules_engine
import msgspec
import pytest
from charts import AS_OF, OTHER, ago, chart, entry, number, result
from invented_rules import atom, book, criterion, finding, measured, recorded

from trialsieve.engine import screening
from trialsieve.engine.facts import Chart
from trialsieve.engine.forward import ForwardEngine, compile_rules
from trialsieve.engine.outcome import Circumstances, Evaluation, Outcome
from trialsieve.engine.result import ScreeningResult, result_json
from trialsieve.engine.screening import Screener
from trialsieve.rules import kept
from trialsieve.rules.atom import FindingHolds, Judgement
from trialsieve.rules.errors import EngineError
from trialsieve.rules.logic import AtomRef, Not
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Amendment, Cohort
from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason, Result, Sex, Truth, Verdict

TODAY = Circumstances(AS_OF)
DISAGREEMENT = frozenset({Reason.ENGINE_DISAGREEMENT})

FINDING = finding("shared", atom(recorded(concepts=(OTHER,)), "seen"))
RULES = book(
    criterion(atom(measured()), id="I1"),
    criterion(atom(recorded()), id="X1", kind=CriterionKind.EXCLUSION),
    criterion(atom(FindingHolds("shared")), id="X2", kind=CriterionKind.EXCLUSION),
    findings=[FINDING],
)
ELIGIBLE = chart(number(60, ago(1)))
INELIGIBLE = chart(number(40, ago(1)), entry(ago(9)))

Answer = Callable[[Evaluation], Evaluation]


class Broken:
    """A forward evaluator whose answers are altered on their way out."""

    def __init__(self, inner: ForwardEngine, alter: Answer) -> None:
        self._inner = inner
        self._alter = alter

    def evaluate(self, patient: Chart, circumstances: Circumstances) -> Evaluation:
        return self._alter(self._inner.evaluate(patient, circumstances))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Screener]:
    """Makes a screener whose forward evaluator errs as told."""

    def make(alter: Answer, rules: RuleBook = RULES) -> Screener:
        monkeypatch.setattr(screening, "compile_rules", lambda *given: Broken(compile_rules(*given), alter))
        return Screener(rules, ["T"])

    return make


def _criterion_says(name: str, outcome: Outcome) -> Answer:
    def alter(evaluation: Evaluation) -> Evaluation:
        was = evaluation.criteria["T", name]
        return replace(
            evaluation, criteria={**evaluation.criteria, ("T", name): msgspec.structs.replace(was, outcome=outcome)}
        )

    return alter


def _atom_says(name: str, outcome: Outcome) -> Answer:
    def alter(evaluation: Evaluation) -> Evaluation:
        was = evaluation.criteria["T", name]
        changed = msgspec.structs.replace(was, atoms={**was.atoms, "a": outcome})
        return replace(evaluation, criteria={**evaluation.criteria, ("T", name): changed})

    return alter


def _only(results: list[ScreeningResult]) -> ScreeningResult:
    (one,) = results
    return one


# --- agreement ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patient", "expected"),
    [(ELIGIBLE, Verdict.ELIGIBLE), (INELIGIBLE, Verdict.INELIGIBLE), (chart(), Verdict.NEEDS_REVIEW)],
)
def test_agreement_gives_the_verdict(patient: Chart, expected: Verdict, caplog: pytest.LogCaptureFixture) -> None:
    screener = Screener(RULES, ["T"])
    assert _only(screener.screen(patient, TODAY)).verdict is expected
    assert screener.disagreements == 0
    assert not caplog.records


def test_charts_that_are_screened_together_have_the_results_that_they_have_alone() -> None:
    screener = Screener(RULES, ["T"])
    charts = [INELIGIBLE, ELIGIBLE, chart(), ELIGIBLE]
    assert screener.screen_all(charts, TODAY) == [screener.screen(one, TODAY) for one in charts]
    assert screener.screen_all([], TODAY) == []


def test_a_screener_let_go_of_leaves_no_rule_set_and_no_table_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once: the garbage collector does not see how much memory they hold, and comes late."""
    freed: list[int] = []
    free = durable_rules_engine.delete_ruleset

    def noted(handle: int) -> None:
        freed.append(handle)
        free(handle)

    monkeypatch.setattr(durable_rules_engine, "delete_ruleset", noted)
    gc.collect()
    tables = len(kept._tables)
    screener = Screener(RULES, ["T"])
    for patient in (ELIGIBLE, INELIGIBLE, chart(), chart()):
        screener.screen(patient, TODAY)
    made = {rules.network._handle for rules in screener._forward._program.test_rules}
    made |= {rules.network._handle for rules in screener._forward._program.logic_rules}

    gc.disable()
    try:
        del screener
        left, tables_left = made - set(freed), len(kept._tables)
    finally:
        gc.enable()

    assert made
    assert left == set()
    assert tables_left == tables


def test_what_fails_on_one_chart_fails_on_no_other(broken: Callable[..., Screener]) -> None:
    def fail_once(evaluation: Evaluation) -> Evaluation:
        if evaluation.criteria["T", "I1"].outcome.truth is Truth.FALSE:
            raise EngineError("made up")
        return evaluation

    screener = broken(fail_once)
    results = screener.screen_all([ELIGIBLE, INELIGIBLE, ELIGIBLE], TODAY)
    assert [_only(one).verdict for one in results] == [Verdict.ELIGIBLE, Verdict.NEEDS_REVIEW, Verdict.ELIGIBLE]


def test_evidence_and_wording_are_no_disagreement(broken: Callable[..., Screener]) -> None:
    screener = broken(_criterion_says("I1", Outcome(Truth.TRUE, notes=("told differently",))))
    assert _only(screener.screen(ELIGIBLE, TODAY)).verdict is Verdict.ELIGIBLE
    assert screener.disagreements == 0


# --- disagreement ---------------------------------------------------------------------------------------------------

DIFFERENCES = [
    ("another truth", _criterion_says("I1", Outcome(Truth.FALSE))),
    ("unknown", _criterion_says("I1", Outcome(Truth.UNKNOWN, frozenset({Reason.STALE})))),
    ("another atom", _atom_says("I1", Outcome(Truth.FALSE))),
    (
        "does not apply",
        lambda evaluation: replace(
            evaluation,
            criteria={
                **evaluation.criteria,
                ("T", "I1"): msgspec.structs.replace(evaluation.criteria["T", "I1"], applies=False),
            },
        ),
    ),
    (
        "no answer at all",
        lambda evaluation: replace(
            evaluation, criteria={name: one for name, one in evaluation.criteria.items() if name != ("T", "I1")}
        ),
    ),
]


@pytest.mark.parametrize("alter", [row[1] for row in DIFFERENCES], ids=[row[0] for row in DIFFERENCES])
def test_a_criterion_on_which_they_disagree_is_unknown(
    broken: Callable[..., Screener], alter: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    screener = broken(alter)
    result = _only(screener.screen(ELIGIBLE, TODAY))
    held = result.criteria[0]
    assert (held.holds, held.effect, held.reasons) == (None, Effect.REVIEW, (Reason.ENGINE_DISAGREEMENT,))
    assert "fault of the program" in held.explanation
    assert [(one.holds, one.effect) for one in result.criteria[1:]] == [(False, Effect.PASS)] * 2
    assert result.verdict is Verdict.NEEDS_REVIEW
    assert result.arms[0].limiting == ("I1",)
    assert screener.disagreements == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "T#I1" in caplog.text


def test_other_reasons_are_a_disagreement(broken: Callable[..., Screener]) -> None:
    screener = broken(_criterion_says("I1", Outcome(Truth.UNKNOWN, frozenset({Reason.UNIT}))))
    assert screener.evaluate(chart(), TODAY).criteria["T", "I1"].outcome.reasons == DISAGREEMENT


def test_a_disagreement_takes_back_no_other_failure(broken: Callable[..., Screener]) -> None:
    screener = broken(_criterion_says("I1", Outcome(Truth.TRUE)))
    result = _only(screener.screen(INELIGIBLE, TODAY))
    assert (result.verdict, result.arms[0].limiting) == (Verdict.INELIGIBLE, ("X1",))


def test_a_disagreement_never_names_the_patient(
    broken: Callable[..., Screener], caplog: pytest.LogCaptureFixture
) -> None:
    broken(_criterion_says("I1", Outcome(Truth.FALSE))).screen(ELIGIBLE, TODAY)
    assert "p1" not in caplog.text
    assert "60" not in caplog.text


def test_a_disagreement_on_a_gate(broken: Callable[..., Screener]) -> None:
    rules = book(
        criterion(atom(measured()), id="I1"),
        cohorts=(Cohort("one", atom(recorded(concepts=(OTHER,)), "gate")), Cohort("two")),
    )
    shut = Outcome(Truth.TRUE)
    screener = broken(lambda evaluation: replace(evaluation, gates={("T", "one"): shut}), rules)
    result = _only(screener.screen(ELIGIBLE, TODAY))
    assert [(arm.verdict, arm.limiting) for arm in result.arms] == [
        (Verdict.NEEDS_REVIEW, ("cohort",)),
        (Verdict.ELIGIBLE, ()),
    ]
    assert screener.disagreements == 1


def test_a_disagreement_on_the_arms_alone_holds_the_whole_trial(broken: Callable[..., Screener]) -> None:
    def alter(evaluation: Evaluation) -> Evaluation:
        (arm,) = evaluation.arms["T"]
        return replace(evaluation, arms={"T": (msgspec.structs.replace(arm, verdict=Verdict.INELIGIBLE),)})

    screener = broken(alter)
    result = _only(screener.screen(ELIGIBLE, TODAY))
    assert result.verdict is Verdict.NEEDS_REVIEW
    assert [one.reasons for one in result.criteria] == [(Reason.ENGINE_DISAGREEMENT,)] * 3
    assert screener.disagreements == 3


@pytest.mark.parametrize("fault", [EngineError("the batch was lost"), KeyError("60 %"), RecursionError()])
def test_a_fault_of_the_rule_engine_is_a_disagreement_on_everything(
    broken: Callable[..., Screener], fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(evaluation: Evaluation) -> Evaluation:
        raise fault

    screener = broken(fail)
    result = _only(screener.screen(INELIGIBLE, TODAY))
    assert result.verdict is Verdict.NEEDS_REVIEW
    assert {one.reasons for one in result.criteria} == {(Reason.ENGINE_DISAGREEMENT,)}
    assert screener.disagreements == 3
    assert "the rule engine failed" in caplog.text
    assert "60" not in caplog.text


def test_the_next_patient_is_screened_as_if_nothing_had_been(broken: Callable[..., Screener]) -> None:
    faults = iter([EngineError("the batch was lost"), None])

    def fail_once(evaluation: Evaluation) -> Evaluation:
        fault = next(faults)
        if fault is not None:
            raise fault
        return evaluation

    screener = broken(fail_once)
    assert _only(screener.screen(ELIGIBLE, TODAY)).verdict is Verdict.NEEDS_REVIEW
    assert _only(screener.screen(ELIGIBLE, TODAY)).verdict is Verdict.ELIGIBLE


# --- the result -----------------------------------------------------------------------------------------------------


def test_the_result_carries_every_criterion_with_its_proof() -> None:
    result = _only(Screener(RULES, ["T"]).screen(INELIGIBLE, TODAY))
    assert (result.patient, result.source, result.trial, result.as_of) == ("Patient/p1", "test", "T", "2026-11-21")
    assert [(one.id, one.holds, one.effect) for one in result.criteria] == [
        ("I1", False, Effect.FAIL),
        ("X1", True, Effect.FAIL),
        ("X2", False, Effect.PASS),
    ]
    first, second, third = result.criteria
    assert first.evidence[0].reference == INELIGIBLE.facts[0].reference
    assert second.evidence[0].says == "condition on record"
    assert third.assumptions == ("no other on record",)
    assert result.arms[0].limiting == ("I1", "X1")


def test_the_findings_that_criteria_reach_are_part_of_the_proof() -> None:
    result = _only(Screener(RULES, ["T"]).screen(ELIGIBLE, TODAY))
    assert [(one.id, one.holds) for one in result.findings] == [("shared", False)]
    assert [one.id for one in result.findings[0].atoms] == ["seen"]
    assert result.criteria[2].atoms[0].finding == "shared"


def test_cautions_are_shown_once() -> None:
    aside = "This record is inactive."
    patient = chart(number(60, ago(1)), set_aside=aside, cautions=("Seen twice.", aside))
    result = _only(Screener(RULES, ["T"]).screen(patient, TODAY))
    assert result.cautions == ("Seen twice.", aside)
    assert result.verdict is Verdict.NEEDS_REVIEW


def test_reasons_are_sorted_and_without_repeats() -> None:
    rules = book(criterion(atom(measured()), atom(measured(), "b"), atom(Judgement(), "c")))
    result = _only(Screener(rules, ["T"]).screen(chart(number(60, None)), TODAY))
    assert result.criteria[0].reasons == (Reason.JUDGEMENT, Reason.UNDATED)


def test_a_criterion_that_cannot_apply_passes() -> None:
    rules = book(criterion(atom(recorded()), kind=CriterionKind.EXCLUSION, applies_to=Sex.FEMALE))
    one = _only(Screener(rules, ["T"]).screen(chart(sex=Sex.MALE), TODAY)).criteria[0]
    assert (one.applies, one.holds, one.effect) == (False, False, Effect.PASS)


def test_readings_are_shown_with_their_values() -> None:
    readings = (("as-written", AtomRef("a")), ("presumed", Not(AtomRef("a"))))
    held = criterion(atom(measured()), readings=readings)
    one = _only(Screener(book(held), ["T"]).screen(ELIGIBLE, TODAY)).criteria[0]
    assert [(reading.name, reading.holds) for reading in one.readings] == [("as-written", True), ("presumed", False)]
    amended = replace(held, logic=Not(AtomRef("a")), amendment=Amendment("presumed", "sponsor", AS_OF, "a correction"))
    one = _only(Screener(book(amended), ["T"]).screen(ELIGIBLE, TODAY)).criteria[0]
    assert (one.holds, len(one.readings)) == (False, 2)


def test_the_public_shape_says_what_the_result_says() -> None:
    patient = chart(number(60, ago(1)), result(Result.POSITIVE, ago(1)))
    shown = result_json(_only(Screener(RULES, ["T"]).screen(patient, TODAY)))
    assert shown["verdict"] == "eligible"
    criteria = shown["criteria"]
    assert isinstance(criteria, list)
    assert [(one["id"], one["holds"], one["effect"], one["reasons"]) for one in criteria] == [
        ("I1", True, "pass", []),
        ("X1", False, "pass", []),
        ("X2", False, "pass", []),
    ]
