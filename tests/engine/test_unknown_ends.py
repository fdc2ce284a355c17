"""A drug of which nobody knows until when it was taken: what asks for now is unknown, what asks for ever is not."""

from __future__ import annotations

import pytest
from charts import DRUG, ago, chart, entry, on, since
from invented_rules import Evaluate, ask, atom, finding, recorded
from msgspec.structs import replace

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Recorded, Window
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Timing

NOW = recorded(Timing.CURRENT, concepts=(DRUG,))
THIS_MONTH = recorded(Timing.CURRENT, concepts=(DRUG,), currency="month")
UNSTATED = recorded(Timing.UNSTATED, concepts=(DRUG,))
EVER = recorded(concepts=(DRUG,))
FORTNIGHT = recorded(concepts=(DRUG,), window=Window(14, "day", inclusive=True))
STILL = recorded(concepts=(DRUG,), window=Window(14, "day", inclusive=True), still_active=Reason.JUDGEMENT)


def drug(when: DateInterval | None, *, ended: DateInterval | bool = False, **more: object) -> Fact:
    """A drug of which nobody knows the end, unless it is said to be over."""
    fact = entry(when, concept=DRUG, kind=Kind.MEDICATION, ended=ended, **more)  # type: ignore[arg-type]
    return replace(fact, end_unknown=ended is False)


@pytest.mark.parametrize(
    ("name", "test", "given", "expected"),
    [
        ("handed over three weeks ago", NOW, drug(since(21)), "imprecise"),
        ("three weeks ago, of this month", THIS_MONTH, drug(since(21)), "imprecise"),
        ("three years ago, of this month", THIS_MONTH, drug(since(1100)), "imprecise"),
        ("a dose of a month", THIS_MONTH, drug(on("2026-11")), "imprecise"),
        ("a dose of a month surely too long ago", THIS_MONTH, drug(on("2026-09")), "stale"),
        ("a dose of a month, however old", NOW, drug(on("2026-09")), "imprecise"),
        ("undated", NOW, drug(None), "undated"),
        ("undated, of this month", THIS_MONTH, drug(None), "undated"),
        ("undated, noted lately", THIS_MONTH, drug(None, recorded=ago(3)), "undated"),
        ("undated, noted long ago", THIS_MONTH, drug(None, recorded=ago(31)), "stale"),
        ("unconfirmed", NOW, drug(since(21), certainty=Certainty.WEAK), "imprecise, unconfirmed"),
        ("over", NOW, drug(since(21), ended=True), "false"),
        ("no time asked for", UNSTATED, drug(since(21)), "imprecise"),
        ("no time asked for, undated", UNSTATED, drug(None), "undated"),
        ("ever", EVER, drug(since(21)), "true"),
        ("ever, undated", EVER, drug(None), "true"),
        ("begun before a window", FORTNIGHT, drug(since(21)), "imprecise"),
        ("begun in a window", FORTNIGHT, drug(since(14)), "true"),
        ("a dose before a window", FORTNIGHT, drug(on("2026-10")), "false"),
        ("over since a day in a window", FORTNIGHT, drug(since(21), ended=ago(3)), "true"),
        ("a dose before a window, of what may go on into it", STILL, drug(on("2026-10")), "judgement"),
    ],
)
def test_whether_it_is_still_taken(evaluate: Evaluate, name: str, test: Recorded, given: Fact, expected: str) -> None:
    assert ask(evaluate, atom(test), chart(given)) == expected, name


def test_what_is_known_to_be_taken_decides(evaluate: Evaluate) -> None:
    goes_on = entry(since(60), concept=DRUG, kind=Kind.MEDICATION)
    assert ask(evaluate, atom(NOW), chart(drug(since(21)), goes_on)) == "true"


def test_since_a_finding_is_as_certain_as_it_was(evaluate: Evaluate) -> None:
    began = finding("began", atom(recorded()))
    test = recorded(concepts=(DRUG,), after="began")
    for days, expected in ((59, "true"), (60, "false"), (61, "imprecise")):
        given = drug(since(days) if days != 60 else ago(60))
        assert ask(evaluate, atom(test), chart(given, entry(ago(60))), [began]) == expected, days
