"""Concepts that no rule looks at, and why they are kept: a sentence of the registry's texts is about each."""

from __future__ import annotations

UNUSED: dict[str, str] = {
    "admin.age_sex": "It stands for the patient's own birth date and sex, which no code carries.",
    "admin.apheresis": "No code states it; a person says so.",
    "admin.consent": "A consent on record does not say to which trial; a person says so.",
    "admin.life_expectancy": "No code states it; a person judges it.",
    "repro.contraception": "A method on record is no commitment; a person says so.",
    "status.newly_diagnosed": "No code states it; rules look at diagnoses, relapses and therapies instead.",
}
