"""The load's own checks can find what they look for."""

from __future__ import annotations

import random
from collections.abc import Callable

import orjson
import pytest
from load_material import TEMPLATE, stamped
from load_memory import Growth, Sample
from load_session import Answered, Session, Tally, outcome_fault
from load_tokens import Signer
from service_patients import PatientMaker, markers_in

CORS = {"access-control-allow-origin": "*"}
FHIR = {**CORS, "content-type": "application/fhir+json"}
OUTCOME = b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"no"}]}'
HTML = {**CORS, "content-type": "text/html"}

TEMPLATES = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}&_count=1000",
    "observations": "Observation?patient={{context.patientId}}&code=718-7,2160-0,777-3",
}


def test_every_patient_is_marked_in_ids_and_values_and_another_one_otherwise() -> None:
    maker = PatientMaker(TEMPLATES)
    bodies = [maker.patient(number).body() for number in (5, 6)]
    assert [markers_in(body.decode()) for body in bodies] == [{5}, {6}]
    assert all(120_000 < len(body) < 145_000 for body in bodies)
    again = stamped(maker.patient(TEMPLATE).body(), 31)
    assert markers_in(again.decode()) == {31}
    assert orjson.loads(again)["context"]["patientId"] == "zq000031zq-p"


@pytest.mark.parametrize(
    ("text", "found"),
    [("Observation/zq000012zq-3", {12}), ("8.99000012 g/dL", {12}), ("8.9 g/dL on 2026-11-20", set()), ("", set())],
)
def test_a_marker_is_found_in_an_id_and_in_a_value(text: str, found: set[int]) -> None:
    assert markers_in(text) == found


@pytest.mark.parametrize(
    ("answer", "patient", "told"),
    [
        (Answered(200, CORS, b'{"cards":[]}'), 7, ""),
        (Answered(200, CORS, b"Observation/zq000007zq-3"), 7, ""),
        (Answered(200, CORS, b"Observation/zq000008zq-3"), 7, "ANOTHER PATIENT"),
        (Answered(200, CORS, b"12.29000008"), 7, "ANOTHER PATIENT"),
        (Answered(200, {}, b"{}"), 7, "without CORS"),
        (Answered(400, FHIR, OUTCOME), 7, ""),
        (Answered(400, FHIR, OUTCOME + b"zq000007zq"), 7, "ANOTHER PATIENT"),
        (Answered(400, {**CORS, "content-type": "application/json"}, OUTCOME), 7, "is application/json"),
        (Answered(400, HTML, b"<p>"), 7, "is text/html"),
        (Answered(500, FHIR, OUTCOME), 7, "status 500"),
        (Answered(401, FHIR, OUTCOME), 7, "without WWW-Authenticate"),
        (Answered(401, {**FHIR, "www-authenticate": "Bearer"}, OUTCOME), 7, "why a token is refused"),
        (Answered(401, {**CORS, "www-authenticate": "Bearer"}, b""), 7, ""),
        (Answered(503, FHIR, OUTCOME), 7, ""),
    ],
)
def test_what_must_be_true_of_every_answer(answer: Answered, patient: int, told: str) -> None:
    tally = Tally()
    session = Session(0, Signer(), tally, random.Random(0))
    session._check(answer, {200, 400, 401}, patient)
    assert bool(tally.violations) is bool(told)
    assert any(told in violation for violation in tally.violations) is bool(told)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (OUTCOME, None),
        (b"", "is not JSON"),
        (b"[]", "is no OperationOutcome"),
        (b'{"resourceType":"OperationOutcome","issue":[]}', "names no issue"),
        (b'{"resourceType":"OperationOutcome","issue":[{"severity":"bad","code":"x"}]}', "has an issue without"),
        (b'{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}', "has an issue without"),
    ],
)
def test_what_is_an_outcome(body: bytes, fault: str | None) -> None:
    found = outcome_fault(body)
    assert found is None if fault is None else fault in str(found)


