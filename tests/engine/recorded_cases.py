"""What tests of things on record share: their rows, and the words for what is on record."""

from __future__ import annotations

from charts import OTHER, Given, entry, on
from invented_rules import atom, finding, recorded

from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Recorded, Window
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, Role, State, Timing

WEAK, HISTORY, SUPPORTING, NEGATES = Certainty.WEAK, Role.HISTORY, Role.SUPPORTING, Role.NEGATES
ACTIVE, RELAPSE, REMISSION, RESOLVED, UNSTATED = State
CHRONIC, ACUTE = (("course", "chronic"),), (("course", "acute"),)

Rows = list[tuple[str, Recorded, list[Given], str]]


def ids_of(rows: Rows) -> list[str]:
    return [row[0] for row in rows]


def cases_of(rows: Rows) -> list[tuple[Recorded, list[Given], str]]:
    return [row[1:] for row in rows]


EVER, INDEX = recorded(Timing.EVER), recorded(Timing.INDEX_DISEASE)
UNTIMED, CURRENT = recorded(Timing.UNSTATED), recorded(Timing.CURRENT)
A_WEEK = recorded(Timing.CURRENT, currency="week")
SIX_MONTHS = Window(6, "month", inclusive=True)
WITHIN = recorded(window=SIX_MONTHS)
EDGE, OUT = on("2026-05-21"), on("2026-05-20")
EVENT = finding("event", atom(recorded(concepts=(OTHER,)), absence=AbsenceRule.UNKNOWN))


def noted(when: DateInterval, *, certainty: Certainty = Certainty.FIRM) -> Given:
    """A condition that was recorded on the day of its onset."""
    return entry(when, recorded=when, certainty=certainty)
