"""Links between the Patients of an export: it says of each patient what the Bundle of the same resources says."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from batches import SMALL, TINY, batch, same_as_screen, screened, tree, write_lines
from replaced_cases import CASES, REPLACES, TRIAL, UUID, Json, as_bundle, as_export, infarction, of_dstu2, results_of

from trialsieve.service.batch import moves
from trialsieve.service.batch.plan import Sizes
from trialsieve.service.batch.pool import LocalPool

FEW = Sizes(slice_bytes=60_000, bucket_bytes=100_000, records_a_file=20)


@pytest.mark.parametrize(("resources", "expected"), CASES.values(), ids=CASES)
def test_an_export_says_what_the_bundle_says(tmp_path: Path, resources: list[Json], expected: dict[str, str]) -> None:
    bundle = results_of(screened([as_bundle(tmp_path / "bundle.json", resources)])[0])
    assert {
        one["patient"].partition("/")[2]: one["verdict"] for one in bundle.values() if one["trial"] == TRIAL
    } == expected
    for order in (resources, resources[::-1]):
        export = write_lines(tmp_path / "export.ndjson", order)
        assert results_of(screened([export])[0]) == bundle


def test_two_who_replace_one_are_told_of_each_other(tmp_path: Path) -> None:
    resources, _ = CASES["two replace one who has no Patient here"]
    results, problems = screened([write_lines(tmp_path / "export.ndjson", resources)])
    cautions = {one["patient"]: " ".join(one["cautions"]) for one in results_of(results).values()}
    assert "Patient/other replaces Patient/old too" in cautions["Patient/new"]
    assert "Patient/new replaces Patient/old too" in cautions["Patient/other"]
    assert cautions["Patient/third"] == ""
    assert [problem for problem in problems if "Condition/infarction" in problem] == [
        f"{tmp_path / 'export.ndjson'}: Condition/infarction: is about a patient whom several others here replace"
    ]


@pytest.mark.parametrize(("case", "told"), [("of whom there is nothing", 1), ("named by a urn", 0), ("both say so", 0)])
def test_that_nothing_is_known_of_the_replaced_one_is_told(tmp_path: Path, case: str, told: int) -> None:
    results, _ = screened([write_lines(tmp_path / "export.ndjson", CASES[case][0])])
    cautions = results_of(results)[f"Patient/new {TRIAL}"]["cautions"]
    assert ["replaces Patient/old, of whom nothing was found here" in caution for caution in cautions] == [True] * told


def test_the_replaced_one_is_set_aside_with_a_sentence(tmp_path: Path) -> None:
    resources, _ = CASES["the old one has, and a record that would do"]
    results, _ = screened([write_lines(tmp_path / "export.ndjson", resources)])
    assert "the Patient was replaced by Patient/new" in " ".join(
        results_of(results)[f"Patient/old {TRIAL}"]["cautions"]
    )


def test_links_of_a_patient_without_an_id_leave_a_doubt(tmp_path: Path) -> None:
    nameless = {"resourceType": "Patient", "link": [REPLACES]}
    source = write_lines(tmp_path / "export.ndjson", [nameless, infarction("Patient/old")])
    (_, result), *_ = [one for one in results_of(screened([source])[0]).items() if one[0].startswith("Patient (")]
    assert "unusable-data" in {reason for one in result["criteria"] for reason in one["reasons"]}
    same_as_screen(source, tmp_path / "out", TINY)


class Executor:
    """Is handed its work as bytes, and hands back bytes, as Spark's executors do."""

    def each(self, function: Callable[[Any], Any], work: Sequence[Any]) -> Iterator[Any]:
        for piece in work:
            do, what = pickle.loads(pickle.dumps((function, piece)))
            yield pickle.loads(pickle.dumps(do(what)))

    def abandon(self) -> None: ...

    def close(self) -> None: ...


def everything(folder: Path) -> Path:
    """All cases as one export, each with patients of its own; several hold lines that name a patient by identifier."""
    lines: list[Json] = []
    for number, (resources, _) in enumerate(CASES.values()):
        text = json.dumps(resources)
        for name in ("new", "older", "old", "other", "third", UUID):
            text = text.replace(f'Patient/{name}"', f'Patient/{name}-{number}"')
            text = text.replace(f'"Patient", "id": "{name}"', f'"Patient", "id": "{name}-{number}"')
        text = text.replace(f"urn:uuid:{UUID}", f"urn:uuid:{UUID}-{number}")
        for name in ("infarction", "of-no-interest-0", "new-2"):
            text = text.replace(f'"{name}"', f'"{name}-{number}"')
        lines += json.loads(text)
    identifier = {"system": "urn:made-up", "value": "1"}
    for line in lines:
        if line["resourceType"] == "Patient" and line["id"].startswith("old"):
            line["identifier"] = [identifier | {"value": line["id"]}]
    by_identifier = [
        infarction("") | {"id": f"by-{number}", "subject": {"identifier": identifier | {"value": f"old-{number}"}}}
        for number in range(len(CASES))
    ]
    unread = [of_dstu2(one) | {"id": f"{one['id']}-of-dstu2"} for one in by_identifier]
    return as_export(folder, [*lines, *by_identifier, *unread])


@pytest.mark.parametrize("sizes", [SMALL, FEW], ids=["small", "few"])
def test_all_of_them_together(tmp_path: Path, sizes: Sizes) -> None:
    same_as_screen(everything(tmp_path / "in"), tmp_path / "out", sizes)


def test_lines_are_moved_in_as_many_pieces_as_memory_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = everything(tmp_path / "in")
    batch([source], tmp_path / "one")
    monkeypatch.setattr(moves, "_MOST_BYTES", 1)
    batch([source], tmp_path / "many")
    assert tree(tmp_path / "many") == tree(tmp_path / "one")


def test_whoever_does_the_work(tmp_path: Path) -> None:
    source = everything(tmp_path / "in")
    batch([source], tmp_path / "one")
    two = LocalPool(2)
    batch([source], tmp_path / "two", two)
    two.close()
    batch([source], tmp_path / "spark", Executor())
    assert tree(tmp_path / "one") == tree(tmp_path / "two") == tree(tmp_path / "spark")


class Broken(LocalPool):
    """Ends a run after so many pieces."""

    def __init__(self, pieces: int) -> None:
        super().__init__(1)
        self._pieces = pieces

    def each(self, function: Callable[[Any], Any], work: Sequence[Any]) -> Iterator[Any]:
        for done in super().each(function, work):
            yield done
            self._pieces -= 1
            if not self._pieces:
                raise KeyboardInterrupt


def test_broken_off_and_gone_on_with(tmp_path: Path) -> None:
    source = everything(tmp_path / "in")
    batch([source], tmp_path / "whole")
    for pieces in (1, 12, 20):
        with pytest.raises(KeyboardInterrupt):
            batch([source], tmp_path / "out", Broken(pieces))
    batch([source], tmp_path / "out")
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
