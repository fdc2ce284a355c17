"""A law: the same patient has the same result, and the same problems, by whichever way the record comes.

As docs have it, the ways differ in what they vouch for: a Bundle for nothing, an export for the kinds of its files, a
prefetch in full for what it asks. So all are compared with a `screen` to which the caller says as much (`--covers`).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from batches import TRIALS, batch, example_bundles, explained, renamed, write_lines
from hook_client import PATIENT_VIEW, HookClient, Json, answer, call, patient_of, prefetch_of, serving, templates

from trialsieve import Screening
from trialsieve.rules.vocabulary import COVERABLE
from trialsieve.service.cli import main
from trialsieve.service.screening.desk import PatientAnswers

AS_OF = "2026-11-20"
SERVER = "https://ehr.example.org/fhir"
ACCESS: Json = {
    **{"access_token": "token", "token_type": "Bearer", "expires_in": 300},
    **{"scope": "user/*.rs", "subject": "trialsieve"},
}
NO_FLOAT = "1e-999"
"""Written into JSON as a number."""

Results = dict[tuple[str, str], Json]
Told = set[tuple[str, str, bool]]
Answers = tuple[Results, Told]
Spoil = Callable[[Json, list[Json]], object]


# --- the patients -----------------------------------------------------------------------------------------------------


def _modified(_: Json, facts: list[Json]) -> None:
    for one in facts[:3]:
        one["modifierExtension"] = [{"url": "https://example.org/turned-round", "valueBoolean": True}]


def _withdrawn_or_to_come(_: Json, facts: list[Json]) -> None:
    for one in facts:
        if one["resourceType"] == "Observation":
            one.update(
                {"status": "entered-in-error"} if one["id"].endswith("3") else {"effectiveDateTime": "2031-05-04"}
            )


def _unreadable(_: Json, facts: list[Json]) -> None:
    for one in facts:
        if "effectiveDateTime" in one:
            one["effectiveDateTime"] = "yesterday"
    facts[0]["subject"] = [facts[0]["subject"]]
    facts[0]["note"] = None


def _numbers_that_no_float_holds(_: Json, facts: list[Json]) -> None:
    for one in facts:
        if "valueQuantity" in one:
            one["valueQuantity"]["value"] = NO_FLOAT


def _otherwise_named(patient: Json, facts: list[Json]) -> None:
    number = {"system": "urn:hospital", "value": "77"}
    patient["identifier"] = [number]
    facts[0]["subject"] = {"reference": f"{SERVER}/Patient/{patient['id']}"}
    facts[1]["subject"] = {"reference": f"Patient/{patient['id']}/_history/3"}
    facts[2]["subject"] = {"identifier": number}
    facts[3].update(contained=[{"resourceType": "Patient", "id": "p", "identifier": [number]}])
    facts[3]["subject"] = {"reference": "#p"}


def _containing(_: Json, facts: list[Json]) -> None:
    facts[0]["contained"] = [{**facts[1], "id": "inside"}]
    facts[2]["contained"] = [{"resourceType": "Medication", "id": "m"}]


SPOILED: dict[str, Spoil] = {
    "as they are": lambda patient, facts: None,
    "modified in an unknown way": _modified,
    "withdrawn or to come": _withdrawn_or_to_come,
    "unreadable": _unreadable,
    "numbers that no float holds": _numbers_that_no_float_holds,
    "otherwise named": _otherwise_named,
    "containing others": _containing,
    "of a Patient in no use": lambda patient, facts: patient.update(active=False),
    "of a Patient modified in an unknown way": lambda patient, facts: _modified(patient, [patient]),
}


def spoiled(bundle: Json, number: int, spoil: Spoil) -> Json:
    """An example patient's Bundle, each resource under its address, with something that is not as it should be."""
    copy = renamed(bundle, number)
    patient, *facts = (entry["resource"] for entry in copy["entry"])
    spoil(patient, facts)
    for entry in copy["entry"]:
        entry["fullUrl"] = f"{SERVER}/{entry['resource']['resourceType']}/{entry['resource']['id']}"
    return copy


def text(value: object) -> str:
    return json.dumps(value).replace(f'"{NO_FLOAT}"', NO_FLOAT)


