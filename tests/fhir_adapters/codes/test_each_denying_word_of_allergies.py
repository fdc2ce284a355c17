"""Every word by which an AllergyIntolerance is a denial, or nobody knows, and so names no allergy."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.allergy_denials import denial
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.rules.concept import Terminology
from trialsieve.rules.rule_book import RuleBook, Site

TERMS = Terms.of(RuleBook({}, {}, {}, {}, Terminology({}, {}, frozenset(), {}), Site()), None)
OF_ANY_KIND = ["NKA", "No known allergies", "none", "keine Allergien bekannt"]
OF_SOME_KIND_OR_UNKNOWN = [
    *("NKDA", "NKFA", "nil known", "none to food", "denies food allergies", "kein Allergen"),
    *("keine Nussallergie", "aucun allergène", "aucune allergie aux noix", "ningun alérgeno"),
    *("ninguna alergia a frutos secos", "nessun allergene", "nessuna allergia alle noci"),
    *("Patient has no food allergy", "no penicillin or other drug allergies", "no drug/food allergies"),
    *("no non-drug allergies", "Patient not allergic to latex"),
    *("latex: no known reaction", "unknown", "allergy unknown", "allergies are unknown", "allergy is unknown"),
    *("allergy status unknown", "food allergy history unknown", "there is no information", "unable to assess"),
    *("drugs not assessed", "drugs not yet assessed", "drugs not asked", "drugs not known", "drugs not recorded"),
    *("drugs not reviewed", "drugs not on file"),
]
NAMES = [
    *("penicillin", "Nonoxynol", "Nilotinib", "Keinath reaction", "penicillin, unknown reaction", "allergic to bees"),
    *("no reaction since penicillin was stopped", "Anaphylaxis not treated at home"),
]


@pytest.mark.parametrize("words", OF_ANY_KIND)
def test_what_denies_allergies_of_any_kind(words: str) -> None:
    assert denial(Coded((), words), TERMS) is True


@pytest.mark.parametrize("words", OF_SOME_KIND_OR_UNKNOWN)
def test_what_denies_some_or_is_not_known(words: str) -> None:
    assert denial(Coded((), words), TERMS) is False


@pytest.mark.parametrize("words", NAMES)
def test_what_names_one(words: str) -> None:
    assert denial(Coded((), words), TERMS) is None
