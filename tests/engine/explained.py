"""The sentence that an atom or a criterion of one trial is told by."""

from __future__ import annotations

from charts import AS_OF, OTHER, Given, chart
from invented_rules import atom, book, criterion, finding, recorded

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import (
    Atom,
)
from trialsieve.rules.trial import Criterion

SHARED = finding("shared", atom(recorded(concepts=(OTHER,)), "seen"), title="Something shared")


def atom_told(asked: Atom, *given: Given, **person: object) -> str:
    rules = book(criterion(asked), findings=[SHARED])
    evaluation = direct.evaluate(rules, ["T"], chart(*given, **person), Circumstances(AS_OF))  # type: ignore[arg-type]
    return Words(rules).atom(asked).explanation(evaluation.criteria["T", "C1"].atoms[asked.id])


def criterion_told(rule: Criterion, *given: Given, **person: object) -> str:
    rules = book(rule, findings=[SHARED])
    evaluation = direct.evaluate(rules, ["T"], chart(*given, **person), Circumstances(AS_OF))  # type: ignore[arg-type]
    return Words(rules).criterion(rule).explanation(evaluation.criteria["T", rule.id])
