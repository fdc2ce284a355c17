"""4. No severe allergy. 5. ECOG. 6. Life expectancy. 7. CD5 on the blasts. 8. Consent. 9. A new donor.

Severity and the difference in fluorescence are a person's to judge, as are expectancy, consent and donor.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    GERMAN_ICD_10,
    HYPERTENSION,
    ICD_10,
    LOINC,
    PASSES,
    POSITIVE,
    RXNORM,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    allergy,
    answered,
    attestation,
    coded,
    condition,
    observation,
    person,
    quantity,
    review,
    row,
    rows,
)
from results import NCIT

from trialsieve.rules.vocabulary import AbsencePolicy, Kind

NONE_KNOWN = allergy("716186003", recordedDate=ago(10))
NO_DRUG = allergy("409137002", recordedDate=ago(10))
NO_FOOD = allergy("429625007", recordedDate=ago(10))
OF_2019: Resource = {"recordedDate": "2019-05-01"}


def reaction(severity: str) -> Resource:
    return {"reaction": [{"manifestation": [{"text": "rash"}], "severity": severity}]}


MILD_REACTION = allergy("91935009", **reaction("mild"))
ANAPHYLAXIS: Resource = {"reaction": [{"manifestation": [coded(SNOMED, "39579001", "Anaphylaxis")]}]}

ALLERGIES = [
    row("no known allergy", NONE_KNOWN, comes=PASSES),
    *rows(
        review("no-data"),
        {
            "no known drug allergy, nothing else": NO_DRUG,
            "no known food allergy, nothing else": NO_FOOD,
            "no known environmental allergy, nothing else": allergy("428607008", recordedDate=ago(10)),
            "none of three kinds": (NO_DRUG, NO_FOOD, allergy("428607008", recordedDate=ago(10))),
            "no known allergy, resolved": {**NONE_KNOWN, "clinicalStatus": coded(None, None, "resolved")},
            "no known allergy, inactive": {**NONE_KNOWN, "clinicalStatus": coded(None, None, "inactive")},
            "no known allergy, refuted": {**NONE_KNOWN, "verificationStatus": coded(None, None, "refuted")},
            "no known allergy, unconfirmed": {**NONE_KNOWN, "verificationStatus": coded(None, None, "unconfirmed")},
            "no known allergy, refuted since": (
                NONE_KNOWN,
                allergy("716186003", recordedDate=ago(5), verificationStatus=coded(None, None, "refuted")),
            ),
            "a mild reaction, unconfirmed, is no assessment": allergy(
                "91936005", verificationStatus=coded(None, None, "unconfirmed"), **reaction("mild")
            ),
        },
    ),
    row("no known food allergy, and a mild reaction", NO_FOOD, MILD_REACTION, comes=PASSES),
    row("no known allergy, nobody knows as of when", allergy("716186003"), comes=review("undated")),
    row(
        "no known allergies, of the patient summary",
        allergy("no-known-allergies", "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", **OF_2019),
        comes=PASSES,
    ),
    *rows(
        PASSES,
        {
            "low criticality": allergy("91936005", criticality="low"),
            "a mild reaction, low criticality": allergy("91936005", criticality="low", **reaction("mild")),
            "a mild reaction": allergy("91936005", **reaction("mild")),
            "a moderate reaction, low criticality": allergy("91935009", criticality="low", **reaction("moderate")),
            "refuted": (
                NONE_KNOWN,
                allergy("91936005", criticality="high", verificationStatus=coded(None, None, "refuted")),
            ),
        },
    ),
    *rows(
        review("unspecific"),
        {
            "high criticality": allergy("91936005", criticality="high"),
            "a severe reaction": allergy("91936005", **reaction("severe")),
            "to peanut, severe": allergy("91935009", **reaction("severe")),
            "to a drug, by its own code": allergy("2670", RXNORM, criticality="high"),
            "only in words": {**allergy("x", criticality="high"), "code": {"text": "bees"}},
            "only in words, in Chinese": {**allergy("x", criticality="high"), "code": {"text": "花生"}},
            "no severity stated": allergy("91936005"),
            "low criticality, and nobody says how a rash was": allergy(
                "91936005", criticality="low", reaction=[{"manifestation": [{"text": "rash"}]}]
            ),
            "anaphylaxis, low criticality": allergy("91936005", criticality="low", **ANAPHYLAXIS),
            "anaphylaxis, said to be mild": allergy(
                "91936005", reaction=[{**ANAPHYLAXIS["reaction"][0], "severity": "mild"}]
            ),
            "a moderate reaction to peanut": allergy("91935009", **reaction("moderate")),
            "criticality not assessed": allergy("91936005", criticality="unable-to-assess"),
            "high criticality, and a mild reaction": allergy("91936005", criticality="high", **reaction("mild")),
            "resolved": allergy("91936005", criticality="high", clinicalStatus=coded(None, None, "resolved")),
            "severe, and no known drug allergy since": (
                allergy("91935009", recordedDate=ago(900), **reaction("severe")),
                allergy("409137002", recordedDate=ago(9)),
            ),
            "penicillin, severe, of 2019, and no known allergy since": (
                allergy("91936005", criticality="high", **OF_2019, **reaction("severe")),
                NONE_KNOWN,
            ),
            "no known allergy in 2019, and penicillin, severe, since": (
                allergy("716186003", **OF_2019),
                allergy("91936005", recordedDate=ago(10), criticality="high", **reaction("severe")),
            ),
            "penicillin, severe, and no known allergy without a date": (
                allergy("91936005", criticality="high", **OF_2019, **reaction("severe")),
                allergy("716186003"),
            ),
            "anaphylaxis as a diagnosis": (NO_DRUG, condition("T78.2XXA", onset=ago(900))),
            "allergy status as a diagnosis": (NO_DRUG, condition("Z88.0")),
            "allergy status as a diagnosis, WHO": (NO_DRUG, condition("Z88.0", ICD_10)),
            "anaphylaxis as a diagnosis, WHO": (NO_DRUG, condition("T78.2", ICD_10, onset=ago(900))),
            "an allergy that nobody names, German": (NO_DRUG, condition("T78.4", GERMAN_ICD_10)),
        },
    ),
    row("not assessed", HYPERTENSION, covers=UNVOUCHED, comes=review("not-retrieved")),
    row("asked for, and nothing came", covers=frozenset({Kind.ALLERGY}), comes=review("no-data")),
    row("nothing is presumed absent", NO_DRUG, absence=AbsencePolicy.UNKNOWN, comes=review("no-data")),
    row("attested: none", allergy("91936005", criticality="high"), attestation("NCT07070323#I04", True), comes=PASSES),
    row(
        "attested: there is one",
        allergy("91936005", criticality="high"),
        attestation("NCT07070323#I04", False),
        comes=FAILS,
    ),
]


@pytest.mark.parametrize(("given", "expected"), ALLERGIES)
def test_severe_allergy(check: Check, given: Given, expected: Expected) -> None:
    check("I04", given, expected)


PERFORMANCE = [
    *rows(PASSES, {f"ECOG {score}": observation("89247-1", valueInteger=score) for score in (0, 1, 2)}),
    *rows(FAILS, {f"ECOG {score}": observation("89247-1", valueInteger=score) for score in (3, 4)}),
    row("'0-2'", observation("89247-1", valueString="0-2"), comes=PASSES),
    row("'2-3'", observation("89247-1", valueString="2-3"), comes=review("imprecise")),
    row("30 days ago", observation("89247-1", valueInteger=1, on=ago(30)), comes=PASSES),
    row("31 days ago", observation("89247-1", valueInteger=1, on=ago(31)), comes=review("stale")),
    row(
        "only Lansky",
        observation("C38144", system=NCIT, valueInteger=90),
        patient=person(born="2020-01-01"),
        comes=review("no-data"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), PERFORMANCE)
def test_performance(check: Check, given: Given, expected: Expected) -> None:
    check("I05", given, expected)


def cd5(
    value: float, specimen: str | None = None, method: str | None = "Flow cytometry", code: str = "20611-0", **more: Any
) -> Resource:
    """CD5 by a code that names no specimen."""
    stated: Resource = {"specimen": {"display": specimen}} if specimen else {}
    by: Resource = {"method": {"text": method}} if method else {}
    return observation(code, **({"on": ago(20)} | more), valueQuantity=quantity(value, "%"), **stated, **by)


def stained(value: float, **more: Any) -> Resource:
    """CD5 in tissue by immunohistochemistry."""
    return observation("29603-8", **({"on": ago(20)} | more), valueQuantity=quantity(value, "%"))


SIMILAR = attestation("NCT07070323#I07.a2", True)
WHOLE = attestation("NCT07070323#I07", True)

MARKER = [
    *rows(PASSES, {f"tissue, {value} %": stained(value) for value in (30.1, 31, 100)}),
    *rows(
        review("judgement", "unspecific"),
        {f"tissue, {value} %: flow cytometry may do": stained(value) for value in (0, 30)},
    ),
    row("tissue, as a fraction", observation("29603-8", valueQuantity=quantity(0.31, "1")), comes=PASSES),
    row("tissue, present", answered("29603-8", POSITIVE), comes=review("judgement", "no-data", "unspecific")),
    row(
        "tissue, before the relapse",
        condition("C91.02", onset=ago(10)),
        stained(90),
        comes=review("judgement", "stale", "unspecific"),
    ),
    row("of all cells in marrow", cd5(95, code="35640-2"), SIMILAR, comes=review("unspecific")),
    row("per 100 blasts in blood", cd5(95, code="13845-3"), SIMILAR, comes=review("unspecific")),
    row("nothing", comes=review("judgement", "no-data")),
    row("attested", cd5(95, code="13845-3"), WHOLE, comes=PASSES),
    row("attested, and tissue says otherwise", stained(10), WHOLE, comes=PASSES),
]


@pytest.mark.parametrize(("given", "expected"), MARKER)
def test_cd5_on_blasts(check: Check, given: Given, expected: Expected) -> None:
    check("I07", given, expected)


ADULT, CHILD, INFANT = (f"NCT07070323#I08.{atom}" for atom in ("a3", "a4", "a5"))
GENERAL = (attestation("NCT07070323#I08.a1", True), attestation("NCT07070323#I08.a2", True))
SIGNATURES = [
    *[
        row(f"born {born}, {name}", *GENERAL, attestation(target, True), patient=person(born=born), comes=comes)
        for born, passing in (
            ("1955-11-21", ADULT),  # 70 years
            ("2007-11-20", ADULT),  # the 19th birthday
            ("2007-11-21", CHILD),  # the day before it
            ("2018-11-20", CHILD),  # the 8th birthday
            ("2018-11-21", INFANT),  # the day before it
            ("2025-11-20", INFANT),  # the first birthday
        )
        for name, target in (("adult", ADULT), ("child", CHILD), ("infant", INFANT))
        for comes in (PASSES if target == passing else review("judgement"),)
    ],
    row("nobody has said", comes=review("judgement")),
    row("refused", attestation("NCT07070323#I08.a1", False), comes=FAILS),
    row("attested as a whole", attestation("NCT07070323#I08", True), comes=PASSES),
    row("too young for any", patient=person(born="2025-11-21"), comes=FAILS),
    row("too old for any", patient=person(born="1955-11-20"), comes=FAILS),
    row(
        "a consent of some study proves nothing",
        observation("59284-0", valueBoolean=True, system=LOINC),
        comes=review("judgement"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), SIGNATURES)
def test_consent(check: Check, given: Given, expected: Expected) -> None:
    check("I08", given, expected)


@pytest.mark.parametrize("criterion", ["I06", "I09", "X14"])
def test_a_person_decides(check: Check, criterion: str) -> None:
    exclusion = criterion.startswith("X")
    check(criterion, Given(()), review("judgement"))
    for answer in (True, False):
        attested = Given((attestation(f"NCT07070323#{criterion}", answer),))
        check(criterion, attested, PASSES if answer is not exclusion else FAILS)


def test_a_donor_and_the_willingness(check: Check) -> None:
    donor, willing = "NCT07070323#I09.a1", "NCT07070323#I09.a2"
    check("I09", Given((attestation(donor, True),)), review("judgement"))
    check("I09", Given((attestation(donor, True), attestation(willing, True))), PASSES)
    check("I09", Given((attestation(willing, False),)), FAILS)


@pytest.mark.parametrize(
    ("collectable", "frozen", "expected"),
    [
        (False, False, FAILS),
        (True, True, PASSES),
        (True, False, review("registry-error")),
        (False, True, review("registry-error")),
        (None, False, review("judgement", "registry-error")),
        (None, True, review("judgement", "registry-error")),
        (None, None, review("judgement", "registry-error")),
    ],
)
def test_cells_to_make_it_from(check: Check, collectable: bool | None, frozen: bool | None, expected: Expected) -> None:
    """15. Inability to collect or no frozen cells: both readings agree only where both or neither holds."""
    said = (("a1", collectable), ("a2", frozen))
    given = (attestation(f"NCT07070323#X15.{atom}", not there) for atom, there in said if there is not None)
    check("X15", Given(tuple(given)), expected)
