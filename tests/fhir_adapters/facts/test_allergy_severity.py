"""How severe an allergy is: by its reactions, and by a criticality that does not stand alone."""

from __future__ import annotations

from typing import Any

import pytest

SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RASH: dict[str, Any] = {"manifestation": [{"text": "rash"}]}


def code(value: str, system: str = SNOMED, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value, **more}]}


def allergy(*reactions: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"reaction": list(reactions)} if reactions else {}
    return {"resourceType": "AllergyIntolerance", "id": "x1", "code": code("91936005"), **said, **more}


def was(*manifestations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"manifestation": list(manifestations), **more}


SEVERE = {
    "the code of anaphylaxis": allergy(was(code("39579001"))),
    "an ICD code of it": allergy(was(code("T78.2XXA", ICD))),
    "its word": allergy(was({"text": "Anaphylactic reaction"})),
    "its display, by a code that no value set lists": allergy(was(code("241930003", display="Anaphylaxis to drug"))),
    "in Spanish": allergy(was({"text": "choque anafiláctico"})),
    "in Chinese": allergy(was({"text": "过敏性休克"})),
    "in R5": allergy(was({"concept": code("39579001")})),
    "described": allergy(was({"text": "rash"}, description="Anaphylaxis in 2015")),
    "of two reactions the worse": allergy(RASH, was(code("39579001"))),
    "a severe rash": allergy({**RASH, "severity": "severe"}),
    "high criticality": allergy(criticality="high"),
    "high criticality, and a rash": allergy(RASH, criticality="high"),
    "a severe reaction, and one that nobody described": allergy({**RASH, "severity": "severe"}, RASH),
}
NOT_SEVERE = {
    "low criticality, and no reaction": allergy(criticality="low"),
    "mild": allergy({**RASH, "severity": "mild"}),
    "moderate, of low criticality": allergy({**RASH, "severity": "moderate"}, criticality="low"),
    "mild, of low criticality": allergy({**RASH, "severity": "mild"}, criticality="low"),
    "no anaphylaxis": allergy(was({"text": "rash, no anaphylaxis"}, severity="mild")),
    "no angioedema": allergy(was({"text": "hives; denies angioedema or bronchospasm"}, severity="mild")),
    "ten minutes": allergy(was({"text": "itching ten minutes after a change of dress"}, severity="mild")),
    "swelling of the arm": allergy(was({"text": "swelling of the arm"}, severity="mild")),
}
NOT_SAID = {
    "nothing": allergy(),
    "a rash": allergy(RASH),
    "low criticality, and a rash": allergy(RASH, criticality="low"),
    "low criticality, and anaphylaxis": allergy(was(code("39579001")), criticality="low"),
    "anaphylaxis that is said to be mild": allergy(was(code("39579001"), severity="mild")),
    "a mild reaction, and high criticality": allergy({**RASH, "severity": "mild"}, criticality="high"),
    "a severe reaction, and low criticality": allergy({**RASH, "severity": "severe"}, criticality="low"),
    "one reaction mild, another not described": allergy({**RASH, "severity": "mild"}, RASH, criticality="low"),
    "no anaphylaxis, and nothing else": allergy(was({"text": "no anaphylaxis"})),
    "moderate": allergy({**RASH, "severity": "moderate"}),
    "one reaction mild, another moderate": allergy({**RASH, "severity": "mild"}, {**RASH, "severity": "moderate"}),
    "a moderate reaction, and high criticality": allergy({**RASH, "severity": "moderate"}, criticality="high"),
    "named after what is grave": allergy(code={**code("91936005"), "text": "Penicillin angioedema"}, criticality="low"),
    "named after anaphylaxis by its code, low criticality": allergy(code=code("39579001"), criticality="low"),
    "and in words": allergy(code=code("39579001", display="Anaphylaxis"), criticality="low"),
}
GRAVE_WORDS = [
    "Stevens-Johnson syndrome", "Stevens Johnson", "SJS/TEN", "Toxic epidermal necrolysis", "Lyell syndrome",
    "DRESS", "Drug rash with eosinophilia and systemic symptoms", "Drug reaction with eosinophilia",
    "Laryngeal edema", "Oedema of larynx", "laryngospasm", "Edema of glottis", "swelling of throat", "Throat swelling",
    "Angioedema", "angio-oedema", "Angioneurotic edema", "Quincke's edema", "Angioödem", "Bronchospasm",
    "bronchial spasm", "Bronchospasmus", "broncoespasmo", "no rash, but bronchospasm", "血管性水肿",
    "喉头水肿", "支气管痉挛",
]  # fmt: skip
GRAVE_CODES = [
    *((SNOMED, value) for value in ("73442001", "768962006", "702809001", "51599000", "41291007", "4386001")),
    *((ICD, value) for value in ("L51.1", "L51.2", "L51.3", "D72.12", "J38.4", "J38.5", "T78.3XXA", "J98.01")),
    ("http://hl7.org/fhir/sid/icd-10", "T78.3"),
]


@pytest.mark.parametrize("concept", ["allergy.biologic", "allergy.any"])
@pytest.mark.parametrize(
    ("resource", "severity"),
    [
        pytest.param(resource, severity, id=name)
        for severity, resources in ((("severe",), SEVERE), (("not severe",), NOT_SEVERE), ((), NOT_SAID))
        for name, resource in resources.items()
    ],
)
def test_how_severe_it_is(fact_of: Any, concept: str, resource: dict[str, Any], severity: tuple[str, ...]) -> None:
    assert fact_of(concept, resource).facet("severity") == severity


@pytest.mark.parametrize(("said", "severity"), [("mild", ()), ("moderate", ()), (None, ()), ("severe", ("severe",))])
@pytest.mark.parametrize("words", GRAVE_WORDS)
def test_a_grave_reaction_is_never_called_mild(
    fact_of: Any, words: str, said: str | None, severity: tuple[str, ...]
) -> None:
    """It does not make the allergy severe either: that decides against a patient, and a person says it."""
    resource = allergy(was({"text": words}, severity=said), criticality="low" if said == "moderate" else None)
    assert fact_of("allergy.any", resource).facet("severity") == severity


@pytest.mark.parametrize(("system", "value"), GRAVE_CODES)
def test_a_grave_reaction_by_its_code_alone(fact_of: Any, system: str, value: str) -> None:
    assert fact_of("allergy.any", allergy(was(code(value, system), severity="mild"))).facet("severity") == ()
