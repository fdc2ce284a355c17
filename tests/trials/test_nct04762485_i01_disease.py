"""1. Diagnosed CD7 positive relapsed/refractory acute leukemia.

The conditions field narrows it to T-ALL/LBL, AML and MPAL: another acute leukemia goes to a person. Relapsed or
refractory is believed from explicit coding only, and never presumed. The antigen must not have been measured before the
latest relapse, or before a therapy directed at it.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    CHINESE_ICD_10,
    DETECTED,
    FAILS,
    HYPERTENSION,
    ICD_10,
    ICD_10_CM,
    ICD_10_PCS,
    ICD_O_3,
    INDETERMINATE,
    INTERPRETATION,
    NEGATIVE,
    PASSES,
    POSITIVE,
    SNOMED,
    Check,
    Expected,
    Given,
    Resource,
    ago,
    answered,
    attestation,
    cd7,
    coded,
    condition,
    described,
    observation,
    procedure,
    review,
    row,
    rows,
)

from trialsieve.rules.vocabulary import AbsencePolicy, Kind

T_ALL, AML, T_LBL, B_ALL = "277575008", "91861009", "421246008", "277571004"
ACUTE_LEUKEMIA, ACUTE_LEUKEMIA_IN_REMISSION = "91855006", "91854005"
RELAPSED_ALL, RELAPSED_LYMPHOID, RELAPSED_MYELOID = "12301000132103", "122951000119108", "122901000119109"
REFRACTORY = "12311000132101"

CD7_POSITIVE = cd7(85, interpretation=[coded(INTERPRETATION, "POS")], on=ago(20))


RELAPSE = condition(RELAPSED_LYMPHOID, SNOMED, onset=ago(60))
"""Lymphoid leukemia in relapse, 60 days ago: it says nothing of the lineage, so it is no diagnosis of the list."""


def leukemia(code: str, system: str = SNOMED, **more: Any) -> Resource:
    """A leukemia of two years ago, active."""
    return condition(code, system, **({"onset": "2024-03-12"} | more))


def with_histology(code: str, morphology: str) -> Resource:
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
    extension = {"url": url, "valueCodeableConcept": coded(ICD_O_3, morphology)}
    return leukemia(code, ICD_10_CM, extension=[extension])


# --- acute leukemia of the conditions field ---------------------------------------------------------------------------

DISEASE = [
    *rows(
        PASSES,
        {
            name: (disease, RELAPSE, CD7_POSITIVE)
            for name, disease in {
                "T-ALL": leukemia(T_ALL),
                "T-ALL, SNOMED as an OID": leukemia(T_ALL, "urn:oid:2.16.840.1.113883.6.96"),
                "T-ALL, SNOMED of an edition": leukemia(T_ALL, "http://snomed.info/sct/731000124108/version/20250301"),
                "T-ALL/LBL, one disease": leukemia("420890002"),
                "T-ALL by its histology": with_histology("C91.00", "9837/3"),
                "AML": leukemia(AML),
                "AML, ICD-10-CM": leukemia("C92.02", ICD_10_CM),
                "AML, without the dot": leukemia("C9202", ICD_10_CM),
                "AML, in small letters": leukemia("c92.02", ICD_10_CM),
                "AML, ICD-10-CM as an OID": leukemia("C92.02", "urn:oid:2.16.840.1.113883.6.90"),
                "AML M5": leukemia("C93.00", ICD_10_CM),
                "AML with multilineage dysplasia": leukemia("C92.A2", ICD_10_CM),
                "AML, WHO": leukemia("C92.0", ICD_10),
                "MPAL": leukemia("1187123005"),
                "MPAL, ICD-O-3": leukemia("9805/3", ICD_O_3),
                "no verificationStatus counts as confirmed": leukemia(T_ALL, verified=None),
                "two code systems": {
                    **leukemia(T_ALL),
                    "code": {"coding": [{"system": ICD_10_CM, "code": "C91.02"}, {"system": SNOMED, "code": T_ALL}]},
                },
                "STU3: statuses as words": leukemia(
                    T_ALL, clinicalStatus="active", verificationStatus="confirmed", assertedDate=ago(59)
                ),
                "any clinical status counts": leukemia(T_ALL, status="inactive"),
            }.items()
        },
    ),
    *rows(
        review("judgement"),
        {
            name: (disease, RELAPSE, CD7_POSITIVE)
            for name, disease in {
                "T-lymphoblastic lymphoma": leukemia(T_LBL),
                "B-ALL": leukemia(B_ALL),
                "acute leukemia outside the conditions field": leukemia(ACUTE_LEUKEMIA),
            }.items()
        },
    ),
    *rows(
        review("unspecific"),
        {
            name: (disease, RELAPSE, CD7_POSITIVE)
            for name, disease in {
                "ALL of no lineage, ICD-10-CM": leukemia("C91.02", ICD_10_CM),
                "ALL of no lineage, SNOMED": leukemia("91857003"),
                "ALL of no lineage, WHO": leukemia("C91.0", ICD_10),
                "acute leukemia of no cell type": leukemia("C95.02", ICD_10_CM),
                "B-lineage beside ALL of no lineage": {
                    **leukemia(B_ALL),
                    "code": {"coding": [{"system": ICD_10_CM, "code": "C91.02"}, {"system": SNOMED, "code": B_ALL}]},
                },
            }.items()
        },
    ),
    row(
        "ALL of no lineage, Chinese ICD-10, no relapse digit",
        condition("C91.002", CHINESE_ICD_10, onset=ago(60)),
        CD7_POSITIVE,
        comes=review("no-data", "unspecific"),
    ),
    row("entered in error", leukemia(T_ALL, verified="entered-in-error"), CD7_POSITIVE, HYPERTENSION, comes=FAILS),
    *rows(
        FAILS,
        {
            name: (disease, CD7_POSITIVE)
            for name, disease in {
                "chronic myeloid leukemia (C92.1)": leukemia("C92.10", ICD_10_CM, text="Chronic myeloid leukemia"),
                "myeloid sarcoma (C92.3)": leukemia("C92.30", ICD_10_CM),
                "chronic lymphocytic leukemia (C91.1)": leukemia("C91.10", ICD_10_CM),
                "chronic myelomonocytic leukemia (C93.1)": leukemia("C93.10", ICD_10_CM),
                "myelodysplastic syndrome (D46.9)": leukemia("D46.9", ICD_10_CM),
                "a malignancy of a named site (C50.919)": leukemia("C50.919", ICD_10_CM),
                "Hodgkin lymphoma (C81.90)": leukemia("C81.90", ICD_10_CM),
                "other myeloid leukemia (C92.Z0)": leukemia("C92.Z0", ICD_10_CM),
                "neoplasm of the breast of unspecified behavior (D49.3)": leukemia("D49.3", ICD_10_CM),
                "no leukemia at all": HYPERTENSION,
                "refuted": leukemia(T_ALL, verified="refuted"),
                "only words that name something else": described("Hypertension"),
            }.items()
        },
    ),
    *rows(
        review("unconfirmed"),
        {
            word: (leukemia(T_ALL, verified=word), RELAPSE, CD7_POSITIVE)
            for word in ("provisional", "differential", "unconfirmed")
        },
    ),
    *rows(
        review("no-data", "unspecific"),
        {
            f"too broad to say which disease: {name}": (leukemia(code, system, text=None), CD7_POSITIVE)
            for name, code, system in (
                ("malignant neoplastic disease", "363346000", SNOMED),
                ("recurrent malignant neoplastic disease", "452241000124100", SNOMED),
                ("malignancy of haematopoietic tissue", "269475001", SNOMED),
                ("malignant neoplasm of bone marrow", "93720005", SNOMED),
                ("leukemia", "93143009", SNOMED),
                ("myeloid leukemia", "188732008", SNOMED),
                ("malignant lymphoma", "118600007", SNOMED),
                ("malignant neoplasm, unspecified", "C80.1", ICD_10_CM),
                ("malignant neoplasm, WHO", "C80.9", ICD_10),
                ("several malignant neoplasms, WHO", "C97", ICD_10),
                ("haematopoietic malignancy", "C96.9", ICD_10_CM),
                ("haematopoietic neoplasm of uncertain behaviour", "D47.9", ICD_10_CM),
                ("neoplasm of unspecified behaviour", "D49.9", ICD_10_CM),
                ("secondary neoplasm of bone marrow", "C79.52", ICD_10_CM),
                ("leukemia, unspecified", "C95.90", ICD_10_CM),
                ("leukaemia, WHO", "C95.9", ICD_10),
                ("lymphoid leukemia, unspecified", "C91.90", ICD_10_CM),
                ("lymphoid leukaemia, German", "C91.90", "http://fhir.de/CodeSystem/bfarm/icd-10-gm"),
                ("lymphoid leukaemia, Chinese", "C91.900", CHINESE_ICD_10),
                ("myeloid leukemia, unspecified", "C92.90", ICD_10_CM),
                ("monocytic leukemia, unspecified", "C93.90", ICD_10_CM),
                ("non-Hodgkin lymphoma, unspecified", "C85.90", ICD_10_CM),
                ("the category alone, C91", "C91", ICD_10_CM),
                ("the category alone, C92.-", "C92.-", ICD_10),
                ("the category alone, C83", "C83", ICD_10_CM),
            )
        },
    ),
    row(
        "malignant neoplastic disease, in remission",
        leukemia("363346000", status="remission", text=None),
        CD7_POSITIVE,
        comes=review("no-data", "unspecific"),
    ),
    row(
        "a relapse of leukemia, unspecified",
        leukemia(T_ALL),
        leukemia("C95.92", ICD_10_CM),
        CD7_POSITIVE,
        comes=review("no-data", "unspecific"),
    ),
    row(
        "a relapse of leukemia whose remission is as broad",
        leukemia(T_ALL),
        RELAPSE,
        condition("C95.91", ICD_10_CM, onset=ago(30)),
        CD7_POSITIVE,
        comes=review("no-data", "unspecific"),
    ),
    row("a relapse of a leukemia whose kind is not on record", RELAPSE, CD7_POSITIVE, comes=review("unspecific")),
    row("no diagnosis was retrieved", CD7_POSITIVE, comes=review("no-data", "not-retrieved")),
    row("diagnoses vouched for, and there are none", CD7_POSITIVE, covers=frozenset({Kind.CONDITION}), comes=FAILS),
    row(
        "nothing is presumed absent",
        HYPERTENSION,
        CD7_POSITIVE,
        absence=AbsencePolicy.UNKNOWN,
        comes=review("no-data"),
    ),
    *rows(
        review("no-data", "unusable-data"),
        {
            "only words": (described("Acute myeloid leukemia"), CD7_POSITIVE),
            "only words, in Chinese": (described("急性髓系白血病"), CD7_POSITIVE),
            "a local code whose words name it": (
                condition("4711", "urn:local", text="T-ALL in relapse", onset=ago(60)),
                CD7_POSITIVE,
            ),
            "a code without its system": (condition("C92.02", "", text="AML", onset=ago(60)), CD7_POSITIVE),
        },
    ),
]


@pytest.mark.parametrize(("given", "expected"), DISEASE)
def test_acute_leukemia(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


# --- CD7 positive -----------------------------------------------------------------------------------------------------

MARKER = [
    *rows(
        PASSES,
        {
            name: (leukemia(T_ALL), RELAPSE, result)
            for name, result in {
                "a percentage interpreted as positive": CD7_POSITIVE,
                "positive": answered("13846-1", POSITIVE),
                "detected": answered("13846-1", DETECTED),
                "'positive'": observation("13846-1", valueString="positive"),
                "'阳性'": observation("13846-1", valueString="阳性"),
                "'85 % (positive)'": observation("13846-1", valueString="85 % (positive)"),
                "interpretation of STU3's table": cd7(85, interpretation=coded("http://hl7.org/fhir/v2/0078", "POS")),
                "by immunohistochemistry: the sentence names no method": answered("50310-2", POSITIVE),
                "on the day of the relapse": answered("13846-1", POSITIVE, on=ago(60)),
            }.items()
        },
    ),
    row("negative", leukemia(T_ALL), RELAPSE, answered("13846-1", NEGATIVE), comes=FAILS),
    row(
        "the latest counts: it has been lost",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        answered("13846-1", NEGATIVE, on=ago(5)),
        comes=FAILS,
    ),
    *rows(
        review("unspecific"),
        {
            "a percentage alone does not say positive": (leukemia(T_ALL), RELAPSE, cd7(85)),
            "indeterminate": (leukemia(T_ALL), RELAPSE, answered("13846-1", INDETERMINATE)),
            "of all cells in the marrow": (leukemia(T_ALL), RELAPSE, answered("35641-0", POSITIVE)),
            "of all cells in the blood": (leukemia(T_ALL), RELAPSE, answered("8135-6", POSITIVE)),
        },
    ),
    row("never measured", leukemia(T_ALL), RELAPSE, comes=review("no-data")),
    row("CD4+CD7- is a loss of CD7", leukemia(T_ALL), RELAPSE, answered("9563-8", POSITIVE), comes=review("no-data")),
    row("undated", leukemia(T_ALL), RELAPSE, answered("13846-1", POSITIVE, on=None), comes=review("undated")),
    row(
        "preliminary",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, status="preliminary"),
        comes=review("unconfirmed"),
    ),
    row(
        "cancelled",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, status="cancelled"),
        comes=review("no-data"),
    ),
    row(
        "from before the relapse",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(61)),
        comes=review("stale"),
    ),
    row(
        "perhaps from before the relapse",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(60)[:7]),
        comes=review("imprecise"),
    ),
    row(
        "the relapse is undated",
        leukemia(T_ALL),
        condition(RELAPSED_LYMPHOID, SNOMED),
        answered("13846-1", POSITIVE),
        comes=review("undated"),
    ),
    *rows(
        review("undated"),
        {
            f"the relapse is a clinical status ({word}), which the disease's onset does not date": (
                leukemia(T_ALL, status=word),
                answered("13846-1", POSITIVE),
            )
            for word in ("relapse", "recurrence")
        },
    ),
    row(
        "STU3: the same as a word",
        leukemia(T_ALL, clinicalStatus="relapse", verificationStatus="confirmed"),
        answered("13846-1", POSITIVE),
        comes=review("undated"),
    ),
    row(
        "from before CAR-T cells",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        procedure("XW033C7", ICD_10_PCS, on=ago(20)),
        comes=review("stale"),
    ),
    row(
        "from before CAR-T cells, R5",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        {**procedure("XW033C7", ICD_10_PCS), "occurrenceDateTime": ago(20)},
        comes=review("stale"),
    ),
    row(
        "from after CAR-T cells",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(10)),
        procedure("XW033C7", ICD_10_PCS, on=ago(20)),
        comes=PASSES,
    ),
    row(
        "CAR-T cells were planned, not given",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        procedure("XW033C7", ICD_10_PCS, on=ago(20), status="not-done"),
        comes=PASSES,
    ),
    row(
        "CAR-T cells at an unknown time",
        leukemia(T_ALL),
        RELAPSE,
        answered("13846-1", POSITIVE, on=ago(30)),
        condition("Z92.850"),
        comes=review("undated"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), MARKER)
def test_cd7_positive(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


# --- relapsed or refractory -------------------------------------------------------------------------------------------

ACTIVE = condition(T_ALL, SNOMED, onset="2024-03-12")

COURSE = [
    *rows(
        PASSES,
        {
            name: (ACTIVE, CD7_POSITIVE, said)
            for name, said in {
                "ALL in relapse": condition("C91.02", onset=ago(60)),
                "ALL in relapse, SNOMED": condition(RELAPSED_ALL, SNOMED, onset=ago(60)),
                "AML in relapse, SNOMED": condition(RELAPSED_MYELOID, SNOMED, onset=ago(60)),
                "refractory": condition(REFRACTORY, SNOMED, onset=ago(60)),
            }.items()
        },
    ),
    row(
        "a remission before the relapse",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.01", onset=ago(300)),
        condition("C91.02", onset=ago(60)),
        comes=PASSES,
    ),
    row(
        "a remission after the relapse",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", onset=ago(60)),
        condition("C91.01", onset=ago(20)),
        comes=review("judgement", "no-data"),
    ),
    row(
        "a complete remission seen after the relapse",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", onset=ago(60)),
        answered("88040-1", (SNOMED, "103338009"), on=ago(20)),
        comes=review("judgement", "no-data"),
    ),
    row(
        "a partial remission seen after the relapse raises the question",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", onset=ago(60)),
        answered("88040-1", (SNOMED, "103337004"), on=ago(20)),
        comes=review("no-data", "unspecific"),
    ),
    *rows(
        review("no-data"),
        {
            "active says nothing of relapse": (ACTIVE, CD7_POSITIVE),
            "not having achieved remission may be new": (ACTIVE, CD7_POSITIVE, condition("C91.00", onset=ago(60))),
            "a clinical status that is missing": (condition(T_ALL, SNOMED, status=None), CD7_POSITIVE),
            "in remission": (condition(T_ALL, SNOMED, status="remission"), CD7_POSITIVE),
            "in remission by its code": (condition("427642009", SNOMED), CD7_POSITIVE),
            "R5: status unknown": (condition(T_ALL, SNOMED, status="unknown"), CD7_POSITIVE),
            "another disease has come back": (
                ACTIVE,
                CD7_POSITIVE,
                condition("C50.911", status="recurrence", onset=ago(60)),
            ),
            "the relapse was refuted": (ACTIVE, CD7_POSITIVE, condition("C91.02", verified="refuted")),
            "refractory anemia is no refractory leukemia": (ACTIVE, CD7_POSITIVE, condition("D46.4")),
        },
    ),
    row(
        "the relapse is provisional",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", verified="provisional", onset=ago(60)),
        comes=review("no-data", "unconfirmed"),
    ),
    row(
        "the relapse is dated in the future",
        ACTIVE,
        CD7_POSITIVE,
        condition("C91.02", onset=ago(-2)),
        comes=review("no-data"),
    ),
]


@pytest.mark.parametrize(("given", "expected"), COURSE)
def test_relapsed_or_refractory(check: Check, given: Given, expected: Expected) -> None:
    check("I01", given, expected)


# --- the kinds of resource --------------------------------------------------------------------------------------------


def test_a_leukemia_in_an_observation_asserts_nothing(check: Check) -> None:
    """A code in Observation.code says what was measured, not that it is there."""
    named = observation(T_ALL, system=SNOMED, valueCodeableConcept=coded(*POSITIVE))
    check("I01", Given((HYPERTENSION, named, CD7_POSITIVE)), FAILS)


def test_a_broad_code_is_called_by_its_own_name(check: Check) -> None:
    answer = check("I01", Given((leukemia("363346000"), CD7_POSITIVE)), review("no-data", "unspecific"))
    says = [evidence.says for evidence in answer.criterion("I01").evidence]
    assert "Malignant neoplastic disease (active), onset 2024-03-12" in says
    assert not any("T-cell" in said for said in says)


@pytest.mark.parametrize(
    ("answered_on", "expected"),
    [("2026-11-18", review("conflicting-data", "undated")), ("2026-11-10", review("conflicting-data", "undated"))],
)
def test_an_answer_does_not_overrule_a_clinical_status_of_relapse(
    check: Check, answered_on: str, expected: Expected
) -> None:
    """The status is dated by the onset of the disease, so nothing says that it came after the answer."""
    denied = attestation("I01.a3", False, on=answered_on)
    check("I01", Given((leukemia(T_ALL, status="relapse", recorded="2026-11-15"), CD7_POSITIVE, denied)), expected)
