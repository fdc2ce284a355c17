"""What one code means by itself: the concepts that it names, those that it leaves in doubt, and its systems else."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.meaning import QUIET, Meanings
from trialsieve.fhir_adapters.codes.presumed import PresumedAbsent
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded, Coding
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind

SNOMED, LOCAL = "http://snomed.info/sct", "urn:local"
RXNORM, CVX = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/cvx"
SUMMARY = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
STEROIDS, VACCINATION, SURGERY, HSCT = "med.systemic_steroids", "tx.vaccination", "tx.surgery", "tx.hsct"
WANTED = frozenset({STEROIDS, VACCINATION, SURGERY, HSCT, "allergy.biologic"})
NOTHING = frozenset[str]()


@pytest.fixture(scope="module")
def meanings(book: RuleBook) -> Meanings:
    terms = Terms.of(book, WANTED)
    return Meanings(terms, PresumedAbsent(book, terms))


@pytest.mark.parametrize(
    ("kind", "coding", "named", "doubted", "uncoded"),
    [
        (Kind.MEDICATION, Coding(RXNORM, "8640", None), {STEROIDS}, NOTHING, None),
        (Kind.MEDICATION, Coding(RXNORM, "1", "prednisone 5 mg"), {STEROIDS}, NOTHING, None),
        (Kind.MEDICATION, Coding(LOCAL, "1", "prednisone 5 mg"), NOTHING, {STEROIDS}, None),
        (Kind.MEDICATION, Coding(LOCAL, "1", "a remedy"), NOTHING, NOTHING, {LOCAL}),
        (Kind.MEDICATION, Coding(LOCAL, "1", "Influenza vaccine"), {VACCINATION}, NOTHING, {LOCAL}),
        (Kind.MEDICATION, Coding(SUMMARY, "no-known-medications", None), NOTHING, NOTHING, None),
        (Kind.PROCEDURE, Coding(LOCAL, "1", "an operation"), {SURGERY}, NOTHING, {LOCAL}),
        (Kind.PROCEDURE, Coding(LOCAL, "1", "Stem cell transplantation"), {SURGERY}, {HSCT}, None),
        (Kind.IMMUNIZATION, Coding(CVX, "140", None), {VACCINATION}, NOTHING, None),
        (Kind.IMMUNIZATION, Coding(CVX, "36", None), NOTHING, NOTHING, None),
        (Kind.ALLERGY, Coding(RXNORM, "8640", None), NOTHING, NOTHING, {RXNORM}),
    ],
)
def test_what_a_code_means(
    meanings: Meanings,
    kind: Kind,
    coding: Coding,
    named: frozenset[str],
    doubted: frozenset[str],
    uncoded: frozenset[str] | None,
) -> None:
    meaning = meanings.of(kind, Coded((coding,), None))
    assert (meaning.named, meaning.doubted, meaning.uncoded) == (named, doubted, uncoded)


def test_what_means_nothing_is_one_object(meanings: Meanings) -> None:
    assert meanings.of(Kind.OBSERVATION, Coded((), "a remark")) is QUIET
