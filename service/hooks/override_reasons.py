"""Why a clinician may set a card about a trial aside: a small code system of our own (docs/cards.md)."""

from __future__ import annotations

from enum import Enum
from typing import Final

SYSTEM: Final = "urn:trialsieve:override-reason"


class OverrideReason(Enum):
    """The code and what a clinician reads. Codes are public: more may come, none changes its meaning."""

    NOT_SUITABLE = ("not-suitable", "Not suitable for this patient in my judgement")
    PATIENT_DECLINES = ("patient-declines", "The patient does not wish to take part")
    OTHER_TREATMENT = ("other-treatment", "Another treatment is under way or planned")
    OTHER_TRIAL = ("other-trial", "Already in this or another trial, or considered for one")
    TRIAL_OUT_OF_REACH = ("trial-out-of-reach", "The trial is not open, or out of reach for this patient")
    RECORD_WRONG = ("record-wrong", "The record is wrong or out of date")
    CRITERION_MISREAD = ("criterion-misread", "A criterion of the trial was applied wrongly")
    NOT_MY_PATIENT = ("not-my-patient", "Not for me to decide for this patient")
    NOT_NOW = ("not-now", "Not now; show it again")

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def display(self) -> str:
        return self.value[1]


DISPLAYS: Final = {reason.code: reason.display for reason in OverrideReason}
