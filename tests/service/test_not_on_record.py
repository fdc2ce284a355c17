"""Of which kinds a patient has nothing, so that something stays open for that alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest
from msgspec.structs import replace

from trialsieve.engine.facts import Chart, Person
from trialsieve.engine.result import CriterionResult, ScreeningResult
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.vocabulary import COVERABLE, Effect, Kind, Reason, Verdict
from trialsieve.service.not_on_record import NotOnRecord, not_on_record_words

CONDITION, MEDICATION, PROCEDURE = Kind.CONDITION, Kind.MEDICATION, Kind.PROCEDURE

Result = Callable[..., ScreeningResult]


def chart(covered: Collection[Kind] = (), present: Collection[Kind] = ()) -> Chart:
    nobody = Person(None)
    return Chart("Patient/p1", "a.json", nobody, covered=frozenset(covered), present=frozenset(present))


@pytest.fixture
def open_for(criterion: Callable[..., CriterionResult], result: Result) -> Callable[..., ScreeningResult]:
    """A result of NCT04762485 with one atom that is open for a reason."""

    def make(name: str, atom: str, reason: Reason = Reason.NOT_RETRIEVED) -> ScreeningResult:
        judged = criterion(name, Effect.REVIEW, reasons=(reason,))
        return result(replace(judged, atoms=(replace(judged.atoms[0], id=atom),)))

    return make


def counted(chart: Chart, *results: ScreeningResult) -> dict[Kind, int]:
    not_on_record = NotOnRecord(cached_rules())
    not_on_record.add(chart, results)
    return dict(not_on_record.patients)


def test_it_is_what_the_atom_looks_at_itself_or_by_a_finding(open_for: Result) -> None:
    """X07 a1 asks for a diagnosis; I01 a2 for the finding cd7-positive, which looks at therapy too."""
    assert counted(chart(), open_for("X07", "a1")) == {CONDITION: 1}
    assert counted(chart(), open_for("I01", "a2")) == {CONDITION: 1, MEDICATION: 1, PROCEDURE: 1}


def test_a_patient_counts_once_for_each_kind(open_for: Result) -> None:
    assert counted(chart(), open_for("X07", "a1"), open_for("X07", "a1")) == {CONDITION: 1}


@pytest.mark.parametrize(
    "given", [chart(covered=COVERABLE), chart(covered={CONDITION}), chart(present={CONDITION})], ids=str
)
def test_what_is_covered_or_on_record_is_not_lacking(given: Chart, open_for: Result) -> None:
    """A page of a search holds some and covers nothing."""
    assert counted(given, open_for("X07", "a1")) == {}


def test_what_is_open_for_another_reason_or_for_nobody_does_not_count(open_for: Result) -> None:
    assert counted(chart(), open_for("X07", "a1", Reason.NO_DATA)) == {}
    assert counted(chart(), replace(open_for("X07", "a1"), verdict=Verdict.INELIGIBLE)) == {}


def test_the_advice_names_kinds_as_the_option_takes_them() -> None:
    assert not_on_record_words({"Procedure": 1, "medication": 12, "Condition": 1}) == (
        "nothing on record of a kind, so what asks for it stays open: Condition (1 patient), medication (12), "
        "Procedure (1); if the inputs hold all there is of these, say so with --covers Condition,medication,Procedure"
    )
