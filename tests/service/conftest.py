"""What the tests of the command line share: small records, a runner, and results made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trialsieve.engine.outcome import Evidence
from trialsieve.engine.result import ArmResult, AtomResult, CriterionResult, OpenItems, ScreeningResult
from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason, Verdict
from trialsieve.service.cli import main

TRIAL = "NCT04762485"
AS_OF = "2026-11-20"

Criterion = Callable[..., CriterionResult]
Result = Callable[..., ScreeningResult]


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    status: int
    out: str
    err: str

    @property
    def results(self) -> list[dict[str, Any]]:
        """Standard output as NDJSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs a command in this process, at a width of 100 columns unless COLUMNS is given."""
    monkeypatch.setenv("COLUMNS", "100")

    def command(*arguments: str | Path) -> Ran:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ran(status, out, err)

    return command


def ejection_fraction(patient: str, percent: float) -> dict[str, Any]:
    """LVEF on 2026-11-10 (LOINC 10230-1, left ventricular ejection fraction)."""
    return {
        "resourceType": "Observation",
        "id": f"{patient}-lvef",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "10230-1"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-11-10",
        "valueQuantity": {"value": percent, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
    }


@pytest.fixture
def bundle() -> Callable[..., dict[str, Any]]:
    """A Bundle of one man, with his LVEF unless it is None, and further resources."""

    def make(
        patient: str = "p1", *, born: str = "1980-05-04", lvef: float | None = 55, further: Sequence[Any] = ()
    ) -> dict[str, Any]:
        resources: list[Any] = [
            {
                "resourceType": "Patient",
                "id": patient,
                "gender": "male",
                "birthDate": born,
                "name": [{"family": "Winterbottom", "given": ["Ignatius"]}],
            }
        ]
        if lvef is not None:
            resources.append(ejection_fraction(patient, lvef))
        entries = [{"resource": resource} for resource in [*resources, *further]]
        return {"resourceType": "Bundle", "type": "collection", "entry": entries}

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes JSON to a file of the test's own directory."""

    def to(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return to


@pytest.fixture
def record(write: Callable[..., Path], bundle: Callable[..., dict[str, Any]]) -> Path:
    """The file of one patient."""
    return write("p1.json", bundle())


@pytest.fixture
def criterion() -> Criterion:
    """A criterion's result: passing unless told otherwise."""

    def make(
        name: str,
        effect: Effect = Effect.PASS,
        *,
        text: str = "1. Age 12-65 years.",
        reasons: Sequence[Reason] = (),
        explanation: str = "46 years is between 12 and 65 years.",
        evidence: Mapping[str, str] | None = None,
        assumptions: Sequence[str] = (),
        stage: str = "screening",
        cohort: str = "all",
    ) -> CriterionResult:
        holds = {Effect.PASS: True, Effect.FAIL: False, Effect.REVIEW: None}[effect]
        why = tuple(reasons) or ((Reason.NO_DATA,) if holds is None else ())
        shown = tuple(Evidence(reference, says) for reference, says in (evidence or {}).items())
        atom = AtomResult("a1", "Age", holds, why, shown, tuple(assumptions), explanation)
        return CriterionResult(
            id=name,
            kind=CriterionKind.INCLUSION,
            stage=stage,
            cohort=cohort,
            text=text,
            applies=True,
            holds=holds,
            effect=effect,
            reasons=why,
            explanation=explanation,
            evidence=shown,
            assumptions=tuple(assumptions),
            readings=(),
            atoms=(atom,),
        )

    return make


@pytest.fixture
def result(criterion: Criterion) -> Result:
    """A result with one arm, whose verdict and limiting criteria follow from its criteria."""

    def make(*criteria: CriterionResult, patient: str = "Patient/p1", trial: str = TRIAL) -> ScreeningResult:
        listed = criteria or (criterion("I02"),)
        failing = tuple(one.id for one in listed if one.effect is Effect.FAIL)
        waiting = tuple(one.id for one in listed if one.effect is Effect.REVIEW)
        judged = tuple(one.id for one in listed if one.reasons == (Reason.JUDGEMENT,))
        verdict = Verdict.INELIGIBLE if failing else Verdict.NEEDS_REVIEW if waiting else Verdict.ELIGIBLE
        opened = OpenItems(data=tuple(name for name in waiting if name not in judged), judgement=judged)
        return ScreeningResult(
            patient=patient,
            source="record.json",
            trial=trial,
            as_of=AS_OF,
            verdict=verdict,
            arms=(ArmResult("all", "screening", verdict, failing or waiting, opened),),
            cautions=(),
            criteria=tuple(listed),
            findings=(),
            rules_version="2026.11.20",
            rules_sha256="0" * 64,
        )

    return make
