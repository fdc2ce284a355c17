"""The shipped example patients, as of 2026-11-20: what each was made to show, reviewed by hand."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundles import AS_OF

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import result_json
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.reader import read_records
from trialsieve.fhir_adapters.record import InputProblem
from trialsieve.rules.model import RuleBook

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PATIENTS = EXAMPLES / "NCT04762485"

# verdict, limiting, open: data, judgement, registry
EXPECTED: dict[str, tuple[str, list[str], list[str], list[str], list[str]]] = {
    # All that data can say passes. 6 is the registry's error, 9 waits for a person.
    "needs-review": ("needs-review", ["I06", "X09"], [], ["X09"], ["I06"]),
    # The investigator has spoken on 9; nobody but the sponsor can speak on 6.
    "attested": ("needs-review", ["I06"], [], [], ["I06"]),
    # The echocardiogram is of May; no pregnancy test, puncture or hepatitis test; the HIV test is a reactive screening
    # test (which waits for data and a judgement); ALT has no range, which criterion 6's error covers.
    "missing-data": (
        "needs-review",
        ["I05", "I06", "X01", "X03", "X05", "X06", "X09"],
        ["I05", "X01", "X03", "X05", "X06"],
        ["X09"],
        ["I06"],
    ),
    # ECOG 3 and a current embolism; what is open is listed all the same.
    "ineligible-embolism": ("ineligible", ["I03", "X07"], [], ["X09"], ["I06"]),
    # The 66th birthday is the day of screening.
    "ineligible-age": ("ineligible", ["I02"], [], ["X09"], ["I06"]),
    # LVEF 42 % and NYHA II: only the literal "or" would pass it.
    "heart-by-class-only": ("needs-review", ["I05", "I06", "X09"], [], ["X09"], ["I05", "I06"]),
}


def test_every_example_is_expected_here() -> None:
    assert {path.stem for path in PATIENTS.glob("*.json")} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_example(book: RuleBook, screener: Screener, check_result: Callable[[Any], None], name: str) -> None:
    problems: list[InputProblem] = []
    (record,) = read_records([str(PATIENTS / f"{name}.json")], problems)
    (result,) = screener.screen(build_chart(record, book, problems), Circumstances(AS_OF))
    check_result(result_json(result))
    (arm,) = result.arms
    said = arm.open
    assert (result.verdict.value, list(arm.limiting), list(said.data), list(said.judgement), list(said.registry)) == (
        EXPECTED[name]
    )
    assert (arm.cohort, arm.stage, arm.verdict) == ("all", "screening", result.verdict)
    assert result.patient == f"Patient/{name}"
    assert not problems
    assert not result.cautions


def test_the_maker_reproduces_the_shipped_files(tmp_path: Path) -> None:
    """Byte for byte, its README included."""
    maker = shutil.copy(EXAMPLES / "make_examples.py", tmp_path)
    runpy.run_path(str(maker), run_name="__main__")
    made = {path.name: path.read_bytes() for path in (tmp_path / "NCT04762485").iterdir()}
    assert made == {path.name: path.read_bytes() for path in PATIENTS.iterdir()}
