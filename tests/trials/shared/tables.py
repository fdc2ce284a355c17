"""Rows that several trials share: their sentences ask the same of a record. Attestations are each trial's own."""

from __future__ import annotations

from bundles import FAILS, HYPERTENSION, PASSES, SNOMED, UNVOUCHED, ago, condition, review, row

NOTHING_ON_RECORD = [
    row("nothing", HYPERTENSION, comes=PASSES),
    row("diagnoses were not retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
]

INFECTIONS = [
    row("sepsis", condition("A41.9", onset=ago(3)), comes=review("unspecific")),
    row("pneumonia", condition("J18.9", onset=ago(3)), comes=review("unspecific")),
    row("pneumonia, resolved", condition("J18.9", status="resolved", onset=ago(90)), comes=PASSES),
    row("sepsis 30 days ago", condition("A41.9", onset=ago(30)), comes=review("unspecific")),
    row("still called active after 31 days", condition("A41.9", onset=ago(31)), comes=review("stale", "unspecific")),
    *NOTHING_ON_RECORD,
]
"""An active infection; whether it is severe or under control has no code."""

IMMUNE_DISEASES = [
    row("severe combined immunodeficiency", condition("D81.9"), comes=FAILS),
    row("an immunodeficiency, resolved", condition("D81.9", status="resolved"), comes=review("judgement")),
    row("an immunodeficiency due to drugs", condition("D84.821"), comes=review("unspecific")),
    row("lupus", condition("M32.9"), comes=review("unspecific")),
    row("lupus in the past", condition("M32.9", status="resolved"), comes=review("judgement", "unspecific")),
    *NOTHING_ON_RECORD,
]
"""An immunodeficiency excludes; whether an autoimmune disease is severe has no code."""

NO_OTHER_TUMORS = [
    row("the leukemia itself", condition("C91.00"), comes=PASSES),
    row("the leukemia in relapse", condition("C91.02"), comes=PASSES),
    row("the leukemia, SNOMED", condition("277575008", SNOMED), comes=PASSES),
    row("the lymphoma itself", condition("C83.50"), comes=PASSES),
    row("in situ", condition("D06.9"), comes=PASSES),
    *NOTHING_ON_RECORD,
]
