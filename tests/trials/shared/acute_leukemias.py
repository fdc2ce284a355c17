"""Acute leukemias, and their relapse, as records say them."""

from __future__ import annotations

from typing import Any

from bundles import (
    ICD_10_CM,
    ICD_O_3,
    INTERPRETATION,
    SNOMED,
    Resource,
    ago,
    cd7,
    coded,
    condition,
)

T_ALL, AML, T_LBL, B_ALL = "277575008", "91861009", "421246008", "277571004"
ACUTE_LEUKEMIA, ACUTE_LEUKEMIA_IN_REMISSION = "91855006", "91854005"
RELAPSED_ALL, RELAPSED_LYMPHOID, RELAPSED_MYELOID = "12301000132103", "122951000119108", "122901000119109"
REFRACTORY = "12311000132101"

CD7_POSITIVE = cd7(85, interpretation=[coded(INTERPRETATION, "POS")], on=ago(20))

RELAPSE = condition(RELAPSED_LYMPHOID, SNOMED, onset=ago(60), recorded=ago(60))
"""Lymphoid leukemia in relapse, 60 days ago: it says nothing of the lineage, so it is no diagnosis of the list."""


def leukemia(code: str, system: str = SNOMED, **more: Any) -> Resource:
    """A leukemia of two years ago, active."""
    return condition(code, system, **({"onset": "2024-03-12", "recorded": "2024-03-12"} | more))


def with_histology(code: str, morphology: str) -> Resource:
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
    extension = {"url": url, "valueCodeableConcept": coded(ICD_O_3, morphology)}
    return leukemia(code, ICD_10_CM, extension=[extension])
