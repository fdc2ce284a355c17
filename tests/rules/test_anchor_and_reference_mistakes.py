"""Mistakes with anchors, spans, absence, and atoms that name others are told at their place. ▶ marks it."""

from __future__ import annotations

import pytest

from tests.rules.made_up_rules import FEVER, GATE, ILL, SERUM, SUGAR, TRIAL, VERY_ILL, MadeUpRules, lines


def serum(*given: str) -> tuple[str, str, str]:
    """I01.a2 with these lines instead, its fault told of the whole atom."""
    quote = "id: a2\n        quote: in a serum sample\n"
    return TRIAL, quote + SERUM, "▶" + quote + lines(*given)


def beside_an_age(*given: str) -> tuple[str, str, str]:
    """I01.a1 with these lines, where I01.a2 is an age, which no resource decides."""
    between = "      - id: a2\n        quote: in a serum sample\n"
    return TRIAL, SUGAR + between + SERUM, lines(*given) + between + lines("age: {at_least: 1, unit: a}")


def beside_the_same_resource(*given: str) -> tuple[str, str, str]:
    """One atom that says more of the resources of another, and another with these lines."""
    fever = "      - id: fever\n" + FEVER
    same = "      - id: same\n" + lines("helper: same", "same_resource_as: fever", "since: screening")
    return TRIAL, fever, fever + same + "      - id: other\n" + lines("helper: other", *given)


def gate(*given: str) -> tuple[str, str, str]:
    """The gate with these lines as its test."""
    kept = GATE.replace("    gate:", "    ▶gate:").partition("      age:")[0]
    return TRIAL, GATE, kept + "".join(f"      {line}\n" for line in given)


