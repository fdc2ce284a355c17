"""Exclusion 3, "requiring medication": a drug against an arrhythmia whose course ended within the six months."""

from __future__ import annotations

import pytest
from bundles import ATC, HYPERTENSION, Given, Resource, ago, coded, dose, medication
from bundles import Screen as Screens

AMIODARONE = "C01BD01"
FIRST_DAY = "2026-05-20"


def ordered(until: str, **more: object) -> Resource:
    drug = {"resourceType": "MedicationRequest", "medicationCodeableConcept": coded(ATC, AMIODARONE)}
    dosage = [{"timing": {"repeat": {"boundsPeriod": {"end": until}}}}]
    said = {"intent": "order", "status": "completed", "authoredOn": "2025-11-01", "dosageInstruction": dosage}
    return {**drug, **said, **more}


@pytest.mark.parametrize(
    ("name", "resource", "expected"),
    [
        ("taken until lately", medication(AMIODARONE, began="2025-01-01", ended=ago(3), status="completed"), True),
        ("until the first day", medication(AMIODARONE, began="2025-01-01", ended=FIRST_DAY, status="completed"), True),
        ("until the day before", medication(AMIODARONE, began="2025-01-01", ended="2026-05-19"), None),
        ("until some day of that month", medication(AMIODARONE, began="2025-01-01", ended="2026-05"), None),
        ("until lately, nobody knows since when", medication(AMIODARONE, ended=ago(3), status="completed"), True),
        ("ordered until lately", ordered(until=ago(3)), True),
        ("taken since long ago", medication(AMIODARONE, began="2020-01-01"), True),
        ("a dose on the first day", dose(AMIODARONE, FIRST_DAY), True),
        ("a dose the day before", dose(AMIODARONE, "2026-05-19"), None),
        ("a dose years ago", dose(AMIODARONE, ago(900)), None),
        ("ordered until lately, and stopped before", ordered(until=ago(3), status="stopped"), None),
    ],
)
def test_a_course_that_began_before_the_window(
    screen: Screens, name: str, resource: Resource, expected: bool | None
) -> None:
    answer = screen(Given((HYPERTENSION, resource)))
    assert answer.atom("X03", "a15")[0] is expected, name