@pytest.fixture(scope="module")
def bundles() -> list[Json]:
    """Of examples without local codes, which no server is asked for; as it is, one who is eligible."""
    known = [one for one in example_bundles() if "urn:example:laboratory" not in text(one)]
    known.sort(key=lambda one: patient_of(one) != "eligible-boy")
    return [spoiled(known[number], number, spoil) for number, spoil in enumerate(SPOILED.values())]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, bundles: Sequence[Json]) -> Path:
    """A file for each of them."""
    made = tmp_path_factory.mktemp("bundles")
    for number, bundle in enumerate(bundles):
        (made / f"{number}.json").write_text(text(bundle))
    return made


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory, bundles: Sequence[Json]) -> Path:
    """All of them, two files a type, the lines in any order; an empty file where there is nothing of a kind."""
    made = tmp_path_factory.mktemp("export")
    lines = [entry["resource"] for bundle in bundles for entry in bundle["entry"]]
    random.Random(7).shuffle(lines)
    for kind in {"Procedure", "Immunization", "AllergyIntolerance", *(one["resourceType"] for one in lines)}:
        of_kind = [text(one).encode() for one in lines if one["resourceType"] == kind]
        write_lines(made / f"{kind}.1.ndjson", of_kind[1:])
        if of_kind:
            write_lines(made / f"{kind}.0.ndjson.gz", of_kind[:1])
    return made


# --- the ways ---------------------------------------------------------------------------------------------------------


def answers(results: Sequence[Json], problems: Sequence[Mapping[str, Any]]) -> Answers:
    """All that is public of the results but for where the record came from, and what was told of it."""
    kept = [{name: value for name, value in one.items() if name not in ("source", "id", "link")} for one in results]
    by_name = {(one["patient"], one["trial"]): one for one in kept}
    assert len(by_name) == len(results)
    return by_name, {(one["reference"], one["reason"], one["notice"]) for one in problems}


def by_python(inputs: Sequence[Any], **asked: Any) -> Answers:
    """Of files, where these are paths, else of what is in memory."""
    screening = Screening(trials=TRIALS, as_of=AS_OF, **asked)
    if isinstance(inputs[0], Path):
        stream = screening.screen_files(*inputs)
        results, problems = list(stream), stream.problems
    else:
        each = [screening.screen(one) for one in inputs]
        results, problems = [one for some in each for one in some], tuple(p for some in each for p in some.problems)
    told = [{"reference": one.reference, "reason": one.reason, "notice": one.notice} for one in problems]
    return answers([one.to_dict() for one in results], told)


def by_command(inputs: Path, capfd: pytest.CaptureFixture[str], *options: str) -> list[Json]:
    capfd.readouterr()
    main(["screen", str(inputs), "--trial", *TRIALS, "--as-of", AS_OF, "--format", "ndjson", *options])
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def by_batch(inputs: Path, out: Path) -> Answers:
    batch([inputs], out)
    return answers([json.loads(line) for line in explained(out)], pq.read_table(out / "problems").to_pylist())


def by_request(client: HookClient, bundles: Sequence[Json], query: str = "") -> Answers:
    results, problems = [], []
    for bundle in bundles:
        asked = f"/screen?as_of={AS_OF}&{'&'.join(f'trial={trial}' for trial in TRIALS)}{query}"
        response = client.post(asked, content=text(bundle))
        assert response.status_code == 200, response.text
        results += response.json()["results"]
        problems += response.json()["problems"]
    return answers(results, problems)


