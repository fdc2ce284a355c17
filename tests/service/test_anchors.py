"""`--anchor`: the days of a trial's anchors, and what is told of a wrong one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trialsieve.rules.errors import UsageError
from trialsieve.service.cli import build_parser
from trialsieve.service.request.screening_request import Question, question_from
from trialsieve.service.request.written_values import anchor_days

Run = Callable[..., Any]

SOURCE = "Pulmonary embolism within 6 months before enrollment\n"

TRIAL = """\
trial: {trial}
title: A made-up trial
version: 2026.11.20
effective: 2026-11-20
source: {{file: made-up.txt, sha256: {sha256}, url: "https://example.org"}}
cohorts: [{{id: all}}]
stages: [screening]
anchors: [screening, {anchors}]
criteria:
  - id: X01
    kind: exclusion
    text: Pulmonary embolism within 6 months before enrollment
    logic: a1
    atoms:
      - {{id: a1, quote: Pulmonary embolism, recorded: vasc.pe, {window}, absence: presume}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two trials: one has the anchor enrollment, the other enrollment and infusion, which its window does not name."""
    made = tmp_path_factory.mktemp("our-trials")
    (made / "sources").mkdir()
    (made / "sources" / "made-up.txt").write_text(SOURCE, encoding="utf-8")
    (made / "trials").mkdir()
    sha256 = hashlib.sha256(SOURCE.encode()).hexdigest()
    for trial, anchors, window in (
        ("MADE-1", "enrollment", "within: 6 months, anchor: enrollment"),
        ("MADE-2", "enrollment, infusion", "within: 6 months"),
    ):
        text = TRIAL.format(trial=trial, anchors=anchors, window=window, sha256=sha256)
        (made / "trials" / f"{trial}.yaml").write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def ask(folder: Path) -> Callable[..., Question]:
    """What `trialsieve screen` is asked with these options."""

    def request(*options: str) -> Question:
        arguments = build_parser().parse_args(["screen", "x.json", "--rules", str(folder), *options])
        return question_from(arguments, arguments.trial)

    return request


@pytest.mark.parametrize(
    ("options", "anchors"),
    [
        ((), {}),
        (("--anchor", "enrollment=2026-12-01"), {"enrollment": date(2026, 12, 1)}),
        (("--anchor", "Enrollment=2026-12-01"), {"enrollment": date(2026, 12, 1)}),
        (
            ("--anchor", "infusion=2199-12-31", "--anchor", "enrollment=1900-01-01"),
            {"infusion": date(2199, 12, 31), "enrollment": date(1900, 1, 1)},
        ),
    ],
    ids=" ".join,
)
def test_days_of_anchors_reach_the_evaluators(
    ask: Callable[..., Question], options: tuple[str, ...], anchors: dict[str, date]
) -> None:
    for trials in (("--trial", "MADE-2"), ()):
        assert ask(*trials, *options).circumstances.anchors == anchors


def test_of_several_trials_one_that_declares_the_anchor_is_enough(ask: Callable[..., Question]) -> None:
    question = ask("--trial", "MADE-1", "MADE-2", "--anchor", "infusion=2026-12-01")
    assert question.circumstances.anchors == {"infusion": date(2026, 12, 1)}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--trial MADE-1 --anchor infusion=2026-12-01", "no anchor 'infusion' in MADE-1; there are: enrollment"),
        ("--trial MADE-2 --anchor enrolment=2026-12-01", "no anchor 'enrolment' in MADE-2; did you mean enrollment?"),
        ("--trial MADE-1 MADE-2 --anchor x=2026-12-01", "in the trials asked for; there are: enrollment, infusion"),
        ("--trial NCT04762485 --anchor enrollment=2026-12-01", "'enrollment' in NCT04762485; there are: none"),
        ("--trial MADE-1 --anchor unstated=2026-12-01", "no anchor 'unstated' in MADE-1; there are: enrollment"),
        (
            "--trial MADE-1 --anchor enrollment=2026-12-01 --anchor Enrollment=2026-12-02",
            "--anchor Enrollment=2026-12-02: 'enrollment' is given twice",
        ),
    ],
)
def test_an_anchor_that_no_trial_asked_for_declares_is_refused(
    ask: Callable[..., Question], options: str, told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        ask(*options.split())
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (["enrollment"], "--anchor 'enrollment': write it as NAME=YYYY-MM-DD, such as enrollment=2026-12-01"),
        (["2026-12-01"], "write it as NAME=YYYY-MM-DD"),
        (["=2026-12-01"], "write it as NAME=YYYY-MM-DD"),
        ([""], "write it as NAME=YYYY-MM-DD"),
        (["enrollment="], "--anchor enrollment '': write the day as YYYY-MM-DD"),
        (["enrollment=soon"], "--anchor enrollment 'soon': write the day as YYYY-MM-DD"),
        (["enrollment=2026-02-29"], "--anchor enrollment '2026-02-29': no such day"),
        (["enrollment=2200-01-01"], "--anchor enrollment 2200-01-01: the year must lie between 1900 and 2199"),
        (["enrollment=2026-12-01", "enrollment=2026-12-01"], "'enrollment' is given twice"),
        (["screening=2026-12-01"], "screening is the as-of date; give it with --as-of"),
        (["Screening=2026-12-01"], "screening is the as-of date"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_anchor_is_told_with_what_to_write(written: list[str], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        anchor_days(written)
    assert told in str(caught.value)


@pytest.mark.parametrize("command", ["screen", "explain"])
def test_a_wrong_anchor_ends_the_command_with_2(run: Run, folder: Path, command: str) -> None:
    named = ["--patient", "p1"] if command == "explain" else []
    asked = ["--trial", "MADE-1", "--rules", folder, "--anchor", "infusion=2026-12-01"]
    ended = run(command, "x.json", *named, *asked)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "trialsieve: no anchor 'infusion' in MADE-1; there are: enrollment\n"


def embolism(patient: str, on: str) -> dict[str, Any]:
    """Pulmonary embolism (SNOMED CT 59282003), from its onset to a day later."""
    return {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "59282003"}]},
        "clinicalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}]
        },
        "verificationStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "confirmed"}]
        },
        "onsetDateTime": on,
        "abatementDateTime": on,
    }


@pytest.fixture
def record(write: Callable[..., Path], bundle: Callable[..., Any]) -> Path:
    return write("p1.json", bundle(further=[embolism("p1", "2026-08-01")]))


@pytest.mark.parametrize(
    ("enrolled", "effect"),
    [
        (None, "review"),
        ("2026-07-31", "pass"),
        ("2026-08-01", "fail"),
        ("2026-11-20", "fail"),
        ("2027-02-01", "review"),
        ("2027-02-02", "pass"),
    ],
)
def test_a_window_lies_before_the_day_of_its_anchor(
    run: Run, folder: Path, record: Path, enrolled: str | None, effect: str
) -> None:
    given = [] if enrolled is None else ["--anchor", f"enrollment={enrolled}"]
    asked = [record, "--rules", folder, "--trial", "MADE-1", "--as-of", "2026-11-20", *given]
    screened = run("screen", *asked, "--format", "ndjson")
    (criterion,) = screened.results[0]["criteria"]
    assert criterion["effect"] == effect, criterion
    explained = run("explain", *asked, "--patient", "p1")
    assert explained.out.splitlines()[1].startswith(screened.results[0]["verdict"])


def test_what_time_alone_will_change_is_said_and_comes_true(run: Run, folder: Path, record: Path) -> None:
    asked = [record, "--rules", folder, "--trial", "MADE-2", "--as-of"]
    for shown in (run("screen", *asked, "2026-11-20"), run("explain", *asked, "2026-11-20", "--patient", "p1")):
        assert "It passes from 2027-02-02 on, if nothing new is recorded" in " ".join(shown.out.split())
    verdicts = {day: run("screen", *asked, day, "--format", "ndjson") for day in ("2027-02-01", "2027-02-02")}
    assert [one.results[0]["verdict"] for one in verdicts.values()] == ["ineligible", "eligible"]


def test_show_lists_the_anchors(run: Run, folder: Path) -> None:
    assert "\n  anchors: screening, enrollment, infusion\n" in run("show", "MADE-2", "--rules", folder).out
