"""`trialsieve.Screening`: the same answers as `trialsieve screen`, in whatever shape a record is handed over."""

from __future__ import annotations

import gzip
import json
import logging
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import trialsieve
from trialsieve.engine.screening import Screener
from trialsieve.service import python_interface
from trialsieve.service.cli import main

TRIAL = "NCT04762485"
AS_OF = "2026-11-20"

Bundle = dict[str, Any]


def lines(results: Any) -> str:
    return "".join(result.to_json() + "\n" for result in results)


def faulty(bundle: Bundle) -> Bundle:
    """The Bundle with a resource that cannot be read: its code is a number."""
    broken = {
        "resourceType": "Observation",
        "id": "broken",
        "code": 7,
        "subject": {"reference": "Patient/needs-review"},
    }
    return {**bundle, "entry": [*bundle["entry"], {"resource": broken}]}


# --- the same bytes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("covers", [(), ("all",), ("Condition", "Procedure")])
@pytest.mark.parametrize("absence", ["presume", "unknown"])
def test_files_give_the_bytes_of_the_command_line(root: Path, tmp_path: Path, absence: Any, covers: Any) -> None:
    folder, out = str(root / "examples" / "NCT07120607"), tmp_path / "out.json"
    asked = ["--trial", "NCT07120607", TRIAL, "--as-of", AS_OF, "--absence", absence]
    asked += ["--anchor", "enrollment=2026-12-01", "--site", str(root / "examples" / "site.yaml")]
    asked += ["--covers", ",".join(covers)] if covers else []
    assert main(["screen", folder, *asked, "--format", "json", "--out", str(out)]) == 0
    screening = trialsieve.Screening(
        trials=["NCT07120607", TRIAL],
        as_of=date(2026, 11, 20),
        absence=absence,
        anchors={"enrollment": date(2026, 12, 1)},
        covers=covers,
        site=root / "examples" / "site.yaml",
    )
    results = [result.to_json() for result in screening.screen_files(folder)]
    assert len(results) > 4
    assert "[\n" + ",\n".join(results) + "\n]\n" == out.read_text(encoding="utf-8")


