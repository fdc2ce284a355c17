"""Immunizations as facts, and drugs that may be vaccines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from coded_elements import SNOMED, code

from trialsieve.rules.vocabulary import Kind, Role

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"


@pytest.mark.parametrize(
    ("medication", "role"),
    [
        ({"text": "Influenza vaccine 0.5 mL IM"}, Role.SUPPORTING),
        ({"coding": [{"system": RXNORM, "code": "1", "display": "hepatitis B vaccine"}]}, Role.SUPPORTING),
        ({"text": "Grippe-Impfstoff 2026"}, Role.SUPPORTING),
        (code("J07BB02", "http://www.whocc.no/atc", text="Influenza vaccine"), Role.DEFINITIVE),
        ({"text": "hepatitis B immune globulin"}, None),
        ({"text": "No vaccine administered"}, None),
        ({"text": "BCG, intravesical"}, None),
        ({"text": "Prednisone 20 mg"}, None),
    ],
)
@pytest.mark.parametrize("name", ["MedicationAdministration", "MedicationRequest"])
def test_a_drug_that_words_call_a_vaccine(chart_of: Any, name: str, medication: Any, role: Role | None) -> None:
    """The words alone raise a doubt whether it was a vaccination."""
    given = {
        "resourceType": name,
        "id": "x1",
        "status": "completed",
        "intent": "order",
        "medicationCodeableConcept": medication,
        "authoredOn": "2026-10-02",
        "effectiveDateTime": "2026-10-02",
    }
    roles = [fact.role for fact in chart_of(given).facts if fact.concept == "tx.vaccination"]
    assert roles == ([] if role is None else [role])


def immunization(vaccine: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    given = {"resourceType": "Immunization", "id": "x1", "status": "completed", "occurrenceDateTime": "2026-10-02"}
    return {**given, "vaccineCode": vaccine, **more}


def said(text: str, system: str | None = None) -> dict[str, Any]:
    """A vaccine in words, beside a local code if a system is given."""
    return {"text": text} | (code("x", system) if system else {})


@pytest.mark.parametrize(
    "vaccine",
    [
        code("140", CVX),
        code("115", CVX),
        code("1119349007", SNOMED) | {"text": "COVID-19 mRNA vaccine"},
        *map(
            said,
            (
                "Influenza vaccine",
                "Grippeimpfstoff",
                "疫苗",
                "Flu shot",
                "MMR",
                "Tdap booster",
                "Hep B #2",
                "HepB-CpG",
                "RSV, recombinant, protein subunit RSVpreF",
                "COVID-19, mRNA, LNP-S, PF",
                "Pneumococcal conjugate PCV20",
                "Shingrix vaccine",
            ),
        ),
        said("Influenza vaccine", "urn:local"),
    ],
)
def test_any_vaccine_is_a_vaccination(fact_of: Any, vaccine: Any) -> None:
    fact = fact_of("tx.vaccination", immunization(vaccine))
    assert (fact.role, fact.kind) == (Role.DEFINITIVE, Kind.IMMUNIZATION)
    assert fact.when.first == date(2026, 10, 2)


@pytest.mark.parametrize(
    "vaccine",
    [
        code("999", CVX),  # unknown vaccine or immune globulin
        code("x", "urn:local"),
        said("A132", "urn:local"),
        said("Injection given in clinic"),
        said("卡介"),
        said("MMR and PPD"),
        code("140", CVX) | {"text": "PPD"},
        None,
    ],
)
def test_what_may_be_no_vaccine_raises_a_doubt(fact_of: Any, vaccine: Any) -> None:
    fact = fact_of("tx.vaccination", immunization(vaccine))
    assert (fact.role, fact.kind) == (Role.SUPPORTING, Kind.IMMUNIZATION)


NO_VACCINES = [
    "PPD",
    "PPD (TST)",
    "TST",
    "TST-PPD intradermal",
    "Tuberculin skin test; unspecified formulation",
    "Mantoux test",
    "IVIG",
    "IVIG 10 %",
    "RhoGAM",
    "Rho(D) immune globulin",
    "HBIG",
    "Hepatitis B immune globulin",
    "Hep B immunoglobulin",
    "VZIG",
    "Tetanus immune globulin",
    "Synagis",
    "palivizumab",
    "RSV, mAb, nirsevimab-alip, 1 mL",
    "Beyfortus",
    "botulinum antitoxin",
    "No vaccine administered",
]


@pytest.mark.parametrize("system", [None, "urn:local"])
@pytest.mark.parametrize("words", NO_VACCINES)
def test_words_for_what_is_no_vaccine_are_none(chart_of: Any, words: str, system: str | None) -> None:
    assert chart_of(immunization(said(words, system))).facts == ()


@pytest.mark.parametrize(
    "resource",
    [
        immunization(code("36", CVX)),
        immunization(code("998", CVX)),
        immunization(code("140", CVX), status="not-done"),
        immunization(code("140", CVX), status="entered-in-error"),
        immunization(code("140", CVX), notGiven=True),
    ],
)
def test_immune_globulins_and_what_was_not_given_are_none(chart_of: Any, resource: Any) -> None:
    assert chart_of(resource).facts == ()


def test_the_date_of_stu3(fact_of: Any) -> None:
    resource = immunization(code("140", CVX), date="2026-09-01")
    del resource["occurrenceDateTime"]
    assert fact_of("tx.vaccination", resource).when.first == date(2026, 9, 1)
