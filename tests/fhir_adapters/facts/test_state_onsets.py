"""A relapse or remission that gives, perhaps, the onset of the disease in place of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.engine.facts import Fact

CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
LEUKEMIA = "C91.00"
IN_REMISSION, IN_RELAPSE = "C91.01", "C91.02"
STATES = {IN_REMISSION: "status.remission", IN_RELAPSE: "status.relapsed"}


def condition(code: str, onset: str | None, recorded: str | None = None, **more: Any) -> dict[str, Any]:
    given = {"onsetDateTime": onset, "recordedDate": recorded, **more}
    return {
        "resourceType": "Condition",
        "id": f"{code}-{onset}-{recorded}",
        "code": {"coding": [{"system": SNOMED if code.isdigit() else CM, "code": code}]},
        **{name: value for name, value in given.items() if value is not None},
    }


def lies(fact: Fact) -> tuple[date | None, date | None] | None:
    return None if fact.when is None else (fact.when.first, fact.when.last)


def state_of(chart_of: Any, state: dict[str, Any], *others: dict[str, Any], **given: Any) -> Fact:
    """What the first Condition says of its state."""
    concept = STATES.get(state["code"]["coding"][0]["code"], "status.relapsed")
    chart = chart_of(state, *others, **given)
    reference = chart_of(state, **given).facts[0].reference
    fact: Fact
    (fact,) = [fact for fact in chart.facts if fact.concept == concept and fact.reference == reference]
    return fact


@pytest.mark.parametrize("code", [IN_RELAPSE, IN_REMISSION])
def test_it_lies_between_its_onset_and_its_recording(chart_of: Any, code: str) -> None:
    fact = state_of(chart_of, condition(code, "2020-01-05", "2025-06-03"))
    assert lies(fact) == (date(2020, 1, 5), date(2025, 6, 3))
    assert fact.says.endswith("onset 2020-01-05 (perhaps that of the disease, so at some time until 2025-06-03)")


def test_the_disease_keeps_the_onset(chart_of: Any) -> None:
    chart = chart_of(condition(IN_RELAPSE, "2020-01-05", "2025-06-03"))
    (disease,) = [fact for fact in chart.facts if fact.concept == "dx.acute_leukemia"]
    assert lies(disease) == (date(2020, 1, 5), date(2020, 1, 5))


@pytest.mark.parametrize(
    ("onset", "recorded", "lay"),
    [
        ("2025-06-03", "2025-06-02", (date(2025, 6, 3), date(2025, 6, 3))),
        ("2025-06-03", "2025-06-03", (date(2025, 6, 3), date(2025, 6, 3))),
        ("2025-06-03", "2025-06-04", (date(2025, 6, 3), date(2025, 6, 4))),
        ("2025-06", "2025-06-30", (date(2025, 6, 1), date(2025, 6, 30))),  # perhaps on one day
        ("2025-06", "2025-07-01", (date(2025, 6, 1), date(2025, 7, 1))),
        ("2025", "2026", (date(2025, 1, 1), date(2026, 12, 31))),
        ("2025-06-03", None, (date(2025, 6, 3), None)),  # recorded on no known day
        (None, "2025-06-03", None),
    ],
)
def test_where_it_was_recorded_later(
    chart_of: Any, onset: str | None, recorded: str | None, lay: tuple[date, date] | None
) -> None:
    assert lies(state_of(chart_of, condition(IN_RELAPSE, onset, recorded))) == lay


def test_where_its_day_of_recording_is_a_slip(chart_of: Any) -> None:
    """It was recorded by the day of the record's last change, and lies after its onset, perhaps."""
    slip = condition(IN_RELAPSE, "2020-01-05", "2027-11-10", meta={"lastUpdated": "2026-11-10T08:00:00Z"})
    assert lies(state_of(chart_of, slip, as_of=date(2026, 11, 20))) == (date(2020, 1, 5), date(2026, 11, 10))


RECODED = condition(IN_RELAPSE, "2020-01-05", "2025-06-03")
BELIEVED = (date(2020, 1, 5), date(2020, 1, 5))
DOUBTED = (date(2020, 1, 5), date(2025, 6, 3))
PROVISIONAL = {"coding": [{"code": "provisional"}]}


