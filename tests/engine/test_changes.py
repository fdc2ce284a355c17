"""From which day time alone changes an answer: a window moves on, and nothing new is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from charts import (
    AS_OF,
    CONDITION,
    GAP,
    OTHER,
    RESULT,
    Given,
    ago,
    all_of,
    anchored,
    atom,
    attestation,
    book,
    chart,
    criterion,
    denial,
    entry,
    finding,
    measured,
    number,
    on,
    recorded,
    said,
    unreadable,
)

from trialsieve.engine import direct
from trialsieve.engine.direct_verdict import effect
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances, CriterionOutcome
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import UNSTATED, Atom, FindingHolds, Judgement, ReviewCase, Test, Window
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AnyOf, AtomRef, Not, ReviewWhen
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, CriterionKind, Effect, Reason, State, Take

FORTNIGHT = Window(14, "day", True)
BEFORE_INFUSION, UNANCHORED = Window(14, "day", True, "infusion"), Window(14, "day", True, UNSTATED)
EXCLUSION = CriterionKind.EXCLUSION
RECENT, RECENT_RESULT = recorded(window=FORTNIGHT), measured(window=FORTNIGHT)
STILL = recorded(window=FORTNIGHT, still_active=Reason.JUDGEMENT)
NOW = Circumstances(AS_OF)


def ahead(days: int) -> date:
    return AS_OF + timedelta(days=days)


def since(days: int) -> DateInterval:
    start = ago(days)
    return DateInterval(start.first, None, start.start, None)


def _evaluated(
    asked: Criterion, *given: Given, circumstances: Circumstances = NOW, findings: Sequence[Finding] = ()
) -> CriterionOutcome:
    rules = book(asked, findings=findings)
    return direct.evaluate(rules, ["T"], chart(*given), circumstances).criteria["T", "C1"]


def _changes(test: Test | Atom, *given: Given, circumstances: Circumstances = NOW) -> date | None:
    asked = test if isinstance(test, Atom) else atom(test)
    return _evaluated(criterion(asked), *given, circumstances=circumstances).atoms["a"].changes_on


# --- something on record --------------------------------------------------------------------------------------------

OUT_OF_IT: list[tuple[str, Test | Atom, list[Given], date | None]] = [
    ("the far edge today", RECENT, [entry(ago(14))], ahead(1)),
    ("within, the far edge included", RECENT, [entry(ago(5))], ahead(10)),
    ("less than", recorded(window=Window(14, "day", False)), [entry(ago(5))], ahead(9)),
    ("months", recorded(window=Window(6, "month", True)), [entry(on("2026-08-31"))], date(2027, 3, 1)),
    ("the latest of several", RECENT, [entry(ago(5)), entry(ago(3)), entry(ago(20))], ahead(12)),
    ("outside already", RECENT, [entry(ago(15))], None),
    ("perhaps inside", RECENT, [entry(on("2026-11"))], date(2026, 12, 15)),
    ("going on", RECENT, [entry(since(20))], None),
    ("one of two going on", RECENT, [entry(ago(5)), entry(since(20))], None),
    ("for ever, as some write it", RECENT, [entry(DateInterval(ago(5).first, date(9999, 12, 31), 0, 0))], None),
    ("undated", RECENT, [entry(None)], None),
    ("another one undated", RECENT, [entry(ago(5), certainty=Certainty.WEAK), entry(None)], None),
    ("weak", RECENT, [entry(ago(5), certainty=Certainty.WEAK)], ahead(10)),
    ("relapsed, no one knows when", RECENT, [entry(ago(5), state=State.RELAPSE)], ahead(10)),
    ("denied before", RECENT, [entry(ago(5)), denial(ago(9))], ahead(10)),
    ("may have gone on into it until it ended", STILL, [entry(ago(20), ended=ago(5))], ahead(10)),
    ("may have gone on into it, and another in it", STILL, [entry(ago(20), ended=ago(5)), entry(ago(3))], ahead(12)),
    ("may have gone on into it, nobody knows how long", STILL, [entry(ago(20), state=State.RESOLVED)], None),
    ("may still go on", STILL, [entry(ago(20))], None),
    ("ended this year", STILL, [entry(ago(20), ended=on("2026"))], None),
    ("ended before it", STILL, [entry(ago(30), ended=ago(15))], None),
    ("nothing", RECENT, [], None),
    ("no window", recorded(), [entry(ago(5))], None),
    (
        "its absence proves nothing",
        recorded(window=FORTNIGHT, concepts=(GAP,)),
        [entry(ago(5), concept=GAP)],
        ahead(10),
    ),
    (
        "reviewed by itself",
        recorded(window=FORTNIGHT, review=(ReviewCase("a person looks", Reason.JUDGEMENT, (CONDITION,)),)),
        [entry(ago(5))],
        ahead(10),
    ),
    (
        "reviewed for something else, which stays",
        atom(RECENT, review_when=(ReviewWhen("a person looks", Reason.JUDGEMENT, AtomRef("b")),)),
        [entry(ago(5)), number(60, ago(90))],
        None,
    ),
    ("not readable", RECENT, [entry(ago(5)), unreadable(None)], None),
    ("absent", atom(RECENT, absent=True), [entry(ago(5))], ahead(10)),
]


@pytest.mark.parametrize(("test", "given", "day"), [row[1:] for row in OUT_OF_IT], ids=[row[0] for row in OUT_OF_IT])
def test_what_is_on_record_leaves_its_window(test: Test | Atom, given: list[Given], day: date | None) -> None:
    asked = criterion(test if isinstance(test, Atom) else atom(test), atom(measured(), "b"))
    assert _evaluated(asked, *given).atoms["a"].changes_on == day


@pytest.mark.parametrize(
    ("circumstances", "window", "day"),
    [
        (anchored(), BEFORE_INFUSION, ahead(10)),
        (anchored(), UNANCHORED, ahead(10)),
        (anchored(infusion=-1), BEFORE_INFUSION, None),
        (anchored(infusion=0), BEFORE_INFUSION, None),
        (anchored(infusion=3), BEFORE_INFUSION, None),
    ],
)
def test_a_window_before_a_day_that_is_given_does_not_move(
    circumstances: Circumstances, window: Window, day: date | None
) -> None:
    assert _changes(recorded(window=window), entry(ago(5)), circumstances=circumstances) == day


BACK_FROM_START = Window(14, "day", True, back_from="start")


@pytest.mark.parametrize(
    ("circumstances", "days_ago", "day"),
    [
        (anchored(), 5, ahead(10)),
        (anchored(start=0), 5, None),
        (anchored(start=-10), 24, None),
        (anchored(start=-10), 25, None),
        (anchored(start=-10), 5, None),
        (anchored(start=9), 5, None),
        (anchored(start=10), 5, ahead(10)),
        (anchored(start=11), 5, ahead(10)),
    ],
)
def test_a_window_that_is_counted_back_from_a_given_day_moves_no_further(
    circumstances: Circumstances, days_ago: int, day: date | None
) -> None:
    assert _changes(recorded(window=BACK_FROM_START), entry(ago(days_ago)), circumstances=circumstances) == day
    assert _changes(measured(window=BACK_FROM_START), number(60, ago(days_ago)), circumstances=circumstances) == day


def test_what_leaves_a_window_before_a_day_ahead_is_out_of_it_on_that_day() -> None:
    """The day told is the first as-of date on which it is no longer so."""
    asked, ten = criterion(atom(recorded(window=BACK_FROM_START)), kind=EXCLUSION), {"start": ahead(10)}
    for day, truth in ((ahead(9), "true"), (ahead(10), "false")):
        found = _evaluated(asked, entry(ago(5)), circumstances=Circumstances(day, anchors=ten))
        assert said(found.outcome) == truth


RESULTS: list[tuple[str, Test, list[Given], date | None]] = [
    ("the far edge today", RECENT_RESULT, [number(60, ago(14))], ahead(1)),
    ("true", RECENT_RESULT, [number(60, ago(5))], ahead(10)),
    ("false", RECENT_RESULT, [number(40, ago(5))], ahead(10)),
    ("too old already", RECENT_RESULT, [number(60, ago(15))], None),
    ("unknown", RECENT_RESULT, [number((40, 60), ago(5))], None),
    ("the first of those chosen", RECENT_RESULT, [number(60, on("2026-11-10"))], date(2026, 11, 25)),
    (
        "any: the last that is so",
        measured(window=FORTNIGHT, take=Take.ANY),
        [number(60, ago(5)), number(60, ago(9))],
        ahead(10),
    ),
    (
        "any: the last that is not",
        measured(window=FORTNIGHT, take=Take.ANY),
        [number(40, ago(5)), number(40, ago(9))],
        ahead(10),
    ),
    ("only currency", measured(currency="week"), [number(60, ago(1))], None),
    ("no window", measured(), [number(60, ago(1))], None),
]


@pytest.mark.parametrize(("test", "given", "day"), [row[1:] for row in RESULTS], ids=[row[0] for row in RESULTS])
def test_a_result_grows_too_old(test: Test, given: list[Given], day: date | None) -> None:
    assert _changes(test, *given) == day


@pytest.mark.parametrize("days_ago", [0, 3, 14])
@pytest.mark.parametrize("window", [Window(14, "day", True), Window(14, "day", False), Window(2, "month", True)])
def test_the_answer_is_what_it_says_up_to_that_day_and_another_from_it(days_ago: int, window: Window) -> None:
    asked = criterion(atom(recorded(window=window)), kind=EXCLUSION)
    now = _evaluated(asked, entry(ago(days_ago)))
    day = now.outcome.changes_on
    if day is None:
        assert now.outcome.truth.value == "false"  # less than 14 days: the 14th is out of it already
        return
    eve = _evaluated(asked, entry(ago(days_ago)), circumstances=Circumstances(day - timedelta(days=1)))
    then = _evaluated(asked, entry(ago(days_ago)), circumstances=Circumstances(day))
    assert (now.outcome.truth.value, eve.outcome.truth.value, then.outcome.truth.value) == ("true", "true", "false")


# --- findings -------------------------------------------------------------------------------------------------------

EITHER = finding(
    "either",
    atom(RECENT),
    atom(recorded(concepts=(OTHER,), window=FORTNIGHT), "b"),
    true_when=AnyOf((AtomRef("a"), AtomRef("b"))),
)
BOTH = finding("both", *EITHER.atoms)


@pytest.mark.parametrize(
    ("asked", "given", "day"),
    [
        (EITHER, [entry(ago(5)), entry(ago(3), concept=OTHER)], ahead(12)),
        (EITHER, [entry(ago(5)), entry(None, concept=OTHER)], ahead(10)),
        (BOTH, [entry(ago(5)), entry(ago(3), concept=OTHER)], ahead(10)),
        (EITHER, [entry(ago(5), certainty=Certainty.WEAK), entry(None, concept=OTHER)], None),
    ],
)
def test_a_finding_changes_with_the_atoms_that_it_rests_on(
    asked: Finding, given: list[Given], day: date | None
) -> None:
    holds = criterion(atom(FindingHolds(asked.id)))
    assert _evaluated(holds, *given, findings=[asked]).atoms["a"].changes_on == day


# --- criteria -------------------------------------------------------------------------------------------------------

A, B = atom(RECENT), atom(recorded(concepts=(OTHER,), window=FORTNIGHT), "b")
OLDER, NEWER = entry(ago(5)), entry(ago(3), concept=OTHER)
ANY = AnyOf((AtomRef("a"), AtomRef("b")))
PASSES = "It passes from {} on, if nothing new is recorded."

CRITERIA: list[tuple[str, Criterion, list[Given], date | None, str]] = [
    ("an exclusion that passes later", criterion(A, kind=EXCLUSION), [OLDER], ahead(10), PASSES),
    ("one that has passed", criterion(A, kind=EXCLUSION), [entry(ago(15))], None, ""),
    ("an inclusion that passes", criterion(A), [OLDER], None, ""),
    ("an inclusion that fails", criterion(A), [], None, ""),
    ("both, and passes", criterion(A, B), [OLDER, NEWER], None, ""),
    ("either, and passes", criterion(A, B, logic=ANY), [OLDER, NEWER], None, ""),
    ("excluded by both together", criterion(A, B, kind=EXCLUSION), [OLDER, NEWER], ahead(10), PASSES),
    ("excluded by either", criterion(A, B, kind=EXCLUSION, logic=ANY), [OLDER, NEWER], ahead(12), PASSES),
    (
        "excluded by something that stays, too",
        criterion(A, atom(recorded(concepts=(OTHER,)), "b"), kind=EXCLUSION, logic=ANY),
        [OLDER, NEWER],
        None,
        "",
    ),
    ("an absence that is to come", criterion(atom(RECENT, absent=True)), [OLDER], ahead(10), PASSES),
    ("a denied one", criterion(A, logic=Not(AtomRef("a"))), [OLDER], ahead(10), PASSES),
    ("weak, and so open", criterion(A, kind=EXCLUSION), [entry(ago(5), certainty=Certainty.WEAK)], ahead(10), PASSES),
    (
        "it will be open, and not pass",
        criterion(atom(RECENT, absence=AbsenceRule.UNKNOWN), kind=EXCLUSION),
        [OLDER],
        None,
        "",
    ),
    ("a result that fails never passes by time", criterion(atom(RECENT_RESULT)), [number(40, ago(5))], None, ""),
    ("a result that passes", criterion(atom(RECENT_RESULT)), [number(60, ago(5))], None, ""),
    ("leaves by and by", criterion(atom(recorded(window=Window(6, "month", True)))), [entry(on("2026-10"))], None, ""),
    (
        "excluded by what leaves by and by",
        criterion(atom(recorded(window=Window(6, "month", True))), kind=EXCLUSION),
        [entry(on("2026-10"))],
        date(2027, 5, 1),
        PASSES,
    ),
    (
        "answered by a person",
        criterion(A, kind=EXCLUSION),
        [entry(ago(5), certainty=Certainty.WEAK), attestation("T#C1", False, ago(1))],
        None,
        "",
    ),
    (
        "held against the patient by a person",
        criterion(A, kind=EXCLUSION),
        [entry(ago(5), certainty=Certainty.WEAK), attestation("T#C1", True, ago(1))],
        None,
        "",
    ),
    (
        "one reading of a doubtful text",
        criterion(A, readings=(("x", all_of("a")), ("y", Not(AtomRef("a")))), logic=None),
        [OLDER],
        None,
        "",
    ),
]


@pytest.mark.parametrize(
    ("asked", "given", "day", "sentence"), [row[1:] for row in CRITERIA], ids=[row[0] for row in CRITERIA]
)
def test_a_criterion_says_from_which_day_it_passes(
    asked: Criterion, given: list[Given], day: date | None, sentence: str
) -> None:
    (result,) = Screener(book(asked), ["T"]).screen(chart(*given), NOW)
    (found,) = result.criteria
    assert found.changes_on == (None if day is None else day.isoformat())
    if day is None:
        assert "if nothing new is recorded" not in found.explanation
    else:
        assert found.explanation.endswith(sentence.format(day.isoformat()))


@pytest.mark.parametrize("window", [BEFORE_INFUSION, UNANCHORED])
def test_an_open_window_says_when_it_passes(window: Window) -> None:
    asked = criterion(atom(recorded(window=window)), kind=EXCLUSION)
    (result,) = Screener(book(asked), ["T"]).screen(chart(entry(ago(5))), NOW)
    (found,) = result.criteria
    assert (found.holds, found.changes_on) == (None, ahead(10).isoformat())
    assert found.explanation.endswith(PASSES.format(ahead(10).isoformat()))


# --- what a person answered -----------------------------------------------------------------------------------------

ASKED = atom(Judgement(), "b")


@pytest.mark.parametrize(
    ("answers", "day"),
    [
        ([attestation("T#C1.b", True, ago(1))], ahead(30)),
        ([attestation("T#C1.b", False, ago(30))], ahead(1)),
        ([attestation("T#C1.b", True, ago(300), ago(0))], ahead(1)),
        ([attestation("T#C1.b", True, ago(1), ago(-9))], ahead(10)),
        ([attestation("T#C1.b", True, ago(1), on("2026-12"))], date(2027, 1, 1)),
        ([attestation("T#C1.b", True, ago(1), since(1))], None),
        ([attestation("T#C1.b", True, ago(1), DateInterval(AS_OF, date(9999, 12, 31), 0, 0))], None),
        ([attestation("T#C1.b", True, ago(31))], None),
        ([attestation("T#C1.b", True, ago(1), ago(-9)), attestation("T#C1.b", True, ago(5))], ahead(26)),
        ([attestation("T#C1.b", True, ago(1), ago(-9)), attestation("T#C1.b", False, ago(5))], ahead(10)),
        ([attestation("T#C1.b", True, ago(1)), attestation("T#C1.b", False, ago(1))], None),
        ([], None),
    ],
)
def test_an_answer_lapses_the_day_after_its_last(answers: list[Given], day: date | None) -> None:
    found = _evaluated(criterion(ASKED), *answers).atoms["b"]
    assert found.changes_on == day


def test_what_an_answer_leaves_is_what_it_would_be_without_it() -> None:
    answered = attestation("T#C1.b", True, ago(1))
    then = _evaluated(criterion(ASKED), answered).atoms["b"].changes_to
    assert then is not None
    assert said(then) == "judgement"


NO_MORE = attestation("T#C1.b", False, ago(1), ago(-9))  # lapses on the tenth day from now
NO_MORE_FOR_LONG = attestation("T#C1.b", False, ago(1))  # on the thirtieth
WEAKLY = entry(ago(2), certainty=Certainty.WEAK, concept=OTHER)  # leaves its window on the thirteenth
REVIEWED = atom(RECENT, review_when=(ReviewWhen("a person looks", Reason.JUDGEMENT, AtomRef("b")),))
LAPSING: list[tuple[str, Criterion, list[Given], date | None]] = [
    (
        "it passes while the answer counts",
        criterion(A, ASKED, kind=EXCLUSION, logic=ANY),
        [NO_MORE_FOR_LONG],
        ahead(10),
    ),
    ("on the day on which it lapses", criterion(A, ASKED, kind=EXCLUSION, logic=ANY), [NO_MORE], None),
    (
        "on the answer's last day",
        criterion(A, ASKED, kind=EXCLUSION, logic=ANY),
        [attestation("T#C1.b", False, ago(1), ago(-10))],
        ahead(10),
    ),
    ("the data will say the same by then", criterion(A, B, kind=EXCLUSION, logic=ANY), [WEAKLY, NO_MORE], ahead(13)),
    (
        "the data will say the same before",
        criterion(A, B, kind=EXCLUSION, logic=ANY),
        [WEAKLY, NO_MORE_FOR_LONG],
        ahead(10),
    ),
    (
        "it sends to a person when it lapses",
        criterion(REVIEWED, ASKED, kind=EXCLUSION, logic=AtomRef("a")),
        [NO_MORE],
        None,
    ),
    (
        "it sends nobody to a person before",
        criterion(REVIEWED, ASKED, kind=EXCLUSION, logic=AtomRef("a")),
        [NO_MORE_FOR_LONG],
        ahead(10),
    ),
    (
        "what it makes a condition of something",
        criterion(atom(RECENT, when=AtomRef("b"), absent=True), ASKED, logic=AtomRef("a")),
        [attestation("T#C1.b", True, ago(1), ago(-9))],
        None,
    ),
    (
        "and for longer",
        criterion(atom(RECENT, when=AtomRef("b"), absent=True), ASKED, logic=AtomRef("a")),
        [attestation("T#C1.b", True, ago(1))],
        ahead(10),
    ),
    (
        "an answer that the data have overtaken",
        criterion(A, kind=EXCLUSION),
        [attestation("T#C1.a", False, ago(8))],
        ahead(10),
    ),
    ("one that contradicts them", criterion(A, kind=EXCLUSION), [attestation("T#C1.a", False, ago(1))], ahead(10)),
    (
        "one that says the same, and for longer",
        criterion(A, kind=EXCLUSION),
        [attestation("T#C1.a", True, ago(1))],
        None,
    ),
    (
        "the doubt that it raises is not taken back because it lapses",
        criterion(
            atom(measured(), review_when=(ReviewWhen("a person looks", Reason.JUDGEMENT, AtomRef("b")),)),
            atom(measured(concepts=(RESULT,)), "b"),
            logic=AtomRef("a"),
        ),
        [number(60, ago(5)), attestation("T#C1.b", True, ago(1), ago(-9))],
        None,
    ),
    ("held against the patient", criterion(ASKED, kind=EXCLUSION), [attestation("T#C1.b", True, ago(1))], None),
    (
        "held against the patient, and not on record",
        criterion(B, kind=EXCLUSION),
        [attestation("T#C1.b", True, ago(1))],
        None,
    ),
    (
        "held against the patient by an answer to all of it, too",
        criterion(A, kind=EXCLUSION),
        [attestation("T#C1", True, ago(1))],
        None,
    ),
    ("what passes tells nothing", criterion(ASKED), [attestation("T#C1.b", True, ago(1))], None),
]


@pytest.mark.parametrize(("asked", "given", "day"), [row[1:] for row in LAPSING], ids=[row[0] for row in LAPSING])
def test_a_criterion_reckons_with_the_answers_that_lapse(
    asked: Criterion, given: list[Given], day: date | None
) -> None:
    given = [OLDER, *given]
    assert _evaluated(asked, *given).outcome.changes_on == day
    if day is None:
        return
    eve, then = (_evaluated(asked, *given, circumstances=Circumstances(on)) for on in (day - timedelta(days=1), day))
    assert effect(asked.kind, eve.outcome.truth) is not Effect.PASS
    assert effect(asked.kind, then.outcome.truth) is Effect.PASS


def test_an_atom_says_when_it_changes() -> None:
    (result,) = Screener(book(criterion(A)), ["T"]).screen(chart(OLDER), NOW)
    assert result.criteria[0].atoms[0].explanation == (
        f"Condition on record. This changes on {ahead(10).isoformat()} if nothing new is recorded."
    )
