"""A denial of allergies that tells of one: it denies nothing, and raises the doubt that any allergy raises."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import Certainty, Role

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
NONE, NO_DRUG = "716186003", "409137002"
HIVES: Json = {"manifestation": [{"text": "hives"}]}
DENIED, DOUBTED = (Role.NEGATES, Certainty.FIRM), (Role.SUPPORTING, Certainty.WEAK)


def denial(value: str = NONE, system: str = SNOMED, *, text: str | None = None, **more: Any) -> Json:
    code: Json = {"coding": [{"system": system, "code": value}]} | ({} if text is None else {"text": text})
    return {"resourceType": "AllergyIntolerance", "id": "x1", "code": code, **more}


def displayed(*displays: str) -> Json:
    codings = [{"system": SNOMED, "code": NONE, "display": display} for display in displays]
    return {**denial(), "code": {"coding": codings}}


AGREEING = [
    "No known allergy", "No known allergy (situation)", "No Known Allergies", "NKA", "NKDA", "None", "Nil known",
    "N.K.D.A.",
    "No known drug, food or environmental allergies", "Patient denies allergies", "pt denies any allergy",
    "Not allergic to anything", "Allergies: none", "Allergy status: NKA", "Allergies none known", "Allergies",
    "No allergies on file.", "No known allergies, reviewed with patient 2026-10-01", "Without known allergies",
    "Keine bekannten Allergien", "Pas d'allergie connue", "Aucune allergie connue", "Sin alergias conocidas",
    "Nessuna allergia nota", "Geen bekende allergie", "Inga kända allergier", "Não há alergias", "Нет аллергии",
    "无已知过敏", "否认药物过敏", "过敏史：无", "",
]  # fmt: skip
OTHERWISE = [
    "Penicillin allergy", "Penicillin", "Allergic to peanuts", "NKA, allergic to peanuts", "NKDA except penicillin",
    "No known allergies; penicillin rash in 2019", "No known allergies other than latex", "None but penicillin",
    "Not assessed", "Unknown", "Allergy status unknown", "Keine bekannten Allergien außer Penicillin", "青霉素过敏",
    "Penicillin: no anaphylaxis",
]  # fmt: skip


@pytest.mark.parametrize("concept", ["allergy.any", "allergy.biologic"])
@pytest.mark.parametrize(
    ("text", "expected"), [*((text, DENIED) for text in AGREEING), *((text, DOUBTED) for text in OTHERWISE)]
)
def test_the_words_beside_no_known_allergy(fact_of: Any, concept: str, text: str, expected: Any) -> None:
    fact = fact_of(concept, denial(text=text))
    assert (fact.role, fact.certainty) == expected
    assert (f"beside '{text}'" in fact.says) is (expected is DOUBTED)


def test_a_display_says_it_too(fact_of: Any) -> None:
    fact = fact_of("allergy.any", displayed("No known allergy", "Penicillin allergy"))
    assert (fact.role, fact.certainty) == DOUBTED


@pytest.mark.parametrize(
    ("reaction", "severity"),
    [
        ({"substance": {"text": "Penicillin"}}, ()),
        (HIVES, ()),
        ({**HIVES, "severity": "severe"}, ("severe",)),
        ({**HIVES, "severity": "mild"}, ("not severe",)),
    ],
)
def test_a_reaction_beside_no_known_allergy(fact_of: Any, reaction: Json, severity: tuple[str, ...]) -> None:
    fact = fact_of("allergy.any", denial(reaction=[reaction]))
    assert (fact.role, fact.certainty) == DOUBTED
    assert fact.facet("severity") == severity
    assert "beside a reaction" in fact.says


@pytest.mark.parametrize("reactions", [[], [{}], None])
def test_a_reaction_that_says_nothing_is_none(fact_of: Any, reactions: Any) -> None:
    fact = fact_of("allergy.any", denial(reaction=reactions))
    assert (fact.role, fact.certainty) == DENIED


def test_a_code_of_an_allergy_beside_that_of_none(fact_of: Any) -> None:
    resource = denial()
    resource["code"]["coding"].append({"system": SNOMED, "code": "91936005"})
    assert fact_of("allergy.biologic", resource).role is Role.SUPPORTING


@pytest.mark.parametrize(("value", "system"), [(NO_DRUG, SNOMED), ("no-known-allergies", IPS)])
@pytest.mark.parametrize(("text", "doubted"), [("Penicillin allergy", True), ("No known drug allergies", False)])
def test_a_denial_that_is_no_fact_of_any_allergy_raises_its_doubt(
    chart_of: Any, value: str, system: str, text: str, doubted: bool
) -> None:
    chart = chart_of(denial(value, system, text=text))
    assert ("allergy.any" in {fact.concept for fact in chart.facts}) is doubted
    assert chart.allergies_assessed is (system == IPS and not doubted)


def test_the_summarys_code_that_no_allergy_to_drugs_is_known_is_snomeds(chart_of: Any) -> None:
    def told(value: str, system: str = IPS, **more: Any) -> set[tuple[str, Role, Certainty]]:
        return {(fact.concept, fact.role, fact.certainty) for fact in chart_of(denial(value, system, **more)).facts}

    same = "no-known-medication-allergies"
    assert told(same) == told(NO_DRUG, SNOMED)
    assert ("allergy.biologic", *DENIED) in told(same)
    assert told(same, text="Penicillin") == told(NO_DRUG, SNOMED, text="Penicillin")
    assert ("allergy.biologic", *DOUBTED) in told(same, text="Penicillin")
    assert ("allergy.biologic", *DENIED) not in told("no-known-food-allergies") | told("no-known-medications")
    assert ("allergy.biologic", *DENIED) not in told(same, "urn:x")


def test_a_reaction_beside_no_known_drug_allergy_raises_the_doubt_of_any(fact_of: Any) -> None:
    fact = fact_of("allergy.any", denial(NO_DRUG, reaction=[HIVES]))
    assert (fact.role, fact.certainty) == DOUBTED


NONE_AT_ALL = [
    "No allergy", "No known allergies", "no allergies known", "None known", "N.K.A.", "NKA/NKDA",
    "No known allergy (NKA)",
    "No known allergy (situation)", "Patient has no known allergies", "Pt denies any allergies", "Denies allergies.",
    "Keine Allergie", "Keine Allergien bekannt", "Keine bekannten Allergien", "Aucune allergie connue",
    "Pas d'allergie", "Pas d’allergies connues", "Absence d'allergie connue", "Sin alergias", "No alergias conocidas",
    "Niega alergias", "Não há alergias", "Sem alergias conhecidas", "Nessuna allergia nota", "Geen bekende allergieën",
    "Geen allergie", "Allergies: None", "Allergies (none known)", "Allergy status: NKA", "Allergien: keine",
    "无过敏史", "無過敏史", "否认过敏史", "无已知过敏", "アレルギーなし", "既知のアレルギー無し",
]  # fmt: skip
NONE_TO_DRUGS = [
    "Allergies: NKDA",
    "NKDA", "N.K.D.A.", "No known drug allergies", "No drug allergy", "No known medication allergies", "NKDA.",
    "Denies any drug allergies", "Keine Arzneimittelallergien bekannt", "Keine Medikamentenallergie",
    "Pas d'allergie médicamenteuse connue", "Sin alergias medicamentosas", "No alergias a medicamentos",
    "Sem alergias medicamentosas conhecidas", "Nessuna allergia a farmaci nota", "无药物过敏史", "否认药物过敏",
]  # fmt: skip
SAYING_MORE = [
    "No active allergies", "No known food allergies", "No penicillin allergy", "Keine Penicillinallergie",
    "无青霉素过敏",
    "No known allergies except latex", "Keine Allergien bekannt außer Penicillin",
    "ペニシリンアレルギーなし",
    "Not assessed", "No information on allergies", "Allergies not known", "NKDA, latex", "Mother: no allergies",
]  # fmt: skip


@pytest.mark.parametrize("text", NONE_AT_ALL)
def test_words_that_deny_allergies_of_any_kind_outright(chart_of: Any, text: str) -> None:
    chart = chart_of(worded(text=text, recordedDate="2026-10-01"))
    assert (chart.facts, chart.unreadable, chart.allergies_assessed) == ((), (), True)


@pytest.mark.parametrize("text", NONE_TO_DRUGS)
def test_words_that_deny_allergies_to_drugs_are_the_code_of_that(chart_of: Any, text: str) -> None:
    by_words = chart_of(worded(text=text, recordedDate="2026-10-01"))
    by_code = chart_of(worded({"system": SNOMED, "code": NO_DRUG}, text=text, recordedDate="2026-10-01"))
    assert by_words.facts == by_code.facts
    assert {(fact.concept, fact.role) for fact in by_words.facts} == {("allergy.biologic", Role.NEGATES)}
    assert (by_words.unreadable, by_words.allergies_assessed) == ((), False)


@pytest.mark.parametrize("text", SAYING_MORE)
def test_words_that_say_more_or_less_are_a_doubt(chart_of: Any, text: str) -> None:
    chart = chart_of(worded(text=text, recordedDate="2026-10-01"))
    assert "allergy.any" in {fact.concept for fact in chart.facts}
    assert Role.NEGATES not in {fact.role for fact in chart.facts}
    assert not chart.allergies_assessed


@pytest.mark.parametrize(
    ("beside", "role"),
    [
        ({"coding": [{"system": SNOMED, "code": "91936005", "display": "Allergy to penicillin"}]}, Role.DEFINITIVE),
        ({"coding": [{"system": SNOMED, "code": "91936005"}]}, Role.DEFINITIVE),
        ({"coding": [{"system": "urn:example:local", "code": "7", "display": "NKDA"}]}, Role.NEGATES),
        ({"coding": [{"system": SNOMED, "code": NO_DRUG}]}, Role.NEGATES),
    ],
)
def test_a_code_beside_such_words(fact_of: Any, beside: Json, role: Role) -> None:
    resource = worded(text="NKDA", recordedDate="2026-10-01")
    assert fact_of("allergy.biologic", {**resource, "code": {"text": "NKDA", **beside}}).role is role


def test_another_allergy_beside_such_words_may_be_any(chart_of: Any) -> None:
    beside = {"coding": [{"system": "urn:example:local", "code": "7", "display": "Latex allergy"}]}
    chart = chart_of(worded(text="No known allergies") | {"code": {"text": "No known allergies", **beside}})
    assert [item.concepts for item in chart.unreadable] == [{"allergy.biologic"}]


@pytest.mark.parametrize("text", ["NKDA", "No allergy", "无过敏史"])
def test_a_reaction_beside_such_words(chart_of: Any, text: str) -> None:
    chart = chart_of(worded(text=text, reaction=[HIVES]))
    assert {(fact.role, fact.certainty) for fact in chart.facts} == {DOUBTED}
    assert "allergy.any" in {fact.concept for fact in chart.facts}


LOCAL = {"system": "urn:example:allergies", "code": "0"}
UNLISTED = {"system": SNOMED, "code": "300913006"}
SUMMARY = {"system": IPS, "code": "no-known-allergies"}


def worded(*codings: Json, text: str | None = None, **more: Any) -> Json:
    code = {"coding": list(codings)} | ({} if text is None else {"text": text})
    return {"resourceType": "AllergyIntolerance", "id": "x1", "code": code, **more}


@pytest.mark.parametrize(
    ("resource", "is_doubted"),
    [
        *((worded(text=text), False) for text in ("No known allergies", "NKA", "N.K.A.", "None", "no allergies")),
        (worded(LOCAL | {"display": "No Known Allergies"}), False),
        (worded(LOCAL, text="No Known Allergies"), False),
        (worded(UNLISTED | {"display": "No known allergies"}), False),
        (worded(SUMMARY), False),
        (worded(UNLISTED, text="No known allergies"), True),
        (worded(text="No known allergies, but penicillin"), True),
        (worded(text="Allergies"), True),
        *((one | {"reaction": [HIVES]}, True) for one in (worded(text="NKA"), worded(LOCAL, text="NKA"))),
        (worded(SUMMARY, reaction=[HIVES]), True),
        (worded(SUMMARY, LOCAL), False),
    ],
)
def test_a_denial_of_allergies_of_any_kind_is_no_allergy(chart_of: Any, resource: Json, is_doubted: bool) -> None:
    chart = chart_of(resource)
    assert ("allergy.any" in {fact.concept for fact in chart.facts}) is is_doubted
    assert all((fact.role, fact.certainty) == DOUBTED for fact in chart.facts if resource.get("reaction"))


def test_none_shows_that_allergies_were_assessed(chart_of: Any) -> None:
    for resource in (denial(text="Penicillin allergy"), denial(reaction=[HIVES])):
        assert chart_of(resource).allergies_assessed is False


def test_an_allergy_in_ordinary_words_is_none_of_it(fact_of: Any) -> None:
    fact = fact_of("allergy.biologic", denial("91936005", text="Penicillin allergy", reaction=[HIVES]))
    assert (fact.role, fact.certainty) == (Role.DEFINITIVE, Certainty.FIRM)
