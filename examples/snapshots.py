"""What comes of screening the example patients, short enough to be read beside the registry's text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from patients.builders import Examples, Patient

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult, ScreeningResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.loader import load_rules
from trialsieve.rules.rule_book import RuleBook

AS_OF = date(2026, 11, 20)
SITE = Path(__file__).parent / "site.yaml"


@cache
def _rules(site: Path | None) -> RuleBook:
    return load_rules(site=site)


class ExampleScreener:
    """Screens the bundles of one trial as the command line does."""

    def __init__(self, examples: Examples) -> None:
        self._book = _rules(SITE if examples.site else None)
        self._screener = Screener(self._book, [examples.trial])

    def snapshot(self, bundle: Path, patient: Patient) -> str:
        """What comes of one bundle, as text."""
        problems: list[InputProblem] = []
        (record,) = read_records([str(bundle)], problems)
        anchors = {name: date.fromisoformat(day) for name, day in patient.anchors.items()}
        circumstances = Circumstances(AS_OF, anchors=anchors)
        (result,) = self._screener.screen(build_chart(record, self._book, problems), circumstances)
        if self._screener.disagreements:
            raise ValueError(f"{bundle}: the evaluators disagree")
        return "\n".join([*_head(result, patient, problems), *map(_criterion, result.criteria), ""])


def _head(result: ScreeningResult, patient: Patient, problems: list[InputProblem]) -> Iterator[str]:
    yield f"{result.trial} {patient.name}: {result.verdict.value}"
    yield f"shows: {patient.shows}"
    yield f"as of {result.as_of}" + "".join(f", {name} {day}" for name, day in patient.anchors.items())
    for arm in result.arms:
        waiting = {"data": arm.open.data, "judgement": arm.open.judgement, "registry": arm.open.registry}
        said = [f"{name} {' '.join(ids)}" for name, ids in {"limiting": arm.limiting, **waiting}.items() if ids]
        yield "; ".join([f"arm {arm.cohort}, {arm.stage}: {arm.verdict.value}", *said])
    for caution in result.cautions:
        yield f"caution: {caution}"
    for problem in problems:
        yield f"problem: {problem.reference}: {problem.reason}"


def _criterion(criterion: CriterionResult) -> str:
    return "\n".join(["", *_lines(criterion)])


def _lines(criterion: CriterionResult) -> Iterator[str]:
    effect = criterion.effect.value if criterion.applies else "does not apply"
    reasons = f" [{', '.join(reason.value for reason in criterion.reasons)}]" if criterion.reasons else ""
    yield f"{criterion.id} {effect}{reasons}"
    yield _wrapped(criterion.explanation)
    for reading in criterion.readings:
        yield _wrapped(f"reading {reading.name}: {reading.explanation}")
    for caution in criterion.cautions:
        yield _wrapped(f"caution: {caution}")
    for assumption in criterion.assumptions:
        yield _wrapped(f"assumed: {assumption}")
    if criterion.changes_on is not None:
        yield _wrapped(f"changes on {criterion.changes_on}")


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 118, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
