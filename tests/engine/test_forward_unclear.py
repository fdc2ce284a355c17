"""One engine, patient after patient: what it kept of one with a doubtful time says nothing of the next one's time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from charts import AS_OF, CONDITION, DRUG, Given, ago, chart, entry, unreadable
from invented_rules import atom, book, criterion, recorded, said
from msgspec.structs import replace

from trialsieve.engine.facts import Fact, Unreadable
from trialsieve.engine.forward import ForwardEngine, compile_rules
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import Window
from trialsieve.rules.vocabulary import Kind, State, Timing

FORTNIGHT = Window(14, "day", inclusive=True)
RULES = book(
    criterion(
        atom(recorded(concepts=(DRUG,), window=FORTNIGHT), "lately"),
        atom(recorded(Timing.CURRENT, concepts=(DRUG,)), "now"),
        atom(recorded(Timing.UNSTATED, concepts=(DRUG,)), "some time"),
        atom(recorded(concepts=(DRUG,)), "ever"),
        atom(recorded(window=FORTNIGHT), "a condition lately"),
    )
)
BEARS = "unusable-data"


def drug(when: DateInterval | None, *, end_unknown: bool = False, ended: DateInterval | bool = False) -> Fact:
    return replace(entry(when, concept=DRUG, kind=Kind.MEDICATION, ended=ended), end_unknown=end_unknown)


def strange(fact: Fact, *concepts: str) -> Unreadable:
    """What was read and not understood, of the dates of a fact."""
    named = frozenset(concepts) if concepts else None
    sought = replace(fact, concept="", says="")
    return Unreadable(f"{fact.kind.value}/strange", fact.kind, named, "strange", was_read=True, would_be=sought)


LONG_AGO, LATELY, OVER = drug(ago(15)), drug(ago(14)), drug(ago(90), ended=ago(60))
ILL_LONG_AGO = entry(ago(90), recorded=ago(90), state=State.RESOLVED, ended=ago(60))
OF_NO_TIME = unreadable(Kind.MEDICATION, DRUG)

# lately, now, some time, ever, a condition lately
PATIENTS: list[tuple[str, Sequence[Given], tuple[str, ...]]] = [
    ("nothing", [], ("false",) * 5),
    ("goes on", [drug(ago(60))], ("false", "true", "true", "true", "false")),
    (
        "who knows until when",
        [drug(ago(60), end_unknown=True)],
        ("false", "imprecise", "imprecise", "true", "false"),
    ),
    (
        "who knows when, or until when",
        [drug(None, end_unknown=True)],
        ("undated", "undated", "undated", "true", "false"),
    ),
    ("both", [drug(ago(60), end_unknown=True), drug(ago(60))], ("false", "true", "true", "true", "false")),
    ("goes on again", [drug(ago(60))], ("false", "true", "true", "true", "false")),
    ("strange, long ago", [strange(LONG_AGO)], ("false", BEARS, BEARS, BEARS, "false")),
    ("strange, lately", [strange(LATELY)], (BEARS, BEARS, BEARS, BEARS, "false")),
    ("strange, over", [strange(OVER)], ("false", "false", BEARS, BEARS, "false")),
    ("strange, twice over", [strange(OVER), strange(OVER, DRUG)], ("false", "false", BEARS, BEARS, "false")),
    ("strange, one of them lately", [strange(OVER), strange(LATELY)], (BEARS, BEARS, BEARS, BEARS, "false")),
    (
        "strange, of different concepts",
        [strange(OVER, DRUG), strange(LATELY, CONDITION)],
        ("false", "false", BEARS, BEARS, "false"),
    ),
    ("strange, of different kinds", [strange(OVER), strange(ILL_LONG_AGO)], ("false", "false", BEARS, BEARS, "false")),
    (
        "a strange condition, which may be a history",
        [strange(replace(ILL_LONG_AGO, recorded=ago(3)))],
        ("false", "false", "false", "false", BEARS),
    ),
    ("strange, and one of no time", [strange(OVER), OF_NO_TIME], (BEARS, BEARS, BEARS, BEARS, "false")),
    ("strange, beside one that goes on", [strange(OVER), drug(ago(60))], ("false", "true", "true", "true", "false")),
    ("nothing again", [], ("false",) * 5),
]


def _asked(engine: ForwardEngine, given: Sequence[Given]) -> tuple[str, ...]:
    outcomes = engine.evaluate(chart(*given), Circumstances(AS_OF)).criteria["T", "C1"].atoms
    return tuple(said(outcomes[each.id]) for each in RULES.trials["T"].criteria[0].atoms)


@pytest.mark.parametrize("remember", [4096, 1, 0])
def test_each_is_told_apart_from_the_one_before(remember: int) -> None:
    engine = compile_rules(RULES, ["T"], remember=remember)
    for name, given, expected in [*PATIENTS, *reversed(PATIENTS), *PATIENTS]:
        assert _asked(engine, given) == expected, name