A_SECOND = 150  # requests


def samples(
    held: Callable[[float], float], seconds: int, values: Callable[[float], float] = lambda _: 40_000
) -> list[Sample]:
    """Twice a second."""
    times = [half / 2 for half in range(2 * seconds + 1)]
    return [Sample(time, int(A_SECOND * time), int(held(time)), int(values(time)), 20_000) for time in times]


def filling(seconds: float) -> float:
    """Tables fill for two minutes."""
    return 300e6 + 2e6 * min(seconds, 120)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (lambda seconds: 300e6, ""),
        (filling, ""),
        (lambda seconds: 300e6 + 150 * 199 * seconds, ""),
        (lambda seconds: 300e6 + 150 * 300 * seconds, "no plateau"),
        (lambda seconds: 300e6 + 150 * 900 * seconds, "no plateau"),
        (lambda seconds: 300e6 + 0.3e6 * min(seconds, 550), "no plateau"),
        (lambda seconds: 801e6, "a worker holds"),
        (lambda seconds: 900e6 if seconds == 7 else 300e6, "a worker holds"),
    ],
)
def test_memory_has_to_come_to_a_plateau(held: Callable[[float], float], told: str) -> None:
    growth = Growth(2, samples=samples(held, 600))
    assert told in (growth.fault() or "")
    assert bool(growth.fault()) is bool(told)
    assert ("at a plateau" if not told else "NO PLATEAU") in growth.told()[-1]


def slowly(seconds: float) -> float:
    """Values come slowly after the first two minutes: 3,000 in the last third."""
    return 300 * min(seconds, 120) + 15 * max(0, seconds - 120)


def emptied(seconds: float) -> float:
    """Tables are emptied shortly before the last third begins, and fill again to where they were."""
    return 40_000 if seconds < 390 else min(40_000, 400 * (seconds - 390))


@pytest.mark.parametrize(
    ("values", "of_a_value", "leak", "told"),
    [
        (slowly, 2_000, 0, ""),
        (slowly, 2_000, 200, ""),
        (slowly, 2_000, 1_000, "no plateau"),
        (emptied, 0, 0, ""),
        (emptied, 0, 200, ""),
        (emptied, 0, 1_000, "no plateau"),
        (lambda _: 40_000, 0, 200, ""),
        (lambda _: 40_000, 0, 1_000, "no plateau"),
    ],
)
def test_a_leak_of_a_kilobyte_a_request_is_told_from_what_still_fills(
    values: Callable[[float], float], of_a_value: int, leak: int, told: str
) -> None:
    def held(seconds: float) -> float:
        return 300e6 + of_a_value * values(seconds) + leak * A_SECOND * seconds + 3e6 * (seconds % 7 > 5)

    growth = Growth(2, samples=samples(held, 600, values))
    assert growth.filled() == pytest.approx(6e6 if values is slowly else 0, abs=0.1e6)
    assert bool(growth.fault()) is bool(told)
    assert told in (growth.fault() or "")


@pytest.mark.parametrize(("each", "told"), [(119_000, False), (121_000, True)])
def test_memory_that_grows_by_whole_requests_is_told_in_a_short_load(each: int, told: bool) -> None:
    growth = Growth(2, samples=samples(lambda seconds: 100e6 + each * 150 * seconds, 20))
    assert bool(growth.fault()) is told
    assert growth.told()[-1].endswith("too short to show a plateau")


def test_the_series_is_told_from_beginning_to_end() -> None:
    lines = Growth(2, samples=samples(filling, 600)).told()
    assert lines[1].split() == ["0", "0", "150", "20000", "10000"]
    assert lines[-2].split() == ["600", "90000", "270", "20000", "10000"]
    assert len(lines) == 18


def test_without_samples_nothing_is_taken_for_granted() -> None:
    assert Growth(2).fault() == "memory was hardly sampled"
    assert Growth(2).told() == ["memory was hardly sampled"]
