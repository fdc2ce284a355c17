"""X09: serious allergies."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    PASSES,
    RXNORM,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    allergy,
    attestation,
    condition,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import Kind

CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
PENICILLIN, ANAPHYLAXIS = "91936005", "39579001"
SEVERE: Resource = {"reaction": [{"manifestation": [{"text": "shock"}], "severity": "severe"}]}
MILD: Resource = {"reaction": [{"manifestation": [{"text": "rash"}], "severity": "mild"}]}
RASH: Resource = {"reaction": [{"manifestation": [{"text": "rash"}]}]}
SHOCK: Resource = {"reaction": [{"manifestation": [{"text": "Anaphylactic shock"}]}]}
SUMMARY = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
NOTHING_KNOWN = allergy("716186003", recordedDate=ago(10))

RESOLVED: Resource = {
    "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "resolved"}]},
}

ALLERGIES = [
    row("penicillin, severe, resolved", allergy(PENICILLIN, **SEVERE, **RESOLVED), comes=FAILS),
    row("reaction to serum, resolved", condition("T80.51", status="resolved", onset=ago(900)), comes=FAILS),
    row("amoxicillin, severe, resolved", allergy("723", RXNORM, **SEVERE, **RESOLVED), comes=review("unspecific")),
    row(
        "amoxicillin, severe; penicillin, mild",
        allergy("723", RXNORM, **SEVERE),
        allergy(PENICILLIN, **MILD),
        comes=review("unspecific"),
    ),
    row("penicillin, severe", allergy(PENICILLIN, **SEVERE), comes=FAILS),
    row("penicillin, high criticality", allergy(PENICILLIN, criticality="high"), comes=FAILS),
    row("penicillin, mild", allergy(PENICILLIN, **MILD), comes=PASSES),
    row(
        "penicillin, mild, and attested that there is another allergy",
        allergy(PENICILLIN, **MILD),
        attestation("SENL-T7#X09.other-allergy", True),
        comes=review("unspecific"),
    ),
    row("penicillin, low criticality", allergy(PENICILLIN, criticality="low"), comes=PASSES),
    row("penicillin, low criticality, mild", allergy(PENICILLIN, criticality="low", **MILD), comes=PASSES),
    row("penicillin, anaphylaxis", allergy(PENICILLIN, **SHOCK), comes=FAILS),
    row("reaction to serum", condition("T80.51", onset=ago(900)), comes=FAILS),
    *rows(
        review("unspecific"),
        {
            "penicillin, low criticality, a rash": allergy(PENICILLIN, criticality="low", **RASH),
            "penicillin, anaphylaxis, low criticality": allergy(PENICILLIN, criticality="low", **SHOCK),
            "penicillin, not assessed": allergy(PENICILLIN),
            "penicillin, unable to assess": allergy(PENICILLIN, criticality="unable-to-assess"),
            "a drug, severe": allergy("416098002", **SEVERE),
            "amoxicillin, by a code that no value set lists, severe": allergy("723", RXNORM, **SEVERE),
            "anaphylaxis": allergy(ANAPHYLAXIS),
            "peanut, severe": allergy("91935009", **SEVERE),
        },
    ),
    row("peanut, mild", allergy("91935009", **MILD), comes=PASSES),
    row(
        "no known drug allergy: none to what the sentence is about",
        allergy("409137002", recordedDate=ago(10)),
        comes=PASSES,
    ),
    row(
        "the same, by the patient summary's code alone",
        allergy("no-known-medication-allergies", SUMMARY, recordedDate=ago(10)),
        comes=PASSES,
    ),
    row(
        "the same, and a reaction to penicillin",
        allergy("no-known-medication-allergies", SUMMARY, reaction=[{"description": "penicillin"}]),
        comes=review("unconfirmed", "unspecific"),
    ),
    *rows(
        review("no-data"),
        {
            "no known food allergy, nothing else": allergy("429625007", recordedDate=ago(10)),
            "the same, by the patient summary's code": allergy("no-known-food-allergies", SUMMARY),
            "no known allergy, refuted": {**NOTHING_KNOWN, "verificationStatus": {"text": "refuted"}},
            "no known allergy, resolved": {**NOTHING_KNOWN, **RESOLVED},
        },
    ),
    row(
        "penicillin, refuted",
        NOTHING_KNOWN,
        allergy(
            PENICILLIN,
            verificationStatus={
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                        "code": "refuted",
                    }
                ]
            },
            **SEVERE,
        ),
        comes=PASSES,
    ),
    row("no known allergy", NOTHING_KNOWN, comes=PASSES),
    row("no known allergy, nobody knows as of when", allergy("716186003"), comes=review("undated")),
    row(
        "penicillin, severe, seven years ago; no known allergy since",
        allergy(PENICILLIN, recordedDate="2019-05-01", **SEVERE),
        NOTHING_KNOWN,
        comes=review("conflicting-data", "unspecific"),
    ),
    row(
        "penicillin, high criticality, seven years ago; no known allergy since",
        allergy(PENICILLIN, recordedDate="2019-05-01", criticality="high"),
        NOTHING_KNOWN,
        comes=review("conflicting-data", "unspecific"),
    ),
    row(
        "reaction to serum long ago; no known allergy since",
        condition("T80.51", onset=ago(900)),
        NOTHING_KNOWN,
        comes=review("conflicting-data", "unspecific"),
    ),
    row(
        "penicillin of unstated severity; no known allergy since",
        allergy(PENICILLIN, recordedDate="2019-05-01"),
        NOTHING_KNOWN,
        comes=review("unspecific"),
    ),
    row(
        "no known allergy seven years ago; penicillin, severe, since",
        allergy("716186003", recordedDate="2019-05-01"),
        allergy(PENICILLIN, recordedDate=ago(10), **SEVERE),
        comes=FAILS,
    ),
    row(
        "penicillin, severe; no known allergy without a date",
        allergy(PENICILLIN, recordedDate="2019-05-01", **SEVERE),
        allergy("716186003"),
        comes=review("conflicting-data", "undated"),
    ),
    row("nothing", HYPERTENSION, covers=UNVOUCHED, comes=review("not-retrieved")),
    row("asked for, and none there", HYPERTENSION, covers=frozenset({Kind.ALLERGY}), comes=review("no-data")),
]


@pytest.mark.parametrize(("given", "expected"), ALLERGIES)
def test_serious_allergies(check: Check, given: Given, expected: Expected) -> None:
    check("X09", given, expected)
