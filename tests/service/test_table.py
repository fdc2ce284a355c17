"""The coordinator's table: who comes first, and what is said of each."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from trialsieve.engine.result import ArmResult, AtomResult, OpenItems, ReadingResult, ScreeningResult
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.trial import Trial
from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason, Verdict
from trialsieve.service.text.nearness import nearness
from trialsieve.service.text.paper import Paper, cells
from trialsieve.service.text.table import TableWriter

Result = Callable[..., ScreeningResult]
Criterion = Callable[..., Any]

TRIAL = "NCT04762485"
FAIL, REVIEW = Effect.FAIL, Effect.REVIEW


@pytest.fixture(scope="module")
def trials() -> dict[str, Trial]:
    return dict(cached_rules().trials)


@pytest.fixture
def table(trials: dict[str, Trial]) -> Callable[..., str]:
    def make(
        *patients: Iterable[ScreeningResult] | ScreeningResult,
        width: int = 100,
        verbose: bool = False,
        colour: bool = False,
        details: bool = False,
    ) -> str:
        stream = io.BytesIO()
        writer = TableWriter(stream, Paper(width, colour), trials, verbose=verbose, details=details)
        for one in patients:
            writer.write([one] if isinstance(one, ScreeningResult) else one)
        writer.close()
        return stream.getvalue().decode()

    return make


def patients_in(text: str) -> list[str]:
    return re.findall(r"^(Patient/\S+)", text, re.MULTILINE)


def test_patients_come_nearest_to_eligible_first(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    given = {
        "eligible": [criterion("I01")],
        "judged": [criterion("I01", REVIEW, reasons=[Reason.JUDGEMENT])],
        "one-open": [criterion("I01", REVIEW)],
        "one-open-one-judged": [criterion("I01", REVIEW), criterion("I02", REVIEW, reasons=[Reason.JUDGEMENT])],
        "two-open": [criterion("I01", REVIEW), criterion("I02", REVIEW)],
        "one-fails": [criterion("I01", FAIL), criterion("I02", REVIEW), criterion("I03", REVIEW)],
        "two-fail": [criterion("I01", FAIL), criterion("I02", FAIL)],
    }
    backwards = [result(*criteria, patient=f"Patient/{name}") for name, criteria in reversed(given.items())]
    assert patients_in(table(*backwards, details=True)) == [f"Patient/{name}" for name in given]


def test_of_several_patients_a_list_goes_before(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    fails = result(criterion("I03", FAIL), criterion("I04", FAIL), patient="Patient/a")
    waits = result(criterion("I01", REVIEW), criterion("X09", REVIEW, reasons=[Reason.JUDGEMENT]), patient="Patient/b")
    near = result(patient="Patient/c")
    assert table(fails, waits, near).splitlines()[:4] == [
        "Nearest to eligible first; all are in record.json",
        "  eligible     Patient/c NCT04762485",
        "  needs-review Patient/b NCT04762485: waiting for data (I01), judgement (X09)",
        "  ineligible   Patient/a NCT04762485: I03, I04",
    ]
    assert "Nearest" not in table(fails)


def held(criterion: Criterion, name: str, *others: Reason, presumed: bool | None = None) -> Any:
    """An inclusion whose text is on hold, with what its presumed reading comes to."""
    readings = (ReadingResult("as-written", True, "Would pass."), ReadingResult("presumed", presumed, "Would fail."))
    return replace(criterion(name, REVIEW, reasons=[*others, Reason.REGISTRY_ERROR]), readings=readings)


def on_hold(given: ScreeningResult, *names: str) -> ScreeningResult:
    """The result, these criteria of it sorted as the public lists sort what is on hold."""
    (arm,) = given.arms
    data = tuple(name for name in arm.open.data if name not in names)
    return replace(given, arms=(replace(arm, open=replace(arm.open, data=data, registry=names)),))


def test_what_is_on_hold_and_lacks_data_waits_for_both(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    lacking = held(criterion, "I06", Reason.NO_DATA)
    judged = held(criterion, "I07", Reason.JUDGEMENT)
    text = table(on_hold(result(lacking, judged), "I06", "I07"), result())
    told = "waiting for data (I06), the registry (I06, I07)"
    assert f"{TRIAL}: {told}\n" in text
    assert f"0 pass, 0 fail, 2 review; {told}\n" in text


def test_what_would_fail_as_presumed_comes_after_and_the_list_says_so(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    failing = on_hold(result(held(criterion, "I06", presumed=False), patient="Patient/fails"), "I06")
    passing = on_hold(result(held(criterion, "I06", presumed=True), patient="Patient/passes"), "I06")
    far = result(criterion("I01", REVIEW), criterion("I02", REVIEW), patient="Patient/two-open")
    lines = table(failing, far, passing, width=200).splitlines()[1:4]
    assert [line.split()[1] for line in lines] == ["Patient/passes", "Patient/two-open", "Patient/fails"]
    assert ["would fail as presumed (I06)" in line for line in lines] == [False, False, True]


def test_an_exclusion_would_fail_where_it_holds_as_presumed(result: Result, criterion: Criterion) -> None:
    def near(holds: bool) -> tuple[int, ...]:
        excludes = replace(held(criterion, "X06", presumed=holds), kind=CriterionKind.EXCLUSION)
        return nearness(on_hold(result(excludes), "X06"))

    assert near(False) < near(True)


@pytest.mark.parametrize(("patients", "shown"), [(5, 5), (6, 0)])
def test_of_more_than_five_patients_the_list_alone_is_shown(
    table: Callable[..., str], result: Result, patients: int, shown: int
) -> None:
    given = [result(patient=f"Patient/{number}") for number in range(patients)]
    text = table(*given)
    assert len(patients_in(text)) == shown
    assert text.count("  eligible     Patient/") == patients
    assert ("--details shows them" in text) is (shown == 0)
    assert len(patients_in(table(*given, details=True))) == len(patients_in(table(*given, verbose=True))) == patients


@pytest.mark.parametrize(
    ("sources", "title", "shown"),
    [
        (("data/a.json", "data/b/c.json"), "; files are in data", ["a.json", "b/c.json"]),
        (("data", "data/c.json"), "; files are in data", ["data", "c.json"]),
        (("/data/a.json", "b.json"), "", ["/data/a.json", "b.json"]),
        (("a.json", "-"), "", ["a.json", "-"]),
        # One patient, read from two places.
        (("data/a.json, data/b.json", "data/c.json"), "; files are in data", ["a.json, b.json", "c.json"]),
        (("d1/a.json, d2/b.json", "d1/c.json"), "", ["d1/a.json, d2/b.json", "d1/c.json"]),
        (("/d1/a.json, d2/b.json", "/d1/c.json"), "", ["/d1/a.json, d2/b.json", "/d1/c.json"]),
        (("data/Doe, J.json", "data/Roe, R.json"), "", ["data/Doe, J.json", "data/Roe, R.json"]),
    ],
)
def test_the_list_names_each_file(
    table: Callable[..., str], result: Result, sources: tuple[str, ...], title: str, shown: list[str]
) -> None:
    given = [replace(result(patient=f"Patient/{number}"), source=source) for number, source in enumerate(sources)]
    first, *rows = table(*given).splitlines()[: len(sources) + 1]
    assert first == f"Nearest to eligible first{title}"
    assert [row.partition(f" {TRIAL}")[2].strip() for row in rows] == shown


def test_the_list_and_the_details_count_the_same_cohorts_apart(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    near = ArmResult("near", "screening", Verdict.NEEDS_REVIEW, ("I01",), OpenItems(data=("I01",)))
    far = ArmResult("far", "screening", Verdict.NEEDS_REVIEW, ("I01", "I02"), OpenItems(data=("I01", "I02")))
    later = ArmResult("near", "infusion", Verdict.NEEDS_REVIEW, ("I01", "F01"), OpenItems(data=("I01", "F01")))
    opened = [criterion("I01", REVIEW), criterion("I02", REVIEW), criterion("F01", REVIEW, stage="infusion")]
    text = table(replace(result(*opened), arms=(near, far, later)), result(patient="Patient/p2"))
    assert f"{TRIAL}: near: waiting for data (I01)\n" in text
    assert "    near: waiting for data (I01)\n    far: waiting for data (I01, I02)\n" in text
    assert "1 review; waiting for data (F01)\n" in text


def test_a_cohorts_own_condition_is_explained_as_a_criterion_is(table: Callable[..., str], result: Result) -> None:
    gate = AtomResult("gate", "From earlier donors.", None, (Reason.UNSPECIFIC,), (), (), "Its donor is not stated.")
    arm = ArmResult("donor", "screening", Verdict.NEEDS_REVIEW, ("cohort",), OpenItems(data=("cohort",)), gate)
    text = table(replace(result(), verdict=Verdict.NEEDS_REVIEW, arms=(arm,)))
    assert "open cohort donor: “From earlier donors.”" in text
    assert "Its donor is not stated." in text
    assert "waiting for data (the cohort's own condition)" in text


def test_a_reading_that_the_sentence_tells_is_not_told_again(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    told = replace(held(criterion, "I06"), explanation="Read as-written: would pass; presumed: unknown.")
    text = table(on_hold(result(told), "I06"))
    assert "reading as-written" not in text
    assert "reading presumed: Would fail." in text


def test_a_record_that_is_set_aside_says_so_in_the_list(table: Callable[..., str], result: Result) -> None:
    arm = ArmResult("all", "screening", Verdict.NEEDS_REVIEW, ("patient",), OpenItems())
    inactive = replace(result(), verdict=Verdict.NEEDS_REVIEW, arms=(arm,))
    text = table(inactive, result(patient="Patient/p2"))
    assert f"needs-review Patient/p1 {TRIAL}: the patient's record is inactive or replaced\n" in text
    assert "at screening: needs-review (open: the patient's record is inactive or replaced)" in text


def test_equally_near_patients_come_by_reference(table: Callable[..., str], result: Result) -> None:
    assert patients_in(table(result(patient="Patient/b"), result(patient="Patient/a"))) == ["Patient/a", "Patient/b"]


def test_the_deceased_come_last(result: Result, criterion: Criterion) -> None:
    alive = result(*(criterion(f"I0{number}", FAIL) for number in range(9)))
    arm = ArmResult("all", "screening", Verdict.INELIGIBLE, ("deceased",), OpenItems())
    deceased = replace(result(), verdict=Verdict.INELIGIBLE, arms=(arm,))
    assert nearness(alive) < nearness(deceased)


def test_a_trial_with_several_cohorts_is_as_near_as_its_nearest(result: Result, criterion: Criterion) -> None:
    far = ArmResult("new", "screening", Verdict.NEEDS_REVIEW, ("I01", "I02"), OpenItems(data=("I01", "I02")))
    near = ArmResult("autologous", "screening", Verdict.NEEDS_REVIEW, ("I01",), OpenItems(data=("I01",)))
    shut = ArmResult("prior", "screening", Verdict.INELIGIBLE, ("I09",), OpenItems())
    both = replace(result(criterion("I01", REVIEW)), arms=(far, shut, near))
    assert nearness(both) == nearness(replace(both, arms=(near,)))


def test_later_stages_do_not_count_for_nearness(result: Result, criterion: Criterion) -> None:
    one = result(criterion("I01"))
    later = ArmResult("all", "infusion", Verdict.NEEDS_REVIEW, ("F01",), OpenItems(data=("F01",)))
    assert nearness(replace(one, arms=(*one.arms, later))) == (0, 0, 0)


def test_what_fails_comes_before_what_is_open_and_what_passes_is_left_out(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    text = table(result(criterion("I01"), criterion("I02", REVIEW), criterion("I03", FAIL)))
    assert re.findall(r"^ +(fails|open|pass) +(\w+)", text, re.MULTILINE) == [("fails", "I03"), ("open", "I02")]
    assert text.index("ineligible") < text.index("I03")
    assert "1 pass, 1 fail, 1 review" in text


def test_verbose_shows_what_passes_and_what_was_assumed(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    given = result(criterion("I01", assumptions=["no pulmonary embolism on record"]))
    assert "I01" not in table(given)
    text = table(given, verbose=True)
    assert re.search(r"^ +pass +I01", text, re.MULTILINE)
    assert "assumed: no pulmonary embolism on record" in text


def test_an_open_criterion_shows_sentence_reason_and_evidence(
    table: Callable[..., str], result: Result, criterion: Criterion
) -> None:
    stale = criterion(
        "I05",
        REVIEW,
        text="LVEF \\>= 50 %",
        reasons=[Reason.STALE],
        explanation="LVEF 55 % on 2026-01-02: too old to speak for today.",
        evidence={"Observation/o1": "LVEF 55 % on 2026-01-02"},
    )
    text = table(result(replace(stale, readings=(ReadingResult("as-written", None, "As written: unknown."),))))
    assert "“LVEF >= 50 %”" in text
    assert "unknown: too old, or not of the time asked about\n" in text
    assert "Observation/o1: LVEF 55 % on 2026-01-02" in text
    assert "reading as-written: As written: unknown." in text
    assert "waiting for data (I05)" in text


@pytest.mark.parametrize("width", [60, 79, 120, 200])
def test_no_line_is_wider_than_the_paper_and_no_word_is_lost(
    table: Callable[..., str], result: Result, criterion: Criterion, width: int
) -> None:
    sentence = "Patients with recurrent acute leukemia whose marrow shows blasts " * 6 + "x" * 240
    given = result(criterion("I01", FAIL, text=sentence, evidence={"Observation/" + "o" * 80: sentence}))
    text = table(given, width=width)
    assert max(cells(line) for line in text.splitlines()) <= width
    assert text.count("marrow") == 12
    assert text.count("x") >= 480


def test_a_record_cannot_steer_the_terminal(table: Callable[..., str], result: Result, criterion: Criterion) -> None:
    text = table(result(criterion("I01", FAIL, evidence={"Observation/\x1b[2J": "\x1b]0;owned\x07\u202elaer"})))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_colour_is_only_there_when_asked_for(table: Callable[..., str], result: Result, criterion: Criterion) -> None:
    given = result(criterion("I01", FAIL))
    plain, coloured = table(given), table(given, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert coloured != plain


def test_criteria_of_a_later_stage_stand_apart(table: Callable[..., str], result: Result, criterion: Criterion) -> None:
    text = table(result(criterion("I01", REVIEW), criterion("F01", REVIEW, stage="infusion")))
    assert text.index("I01") < text.index("Only at the stage infusion") < text.index("F01")
    assert text.count("0 pass, 0 fail, 1 review") == 2


def test_each_cohort_is_named_where_there_are_several(table: Callable[..., str], result: Result) -> None:
    arms = (
        ArmResult("autologous", "screening", Verdict.ELIGIBLE, (), OpenItems()),
        ArmResult("new-donor", "screening", Verdict.INELIGIBLE, ("cohort",), OpenItems()),
    )
    text = table(replace(result(), arms=arms))
    assert "autologous at screening: eligible" in text
    assert "new-donor at screening: ineligible (fails: the cohort's own condition)" in text


def test_the_page_says_that_it_is_advice(table: Callable[..., str], result: Result) -> None:
    assert table(result()).splitlines()[-1].startswith("Advice, not a decision")
    assert "Nobody has a verdict that --verdict asks for." in table()
