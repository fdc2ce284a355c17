"""Links between the Patients of an export: it says of each patient what the Bundle of the same resources says."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from batches import EXAMPLES, SMALL, TINY, batch, same_as_screen, screened, tree, write_export, write_lines

from trialsieve.service.batch import moves
from trialsieve.service.batch.plan import Sizes
from trialsieve.service.batch.pool import LocalPool

FEW = Sizes(slice_bytes=60_000, bucket_bytes=100_000, records_a_file=20)
TRIAL = "SENL-T7"
UUID = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
ELIGIBLE = {entry["resource"]["id"] + entry["resource"]["resourceType"]: entry["resource"]
            for entry in json.loads((EXAMPLES / TRIAL / "eligible-boy.json").read_bytes())["entry"]}  # fmt: skip
Json = dict[str, Any]


def link(kind: str, reference: str) -> Json:
    return {"type": kind, "other": {"reference": reference}}


def record(identity: str, *links: Json) -> list[Json]:
    """A patient whom nothing keeps from the trial."""
    text = json.dumps(list(ELIGIBLE.values())).replace("eligible-boy", identity)
    resources: list[Json] = json.loads(text)
    return [one | {"link": list(links)} if links and one["resourceType"] == "Patient" else one for one in resources]


def patient(identity: str, *links: Json) -> Json:
    return {"resourceType": "Patient", "id": identity} | ({"link": list(links)} if links else {})


def infarction(subject: str, identity: str = "infarction") -> Json:
    """It excludes from the trial."""
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "22298006", "display": "Myocardial infarction"}]}
    return {
        "resourceType": "Condition",
        "id": identity,
        "subject": {"reference": subject},
        "clinicalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
        },
        "code": code,
        "onsetDateTime": "2026-10-01",
    }


def of_dstu2(condition: Json) -> Json:
    """It is set aside."""
    return {
        **{element: condition[element] for element in ("resourceType", "id", "code")},
        **{"patient": condition["subject"], "dateRecorded": "2026-10-01"},
    }


def updated(day: str) -> Json:
    return {"meta": {"lastUpdated": f"{day}T00:00:00Z"}}


def of_no_interest(subject: str) -> list[Json]:
    """Left out unread by a run."""
    code = {"coding": [{"system": "http://loinc.org", "code": "8302-2", "display": "Body height"}]}
    observation = {"resourceType": "Observation", "status": "final", "code": code, "subject": {"reference": subject}}
    return [observation | {"id": f"of-no-interest-{number}"} for number in range(4)]


REPLACES = link("replaces", "Patient/old")
CLEAR, DOUBT, EXCLUDED = "eligible", "needs-review", "ineligible"

# What each patient of the input comes to.
CASES: dict[str, tuple[list[Json], dict[str, str]]] = {
    "the old one has no Patient here": (
        [infarction("Patient/old"), *record("new", REPLACES), *of_no_interest("Patient/old")],
        {"new": EXCLUDED},
    ),
    "the old one has": (
        [patient("old"), infarction("Patient/old"), *record("new", REPLACES), *of_no_interest("Patient/old")],
        {"new": DOUBT, "old": EXCLUDED},
    ),
    "the old one has, and a record that would do": (
        [*record("old"), *record("new", REPLACES)],
        {"new": DOUBT, "old": DOUBT},
    ),
    "the old one alone says so": (
        [patient("old", link("replaced-by", "Patient/new")), infarction("Patient/old"), *record("new")],
        {"new": DOUBT, "old": EXCLUDED},
    ),
    "the old one says so in the word of DSTU2": (
        [patient("old", link("replace", "Patient/new")), infarction("Patient/old"), *record("new")],
        {"new": DOUBT, "old": EXCLUDED},
    ),
    "both say so": (
        [patient("old", link("replaced-by", "Patient/new")), infarction("Patient/old"), *record("new", REPLACES)],
        {"new": DOUBT, "old": EXCLUDED},
    ),
    "by an address": (
        [*record("new", link("replaces", "https://example.org/fhir/Patient/old")), infarction("Patient/old")],
        {"new": EXCLUDED},
    ),
    "by a urn": (
        [*record("new", link("replaces", f"urn:uuid:{UUID}")), infarction(f"Patient/{UUID}")],
        {"new": EXCLUDED},
    ),
    "named by a urn": (
        [*record("new", link("replaces", f"Patient/{UUID}")), infarction(f"urn:uuid:{UUID}")],
        {"new": EXCLUDED},
    ),
    "a chain without the Patients": (
        [
            *record("new", REPLACES, link("replaces", "Patient/older")),
            infarction("Patient/older"),
            *of_no_interest("Patient/old"),
        ],
        {"new": EXCLUDED},
    ),
    "a chain with the Patients": (
        [
            *(patient("older"), infarction("Patient/older")),
            *(patient("old", link("replaces", "Patient/older")), *record("new", REPLACES)),
        ],
        {"new": DOUBT, "old": DOUBT, "older": EXCLUDED},
    ),
    "a chain with the middle one's Patient": (
        [infarction("Patient/older"), patient("old", link("replaces", "Patient/older")), *record("new", REPLACES)],
        {"new": DOUBT, "old": EXCLUDED},
    ),
    "a circle": (
        [*record("new", REPLACES), *record("old", link("replaces", "Patient/new")), infarction("Patient/old")],
        {"new": DOUBT, "old": EXCLUDED},
    ),
    "itself": (record("new", link("replaces", "Patient/new")), {"new": CLEAR}),
    "two replace one who has no Patient here": (
        [
            *(*record("new", REPLACES), *record("other", REPLACES), *record("third")),
            *(infarction("Patient/old"), *of_no_interest("Patient/old")),
        ],
        {"new": DOUBT, "other": DOUBT, "third": CLEAR},
    ),
    "two replace one who has": (
        [*record("new", REPLACES), *record("other", REPLACES), patient("old"), infarction("Patient/old")],
        {"new": DOUBT, "other": DOUBT, "old": EXCLUDED},
    ),
    "one replaces two": (
        [
            *record("new", REPLACES, link("replaces", "Patient/older")),
            *(patient("old"), *of_no_interest("Patient/old"), infarction("Patient/older")),
        ],
        {"new": EXCLUDED, "old": DOUBT},
    ),
    "a version of what is the old one's": (
        [
            *(one | updated("2026-01-01") if one["id"] == "new-2" else one for one in record("new", REPLACES)),
            of_no_interest("Patient/old")[0] | {"id": "new-2"} | updated("2026-02-01"),
        ],
        {"new": DOUBT},
    ),
    "of whom there is nothing": (record("new", REPLACES), {"new": CLEAR}),
    "what cannot be read": (
        [*record("new", REPLACES), patient("old"), of_dstu2(infarction("Patient/old"))],
        {"new": DOUBT, "old": DOUBT},
    ),
    "no merging: seealso": (
        [*record("new", link("seealso", "Patient/old")), patient("old"), infarction("Patient/old")],
        {"new": CLEAR, "old": EXCLUDED},
    ),
}


def results_of(lines: Sequence[bytes]) -> dict[str, Json]:
    """By patient and trial, without the source."""
    found = [json.loads(line) for line in lines]
    assert len({(one["patient"], one["trial"]) for one in found}) == len(found)
    return {f"{one['patient']} {one['trial']}": {**one, "source": ""} for one in found}


def as_bundle(path: Path, resources: Sequence[Json]) -> Path:
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": resource} for resource in resources
    ]}))  # fmt: skip
    return path


def as_export(folder: Path, resources: Sequence[Json]) -> Path:
    return write_export(folder, [{"entry": [{"resource": resource} for resource in resources]}])


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
