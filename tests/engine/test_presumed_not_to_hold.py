"""Findings that are presumed not to hold: nothing is on record, and nothing was kept back that may tell of them."""

from __future__ import annotations

import pytest
from charts import AS_OF, CONDITION, DRUG, PROCEDURE, Given, ago, chart, entry, number
from invented_rules import Evaluate, ask, atom, book, criterion, finding, measured, recorded

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import FindingHolds
from trialsieve.rules.finding import Finding
from trialsieve.rules.vocabulary import AbsencePolicy, AbsenceRule, Certainty, Kind

OPERATED = finding(
    "operated", atom(recorded(concepts=(PROCEDURE,)), absence=AbsenceRule.UNKNOWN), title="An operation is on record"
)
SINCE = finding("since", atom(FindingHolds("operated")), title="Something has come since")
MEASURED = finding("measured", atom(measured()))
SICK = finding("sick", atom(recorded(concepts=(CONDITION,)), absence=AbsenceRule.UNKNOWN))
OLD = number(60, ago(100))
COVERED = [
    ("nothing", (), "not-retrieved"),
    ("every other kind", frozenset(Kind) - {Kind.PROCEDURE}, "not-retrieved"),
    ("procedures", (Kind.PROCEDURE, Kind.MEDICATION), None),
]


@pytest.mark.parametrize(("covered", "why"), [row[1:] for row in COVERED], ids=[row[0] for row in COVERED])
@pytest.mark.parametrize(("name", "findings"), [("operated", [OPERATED]), ("since", [OPERATED, SINCE])])
class TestAnOperationMayBeInWhatWasNotRetrieved:
    """Directly, or through another finding, where the source may have more than it gave."""

    def test_after_which_a_result_would_not_count(
        self, evaluate: Evaluate, name: str, findings: list[Finding], covered: tuple[Kind, ...], why: str | None
    ) -> None:
        patient = chart(OLD, covered=covered, in_full=False)
        assert ask(evaluate, measured(not_before=(name,)), patient, findings) == (why or "true")

    def test_after_which_nothing_would_be_presumed_absent(
        self, evaluate: Evaluate, name: str, findings: list[Finding], covered: tuple[Kind, ...], why: str | None
    ) -> None:
        asked = atom(recorded(concepts=(DRUG,)), presume_unless=name)
        patient = chart(covered={*covered, Kind.MEDICATION}, in_full=False)
        assert ask(evaluate, asked, patient, findings) == (why or "false")


def test_a_record_that_lacks_nothing_known_may_hold_no_operation_at_all(evaluate: Evaluate) -> None:
    test, patient = measured(not_before=("operated",)), chart(OLD, covered=())
    assert ask(evaluate, test, patient, [OPERATED]) == "true"
    asked = atom(recorded(concepts=(DRUG,)), presume_unless="operated")
    assert ask(evaluate, asked, chart(covered={Kind.MEDICATION}), [OPERATED]) == "false"


def test_no_source_vouches_for_observations(evaluate: Evaluate) -> None:
    patient = chart(OLD, covered=(), in_full=False)
    assert ask(evaluate, measured(not_before=("measured",)), patient, [MEASURED]) == "true"


def test_where_nothing_is_presumed_nothing_is_on_record_of_it(evaluate: Evaluate) -> None:
    test, policy = measured(not_before=("operated",)), AbsencePolicy.UNKNOWN
    assert ask(evaluate, test, chart(OLD, covered=(), in_full=False), [OPERATED], policy) == "no-data"


def test_a_result_is_too_old_whatever_was_not_retrieved_of_something_else(evaluate: Evaluate) -> None:
    patient = chart(number(60, ago(31)), entry(ago(30)), covered=(), in_full=False)
    assert ask(evaluate, measured(not_before=("sick", "operated")), patient, [SICK, OPERATED]) == "stale"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            [],
            "what may have come since was not retrieved "
            "(whether “An operation is on record” is not known: this part of the record was not retrieved)",
        ),
        (
            [entry(ago(9), concept=PROCEDURE, kind=Kind.PROCEDURE, certainty=Certainty.WEAK)],
            "preliminary or unconfirmed (whether “An operation is on record” is not known: not confirmed)",
        ),
    ],
)
def test_what_is_not_known_to_have_come_is_named(given: list[Given], words: str) -> None:
    rules = book(criterion(atom(measured(not_before=("operated",)))), findings=[OPERATED])
    patient = chart(OLD, *given, covered=(), in_full=False)
    (screened,) = Screener(rules, ["T"]).screen(patient, Circumstances(AS_OF))
    told = screened.criteria[0]
    assert told.explanation.endswith(f": {words}.")
    assert [item.reference for item in told.evidence] == [fact.reference for fact in patient.facts]
