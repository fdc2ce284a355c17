"""Words in letters that nobody here reads: the code decides, and one caution says what was not looked at."""

from __future__ import annotations

from typing import Any

import pytest

SNOMED, ATC = "http://snomed.info/sct", "http://www.whocc.no/atc"
PE = "59282003"


def diagnosis(make: Any, text: str | None, display: str | None = None, value: str = PE, **more: Any) -> Any:
    code = make.coded(SNOMED, value, display) | ({"text": text} if text else {})
    return {**make.condition(value), "code": code, **more}


@pytest.mark.parametrize(
    ("text", "display", "told"),
    [
        ("Лёгочная эмболия", None, True),
        (None, "폐색전증", True),
        ("肺栓塞", None, True),
        ("Πνευμονική εμβολή", None, True),
        ("肺栓塞 (PE)", None, True),
        ("Pulmonary embolism (肺栓塞)", None, False),
        ("肺栓塞", "Pulmonary embolism", False),
        ("Pulmonary embolism", "肺栓塞", False),
        ("Embolie pulmonaire aiguë", None, False),
        ("β-thalassemia and PE", None, False),
        ("1234", None, False),
        (None, None, False),
        ("疑似肺栓塞", None, False),  # read, and unconfirmed
    ],
)
def test_whether_it_is_told(chart_of: Any, make: Any, text: str | None, display: str | None, told: bool) -> None:
    assert bool(chart_of(diagnosis(make, text, display)).cautions) is told


def test_it_is_told_once_of_a_record(chart_of: Any, make: Any) -> None:
    drug = {"coding": [{"system": ATC, "code": "H02AB07"}], "text": "преднизолон"}
    several = [
        diagnosis(make, "Лёгочная эмболия"),
        diagnosis(make, "肺栓塞", id="c2"),
        {"resourceType": "MedicationStatement", "id": "m1", "status": "active", "medicationCodeableConcept": drug},
    ]
    assert chart_of(*several).cautions == (
        "3 entries are described in other than Latin letters: their codes were read, and hardly any words that might "
        "deny or doubt what these say",
    )


@pytest.mark.parametrize(
    "more",
    [
        {"value": "38341003"},  # hypertension: a doubt at most
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"verificationStatus": {"coding": [{"code": "provisional"}]}},
    ],
)
def test_not_of_what_does_not_decide(chart_of: Any, make: Any, more: Any) -> None:
    assert chart_of(diagnosis(make, "Лёгочная эмболия", **more)).cautions == ()


def test_nor_of_a_result(chart_of: Any, make: Any) -> None:
    """Most have words of their laboratory's; they are told by numbers and coded answers."""
    code = {"coding": [{"system": "http://loinc.org", "code": "10230-1"}], "text": "Фракция выброса"}
    result = make.observation("10230-1", valueQuantity=make.quantity(55, "%"))
    assert chart_of({**result, "code": code}).cautions == ()


@pytest.mark.parametrize("text", [None, "干细胞移植"])
@pytest.mark.parametrize(("display", "doubted"), [("Stem cell transplantation", True), ("Appendectomy", False)])
def test_words_that_can_be_read_raise_their_doubt_beside_others(
    chart_of: Any, make: Any, display: str, doubted: bool, text: str | None
) -> None:
    """Of a concept that knows the system of the code, and does not list it."""
    code = make.coded(SNOMED, "1", display) | ({"text": text} if text else {})
    done = {"resourceType": "Procedure", "id": "p1", "status": "completed", "code": code}
    left_open = {concept for item in chart_of(done).unreadable for concept in item.concepts or ()}
    assert ("tx.hsct" in left_open) is doubted
