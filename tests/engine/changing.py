"""Criteria whose answers change with time alone, and the day on which they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from charts import AS_OF, Given, chart
from invented_rules import atom, book, criterion, measured, recorded

from trialsieve.engine import direct
from trialsieve.engine.outcome import Circumstances, CriterionOutcome
from trialsieve.rules.atom import UNSTATED, Atom, Test, Window
from trialsieve.rules.finding import Finding
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import CriterionKind, Reason

FORTNIGHT = Window(14, "day", True)
BEFORE_INFUSION, UNANCHORED = Window(14, "day", True, "infusion"), Window(14, "day", True, UNSTATED)
EXCLUSION = CriterionKind.EXCLUSION
RECENT, RECENT_RESULT = recorded(window=FORTNIGHT), measured(window=FORTNIGHT)
STILL = recorded(window=FORTNIGHT, still_active=Reason.JUDGEMENT)
NOW = Circumstances(AS_OF)


def ahead(days: int) -> date:
    return AS_OF + timedelta(days=days)


def evaluated(
    asked: Criterion, *given: Given, circumstances: Circumstances = NOW, findings: Sequence[Finding] = ()
) -> CriterionOutcome:
    rules = book(asked, findings=findings)
    return direct.evaluate(rules, ["T"], chart(*given), circumstances).criteria["T", "C1"]


def changes_on(test: Test | Atom, *given: Given, circumstances: Circumstances = NOW) -> date | None:
    asked = test if isinstance(test, Atom) else atom(test)
    return evaluated(criterion(asked), *given, circumstances=circumstances).atoms["a"].changes_on