MISTAKES = [
    # --- windows, anchors and spans
    (TRIAL, "anchors: [screening, infusion]", "▶anchors: [infusion]", "'screening' is missing from the anchors"),
    (TRIAL, "anchors: [screening, infusion]", "▶anchors: []", "'screening' is missing from the anchors"),
    (TRIAL, "[screening, infusion]\nc", "[screening, ▶unstated]\nc", "'unstated' is no anchor of a trial"),
    (TRIAL, "[screening, infusion]\nc", "[screening, infusion, ▶infusion]\nc", "there are two of anchor 'infusion'"),
    (ILL, "timing: current", "within: 1 day\n    ▶anchor: infusion", "anchor 'infusion', which is not declared"),
    (ILL, "timing: current", "within: 1 day\n    ▶anchor: unstated", "anchor 'unstated', which is not declared"),
    (
        TRIAL,
        SUGAR,
        SUGAR + lines("within: 1 day", "▶anchor: unstated"),
        "a result cannot have a window before an unstated anchor",
    ),
    (
        TRIAL,
        SUGAR,
        lines("result: lab.salt", "is: positive", "less_than: 1 day", "▶anchor: unstated"),
        "a result cannot have a window before an unstated anchor",
    ),
    (
        TRIAL,
        SUGAR,
        lines(
            "readings:",
            "  one: {measurement: lab.sugar, value: {above: 1, unit: mg/dL}, within: 1 day, ▶anchor: unstated}",
            "  two: {measurement: lab.sugar, value: {above: 2, unit: mg/dL}}",
        ),
        "a result cannot have a window before an unstated anchor",
    ),
    *(
        (TRIAL, "within: 6 months", f"within: 6 months\n        {keys}", told)
        for keys, told in (
            ("▶back_from: infuson", "counted back from the anchor 'infuson', which is not declared"),
            ("▶back_from: screening", "a window cannot be counted back from 'screening'"),
            ("▶back_from: unstated", "a window cannot be counted back from 'unstated'"),
            ("anchor: infusion\n        ▶back_from: infusion", "the window lies before 'infusion' already"),
            ("anchor: unstated\n        ▶back_from: infusion", "before an unstated anchor is not counted back"),
        )
    ),
    (ILL, "timing: current", "within: 1 day\n    ▶back_from: infusion", "anchor 'infusion', which is not declared"),
    (TRIAL, SUGAR, SUGAR + lines("within: 1 day", "▶back_from: infuson"), "anchor 'infuson', which is not declared"),
    (*serum("measurement: lab.salt", "value: {above: 1, unit: mmol/L}", "within_after: 1 day"), "needs 'after'"),
    (*serum("result: lab.salt", "is: positive", "within_after: 1 day"), "'within_after' needs 'after'"),
    (*serum("recorded: dx.cough", "timing: ever", "within_after: 1 day"), "'within_after' needs 'after'"),
    (TRIAL, SUGAR, SUGAR + lines("after: ill", "▶within_after: soon"), "such as '6 months', not 'soon'"),
    (TRIAL, "{name: sour,", "{name: sour, anchors: {▶infuson: 5 d},", "the anchor 'infuson' is not declared"),
    (TRIAL, "{name: sour,", "{name: sour, anchors: {▶screening: 5 d},", "'screening' cannot be given a day"),
    (TRIAL, "{name: sour,", "{name: sour, anchors: {▶unstated: 5 d},", "'unstated' cannot be given a day"),
    (TRIAL, "{name: sour,", "{name: sour, anchors: {▶infusion: 2026-11},", "must be days before the as-of date"),
    (ILL, "{name: cough,", "{name: cough, anchors: {▶infusion: 5 d},", "the anchor 'infusion' is not declared"),
    # --- atoms that name others of the same criterion or finding
    (TRIAL, "within: 6 months", "within: 6 months\n        ▶at_time_of: a9", "there is no atom 'a9'"),
    (*beside_an_age("recorded: dx.cough", "timing: ever", "▶at_time_of: a2"), "'a2' is not decided by a resource"),
    (
        *beside_an_age("result: lab.salt", "is: positive", "▶not_older_than: a2"),
        "'a2' is not decided by a resource",
    ),
    (*beside_an_age("▶same_resource_as: a2", "since: screening"), "'a2' is not decided by a resource"),
    (*beside_the_same_resource("▶same_resource_as: same", "since: screening"), "'same' is not decided by a resource"),
    (
        *beside_the_same_resource("recorded: dx.cough", "timing: ever", "▶at_time_of: same"),
        "'same' is not decided by a resource",
    ),
    (
        *beside_an_age(
            "readings:",
            "  one: {measurement: lab.sugar, value: {above: 1, unit: mg/dL}, ▶not_older_than: a2}",
            "  two: {measurement: lab.sugar, value: {above: 2, unit: mg/dL}}",
        ),
        "'a2' is not decided by a resource",
    ),
    (TRIAL, "id: a2\n        quote: a", "▶id: a2\n        at_time_of: a2\n        quote: a", "in a circle: a2 -> a2"),
    (TRIAL, SUGAR, SUGAR + lines("▶not_older_than: a9"), "there is no atom 'a9'"),
    (TRIAL, SUGAR, SUGAR + lines("▶not_older_than: gate"), "there is no atom 'gate'"),
    (
        TRIAL,
        SUGAR,
        lines("result: lab.salt", "is: positive", "▶not_older_than: a9"),
        "there is no atom 'a9'",
    ),
    (
        TRIAL,
        "      - id: fever\n" + FEVER,
        "      - ▶id: fever\n" + lines("helper: x") + SUGAR + lines("not_older_than: fever"),
        "in a circle: fever -> fever",
    ),
    (
        TRIAL,
        SUGAR,
        lines(
            "readings:",
            "  one: {measurement: lab.sugar, value: {above: 1, unit: mg/dL}, ▶not_older_than: a9}",
            "  two: {measurement: lab.sugar, value: {above: 2, unit: mg/dL}}",
        ),
        "there is no atom 'a9'",
    ),
    (ILL, "recorded: [dx.fever]", "recorded: [dx.fever]\n    ▶at_time_of: coughs", "there is no atom 'coughs'"),
    (ILL, "  - id: fever", "  - ▶id: fever\n    at_time_of: fever", "in a circle: fever -> fever"),
    (
        VERY_ILL,
        "true_when: ill\natoms:\n  - id: ill\n",
        "true_when: {any: [ill, sugar]}\natoms:\n"
        "  - {id: sugar, measurement: lab.sugar, value: {above: 1, unit: mg/dL}, ▶not_older_than: ill}\n"
        "  - id: ill\n",
        "'ill' is not decided by a resource",
    ),
    (*gate("recorded: dx.cough", "timing: ever", "at_time_of: gate"), "a gate is a single atom"),
    (
        *gate("measurement: lab.salt", "value: {above: 1, unit: mmol/L}", "not_older_than: a1"),
        "a gate is a single atom",
    ),
    (*gate("same_resource_as: a1", "since: screening"), "a gate is a single atom"),
    (
        *gate(
            "readings:",
            "  one: {measurement: lab.sugar, value: {above: 1, unit: mg/dL}, not_older_than: a1}",
            "  two: {measurement: lab.sugar, value: {above: 2, unit: mg/dL}}",
        ),
        "a gate is a single atom",
    ),
    # --- what is said of another atom's resources
    (*serum("same_resource_as: a1"), "needs one of 'in', 'not_in' (with 'facet') and 'since'"),
    (*serum("same_resource_as: a1", "facet: specimen"), "needs one of 'in', 'not_in' (with 'facet') and 'since'"),
    (*serum("same_resource_as: a1", "facet: x", "in: y", "not_in: z"), "needs one of 'in', 'not_in'"),
    (*serum("same_resource_as: a1", "facet: x", "in: y", "since: screening"), "needs one of 'in', 'not_in'"),
    (*serum("same_resource_as: a1", "in: serum"), "'in' and 'not_in' need a 'facet', and 'since' has none"),
    (*serum("same_resource_as: a1", "not_in: serum"), "'in' and 'not_in' need a 'facet', and 'since' has none"),
    (*serum("same_resource_as: a1", "facet: x", "since: screening"), "need a 'facet', and 'since' has none"),
    (TRIAL, SERUM, lines("same_resource_as: a1", "▶since: infuson"), "a date since the anchor 'infuson', which is not"),
    (TRIAL, SERUM, lines("same_resource_as: a1", "▶since: unstated"), "nothing can be dated since an unstated anchor"),
    (TRIAL, SERUM, lines("▶same_resource_as: a3", "since: screening"), "there is no atom 'a3'"),
    (TRIAL, SUGAR, lines("same_resource_as: a2", "▶facet: specimen", "not_in: blood"), "has no value 'blood'"),
    (TRIAL, SUGAR, lines("same_resource_as: a2", "▶facet: speciman", "not_in: serum"), "has no facet 'speciman'"),
    (
        ILL,
        "    recorded: [dx.fever]\n    timing: ever\n",
        "    same_resource_as: cough\n    ▶since: infusion\n",
        "a date since the anchor 'infusion', which is not declared",
    ),
    # --- absence in the sentence
    (*serum("absent: true", "applies_to: female", "judgement: true"), "'absent' and 'applies_to' cannot both be"),
    (TRIAL, SUGAR, SUGAR + lines("▶absent: perhaps"), "'absent' must be true or false, not 'perhaps'"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), MISTAKES)
