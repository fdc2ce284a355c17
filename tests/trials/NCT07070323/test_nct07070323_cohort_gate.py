"""The cohort of patients with a previous donor, which an allogeneic transplant on record opens."""

from __future__ import annotations

import pytest
from bundles import ICD_10_PCS, SNOMED, UNVOUCHED, Given, Screen, ago, coded, condition, procedure

from trialsieve.rules.vocabulary import Kind

T_ALL = condition("277575008", SNOMED, onset=ago(400))
BIOPSY = procedure("86273004")

TRANSPLANTS = {
    "allogeneic": (procedure("58390007"), "needs-review", ()),
    "allogeneic, undated or not": (procedure("58390007", on=ago(400)), "needs-review", ()),
    "autologous": (procedure("58776007"), "ineligible", ("cohort",)),
    "allogeneic, ICD-10-PCS": (procedure("30233Y3", ICD_10_PCS), "needs-review", ()),
    "allogeneic marrow, ICD-10-PCS": (procedure("30243G4", ICD_10_PCS), "needs-review", ()),
    "sibling's marrow": (procedure("426425001"), "needs-review", ()),
    "autologous marrow, ICD-10-PCS": (procedure("30243G0", ICD_10_PCS), "ineligible", ("cohort",)),
    "stem cells of a kind not stated": (procedure("1269349006"), "needs-review", ("cohort",)),
    "one whose SNOMED code no list holds": (
        {**procedure("1"), "code": coded(SNOMED, "1", "Haploidentical stem cell transplantation")},
        "needs-review",
        ("cohort",),
    ),
    "donor not stated": (procedure("234336002"), "needs-review", ("cohort",)),
    "transplant status": (condition("Z94.84"), "needs-review", ("cohort",)),
    "allogeneic, a resolved condition": (condition("58390007", SNOMED, status="resolved"), "needs-review", ()),
    "graft-versus-host disease, no transplant on record": (
        condition("D89.813", onset=ago(90)),
        "needs-review",
        ("cohort",),
    ),
    "none on record": (procedure("86273004"), "ineligible", ("cohort",)),
}


@pytest.mark.parametrize("name", TRANSPLANTS)
def test_the_cohort_of_previous_donors_needs_an_allogeneic_transplant(screen: Screen, name: str) -> None:
    transplant, verdict, limiting = TRANSPLANTS[name]
    answer = screen(Given((T_ALL, BIOPSY, transplant)))
    arms = {arm.cohort: arm for arm in answer.result.arms}
    assert list(arms) == ["autologous", "prior_sct_donor", "new_matched_donor"]
    gated = arms["prior_sct_donor"]
    assert (gated.verdict.value, gated.limiting[: len(limiting)]) == (verdict, limiting)
    if not limiting:
        assert "cohort" not in gated.limiting


def test_no_record_of_procedures_leaves_the_gate_open(screen: Screen) -> None:
    arms = {arm.cohort: arm for arm in screen(Given((T_ALL,), covers=UNVOUCHED)).result.arms}
    assert (arms["prior_sct_donor"].verdict.value, arms["prior_sct_donor"].limiting[0]) == ("needs-review", "cohort")
    covered = screen(Given((T_ALL,), covers=frozenset({Kind.PROCEDURE})))
    assert {arm.cohort: arm.verdict.value for arm in covered.result.arms}["prior_sct_donor"] == "ineligible"
