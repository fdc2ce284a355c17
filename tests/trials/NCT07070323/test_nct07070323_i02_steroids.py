"""I02 suspends anti-neoplastic treatment for 2 weeks. A systemic corticosteroid treats the leukemia, or much else."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    PASSES,
    RXNORM,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    attestation,
    condition,
    dose,
    medication,
    observation,
    quantity,
    review,
    row,
)

from trialsieve.rules.vocabulary import Kind

T_ALL = condition("277575008", SNOMED, onset=ago(300))
BLASTS = observation("26446-5", on=ago(3), valueQuantity=quantity(12, "%"))
VINCRISTINE = dose("L01CA02", ago(60))
DEXAMETHASONE = "H02AB02"
A_PERSON = review("judgement")
SUSPENDED, GOES_ON = attestation("NCT07070323#I02.a2", True), attestation("NCT07070323#I02.a2", False)


def in_words(text: str) -> Resource:
    said = {"status": "completed", "medicationCodeableConcept": {"text": text}, "effectiveDateTime": ago(5)}
    return {"resourceType": "MedicationAdministration", **said}


def into_the_eye() -> Resource:
    return {**dose("3264", ago(5), RXNORM), "dosage": {"route": {"text": "Ophthalmic"}}}


CHARTS = [
    row("a dose 5 days ago", dose(DEXAMETHASONE, ago(5)), comes=A_PERSON),
    row("a dose 14 days ago", dose(DEXAMETHASONE, ago(14)), comes=A_PERSON),
    row("a dose 15 days ago", dose(DEXAMETHASONE, ago(15)), comes=PASSES),
    row("its route is not stated", dose("8640", ago(5), RXNORM), comes=A_PERSON),
    row("taken until 14 days ago", medication("H02AB07", began=ago(40), ended=ago(14)), comes=A_PERSON),
    row("taken until 15 days ago", medication("H02AB07", began=ago(40), ended=ago(15)), comes=PASSES),
    row("taken still", medication("H02AB07", began=ago(40)), comes=review("imprecise")),
    row("some day of the month", dose(DEXAMETHASONE, "2026-11"), comes=review("imprecise")),
    row("a class of ATC", dose("H02AB", ago(5)), comes=A_PERSON),
    row("a mineralocorticoid", dose("H02AA02", ago(5)), comes=PASSES),
    row("into the eye", into_the_eye(), comes=PASSES),
    row("by its brand", in_words("Decadron 4 mg"), comes=review("unusable-data")),
    row("a person says that treatment is suspended", dose(DEXAMETHASONE, ago(5)), SUSPENDED, comes=PASSES),
    row("a person says that it goes on", dose(DEXAMETHASONE, ago(5)), GOES_ON, comes=FAILS),
    row(
        "and vincristine 10 days ago",
        dose(DEXAMETHASONE, ago(5)),
        dose("L01CA02", ago(10)),
        comes=review("registry-error"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), CHARTS)
def test_a_corticosteroid(check: Check, given: Given, expected: Expected) -> None:
    chart = (T_ALL, BLASTS, VINCRISTINE, *given.resources)
    check("I02", Given(chart, covers=frozenset(Kind)), expected)