@pytest.mark.parametrize(
    ("other", "lay"),
    [
        (condition(LEUKEMIA, "2020-01-04"), BELIEVED),
        (condition(LEUKEMIA, "2020-01-05"), DOUBTED),
        (condition(LEUKEMIA, "2020-01"), DOUBTED),  # perhaps on that day
        (condition(LEUKEMIA, "2019"), BELIEVED),
        (condition(LEUKEMIA, None, "2020-01-04"), BELIEVED),  # of unknown onset, and known before
        (condition(LEUKEMIA, None, "2020-01-05"), DOUBTED),
        (condition(LEUKEMIA, "2020-01-06", "2019-01-01"), BELIEVED),  # a slip in one of the two
        (condition(LEUKEMIA, None), DOUBTED),
        (condition(LEUKEMIA, "2020-01-06"), DOUBTED),
        (condition(IN_REMISSION, "2019-06-01"), BELIEVED),
        (condition(IN_RELAPSE, "2019-06-01"), BELIEVED),  # the second relapse
        (condition("C92.00", "2019-01-01"), BELIEVED),  # an acute leukemia, too
        (condition("C91.90", "2019-01-01"), DOUBTED),  # a leukemia of no known sort
        (condition("E11.9", "2019-01-01"), DOUBTED),
        (condition(LEUKEMIA, "2019-01-01", verificationStatus=PROVISIONAL), DOUBTED),
    ],
)
def test_it_is_believed_where_the_disease_was_there_before(
    chart_of: Any, other: dict[str, Any], lay: tuple[date, date]
) -> None:
    assert lies(state_of(chart_of, RECODED, other)) == lay
    assert lies(state_of(chart_of, RECODED, other, wanted=frozenset({"status.relapsed", "dx.acute_leukemia"}))) == lay


@pytest.mark.parametrize(("recorded", "lay"), [("2025-06-04", BELIEVED), ("2025-06-05", DOUBTED)])
def test_not_by_what_was_recorded_after_the_as_of_date(chart_of: Any, recorded: str, lay: tuple[date, date]) -> None:
    disease = condition(LEUKEMIA, "2019-01-01", recorded)
    assert lies(state_of(chart_of, RECODED, disease, as_of=date(2025, 6, 4))) == lay


@pytest.mark.parametrize(
    ("other", "lay"),
    [
        (condition(LEUKEMIA, "2020-01-04"), BELIEVED),
        (condition(LEUKEMIA, None, "2020-01-04"), BELIEVED),
        (condition(LEUKEMIA, "2020-01-05"), (date(2020, 1, 5), None)),
    ],
)
def test_so_is_one_that_was_recorded_on_no_known_day(
    chart_of: Any, other: dict[str, Any], lay: tuple[date, date | None]
) -> None:
    assert lies(state_of(chart_of, condition(IN_RELAPSE, "2020-01-05"), other)) == lay


@pytest.mark.parametrize(
    ("abated", "lay"), [("2020-01-05", BELIEVED), ("2020-06-01", (date(2020, 1, 5), date(2020, 6, 1)))]
)
def test_of_one_that_is_over_it_lies_before_its_end(chart_of: Any, abated: str, lay: tuple[date, date]) -> None:
    over = condition(IN_RELAPSE, "2020-01-05", abatementDateTime=abated)
    assert lies(state_of(chart_of, over)) == lay
    assert lies(state_of(chart_of, over | {"recordedDate": "2025-06-03"})) == (BELIEVED[0], date(2025, 6, 3))


def test_that_it_may_lie_on_any_day_since_is_said(chart_of: Any) -> None:
    fact = state_of(chart_of, condition(IN_RELAPSE, "2020-01-05"))
    assert fact.says.endswith("onset 2020-01-05 (perhaps that of the disease, so at some time until now)")


def test_a_code_that_names_no_disease_is_no_other(chart_of: Any) -> None:
    relapse = condition("12301000132103", "2020-01-05", "2025-06-03")
    assert lies(state_of(chart_of, relapse)) == DOUBTED
    assert lies(state_of(chart_of, relapse, condition(LEUKEMIA, "2018-02-01"))) == BELIEVED
