"""From FHIR JSON to a screening result, by the packaged rules, which are loaded and compiled once."""

from __future__ import annotations

import io
import json

import pytest
from bundles import TRIAL, Answer, Check, Expected, Given, Screen

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.loader import load_rules
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import CriterionKind, Effect


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return load_rules()


@pytest.fixture(scope="session")
def screener(book: RuleBook) -> Screener:
    return Screener(book, [TRIAL])


@pytest.fixture
def screen(book: RuleBook, screener: Screener) -> Screen:
    """Screens a chart: the Bundle as bytes, read as the command line reads it, and both evaluators' answer."""

    def run(given: Given) -> Answer:
        patient = [] if given.patient is None else [given.patient]
        numbered = [
            {"id": f"r{number}", "subject": {"reference": "Patient/p1"}, **resource}
            for number, resource in enumerate(given.resources, 1)
        ]
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": resource} for resource in [*patient, *numbered]],
        }
        problems: list[InputProblem] = []
        stream = io.BytesIO(json.dumps(bundle).encode())
        (record,) = read_records(["-"], problems, covers=given.covers, stdin=stream)
        chart = build_chart(record, book, problems, as_of=given.as_of)
        before = screener.disagreements
        (result,) = screener.screen(chart, Circumstances(given.as_of, given.absence, given.anchors))
        assert screener.disagreements == before, "the evaluators disagree"
        return Answer(result, tuple(problem.reason for problem in problems))

    return run


@pytest.fixture
def check(screen: Screen) -> Check:
    """Screens a chart and holds one criterion to what is expected; every answer must also explain itself."""

    def held(name: str, given: Given, expected: Expected) -> Answer:
        answer = screen(given)
        criterion = answer.criterion(name)
        said = (criterion.effect.value, tuple(reason.value for reason in criterion.reasons))
        assert said == (expected.effect.value, expected.reasons), criterion.explanation
        must_hold = criterion.kind is not CriterionKind.EXCLUSION
        assert (
            criterion.holds
            is {Effect.PASS: must_hold, Effect.FAIL: not must_hold, Effect.REVIEW: None}[criterion.effect]
        )
        assert criterion.explanation
        if criterion.applies and criterion.holds is not None:
            assert criterion.evidence or criterion.assumptions, "decided by nothing that it shows"
        known = {f"{resource['resourceType']}/r{number}" for number, resource in enumerate(given.resources, 1)}
        assert {shown.reference for shown in criterion.evidence} <= known | {"Patient/p1"}
        return answer

    return held
