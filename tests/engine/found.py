"""What a shared finding is of a chart."""

from __future__ import annotations

from charts import Given, chart
from invented_rules import Evaluate, atom, book, criterion, said

from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import FindingHolds
from trialsieve.rules.finding import Finding
from trialsieve.rules.vocabulary import AbsencePolicy


def found(evaluate: Evaluate, findings: list[Finding], *given: Given, **keys: object) -> Outcome:
    """What the last of these findings is of a chart of these, by itself and as an atom."""
    asked = criterion(atom(FindingHolds(findings[-1].id)))
    evaluation = evaluate(book(asked, findings=findings), chart(*given, **keys), AbsencePolicy.PRESUME)  # type: ignore[arg-type]
    assert said(evaluation.criteria["T", "C1"].atoms["a"]) == said(evaluation.findings[findings[-1].id])
    return evaluation.findings[findings[-1].id]
