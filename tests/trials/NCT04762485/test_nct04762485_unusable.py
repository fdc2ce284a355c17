"""What cannot be read: it leaves unknown what it may bear on, and nothing else."""

from __future__ import annotations

import pytest
from bundles import (
    HYPERTENSION,
    PASSES,
    Check,
    Given,
    Resource,
    answered,
    cd7,
    condition,
    lvef,
    observation,
    quantity,
    review,
)

CLEAR_FLUID = observation("26447-3", valueQuantity=quantity(0, "%"))
NO_HIV = answered("56888-1", ("http://snomed.info/sct", "260385009"))
SOUND: tuple[Resource, ...] = (
    HYPERTENSION,
    observation("89247-1", valueInteger=1),
    cd7(85),
    lvef(60),
    CLEAR_FLUID,
    NO_HIV,
)
ABOUT_OBSERVATIONS = ("I03", "I04", "I05", "X03", "X06")
ABOUT_CONDITIONS = ("X02", "X04", "X07", "X08")


def test_the_sound_chart_passes_them_all(check: Check) -> None:
    for criterion in ("I02", *ABOUT_OBSERVATIONS, *ABOUT_CONDITIONS):
        check(criterion, Given(SOUND), PASSES)


@pytest.mark.parametrize(
    "broken",
    [
        {"resourceType": "Observation", "status": "final", "code": "LVEF"},
        {"resourceType": "Observation", "status": "final", "code": {"coding": "18043-0"}},
    ],
    ids=["a code that is a string", "a coding that is a string"],
)
def test_an_observation_of_unknown_code_may_be_any(check: Check, broken: Resource) -> None:
    for criterion in ("I03", "I05", "X03", "X06"):
        _unusable(check, criterion, broken)
    _unusable(check, "I04", broken, "no-data")  # it may be a relapse since CD7 was measured
    for criterion in ("I02", "X02", "X04"):
        check(criterion, Given((*SOUND, broken)), PASSES)


@pytest.mark.parametrize(
    "broken",
    [
        {"resourceType": "Condition", "code": "I26.99"},
        {"resourceType": "Condition", "code": {"coding": "I26.99"}},
        {"resourceType": "Condition", "code": {}},
        {"resourceType": "Condition"},
    ],
    ids=["a code that is a string", "a coding that is a string", "an empty code", "no code"],
)
def test_a_condition_of_unknown_code_may_be_any(check: Check, broken: Resource) -> None:
    for criterion in (*ABOUT_CONDITIONS, "X03", "X06"):
        _unusable(check, criterion, broken)
    _unusable(check, "I04", broken, "no-data")  # it may be a relapse since CD7 was measured
    for criterion in ("I02", "I03", "I05"):
        check(criterion, Given((*SOUND, broken)), PASSES)


SAYS_THE_CONTRARY = [{"url": "http://example.org/refutes", "valueBoolean": True}]

BROKEN: dict[str, tuple[Resource, str]] = {
    "a number in letters": (lvef({"valueQuantity": {"value": "high", "unit": "%"}}), "I05"),
    "a comparator that is none": (lvef({"valueQuantity": quantity(60, "%", "~")}), "I05"),
    "two values": (lvef(60, valueString="60 %"), "I05"),
    "an ECOG score with a modifier": (
        observation("89247-1", valueInteger=1, modifierExtension=SAYS_THE_CONTRARY),
        "I03",
    ),
    "an embolism with a modifier": (condition("I26.99", modifierExtension=SAYS_THE_CONTRARY), "X07"),
}


@pytest.mark.parametrize(("broken", "criterion"), BROKEN.values(), ids=BROKEN)
def test_one_whose_code_can_be_read_bears_on_that_alone(check: Check, broken: Resource, criterion: str) -> None:
    _unusable(check, criterion, broken)
    for other in {"I03", "I04", "X02"} - {criterion}:
        check(other, Given((*SOUND, broken)), PASSES)


@pytest.mark.parametrize(
    "other",
    [
        observation("2160-0", valueQuantity={"value": "high"}),
        {"resourceType": "Encounter", "status": 7},
        {
            "resourceType": "Condition",
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "38341003"}]},
            "onsetDateTime": "soon",
        },
    ],
    ids=["a result that no rule asks for", "another type", "a diagnosis that no rule asks for"],
)
def test_what_no_rule_asks_for_may_be_as_broken_as_it_likes(check: Check, other: Resource) -> None:
    for criterion in ("I02", *ABOUT_OBSERVATIONS, *ABOUT_CONDITIONS):
        check(criterion, Given((*SOUND, other)), PASSES)


def _unusable(check: Check, criterion: str, broken: Resource, *beside: str) -> None:
    """Unknown for that reason, and reported. `no-data` stands beside it where an operand has nothing else on record."""
    reasons = {"I05": ("no-data",), "X03": ("no-data",), "X06": ("no-data",)}.get(criterion, beside)
    answer = check(criterion, Given((*SOUND, broken)), review("unusable-data", *reasons))
    assert answer.problems
