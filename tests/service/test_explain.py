"""`trialsieve explain`: one answer with its whole proof, down to the resources and the rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trialsieve.rules.cache import cached_rules
from trialsieve.rules.trial import Trial
from trialsieve.service.text.paper import cells

TRIAL = "NCT04762485"
ASKED = ("--patient", "p1", "--trial", TRIAL, "--as-of", "2026-11-20")

Run = Callable[..., Any]
Write = Callable[..., Path]
Bundle = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def trial() -> Trial:
    return cached_rules().trials[TRIAL]


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_criterion_is_there_with_the_place_of_its_rule(run: Run, record: Path, trial: Trial) -> None:
    ended = run("explain", record, *ASKED)
    assert ended.status == 0
    for criterion in trial.criteria:
        assert f"[{trial.path}:{criterion.line}]" in words(ended.out)
        for atom in criterion.atoms:
            assert f"{trial.path}:{atom.line}" in words(ended.out)


def test_the_proof_of_one_criterion_goes_down_to_the_resource(run: Run, record: Path, trial: Trial) -> None:
    ended = run("explain", record, *ASKED, "--criterion", "i05")
    text = words(ended.out)
    assert set(re.findall(r"^([IX]\d\d) ", ended.out, re.MULTILINE)) == {"I05"}
    criterion = next(one for one in trial.criteria if one.id == "I05")
    steps = [
        f"[{trial.path}:{criterion.line}]",
        "the inclusion is true",
        "holds if: a1 or a2",
        "a1 true",
        f"[{trial.path}:{criterion.atoms[0].line}]",
        "Observation/p1-lvef:",
        "fact: LVEF, definitive code, firm; value 55 %; dated 2026-11-10",
    ]
    positions = [text.index(step) for step in steps]
    assert positions == sorted(positions)


def test_a_finding_stands_below_the_atom_that_reads_it_with_its_own_rule(run: Run, record: Path) -> None:
    text = words(run("explain", record, *ASKED, "--criterion", "X06").out)
    finding = cached_rules().findings["hiv-infection"]
    steps = ["a1 unknown", "finding hiv-infection unknown", f"[{finding.path}:{finding.line}]", "true if:", "diagnosis"]
    positions = [text.index(step) for step in steps]
    assert positions == sorted(positions)


def test_what_is_unknown_and_keeps_nothing_open_says_so(run: Run) -> None:
    """Of a criterion that passes, of a finding that is true, and of all that is beneath what nothing waits for."""
    chart, asked = "examples/NCT04762485/needs-review.json", ("--patient", "needs-review", *ASKED[2:])
    text = words(run("explain", chart, *asked, "--criterion", "I01").out)
    assert "the inclusion is true" in text
    assert "two-lineages (helper) unknown (nothing waits for it) finding leukemias-of-two-lineages" in text
    finding = text.index("finding relapse-on-record true")
    assert "response unknown (nothing waits for it) any relapse" in text[finding:]
    _, refractory = text.split("finding refractory unknown (nothing waits for it) The leukemia is refractory")
    assert "coded unknown (nothing waits for it) asks for: refractory disease" in refractory


@pytest.mark.parametrize("criterion", ["X03", "X06"])
def test_where_the_whole_is_unknown_its_parts_may_be_what_it_waits_for(run: Run, record: Path, criterion: str) -> None:
    text = words(run("explain", record, *ASKED, "--criterion", criterion).out)
    assert "the exclusion is unknown" in text
    assert "a1 unknown " in text
    assert "a1 unknown (" not in text


def test_helpers_stand_below_the_sentences_own_parts(run: Run, record: Path, trial: Trial) -> None:
    text = run("explain", record, *ASKED, "--criterion", "I01").out
    own, beside = text.split("  beside the sentence's own words, what the parts above also look at:\n")
    (rule,) = [one for one in trial.criteria if one.id == "I01"]
    for atom in rule.atoms:
        label = re.compile(rf"^  {re.escape(atom.id)} {'' if atom.operand else '.helper. '}", re.MULTILINE)
        assert (bool(label.search(own)), bool(label.search(beside))) == (atom.operand, not atom.operand)


def test_without_helpers_nothing_is_said_of_them(run: Run, record: Path) -> None:
    assert "beside the sentence" not in run("explain", record, *ASKED, "--criterion", "I02").out


def test_a_text_on_hold_shows_each_reading(run: Run, record: Path) -> None:
    text = words(run("explain", record, *ASKED, "--criterion", "I06").out)
    assert "reading as-written: a1 or a2 or a3" in text
    assert "unknown: nothing on record; the registry's text is wrong or ambiguous" in text


def test_people_read_no_escapes_no_codes_of_reasons_and_none_of_attestations(run: Run) -> None:
    for name in ("NCT07120607/faulty-results", "NCT07070323/eligible-autologous", "NCT07120607/only-the-diagnosis"):
        trial, _, patient = name.partition("/")
        asked = (f"examples/{name}.json", "--trial", trial, "--as-of", "2026-11-20")
        for ended in (run("explain", *asked, "--patient", patient), run("screen", *asked, "--verbose")):
            text = words(ended.out)
            assert "\\" not in text
            assert f"{trial}#" not in text
            assert not re.findall(r"(?:unknown: |unknown \()(?:no-data|not-retrieved|unspecific|judgement)", text)


def test_the_arms_come_first(run: Run, record: Path) -> None:
    text = run("explain", record, *ASKED).out
    assert text.index("arm all at screening: needs-review because of") < text.index("\nI01 ")
    assert text.splitlines()[-1].startswith("Advice, not a decision")
    assert "Winterbottom" not in text


def test_the_patient_may_be_named_with_or_without_its_type(run: Run, record: Path) -> None:
    plain = run("explain", record, *ASKED)
    assert run("explain", record, "--patient", "Patient/p1", *ASKED[2:]).out == plain.out


def test_an_unknown_patient_is_told_with_the_closest(run: Run, record: Path) -> None:
    ended = run("explain", record, "--patient", "Patient/p2", *ASKED[2:])
    assert (ended.status, ended.out) == (2, "")
    assert "no patient 'Patient/p2' in the input; did you mean Patient/p1?" in ended.err


def test_of_several_records_only_the_one_asked_for_is_explained(run: Run, write: Write, bundle: Bundle) -> None:
    folder = write("data/1.json", bundle("p1")).parent
    write("data/2.json", bundle("p2"))
    text = run("explain", folder, *ASKED).out
    assert "Patient/p1" in text
    assert "Patient/p2" not in text


@pytest.mark.parametrize("columns", [60, 140])
def test_no_line_is_wider_than_the_terminal(
    run: Run, record: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = run("explain", record, *ASKED).out
    assert max(cells(line) for line in text.splitlines()) <= columns


GATED = "examples/NCT07070323/donor-not-stated.json"
ASKED_OF_COHORTS = ("--patient", "donor-not-stated", "--trial", "NCT07070323", "--as-of", "2026-11-20")


def test_a_cohorts_own_condition_is_explained_with_what_is_missing_and_the_resource(run: Run) -> None:
    ended = run("explain", GATED, *ASKED_OF_COHORTS, "--criterion", "cohort")
    assert ended.status == 0
    text = words(ended.out)
    gate = next(cohort.gate for cohort in cached_rules().trials["NCT07070323"].cohorts if cohort.gate is not None)
    steps = [
        "arm prior_sct_donor at screening: needs-review because of the cohort's own condition",
        "the cohort's own condition unknown",
        "asks for: hematopoietic stem cell transplantation",
        f"rules/trials/NCT07070323.yaml:{gate.line}]",
        "its donor is not stated.",
        "Procedure/donor-not-stated-1:",
    ]
    positions = [text.index(step) for step in steps]
    assert positions == sorted(positions)
    assert not re.search(r"^I\d\d ", ended.out, re.MULTILINE)
    assert "on record:" not in text


def test_only_a_trial_with_conditions_of_cohorts_has_them_explained(run: Run, record: Path) -> None:
    ended = run("explain", record, *ASKED, "--criterion", "cohort")
    assert ended.status == 2
    assert "cohort" in ended.err


def test_a_finding_a_sentence_and_the_facts_of_a_resource_are_laid_out_once(run: Run) -> None:
    ended = run("explain", GATED, *ASKED_OF_COHORTS)
    text = words(ended.out)
    rule = cached_rules().findings["relapse-on-record"]
    assert text.count(f"[{rule.path}:{rule.line}]") == 1
    assert "finding relapse-on-record true (see above, under I01)" in text
    assert text.count("A relapse of the leukemia is on record: ") == 1
    assert text.count("fact: relapse, definitive code") == 1


def test_what_was_presumed_is_said_of_each_atom_though_a_sentence_has_the_same_words(run: Run, record: Path) -> None:
    text = words(run("explain", record, *ASKED, "--covers", "all", "--criterion", "X04").out)
    assert "No infection on record." in text
    assert text.count("assumed: no infection on record") == 1
    again = words(run("explain", record, *ASKED, "--covers", "all", "--criterion", "X07").out)
    assert again.count("assumed: no ") == 2


def test_what_a_sentence_names_as_assumed_is_not_said_again(run: Run) -> None:
    chart = Path(__file__).parents[2] / "examples" / "SENL-T7" / "eligible-boy.json"
    asked = ("--patient", "eligible-boy", "--trial", "SENL-T7", "--as-of", "2026-11-20", "--criterion", "X12")
    text = words(run("explain", chart, *asked).out)
    assert "Assumed: No hematopoietic stem cell transplantation or solid organ transplant on record" in text
    assert text.count("the date of enrollment is not given") == 1
