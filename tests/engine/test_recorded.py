"""Things on record: timing by state, facets, roles and review cases."""

from __future__ import annotations

import pytest
from charts import CONDITION, DRUG, MIXED, OTHER, PROCEDURE, Given, ago, chart, denial, entry, number, on
from invented_rules import Evaluate, ask, recorded
from recorded_cases import (
    ACTIVE,
    ACUTE,
    CHRONIC,
    CURRENT,
    EVENT,
    EVER,
    HISTORY,
    INDEX,
    OUT,
    RELAPSE,
    REMISSION,
    RESOLVED,
    SIX_MONTHS,
    SUPPORTING,
    UNSTATED,
    UNTIMED,
    WEAK,
    Rows,
    cases_of,
    ids_of,
)

from trialsieve.rules.atom import Recorded, ReviewCase, Window
from trialsieve.rules.vocabulary import Kind, Reason, Role, Timing

# --- timing by state ------------------------------------------------------------------------------------------------


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
        (entry(ago(900), state=RESOLVED, ended=ago(-1)), "true", "true", "stale"),
        (entry(ago(900), state=REMISSION, ended=ago(-1)), "true", "true", "stale"),
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
        (entry(ago(1), role=Role.COMPONENT), "false", "false", "false"),
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


# --- states, facets, roles ------------------------------------------------------------------------------------------

SITE = (("site", "leg"),)
SUPPORTED_ONLY = recorded(all_supporting=True)
NARROWED: Rows = [
    ("states: the wanted one", recorded(states=frozenset({RELAPSE})), [entry(ago(9), state=RELAPSE)], "true"),
    ("states: another", recorded(states=frozenset({RELAPSE})), [entry(ago(9), state=ACTIVE)], "false"),
    ("states: not stated", recorded(states=frozenset({RELAPSE})), [entry(ago(9), state=UNSTATED)], "false"),
    ("skip: the named course", recorded(skip=CHRONIC), [entry(ago(9), facets=CHRONIC)], "false"),
    ("skip: the named course, whatever else", recorded(skip=CHRONIC), [entry(ago(9), facets=SITE + CHRONIC)], "false"),
    ("skip: another course", recorded(skip=CHRONIC), [entry(ago(9), facets=ACUTE)], "true"),
    ("skip: course not stated", recorded(skip=CHRONIC), [entry(ago(9))], "true"),
    ("required: the wanted course", recorded(facets=CHRONIC), [entry(ago(9), facets=CHRONIC)], "true"),
    ("required: another course", recorded(facets=CHRONIC), [entry(ago(9), facets=ACUTE)], "false"),
    ("required: not stated", recorded(facets=CHRONIC), [entry(ago(9))], "unspecific"),
    ("required: one of two not stated", recorded(facets=CHRONIC + SITE), [entry(ago(9), facets=CHRONIC)], "unspecific"),
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


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(NARROWED), ids=ids_of(NARROWED))
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


# --- review cases ---------------------------------------------------------------------------------------------------


def _reviewed(timing: Timing = Timing.CURRENT, **keys: object) -> Recorded:
    case = ReviewCase("a case", Reason.REGISTRY_ERROR, **keys)  # type: ignore[arg-type]
    return recorded(timing, review=(case,))


OVER = _reviewed(states=frozenset({RESOLVED, REMISSION}), ended=True, history=True)
REVIEW: Rows = [
    ("not over", OVER, [entry(ago(9))], "true"),
    ("in a named state", OVER, [entry(ago(9), state=RESOLVED)], "registry-error"),
    ("ended", OVER, [entry(ago(9), ended=ago(3))], "registry-error"),
    ("ended alone: resolved, not ended", _reviewed(ended=True), [entry(ago(9), state=RESOLVED)], "false"),
    ("history of", OVER, [entry(ago(9), role=HISTORY)], "registry-error"),
    ("history alone: history of", _reviewed(history=True), [entry(ago(9), role=HISTORY)], "registry-error"),
    ("history alone: not history", _reviewed(history=True), [entry(ago(9))], "true"),
    ("another state, not ended", OVER, [entry(ago(9), state=UNSTATED)], "stale"),
    ("undated: without any date", _reviewed(undated=True), [entry(None)], "registry-error"),
    ("undated: recorded", _reviewed(undated=True), [entry(None, recorded=ago(3))], "true"),
    ("undated: with an onset", _reviewed(undated=True), [entry(ago(3))], "true"),
    ("facets: the named course", _reviewed(facets=CHRONIC), [entry(ago(3), facets=CHRONIC)], "registry-error"),
    ("facets: another", _reviewed(facets=CHRONIC), [entry(ago(3), facets=ACUTE)], "true"),
    ("facets: one of two", _reviewed(facets=CHRONIC + SITE), [entry(ago(3), facets=CHRONIC)], "true"),
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


@pytest.mark.parametrize(("test", "given", "expected"), cases_of(REVIEW), ids=ids_of(REVIEW))
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


def test_a_medication_counts_by_its_dates(evaluate: Evaluate) -> None:
    test = recorded(concepts=(DRUG,), window=Window(2, "week", inclusive=True))
    assert ask(evaluate, test, chart(entry(ago(14), concept=DRUG, kind=Kind.MEDICATION))) == "true"
    assert ask(evaluate, test, chart(entry(ago(15), concept=DRUG, kind=Kind.MEDICATION))) == "false"
