"""`trialsieve lint` tells criteria that ask the same, or the same within another window, unless the file says why."""

from __future__ import annotations

import pytest

from tests.rules.lint_cases import messages, told_of_trial
from tests.rules.made_up_rules import MadeUpRules


def criterion(name: str, *atoms: str, more: str = "", logic: str = "") -> str:
    """A criterion of atoms a0, a1 and so on, all of which have to be true."""
    lines = [f"  - {{id: a{index}, quote: the sentence, {atom}}}\n" for index, atom in enumerate(atoms)]
    all_of = f"{{all: [{', '.join(f'a{index}' for index in range(len(atoms)))}]}}"
    return f"{name} {more}\nlogic: {logic or all_of}\natoms:\n{''.join(lines)}"


SUGAR = "measurement: lab.sugar, value: {above: 100, unit: mg/dL}"
ALSO_SUGAR = "measurement: lab.sugar, value: {above: 101, unit: mg/dL}"
COUGH = "recorded: [dx.cough, dx.fever], timing: ever"
COUGH_A_DAY = "recorded: [dx.cough, dx.fever], within: 1 day"
ALSO_COUGH = "recorded: [dx.fever, dx.cough], timing: ever, absence: presume"
WILLING = "judgement: true"


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (criterion("I01", SUGAR), criterion("I02", SUGAR), True),
        (criterion("I01", SUGAR), criterion("I02", ALSO_SUGAR), False),
        (criterion("I01", SUGAR, COUGH), criterion("I02", ALSO_COUGH, SUGAR), True),
        (criterion("I01", SUGAR, COUGH), criterion("I02", COUGH, SUGAR, logic="{any: [a0, a1]}"), False),
        (criterion("I01", SUGAR), criterion("I02", SUGAR, logic="{not: a0}"), False),
        (criterion("I01", SUGAR), criterion("I02", f"{SUGAR}, absent: true"), False),
        (criterion("I01", COUGH), criterion("I02", f"{COUGH}, applies_to: female"), False),
        (criterion("I01", COUGH), criterion("I02", COUGH, more="applies_to: female"), False),
        (criterion("I01", COUGH_A_DAY), criterion("I02", f"{COUGH_A_DAY}, still_active: judgement"), True),
        (criterion("I01", SUGAR), criterion("X01", SUGAR), False),
        (criterion("I01", SUGAR), criterion("I02", SUGAR, more="stage: infusion"), False),
        (criterion("I01", SUGAR), criterion("I02", SUGAR, more="cohort: some"), True),
        (criterion("I01", WILLING), criterion("I02", WILLING), True),
    ],
)
def test_criteria_that_ask_the_same_are_told(rules: MadeUpRules, first: str, second: str, told: bool) -> None:
    message = "I02 asks the same as I01"
    assert [found == message for found in messages(told_of_trial(rules, first, second))] == [True] * told


def test_two_cohorts_may_be_asked_the_same(rules: MadeUpRules) -> None:
    others = criterion("I01", SUGAR, more="cohort: some"), criterion("I02", SUGAR, more="cohort: others")
    assert told_of_trial(rules, *others) == []


def test_two_questions_to_a_person_are_the_same_only_in_the_same_words(rules: MadeUpRules) -> None:
    first, second = criterion("I01", WILLING), criterion("I02", WILLING)
    assert len(told_of_trial(rules, first, second)) == 1
    assert told_of_trial(rules, first, second.replace("quote: the sentence", "quote: sentence")) == []


def test_where_and_how_a_duplicate_is_told(rules: MadeUpRules) -> None:
    first, second = criterion("I01", SUGAR), criterion("I02", SUGAR)
    hint = "(if the registry says it twice, say so: overlaps: {I01: why})"
    assert told_of_trial(rules, first, second) == [f"18:5: I02 asks the same as I01 {hint}"]


@pytest.mark.parametrize(("first", "second"), [("I02", ""), ("", "I01")])
def test_either_criterion_may_say_that_they_overlap(rules: MadeUpRules, first: str, second: str) -> None:
    said = [f"overlaps: {{{name}: The registry lists it twice.}}" if name else "" for name in (first, second)]
    assert told_of_trial(rules, criterion("I01", SUGAR, more=said[0]), criterion("I02", SUGAR, more=said[1])) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("I02", "13:16: I01 and I02 do not overlap (drop this line)"),
        ("I2", "13:16: there is no criterion or atom 'I2' (did you mean 'I02'?)"),
        ("I01", "13:16: I01 and I01 do not overlap (drop this line)"),
    ],
)
def test_an_overlap_that_is_none_is_told(rules: MadeUpRules, name: str, message: str) -> None:
    first = criterion("I01", SUGAR, more=f"overlaps: {{{name}: So it seems.}}")
    assert told_of_trial(rules, first, criterion("I02", ALSO_SUGAR)) == [message]


