"""A trial of one's own is held to its registry text: what it leaves out waits for a person, and lint names it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.rules.made_up_rules import MadeUpRules
from trialsieve.rules.atom import Judgement, Unresolved
from trialsieve.rules.errors import RuleFilesError
from trialsieve.rules.lint import lint
from trialsieve.rules.loader import load_rules
from trialsieve.rules.trial import Trial

TEXT = """\
Inclusion Criteria:

* Sugar above 100 mg/dL
* Salt \\> 5 mmol/L. Written consent.

Exclusion Criteria:

* Cough, or fever
"""
SUGAR = ("I01", "inclusion", "Sugar above 100 mg/dL", "measurement: lab.sugar, value: {above: 100, unit: mg/dL}")
SALT = ("I02", "inclusion", "Salt > 5 mmol/L. Written consent.", "judgement: true")
COUGH = ("X01", "exclusion", "Cough, or fever", "recorded: dx.cough, timing: ever")
ALL = (SUGAR, SALT, COUGH)


def written(
    folder: Path, *criteria: tuple[str, str, str, str], text: str = TEXT, more: str = "", quote: str = "", key: str = ""
) -> Path:
    """A folder of one's own, with a trial of these criteria."""
    for name in ("sources", "trials"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sources/T9.txt").write_text(text, encoding="utf-8")
    lines = [
        "trial: T9\ntitle: Ours\nversion: 2026.1.1\neffective: 2026-01-01",
        f"source: {{file: T9.txt, sha256: {hashlib.sha256(text.encode()).hexdigest()}, url: none{more}}}",
        "cohorts: [{id: all}]\nstages: [screening]\nanchors: [screening]\ncriteria:",
    ]
    for name, kind, said, test in criteria:
        lines.append(
            f"  - {{id: {name}, kind: {kind}, text: '{said}', logic: a1{key},\n"
            f"     never: {{true: a, false: a, unknown: a}},\n"
            f"     atoms: [{{id: a1, quote: '{quote or said}', {test}}}]}}"
        )
    (folder / "trials/T9.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def trial(folder: Path) -> Trial:
    return load_rules([folder]).trials["T9"]


def told(folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/") for problem in lint([folder])]


def test_a_whole_trial_is_as_it_is_written(rules: MadeUpRules, tmp_path: Path) -> None:
    folder = written(tmp_path / "ours", *ALL)
    assert told(folder) == []
    assert [criterion.id for criterion in trial(folder).criteria] == ["I01", "I02", "X01"]
    assert trial(folder).cautions == ()


@pytest.mark.parametrize(
    ("left", "place", "words", "kind"),
    [
        (SUGAR, "3:3", "Sugar above 100 mg/dL", "inclusion"),
        (SALT, "4:3", r"Salt \> 5 mmol/L. Written consent.", "inclusion"),
        (COUGH, "8:3", "Cough, or fever", "exclusion"),
    ],
)
def test_a_sentence_left_out_is_told_and_waits_for_a_person(
    rules: MadeUpRules, tmp_path: Path, left: tuple[str, str, str, str], place: str, words: str, kind: str
) -> None:
    folder = written(tmp_path / "ours", *(each for each in ALL if each is not left))
    [problem] = told(folder)
    assert problem.startswith(f"sources/T9.txt:{place}: no criterion of T9 has the words '{words}'")
    *_, added = trial(folder).criteria
    assert (added.text, added.kind.value, added.stage, added.cohort) == (words, kind, "screening", "all")
    assert [atom.test for atom in added.atoms] == [Judgement()]
    [caution] = trial(folder).cautions
    assert "1 sentence of the registry's text" in caution


def test_a_part_of_an_item_is_told(rules: MadeUpRules, tmp_path: Path) -> None:
    folder = written(tmp_path / "ours", SUGAR, ("I02", "inclusion", "Salt > 5 mmol/L.", "judgement: true"), COUGH)
    [problem] = told(folder)
    assert problem.startswith("sources/T9.txt:4:21: no criterion of T9 has the words 'Written consent.'")


def test_its_id_stays_that_of_its_words(rules: MadeUpRules, tmp_path: Path) -> None:
    both = trial(written(tmp_path / "a", COUGH))
    one = trial(written(tmp_path / "b", SUGAR, COUGH))
    assert both.criteria[-1].id == one.criteria[-1].id != both.criteria[-2].id


def test_an_answer_cannot_lift_what_no_heading_explains(rules: MadeUpRules, tmp_path: Path) -> None:
    folder = written(tmp_path / "ours", SUGAR, text="Sugar above 100 mg/dL\nNo cough\n")
    assert isinstance(trial(folder).criteria[-1].atoms[0].test, Unresolved)


def test_what_is_no_criterion_can_be_named(rules: MadeUpRules, tmp_path: Path) -> None:
    text = TEXT.replace("* Sugar", "All of these:\n* Sugar") + "Trial design\n\nOpen label.\n"
    more = ", ends: Trial design, besides: [{text: 'All of these:', why: heading}]"
    assert told(written(tmp_path / "ours", *ALL, text=text, more=more)) == []


@pytest.mark.parametrize(
    ("wrong", "heading"),
    [(("X02", "exclusion", *SUGAR[2:]), "Inclusion"), (("I03", "inclusion", *COUGH[2:]), "Exclusion")],
)
def test_a_criterion_under_the_other_heading_is_refused(
    rules: MadeUpRules, tmp_path: Path, wrong: tuple[str, str, str, str], heading: str
) -> None:
    rest = [each for each in ALL if each[2] != wrong[2]]
    with pytest.raises(RuleFilesError, match=f"the registry has it under '{heading} Criteria:'"):
        load_rules([written(tmp_path / "ours", *rest, wrong)])


def test_unless_it_says_why(rules: MadeUpRules, tmp_path: Path) -> None:
    folder = written(tmp_path / "ours", ("X02", "exclusion", *SUGAR[2:]), key=", other_heading: it says who may not")
    assert trial(folder)


def test_words_that_no_atom_quotes_are_told(rules: MadeUpRules, tmp_path: Path) -> None:
    [problem] = told(written(tmp_path / "ours", COUGH, quote="Cough", text="Exclusion Criteria:\n* Cough, or fever\n"))
    assert "no atom of X01 stands for 'or fever'" in problem
    assert "besides" not in problem


def test_a_heading_among_them_belongs_beside_the_criteria(rules: MadeUpRules, tmp_path: Path) -> None:
    text = "Exclusion Criteria:\n* Infections of the airways: - Cough\n"
    cough = (*COUGH[:2], "Infections of the airways: - Cough", COUGH[3])
    [problem] = told(written(tmp_path / "ours", cough, quote="Cough", text=text))
    assert "no atom of X01 stands for 'Infections of the airways: -'" in problem
    assert "a heading above a list goes under 'source' ('besides'), and each item is a criterion" in problem


@pytest.mark.parametrize(
    ("limit", "is_told"),
    [
        ("above: 100, unit: mg/dL", False),
        ("above: 101, unit: mg/dL", True),
        ("above: 99, unit: mg/dL", True),
        ("above: 1000, unit: mg/L", False),
        ("above: 100, unit: mg/L", True),
    ],
)
def test_a_limit_that_is_not_the_quotes_is_told(rules: MadeUpRules, tmp_path: Path, limit: str, is_told: bool) -> None:
    sugar = (*SUGAR[:3], f"measurement: lab.sugar, value: {{{limit}}}")
    problems = told(written(tmp_path / "ours", sugar, SALT, COUGH))
    assert [("the quote says '100 mg/dL'" in problem) for problem in problems] == ([True] if is_told else [])


def test_the_first_words_that_differ_are_shown(rules: MadeUpRules, tmp_path: Path) -> None:
    wrong = ("X01", "exclusion", "Cough, and fever", COUGH[3])
    with pytest.raises(RuleFilesError, match="after 'Cough,' that goes on 'or', and this 'and'"):
        load_rules([written(tmp_path / "ours", SUGAR, SALT, wrong)])