def by_hook(
    client: HookClient, bundles: Sequence[Json], prefetched: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> Answers:
    """Cards show a part; so these are the results that they are made of."""
    screened: list[PatientAnswers] = []
    desk = client.app.state.service.desk
    screen = desk.screened

    def noting(*asked: Any) -> PatientAnswers:
        screened.append(screen(*asked))
        return screened[-1]

    with monkeypatch.context() as patched:
        patched.setattr(desk, "screened", noting)
        for bundle in bundles:
            body = call(patient_of(bundle), prefetch_of(bundle, prefetched))
            body |= {"fhirServer": SERVER, "fhirAuthorization": ACCESS}
            response = client.post(PATIENT_VIEW, content=text(body), headers={"Content-Type": "application/json"})
            assert response.status_code == 200, response.text
    results = [json.loads(one.json) for some in screened for one in some.answers if one.result.trial in TRIALS]
    told = [{"reference": p.reference, "reason": p.reason, "notice": p.notice} for s in screened for p in s.problems]
    return answers(results, told)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, bundles: Sequence[Json]) -> Iterator[HookClient]:
    """A service, and the FHIR server that it may ask, which holds them all."""

    def serve(request: httpx.Request) -> httpx.Response:
        query = str(request.url).removeprefix(f"{SERVER}/")
        whose = next(one for one in bundles if patient_of(one) in (request.url.params.get("patient"), query[8:]))
        stream = httpx.ByteStream(text(answer(whose, query)).encode())
        return httpx.Response(200, headers={"Content-Type": "application/fhir+json"}, stream=stream)

    with serving(tmp_path_factory.mktemp("data"), server=serve, fhir_servers=(SERVER,), trials=TRIALS) as running:
        yield running


@pytest.fixture(scope="module")
def of_bundles(folder: Path) -> Answers:
    return by_python([folder])


@pytest.fixture(scope="module")
def in_full(folder: Path) -> Answers:
    return by_python([folder], covers=COVERABLE)


def test_the_patients_are_worth_comparing(of_bundles: Answers, in_full: Answers) -> None:
    results, told = of_bundles
    assert len(results) == len(SPOILED) * len(TRIALS)
    assert {one["verdict"] for one in in_full[0].values()} == {"eligible", "ineligible", "needs-review"}
    assert len(told) > 10
    assert in_full[0] != results
    assert in_full[1] == told


def test_the_command_line(
    folder: Path, of_bundles: Answers, in_full: Answers, capfd: pytest.CaptureFixture[str]
) -> None:
    assert answers(by_command(folder, capfd), [])[0] == of_bundles[0]
    assert answers(by_command(folder, capfd, "--covers", "all"), [])[0] == in_full[0]


def test_records_in_memory(bundles: Sequence[Json], of_bundles: Answers) -> None:
    assert by_python([text(bundle) for bundle in bundles]) == of_bundles


def test_lines_of_any_kind(bundles: Sequence[Json], of_bundles: Answers) -> None:
    lines = [text(entry["resource"]) for bundle in bundles for entry in reversed(bundle["entry"])]
    assert by_python(["\n".join(lines)]) == of_bundles


def test_a_batch(folder: Path, of_bundles: Answers, tmp_path: Path) -> None:
    assert by_batch(folder, tmp_path / "out") == of_bundles


def test_requests(client: HookClient, bundles: Sequence[Json], of_bundles: Answers, in_full: Answers) -> None:
    assert by_request(client, bundles) == of_bundles
    assert by_request(client, bundles, "&covers=all") == in_full


def test_an_export(export: Path, in_full: Answers, tmp_path: Path) -> None:
    assert by_python([export]) == in_full
    assert by_batch(export, tmp_path / "out") == in_full


def test_a_hook_with_everything_prefetched(
    client: HookClient, bundles: Sequence[Json], in_full: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert by_hook(client, bundles, templates(client), monkeypatch) == in_full


def test_a_hook_with_a_part_prefetched_and_the_rest_asked_for(
    client: HookClient, bundles: Sequence[Json], in_full: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = dict(list(templates(client).items())[::2])
    assert by_hook(client, bundles, some, monkeypatch) == in_full
    assert by_hook(client, bundles, {}, monkeypatch) == in_full


IN_WORDS = {"pass": "pass", "fail": "fails", "review": "open"}


def test_the_proof(folder: Path, of_bundles: Answers, capfd: pytest.CaptureFixture[str]) -> None:
    for (patient, trial), result in list(of_bundles[0].items())[::5]:
        main(["explain", str(folder), "--patient", patient, "--trial", trial, "--as-of", AS_OF, "--no-colour"])
        said = capfd.readouterr().out
        assert said.splitlines()[0].startswith(patient)
        assert said.splitlines()[1].startswith(f"{result['verdict']} {trial} ")
        effects = re.findall(r"^([IXF]\d\d) (pass|fails|open) ", said, re.MULTILINE)
        assert effects == [(one["id"], IN_WORDS[one["effect"]]) for one in result["criteria"]]
