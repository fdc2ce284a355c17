"""The note about kinds of which a record holds nothing: one line for the run, and what it advises helps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

ONE = ("--trial", "NCT04762485", "--as-of", "2026-11-20", "--format", "ndjson")
EXAMPLES = Path(__file__).parents[2] / "examples"
LEUKEMIA = {  # T-ALL, so that the one who has it stays open
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "277575008"}]},
}
APPENDECTOMY = {
    "resourceType": "Procedure",
    "id": "a1",
    "status": "completed",
    "subject": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "80146002"}]},
    "performedDateTime": "2010-01-02",
}

CD7 = {
    "resourceType": "Observation",
    "id": "m1",
    "status": "final",
    "subject": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "http://loinc.org", "code": "13846-1"}]},
    "effectiveDateTime": "2026-10-06",
    "method": {"text": "Flow cytometry"},
    "valueQuantity": {"value": 85, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
}

Run = Callable[..., Any]
Write = Callable[..., Path]
Bundle = Callable[..., dict[str, Any]]


def notes(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("note: ")]


def test_it_says_how_many_have_nothing_of_a_kind_and_what_to_say_if_that_is_all(
    run: Run, write: Write, bundle: Bundle
) -> None:
    write("in/a.json", bundle("a"))
    folder = write("in/b.json", bundle("b")).parent
    ended = run("screen", folder, *ONE)
    assert ended.status == 0
    assert notes(ended.err) == [
        "note: 2 patients have no Condition on record: what is not in the inputs may still exist, so what depends on "
        "it stays open (not-retrieved). If they hold all there is of a kind, say so: --covers Condition"
    ]


def test_only_those_who_have_none_are_counted(run: Run, write: Write, bundle: Bundle) -> None:
    write("in/a.json", bundle("p1", further=[LEUKEMIA]))
    folder = write("in/b.json", bundle("b")).parent
    ended = run("screen", folder, *ONE)
    assert [result["verdict"] for result in ended.results] == ["needs-review", "needs-review"]
    assert ['"not-retrieved"' in line for line in ended.out.splitlines()] == [False, True]
    (note,) = notes(ended.err)
    assert note.startswith("note: 1 patient has no Condition on record: ")


def test_a_result_counts_in_a_file_that_holds_no_procedure(run: Run, write: Write, bundle: Bundle) -> None:
    path = write("in/a.json", bundle("p1", further=[LEUKEMIA, CD7]))
    ended = run("screen", path, *ONE)
    assert notes(ended.err) == []
    assert {one["id"]: one["effect"] for one in ended.results[0]["criteria"]}["I04"] == "pass"


def test_several_kinds_share_the_line_the_most_frequent_first(run: Run, write: Write, bundle: Bundle) -> None:
    write("in/a.json", bundle("p1", further=[APPENDECTOMY]))
    folder = write("in/b.json", bundle("b")).parent
    (note,) = notes(run("screen", folder, "--as-of", "2026-11-20", "--format", "ndjson").err)
    assert note.startswith(
        "note: 2 patients have no Condition on record, 2 no Immunization, 2 no medication, 1 no Procedure: "
    )
    assert note.endswith("--covers Condition,Immunization,Procedure,medication")


def test_explain_says_it_of_the_patient_that_is_asked_for(run: Run, write: Write, bundle: Bundle) -> None:
    write("in/a.json", bundle("a"))
    folder = write("in/b.json", bundle("b")).parent
    asked = ("explain", folder, "--patient", "b", *ONE[:4])
    (note,) = notes(run(*asked).err)
    assert note.startswith("note: 1 patient has no Condition on record: ")
    assert notes(run(*asked, "--covers", "Condition").err) == []


@pytest.mark.parametrize("vouched", ["Condition", "all"])
def test_what_is_vouched_for_is_not_told(run: Run, write: Write, bundle: Bundle, vouched: str) -> None:
    assert notes(run("screen", write("a.json", bundle()), *ONE, "--covers", vouched).err) == []


def test_nor_is_anything_where_nothing_may_be_presumed(run: Run, write: Write, bundle: Bundle) -> None:
    assert notes(run("screen", write("a.json", bundle()), *ONE, "--absence", "unknown").err) == []


def test_nor_of_who_is_ineligible_anyway(run: Run, write: Write, bundle: Bundle) -> None:
    ended = run("screen", write("a.json", bundle(born="1950-05-04")), *ONE)
    assert [result["verdict"] for result in ended.results] == ["ineligible"]
    assert '"not-retrieved"' in ended.out
    assert notes(ended.err) == []


def test_nor_of_a_page_whose_other_pages_were_not_read(run: Run, write: Write, bundle: Bundle) -> None:
    """There --covers changes nothing."""
    page = {**bundle(), "type": "searchset", "link": [{"relation": "next", "url": "http://example.org/2"}]}
    ended = run("screen", write("a.json", page), *ONE)
    assert '"not-retrieved"' in ended.out
    assert notes(ended.err) == []


@pytest.mark.parametrize("trial", ["NCT07070323", "NCT07120607", "SENL-T7"])
def test_what_it_advises_settles_all_that_it_can_and_nothing_less_does(run: Run, trial: str) -> None:
    """Allergies are never presumed absent from what is vouched for: there it would be no data instead."""

    def screened(covers: Sequence[str]) -> list[dict[str, Any]]:
        asked = ("--covers", ",".join(covers)) if covers else ()
        ended = run("screen", EXAMPLES, "--trial", trial, *ONE[2:], *asked)
        advised.append(re.findall(r"--covers (\S+)$", "".join(notes(ended.err))))
        return [result for result in ended.results if result["verdict"] == "needs-review"]

    def not_retrieved(covers: Sequence[str]) -> int:
        return sum("not-retrieved" in one["reasons"] for result in screened(covers) for one in result["criteria"])

    advised: list[list[str]] = []
    not_retrieved([])
    kinds = advised[0][0].split(",")
    assert not_retrieved([*kinds, "AllergyIntolerance"]) == 0
    assert advised[-1] == []
    for kind in kinds:
        assert not_retrieved([*(other for other in kinds if other != kind), "AllergyIntolerance"]) > 0, kind
