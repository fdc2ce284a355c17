"""Answers to a sentence and to parts of it, of different days: the newer counts, and neither where that is in doubt."""

from __future__ import annotations

import pytest
from bundles import (
    FAILS,
    HYPERTENSION,
    PASSES,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    attestation,
    review,
    row,
)

from trialsieve.rules.vocabulary import COVERABLE

CONFLICT, JUDGED = review("conflicting-data"), review("judgement")


def of(target: str, answer: bool, on: str, by: str = "Dr. Lin", until: str | None = None) -> Resource:
    """What somebody says of a criterion, or of a part of it."""
    dated = {"effectivePeriod": {"start": on, "end": until}} if until else {}
    performer = [{"reference": "Practitioner/p", "display": by}]
    return attestation(f"NCT07120607#{target}", answer, on=None if until else on, performer=performer, **dated)


def dates(part: str, part_says: bool, whole: str, of_part: Expected, of_whole: Expected) -> list[object]:
    """The rows of a part of a sentence that is answered otherwise than the whole."""
    return [
        row(f"{part}: {name}", of(part, part_says, ago(to_part)), of(whole, not part_says, ago(to_whole)), comes=comes)
        for name, to_part, to_whole, comes in (
            ("the part is newer", 1, 10, of_part),
            ("newer by a day", 1, 2, of_part),
            ("of one day", 2, 2, CONFLICT),
            ("older by a day", 2, 1, of_whole),
            ("the whole is newer", 10, 1, of_whole),
            ("the part has lapsed", 31, 30, of_whole),
            ("the whole has lapsed", 30, 31, of_part),
        )
    ]


OTHERWISE = [
    ("X16", dates("X16.a1", True, "X16", FAILS, PASSES)),
    ("X16", dates("X16.a1", False, "X16", PASSES, FAILS)),
    ("X03", dates("X03.a14", True, "X03", FAILS, PASSES)),
    ("I05", dates("I05.a1", False, "I05", FAILS, PASSES)),
]


@pytest.mark.parametrize(
    ("criterion", "given", "expected"),
    [
        pytest.param(name, *each.values, id=each.id)  # type: ignore[attr-defined]
        for name, rows in OTHERWISE
        for each in rows
    ],
)
def test_the_newer_answer_counts(check: Check, criterion: str, given: Given, expected: Expected) -> None:
    check(criterion, Given((HYPERTENSION, *given.resources), covers=COVERABLE), expected)


PRESUMED = [
    ("X03", row("one part of many is denied later", of("X03.a14", False, ago(1)), of("X03", True, ago(10)),
                comes=CONFLICT)),
    ("X03", row("and earlier", of("X03.a14", False, ago(10)), of("X03", True, ago(1)), comes=FAILS)),
    ("X05", row("one of two is denied later", of("X05.a1", False, ago(1)), of("X05", True, ago(10)), comes=CONFLICT)),
    ("X05", row("both are denied later", of("X05.a1", False, ago(1)), of("X05.a2", False, ago(1)),
                of("X05", True, ago(10)), comes=PASSES)),
    ("X05", row("one of two is so, later", of("X05.a1", True, ago(1)), of("X05", False, ago(10)), comes=FAILS)),
    ("X11", row("the part that it hangs on is denied later", of("X11.a1", False, ago(1)), of("X11", True, ago(10)),
                comes=PASSES)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "given", "expected"),
    [pytest.param(name, *each.values, id=f"{name}: {each.id}") for name, each in PRESUMED],
)
def test_a_newer_answer_to_a_part_says_nothing_of_parts_presumed_absent(
    check: Check, criterion: str, given: Given, expected: Expected
) -> None:
    check(criterion, Given((HYPERTENSION, *given.resources), covers=COVERABLE), expected)


INSTANTS = [
    row("an hour later on one day", of("X16.a1", True, "2026-11-18T09:00:00Z"),
        of("X16", False, "2026-11-18T08:00:00Z"), comes=CONFLICT),
    row("of one instant", of("X16.a1", True, "2026-11-18T09:00:00Z"),
        of("X16", False, "2026-11-18T09:00:00Z"), comes=CONFLICT),
    row("after midnight", of("X16.a1", True, "2026-11-19T00:10:00Z"),
        of("X16", False, "2026-11-18T23:50:00Z"), comes=FAILS),
    row("two of one instant to the part", of("X16.a1", True, "2026-11-19"), of("X16.a1", False, "2026-11-19"),
        of("X16", False, "2026-11-18"), comes=PASSES),
    row("two of one instant to the whole, the part newer", of("X16.a1", True, "2026-11-19"),
        of("X16", True, "2026-11-18"), of("X16", False, "2026-11-18"), comes=FAILS),
    row("two of one instant to the whole, the part older", of("X16.a1", True, "2026-11-17"),
        of("X16", True, "2026-11-18"), of("X16", False, "2026-11-18"), comes=CONFLICT),
    row("the newest of the part counts", of("X16.a1", True, "2026-11-17"), of("X16.a1", False, "2026-11-19"),
        of("X16", True, "2026-11-18"), comes=PASSES),
    row("ended", of("X16.a1", True, "2026-11-17", until="2026-11-19"), of("X16", False, "2026-11-16"), comes=PASSES),
    row("ends today", of("X16.a1", True, "2026-11-17", until="2026-11-20"),
        of("X16", False, "2026-11-16"), comes=FAILS),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), INSTANTS)
def test_of_one_day_or_one_instant(check: Check, given: Given, expected: Expected) -> None:
    check("X16", given, expected)


def test_who_says_otherwise_and_when_is_told(screen: Screen) -> None:
    def told(part: str, whole: str) -> str:
        answers = of("X16.a1", True, part, "Dr. Wu"), of("X16", False, whole, "Dr. Lin")
        return screen(Given(answers)).criterion("X16").explanation

    newer = told("2026-11-19", "2026-11-10")
    assert "holds, attested by Dr. Wu on 2026-11-19." in newer
    assert "An older answer says otherwise: this sentence does not hold, attested by Dr. Lin on 2026-11-10." in newer

    older = told("2026-11-10", "2026-11-19")
    assert older.startswith("This sentence does not hold, attested by Dr. Lin on 2026-11-19 (an older answer to a part")
    assert "says otherwise: “Other conditions" in older
    assert older.endswith("holds, attested by Dr. Wu on 2026-11-10).")

    doubtful = told("2026-11-19", "2026-11-19")
    assert doubtful.startswith("This sentence does not hold, attested by Dr. Lin on 2026-11-19, “Other conditions")
    assert doubtful.endswith("holds, attested by Dr. Wu on 2026-11-19: these contradict each other.")


def test_of_several_parts_each_is_told(screen: Screen) -> None:
    parts = [of(f"X11.{name}", answer, "2026-11-10") for name, answer in (("a1", True), ("a2", True), ("a3", False))]
    told = screen(Given((*parts, of("X11", False, "2026-11-12", "Dr. Wu")))).criterion("X11").explanation
    assert told.startswith(
        "This sentence does not hold, attested by Dr. Wu on 2026-11-12 (older answers to parts of it"
    )
    assert told.count("attested by Dr. Lin on 2026-11-10") == 3


def test_where_they_agree_nothing_is_said_of_it(screen: Screen) -> None:
    answers = of("X16.a1", False, "2026-11-19", "Dr. Wu"), of("X16", False, "2026-11-10", "Dr. Lin")
    assert "otherwise" not in screen(Given(answers)).criterion("X16").explanation
