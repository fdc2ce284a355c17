"""What holds for all codes, and the check of the value sets that runs in CI."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import trialsieve.rules
from trialsieve.rules.check_digits import answer_mod10, fault_of, mod10, verhoeff
from trialsieve.rules.check_terminology import check, main
from trialsieve.rules.concept import Terminology
from trialsieve.rules.concept_files import load_terminology
from trialsieve.rules.vocabulary import Match, Result
from trialsieve.rules.yaml_source import read_yaml

RULES = Path(trialsieve.rules.__file__).parent
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


# --- qualitative answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "code", "result"),
    [
        (SNOMED, "10828004", Result.POSITIVE),
        (SNOMED, "260373001", Result.POSITIVE),
        (LOINC, "LA6576-8", Result.POSITIVE),
        (V3, "RR", Result.POSITIVE),
        (SNOMED, "373066001", Result.POSITIVE),
        (SNOMED, "260385009", Result.NEGATIVE),
        (SNOMED, "410516002", Result.NEGATIVE),
        (V3, "ND", Result.NEGATIVE),
        (SNOMED, "720735008", Result.INDETERMINATE),  # presumptive positive
        (V3, "E", Result.INDETERMINATE),
        (SNOMED, "385660001", None),  # not done
        (V3, "H", None),  # high is not positive
        (V3, "N", None),  # normal is not negative
        (V3, "A", None),
    ],
)
def test_what_an_answer_code_means(terminology: Terminology, system: str, code: str, result: Result | None) -> None:
    assert terminology.results.get((system, code)) is result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("positive", Result.POSITIVE),
        ("(+)", Result.POSITIVE),
        ("reactive", Result.POSITIVE),
        ("detected", Result.POSITIVE),
        ("阳性", Result.POSITIVE),
        ("positiv", Result.POSITIVE),
        ("negative", Result.NEGATIVE),
        ("(-)", Result.NEGATIVE),
        ("non-reactive", Result.NEGATIVE),
        ("not detected", Result.NEGATIVE),
        ("阴性", Result.NEGATIVE),
        ("weakly positive", Result.INDETERMINATE),
        ("弱阳性", Result.INDETERMINATE),
        ("+/-", Result.INDETERMINATE),
        ("-", None),  # as often means that nothing was entered
        ("normal", None),
        ("", None),
    ],
)
def test_what_an_answer_in_words_means(terminology: Terminology, text: str, result: Result | None) -> None:
    assert terminology.texts.get(text) is result


def test_not_done_is_no_result(terminology: Terminology) -> None:
    assert terminology.not_done == {(SNOMED, "385660001")}
    assert not terminology.not_done & set(terminology.results)
    assert {"not done", "tnp", "qns", "nicht durchgeführt"} < terminology.not_done_texts


TWO_MEANINGS = """\
aliases: {}
positive: {texts: [yes]}
negative: {texts: [yes, No]}
indeterminate: {}
not_done: {texts: [not done, not done, yes]}
"""


def test_a_text_cannot_mean_two_results() -> None:
    problems = load_terminology(read_yaml("t.yaml", TWO_MEANINGS))[1]
    assert [str(problem) for problem in problems] == [
        "t.yaml:3:20: the text 'yes' already means a result",
        "t.yaml:3:25: the text 'No' must be lower-case",
        "t.yaml:5:30: the text 'not done' already means a result",
        "t.yaml:5:40: the text 'yes' already means a result",
    ]


def test_a_code_cannot_mean_two_results() -> None:
    coded = "{codes: [{system: s, code: c, label: l, source: x}]}"
    text = f"aliases: {{a: [b], c: [b]}}\npositive: {coded}\nnegative: {coded}\nindeterminate: {{}}\nnot_done: {{}}\n"
    problems = load_terminology(read_yaml("t.yaml", text))[1]
    assert [problem.message for problem in problems] == [
        "the alias b is given twice",
        "the code c already means another result",
    ]


def test_a_faulty_file_gives_nothing() -> None:
    loaded, problems = load_terminology(read_yaml("t.yaml", "aliases: {}\n"))
    assert loaded == Terminology({}, {}, frozenset(), {})
    assert len(problems) == 4  # each missing key


# --- check digits -----------------------------------------------------------------------------------------------------


def test_check_digits() -> None:
    assert verhoeff("277575008")
    assert not verhoeff("277575007")
    assert mod10("89247-1")
    assert not mod10("89247-2")
    assert answer_mod10("LA9622-7")  # four digits
    assert answer_mod10("LA29175-9")  # five digits
    assert not answer_mod10("LA9622-8")


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "277575008"),
        (LOINC, "10230-1"),
        (LOINC, "LA6576-8"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "C00-C80"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "I82.A21"),
        ("http://www.cms.gov/Medicare/Coding/ICD10", "XW033C7"),
        ("http://terminology.hl7.org/CodeSystem/condition-clinical", "relapse"),
    ],
)
def test_sound_codes_have_no_fault(system: str, code: str) -> None:
    assert fault_of(system, code) is None


@pytest.mark.parametrize(
    ("system", "code", "fault"),
    [
        (SNOMED, "12345", "not written like"),
        (SNOMED, "277575007", "check digit"),
        (SNOMED, "900000000000013", "check digit"),
        (LOINC, "10230-2", "check digit"),
        (LOINC, "LA6576-9", "check digit"),
        (LOINC, "glucose", "not written like"),
        ("http://hl7.org/fhir/sid/icd-10", "C9102", "not written like"),
        ("http://www.cms.gov/Medicare/Coding/ICD10", "XW0.33C7", "not written like"),
        ("http://hospital.example", "1", "not known"),
    ],
)
def test_a_fault_is_named(system: str, code: str, fault: str) -> None:
    assert fault in (fault_of(system, code) or "")


def test_a_description_is_no_concept() -> None:
    description = next(f"1234{n}1{c}" for n in (1,) for c in range(10) if verhoeff(f"1234{n}1{c}"))
    assert "partition" in (fault_of(SNOMED, description) or "")


# --- the check --------------------------------------------------------------------------------------------------------


def test_the_shipped_value_sets_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr() == ("", "")


GERMAN_ECOG = (
    "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/"
    "mii-cs-onko-allgemeiner-leistungszustand-ecog"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the value sets that can be broken: two files of them, with a lock that fits."""
    copy = tmp_path / "rules"
    (copy / "concepts").mkdir(parents=True)
    for name in ("concepts/performance-status.yaml", "concepts/laboratory.yaml", "terminology.yaml", "currency.yaml"):
        shutil.copy(RULES / name, copy / name)
    (copy / "concepts.lock.json").write_text('{"concepts": 0, "codes": {}}')
    codes = {LOINC: 77, SNOMED: 8, "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": 7, GERMAN_ECOG: 5}
    lock = {"concepts": 13, "codes": codes}
    (copy / "concepts.lock.json").write_text(json.dumps(lock))
    return copy


