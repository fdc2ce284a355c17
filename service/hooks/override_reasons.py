"""Why a clinician may set a card about a trial aside: a small code system of our own (docs/cards.md)."""

from __future__ import annotations

from typing import Final

SYSTEM: Final = "urn:trialsieve:override-reason"

DISPLAYS: Final = {
    "not-suitable": "Not suitable for this patient in my judgement",
    "patient-declines": "The patient does not wish to take part",
    "other-treatment": "Another treatment is under way or planned",
    "other-trial": "Already in this or another trial, or considered for one",
    "trial-out-of-reach": "The trial is not open, or out of reach for this patient",
    "record-wrong": "The record is wrong or out of date",
    "criterion-misread": "A criterion of the trial was applied wrongly",
    "not-my-patient": "Not for me to decide for this patient",
    "not-now": "Not now; show it again",
}
"""What a clinician reads, by code. Codes are public: more may come, none changes its meaning."""
