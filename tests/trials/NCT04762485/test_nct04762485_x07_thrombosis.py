"""Exclusion 7. Patients with atrial or venous thrombosis or embolism.

No window is given: what is current excludes; what is past, chronic or undated goes to a person, and so does what hangs
on a catheter. "Atrial" is probably "arterial": a merely arterial event is held for the registry's error.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    CHINESE_ICD_10,
    FAILS,
    HYPERTENSION,
    ICD_10,
    ICD_10_CM,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    attestation,
    condition,
    described,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import AbsencePolicy, Kind


def clot(code: str, system: str = ICD_10_CM, **more: Any) -> Resource:
    """A current event of 20 days ago."""
    return condition(code, system, **({"onset": ago(20)} | more))


def embolism(**more: Any) -> Resource:
    return clot("I26.99", **more)


CURRENT = rows(
    FAILS,
    {
        "pulmonary embolism": embolism(),
        "pulmonary embolism, SNOMED": clot("59282003", SNOMED),
        "pulmonary embolism, SNOMED as an OID": clot("59282003", "urn:oid:2.16.840.1.113883.6.96"),
        "pulmonary embolism, WHO": clot("I26.9", ICD_10),
        "pulmonary embolism, Chinese ICD-10": clot("I26.900", CHINESE_ICD_10, text="肺栓塞"),
        "pulmonary embolism, without the dot": clot("I2699"),
        "deep vein thrombosis of the leg": clot("I82.401"),
        "femoral phlebitis": clot("I80.10"),
        "deep vein thrombosis, SNOMED": clot("128053003", SNOMED),
        "portal vein": clot("I81"),
        "intracranial venous": clot("I67.6"),
        "began years ago and is still active": embolism(onset="2019-03-01"),
        "recurrence": embolism(status="recurrence"),
        "recorded, with no onset": embolism(onset=None, recorded=ago(5)),
        "no verification status": embolism(verified=None),
        "beside words that nobody here reads": (embolism(), described("高血压")),
        "beside a resolved one": (embolism(status="resolved", onset="2015"), clot("I82.401")),
        "SNOMED and ICD in one Condition": {
            **embolism(),
            "code": {"coding": [{"system": SNOMED, "code": "59282003"}, {"system": ICD_10, "code": "I26.9"}]},
        },
    },
)

TO_A_PERSON = [
    *rows(
        review("judgement"),
        {
            "resolved": embolism(status="resolved"),
            "inactive": embolism(status="inactive"),
            "in remission": embolism(status="remission"),
            "ended": embolism(abatementDateTime=ago(3)),
            "resolved years ago": clot("I82.401", onset="2012", status="resolved"),
            "history of pulmonary embolism": condition("Z86.711"),
            "history of venous thrombosis": condition("Z86.718", onset="2012"),
            "chronic pulmonary embolism": clot("I27.82"),
            "chronic deep vein thrombosis": clot("I82.501"),
            "acute of the arm: may hang on a catheter": clot("I82.621"),
        },
    ),
    row("postthrombotic syndrome", clot("I87.001"), comes=review("unspecific")),
    row(
        "a SNOMED code that no list holds, whose words name it",
        clot("706870000", SNOMED, text="Acute pulmonary embolism"),
        comes=review("unspecific"),
    ),
    *rows(
        review("conflicting-data"),
        {
            "refuted since": (embolism(recorded=ago(9)), embolism(recorded=ago(3), verified="refuted")),
            "refuted, nobody knows when": (embolism(recorded=ago(9)), embolism(verified="refuted")),
        },
    ),
    row(
        "resolved since, nobody says which",
        embolism(recorded=ago(9)),
        embolism(recorded=ago(3), status="resolved"),
        comes=review("conflicting-data", "judgement"),
    ),
    row("undated", embolism(onset=None), comes=review("undated")),
    row("no clinical status", embolism(status=None), comes=review("stale")),
    row("R5: clinical status unknown", embolism(status="unknown"), comes=review("stale")),
    row("provisional", embolism(verified="provisional"), comes=review("unconfirmed")),
    row("superficial", clot("I80.01"), comes=review("unspecific")),
    row("thrombosis of a catheter", clot("T82.868A"), comes=review("unspecific")),
    *rows(
        review("unspecific"),
        {
            "intracranial phlebitis (G08)": clot("G08"),
            "an infarction by a cerebral vein": clot("I63.6"),
            "in pregnancy": clot("O22.31"),
            "embolism by a device": clot("T82.817A"),
        },
    ),
    *rows(
        review("registry-error", "unspecific"),
        {
            "cerebral infarction by embolism": clot("I63.40"),
            "cerebral infarction by thrombosis, WHO": clot("I63.3", ICD_10),
            "coronary thrombosis": clot("I24.0"),
            "septic arterial embolism": clot("I76"),
        },
    ),
    row("arterial", clot("I74.3"), comes=review("registry-error")),
    row("arterial, SNOMED", clot("65198009", SNOMED), comes=review("registry-error")),
    row("intracardiac: of no stated chamber", clot("I51.3"), comes=review("registry-error", "unspecific")),
]

NOTHING = [
    *rows(
        PASSES,
        {
            "a cerebral infarction of no stated cause": clot("I63.9"),
            "thrombocytopenia is no thrombosis": clot("D69.6", text="Thrombocytopenia, unspecified"),
            "varicose veins stand next to it (I83)": clot("I83.90"),
            "chronic pulmonary heart disease (I27.81)": clot("I27.81"),
            "history of another disease (Z86.79)": condition("Z86.79"),
            "refuted": embolism(verified="refuted"),
            "entered in error": (embolism(verified="entered-in-error"), HYPERTENSION),
            "begins in the future": embolism(onset=ago(-2)),
            "another diagnosis": HYPERTENSION,
            "only words that name something else": described("Hypertension"),
            "a local code whose words name something else": condition(
                "4711", "urn:local", text="Essential hypertension"
            ),
        },
    ),
    *rows(
        review("unusable-data"),
        {
            "only words": described("Pulmonary embolism"),
            "only words, in Chinese": described("肺栓塞"),
            "only words, in Chinese, of something else": described("高血压"),
            "a local code whose words name it": condition("4711", "urn:local", text="Deep vein thrombosis"),
            "a code without its system": condition("I26.99", "", text="Pulmonary embolism"),
        },
    ),
    row("no diagnosis was retrieved", covers=UNVOUCHED, comes=review("not-retrieved")),
    row("diagnoses vouched for", covers=frozenset({Kind.CONDITION}), comes=PASSES),
    row("everything else vouched for", covers=frozenset(Kind) - {Kind.CONDITION}, comes=review("not-retrieved")),
    row("nothing is presumed absent", HYPERTENSION, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
    row("nothing presumed, but found", embolism(), absence=AbsencePolicy.UNKNOWN, comes=FAILS),
]

ATTESTED = [
    row("a past one does not matter", embolism(status="resolved"), attestation("X07", False), comes=PASSES),
    row("a past one does", embolism(status="resolved"), attestation("X07", True), comes=FAILS),
    row("nothing on record, but the person knows", HYPERTENSION, attestation("X07", True), comes=FAILS),
    row("data older than the person's answer", embolism(), attestation("X07", False), comes=review("conflicting-data")),
    row(
        "data newer than the person's answer", embolism(onset=ago(1)), attestation("X07", False, on=ago(9)), comes=FAILS
    ),
    row("both say so", embolism(), attestation("X07", True), comes=FAILS),
    row(
        "not retrieved: no answer lifts it", attestation("X07", False), covers=UNVOUCHED, comes=review("not-retrieved")
    ),
    row(
        "arterial: no answer lifts the registry's error",
        clot("I74.3"),
        attestation("X07", False),
        comes=review("registry-error"),
    ),
    row(
        "unreadable: no answer lifts it",
        described("Pulmonary embolism"),
        attestation("X07", False),
        comes=review("unusable-data"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), CURRENT + TO_A_PERSON + NOTHING + ATTESTED)
def test_thrombosis_or_embolism(check: Check, given: Given, expected: Expected) -> None:
    check("X07", given, expected)
