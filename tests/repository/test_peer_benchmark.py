"""The benchmark's CQL takes every code from the rule files; what it compares and explains exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from peer import TRIAL, VARIED, screened
from peer_comparison import (
    UNEXPLAINED,
    Answer,
    Comparison,
    Difference,
    Explanation,
    Verdict,
    answers,
    read_explanations,
    table,
)
from peer_value_sets import Coding, codings_in, declared, value_sets, words_of_methods
from peer_variants import variants

from trialsieve.rules.cache import cached_rules
from trialsieve.rules.rule_book import RuleBook

SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return cached_rules()


@pytest.fixture(scope="module")
def cql(root: Path) -> Path:
    return root / "benchmarks/cql/NCT04762485.cql"


def test_the_rule_files_give_every_value_set_that_the_cql_declares(book: RuleBook, cql: Path) -> None:
    assert len(declared(cql)) > 80
    assert declared(cql) <= value_sets(book, []).keys()


def test_the_cql_declares_every_value_set_that_it_uses_and_uses_each(cql: Path) -> None:
    text = cql.read_text(encoding="utf-8").partition("context Patient")[2]
    assert declared(cql) == set(re.findall(r'"([a-z0-9_.]+:[^"]+)"', text))


def test_the_cql_holds_no_code_of_a_terminology(cql: Path) -> None:
    assert re.findall(r"snomed|loinc|icd-?10|\b\d{5,}(?:-\d)?\b", cql.read_text(encoding="utf-8").lower()) == []


def test_the_cql_has_a_value_for_every_criterion_and_reading(book: RuleBook, cql: Path) -> None:
    compared = cql.read_text(encoding="utf-8").partition('define "Criteria":')[2]
    for criterion in book.trials["NCT04762485"].criteria:
        assert f" {criterion.id}: " in compared
        for name, _ in criterion.readings:
            assert f'"{criterion.id} {name}": ' in compared


def test_the_words_of_the_cql_are_those_of_the_rule_files(book: RuleBook, cql: Path) -> None:
    words = words_of_methods(book.concepts)
    assert all(words.values())
    assert words.keys() == set(re.findall(r'parameter "([^"]+)"', cql.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("coding", "name", "is_in"),
    [
        ((ICD, "I26.99"), "vasc.pe:definitive", True),  # a prefix
        ((ICD, "I2699"), "vasc.pe:definitive", True),  # without its dot
        (("urn:oid:2.16.840.1.113883.6.90", "I26.99"), "vasc.pe:definitive", True),  # another name of the system
        ((SNOMED, "I26.99"), "vasc.pe:definitive", False),
        ((ICD, "I27.0"), "vasc.pe:definitive", False),
    ],
)
def test_what_occurs_is_added_where_trialsieve_knows_it(book: RuleBook, coding: Coding, name: str, is_in: bool) -> None:
    line = orjson.dumps({"entry": [{"resource": {"code": {"coding": [{"system": coding[0], "code": coding[1]}]}}}]})
    assert (coding in value_sets(book, codings_in([line]))[name]) is is_in


def test_a_difference_is_explained_only_by_one_that_fits(root: Path) -> None:
    known = read_explanations(root / "benchmarks/cql/differences.yaml")
    assert all(one.says and one.why for one in known)
    explanation = Explanation(frozenset({"X04"}), None, False, "could not be used", Verdict.OURS, "why")
    fitting = Difference("p", "X04", Answer(None, frozenset(), "It could not be used."), False)
    others = (
        Difference("p", "X05", fitting.ours, False),
        Difference("p", "X04", fitting.ours, True),
        Difference("p", "X04", Answer(True, frozenset(), "It could not be used."), False),
        Difference("p", "X04", Answer(None, frozenset(), "No data."), False),
    )
    found = Comparison({}, (fitting, *others)).explained([explanation])
    assert found == {explanation: [fitting], None: list(others)}


def test_every_explanation_is_of_something_that_trialsieve_says_of_the_patients_compared(
    root: Path, book: RuleBook
) -> None:
    examples = root / "examples"
    patients = [path.read_bytes() for path in sorted(examples.glob("*/*.json"))]
    patients.append(_with_a_sinusitis(orjson.loads(patients[0])))  # as most Bundles of Synthea
    for name in VARIED[:2]:
        patients += [line for _, line in variants(name, (examples / TRIAL / name).read_bytes())]
    said = [one for result in screened(book, patients) for one in answers(result)]
    for known in read_explanations(root / "benchmarks/cql/differences.yaml"):
        found = [Difference("p", criterion, answer, known.theirs) for criterion, answer in said]
        assert any(map(known.fits, found)), (sorted(known.criteria), known.says)


def _with_a_sinusitis(bundle: dict[str, Any]) -> bytes:
    sinusitis = {"system": SNOMED, "code": "444814009", "display": "Viral sinusitis (disorder)"}
    condition = {"resourceType": "Condition", "id": "sinusitis", "code": {"coding": [sinusitis]}}
    return orjson.dumps({**bundle, "entry": [*bundle["entry"], {"resource": condition}]})


def test_the_table_counts_by_explanation() -> None:
    unread = Answer(None, frozenset({"unusable-data"}), "It could not be used.")
    explanation = Explanation(frozenset({"X04"}), None, False, "could not be used", Verdict.OURS, "why")
    known, unknown = Difference("p", "X04", unread, False), Difference("q", "X04", unread, True)
    lines = table(Comparison({("X04", None): 3}, (known, unknown)), [explanation])
    assert lines[1].split() == ["X04", "0", "0", "3", "2"]
    assert lines[2:] == [
        "1 x ours right: why",
        "    1 x X04: ours unknown (unusable-data), theirs false",
        f"1 x {UNEXPLAINED}",
        "    1 x X04: ours unknown (unusable-data), theirs true",
        "    q: X04: It could not be used.",
    ]


def test_variants_change_one_thing_each(root: Path) -> None:
    example = (root / "examples/NCT04762485/missing-data.json").read_bytes()
    entries = orjson.loads(example)["entry"]
    names = set()
    for name, line in variants("p", example):
        changed = orjson.loads(line)["entry"]
        kept = [entry for entry in changed if entry in entries]
        assert len(kept) >= len(entries) - 1, name
        names.add(name)
    assert "p, Patient/missing-data born 1960-11-20" in names
    assert len(names) == sum(1 for _ in variants("p", example)) > 100


def test_the_lock_file_names_no_registry(root: Path) -> None:
    packages = orjson.loads((root / "benchmarks/cql/package-lock.json").read_bytes())["packages"]
    assert len(packages) > 30
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