def change(folder: Path, name: str, old: str, new: str) -> list[str]:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return [str(problem) for problem in check(folder)]


def test_a_part_with_a_lock_that_fits_is_sound(folder: Path) -> None:
    assert [str(problem) for problem in check(folder)] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("concepts/laboratory.yaml", '"1742-6"', '"1742-7"', "check digit of the LOINC code 1742-7"),
        ("concepts/laboratory.yaml", "currency: laboratory", "currency: lab", "there is no currency class 'lab'"),
        ("concepts/laboratory.yaml", '"0.058466"', '"0.0585"', "does not fit the molar mass 584.66"),
        ("concepts/laboratory.yaml", '"0.058466"', '"0"', "is not above zero"),
        ("concepts/laboratory.yaml", "ukat/L:", "mckat/L:", "'mckat/L' is not a UCUM unit"),
        ("concepts/laboratory.yaml", "unit: U/L", "unit: units", "'units' is not a UCUM unit"),
        ("concepts/laboratory.yaml", "- alt\n", "- ALT\n", "'ALT' must be lower-case"),
        ("concepts/laboratory.yaml", "unit: U/L\n", "unit: U/L\n    number_names: [GPT]\n", "'GPT' must be lower-case"),
        ("concepts/performance-status.yaml", "role: definitive", "role: defining", "cannot be 'defining'"),
        ("terminology.yaml", '"10828004"', '"10828005"', "check digit of the SNOMED CT identifier 10828005"),
        ("terminology.yaml", "- https://loinc.org", "- http://snomed.info/sct", "both an alias and a code system"),
        ("terminology.yaml", "not_done:", "not_dnoe:", "unknown key 'not_dnoe'"),
        ("currency.yaml", "laboratory: 30", "labs: 30", "there is no currency class 'laboratory'"),
    ],
)
def test_a_fault_is_found(folder: Path, name: str, old: str, new: str, message: str) -> None:
    problems = change(folder, name, old, new)
    assert any(message in problem for problem in problems), problems
    assert all(problem.startswith("rules/") for problem in problems)


