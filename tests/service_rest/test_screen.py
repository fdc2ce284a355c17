"""POST /screen: a Bundle in, results as in the contract out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hook_client import EXAMPLES, HookClient, example, serving

from trialsieve.service.storage.kept import KeptScreening
from trialsieve.service.storage.replay import Agreement, replay

Json = dict[str, Any]

TRIALS = ["NCT04762485", "NCT07070323", "NCT07120607", "NCT07476027", "SENL-T7"]


def screened(client: HookClient, body: Any, query: str = "?as_of=2026-11-20") -> Json:
    response = client.post(f"/screen{query}", json=body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    answer: Json = response.json()
    return answer


def refused(client: HookClient, status: int, body: Any, query: str = "") -> str:
    response = client.post(f"/screen{query}", json=body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/fhir+json"
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return str(outcome["issue"][0]["diagnostics"])


def several(*bundles: Json) -> Json:
    """One Bundle of what these hold."""
    return {**bundles[0], "entry": [entry for bundle in bundles for entry in bundle["entry"]]}


def public(result: Json) -> Json:
    return {name: value for name, value in result.items() if name not in {"id", "link"}}


# --- answers ----------------------------------------------------------------------------------------------------------


def test_every_trial_is_answered_as_the_contract_says(client: HookClient, check_result: Callable[[Any], None]) -> None:
    answer = screened(client, example("NCT04762485/needs-review"))
    assert [result["trial"] for result in answer["results"]] == TRIALS
    assert answer["problems"] == []
    for result in answer["results"]:
        assert str(UUID(result["id"], version=4)) == result["id"]
        assert result["link"] == f"http://127.0.0.1:8080/explanations/{result['id']}"
        check_result(public(result))


def test_the_answer_is_that_of_the_command_line(client: HookClient, run_screen: Callable[..., list[Json]]) -> None:
    name = "NCT07120607/faulty-results"
    query = "?as_of=2026-11-20&trial=NCT07120607&covers=Procedure,Immunization&anchor=enrollment=2026-11-24"
    (answer,) = screened(client, example(name), query)["results"]
    (expected,) = run_screen(
        EXAMPLES / f"{name}.json",
        *("--trial", "NCT07120607", "--as-of", "2026-11-20", "--covers", "Procedure,Immunization"),
        *("--anchor", "enrollment=2026-11-24"),
    )
    assert {**public(answer), "source": ""} == {**expected, "source": ""}


NOBODY_KNOWS = {"resourceType": "Patient", "id": "bare", "gender": "female", "birthDate": "1990-05-04"}


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("", ["Condition", "Immunization", "Procedure", "medication"]),
        ("&covers=Immunization&covers=medication", ["Condition", "Procedure"]),
        ("&trial=NCT04762485", ["Condition"]),
        ("&absence=unknown", []),
        ("&covers=all", []),
    ],
)
def test_it_says_which_kinds_wait_for_somebody_to_vouch_for_them(
    client: HookClient, query: str, kinds: list[str]
) -> None:
    assert screened(client, NOBODY_KNOWS, f"?as_of=2026-11-20{query}")["not_covered"] == dict.fromkeys(kinds, 1)


def test_of_several_patients_it_counts_those_who_wait(client: HookClient) -> None:
    patients = [{"resource": {**NOBODY_KNOWS, "id": name}} for name in ("a", "b")]
    patients.append({"resource": {**NOBODY_KNOWS, "id": "too-old", "birthDate": "1930-05-04"}})
    body = {"resourceType": "Bundle", "type": "collection", "entry": patients}
    assert screened(client, body, "?as_of=2026-11-20&trial=NCT04762485")["not_covered"] == {"Condition": 2}


def test_what_was_vouched_for_is_not_asked_for_again_though_the_record_denies_that_it_knows(client: HookClient) -> None:
    unknown = {"system": "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "code": "no-problem-info"}
    about = {"id": "c", "subject": {"reference": "Patient/bare"}, "code": {"coding": [unknown]}}
    resources = [NOBODY_KNOWS, {"resourceType": "Condition", **about}]
    body = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}
    asked = "?as_of=2026-11-20&trial=NCT04762485"
    assert screened(client, body, asked)["not_covered"] == {"Condition": 1}
    answer = screened(client, body, f"{asked}&covers=Condition")
    assert "not-retrieved" in {reason for one in answer["results"][0]["criteria"] for reason in one["reasons"]}
    assert answer["not_covered"] == {}


@pytest.fixture
def run_screen(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[Json]]:
    from trialsieve.service.cli import main

    def run(*arguments: object) -> list[Json]:
        capsys.readouterr()
        main(["screen", *map(str, arguments), "--format", "json"])
        found: list[Json] = json.loads(capsys.readouterr().out)
        return found

    return run


def test_without_a_day_today_is_meant(client: HookClient) -> None:
    answer = screened(client, example("NCT04762485/needs-review"), "?trial=SENL-T7")
    assert answer["results"][0]["as_of"] == "2026-11-20"  # by the test's clock


@pytest.mark.parametrize(
    ("query", "trials"),
    [
        ("?trial=SENL-T7", ["SENL-T7"]),
        ("?trial=senl-t7&trial=NCT07070323", ["SENL-T7", "NCT07070323"]),
        ("?trial=SENL-T7&trial=senl-t7", ["SENL-T7"]),
    ],
)
def test_the_trials_asked_for_in_the_order_asked(client: HookClient, query: str, trials: list[str]) -> None:
    answer = screened(client, example("NCT04762485/needs-review"), query)
    assert [result["trial"] for result in answer["results"]] == trials


@pytest.mark.parametrize(("absence", "holds"), [("presume", False), ("unknown", None)])
def test_absence_is_presumed_only_if_asked_so(client: HookClient, absence: str, holds: bool | None) -> None:
    query = f"?as_of=2026-11-20&trial=NCT04762485&absence={absence}"
    (answer,) = screened(client, example("NCT04762485/needs-review"), query)["results"]
    assert {one["id"]: one["holds"] for one in answer["criteria"]}["X02"] is holds


def test_several_patients_of_one_bundle_are_kept_apart(client: HookClient) -> None:
    names = ["NCT04762485/needs-review", "NCT04762485/ineligible-age", "SENL-T7/eligible-boy"]
    answer = screened(client, several(*map(example, names)))
    together = [(result["patient"], result["trial"], result["verdict"]) for result in answer["results"]]
    alone = [
        (result["patient"], result["trial"], result["verdict"])
        for name in names
        for result in screened(client, example(name))["results"]
    ]
    assert together == alone


def test_one_resource_is_a_record_too(client: HookClient) -> None:
    answer = screened(client, {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"}, "?trial=SENL-T7")
    assert answer["results"][0]["patient"] == "Patient/p1"


def test_what_could_not_be_used_is_named(client: HookClient) -> None:
    bundle = example("NCT04762485/needs-review")
    bundle["entry"].append({"resource": {"resourceType": "Observation", "id": "odd", "status": "final", "code": 5}})
    answer = screened(client, bundle)
    (problem,) = answer["problems"]
    assert problem["reference"] == "Observation/odd"
    assert problem["source"] == "request"
    assert problem["notice"] is False


@pytest.mark.parametrize("number", ["1e999", "1e-999"])
def test_a_number_that_no_float_holds_is_a_fault_of_its_resource_alone(client: HookClient, number: str) -> None:
    body = json.dumps(example("NCT04762485/needs-review")).replace('"value": 58', f'"value": {number}').encode()
    assert number.encode() in body
    response = client.post("/screen?as_of=2026-11-20&trial=NCT04762485", content=body)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert ["valueQuantity.value is a number" in problem["reason"] for problem in answer["problems"]] == [True]
    assert "unusable-data" in {one["id"]: one["reasons"] for one in answer["results"][0]["criteria"]}["I05"]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "query", "says"),
    [
        (404, "?trial=NCT0476248", "did you mean NCT04762485"),
        (404, "?trial=", "there are: NCT04762485"),
        (400, "?trials=SENL-T7", "query.trials: there is no such parameter"),
        (400, "?as_of=2026-02-30", "no such day"),
        (400, "?as_of=1899-12-31", "between 1900 and 2199"),
        (400, "?as_of=20261120", "YYYY-MM-DD"),
        (400, "?as_of=2026-11-20&as_of=2026-11-20", "as_of: it is given more than once; give it once."),
        (400, "?absence=presume&absence=unknown", "absence: it is given more than once; give it once."),
        (400, "?absence=none", "'presume' or 'unknown'"),
        (400, "?covers=Everything", "choose all"),
        (400, "?anchor=enrollment", "NAME=YYYY-MM-DD"),
        (400, "?anchor=screening=2026-11-20", "give it with as_of"),
        (400, "?anchor=enrolment=2026-11-20", "did you mean enrollment"),
        (400, "?anchor=enrollment=2026-11-20&anchor=Enrollment=2026-11-21", "given twice"),
    ],
)
def test_a_wrong_question_is_told_how_to_put_it_right(client: HookClient, status: int, query: str, says: str) -> None:
    assert says in refused(client, status, example("NCT04762485/needs-review"), query)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "without resourceType"),
        ({"resourceType": "Bundle", "entry": []}, "holds no patient"),
        ({"resourceType": "Parameters"}, "give the Bundle inside it"),
        ({"resourceType": "Organization", "id": "o"}, "nothing about a patient"),
        ([{"resourceType": "Patient"}], "not a JSON object"),
    ],
)
def test_a_body_without_a_patient_is_told_why(client: HookClient, body: Any, says: str) -> None:
    assert says in refused(client, 400, body)


@pytest.mark.parametrize(("patients", "status"), [(100, 200), (101, 413)])
def test_an_answer_has_a_bound(client: HookClient, patients: int, status: int) -> None:
    entries = [{"resource": {"resourceType": "Patient", "id": f"p{number}"}} for number in range(patients)]
    body = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    response = client.post("/screen?trial=SENL-T7", json=body)
    assert response.status_code == status
    if status == 413:
        assert "trialsieve screen" in response.json()["issue"][0]["diagnostics"]


# --- what is kept -----------------------------------------------------------------------------------------------------


def kept_of(client: HookClient, result_id: str) -> KeptScreening:
    kept: KeptScreening | None = client.app.state.service.store.screening_of(result_id)
    assert kept is not None
    return kept


def test_what_was_decided_on_is_kept_as_hash_and_references(client: HookClient) -> None:
    first = screened(client, example("NCT04762485/needs-review"))["results"][0]
    kept = kept_of(client, first["id"])
    assert (kept.hook, kept.caller, kept.patient, kept.resources) == ("rest", "anonymous", first["patient"], None)
    assert "Observation/needs-review-3" in kept.references
    assert len(kept.results) == len(TRIALS)


def test_with_its_resources_an_answer_is_decided_again_to_the_same_bytes(tmp_path: Path) -> None:
    with serving(tmp_path, keep_resources=True) as client:
        query = "?as_of=2026-11-20&absence=unknown&covers=all&anchor=enrollment=2026-11-24"
        body = several(example("NCT07120607/enrollment-too-late"), example("NCT07120607/faulty-results"))
        results = screened(client, body, query)["results"]
        for result in results[:: len(TRIALS)]:
            kept = kept_of(client, result["id"])
            again = replay(kept, client.app.state.service.book)
            assert [one.agreement for one in again] == [Agreement.SAME] * len(TRIALS)


def test_the_answer_does_not_wait_for_the_store_nor_fail_with_it(client: HookClient) -> None:
    store = client.app.state.service.store
    with store._database.write():
        answer = screened(client, example("NCT04762485/needs-review"))
        assert client.get(f"/results/{answer['results'][0]['id']}").status_code == 200
