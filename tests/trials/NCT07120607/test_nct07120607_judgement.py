"""What only a person can say: 5, 9, 10, 11 and exclusions 8, 11, 16. What is coded of it never decides."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    PASSES,
    SNOMED,
    Check,
    Expected,
    Given,
    Screen,
    ago,
    attestation,
    condition,
    review,
    row,
)

from trialsieve.rules.vocabulary import Kind

ALONE = ("I05", "I10", "I11", "X08", "X16")


@pytest.mark.parametrize("criterion", ALONE)
def test_it_waits_for_a_person(check: Check, criterion: str) -> None:
    target = f"NCT07120607#{criterion}"
    fails_if = criterion.startswith("X")
    check(criterion, Given(()), review("judgement"))
    check(criterion, Given((HYPERTENSION, condition("N18.6"), condition("E11.65"))), review("judgement"))
    check(criterion, Given((attestation(target, True),)), FAILS if fails_if else PASSES)
    check(criterion, Given((attestation(target, False),)), PASSES if fails_if else FAILS)
    check(criterion, Given((attestation(target, True, on=ago(31)),)), review("judgement"))


GENETIC = [
    row("trisomy 21", condition("41040004", SNOMED), comes=review("unspecific")),
    row("Fanconi anemia", condition("D61.09"), comes=review("unspecific")),
    row("none coded", HYPERTENSION, comes=review("no-data")),
    row("none coded, diagnoses vouched for", covers=frozenset({Kind.CONDITION}), comes=review("no-data")),
    row("attested", attestation("NCT07120607#I09.a1", True), comes=PASSES),
    row("trisomy 21, attested as not significant", condition("41040004", SNOMED, onset="2001-01-01"),
        attestation("NCT07120607#I09", True), comes=PASSES),
    row("attested that there is one", attestation("NCT07120607#I09", False), comes=FAILS),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), GENETIC)
def test_genetic_disorders(check: Check, given: Given, expected: Expected) -> None:
    check("I09", given, expected)


ADVERSE_EVENTS = [
    row("nothing on record", HYPERTENSION, comes=review("judgement", "no-data")),
    row("a participant of a study", condition("428024001", SNOMED), comes=review("judgement", "unspecific")),
    row("no such event", attestation("NCT07120607#X11.a1", False), comes=PASSES),
    row("grade 1", attestation("NCT07120607#X11.a2", False), comes=PASSES),
    row("at baseline", attestation("NCT07120607#X11.a3", True), comes=PASSES),
    row("an event, grade 2, not at baseline", *(attestation(f"NCT07120607#X11.{name}", answer) for name, answer in (
        ("a1", True), ("a2", True), ("a3", False))), comes=FAILS),
    row("an event, grade 2", *(attestation(f"NCT07120607#X11.{name}", True) for name in ("a1", "a2")),
        comes=review("judgement")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), ADVERSE_EVENTS)
def test_adverse_events(check: Check, given: Given, expected: Expected) -> None:
    check("X11", given, expected)


def test_hints_are_shown_with_what_they_rest_on(screen: Screen) -> None:
    answer = screen(Given((condition("N18.6", onset=ago(90)), HYPERTENSION)))
    hints = {atom.id: atom for atom in answer.criterion("X08").atoms}
    assert hints["a3"].holds is True
    assert [shown.reference for shown in hints["a3"].evidence] == ["Condition/r1"]