def test_a_fault_is_told_with_line_and_column(folder: Path) -> None:
    text = (folder / "concepts/laboratory.yaml").read_text(encoding="utf-8")
    before = text[: text.index('code: "1742-6"')]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    (problem,) = change(folder, "concepts/laboratory.yaml", '"1742-6"', '"1742-7"')
    assert problem.startswith(f"rules/concepts/laboratory.yaml:{line}:{column}: ")


def test_a_lost_code_is_noticed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (folder / "concepts/laboratory.yaml").read_text(encoding="utf-8")
    start = text.index('        - {code: "1742-6"')
    end = text.index("        - {code:", start + 1)
    (folder / "concepts/laboratory.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    assert main([str(folder)]) == 1
    assert "concepts.lock.json:1:1: there are 76 codes of http://loinc.org, not 77" in capsys.readouterr().err


def test_a_concept_needs_codes_or_a_reason(folder: Path) -> None:
    (folder / "concepts/more.yaml").write_text(
        "concepts:\n  - {id: lab.nothing, label: nothing, kinds: [Observation]}\n"
    )
    assert "lab.nothing has neither codes nor a gap" in str(check(folder)[0])


def test_an_assumed_facet_must_be_recognisable(folder: Path) -> None:
    more = "concepts:\n  - {id: lab.x, label: x, gap: none, assume: [method, guess, taken as guess]}\n"
    (folder / "concepts/more.yaml").write_text(more)
    assert "assumes a facet that it does not recognise" in str(check(folder)[0])


def test_a_missing_or_broken_file_is_a_problem(folder: Path) -> None:
    (folder / "concepts.lock.json").write_text("{")
    assert "concepts.lock.json:1:1: cannot be read" in str(check(folder)[0])
    (folder / "currency.yaml").unlink()
    (folder / "concepts/laboratory.yaml").write_text("a: [", encoding="utf-8")
    problems = [str(problem) for problem in check(folder)]
    assert any("currency.yaml:1:1: cannot be read" in problem for problem in problems)
    assert any("laboratory.yaml" in problem and "not valid YAML" in problem for problem in problems)


@pytest.mark.parametrize(
    ("code", "match", "is_fine"),
    [
        ("021", Match.PREFIX, True),
        ("0210093", Match.PREFIX, True),
        ("021", Match.EXACT, False),
        ("02I", Match.PREFIX, False),
        ("02100934", Match.PREFIX, False),
    ],
)
def test_a_prefix_may_be_the_beginning_of_a_code(code: str, match: Match, is_fine: bool) -> None:
    assert (fault_of("http://www.cms.gov/Medicare/Coding/ICD10", code, match) is None) == is_fine
