"""Diseases by names and codes that no list decides by: a person has to look. And the codes of HIV by nucleic acid."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    ICD_10,
    ICD_10_CM,
    SNOMED,
    Check,
    Given,
    Resource,
    ago,
    attestation,
    condition,
    described,
    observation,
    quantity,
    review,
)

from trialsieve.rules.vocabulary import Kind

RECENT = ago(30)
NOTHING_ELSE = attestation("NCT07120607#X03.a14", False)


def named(code: str, name: str) -> Resource:
    """By a SNOMED CT code that no value set lists, and its name."""
    return condition(code, SNOMED, text=name, onset=RECENT)


def classified(code: str, system: str = ICD_10_CM) -> Resource:
    return condition(code, system, onset=RECENT)


DOUBTED = [
    ("X03", named("438773007", "Saddle embolus of pulmonary artery")),
    ("X03", named("95453001", "Subdural hematoma")),
    ("X03", named("95457000", "Brain stem infarction")),
    ("X03", classified("I67.82")),
    ("X03", classified("I67.81")),
    ("X03", classified("I66.01")),
    ("X03", classified("I65.29")),
    ("X03", classified("G46.3")),
    ("X03", classified("I67.8", ICD_10)),
    ("X05", named("23238000", "Common variable agammaglobulinemia")),
    ("X05", classified("D59.11")),
    ("X05", classified("D59.1", ICD_10)),
    ("X05", classified("D68.61")),
    ("X05", classified("E05.00")),
    ("X05", classified("M35.2", ICD_10)),
]


@pytest.mark.parametrize(("criterion", "disease"), DOUBTED)
def test_it_goes_to_a_person(check: Check, criterion: str, disease: Resource) -> None:
    check(criterion, Given((disease, NOTHING_ELSE), covers=frozenset(Kind)), review("unspecific"))


def test_a_lacunar_syndrome_is_carved_out_by_a_person(check: Check) -> None:
    check("X03", Given((classified("G46.5"), NOTHING_ELSE), covers=frozenset(Kind)), review("judgement", "unspecific"))


def test_words_alone(check: Check) -> None:
    disease = described("Graft vs host disease", recorded=RECENT)
    check("X06", Given((disease,), covers=frozenset(Kind)), review("no-data", "unusable-data"))


@pytest.mark.parametrize("code", ["25836-8", "70241-5", "62469-2", "21333-0"])
def test_hiv_rna_outweighs_a_negative_antibody(check: Check, code: str) -> None:
    negative = observation("56888-1", on=ago(10), valueString="Negative")
    positive = observation(code, on=ago(8), valueQuantity=quantity(85000, "{copies}/mL"))
    check("X09", Given((negative, positive)), FAILS)