def test_one_mistake_is_told_once_and_where_it_is(
    rules: MadeUpRules, name: str, old: str, new: str, message: str
) -> None:
    place = rules.change(name, old, new)
    assert message in rules.only_problem(place).message


SCREENING_HINT = "it is the as-of date, before which a window lies that names no anchor"
UNSTATED_HINT = "write 'anchor: unstated' at a window for which the registry names none"
NO_DAY_HINT = "only something on record can have one; name an anchor that the trial declares"
GIVEN_HINT = "name another anchor that the trial declares, whose day is given by --anchor"
LIES_HINT = "drop 'back_from', or name the anchor before which the window lies"
DECIDED_HINT = "name a measurement, a result or something recorded"


@pytest.mark.parametrize(
    ("name", "old", "new", "hint"),
    [
        (TRIAL, "[screening, infusion]\nc", "[infusion]\nc", SCREENING_HINT),
        (TRIAL, "[screening, infusion]\nc", "[screening, unstated]\nc", UNSTATED_HINT),
        (TRIAL, SUGAR, SUGAR + lines("within: 1 day", "anchor: infuson"), "did you mean 'infusion'?"),
        (TRIAL, SUGAR, SUGAR + lines("within: 1 day", "anchor: x"), "declared here: screening, infusion"),
        (TRIAL, SUGAR, SUGAR + lines("within: 1 day", "anchor: unstated"), NO_DAY_HINT),
        (TRIAL, SUGAR, SUGAR + lines("within: 1 day", "back_from: infuson"), "did you mean 'infusion'?"),
        (TRIAL, SUGAR, SUGAR + lines("within: 1 day", "back_from: screening"), GIVEN_HINT),
        (TRIAL, SUGAR, SUGAR + lines("within: 1 day", "anchor: infusion", "back_from: infusion"), "drop 'back_from'"),
        (
            TRIAL,
            "within: 6 months",
            "within: 6 months\n        anchor: unstated\n        back_from: infusion",
            LIES_HINT,
        ),
        (TRIAL, SERUM, lines("same_resource_as: a1", "since: infuson"), "did you mean 'infusion'?"),
        (TRIAL, SERUM, lines("same_resource_as: a1", "since: unstated"), "only an anchor that is declared has a day"),
        (TRIAL, SUGAR, SUGAR + lines("not_older_than: a3"), "the atoms here: a1, a2"),
        (TRIAL, "within: 6 months", "within: 6 months\n        at_time_of: fevr", "did you mean 'fever'?"),
        (TRIAL, "within: 6 months", "within: 6 months\n        at_time_of: x", "the atoms here: a1, a2, fever"),
        (*beside_an_age("same_resource_as: a2", "since: screening"), DECIDED_HINT),
        (*serum("absent: true", "applies_to: female", "judgement: true"), "put 'applies_to' on the criterion"),
    ],
)
def test_a_problem_says_how_to_put_it_right(rules: MadeUpRules, name: str, old: str, new: str, hint: str) -> None:
    rules.change(name, old, new)
    [problem] = rules.problems()
    assert problem.hint == hint
