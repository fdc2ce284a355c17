"""What is said of a result beside which a newer number stands that nobody calls positive or negative."""

from __future__ import annotations

from functools import partial

import pytest
from charts import AS_OF, CONDITION, RESULT, Given, ago, chart, entry, number, on, result, unreadable
from invented_rules import atom, book, criterion, finding, positive, recorded

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import Atom, FindingHolds
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, Kind, Reason, Result, Role

RELAPSE = finding("relapse", atom(recorded(), absence=AbsenceRule.UNKNOWN), title="A relapse is on record")
MARKED = finding("marked", atom(positive(heed_numbers=True), "m"), title="It is marked")
HEEDING = atom(positive(heed_numbers=True))
SINCE_RELAPSE = atom(positive(heed_numbers=True, not_before=("relapse",)))
percentage = partial(number, concept=RESULT)
CALLED = result(Result.POSITIVE, ago(9))
CALLED_OTHERWISE = partial(result, Result.NEGATIVE, ago(2))


def _told(asked: Atom, *given: Given) -> CriterionResult:
    screener = Screener(book(criterion(asked), findings=[RELAPSE, MARKED]), ["T"])
    (screened,) = screener.screen(chart(*given), Circumstances(AS_OF))
    (told,) = screened.criteria
    return told


ROWS: list[tuple[str, Atom, list[Given], str]] = [
    (
        "a newer number",
        HEEDING,
        [percentage(85, ago(1))],
        "Result positive; not specific enough to decide: number 85 is newer, and nobody calls it positive or negative.",
    ),
    (
        "one that may be newer",
        HEEDING,
        [percentage(85, on("2026-11"))],
        "Result positive; not specific enough to decide: number 85 may be newer, and nobody calls it positive or "
        "negative.",
    ),
    (
        "two, of which one may be newer",
        HEEDING,
        [percentage(85, ago(1)), percentage(1, on("2026-11"))],
        "Result positive; not specific enough to decide: number 85, number 1 may be newer, and nobody calls them "
        "positive or negative.",
    ),
    (
        "more than are quoted",
        HEEDING,
        [percentage(value, ago(1)) for value in (1, 2, 3, 4, 5)],
        "Result positive; not specific enough to decide: number 1, number 2, number 3 and 2 more are newer, and nobody "
        "calls them positive or negative.",
    ),
    (
        "beside a preliminary result that says the opposite",
        HEEDING,
        [CALLED_OTHERWISE(certainty=Certainty.WEAK), percentage(85, ago(1))],
        "Result positive, result negative: preliminary or unconfirmed (not specific enough to decide: number 85 is "
        "newer, and nobody calls it positive or negative).",
    ),
    (
        "since a relapse, which is not told: the result is of its time",
        SINCE_RELAPSE,
        [entry(ago(30)), percentage(85, on("2026"))],
        "Result positive; not specific enough to decide: number 85 may be newer, and nobody calls it positive or "
        "negative.",
    ),
    (
        "from before a relapse: it is not the number that keeps it open",
        SINCE_RELAPSE,
        [entry(ago(5)), percentage(85, ago(1))],
        "Result positive: from before what it has to follow, so it does not count (“A relapse is on record” is of "
        "2026-11-16).",
    ),
    (
        "of a finding",
        atom(FindingHolds("marked")),
        [percentage(85, ago(1))],
        "It is marked: unknown; on record: result positive, number 85 (not specific enough to decide: number 85 is "
        "newer, and nobody calls it positive or negative).",
    ),
    ("none that is newer", HEEDING, [percentage(85, ago(20))], "Result positive."),
]


@pytest.mark.parametrize(("asked", "given", "words"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_newer_number_is_named(asked: Atom, given: list[Given], words: str) -> None:
    assert _told(asked, CALLED, *given).explanation == words


NEWER = "not specific enough to decide: number 85 is newer, and nobody calls it positive or negative)."


def test_it_is_named_beside_an_opposite_of_a_supporting_code_which_is_told_too() -> None:
    text = _told(HEEDING, CALLED, CALLED_OTHERWISE(role=Role.SUPPORTING), percentage(85, ago(1))).explanation
    assert text.endswith(NEWER)
    assert text.startswith("Result positive, result negative: not specific enough to decide, ")


def test_it_is_named_beside_what_could_not_be_read_and_the_result_is_not_called_unspecific() -> None:
    text = _told(HEEDING, CALLED, percentage(85, ago(1)), unreadable(Kind.OBSERVATION, RESULT)).explanation
    assert text.endswith(NEWER)
    assert text.count("not specific enough to decide") == 1


def test_an_answer_that_could_not_be_read_is_told_beside_what_it_is_held_against() -> None:
    unread = result(None, ago(9), problem=Reason.UNUSABLE_DATA)
    told = _told(SINCE_RELAPSE, unread, entry(ago(5), concept=CONDITION))
    assert [item.says for item in told.evidence] == ["result none", "condition on record"]
    assert told.explanation.startswith("Result none: from before what it has to follow")


def test_the_newer_number_is_evidence_and_an_older_one_is_not() -> None:
    told = _told(HEEDING, percentage(1, ago(20)), CALLED, percentage(85, ago(1)))
    assert [item.says for item in told.evidence] == ["result positive", "number 85"]
    assert [item.says for item in told.atoms[0].evidence] == ["result positive", "number 85"]
