"""Where a report says that patients are lost: as the results have it, patient by patient."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from batches import EXAMPLES, TRIALS, batch

from trialsieve.service.batch.tables import SCHEMAS
from trialsieve.service.cli import main
from trialsieve.service.report.attrition import Attrition, Funnel
from trialsieve.service.report.screened import FAIL, PASS, REVIEW, ScreenedPopulation, TrialHead, before_criteria

SCHEMA = pa.schema([field for field in SCHEMAS["arms"] if field.name not in ("record", "patient")])


def effects(result: dict[str, object], cohort: str) -> dict[str, str]:
    """Before any criterion, and criterion by criterion, as the public result has it."""
    arms = result["arms"]
    criteria = result["criteria"]
    assert isinstance(arms, list)
    assert isinstance(criteria, list)
    arm = next(each for each in arms if each["cohort"] == cohort and each["stage"] == "screening")
    gate = {"cohort", "deceased"} & set(arm["limiting"])
    unknown = any("cohort" in names for names in arm["open"].values())
    before = "fail" if gate and arm["verdict"] == "ineligible" else "review" if unknown else "pass"
    of_arm = [each for each in criteria if each["cohort"] in (cohort, "all") and each["stage"] == "screening"]
    return {"cohort": before} | {each["id"]: each["effect"] for each in of_arm}


def funnels(population: ScreenedPopulation, trial: TrialHead) -> list[Funnel]:
    attrition = Attrition(trial)
    for rows in population.rows():
        attrition.add(rows[trial.id])
    return attrition.funnels


@pytest.mark.parametrize("trial", TRIALS)
def test_the_funnel_counts_every_patient_as_the_results_have_them(
    screened: Path, results: list[dict[str, object]], trial: str
) -> None:
    population = ScreenedPopulation(screened)
    head = next(each for each in population.trials if each.id == trial)
    for funnel in funnels(population, head):
        patients = [effects(result, funnel.cohort) for result in results if result["trial"] == trial]
        assert funnel.patients == len(patients)
        so_far: list[str] = []
        for step in funnel.steps:
            inside = [each for each in patients if all(each[name] != "fail" for name in so_far)]
            so_far.append(step.name)
            left = [each for each in inside if each[step.name] != "fail"]
            assert step.lost == len(inside) - len(left)
            assert step.kept == sum(all(each[name] == "pass" for name in so_far) for each in left)
            assert step.open == len(left) - step.kept
            assert step.fails == sum(each[step.name] == "fail" for each in patients)
            assert step.unknown == sum(each[step.name] == "review" for each in patients)
            alone = [each for each in patients if [k for k in each if each[k] == "fail"] == [step.name]]
            assert step.alone == len(alone)
            assert step.gained == sum("review" not in each.values() for each in alone)
            last = [each for each in patients if [k for k in each if each[k] != "pass"] == [step.name]]
            assert step.last_open == sum(each[step.name] == "review" for each in last)


@pytest.mark.parametrize(
    ("verdict", "limiting", "unknown", "before"),
    [
        ("eligible", [], [], PASS),
        ("needs-review", ["I01"], ["I01"], PASS),
        ("needs-review", ["cohort", "I01"], ["cohort", "I01"], REVIEW),
        ("needs-review", ["patient"], ["patient"], REVIEW),
        ("needs-review", ["I01"], ["I01", "patient"], REVIEW),
        ("ineligible", ["I02"], ["patient"], REVIEW),
        ("ineligible", ["deceased"], ["patient"], FAIL),
        ("ineligible", ["I02"], ["I01"], PASS),
        ("ineligible", ["I02"], ["cohort", "I01"], REVIEW),  # without I02 nobody would be eligible
        ("ineligible", ["cohort"], ["I01"], FAIL),
        ("ineligible", ["deceased"], [], FAIL),
    ],
)
def test_what_stands_before_the_criteria_is_told_whatever_they_say(
    verdict: str, limiting: list[str], unknown: list[str], before: int
) -> None:
    arm = {"trial": "T", "cohort": "c", "stage": "screening", "verdict": verdict, "limiting": limiting, "open": unknown}
    rows = [arm, {**arm, "cohort": "other", "limiting": ["cohort"]}, {**arm, "stage": "infusion", "limiting": ["x"]}]
    assert before_criteria(pa.Table.from_pylist(rows, SCHEMA), "c").tolist() == [before]


def test_the_first_bar_says_who_is_alive(screened: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["report", str(screened), "--out", str(page)]) == 0
    assert ">alive</text>" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("example", "born", "verdict", "alone", "last"),
    [
        pytest.param("eligible-boy", "2015-06-13", "eligible", 0, 0, id="everything else passes"),
        pytest.param("eligible-boy", "1930-01-01", "ineligible", 1, 0, id="one criterion fails"),
        pytest.param("transplant-too-recent", "1987-09-27", "needs-review", 0, 1, id="one criterion is open"),
    ],
)
@pytest.mark.parametrize("is_active", [True, False])
def test_who_is_out_of_use_is_seen_before_any_criterion_whatever_these_say(
    tmp_path: Path, example: str, born: str, verdict: str, alone: int, last: int, is_active: bool
) -> None:
    """Nobody is gained by dropping the criterion that such a patient fails, nor waits for the last one open."""
    made = json.loads((EXAMPLES / "SENL-T7" / f"{example}.json").read_bytes())
    person = next(each["resource"] for each in made["entry"] if each["resource"]["resourceType"] == "Patient")
    person.update(birthDate=born, active=is_active)
    (tmp_path / "in.json").write_text(json.dumps(made))
    batch([tmp_path / "in.json"], tmp_path / "out")
    population = ScreenedPopulation(tmp_path / "out")
    head = population.trials[1]
    (funnel,) = funnels(population, head)
    expected = "needs-review" if verdict == "eligible" and not is_active else verdict
    assert population.manifest["verdicts"][head.id] == {expected: 1}
    assert funnel.steps[0].unknown == (not is_active)
    assert sum(step.alone for step in funnel.steps) == alone
    assert sum(step.gained for step in funnel.steps) == alone * is_active
    assert sum(step.last_open for step in funnel.steps[1:]) == last * is_active


def test_the_funnels_end_is_the_verdict(namesakes: Path) -> None:
    """Also of a Patient who is out of use: all criteria pass, and yet a person has to look."""
    population = ScreenedPopulation(namesakes)
    head = population.trials[1]
    (funnel,) = funnels(population, head)
    verdicts = population.manifest["verdicts"][head.id]
    assert (funnel.eligible, funnel.open, funnel.ineligible) == tuple(
        verdicts.get(name, 0) for name in ("eligible", "needs-review", "ineligible")
    )
