"""When a diagnosis that is told outside Conditions counts: beside what the record says itself, and for how long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mentions_read import (
    AS_OF,
    EMBOLISM,
    HIV,
    OTHER,
    SNOMED,
    VERIFICATION,
    Json,
    Read,
    condition,
    icd,
    order,
    procedure,
    report,
    visit,
)

from trialsieve.fhir_adapters.facts.mentioned_against import Asked
from trialsieve.rules.atom import Atom, Recorded, ReviewCase, Window
from trialsieve.rules.logic import AtomRef
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsenceRule, Effect, Reason, State, Timing


@pytest.fixture
def read(book: RuleBook) -> Read:
    return Read(book)


@pytest.mark.parametrize(
    ("code", "more"),
    [
        (HIV, {}),
        (icd("Z21"), {}),
        ({"coding": [{"system": SNOMED, "code": "86406008"}]}, {}),
        (HIV, {"clinicalStatus": {"coding": [{"code": "resolved"}]}}),
        (HIV, {"verificationStatus": {"coding": [{"system": VERIFICATION, "code": "provisional"}]}}),
        (HIV, {"verificationStatus": {"coding": [{"system": VERIFICATION, "code": "refuted"}]}, "recordedDate": None}),
        (HIV, {"recordedDate": AS_OF.isoformat()}),
    ],
)
def test_a_condition_of_it_speaks_for_itself(read: Read, code: Json, more: Json) -> None:
    assert read.facts(condition(code, **more), order(HIV), report(HIV)) == []


OVER: Json = {"clinicalStatus": {"coding": [{"code": "resolved"}]}, "recordedDate": "2019-01-01"}


@pytest.mark.parametrize(
    ("one", "mentioned", "raised"),
    [
        # an infection of years ago does not speak of the one that is treated now, nor a pneumonia of the next
        (condition(icd("N39.0"), **OVER, abatementDateTime="2019-02-01"), icd("A41.9"), True),
        (condition(icd("J18.9"), **OVER, abatementDateTime="2019-02-01"), icd("J18.9"), True),
        (condition(icd("J18.9"), **OVER, abatementDateTime="2026-11-09"), icd("J18.9"), True),
        # over on that day or later, or who knows when; or not over
        (condition(icd("J18.9"), **OVER, abatementDateTime="2026-11-10"), icd("J18.9"), False),
        (condition(icd("J18.9"), **OVER, abatementDateTime="2026-11"), icd("J18.9"), False),
        (condition(icd("J18.9"), **OVER), icd("J18.9"), False),
        (condition(icd("J18.9")), icd("J18.9"), False),
    ],
)
def test_one_that_was_over_before_does_not_speak_of_it(read: Read, one: Json, mentioned: Json, raised: bool) -> None:
    found = read.concepts(one, order(mentioned, authoredOn="2026-11-10"))
    assert ("dx.active_infection" in found) is raised


REFUTED: Json = {"verificationStatus": {"coding": [{"system": VERIFICATION, "code": "refuted"}]}}


@pytest.mark.parametrize(
    ("more", "raised"),
    [
        ({"recordedDate": "2026-11-09"}, True),
        ({"recordedDate": "2026-11-10"}, False),
        ({"recordedDate": "2026-11-01", "meta": {"lastUpdated": "2026-11-11T08:00:00Z"}}, False),
        ({"recordedDate": "2026-11-01", "meta": {"lastUpdated": "2026-11-09T08:00:00Z"}}, True),
        ({"recordedDate": None}, False),
    ],
)
def test_nor_one_that_was_refuted_before(read: Read, more: Json, raised: bool) -> None:
    found = read.concepts(condition(HIV, **REFUTED, **more), order(HIV, authoredOn="2026-11-10"))
    assert ("dx.hiv" in found) is raised


@pytest.mark.parametrize(("recorded", "raised"), [("2026-11-09", True), ("2026-11-10", False), (None, False)])
def test_nor_one_that_was_denied_before(read: Read, recorded: str | None, raised: bool) -> None:
    denied = condition({"coding": [{"system": SNOMED, "code": "60001007"}]}, recordedDate=recorded)
    assert ("repro.pregnancy_status" in read.concepts(denied, order(icd("Z33.1"), authoredOn="2026-11-10"))) is raised


def test_but_of_its_past(read: Read) -> None:
    embolism = condition(EMBOLISM, **OVER, abatementDateTime="2019-02-01")
    assert read.concepts(embolism, order(EMBOLISM, authoredOn="2026-11-10")) == ["vasc.pe"]
    assert read.facts(embolism, order(icd("Z86.711"), authoredOn="2026-11-10")) == []
    assert read.facts(embolism, order(EMBOLISM, authoredOn=None)) == []


@pytest.mark.parametrize(
    ("code", "more"),
    [
        (icd("I10"), {}),
        (HIV, {"verificationStatus": {"coding": [{"system": VERIFICATION, "code": "entered-in-error"}]}}),
        (HIV, {"recordedDate": "2026-11-21"}),
        (HIV, {"recordedDate": "2026-11-21", "verificationStatus": {"coding": [{"code": "refuted"}]}}),
    ],
)
def test_another_or_one_that_nobody_may_see_yet_does_not(read: Read, code: Json, more: Json) -> None:
    assert "dx.hiv" in read.concepts(condition(code, **more), order(HIV))


LEUKEMIA, ANY_CANCER = icd("C91.00"), {"coding": [{"system": SNOMED, "code": "363346000"}]}


@pytest.mark.parametrize("mentioned", [ANY_CANCER, icd("C95.90")])
def test_a_broad_code_is_the_disease_that_a_condition_names(read: Read, mentioned: Json) -> None:
    assert "onc.other_malignancy" in read.concepts(order(mentioned))
    assert read.facts(condition(LEUKEMIA), order(mentioned)) == []
    refuted = {"verificationStatus": {"coding": [{"system": VERIFICATION, "code": "refuted"}]}}
    assert "onc.other_malignancy" in read.concepts(condition(LEUKEMIA, **refuted), order(mentioned))
    assert "onc.solid_tumour" in read.concepts(condition(LEUKEMIA), order(icd("C50.911")))


@pytest.mark.parametrize(("recorded", "is_seen"), [("2026-11-20", True), ("2026-11-21", False), ("2026-11", True)])
def test_not_of_one_that_nobody_may_see_yet(read: Read, recorded: str, is_seen: bool) -> None:
    found = read.concepts(condition(LEUKEMIA, recordedDate=recorded), order(ANY_CANCER))
    assert ("onc.other_malignancy" not in found) is is_seen


def test_that_does_not_depend_on_which_rules_are_asked(read: Read) -> None:
    wanted = frozenset({"onc.other_malignancy"})
    assert read.concepts(order(ANY_CANCER), wanted=wanted) == ["onc.other_malignancy"]
    assert read.facts(condition(LEUKEMIA), order(ANY_CANCER), wanted=wanted) == []


TRANSPLANT: Json = {"coding": [{"system": SNOMED, "code": "234336002", "display": "Hemopoietic stem cell transplant"}]}


def test_what_was_surely_done_speaks_for_itself_too(read: Read) -> None:
    assert read.concepts(order(icd("Z94.84"))) == ["tx.hsct"]
    assert read.facts(procedure(code=TRANSPLANT), order(icd("Z94.84"))) == []


@pytest.mark.parametrize(
    ("authored", "raised"),
    [("2026-10-20", False), ("2026-10-21", True), ("2026-11-20", True), ("2026-11-21", False), (None, True)],
)
def test_what_is_acute_to_every_rule_is_mentioned_for_its_currency(
    read: Read, authored: str | None, raised: bool
) -> None:
    """30 days before 20 November; nothing that is later is seen."""
    infection = order(icd("A41.9"), authoredOn=authored)
    assert ("dx.active_infection" in read.concepts(infection)) is raised


PREGNANCY = {"coding": [{"system": SNOMED, "code": "77386006", "display": "Pregnancy"}]}


@pytest.mark.parametrize(
    ("began", "raised"),
    [("1993-06-20", False), ("2026-01-23", False), ("2026-01-24", True), ("2026-11-20", True), ("2026-11-21", False)],
)
def test_what_is_asked_for_within_a_window_up_to_today_is_mentioned_for_that_long(
    read: Read, began: str, raised: bool
) -> None:
    """300 days before 20 November: a visit of long ago says nothing against a negative test of this week."""
    assert (
        "repro.pregnancy_status" in read.concepts(visit(PREGNANCY, period={"start": began, "end": began}))
    ) is raised


def test_what_is_asked_for_together_with_what_was_done_is_not_mentioned_by_it(read: Read) -> None:
    """One sentence asks for transplants and graft-versus-host disease: the transplant itself is on record."""
    disease, transplant = icd("D89.810"), {"coding": [{"system": SNOMED, "code": "23719005"}]}
    assert "imm.gvhd" in read.concepts(procedure(disease))
    assert read.concepts(procedure(disease, code=transplant)) == []


HALF_A_YEAR = Window(6, "month", inclusive=True)


def days_back(book: RuleBook, *tests: Recorded) -> dict[str, int]:
    """For how many days the concepts of these tests are mentioned, if no rule asks anything else."""
    atoms = tuple(Atom(f"a{number}", test, absence=AbsenceRule.PRESUME) for number, test in enumerate(tests))
    trial = book.trials["NCT04762485"]
    criterion = replace(trial.criteria[0], atoms=atoms, logic=AtomRef("a0"), readings=())
    return Asked(replace(book, trials={trial.id: replace(trial, criteria=(criterion,))})).days


def within(**keys: object) -> Recorded:
    return Recorded(("vasc.pe",), **{"timing": Timing.UNSTATED, "window": HALF_A_YEAR, **keys})  # type: ignore[arg-type]


def test_the_longest_of_what_the_rules_ask_for_counts(book: RuleBook) -> None:
    now = within(window=None, timing=Timing.CURRENT, currency="acute-condition")
    assert days_back(book, within()) == {"vasc.pe": 6 * 31}
    assert days_back(book, now) == {"vasc.pe": 30}
    assert days_back(book, now, within()) == days_back(book, within(), now) == {"vasc.pe": 6 * 31}
    assert days_back(book, within(window=Window(2, "year", inclusive=False))) == {"vasc.pe": 2 * 366}


@pytest.mark.parametrize(
    "asked",
    [
        within(window=None, timing=Timing.EVER),
        within(window=None, timing=Timing.CURRENT),
        within(window=replace(HALF_A_YEAR, anchor="enrollment")),
        within(window=replace(HALF_A_YEAR, back_from="screening-start")),
        within(still_active=Reason.JUDGEMENT),
        within(first=True),
        within(review=(ReviewCase("over", Reason.JUDGEMENT, ended=True),)),
    ],
)
def test_what_may_be_of_any_time_to_one_rule_is_mentioned_for_ever(book: RuleBook, asked: Recorded) -> None:
    assert days_back(book, within(), asked) == days_back(book, asked, within()) == {}


@pytest.mark.parametrize(("authored", "raised"), [("1990-01-01", True), ("2026-11-20", True), ("2026-11-21", False)])
def test_what_lasts_is_mentioned_for_ever(read: Read, authored: str, raised: bool) -> None:
    assert ("dx.hiv" in read.concepts(order(HIV, authoredOn=authored))) is raised


@pytest.mark.parametrize("mentioned", [icd("C91.01"), icd("O09.90")])
def test_what_no_rule_presumes_absent_gains_nothing_by_a_doubt(read: Read, mentioned: Json) -> None:
    assert not {"status.remission", "status.t_cell_remission"} & set(read.concepts(order(mentioned)))


@pytest.mark.parametrize(
    ("mentioned", "concept"),
    [
        ({"coding": [{"system": SNOMED, "code": "722795004"}]}, "dx.cns_leukemia"),
        (icd("B16.9"), "lab.hbv_hcv_hiv_dx"),
        (icd("A52.3"), "dx.syphilis"),
        (icd("Z39.1"), "repro.lactation"),
    ],
)
def test_what_a_result_may_clear_is_mentioned_though_no_rule_presumes_it_absent(
    read: Read, mentioned: Json, concept: str
) -> None:
    assert concept in read.concepts(order(mentioned, authoredOn="2026-11-01"))


def test_for_as_long_as_the_rules_look_back(read: Read) -> None:
    """90 days for hepatitis: of a test that is no older, NCT07120607 asks whether it is newer than that."""
    hepatitis = [order(icd("B16.9"), authoredOn=day) for day in ("2026-08-22", "2026-08-21")]
    assert ["lab.hbv_hcv_hiv_dx" in read.concepts(each) for each in hepatitis] == [True, False]


def test_of_several_the_newest_is_told(read: Read) -> None:
    several = [
        order(HIV, id="old", authoredOn="2020-01-01"),
        visit(HIV, id="new", period={"start": "2026-05-01"}),
        report(HIV, id="undated", effectiveDateTime=None),
        order(HIV, id="later", authoredOn="2027-01-01"),
    ]
    for resources in (several, several[::-1]):
        (fact,) = [fact for fact in read.facts(*resources) if fact.concept == "dx.hiv"]
        assert fact.reference == "Encounter/new"


def test_a_past_does_not_hide_what_is_mentioned_as_of_now(read: Read) -> None:
    """A visit that speaks of it as past, the day after it was treated, takes nothing back."""
    treated = order(EMBOLISM, authoredOn="2026-11-18")
    past = visit(icd("I26.99", text="H/o pulmonary embolism"), period={"start": "2026-11-19"})
    for resources in ((treated, past), (past, treated)):
        told = [fact for fact in read.facts(*resources) if fact.concept == "vasc.pe"]
        assert {(fact.reference, fact.state) for fact in told} == {
            ("MedicationRequest/m", State.ACTIVE),
            ("Encounter/e", State.RESOLVED),
        }


def test_what_one_resource_tells_is_past_only_where_all_of_it_is(read: Read) -> None:
    """The facts of a resource have one state: what is of now must not be hidden by what is past beside it."""
    past, now = icd("D89.810", text="H/o acute GVHD"), icd("D89.811")
    for reasons in ((past, now), (now, past)):
        assert read.criterion("NCT07120607", "X06", OTHER, procedure(), visit(*reasons)).effect is Effect.REVIEW
    assert read.criterion("NCT07120607", "X06", OTHER, procedure(), visit(past, past)).effect is Effect.PASS


@pytest.mark.parametrize(
    ("older", "newer", "raised"),
    [
        (report(HIV), report(HIV, status="entered-in-error"), False),
        (report(HIV, status="entered-in-error"), report(HIV), True),
    ],
)
def test_of_several_versions_the_newest_that_mentions_counts(
    read: Read, older: Json, newer: Json, raised: bool
) -> None:
    versions = [older | {"meta": {"versionId": "1"}}, newer | {"meta": {"versionId": "2"}}]
    for resources in (versions, versions[::-1]):
        assert ("dx.hiv" in read.concepts(*resources)) is raised
