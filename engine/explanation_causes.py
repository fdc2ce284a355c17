"""The one cause why what is on record does not decide, where the facts tell it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from trialsieve.engine.facts import NOT_AMONG_CONDITIONS, Chart, Fact
from trialsieve.engine.outcome import Evaluation, Evidence, Outcome
from trialsieve.engine.phrases import NO_CODE_ALONE, NO_UNIT, NOT_BY_ITS_CODE, ONLY_MENTIONED
from trialsieve.rules import units
from trialsieve.rules.atom import Measurement, QualitativeResult, Readings, Recorded, Test
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Basis, Reason, Result, Role

_DATE: Final = re.compile(r" on \S+( to \S+)?$")
_BESIDE: Final = re.compile(r" \(.*\)$|, interpreted as .*$")
_NUMBER: Final = re.compile(r"(?:^| )[<>=~]*-?\d[\d.,]*(?:e[-+]?\d+)?(?: (\D.*))?$")
_UNREAD_DATE: Final = re.compile(r"\b\d+[/.]\d+[/.]\d+\b")


class Background:
    """What sentences may look up of one patient beside the outcome itself.

    They may only for an outcome that rests on something: the sentences of one that rests on nothing are kept for the
    next patient.
    """

    def __init__(self, chart: Chart, evaluation: Evaluation) -> None:
        self.chart = chart
        self.evaluation = evaluation
        self.findings: dict[tuple[object, ...], str] = {}
        """What was said of findings, by the finding, the identity of its outcome, and what of it is told elsewhere."""

    def facts(self, evidence: Iterable[Evidence], concepts: Sequence[str]) -> list[Fact]:
        """The facts of these concepts in the resources that are quoted."""
        quoted = dict.fromkeys(item.reference for item in evidence)
        return [fact for name in quoted for fact in self._by_reference.get(name, ()) if fact.concept in concepts]

    @cached_property
    def _by_reference(self) -> Mapping[str, Sequence[Fact]]:
        found: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in self.chart.facts:
            found[fact.reference].append(fact)
        return found


def concepts_of(test: Test) -> tuple[str, ...]:
    """The concepts that a test looks for."""
    if isinstance(test, Readings):
        return test.tests[0][1].concepts
    return test.concepts if isinstance(test, (Measurement, QualitativeResult, Recorded)) else ()


def why_no_unit(test: Test, facts: Sequence[Fact], book: RuleBook) -> str:
    """Why numbers have no value in the unit of their concept; empty where that cannot be told."""
    is_multiple = isinstance(test, Measurement) and test.basis is not Basis.VALUE
    found: dict[str, None] = {}
    for fact in facts:
        if fact.value_problem is Reason.UNIT:
            found[_unit_problem(fact, book)] = None
        elif is_multiple and Reason.UNIT in (fact.limit_problem, fact.lower_limit_problem):
            found["the unit of its reference range is missing, or is not that of the value"] = None
    return "; ".join(found)


def _unit_problem(fact: Fact, book: RuleBook) -> str:
    number = _NUMBER.search(_BESIDE.sub("", _BESIDE.sub("", _DATE.sub("", fact.says))))
    if number is None:
        return NO_UNIT
    unit = number[1]
    if unit is None:
        return "it has no unit"
    if units.normalise(unit) is None:
        return f"its unit {unit} is not known"
    concept = book.concepts[fact.concept]
    if units.factor_to(unit, concept) is None:
        return f"its unit {unit} cannot be converted to {concept.unit}"
    return "its value is not plausible in this unit"


def why_not_specific(test: Test, facts: Sequence[Fact]) -> str:
    """In what these are not specific enough for a test; empty where that cannot be told."""
    if isinstance(test, Readings):
        return why_not_specific(test.tests[0][1], facts)
    found: dict[str, None] = {}
    for fact in facts:
        found |= dict.fromkeys(_vague(test, fact))
    return "; ".join(found)


def _vague(test: Test, fact: Fact) -> list[str]:
    if fact.says.endswith(NOT_AMONG_CONDITIONS) and fact.role is Role.SUPPORTING:
        return [ONLY_MENTIONED]
    if isinstance(test, Recorded) and test.all_supporting:
        return [NO_CODE_ALONE]
    if fact.role is Role.SUPPORTING:
        return [NOT_BY_ITS_CODE]
    if isinstance(test, Recorded):
        missing = [name for name, value in test.facets if value not in fact.facet(name)]
        return [f"its {name} is not stated" for name in missing if not fact.facet(name)]
    if not isinstance(test, (Measurement, QualitativeResult)):
        return []
    skipped = [facet for facet in fact.facets if facet in test.skip]
    if skipped:
        return [f"its {name} is {value}" for name, value in skipped]
    if isinstance(test, Measurement):
        return ["it gives no number"] if fact.value_problem is Reason.UNSPECIFIC else []
    if fact.result is Result.INDETERMINATE:
        return ["it is neither positive nor negative"]
    if fact.result is None and fact.result_problem is Reason.UNSPECIFIC:
        return ["nobody calls it positive or negative"]
    return []


def unread_date(said: str, outcome: Outcome) -> str:
    """The date of what is undated, as it is written, where it is there and cannot be read."""
    if any(fact.when is not None or fact.recorded is not None for fact in outcome.decided_by):
        return ""
    found = _UNREAD_DATE.search(said)
    return found.group() if found else ""
