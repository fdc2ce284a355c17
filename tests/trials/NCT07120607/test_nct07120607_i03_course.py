"""3. Relapsed or refractory: after a complete remission, more than 5 % blasts (T-ALL), at least 5 % (AML).

Blasts before the first remission are no relapse; blasts that a newer remission followed go to a person; nothing that is
not on record is presumed, neither a remission nor that there was no relapse.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    ICD_10_CM,
    LOINC,
    PASSES,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    attestation,
    coded,
    condition,
    observation,
    quantity,
    review,
    row,
    rows,
)
from results import remission

from trialsieve.rules.vocabulary import AbsencePolicy

T_ALL = condition("277575008", SNOMED, onset="2023-01-10")
AML = condition("C92.00", onset="2023-01-10", recorded="2023-01-10")
REGENERATION_EXCLUDED = attestation("NCT07120607#I03.a8", True)


def blasts(value: float, *, on: str | None = ago(20), code: str = "11150-0", unit: str = "%", **more: Any) -> Resource:
    """Blasts in the bone marrow."""
    return observation(code, on=on, valueQuantity=quantity(value, unit, more.pop("comparator", None)), **more)


def blood(value: float, **more: Any) -> Resource:
    return blasts(value, code="26446-5", **more)


def relapse(on: str, code: str = "C92.02") -> Resource:
    return condition(code, onset=on, recorded=on)


def since_onset(code: str, system: str = ICD_10_CM) -> Resource:
    """A state that was recorded on the day on which the leukemia began."""
    return condition(code, system, onset="2023-01-10", recorded="2023-01-10")


LIMITS = [
    *rows(
        PASSES,
        {
            "T-ALL, 5.1 % in marrow": (T_ALL, remission(), blasts(5.1)),
            "T-ALL, 5.1 % in blood": (T_ALL, remission(), blood(5.1)),
            "T-ALL, as a fraction": (T_ALL, remission(), blasts(0.06, unit="1")),
            "T-ALL, more than 5 %": (T_ALL, remission(), blasts(5, comparator=">")),
            "AML, 5 % in marrow": (AML, remission(), blasts(5), REGENERATION_EXCLUDED),
            "AML, at least 5 %": (AML, remission(), blasts(5, comparator=">="), REGENERATION_EXCLUDED),
            "AML, 5 % in blood": (AML, remission(), blood(5)),
            "T-ALL, remission coded": (
                T_ALL,
                condition("427642009", SNOMED, onset=ago(300), status="resolved"),
                blasts(80),
            ),
            "T-ALL, a relapse implies the remission": (T_ALL, relapse(ago(40), "C91.02"), blasts(80)),
        },
    ),
    *rows(
        review("no-data"),
        {
            "T-ALL, 5 % in marrow": (T_ALL, remission(), blasts(5)),
            "T-ALL, 5 % in blood": (T_ALL, remission(), blood(5)),
            "T-ALL, no remission on record": (T_ALL, blasts(80)),
            "T-ALL, blasts before the remission": (T_ALL, blasts(80, on=ago(600)), remission()),
            "T-ALL, nothing but the diagnosis": (T_ALL,),
        },
    ),
    row("T-ALL, at least 5 %", T_ALL, remission(), blasts(5, comparator=">="), comes=review("imprecise", "no-data")),
    row("T-ALL, a partial remission is none", T_ALL, remission(code="103337004"), blasts(80), comes=review("no-data")),
    row("T-ALL, no unit", T_ALL, remission(), observation("11150-0", on=ago(20), valueQuantity={"value": 80}),
        comes=review("no-data", "unit")),
    row("T-ALL, undated blasts", T_ALL, remission(), blasts(80, on=None), comes=review("no-data", "undated")),
    row("T-ALL, undated remission", T_ALL, remission(on=None), blasts(80), comes=review("no-data", "undated")),
    row("T-ALL, blasts in the year of the remission", T_ALL, remission(on="2026-03-01"), blasts(80, on="2026"),
        comes=review("imprecise", "no-data")),
    row("T-ALL, on the day of the remission", T_ALL, remission(on=ago(20)), blasts(80),
        comes=review("judgement", "no-data")),
    row("T-ALL, the day after it", T_ALL, remission(on=ago(21)), blasts(80), comes=PASSES),
    row("T-ALL, the day before it", T_ALL, remission(on=ago(19)), blasts(80), comes=review("no-data")),
    row("T-ALL, the blasts have gone", T_ALL, remission(), blasts(80, on=ago(90)), blasts(1, on=ago(10)),
        comes=review("no-data")),
    row("T-ALL, a newer remission", T_ALL, remission(ago(600)), blasts(80, on=ago(90)), remission(ago(10)),
        comes=review("judgement", "no-data")),
    row("T-ALL, coded as in remission since its onset", T_ALL, since_onset("427642009", SNOMED),
        blasts(80, on="2023-01-12"), comes=review("judgement", "no-data")),
    row("T-ALL, so coded, and a relapse newer than all blasts", T_ALL, since_onset("C91.01"),
        relapse("2024-06-01", "C91.02"), blasts(80, on="2023-01-12"), comes=review("judgement", "no-data")),
    row("T-ALL, a clear marrow since the blasts in the blood", T_ALL, remission(), blood(80, on=ago(90)),
        blasts(4.9), comes=review("judgement", "no-data")),
    row("T-ALL, 5 % in the marrow since", T_ALL, remission(), blood(80, on=ago(90)), blasts(5), comes=PASSES),
    row("T-ALL, a clear marrow before the blasts in the blood", T_ALL, remission(), blood(80, on=ago(10)),
        blasts(1), comes=PASSES),
    row("T-ALL, so coded, and a relapse", T_ALL, condition("427642009", SNOMED, onset=ago(300), recorded=ago(300)),
        relapse(ago(40), "C91.02"), blasts(80), comes=PASSES),
    row("AML, 4.9 %", AML, remission(), blasts(4.9), REGENERATION_EXCLUDED, comes=review("judgement", "no-data")),
    row("AML, 5 %, regeneration not excluded", AML, remission(), blasts(5), comes=review("judgement", "no-data")),
    row("AML, a newer remission", AML, remission(ago(600)), blasts(80, on=ago(90)), remission(ago(10)),
        REGENERATION_EXCLUDED, comes=review("judgement", "no-data")),
    row("another disease", HYPERTENSION, comes=FAILS),
    row("nothing retrieved", covers=UNVOUCHED, comes=review("judgement", "no-data", "not-retrieved")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), LIMITS)
def test_blasts_after_remission(check: Check, given: Given, expected: Expected) -> None:
    check("I03", given, expected)


EXTRAMEDULLARY = [
    row("T-ALL, meninges after remission", T_ALL, remission(), condition("722795004", SNOMED, onset=ago(30)),
        comes=PASSES),
    row("AML, chloroma after remission", AML, remission(), condition("C92.30", onset=ago(30)), comes=PASSES),
    row("T-ALL, meninges before it", T_ALL, remission(), condition("722795004", SNOMED, onset=ago(400)),
        comes=review("no-data")),
    row("T-ALL, a newer remission", T_ALL, remission(ago(600)), condition("722795004", SNOMED, onset=ago(90)),
        remission(ago(10)), comes=review("judgement", "no-data")),
    row("T-ALL, coded as in remission, lesion older than the relapse", T_ALL, since_onset("C91.01"),
        condition("722795004", SNOMED, onset="2023-01-12"), relapse("2024-06-01", "C91.02"),
        comes=review("judgement", "no-data")),
    row("T-ALL, resolved", T_ALL, remission(), condition("722795004", SNOMED, onset=ago(30), status="resolved"),
        comes=review("judgement", "no-data")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), EXTRAMEDULLARY)
def test_extramedullary_after_remission(check: Check, given: Given, expected: Expected) -> None:
    check("I03", given, expected)


def smear(on: str = ago(20)) -> Resource:
    return observation("26446-5", on=on, valueCodeableConcept=coded(SNOMED, "52101004"))


# atom, chart, what it comes to
AML_ATOMS = [
    ("a6", "blasts reported present", (remission(), smear()), (True, ())),
    ("a6", "then a remission", (remission(ago(600)), smear(ago(90)), remission(ago(10))), (None, ("judgement",))),
    ("a6", "then a clear marrow", (remission(), smear(ago(90)), blasts(4.9)), (None, ("judgement",))),
    ("a6", "then 5 % in the marrow", (remission(), smear(ago(90)), blasts(5)), (True, ())),
    ("a6", "coded as in remission, cells older than the relapse", (since_onset("C92.01"),
        smear("2023-01-12"), relapse("2024-06-01")), (None, ("judgement", "no-data"))),
    ("a6", "2 % in blood", (remission(), blood(2)), (None, ("unspecific",))),
    ("a6", "4.9 % in blood", (remission(), blood(4.9)), (None, ("unspecific",))),
    ("a6", "5 % in blood", (remission(), blood(5)), (True, ())),
    ("a6", "none in blood", (remission(), blood(0)), (False, ())),
    ("a6", "none measured", (remission(),), (None, ("no-data",))),
    ("a11", "a remission was reached", (remission(),), (False, ())),
    ("a11", "nothing says so", (), (None, ("no-data",))),
    ("a12", "relapse seven months after", (remission(ago(300)), relapse(ago(90))), (None, ("judgement",))),
    ("a14", "relapse, remission, relapse", (relapse(ago(600)), remission(ago(400)), relapse(ago(50))), (True, ())),
    ("a14", "and again a remission", (relapse(ago(600)), remission(ago(400)), relapse(ago(50)), remission(ago(10))),
        (None, ("judgement",))),
    ("a14", "two codes without a remission between", (relapse(ago(600)), relapse(ago(50))), (None, ("no-data",))),
    ("a14", "one relapse", (remission(ago(400)), relapse(ago(50))), (None, ("no-data",))),
    ("a15", "chloroma", (condition("C92.30", onset=ago(30)),), (None, ("unspecific",))),
    ("a15", "nothing on record", (HYPERTENSION,), (None, ("no-data",))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("atom", "chart", "expected"), [pytest.param(a, c, e, id=f"{a} {n}") for a, n, c, e in AML_ATOMS]
)
def test_the_parts_for_aml(
    screen: Screen, atom: str, chart: tuple[Resource, ...], expected: tuple[bool | None, tuple[str, ...]]
) -> None:
    answer = screen(Given((AML, *chart)))
    assert answer.atom("I03", atom) == expected


def test_cells_that_are_not_there_ask_for_no_marrow(screen: Screen) -> None:
    """The diagnosis in remission asks a person; the marrow since the cells, of which there are none, asks nothing."""
    in_remission = condition("C92.00", onset="2023-01-10", status="remission")
    answer = screen(Given((in_remission, remission(), blood(0)), absence=AbsencePolicy.UNKNOWN))
    assert answer.atom("I03", "a6") == (None, ("judgement",))


def test_the_aml_parts_are_false_of_t_all(screen: Screen) -> None:
    answer = screen(Given((T_ALL, remission(), blasts(80), blood(80), condition("722795004", SNOMED, onset=ago(30)))))
    parts = ("a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15", "a17")
    assert [answer.atom("I03", name)[0] for name in parts] == [False] * len(parts)


def test_the_t_all_parts_are_false_of_aml(screen: Screen) -> None:
    answer = screen(Given((AML, remission(), blasts(80))))
    assert [answer.atom("I03", name)[0] for name in ("a1", "a2", "a3", "a4", "a5", "a16")] == [False] * 6


def test_an_attestation_answers_what_is_not_coded(check: Check) -> None:
    refractory = attestation("NCT07120607#I03.a5", True)
    check("I03", Given((T_ALL, refractory)), PASSES)
    late = attestation("NCT07120607#I03.a13", True)
    check("I03", Given((AML, late)), PASSES)
    check("I03", Given((T_ALL, late)), review("no-data"))


def test_loinc_answers_of_a_response_count_too(screen: Screen) -> None:
    answer = screen(Given((T_ALL, observation("88040-1", on=ago(300), valueCodeableConcept=coded(LOINC, "LA28366-5")))))
    assert answer.atom("I03", "a1")[0] is not False
