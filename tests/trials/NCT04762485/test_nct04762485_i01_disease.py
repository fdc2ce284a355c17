"""1. Diagnosed CD7 positive relapsed/refractory acute leukemia: the disease.

The conditions field narrows it to T-ALL/LBL, AML and MPAL: another acute leukemia goes to a person.
"""

from __future__ import annotations

import pytest
from acute_leukemias import ACUTE_LEUKEMIA, AML, B_ALL, CD7_POSITIVE, RELAPSE, T_ALL, T_LBL, leukemia, with_histology
from bundles import (
    CHINESE_ICD_10,
    FAILS,
    HYPERTENSION,
    ICD_10,
    ICD_10_CM,
    ICD_O_3,
    PASSES,
    POSITIVE,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    ago,
    coded,
    condition,
    described,
    observation,
    review,
    row,
    rows,
)
from results import relapse_phase

from trialsieve.rules.vocabulary import AbsencePolicy, Kind

# --- acute leukemia of the conditions field ---------------------------------------------------------------------------

DISEASE = [
    *rows(
        PASSES,
        {
            name: (disease, relapse_phase(), CD7_POSITIVE)  # by an assessment, which names no lineage
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
    row(
        "myeloid sarcoma (C92.3) alone",
        leukemia("C92.30", ICD_10_CM),
        CD7_POSITIVE,
        comes=review("no-data", "unspecific"),
    ),
    row(
        "myeloid sarcoma (C92.3) beside AML in relapse",
        leukemia("C92.30", ICD_10_CM),
        leukemia("C92.02", ICD_10_CM),
        CD7_POSITIVE,
        comes=PASSES,
    ),
    row("myeloid sarcoma, refuted", leukemia("C92.30", ICD_10_CM, verified="refuted"), CD7_POSITIVE, comes=FAILS),
    *rows(
        FAILS,
        {
            name: (disease, CD7_POSITIVE)
            for name, disease in {
                "chronic myeloid leukemia (C92.1)": leukemia("C92.10", ICD_10_CM, text="Chronic myeloid leukemia"),
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
                ("T-cell lymphoma, which may be lymphoblastic", "109978004", SNOMED),
                ("malignant lymphoma, by its morphology", "9590/3", ICD_O_3),
                ("non-Hodgkin lymphoma, by its morphology", "9591/3", ICD_O_3),
                ("leukemia, by its morphology", "9800/3", ICD_O_3),
                ("lymphoid leukemia, by its morphology", "9820/3", ICD_O_3),
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
    row("no diagnosis was retrieved", CD7_POSITIVE, covers=UNVOUCHED, comes=review("no-data", "not-retrieved")),
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
