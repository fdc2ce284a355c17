"""Every word that calls what is given a vaccine."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.vaccines import Vaccines
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Terminology
from trialsieve.rules.words import Phrases

VACCINES = Vaccines(
    frozenset(),
    Phrases(()),
    Phrases(("flu shot",)),
    Phrases(("vaccinia immune globulin",)),
    CodeIndex({}, Terminology({}, {}, frozenset(), {})),
)
CALLED = [
    *("Influenza vaccine", "COVID-19 vaccination", "vaccin antigrippal", "vaccino antinfluenzale"),
    *("vacuna antigripal", "vacina contra a gripe", "Grippeschutzimpfung", "Impfstoff gegen Hepatitis B"),
    *("hepatitis B immunization", "hepatitis B immunisation", "乙肝疫苗", "Flu shot 2026"),
]


@pytest.mark.parametrize("words", CALLED)
def test_what_is_called_a_vaccine(words: str) -> None:
    assert VACCINES.called_one(Coded((), words))


@pytest.mark.parametrize(
    "words", ["Immune globulin", "Vaccinia immune globulin", "Vacuum dressing", "Impetigo ointment", "Cortisone shot"]
)
def test_what_is_not(words: str) -> None:
    assert not VACCINES.called_one(Coded((), words))
