"""Patients of whom one replaces another, in every way that this is said, and what each comes to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from batches import EXAMPLES, write_export

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
