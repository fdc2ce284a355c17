"""The person of a chart."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialsieve.rules.vocabulary import Sex


def patient(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p1", **more}


@pytest.mark.parametrize(
    ("birth", "first", "last"),
    [
        ("1980-05-20", date(1980, 5, 20), date(1980, 5, 20)),
        ("1980-05", date(1980, 5, 1), date(1980, 5, 31)),
        ("1980", date(1980, 1, 1), date(1980, 12, 31)),
    ],
)
def test_a_birth_date_may_be_partial(chart_of: Any, birth: str, first: date, last: date) -> None:
    person = chart_of(patient=patient(birthDate=birth)).person
    assert (person.birth.first, person.birth.last) == (first, last)
    assert person.unusable == frozenset()
    assert chart_of.problems == []


@pytest.mark.parametrize("birth", ["20/05/1980", "1980-13-01", 1980, ["1980"], "1980-05-20T00:00:00Z", ""])
def test_a_birth_date_that_cannot_be_read_is_unusable(chart_of: Any, birth: Any) -> None:
    person = chart_of(patient=patient(birthDate=birth)).person
    assert person.birth is None
    assert person.unusable == {"birthDate"}
    (problem,) = chart_of.problems
    assert problem.reference == "Patient/p1"
    assert problem.reason == f"birthDate {str(birth)!r} is no FHIR date; write it as YYYY-MM-DD"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            "_birthDate": {
                "extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
                ]
            }
        },
    ],
)
def test_no_birth_date_is_nothing_wrong(chart_of: Any, more: Any) -> None:
    person = chart_of(patient=patient(**more)).person
    assert (person.birth, person.unusable, chart_of.problems) == (None, frozenset(), [])


@pytest.mark.parametrize(
    ("gender", "sex", "unusable"),
    [
        ("male", Sex.MALE, False), ("female", Sex.FEMALE, False), ("other", Sex.UNKNOWN, False),
        ("unknown", Sex.UNKNOWN, False), (None, Sex.UNKNOWN, False), ("M", Sex.UNKNOWN, True),
        ("Male", Sex.UNKNOWN, True), (1, Sex.UNKNOWN, True), (["male"], Sex.UNKNOWN, True),
    ],
)  # fmt: skip
def test_gender(chart_of: Any, gender: Any, sex: Sex, unusable: bool) -> None:
    person = chart_of(patient=patient(gender=gender)).person
    assert person.sex is sex
    assert person.unusable == ({"gender"} if unusable else frozenset())


@pytest.mark.parametrize(
    ("more", "deceased", "on"),
    [
        ({}, False, None),
        ({"deceasedBoolean": False}, False, None),
        ({"deceasedBoolean": "false"}, False, None),
        ({"deceasedBoolean": True}, True, None),
        ({"deceasedBoolean": "true"}, True, None),
        ({"deceasedDateTime": "2026-10-02"}, True, date(2026, 10, 2)),
        ({"deceasedDateTime": "autumn"}, True, None),
        ({"deceasedDateTime": ""}, False, None),
        ({"deceasedDateTime": None, "deceasedBoolean": True}, True, None),
        ({"deceasedDateTime": "2026-10-02", "deceasedBoolean": True}, True, date(2026, 10, 2)),
    ],
)
def test_deceased(chart_of: Any, more: Any, deceased: bool, on: date | None) -> None:
    person = chart_of(patient=patient(**more)).person
    assert person.deceased is deceased
    assert (person.deceased_when and person.deceased_when.first) == on
    assert person.set_aside is None


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"active": False}, "inactive"),
        ({"active": "false"}, "inactive"),
        ({"link": [{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]}, "Patient/p2"),
        ({"link": [{"type": "refer", "other": {"display": "Ann"}}]}, "Ann"),
        ({"link": {"type": "replaced-by"}}, "cannot be read"),
        ({"deceasedBoolean": "perhaps"}, "died"),
        ({"deceasedBoolean": 0}, "died"),
        ({"deceasedDateTime": False}, "died"),
        ({"deceasedDateTime": ["2026-10-02"]}, "died"),
        ({"deceasedDateTime": "2026-10-02", "deceasedBoolean": False}, "not clear"),
        ({"animal": {"species": {"text": "dog"}}}, "animal"),
        ({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-animal"}]}, "animal"),
        ({"modifierExtension": [{"url": "urn:animal"}]}, "modifier extension"),
    ],
)
def test_a_patient_nobody_should_be_enrolled_by(chart_of: Any, more: Any, word: str) -> None:
    person = chart_of(patient=patient(**more)).person
    assert word in person.set_aside
    assert not person.deceased


@pytest.mark.parametrize(
    "more", [{"active": True}, {"link": [{"type": "replaces", "other": {"reference": "Patient/p0"}}]}]
)
def test_a_patient_in_use(chart_of: Any, more: Any) -> None:
    assert chart_of(patient=patient(**more)).person.set_aside is None


US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
HL7 = "http://hl7.org/fhir/StructureDefinition/"


def born_as(code: str) -> dict[str, Any]:
    return {"url": f"{US_CORE}us-core-birthsex", "valueCode": code}


def us_sex(code: str) -> dict[str, Any]:
    return {"url": f"{US_CORE}us-core-sex", "valueCode": code}


def clinical_use(code: str) -> dict[str, Any]:
    coded = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/sex-parameter-for-clinical-use", "code": code}]
    }
    said = [{"url": "value", "valueCodeableConcept": coded}, {"url": "comment", "valueString": "by hormones"}]
    return {"url": f"{HL7}patient-sexParameterForClinicalUse", "extension": said}


def identity(code: str) -> dict[str, Any]:
    coded = {"coding": [{"system": "http://snomed.info/sct", "code": code}]}
    return {"url": f"{HL7}individual-genderIdentity", "extension": [{"url": "value", "valueCodeableConcept": coded}]}


@pytest.mark.parametrize(
    ("gender", "extensions", "sex"),
    [
        ("male", [born_as("M")], Sex.MALE),
        ("female", [born_as("F"), us_sex("248152002"), clinical_use("female-typical")], Sex.FEMALE),
        ("male", [born_as("UNK")], Sex.MALE),
        ("male", [us_sex("asked-declined")], Sex.MALE),
        ("male", [clinical_use("specified")], Sex.MALE),
        ("male", [identity("446141000124107")], Sex.MALE),  # a woman by gender identity alone
        ("male", [{"url": f"{HL7}patient-genderIdentity", "valueCodeableConcept": {"text": "female"}}], Sex.MALE),
        ("other", [born_as("F")], Sex.UNKNOWN),
        (None, [born_as("F")], Sex.UNKNOWN),
        ("male", [{"url": 1}, {"valueCode": "F"}], Sex.MALE),
    ],
)
def test_what_does_not_contradict_the_gender(chart_of: Any, gender: Any, extensions: Any, sex: Sex) -> None:
    person = chart_of(patient=patient(gender=gender, extension=extensions)).person
    assert (person.sex, person.unusable, chart_of.problems) == (sex, frozenset(), [])


@pytest.mark.parametrize(
    ("gender", "extension", "words"),
    [
        ("male", born_as("F"), "a sex at birth of 'F'"),
        ("female", born_as("M"), "a sex at birth of 'M'"),
        ("male", us_sex("248152002"), "a sex of '248152002'"),
        ("male", clinical_use("female-typical"), "a sex for clinical use of 'female-typical'"),
        ("female", clinical_use("male-typical"), "a sex for clinical use of 'male-typical'"),
    ],
)
def test_a_sex_that_contradicts_the_gender_leaves_it_unknown(
    chart_of: Any, gender: str, extension: Any, words: str
) -> None:
    """Somebody recorded as male who was born as F may be pregnant."""
    chart = chart_of(patient=patient(gender=gender, extension=[extension]))
    assert (chart.person.sex, chart.person.unusable) == (Sex.UNKNOWN, {"gender"})
    (problem,) = chart_of.problems
    assert problem.reason == f"gender '{gender}' and {words} contradict each other, so the sex is unknown"
    assert chart.cautions == (problem.reason,)  # a result says it, too


AS_OF = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("birth", "usable"),
    [
        ("1906-11-20", True),
        ("1906-11-19", False),
        ("1906", True),
        ("1905", False),
        ("1900-01-01", False),
        ("0001-01-01", False),
    ],
)
def test_a_birth_date_of_nobody_alive_is_unusable(chart_of: Any, birth: str, usable: bool) -> None:
    """Programs write such days where they know none."""
    person = chart_of(patient=patient(birthDate=birth), as_of=AS_OF).person
    assert (person.birth is not None, person.unusable) == (usable, frozenset() if usable else {"birthDate"})
    told = [] if usable else [f"birthDate '{birth}' is more than 120 years before 2026-11-20, and was not used"]
    assert [problem.reason for problem in chart_of.problems] == told


@pytest.mark.parametrize(
    ("birth", "told"), [("2026-11-20", False), ("2026", False), ("2026-11-21", True), ("2027", True)]
)
def test_a_birth_to_come_is_told_before_all_that_it_makes_undated(chart_of: Any, birth: str, told: bool) -> None:
    """It stays, and an age that is not known comes of it (docs/semantics.md, 3.1)."""
    chart = chart_of(patient=patient(birthDate=birth), as_of=AS_OF)
    assert chart.person.birth is not None
    reason = f"birthDate '{birth}' lies after 2026-11-20: the age is not known, and dates before it count as missing"
    assert [problem.reason for problem in chart_of.problems] == [f"{reason}; correct it"] * told
    assert chart.cautions == (f"{reason}; correct it",) * told


@pytest.mark.parametrize(
    ("element", "value"), [("birthDate", "1980-02-03 or 1990-02-03"), ("gender", "female or male")]
)
def test_what_versions_of_a_patient_differ_in_is_told_as_that(chart_of: Any, element: str, value: str) -> None:
    assert chart_of(patient=patient(**{element: value})).person.unusable == {element}
    (problem,) = chart_of.problems
    assert problem.reason == f"{element} is '{value}', and which of these is not known, so it was not used"


def test_whoever_was_screened_long_ago_may_be_born_long_ago(chart_of: Any) -> None:
    assert chart_of(patient=patient(birthDate="1900-01-01"), as_of=date(1990, 1, 1)).person.birth is not None


def test_without_a_patient_nothing_is_known(chart_of: Any) -> None:
    person = chart_of().person
    assert (person.reference, person.birth, person.sex) == (None, None, Sex.UNKNOWN)
