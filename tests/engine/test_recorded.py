"""Things on record: timing, windows, states, currency, facets, review cases, and assertions against denials."""

from __future__ import annotations

import pytest
from charts import (
    CONDITION,
    DRUG,
    MIXED,
    OTHER,
    PROCEDURE,
    Evaluate,
    Given,
    ago,
    ask,
    atom,
    attestation,
    by,
    chart,
    denial,
    entry,
    finding,
    number,
    on,
    recorded,
)

from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Recorded, ReviewCase, Window
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, Kind, Reason, Role, State, Timing

WEAK, HISTORY, SUPPORTING, NEGATES = Certainty.WEAK, Role.HISTORY, Role.SUPPORTING, Role.NEGATES
ACTIVE, RELAPSE, REMISSION, RESOLVED, UNSTATED = State
CHRONIC, ACUTE = (("course", "chronic"),), (("course", "acute"),)

Rows = list[tuple[str, Recorded, list[Given], str]]


def _ids(rows: Rows) -> list[str]:
    return [row[0] for row in rows]


def _cases(rows: Rows) -> list[tuple[Recorded, list[Given], str]]:
    return [row[1:] for row in rows]


# --- timing by state ------------------------------------------------------------------------------------------------

EVER, INDEX = recorded(Timing.EVER), recorded(Timing.INDEX_DISEASE)
UNTIMED, CURRENT = recorded(Timing.UNSTATED), recorded(Timing.CURRENT)


@pytest.mark.parametrize(
    ("given", "ever", "unstated", "current"),
    [
        (entry(ago(900), state=ACTIVE), "true", "true", "true"),
        (entry(ago(900), state=RELAPSE), "true", "true", "true"),
        (entry(ago(900), state=UNSTATED), "true", "true", "stale"),
        (entry(ago(900), state=REMISSION), "true", "judgement", "false"),
        (entry(ago(900), state=RESOLVED), "true", "judgement", "false"),
        (entry(ago(900), state=ACTIVE, ended=True), "true", "judgement", "false"),
        (entry(ago(900), state=ACTIVE, ended=ago(1)), "true", "judgement", "false"),
        (entry(ago(900), state=ACTIVE, ended=ago(0)), "true", "judgement", "false"),
        (entry(ago(900), state=ACTIVE, ended=ago(-1)), "true", "true", "true"),
        (entry(ago(900), state=UNSTATED, ended=True), "true", "judgement", "false"),
        (entry(ago(900), role=HISTORY), "true", "judgement", "false"),
        (entry(None), "true", "true", "true"),
        (entry(ago(1), certainty=WEAK), "unconfirmed", "unconfirmed", "unconfirmed"),
        (entry(ago(1), role=SUPPORTING), "unspecific", "unspecific", "unspecific"),
        (entry(ago(1), role=SUPPORTING, certainty=WEAK), *["unconfirmed, unspecific"] * 3),
        (entry(ago(1), role=SUPPORTING, state=RESOLVED), "unspecific", "judgement, unspecific", "false"),
        (entry(ago(1), certainty=WEAK, state=UNSTATED), "unconfirmed", "unconfirmed", "stale, unconfirmed"),
        (entry(ago(-1)), "false", "false", "false"),
        (entry(ago(-1), recorded=ago(0)), "true", "true", "true"),
        (entry(ago(-1), recorded=ago(9)), "true", "true", "true"),
        (entry(ago(-1), recorded=ago(-1)), "false", "false", "false"),
        (entry(ago(-9), recorded=ago(-1)), "false", "false", "false"),
        (entry(ago(-1), recorded=on("2026-11")), "false", "false", "false"),
        (entry(on("2027"), recorded=on("2026-11")), "true", "true", "true"),
        (entry(ago(-1), recorded=ago(9), state=RESOLVED), "true", "judgement", "false"),
        (entry(ago(9), recorded=ago(-1)), "false", "false", "false"),
        (entry(ago(1), role=Role.EXCLUDE), "false", "false", "false"),
        (entry(ago(1), role=Role.STATUS), "false", "false", "false"),
        (entry(ago(1), concept=OTHER), "false", "false", "false"),
    ],
    ids=lambda given: None if isinstance(given, str) else "-",
)
def test_what_counts_by_timing(evaluate: Evaluate, given: Given, ever: str, unstated: str, current: str) -> None:
    patient = chart(given)
    assert ask(evaluate, EVER, patient) == ever
    assert ask(evaluate, INDEX, patient) == ever
    assert ask(evaluate, UNTIMED, patient) == unstated
    assert ask(evaluate, CURRENT, patient) == current


def test_an_observation_is_not_something_on_record(evaluate: Evaluate) -> None:
    assert ask(evaluate, recorded(concepts=(MIXED,)), chart(number(1, ago(1), concept=MIXED))) == "false"
    procedure = entry(ago(1), concept=MIXED, kind=Kind.PROCEDURE)
    assert ask(evaluate, recorded(concepts=(MIXED,)), chart(procedure)) == "true"


def test_a_procedure_has_no_clinical_status_and_is_current(evaluate: Evaluate) -> None:
    test = recorded(Timing.CURRENT, concepts=(PROCEDURE,))
    assert ask(evaluate, test, chart(entry(ago(900), concept=PROCEDURE, kind=Kind.PROCEDURE))) == "true"


# --- currency of what is called active ------------------------------------------------------------------------------

A_WEEK = recorded(Timing.CURRENT, currency="week")
CURRENCY: Rows = [
    ("asserted on the last day", A_WEEK, [entry(ago(7))], "true"),
    ("asserted a day too long ago", A_WEEK, [entry(ago(8))], "stale"),
    ("asserted anew", A_WEEK, [entry(ago(90), recorded=ago(7))], "true"),
    ("onset after it was recorded", A_WEEK, [entry(ago(7), recorded=ago(90))], "true"),
    ("recorded only", A_WEEK, [entry(None, recorded=ago(8))], "stale"),
    ("no date at all", A_WEEK, [entry(None)], "undated"),
    ("a month across the edge", A_WEEK, [entry(on("2026-11"))], "imprecise"),
    ("only an upper bound", A_WEEK, [entry(None, recorded=by(3))], "imprecise"),
    ("relapse is active", A_WEEK, [entry(ago(7), state=RELAPSE)], "true"),
    ("over, however old", A_WEEK, [entry(ago(90), state=RESOLVED)], "false"),
    ("no clinical status, however fresh", A_WEEK, [entry(ago(1), state=UNSTATED)], "stale"),
    ("one of two is fresh", A_WEEK, [entry(ago(90)), entry(ago(1))], "true"),
    ("one over, one stale", A_WEEK, [entry(ago(90)), entry(ago(1), state=RESOLVED)], "stale"),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(CURRENCY), ids=_ids(CURRENCY))
def test_an_acute_condition_called_active_speaks_for_today_only_so_long(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


def done(when: DateInterval | None, *, recorded: DateInterval | None = None, ended: bool = False) -> Given:
    return entry(when, recorded=recorded, ended=ended, concept=PROCEDURE, kind=Kind.PROCEDURE, state=UNSTATED)


GOING_ON = DateInterval(ago(900).first, None, ago(900).start, None)
DONE_IN_A_WEEK = recorded(Timing.CURRENT, concepts=(PROCEDURE,), currency="week")
DONE: Rows = [
    ("done on the last day", DONE_IN_A_WEEK, [done(ago(7))], "true"),
    ("done a day too long ago", DONE_IN_A_WEEK, [done(ago(8))], "stale"),
    ("done in a month across the edge", DONE_IN_A_WEEK, [done(on("2026-11"))], "true"),
    ("begun long ago and going on", DONE_IN_A_WEEK, [done(GOING_ON)], "true"),
    ("recorded anew", DONE_IN_A_WEEK, [done(ago(90), recorded=ago(7))], "true"),
    ("recorded only, too long ago", DONE_IN_A_WEEK, [done(None, recorded=ago(8))], "stale"),
    ("no date at all", DONE_IN_A_WEEK, [done(None)], "true"),
    ("over", DONE_IN_A_WEEK, [done(ago(8), ended=True)], "false"),
    ("one of two is fresh", DONE_IN_A_WEEK, [done(ago(90)), done(ago(1))], "true"),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(DONE), ids=_ids(DONE))
def test_what_was_done_once_speaks_for_today_only_so_long(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


# --- windows --------------------------------------------------------------------------------------------------------

SIX_MONTHS = Window(6, "month", inclusive=True)
WITHIN = recorded(window=SIX_MONTHS)
LESS_THAN = recorded(window=Window(6, "month", inclusive=False))
STILL = recorded(window=SIX_MONTHS, still_active=Reason.JUDGEMENT)
EDGE, OUT = on("2026-05-21"), on("2026-05-20")

WINDOWS: Rows = [
    ("inside", WITHIN, [entry(on("2026-05-22"))], "true"),
    ("on the edge", WITHIN, [entry(EDGE)], "true"),
    ("a day outside", WITHIN, [entry(OUT)], "false"),
    ("less than: on the edge", LESS_THAN, [entry(EDGE)], "false"),
    ("less than: inside", LESS_THAN, [entry(on("2026-05-22"))], "true"),
    ("today", WITHIN, [entry(ago(0))], "true"),
    ("that month, either side of the edge", WITHIN, [entry(on("2026-05"))], "imprecise"),
    ("that year", WITHIN, [entry(on("2026"))], "imprecise"),
    ("the year before", WITHIN, [entry(on("2025"))], "false"),
    ("resolved since, and inside", WITHIN, [entry(ago(9), state=RESOLVED)], "true"),
    ("undated", WITHIN, [entry(None)], "undated"),
    ("undated, recorded inside", WITHIN, [entry(None, recorded=ago(9))], "undated"),
    ("undated, recorded on the edge", WITHIN, [entry(None, recorded=EDGE)], "undated"),
    ("undated, recorded before the window", WITHIN, [entry(None, recorded=OUT)], "false"),
    ("history of, with a date inside", WITHIN, [entry(ago(9), role=HISTORY)], "undated"),
    ("history of, recorded before the window", WITHIN, [entry(ago(9), role=HISTORY, recorded=OUT)], "false"),
    ("outside, still active", WITHIN, [entry(OUT, state=ACTIVE)], "false"),
    ("still active: outside and active", STILL, [entry(OUT, state=ACTIVE)], "judgement"),
    ("still active: outside and in relapse", STILL, [entry(OUT, state=RELAPSE)], "judgement"),
    ("still active: outside, no status", STILL, [entry(OUT, state=UNSTATED)], "judgement"),
    ("still active: outside, in remission since nobody knows when", STILL, [entry(OUT, state=REMISSION)], "judgement"),
    ("still active: outside, resolved, nobody knows when", STILL, [entry(OUT, state=RESOLVED)], "judgement"),
    ("still active: outside, ended, nobody knows when", STILL, [entry(OUT, ended=True)], "judgement"),
    ("still active: outside, ended inside", STILL, [entry(OUT, ended=ago(3))], "judgement"),
    ("still active: outside, resolved inside", STILL, [entry(OUT, state=RESOLVED, ended=ago(3))], "judgement"),
    ("still active: outside, ended on the first day inside", STILL, [entry(OUT, ended=EDGE)], "judgement"),
    ("still active: outside, ended the day before", STILL, [entry(on("2026-01-01"), ended=OUT)], "false"),
    ("still active: in remission the day before", STILL, [entry(on("2025"), state=REMISSION, ended=OUT)], "false"),
    ("still active: relapsed, ended the day before", STILL, [entry(on("2025"), state=RELAPSE, ended=OUT)], "false"),
    ("still active: relapsed, ended inside", STILL, [entry(OUT, state=RELAPSE, ended=ago(3))], "judgement"),
    (
        "still active: ended that month, either side of the edge",
        STILL,
        [entry(on("2025"), ended=on("2026-05"))],
        "judgement",
    ),
    ("still active: ended by a day inside", STILL, [entry(on("2025"), ended=by(3))], "judgement"),
    (
        "still active: ended by the day before",
        STILL,
        [entry(on("2025"), ended=DateInterval(None, OUT.last, None, OUT.end))],
        "false",
    ),
    ("still active: resolved and ended before it", STILL, [entry(on("2025"), state=RESOLVED, ended=OUT)], "false"),
    ("still active: outside, will end tomorrow", STILL, [entry(OUT, ended=ago(-1))], "judgement"),
    ("ended inside, and that asks nothing", WITHIN, [entry(OUT, ended=ago(3))], "false"),
    ("resolved since, and that asks nothing", WITHIN, [entry(OUT, state=RESOLVED)], "false"),
    ("still active: inside", STILL, [entry(EDGE, state=RESOLVED)], "true"),
    ("one outside, one inside", WITHIN, [entry(OUT), entry(EDGE)], "true"),
    ("one outside, one undated", WITHIN, [entry(OUT), entry(None)], "undated"),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(WINDOWS), ids=_ids(WINDOWS))
def test_an_event_counts_in_its_window(evaluate: Evaluate, test: Recorded, given: list[Given], expected: str) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


# --- states, facets, roles ------------------------------------------------------------------------------------------

SUPPORTED_ONLY = recorded(all_supporting=True)
NARROWED: Rows = [
    ("states: the wanted one", recorded(states=frozenset({RELAPSE})), [entry(ago(9), state=RELAPSE)], "true"),
    ("states: another", recorded(states=frozenset({RELAPSE})), [entry(ago(9), state=ACTIVE)], "false"),
    ("states: not stated", recorded(states=frozenset({RELAPSE})), [entry(ago(9), state=UNSTATED)], "false"),
    ("skip: the named course", recorded(skip=CHRONIC), [entry(ago(9), facets=CHRONIC)], "false"),
    ("skip: another course", recorded(skip=CHRONIC), [entry(ago(9), facets=ACUTE)], "true"),
    ("skip: course not stated", recorded(skip=CHRONIC), [entry(ago(9))], "true"),
    ("required: the wanted course", recorded(facets=CHRONIC), [entry(ago(9), facets=CHRONIC)], "true"),
    ("required: another course", recorded(facets=CHRONIC), [entry(ago(9), facets=ACUTE)], "false"),
    ("required: not stated", recorded(facets=CHRONIC), [entry(ago(9))], "unspecific"),
    (
        "required: not stated, and over",
        recorded(Timing.UNSTATED, facets=CHRONIC),
        [entry(ago(9), state=RESOLVED)],
        "judgement, unspecific",
    ),
    (
        "required: not stated, and long over",
        recorded(Timing.CURRENT, facets=CHRONIC),
        [entry(ago(9), state=RESOLVED)],
        "false",
    ),
    ("no code decides", SUPPORTED_ONLY, [entry(ago(9))], "unspecific"),
    ("no code decides, a history neither", SUPPORTED_ONLY, [entry(ago(9), role=HISTORY)], "unspecific"),
    ("yet a denial denies", SUPPORTED_ONLY, [denial(ago(9))], "false"),
    ("a supporting code beside a definitive one", EVER, [entry(ago(9), role=SUPPORTING), entry(ago(9))], "true"),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(NARROWED), ids=_ids(NARROWED))
def test_states_facets_and_roles_narrow_what_counts(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((Role.SUPPORTING, Role.DEFINITIVE), "true"),
        ((Role.HISTORY, Role.DEFINITIVE), "true"),
        ((Role.HISTORY, Role.SUPPORTING), "false"),
        ((Role.NEGATES, Role.DEFINITIVE), "false"),
    ],
)
def test_of_one_resources_codes_the_first_role_in_precedence_speaks(
    evaluate: Evaluate, roles: tuple[Role, Role], expected: str
) -> None:
    test = recorded(Timing.CURRENT, concepts=(CONDITION, OTHER))
    one = entry(ago(1), reference="Condition/one", role=roles[0])
    same = entry(ago(1), reference="Condition/one", role=roles[1], concept=OTHER)
    assert ask(evaluate, test, chart(one, same)) == expected
    assert ask(evaluate, test, chart(same, one)) == expected


# --- after a finding ------------------------------------------------------------------------------------------------

EVENT = finding("event", atom(recorded(concepts=(OTHER,)), absence=AbsenceRule.UNKNOWN))
AFTER = recorded(after="event")
SINCE: Rows = [
    ("nothing to come after", AFTER, [entry(ago(1))], "no-data"),
    ("before it", AFTER, [entry(ago(31)), entry(ago(30), concept=OTHER)], "false"),
    ("on its day", AFTER, [entry(ago(30)), entry(ago(30), concept=OTHER)], "false"),
    ("a day after it", AFTER, [entry(ago(29)), entry(ago(30), concept=OTHER)], "true"),
    (
        "after the first, before the latest",
        AFTER,
        [entry(ago(29)), entry(ago(30), concept=OTHER), entry(ago(9), concept=OTHER)],
        "false",
    ),
    ("undated", AFTER, [entry(None), entry(ago(30), concept=OTHER)], "undated"),
    ("the event undated", AFTER, [entry(ago(1)), entry(None, concept=OTHER)], "undated"),
    ("of that month", AFTER, [entry(on("2026-10")), entry(on("2026-10-15"), concept=OTHER)], "imprecise"),
    ("the event unconfirmed", AFTER, [entry(ago(1)), entry(ago(30), concept=OTHER, certainty=WEAK)], "unconfirmed"),
    (
        "over before it mattered",
        recorded(Timing.CURRENT, after="event"),
        [entry(ago(1), state=RESOLVED), entry(None, concept=OTHER)],
        "false",
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(SINCE), ids=_ids(SINCE))
def test_only_what_is_dated_after_the_finding_counts(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given), [EVENT]) == expected


# --- review cases ---------------------------------------------------------------------------------------------------


def _reviewed(timing: Timing = Timing.CURRENT, **keys: object) -> Recorded:
    case = ReviewCase("a case", Reason.REGISTRY_ERROR, **keys)  # type: ignore[arg-type]
    return recorded(timing, review=(case,))


OVER = _reviewed(states=frozenset({RESOLVED, REMISSION}), ended=True, history=True)
REVIEW: Rows = [
    ("not over", OVER, [entry(ago(9))], "true"),
    ("in a named state", OVER, [entry(ago(9), state=RESOLVED)], "registry-error"),
    ("ended", OVER, [entry(ago(9), ended=ago(3))], "registry-error"),
    ("history of", OVER, [entry(ago(9), role=HISTORY)], "registry-error"),
    ("history alone: history of", _reviewed(history=True), [entry(ago(9), role=HISTORY)], "registry-error"),
    ("history alone: not history", _reviewed(history=True), [entry(ago(9))], "true"),
    ("another state, not ended", OVER, [entry(ago(9), state=UNSTATED)], "stale"),
    ("undated: without any date", _reviewed(undated=True), [entry(None)], "registry-error"),
    ("undated: recorded", _reviewed(undated=True), [entry(None, recorded=ago(3))], "true"),
    ("undated: with an onset", _reviewed(undated=True), [entry(ago(3))], "true"),
    ("facets: the named course", _reviewed(facets=CHRONIC), [entry(ago(3), facets=CHRONIC)], "registry-error"),
    ("facets: another", _reviewed(facets=CHRONIC), [entry(ago(3), facets=ACUTE)], "true"),
    ("facets: not stated", _reviewed(facets=CHRONIC), [entry(ago(3))], "true"),
    (
        "a concept of another resource",
        _reviewed(concepts=(OTHER,)),
        [entry(ago(3)), entry(ago(3), concept=OTHER)],
        "true",
    ),
    (
        "facets and states: both must match",
        _reviewed(facets=CHRONIC, states=frozenset({ACTIVE})),
        [entry(ago(3), facets=CHRONIC)],
        "registry-error",
    ),
    (
        "facets and states: one does not",
        _reviewed(facets=CHRONIC, states=frozenset({RELAPSE})),
        [entry(ago(3), facets=CHRONIC)],
        "true",
    ),
    ("a weak entry that matches", OVER, [entry(ago(9), state=RESOLVED, certainty=WEAK)], "registry-error, unconfirmed"),
    ("one for review, one that counts", OVER, [entry(ago(9), state=RESOLVED), entry(ago(3))], "true"),
    ("unknown already", _reviewed(states=frozenset({UNSTATED})), [entry(ago(9), state=UNSTATED)], "stale"),
    (
        "ever: over and true",
        _reviewed(Timing.EVER, states=frozenset({RESOLVED})),
        [entry(ago(9), state=RESOLVED)],
        "registry-error",
    ),
    (
        "outside the window, and over",
        recorded(window=SIX_MONTHS, review=(ReviewCase("a case", Reason.JUDGEMENT, ended=True),)),
        [entry(OUT, ended=ago(200))],
        "false",
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(REVIEW), ids=_ids(REVIEW))
def test_a_resource_that_matches_a_review_case_goes_to_a_person(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


def test_the_first_case_that_matches_gives_the_reason(evaluate: Evaluate) -> None:
    cases = (
        ReviewCase("chronic", Reason.JUDGEMENT, facets=CHRONIC),
        ReviewCase("of that sort", Reason.REGISTRY_ERROR, concepts=(CONDITION,)),
    )
    assert ask(evaluate, recorded(review=cases), chart(entry(ago(3), facets=CHRONIC))) == "judgement"
    assert ask(evaluate, recorded(review=cases), chart(entry(ago(3)))) == "registry-error"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.SUPPORTING, "registry-error"),
        (Role.STATUS, "registry-error"),
        (Role.EXCLUDE, "true"),
        (Role.COMPONENT, "true"),
    ],
)
def test_a_review_case_sees_every_concept_that_the_resource_speaks_of(
    evaluate: Evaluate, role: Role, expected: str
) -> None:
    one = entry(ago(3), reference="Condition/one")
    also = entry(ago(3), reference="Condition/one", concept=OTHER, role=role)
    assert ask(evaluate, _reviewed(concepts=(OTHER,)), chart(one, also)) == expected


def test_what_came_before_the_finding_is_not_for_review(evaluate: Evaluate) -> None:
    test = recorded(after="event", review=(ReviewCase("over", Reason.JUDGEMENT, ended=True),))
    patient = chart(entry(ago(40), ended=ago(35)), entry(ago(30), concept=OTHER))
    assert ask(evaluate, test, patient, [EVENT]) == "false"


# --- assertion against denial ---------------------------------------------------------------------------------------


def noted(when: DateInterval, *, certainty: Certainty = Certainty.FIRM) -> Given:
    """A condition that was recorded on the day of its onset."""
    return entry(when, recorded=when, certainty=certainty)


DENIALS: Rows = [
    ("denied", EVER, [denial(ago(9))], "false"),
    ("denied, but not firmly", EVER, [denial(ago(9), certainty=WEAK)], "false"),
    ("denied without any date", EVER, [denial(None)], "undated"),
    ("denied twice without any date", EVER, [denial(None), denial(None)], "undated"),
    ("denied once with a date, once without", EVER, [denial(None), denial(ago(900))], "false"),
    ("denied, dated by its recording only", EVER, [entry(None, role=NEGATES, recorded=ago(9))], "false"),
    ("denied by a day at the latest", EVER, [denial(by(9))], "false"),
    ("of the index disease, denied without any date", INDEX, [denial(None)], "false"),
    ("at no stated time, denied without any date", UNTIMED, [denial(None)], "false"),
    ("in a window, denied without any date", WITHIN, [denial(None)], "false"),
    ("current, no currency: denied without any date", CURRENT, [denial(None)], "false"),
    ("asserted, then denied", EVER, [noted(ago(9)), denial(ago(3))], "conflicting-data"),
    ("asserted seven years ago, then denied", EVER, [noted(ago(2500)), denial(ago(3))], "conflicting-data"),
    ("the index disease, asserted, then denied", INDEX, [noted(ago(9)), denial(ago(3))], "false"),
    ("at no stated time, asserted, then denied", UNTIMED, [noted(ago(9)), denial(ago(3))], "false"),
    ("in a window, asserted, then denied", WITHIN, [noted(ago(9)), denial(ago(3))], "false"),
    ("current, asserted, then denied", CURRENT, [noted(ago(9)), denial(ago(3))], "false"),
    ("denied, then asserted", EVER, [denial(ago(9)), entry(ago(3))], "true"),
    ("on one day", EVER, [denial(ago(3)), entry(ago(3))], "conflicting-data"),
    ("denied without a date", EVER, [denial(None), entry(ago(3))], "conflicting-data"),
    ("asserted without a date", EVER, [denial(ago(3)), entry(None)], "conflicting-data"),
    ("asserted, then denied without firmness", EVER, [entry(ago(9)), denial(ago(3), certainty=WEAK)], "true"),
    ("denied between two assertions", EVER, [entry(ago(9)), denial(ago(6)), entry(ago(3))], "conflicting-data"),
    ("asserted between two denials", EVER, [denial(ago(9)), entry(ago(6)), denial(ago(3))], "conflicting-data"),
    ("untimed, between two denials", UNTIMED, [denial(ago(9)), noted(ago(6)), denial(ago(3))], "false"),
    ("denied in a month that may be later", EVER, [entry(ago(3)), denial(on("2026-11"))], "conflicting-data"),
    ("doubtful, then denied", EVER, [noted(ago(9), certainty=WEAK), denial(ago(3))], "unconfirmed"),
    ("untimed, doubtful, then denied", UNTIMED, [noted(ago(9), certainty=WEAK), denial(ago(3))], "false"),
    (
        "a broad code, then denied",
        EVER,
        [entry(ago(9), recorded=ago(9), role=SUPPORTING), denial(ago(3))],
        "unspecific",
    ),
    ("denied, then doubtful", EVER, [denial(ago(9)), entry(ago(3), certainty=WEAK)], "unconfirmed"),
    ("doubtful and denied on one day", EVER, [denial(ago(3)), entry(ago(3), certainty=WEAK)], "unconfirmed"),
    ("over, and denied", CURRENT, [entry(ago(9), state=RESOLVED), denial(ago(20))], "false"),
    ("recorded anew after the denial", EVER, [entry(ago(90), recorded=ago(3)), denial(ago(9))], "true"),
    ("current: the denial speaks for a week", A_WEEK, [denial(ago(7))], "false"),
    ("current: and no longer", A_WEEK, [denial(ago(8))], "stale"),
    ("current: a denial without a date", A_WEEK, [denial(None)], "undated"),
    ("current: a denial of that month", A_WEEK, [denial(on("2026-11"))], "imprecise"),
    ("current: the latest denial counts", A_WEEK, [denial(ago(8)), denial(ago(1))], "false"),
    ("current: one without a date is not the latest", A_WEEK, [denial(None), denial(ago(8))], "stale"),
    ("current, no currency: any denial", CURRENT, [denial(ago(900))], "false"),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(DENIALS), ids=_ids(DENIALS))
def test_assertions_and_denials_are_weighed_by_their_dates(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


@pytest.mark.parametrize(
    ("given", "answered", "expected"),
    [
        ([entry(ago(9)), denial(ago(3))], ago(2), "true"),
        ([entry(ago(9)), denial(ago(3))], ago(5), "conflicting-data"),  # it rests on the denial too, which is newer
        ([entry(ago(9), certainty=WEAK), denial(ago(3))], ago(5), "true"),  # on what is doubtful alone
        ([denial(None)], ago(5), "true"),
    ],
)
def test_a_history_that_was_denied_since_waits_for_a_person(
    evaluate: Evaluate, given: list[Given], answered: DateInterval, expected: str
) -> None:
    assert ask(evaluate, EVER, chart(*given, attestation("T#C1.a", True, answered))) == expected


NEGATED = recorded(Timing.CURRENT, negated=True, currency="week")
SOUGHT: Rows = [
    ("a denial, sought", NEGATED, [denial(ago(7))], "true"),
    ("a denial, sought, too old", NEGATED, [denial(ago(8))], "stale"),
    ("a denial that is not firm", NEGATED, [denial(ago(1), certainty=WEAK)], "unconfirmed"),
    ("nothing", NEGATED, [], "false"),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(SOUGHT), ids=_ids(SOUGHT))
def test_a_negated_test_looks_for_what_denies(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected


def test_a_medication_counts_by_its_dates(evaluate: Evaluate) -> None:
    test = recorded(concepts=(DRUG,), window=Window(2, "week", inclusive=True))
    assert ask(evaluate, test, chart(entry(ago(14), concept=DRUG, kind=Kind.MEDICATION))) == "true"
    assert ask(evaluate, test, chart(entry(ago(15), concept=DRUG, kind=Kind.MEDICATION))) == "false"


# --- a day that cannot be right -------------------------------------------------------------------------------------

MONTH = recorded(window=Window(1, "month", inclusive=True))


def performed(when: DateInterval, noted: DateInterval | None) -> Given:
    return entry(when, kind=Kind.PROCEDURE, concept=PROCEDURE, recorded=noted)


SLIPS: Rows = [
    ("noted within the window", MONTH, [entry(ago(-300), recorded=ago(9))], "imprecise"),
    ("noted on the first day of the window", MONTH, [entry(ago(-300), recorded=on("2026-10-21"))], "imprecise"),
    ("noted before the window", MONTH, [entry(ago(-300), recorded=on("2026-10-20"))], "false"),
    ("noted nowhere", MONTH, [entry(ago(-300))], "false"),
    ("noted after the as-of date", MONTH, [entry(ago(-300), recorded=ago(-1))], "false"),
    ("noted on the same day", MONTH, [entry(ago(-300), recorded=ago(-300))], "false"),
    ("a procedure", recorded(concepts=(PROCEDURE,)), [performed(ago(-300), ago(9))], "true"),
    ("a procedure that is planned", recorded(concepts=(PROCEDURE,)), [performed(ago(-300), None)], "false"),
    ("its currency is that of its recording", A_WEEK, [entry(ago(-300), recorded=ago(7))], "true"),
    ("noted too long ago", A_WEEK, [entry(ago(-300), recorded=ago(8))], "stale"),
    ("a denial", EVER, [entry(ago(9)), entry(ago(-300), recorded=ago(3), role=NEGATES)], "conflicting-data"),
    (
        "a denial of today",
        recorded(Timing.CURRENT),
        [noted(ago(9)), entry(ago(-300), recorded=ago(3), role=NEGATES)],
        "false",
    ),
]


@pytest.mark.parametrize(("test", "given", "expected"), _cases(SLIPS), ids=_ids(SLIPS))
def test_what_is_dated_after_it_was_recorded_lies_no_later_than_that(
    evaluate: Evaluate, test: Recorded, given: list[Given], expected: str
) -> None:
    assert ask(evaluate, test, chart(*given)) == expected
