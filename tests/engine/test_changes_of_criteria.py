"""From which day time alone changes a criterion, also by answers of persons that lapse."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from changing import (
    BEFORE_INFUSION,
    EXCLUSION,
    FORTNIGHT,
    NOW,
    RECENT,
    RECENT_RESULT,
    UNANCHORED,
    ahead,
    evaluated,
)
from charts import AS_OF, OTHER, RESULT, Given, ago, attestation, chart, entry, number, on, since
from invented_rules import all_of, atom, book, criterion, measured, recorded, said

from trialsieve.engine.direct_verdict import effect
from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import Judgement, Window
from trialsieve.rules.logic import AllOf, AnyOf, AtomRef, Not, ReviewWhen
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, Effect, Reason

# --- criteria -------------------------------------------------------------------------------------------------------

A, B = atom(RECENT), atom(recorded(concepts=(OTHER,), window=FORTNIGHT), "b")
OLDER, NEWER = entry(ago(5)), entry(ago(3), concept=OTHER)
ANY = AnyOf((AtomRef("a"), AtomRef("b")))
PASSES = "It passes from {} on, if nothing new is recorded."
NEEDS_A_RESULT = criterion(A, atom(measured(currency="week"), "b"), logic=AllOf((Not(AtomRef("a")), AtomRef("b"))))

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
    (
        "beside a result that is new enough until then",
        NEEDS_A_RESULT,
        [entry(ago(10)), number(60, ago(2))],
        ahead(5),
        PASSES,
    ),
    ("beside a result that is too old by then", NEEDS_A_RESULT, [entry(ago(10)), number(60, ago(3))], None, ""),
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
    found = evaluated(criterion(ASKED), *answers).atoms["b"]
    assert found.changes_on == day


def test_what_an_answer_leaves_is_what_it_would_be_without_it() -> None:
    answered = attestation("T#C1.b", True, ago(1))
    then = evaluated(criterion(ASKED), answered).atoms["b"].changes_to
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
    assert evaluated(asked, *given).outcome.changes_on == day
    if day is None:
        return
    eve, then = (evaluated(asked, *given, circumstances=Circumstances(on)) for on in (day - timedelta(days=1), day))
    assert effect(asked.kind, eve.outcome.truth) is not Effect.PASS
    assert effect(asked.kind, then.outcome.truth) is Effect.PASS


def test_an_atom_says_when_it_changes() -> None:
    (result,) = Screener(book(criterion(A)), ["T"]).screen(chart(OLDER), NOW)
    assert result.criteria[0].atoms[0].explanation == (
        f"Condition on record. This changes on {ahead(10).isoformat()} if nothing new is recorded."
    )
