"""The days that a worked example gives, of facts and of anchors: what may be written, and which anchors there are."""

from __future__ import annotations

import pytest

from tests.rules.made_up_rules import ILL, TRIAL, MadeUpRules
from trialsieve.rules.loader import load_rules

UNMEASURED = "given: [], expect: unknown"


@pytest.mark.parametrize("on", ["2026-13-01", "2026-02-30", "2026-00", "0000"])
def test_a_day_that_no_calendar_has_is_refused(rules: MadeUpRules, on: str) -> None:
    rules.change(TRIAL, "value: 101, on: 3 d", f'value: 101, on: "{on}"')
    (problem,) = rules.problems()
    assert problem.message.startswith("must be days before the as-of date")
    assert problem.message.endswith(f"not '{on}'")


@pytest.mark.parametrize("on", ["2026", "2026-02", "2024-02-29"])
def test_a_day_may_be_a_month_or_a_year(rules: MadeUpRules, on: str) -> None:
    rules.change(TRIAL, "value: 101, on: 3 d", f'value: 101, on: "{on}"')
    assert load_rules()


@pytest.mark.parametrize("day", ["0 d", "5 d", "2026-11-30", "2024-02-29"])
def test_a_day_before_the_as_of_date_or_a_date(rules: MadeUpRules, day: str) -> None:
    rules.change(TRIAL, UNMEASURED, f"anchors: {{infusion: {day}}}, {UNMEASURED}")
    examples = load_rules().trials["T1"].criteria[0].examples
    assert [dict(example.anchors) for example in examples] == [{}, {}, {"infusion": day}]


@pytest.mark.parametrize(
    ("anchors", "message"),
    [
        ("{▶infusion: 2026-11}", "must be days before the as-of date ('5 d') or a whole date ('2026-05-21')"),
        ("{▶infusion: 2026-02-30}", "not '2026-02-30'"),
        ("{▶infusion: null}", "not None"),
        ("{▶infusion: soon}", "not 'soon'"),
        ("{▶infusions: 5 d}", "the anchor 'infusions' is not declared"),
        ("{▶screening: 5 d}", "the anchor 'screening' cannot be given a day"),
        ("{▶unstated: 5 d}", "the anchor 'unstated' cannot be given a day"),
    ],
)
def test_a_mistake_is_told_where_it_is(rules: MadeUpRules, anchors: str, message: str) -> None:
    place = rules.change(TRIAL, UNMEASURED, f"anchors: {anchors}, {UNMEASURED}")
    assert message in rules.only_problem(place).message


def test_a_finding_belongs_to_no_trial_and_has_no_anchors(rules: MadeUpRules) -> None:
    text = rules.text(ILL)
    assert "given:" in text
    rules.write(ILL, text.replace("given:", "anchors: {infusion: 5 d}, given:", 1))
    (problem,) = rules.problems()
    assert "the anchor 'infusion' is not declared" in problem.message


@pytest.mark.parametrize(
    ("anchor", "hint"),
    [("screening", "it is the as-of date"), ("unstated", "the registry names none, so it stays open")],
)
def test_why_two_anchors_cannot_be_given_a_day(rules: MadeUpRules, anchor: str, hint: str) -> None:
    rules.change(TRIAL, UNMEASURED, f"anchors: {{{anchor}: 5 d}}, {UNMEASURED}")
    assert [problem.hint for problem in rules.problems()] == [hint]
