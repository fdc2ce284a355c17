"""Assertions against denials: the later one counts."""

from __future__ import annotations

import pytest
from charts import Given, ago, attestation, by, chart, denial, entry, on
from invented_rules import Evaluate, ask, recorded
from recorded_cases import (
    A_WEEK,
    CURRENT,
    EVER,
    INDEX,
    NEGATES,
    RESOLVED,
    SUPPORTING,
    UNTIMED,
    WEAK,
    WITHIN,
    Rows,
    cases_of,
    ids_of,
    noted,
)

from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Recorded
from trialsieve.rules.vocabulary import Timing

DENIALS: Rows = [
    ("denied", EVER, [denial(ago(9))], "false"),
    ("denied, but not firmly", EVER, [denial(ago(9), certainty=WEAK)], "false"),
    ("denied without any date", EVER, [denial(None)], "undated"),
    ("denied twice without any date", EVER, [denial(None), denial(None)], "undated"),
    ("denied once with a date, once without", EVER, [denial(None), denial(ago(900))], "false"),
    ("denied, dated by its recording only", EVER, [entry(None, role=NEGATES, recorded=ago(9))], "false"),
    ("denied by a day at the latest", EVER, [denial(by(9))], "false"),
    ("of the index disease, denied without any date", INDEX, [denial(None)], "false"),
    ("at no stated time, denied without any date", UNTIMED, [denial(None)], "false"),
    ("in a window, denied without any date", WITHIN, [denial(None)], "false"),
    ("current, no currency: denied without any date", CURRENT, [denial(None)], "false"),
    ("asserted, then denied", EVER, [noted(ago(9)), denial(ago(3))], "conflicting-data"),
    ("asserted seven years ago, then denied", EVER, [noted(ago(2500)), denial(ago(3))], "conflicting-data"),
    ("the index disease, asserted, then denied", INDEX, [noted(ago(9)), denial(ago(3))], "false"),
    ("at no stated time, asserted, then denied", UNTIMED, [noted(ago(9)), denial(ago(3))], "false"),
    ("in a window, asserted, then denied", WITHIN, [noted(ago(9)), denial(ago(3))], "false"),
    ("current, asserted, then denied", CURRENT, [noted(ago(9)), denial(ago(3))], "false"),
    ("denied, then asserted", EVER, [denial(ago(9)), entry(ago(3))], "true"),
    ("on one day", EVER, [denial(ago(3)), entry(ago(3))], "conflicting-data"),
    ("denied without a date", EVER, [denial(None), entry(ago(3))], "conflicting-data"),
    ("asserted without a date", EVER, [denial(ago(3)), entry(None)], "conflicting-data"),
    ("asserted, then denied without firmness", EVER, [entry(ago(9)), denial(ago(3), certainty=WEAK)], "true"),
    ("denied between two assertions", EVER, [entry(ago(9)), denial(ago(6)), entry(ago(3))], "conflicting-data"),
    ("asserted between two denials", EVER, [denial(ago(9)), entry(ago(6)), denial(ago(3))], "conflicting-data"),
    ("untimed, between two denials", UNTIMED, [denial(ago(9)), noted(ago(6)), denial(ago(3))], "false"),
    ("denied in a month that may be later", EVER, [entry(ago(3)), denial(on("2026-11"))], "conflicting-data"),
    ("doubtful, then denied", EVER, [noted(ago(9), certainty=WEAK), denial(ago(3))], "unconfirmed"),
    ("untimed, doubtful, then denied", UNTIMED, [noted(ago(9), certainty=WEAK), denial(ago(3))], "false"),
    (
        "a broad code, then denied",
        EVER,
        [entry(ago(9), recorded=ago(9), role=SUPPORTING), denial(ago(3))],
        "unspecific",
    ),
    ("denied, then doubtful", EVER, [denial(ago(9)), entry(ago(3), certainty=WEAK)], "unconfirmed"),
    ("doubtful and denied on one day", EVER, [denial(ago(3)), entry(ago(3), certainty=WEAK)], "unconfirmed"),
    ("over, and denied", CURRENT, [entry(ago(9), state=RESOLVED), denial(ago(20))], "false"),
    ("recorded anew after the denial", EVER, [entry(ago(90), recorded=ago(3)), denial(ago(9))], "true"),
    ("current: the denial speaks for a week", A_WEEK, [denial(ago(7))], "false"),
    ("current: and no longer", A_WEEK, [denial(ago(8))], "stale"),
    ("current: a denial without a date", A_WEEK, [denial(None)], "undated"),
    ("current: a denial of that month", A_WEEK, [denial(on("2026-11"))], "imprecise"),
    ("current: the latest denial counts", A_WEEK, [denial(ago(8)), denial(ago(1))], "false"),
    ("current: one without a date is not the latest", A_WEEK, [denial(None), denial(ago(8))], "stale"),
    ("current, no currency: any denial", CURRENT, [denial(ago(900))], "false"),
]


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(DENIALS), ids=ids_of(DENIALS))
def test_assertions_and_denials_are_weighed_by_their_dates(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


@pytest.mark.parametrize(
    ("given", "answered", "expected"),
    [
        ([entry(ago(9)), denial(ago(3))], ago(2), "true"),
        ([entry(ago(9)), denial(ago(3))], ago(5), "conflicting-data"),  # it rests on the denial too, which is newer
        ([entry(ago(9), certainty=WEAK), denial(ago(3))], ago(5), "true"),  # on what is doubtful alone
        ([denial(None)], ago(5), "true"),
    ],
)
def test_a_history_that_was_denied_since_waits_for_a_person(
    evaluate: Evaluate, given: list[Given], answered: DateInterval, expected: str
) -> None:
    assert ask(evaluate, EVER, chart(*given, attestation("T#C1.a", True, answered))) == expected


NEGATED = recorded(Timing.CURRENT, negated=True, currency="week")
SOUGHT: Rows = [
    ("a denial, sought", NEGATED, [denial(ago(7))], "true"),
    ("a denial, sought, too old", NEGATED, [denial(ago(8))], "stale"),
    ("a denial that is not firm", NEGATED, [denial(ago(1), certainty=WEAK)], "unconfirmed"),
    ("nothing", NEGATED, [], "false"),
]


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(SOUGHT), ids=ids_of(SOUGHT))
def test_a_negated_test_looks_for_what_denies(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected
