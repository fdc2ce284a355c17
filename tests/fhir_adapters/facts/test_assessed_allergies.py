"""Whether the record shows that somebody asked for allergies of any kind."""

from __future__ import annotations

from typing import Any

import pytest

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
NONE, NO_DRUG, NO_ENVIRONMENTAL, NO_FOOD, PENICILLIN = "716186003", "409137002", "428607008", "429625007", "91936005"
PEANUT = {"coding": [{"system": SNOMED, "code": "91935009", "display": "Allergy to peanut"}]}

HIVES = {"manifestation": [{"text": "hives"}]}


def code(value: str, system: str = SNOMED, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": value, **more}]}


def allergy(what: Json | None, number: int = 1, **more: Any) -> Json:
    named = {} if what is None else {"code": what}
    return {"resourceType": "AllergyIntolerance", "id": f"x{number}", **named, **more}


def verified(status: str) -> Json:
    return {"verificationStatus": {"coding": [{"code": status}]}}


def clinically(status: str) -> Json:
    return {"clinicalStatus": {"coding": [{"code": status}]}}


SHOWN: list[tuple[str, Json]] = [
    ("an allergy, whatever to", allergy(PEANUT)),
    ("an allergy, resolved", allergy(PEANUT, **clinically("resolved"))),
    ("a mild allergy", allergy(PEANUT, criticality="low")),
    ("an allergy that no list holds", allergy(code("300913006"))),
    ("an allergy in words", allergy({"text": "bees"})),
    ("a substance", allergy(None, reaction=[{"substance": code(PENICILLIN)}])),
    ("no known allergy, in the summary's code", allergy(code("no-known-allergies", IPS))),
    ("no known allergy, in words", allergy({"text": "No known allergies"})),
    ("no known allergy, in short", allergy({"text": "NKA"})),
    ("in German", allergy({"text": "Keine bekannten Allergien"})),
    ("in Chinese", allergy({"text": "否认过敏史"})),
    ("behind a heading", allergy({"text": "Allergies: none known"})),
    ("behind a heading in German", allergy({"text": "Allergien: keine"})),
    ("to something behind a heading", allergy({"text": "Allergies: penicillin"})),
    ("to some drug", allergy({"text": "Drug allergy"})),
    ("to what is called non-steroidal", allergy({"text": "Non-steroidal anti-inflammatory"})),
    ("unsure of the reaction", allergy({"text": "penicillin, unknown reaction"})),
]
NOT_SHOWN: list[tuple[str, Json]] = [
    ("no known allergy, which is a fact of its own", allergy(code(NONE))),
    ("no known food allergy", allergy(code(NO_FOOD))),
    ("no known environmental allergy", allergy(code(NO_ENVIRONMENTAL))),
    ("no known drug allergy", allergy(code(NO_DRUG))),
    ("no known food allergy, in the summary's code", allergy(code("no-known-food-allergies", IPS))),
    ("no known medication allergy, in the summary's code", allergy(code("no-known-medication-allergies", IPS))),
    ("no known latex allergy, by its display", allergy(code("716184000", display="No known latex allergy"))),
    ("no known drug allergies, in words", allergy({"text": "No known drug allergies"})),
    ("in short", allergy({"text": "NKDA"})),
    ("none of drugs, in French", allergy({"text": "Pas d'allergie médicamenteuse connue"})),
    ("but for one", allergy({"text": "Keine Allergien bis auf Penicillin"})),
    ("nobody asked", allergy({"text": "Not assessed"})),
    ("nobody knows", allergy({"text": "Allergy status unknown"})),
    *(
        (f"nobody knows: {words}", allergy({"text": words}))
        for words in ("Allergies: unknown", "Allergies (unknown)", "Allergies: N/A", "Allergien: unbekannt")
    ),
    *(
        (f"nobody knows: {words}", allergy({"text": words}))
        for words in ("Allergien nicht erfragt", "Alergias: desconocidas", "过敏史不详", "過敏史：不明")
    ),
    ("nobody knows, by a local code", allergy(code("0", "urn:local", display="Allergies: unknown"))),
    ("none of drugs behind a heading", allergy({"text": "Allergies: NKDA"})),
    ("none of food behind a heading", allergy({"text": "Food allergies: none"})),
    ("no information", allergy(code("no-allergy-info", IPS))),
    ("no code", allergy(None)),
    ("no known allergy, resolved", allergy(code(NONE), **clinically("resolved"))),
    ("no known allergy, inactive", allergy(code(NONE), **clinically("inactive"))),
    ("no known allergy, refuted", allergy(code(NONE), **verified("refuted"))),
    ("no known allergy, unconfirmed", allergy(code(NONE), **verified("unconfirmed"))),
    ("no known allergy, in words, resolved", allergy({"text": "NKA"}, **clinically("resolved"))),
    ("no known allergy, in words with dots, resolved", allergy({"text": "N.K.A."}, **clinically("resolved"))),
    ("an allergy, refuted", allergy(PEANUT, **verified("refuted"))),
    ("an allergy, unconfirmed", allergy(PEANUT, **verified("unconfirmed"))),
    ("an allergy, entered in error", allergy(PEANUT, **verified("entered-in-error"))),
    ("no known allergy, of the summary, and a reaction", allergy(code("no-known-allergies", IPS), reaction=[HIVES])),
    ("and a text", allergy({**code("no-known-allergies", IPS), "text": "Penicillin"})),
    ("no known allergy in words, and a reaction", allergy({"text": "NKA"}, reaction=[HIVES])),
    ("an allergy that must not be read", allergy(PEANUT, modifierExtension=[{"url": "urn:x", "valueBoolean": True}])),
]


@pytest.mark.parametrize("resource", [item for _, item in SHOWN], ids=[name for name, _ in SHOWN])
def test_what_shows_that_allergies_were_assessed(chart_of: Any, resource: Json) -> None:
    assert chart_of(resource).allergies_assessed is True


@pytest.mark.parametrize("resource", [item for _, item in NOT_SHOWN], ids=[name for name, _ in NOT_SHOWN])
def test_what_does_not(chart_of: Any, resource: Json) -> None:
    assert chart_of(resource).allergies_assessed is False


def test_one_is_enough(chart_of: Any) -> None:
    assert chart_of(allergy(code(NO_FOOD)), allergy(PEANUT, 2)).allergies_assessed is True


def test_a_diagnosis_is_no_allergy_list(chart_of: Any) -> None:
    diagnosed = {"resourceType": "Condition", "id": "c1", "code": code(PENICILLIN)}
    assert chart_of(diagnosed).allergies_assessed is False
