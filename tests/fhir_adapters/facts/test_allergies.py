"""Allergies as facts."""

from __future__ import annotations

from typing import Any

import pytest
from coded_elements import code

from trialsieve.rules.vocabulary import Certainty, Kind, Role, State

FIRM, WEAK = [Certainty.FIRM], [Certainty.WEAK]

PREDNISONE = code("8640", "http://www.nlm.nih.gov/research/umls/rxnorm")


def allergy(what: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "id": "x1", "code": what, **more}


def test_no_known_allergy_denies(fact_of: Any) -> None:
    fact = fact_of("allergy.biologic", allergy(code("716186003")))
    assert (fact.role, fact.kind) == (Role.NEGATES, Kind.ALLERGY)
    assert "No known allergy" in fact.says


@pytest.mark.parametrize(
    ("more", "expected", "state"),
    [
        ({}, FIRM, State.UNSTATED),
        ({"clinicalStatus": "active", "verificationStatus": "confirmed"}, FIRM, State.ACTIVE),
        ({"verificationStatus": "unconfirmed"}, WEAK, State.UNSTATED),
        ({"verificationStatus": {"coding": [{"code": "refuted"}]}}, [], None),
        ({"clinicalStatus": {"coding": [{"code": "resolved"}]}}, FIRM, State.RESOLVED),
    ],
)
def test_the_statuses_of_an_allergy(chart_of: Any, more: Any, expected: Any, state: Any) -> None:
    facts = [fact for fact in chart_of(allergy(code("91936005"), **more)).facts if fact.concept == "allergy.biologic"]
    assert [fact.certainty for fact in facts] == expected
    assert all(fact.state is state for fact in facts)


def test_an_allergy_to_a_drug_is_not_its_use(chart_of: Any) -> None:
    concepts = {fact.concept for fact in chart_of(allergy(PREDNISONE)).facts}
    assert "med.systemic_steroids" not in concepts


def test_the_substance_of_a_reaction_counts(chart_of: Any) -> None:
    resource = allergy({"text": "something"}, reaction=[{"substance": code("91936005")}])
    assert "allergy.biologic" in {fact.concept for fact in chart_of(resource).facts}


@pytest.mark.parametrize(
    ("what", "more", "role", "facets"),
    [
        (code("91935009"), {"criticality": "high"}, Role.SUPPORTING, (("severity", "severe"),)),
        (code("91935009"), {"criticality": "low"}, Role.SUPPORTING, (("severity", "not severe"),)),
        (code("91935009"), {"reaction": [{"severity": "mild"}]}, Role.SUPPORTING, (("severity", "not severe"),)),
        (code("91935009"), {"criticality": "unable-to-assess"}, Role.SUPPORTING, ()),
        ({"text": "bees"}, {"reaction": [{"severity": "severe"}]}, Role.SUPPORTING, (("severity", "severe"),)),
        ({"text": "bees"}, {"criticality": "high", "reaction": [{"severity": "mild"}]}, Role.SUPPORTING, ()),
        (code("716186003"), {}, Role.NEGATES, ()),
    ],
)
def test_any_allergy_raises_a_doubt(fact_of: Any, what: Any, more: Any, role: Role, facets: Any) -> None:
    fact = fact_of("allergy.any", allergy(what, **more))
    assert (fact.role, fact.facets) == (role, facets)


@pytest.mark.parametrize(
    "what",
    [
        code("409137002"),  # no known drug allergy
        code("no-known-allergies", "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"),
    ],
)
def test_what_denies_an_allergy_raises_none(chart_of: Any, what: Any) -> None:
    assert "allergy.any" not in {fact.concept for fact in chart_of(allergy(what)).facts}