SHAPES: dict[str, Callable[[Bundle], Any]] = {
    "a dict": lambda bundle: bundle,
    "text": lambda bundle: json.dumps(bundle, indent=2),
    "text with a byte order mark": lambda bundle: "\ufeff" + json.dumps(bundle),
    "bytes": lambda bundle: json.dumps(bundle).encode(),
    "bytes in UTF-16": lambda bundle: json.dumps(bundle).encode("utf-16"),
    "gzipped bytes": lambda bundle: gzip.compress(json.dumps(bundle).encode()),
    "a bytearray": lambda bundle: bytearray(json.dumps(bundle).encode()),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_shape_is_screened_as_the_file_is(
    screening: trialsieve.Screening, example: Path, bundle: Bundle, shape: Callable[[Bundle], Any]
) -> None:
    screened = screening.screen(shape(bundle), source=str(example))
    assert len(screened) == 1
    assert lines(screened) == lines(screening.screen_files(example))


def test_ndjson_in_memory_is_screened_as_the_file_is(
    screening: trialsieve.Screening, bundle: Bundle, tmp_path: Path
) -> None:
    path = tmp_path / "resources.ndjson"
    path.write_text("\n".join(json.dumps(entry["resource"]) for entry in bundle["entry"]), encoding="utf-8")
    files = list(screening.screen_files(path))
    assert len(files) == 1
    # What a whole directory holds is named by the directory.
    text = path.read_text(encoding="utf-8")
    assert lines(screening.screen(text, source=files[0].source)) == lines(files)


def test_a_dict_stays_as_it_was(screening: trialsieve.Screening, bundle: Bundle) -> None:
    before = json.dumps(bundle)
    screening.screen(bundle)
    assert json.dumps(bundle) == before


def test_findings_are_there_where_they_were_asked_for_and_change_no_byte(
    screening: trialsieve.Screening, bundle: Bundle
) -> None:
    with_findings = trialsieve.Screening(trials=TRIAL, as_of=AS_OF, findings=True).screen(bundle)[0]
    without = screening.screen(bundle)[0]
    assert (bool(with_findings.findings), without.findings) == (True, ())
    assert with_findings.to_json() == without.to_json()


# --- results --------------------------------------------------------------------------------------------------------


def test_a_result_is_typed_and_cannot_be_changed(screening: trialsieve.Screening, bundle: Bundle) -> None:
    result = screening.screen(bundle)[0]
    assert (result.patient, result.trial, result.verdict) == ("Patient/needs-review", TRIAL, "needs-review")
    assert result.verdict is trialsieve.Verdict.NEEDS_REVIEW
    assert result.criterion("I06").reasons == (trialsieve.Reason.REGISTRY_ERROR,)
    assert result.criterion("I06").effect is trialsieve.Effect.REVIEW
    assert result.to_dict() == json.loads(result.to_json())
    with pytest.raises(AttributeError):
        result.verdict = trialsieve.Verdict.ELIGIBLE  # type: ignore[misc]
    with pytest.raises(trialsieve.UsageError, match="no criterion 'I99' in NCT04762485; there are: I01, "):
        result.criterion("I99")


def test_a_result_is_shown_in_one_short_line(screening: trialsieve.Screening, bundle: Bundle) -> None:
    shown = repr(screening.screen(bundle)[0])
    assert shown == "<ScreeningResult Patient/needs-review NCT04762485 as of 2026-11-20: needs-review>"


def test_results_and_a_screening_go_to_another_process(screening: trialsieve.Screening, bundle: Bundle) -> None:
    screened = screening.screen(bundle)
    assert pickle.loads(pickle.dumps(screened)) == screened
    again: trialsieve.Screening = pickle.loads(pickle.dumps(screening))
    assert again.screen(bundle) == screened


def test_several_patients_come_one_by_one_in_the_order_of_the_trials(root: Path) -> None:
    screening = trialsieve.Screening(trials=["senl-t7", TRIAL], as_of=AS_OF)
    assert screening.trials == ("SENL-T7", TRIAL)
    stream = screening.screen_files(
        root / "examples" / TRIAL / "needs-review.json", root / "examples" / TRIAL / "attested.json"
    )
    assert [(result.patient, result.trial) for result in stream] == [
        ("Patient/needs-review", "SENL-T7"),
        ("Patient/needs-review", TRIAL),
        ("Patient/attested", "SENL-T7"),
        ("Patient/attested", TRIAL),
    ]


def test_without_a_day_it_is_the_day_of_the_call(monkeypatch: pytest.MonkeyPatch, bundle: Bundle) -> None:
    screening = trialsieve.Screening(trials=TRIAL)
    for day in (date(2026, 11, 20), date(2026, 11, 21)):
        monkeypatch.setattr(python_interface, "today", lambda site, day=day: day)
        assert screening.screen(bundle)[0].as_of == day.isoformat()


# --- problems -------------------------------------------------------------------------------------------------------


def test_what_cannot_be_used_is_named(
    screening: trialsieve.Screening, bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    screened = screening.screen(faulty(bundle), source="here")
    assert [(problem.source, problem.reference) for problem in screened.problems] == [("here", "Observation/broken")]
    assert screened.results
    with pytest.raises(trialsieve.InputProblemsError, match="here: Observation/broken: ") as caught:
        screened.raise_for_problems()
    assert caught.value.problems == screened.problems
    assert [(r.name, r.levelno, r.getMessage()) for r in caplog.records] == [
        ("trialsieve", logging.WARNING, "1 input problem; `problems` names them")
    ]


def test_where_all_was_used_nothing_is_raised_or_logged(
    screening: trialsieve.Screening, bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    screened = screening.screen(bundle)
    assert screened.raise_for_problems() is screened
    assert (screened.problems, caplog.records) == ((), [])


def test_a_stream_names_problems_as_it_goes(
    screening: trialsieve.Screening, bundle: Bundle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "1.json").write_text(json.dumps(faulty(bundle)), encoding="utf-8")
    (tmp_path / "2.json").write_text("{", encoding="utf-8")
    (tmp_path / "3.txt").write_text("", encoding="utf-8")
    stream = screening.screen_files(tmp_path)
    next(stream)
    assert [problem.reference for problem in stream.problems] == ["Observation/broken"]
    assert caplog.records == []
    assert list(stream) == []
    assert [problem.source for problem in stream.problems] == [str(tmp_path / name) for name in ("1.json", "2.json")]
    assert stream.skipped == 1
    with pytest.raises(trialsieve.InputProblemsError, match=r"^2 input problems:"):
        stream.raise_for_problems()
    assert "2 input problems" in caplog.text


def test_notes_are_told_and_raise_nothing(
    screening: trialsieve.Screening, bundle: Bundle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "1.json").write_text(json.dumps(bundle), encoding="utf-8")
    (tmp_path / "2.json").write_text('{"resourceType": "Organization", "id": "o"}', encoding="utf-8")
    stream = screening.screen_files(tmp_path)
    assert len(list(stream)) == 1
    assert [problem.notice for problem in stream.problems] == [True]
    assert stream.raise_for_problems() is stream
    noted = trialsieve.Screened((), stream.problems)
    assert noted.raise_for_problems() is noted
    assert caplog.records == []


def test_it_counts_the_patients_who_wait_for_a_kind_that_nobody_vouched_for(tmp_path: Path) -> None:
    bare = {"resourceType": "Patient", "gender": "female", "birthDate": "1990-05-04"}
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps({**bare, "id": name}), encoding="utf-8")
    asked = trialsieve.Screening(trials=[TRIAL], as_of=AS_OF)
    assert asked.screen({**bare, "id": "a"}).not_covered == {"Condition": 1}
    stream = asked.screen_files(tmp_path)
    next(stream)
    assert stream.not_covered == {"Condition": 1}
    assert len(list(stream)) == 1
    assert stream.not_covered == {"Condition": 2}
    vouched = trialsieve.Screening(trials=[TRIAL], as_of=AS_OF, covers="Condition")
    assert vouched.screen({**bare, "id": "a"}).not_covered == {}


def test_an_error_of_many_problems_tells_the_first_and_keeps_all() -> None:
    problems = [trialsieve.InputProblem("file", f"Observation/{number}", "why") for number in range(7)]
    error = trialsieve.InputProblemsError("7 input problems:", problems)
    assert str(error).splitlines()[-2:] == ["  file: Observation/4: why", "  and 2 more"]
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.problems) == (str(error), error.problems)


UNUSABLE: dict[str, tuple[Any, str]] = {
    "JSON that breaks off": (b"{", "not valid JSON at line 1"),
    "nothing": (b"", "the file is empty"),
    "a list of resources": ([{"resourceType": "Patient"}], "as a dict, or as JSON text or bytes, not list"),
    "a JSON array": ("[]", "a JSON array; give the Bundle itself"),
    "no FHIR": ({"a": 1}, "no FHIR"),
    "a Bundle of nobody": ({"resourceType": "Bundle", "type": "collection"}, "no usable FHIR about a patient"),
    "a path as text": ("examples/", "to read a file or a directory, use screen_files"),
    "a path": (Path("examples"), "a path is read by screen_files"),
    "what JSON cannot hold": ({"resourceType": "Patient", "x": Decimal(1)}, "not JSON serializable: decimal.Decimal"),
    "half a character": ('{"resourceType": "\ud800"}', "text that is not Unicode"),
    "half a character in a dict": ({"resourceType": "\ud800"}, "surrogates not allowed"),
    "a number": (7, "not int"),
    "None": (None, "not NoneType"),
}


@pytest.mark.parametrize(("given", "said"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_holds_no_record_is_an_error_of_ours(screening: trialsieve.Screening, given: Any, said: str) -> None:
    with pytest.raises((trialsieve.UsageError, trialsieve.InputProblemsError)) as caught:
        screening.screen(given)
    assert said in str(caught.value)


def test_paths_that_hold_nothing_are_errors_of_ours(screening: trialsieve.Screening, tmp_path: Path) -> None:
    with pytest.raises(trialsieve.InputError, match="cannot be read"):
        screening.screen_files(tmp_path / "nowhere")
    with pytest.raises(trialsieve.UsageError, match="name a file or a directory"):
        screening.screen_files()
    given: Any
    for given in ([tmp_path], tmp_path.iterdir()):
        with pytest.raises(trialsieve.UsageError, match=r"one by one: screen_files\(\*paths\)"):
            screening.screen_files(given)
    for given in (7, b"a.json"):
        with pytest.raises(trialsieve.UsageError, match=f"give text or several texts, not {type(given).__name__}"):
            screening.screen_files(given)
    (tmp_path / "1.json").write_text("{", encoding="utf-8")
    with pytest.raises(trialsieve.InputProblemsError) as caught:
        list(screening.screen_files(tmp_path))
    assert [problem.source for problem in caught.value.problems] == [str(tmp_path / "1.json")]


def test_a_fault_of_the_program_is_an_error_of_ours(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    screening = trialsieve.Screening(trials=TRIAL, as_of=AS_OF)

    def fail(*_: Any, **__: Any) -> None:
        raise KeyError("something of a record")

    monkeypatch.setattr(screening._screener, "screen", fail)
    with pytest.raises(trialsieve.EngineError, match="KeyError") as caught:
        screening.screen(bundle)
    assert "something of a record" not in str(caught.value)


# --- arguments ------------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no such trial": ({"trials": ["NCT04762486"]}, "did you mean NCT04762485"),
    "a trial that is no text": ({"trials": [7]}, "trials: give text or several texts, not int"),
    "a trial of one's own": ({"trials": "NCT00000001"}, "(a trial of your own needs rules=DIR)"),
    "a day that is none": ({"as_of": "2026-02-30"}, "as_of '2026-02-30': no such day"),
    "a day and time": (
        {"as_of": datetime(2026, 11, 20)},
        "as_of: give a date, or text such as 2026-11-20, not datetime",
    ),
    "another absence": ({"absence": "maybe"}, "absence 'maybe': choose from presume, unknown"),
    "no such anchor": ({"trials": TRIAL, "anchors": {"enrolment": AS_OF}}, "no anchor 'enrolment'"),
    "an anchor's day that is none": ({"anchors": {"enrollment": "soon"}}, "anchors enrollment 'soon': write the day"),
    "screening as an anchor": ({"anchors": {"screening": AS_OF}}, "give it with as_of"),
    "no such kind": ({"covers": ["Observation"]}, "covers 'Observation': choose all, or from"),
    "no such rules": ({"rules": "nowhere"}, "rules nowhere: no such directory"),
    "no such site": ({"site": "nowhere.yaml"}, "site nowhere.yaml: no such file"),
    "a site that is no path": ({"site": 7}, "site: give text"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_a_usage_error_that_names_it(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(trialsieve.UsageError) as caught:
        trialsieve.Screening(**arguments)
    assert said in str(caught.value)
    assert "--" not in str(caught.value)


def test_wrong_rule_files_name_every_problem(tmp_path: Path) -> None:
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials" / "own.yaml").write_text("trial: [\n", encoding="utf-8")
    with pytest.raises(trialsieve.RuleFilesError) as caught:
        trialsieve.Screening(rules=tmp_path)
    assert caught.value.problems


# --- threads --------------------------------------------------------------------------------------------------------


def test_threads_share_one_and_get_the_same_bytes(root: Path) -> None:
    screening = trialsieve.Screening(as_of=AS_OF)
    records = [path.read_bytes() for path in sorted((root / "examples" / TRIAL).glob("*.json"))]
    alone = [lines(screening.screen(record)) for record in records]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda record: lines(screening.screen(record)), records * 4))
    assert together == alone * 4


def test_one_patient_is_screened_at_a_time_also_by_several_screenings(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    screenings = [trialsieve.Screening(trials=TRIAL, as_of=AS_OF) for _ in range(2)]
    busy = threading.Lock()
    met: list[bool] = []
    screen = Screener.screen

    def watched(*arguments: Any, **named: Any) -> Any:
        met.append(free := busy.acquire(blocking=False))
        try:
            threading.Event().wait(0.02)
            return screen(*arguments, **named)
        finally:
            if free:
                busy.release()

    monkeypatch.setattr(Screener, "screen", watched)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: screenings[number % 2].screen(bundle), range(8)))
    assert met == [True] * 8


def test_what_is_done_with_a_result_holds_nobody_up(
    screening: trialsieve.Screening, example: Path, bundle: Bundle
) -> None:
    for result in screening.screen_files(example):
        assert screening.screen(bundle)[0].patient == result.patient
