"""Codes without words, in a system that some value sets know and others do not."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.engine.facts import Chart
from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
OPS = "http://fhir.de/CodeSystem/bfarm/ops"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
GERMAN_ICD10 = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
ICD10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def coded(name: str, system: str, code: str, display: str | None = None) -> Json:
    shown = {} if display is None else {"display": display}
    return {
        "resourceType": name,
        "id": "x1",
        "status": "completed",
        "code": {"coding": [{"system": system, "code": code, **shown}]},
    }


def doubted(chart: Chart) -> frozenset[str] | None:
    """What the only resource leaves in doubt; empty where it leaves nothing."""
    if not chart.unreadable:
        return frozenset()
    (item,) = chart.unreadable
    return item.concepts


DONE = frozenset({"cardiac.revasc", "tx.anticancer_procedure", "tx.organ_transplant"})


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (OPS, "5-470", DONE - {"tx.organ_transplant"}),
        (OPS, "8-544.0", DONE - {"tx.organ_transplant"}),
        (HCPCS, "J9370", DONE | {"tx.hsct"}),
        (ICD10_PCS, "0DTJ4ZZ", frozenset()),
        (SNOMED, "71388002", frozenset()),
    ],
)
def test_a_procedure_may_be_what_is_told_by_procedures_of_another_system(
    chart_of: Any, system: str, code: str, expected: frozenset[str]
) -> None:
    chart = chart_of(coded("Procedure", system, code))
    assert doubted(chart) == expected
    assert chart.covered == {Kind.PROCEDURE}


def test_words_that_name_nothing_settle_it(chart_of: Any) -> None:
    assert doubted(chart_of(coded("Procedure", OPS, "5-470", "Appendektomie"))) == frozenset()


@pytest.mark.parametrize("code", ["8-805.40", "5-411.20", "5-555.1", "5-504.0"])
@pytest.mark.parametrize("wanted", [None, frozenset({"tx.organ_transplant"})])
def test_a_code_that_a_value_set_has_settles_it(chart_of: Any, code: str, wanted: frozenset[str] | None) -> None:
    assert doubted(chart_of(coded("Procedure", OPS, code), wanted=wanted)) == frozenset()


@pytest.mark.parametrize("system", [ICD10, GERMAN_ICD10])
def test_a_diagnosis_may_be_what_no_value_set_of_the_criterion_has_in_its_system(chart_of: Any, system: str) -> None:
    assert doubted(chart_of(coded("Condition", system, "L60.0"))) == frozenset({"cardiac.long_qt"})


@pytest.mark.parametrize(
    ("system", "code", "other"),
    [
        # Solid tumours are told by ICD codes, their neighbour in the same criterion by SNOMED CT too.
        (SNOMED, "271737000", "onc.solid_tumour"),
        # B-lineage ALL has no code of WHO's, T-lineage ALL beside it has.
        (ICD10, "L60.0", "dx.b_all_conflict"),
        # Never presumed absent, so that a person's answer counts.
        (ICD10, "L60.0", "gen.genetic"),
        # A finding weighs it, no criterion by itself.
        (ICD10, "L60.0", "repro.childbearing"),
        (OPS, "8-800", "proc.oxygen_therapy"),
        # Vaccines have a kind of their own.
        (OPS, "8-800", "tx.vaccination"),
    ],
)
def test_what_it_does_not_leave_in_doubt(chart_of: Any, system: str, code: str, other: str) -> None:
    resource = coded("Procedure" if system == OPS else "Condition", system, code)
    for wanted in (None, frozenset({other})):
        assert other not in (doubted(chart_of(resource, wanted=wanted)) or frozenset())


def test_a_diagnosis_in_a_system_of_all_leaves_nothing_in_doubt(chart_of: Any) -> None:
    for system, code in ((ICD10_CM, "L60.0"), (SNOMED, "271737000")):
        assert doubted(chart_of(coded("Condition", system, code))) == frozenset()


def test_a_definitive_code_beside_it_settles_it(chart_of: Any) -> None:
    leukemia = coded("Condition", GERMAN_ICD10, "C91.00")
    leukemia["code"]["coding"].append({"system": ICD10, "code": "C91.0"})
    assert doubted(chart_of(leukemia)) == frozenset()


@pytest.mark.parametrize(
    ("system", "code", "display", "concept"),
    [
        (OPS, "8-542.11", "Nicht komplexe Chemotherapie: 1 Tag", "tx.anticancer_procedure"),
        (OPS, "8-543", "Mittelgradig komplexe und intensive Blockchemotherapie", "tx.anticancer_procedure"),
        (OPS, "8-522", "Hochvoltstrahlentherapie", "tx.anticancer_procedure"),
        (HCPCS, "G6013", "Radiation treatment delivery", "tx.anticancer_procedure"),
        (
            OPS,
            "8-837.00",
            "Perkutan-transluminale Gefäßintervention an Herz und Koronargefäßen: Angioplastie (Ballon)",
            "cardiac.revasc",
        ),
    ],
)
def test_words_name_what_the_value_sets_have_in_other_systems(
    chart_of: Any, system: str, code: str, display: str, concept: str
) -> None:
    assert concept in (doubted(chart_of(coded("Procedure", system, code, display))) or frozenset())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("8640", frozenset()),  # prednisone
        ("1193326", frozenset({"med.antineoplastic_recent"})),  # ruxolitinib, which is called antineoplastic, too
    ],
)
@pytest.mark.parametrize("others", [frozenset(), frozenset({"med.immunosuppressants", "med.systemic_steroids"})])
def test_a_drug_is_what_it_is_called_in_a_value_set_that_has_its_code_whichever_are_asked_for(
    chart_of: Any, code: str, expected: frozenset[str], others: frozenset[str]
) -> None:
    drug: Json = {
        "resourceType": "MedicationStatement",
        "id": "x1",
        "status": "active",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code}]},
    }
    assert doubted(chart_of(drug, wanted=frozenset({"med.antineoplastic_recent"}) | others)) == expected


def test_words_beside_a_german_code_that_no_value_set_lists(chart_of: Any) -> None:
    """OPS is listed in part: a transplant whose code is not among these is told by its name."""
    named = chart_of(coded("Procedure", OPS, "5-46", "Dünndarmtransplantation"))
    assert doubted(named) == frozenset({"tx.organ_transplant"})
    assert doubted(chart_of(coded("Procedure", OPS, "5-46", "Adhäsiolyse"))) == frozenset()


@pytest.mark.parametrize("code", ["1191", "312617"])  # aspirin; a tablet of prednisone, whose value set has prednisone
def test_a_drug_that_no_value_set_lists_may_be_a_product_of_any(chart_of: Any, code: str) -> None:
    drug: Json = {
        "resourceType": "MedicationRequest",
        "id": "x1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code}]},
    }
    wanted = frozenset({"med.systemic_steroids", "med.immunosuppressants", "med.antiarrhythmic", "vasc.pe"})
    assert doubted(chart_of(drug, wanted=wanted)) == wanted - {"vasc.pe"}
    drug["medicationCodeableConcept"]["text"] = "Acetylsalicylic acid 100 mg"
    assert doubted(chart_of(drug, wanted=wanted)) == frozenset()


def test_a_drug_that_a_value_set_lists_as_a_broad_code_is_no_product_of_another(chart_of: Any) -> None:
    methotrexate = {"coding": [{"system": RXNORM, "code": "6851"}]}
    drug = {"resourceType": "MedicationStatement", "id": "x1", "status": "active"}
    wanted = frozenset({"med.systemic_steroids"})
    assert doubted(chart_of(drug | {"medicationCodeableConcept": methotrexate}, wanted=wanted)) == frozenset()
