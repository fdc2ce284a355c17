"""A law: whichever form a record is handed over in, the answers are the same, to every explanation."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trialsieve import Screening

Json = dict[str, Any]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BUNDLES = sorted(EXAMPLES.glob("*/*.json"))


def bundle(kind: str, *entries: Json) -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def named(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def searchset(resources: list[Json]) -> Json:
    base = "https://ehr.example.org/fhir"
    entries = [{"resource": one, "fullUrl": f"{base}/{named(one)}", "search": {"mode": "match"}} for one in resources]
    return bundle("searchset", *entries) | {"total": len(entries)}


def creations(resources: list[Json]) -> Json:
    """As Synthea writes a patient: each names the others by what stands in for an id that a server will give."""
    names = {named(one): f"urn:uuid:{number:08}-0000-4000-8000-000000000000" for number, one in enumerate(resources)}

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renamed(member) for key, member in value.items()}
        if isinstance(value, list):
            return [renamed(member) for member in value]
        return names.get(value, value) if isinstance(value, str) else value

    return bundle(
        "transaction",
        *({"fullUrl": names[named(one)], "resource": renamed(one), "request": {"method": "POST"}} for one in resources),
    )


def lines(resources: list[Json]) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in resources)


def in_r5(resource: Json) -> Json:
    """As R5 names the same elements."""
    given = dict(resource)
    if "medicationCodeableConcept" in given:
        given["medication"] = {"concept": given.pop("medicationCodeableConcept")}
    if given["resourceType"] == "Procedure":
        given = {key.replace("performed", "occurrence"): value for key, value in given.items()}
    if "reaction" in given:
        given["reaction"] = [
            one | {"manifestation": [{"concept": each} for each in one.get("manifestation", [])]}
            for one in given["reaction"]
        ]
    return given


def in_stu3(resource: Json) -> Json:
    """As STU3 names the same elements: a status is a code, not a concept."""
    given = dict(resource)
    for name in {"clinicalStatus", "verificationStatus"} & given.keys():
        given[name] = given[name]["coding"][0]["code"]
    if given["resourceType"] in {"Condition", "AllergyIntolerance"} and "recordedDate" in given:
        given["assertedDate"] = given.pop("recordedDate")
    if "interpretation" in given:
        given["interpretation"] = given["interpretation"][0]
    if given["resourceType"] == "Immunization":
        given |= {"notGiven": False, "date": given.pop("occurrenceDateTime")}
    return given | NOT_UNDONE.get(given["resourceType"], {})


NOT_UNDONE: dict[str, Json] = {"Procedure": {"notDone": False}, "MedicationStatement": {"taken": "y"}}
UNHEARD_OF = [{"url": "https://example.org/unheard-of", "valueString": "HIV positive"}]


def with_what_says_nothing(resource: Json) -> Json:
    """Beside what it says: extensions, a narrative, an unused contained resource, where it comes from."""
    beside = {f"_{key}": {"extension": UNHEARD_OF} for key, value in resource.items() if key.endswith(("Date", "Time"))}
    held = {} if resource["resourceType"] == "Patient" else {"contained": [{"resourceType": "Organization", "id": "o"}]}
    return {
        "meta": {"profile": ["https://example.org/any"], "tag": [{"code": "any"}]},
        "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>Pulmonary embolism</div>"},
        "extension": UNHEARD_OF,
        **{key: value | {"extension": UNHEARD_OF} if key == "code" else value for key, value in resource.items()},
        **beside,
        **held,
    }


def each(spelling: Callable[[Json], Json]) -> Callable[[list[Json]], Json]:
    return lambda given: bundle("collection", *({"resource": spelling(one)} for one in given))


FORMS: dict[str, Callable[[list[Json]], Any]] = {
    "searchset": searchset,
    "creations": creations,
    "updates": lambda given: bundle("transaction", *({"resource": one, "request": {"method": "PUT"}} for one in given)),
    "the patient last": lambda given: bundle("collection", *({"resource": one} for one in reversed(given))),
    "a line each": lines,
    "a line each, the patient last": lambda given: lines(given[::-1]),
    "a line each, packed": lambda given: gzip.compress(lines(given).encode()),
    "a Bundle on a line": lambda given: f"{json.dumps(bundle('collection', *({'resource': one} for one in given)))}\n",
    "in R5": each(in_r5),
    "in STU3": each(in_stu3),
    "with what says nothing": each(with_what_says_nothing),
}


@pytest.fixture(scope="module")
def screening() -> Screening:
    return Screening(as_of="2026-11-20")


def answers(screening: Screening, patients: Any) -> list[Json]:
    return [result.to_dict() for result in screening.screen(patients, source="x")]


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_form_of_a_record_is_answered_alike(screening: Screening, path: Path) -> None:
    given = json.loads(path.read_text(encoding="utf-8"))
    expected = answers(screening, given)
    resources = [entry["resource"] for entry in given["entry"]]
    assert len(expected) == len(screening.trials)
    for name, form in FORMS.items():
        assert answers(screening, form(resources)) == expected, name