EVER, MONTH = "recorded: dx.cough, timing: ever", "recorded: dx.cough, within: 1 month"


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (EVER, MONTH, "within 1 month, but X01 at any time"),
        (MONTH, EVER, "at any time, but X01 within 1 month"),
        (MONTH, "recorded: dx.cough, within: 6 months", "within 6 months, but X01 within 1 month"),
        (MONTH, "recorded: dx.cough, less_than: 2 weeks", "less than 2 weeks ago, but X01 within 1 month"),
        (MONTH, "recorded: [dx.fever, dx.cough], within: 2 days", "within 2 days, but X01 within 1 month"),
        (MONTH, "recorded: dx.fever, within: 2 days", None),
        (MONTH, "recorded: dx.cough, within: 2 days, anchor: enrollment", None),
        (
            MONTH,
            f"{MONTH}, back_from: enrollment",
            "within 1 month (counted back from enrollment), but X01 within 1 month",
        ),
        (
            f"{MONTH}, back_from: enrollment",
            "recorded: [dx.fever, dx.cough], within: 1 month, back_from: enrollment",
            None,
        ),
        (MONTH, "recorded: dx.cough, timing: current", None),
        (EVER, "recorded: dx.cough, timing: current", None),
        (EVER, "negated: dx.cough, within: 1 month", None),
        (EVER, "recorded: dx.cough, within: 1 month, after: ill", None),
        (EVER, "recorded: dx.cough, within: 1 month, facets: {course: chronic}", "within 1 month, but X01 at any time"),
        ("recorded: dx.cough, timing: ever, skip: {course: chronic}", f"{MONTH}, facets: {{course: chronic}}", None),
        ("recorded: dx.cough, timing: ever, states: active", f"{MONTH}, states: resolved", None),
        (f"{SUGAR}, within: 7 days", f"{ALSO_SUGAR}, within: 14 days", "within 14 days, but X01 within 7 days"),
        (f"{SUGAR}, within: 7 days", f"{ALSO_SUGAR}, within: 7 days", None),
        (f"{SUGAR}, within: 7 days", ALSO_SUGAR, None),
    ],
)
def test_windows_that_disagree_are_told(rules: MadeUpRules, first: str, second: str, told: str | None) -> None:
    found = messages(told_of_trial(rules, criterion("X01", first), criterion("X02", second)))
    assert [message.partition(" looks at ")[2].partition(" ")[2] for message in found] == [told] * (told is not None)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (criterion("I01", EVER), criterion("X02", MONTH)),
        (criterion("X01", EVER), criterion("X02", MONTH, more="stage: infusion")),
    ],
)
def test_what_is_asked_otherwise_may_have_another_window(rules: MadeUpRules, first: str, second: str) -> None:
    assert told_of_trial(rules, first, second) == []


def test_windows_that_disagree_may_be_acknowledged(rules: MadeUpRules) -> None:
    ever, month = criterion("X01", EVER), criterion("X02", MONTH)
    hint = "(if the registry says both, say so: overlaps: {X01: why})"
    assert told_of_trial(rules, ever, month) == [
        f"24:10: X02 looks at dx.cough within 1 month, but X01 at any time {hint}"
    ]
    assert told_of_trial(rules, ever, criterion("X02", MONTH, more="overlaps: {X01: The registry says both.}")) == []


def test_the_windows_of_findings_count_too(rules: MadeUpRules) -> None:
    """The finding 'ill' looks at any fever at all."""
    told = messages(
        told_of_trial(rules, criterion("X01", "finding: ill"), criterion("X02", "recorded: dx.fever, within: 1 year"))
    )
    assert told == ["X02 looks at dx.fever within 1 year, but X01 at any time"]


def test_a_helper_that_decides_nothing_itself_may_have_another_window(rules: MadeUpRules) -> None:
    helper = "  - {id: recent, helper: recent, recorded: dx.cough, within: 1 month}\n"
    condition = "review_when: [{says: recent, reason: judgement, condition: recent}]"
    told = told_of_trial(rules, criterion("X01", EVER), criterion("X02", f"finding: ill, {condition}") + helper)
    assert told == []
