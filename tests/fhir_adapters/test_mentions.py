"""A diagnosis that is told outside Conditions, and of which no Condition speaks, is a doubt and decides nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trialsieve.engine.facts import Fact
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.reader import read_records, records_in
from trialsieve.fhir_adapters.record import InputProblem, Record
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Effect, Kind, Reason, Role, State

Json = dict[str, Any]
AS_OF = date(2026, 11, 20)
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def icd(code: str, display: str | None = None, text: str | None = None) -> Json:
    coding = {"system": ICD, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


HIV, EMBOLISM = icd("B20"), icd("I26.99")
CERTAINTY = {"url": "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"}


def order(*reasons: Any, **more: Any) -> Json:
    """An order of a drug that no rule knows."""
    return {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-03-01",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "161", "display": "acetaminophen"}]},
        "reasonCode": list(reasons),
    } | more


def report(*conclusions: Any, **more: Any) -> Json:
    return {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "code": {"text": "CT of the chest"},
        "effectiveDateTime": "2026-03-01",
        "conclusionCode": list(conclusions),
    } | more


def visit(*reasons: Any, **more: Any) -> Json:
    return {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "period": {"start": "2026-03-01", "end": "2026-03-01"},
        "reasonCode": list(reasons),
    } | more


def procedure(*reasons: Any, **more: Any) -> Json:
    return {
        "resourceType": "Procedure",
        "id": "p",
        "status": "completed",
        "code": {
            "coding": [{"system": SNOMED, "code": "710824005", "display": "Assessment of health and social care needs"}]
        },
        "performedDateTime": "2026-03-01",
        "reasonCode": list(reasons),
    } | more


def result(value: Any, code: str = "29308-4", system: str = LOINC, **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"coding": [{"system": system, "code": code}]},
        "effectiveDateTime": "2026-03-01",
        "valueCodeableConcept": value,
    } | more


def condition(code: Json, **more: Any) -> Json:
    return {"resourceType": "Condition", "id": "c", "code": code, "recordedDate": "2026-01-01"} | more


class Read:
    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.problems: list[InputProblem] = []

    def record(self, *resources: Json) -> Record:
        named = [(f"{item['resourceType']}/{item['id']}", item) for item in resources]
        apart = ("DiagnosticReport/", "Encounter/")
        return Record(
            "Patient/p",
            "p.json",
            resources=[one for one in named if not one[0].startswith(apart)],
            mentioning=[one for one in named if one[0].startswith(apart)],
        )

    def facts(self, *resources: Json, as_of: date | None = AS_OF, wanted: frozenset[str] | None = None) -> list[Fact]:
        """The doubts that are raised by what mentions a diagnosis."""
        self.problems.clear()
        chart = build_chart(self.record(*resources), self.book, self.problems, wanted=wanted, as_of=as_of)
        return [fact for fact in chart.facts if "mentioned" in fact.says]

    def concepts(self, *resources: Json, **given: Any) -> list[str]:
        return [fact.concept for fact in self.facts(*resources, **given)]

    def criterion(self, trial: str, name: str, *resources: Json) -> CriterionResult:
        screener = Screener(self.book, [trial])
        chart = build_chart(self.record(*resources), self.book, [], as_of=AS_OF)
        (found,) = screener.screen(chart, Circumstances(AS_OF))
        assert screener.disagreements == 0
        return next(one for one in found.criteria if one.id == name)


@pytest.fixture
def read(book: RuleBook) -> Read:
    return Read(book)


# --- where it is told -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        order(HIV),
        order(HIV, resourceType="MedicationStatement", dateAsserted="2026-03-01"),
        order(HIV, resourceType="MedicationAdministration", status="completed", effectiveDateTime="2026-03-01"),
        procedure(HIV),
        visit(HIV),
        report(HIV),
        result(HIV),
        result(HIV, "52797-8"),
        result(HIV, "439401001", SNOMED),
        # STU3
        {"codedDiagnosis": [HIV]} | {key: value for key, value in report().items() if key != "conclusionCode"},
        visit(reason=[HIV]),
        # R5
        order(reasonCode=None, reason=[{"concept": HIV}]),
        visit(reasonCode=None, reason=[{"use": [{"text": "Chief complaint"}], "value": [{"concept": HIV}]}]),
        # one among others
        order({"text": "fever"}, icd("R50.9"), HIV),
        # one object for a list of one
        order(reasonCode=HIV),
        # words alone, where they are the name
        order({"text": "HIV"}),
        order({"text": "HIV infection"}),
        order({"text": "Human immunodeficiency virus disease"}),
        order({"coding": [{"system": "urn:local", "code": "7", "display": "HIV disease"}]}),
        # below what value sets list
        order({"coding": [{"system": SNOMED, "code": "999999991", "display": "HIV disease with wasting"}]}),
    ],
)
def test_it_is_a_doubt_by_what_mentions_it(read: Read, resource: Json) -> None:
    (fact,) = [fact for fact in read.facts(resource) if fact.concept == "dx.hiv"]
    name = f"{resource['resourceType']}/{resource['id']}"
    assert (fact.kind, fact.reference, fact.role) == (Kind.CONDITION, name, Role.SUPPORTING)
    assert (fact.certainty, fact.state, fact.ended) == (Certainty.FIRM, State.ACTIVE, False)
    assert fact.when is not None
    assert (fact.when.first, fact.when.last) == (None, date(2026, 3, 1))
    assert fact.recorded is not None
    assert (fact.recorded.first, fact.recorded.last) == (date(2026, 3, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    "resource",
    [
        order(),
        order(icd("R50.9")),
        order(icd("Z11.4", "Encounter for screening for HIV")),
        # words of what is sought or kept away, of others, and of what is not had
        order({"text": "HIV screening"}),
        order({"text": "HIV prophylaxis"}),
        order({"text": "exposure to HIV"}),
        order({"text": "HIV counselling"}),
        order({"text": "r/o HIV"}),
        order({"text": "no HIV"}),
        order({"text": "HIV, partner of"}),
        order({"text": "family history of HIV"}),
        order(icd("B20", text="HIV post-exposure prophylaxis")),
        order(icd("I26.99", text="High risk of PE")),
        order(icd("I26.99", text="Risk factors for PE")),
        order(icd("I26.99", text="PE risk")),
        order(icd("B20", text="HIV test")),
        order(icd("B20", text="?HIV")),
        order(icd("B20", text="HIV excluded")),
        order(icd("B20", text="Mother: HIV")),
        order({"coding": [{"system": SNOMED, "code": "999999991", "display": "Screening for HIV"}]}),
        order({"coding": [{"system": SNOMED, "code": "999999991", "display": "HIV risk lifestyle"}]}),
        order({"coding": [{**HIV["coding"][0], "extension": [CERTAINTY | {"valueCoding": {"code": "A"}}]}]}),
        order(reasonCode=None, reason=[{"concept": HIV | {"extension": [CERTAINTY | {"valueCode": "V"}]}}]),
        # a code without its system
        order({"coding": [{"code": "B20"}]}),
        # what does not count
        order(HIV, status="entered-in-error"),
        order(HIV, status="draft"),
        order(HIV, doNotPerform=True),
        procedure(HIV, status="not-done"),
        report(HIV, status="entered-in-error"),
        report(HIV, status="cancelled"),
        visit(HIV, status="cancelled"),
        result(HIV, status="entered-in-error"),
        # not of a diagnosis; not of this patient
        result(HIV, "75325-1"),
        result(HIV, "29308-4", "urn:local"),
        result(HIV, focus=[{"reference": "Patient/another"}]),
        result(HIV, specimen={"display": "blood of the donor"}),
        # what is to be found out
        {**order(HIV), "resourceType": "ServiceRequest"},
    ],
)
def test_it_is_none(read: Read, resource: Json) -> None:
    assert read.facts(resource) == []


@pytest.mark.parametrize(
    "resource",
    [
        order(HIV, status="on-hold"),
        order(HIV, intent="plan"),
        report(HIV, status="preliminary"),
        report(HIV, status=None),
        visit(HIV, status="planned"),
        result(HIV, status="preliminary"),
    ],
)
def test_what_is_not_sure_is_weak(read: Read, resource: Json) -> None:
    (fact,) = [fact for fact in read.facts(resource) if fact.concept == "dx.hiv"]
    assert fact.certainty is Certainty.WEAK


@pytest.mark.parametrize(
    ("code", "concept"),
    [
        (icd("I26.99", text="Intermediate-risk PE"), "vasc.pe"),
        (icd("I26.99", text="High risk pulmonary embolism"), "vasc.pe"),
        (icd("O09.90", "Supervision of high risk pregnancy, unspecified"), "repro.pregnancy_status"),
        (icd("B20", text="HIV, tested positive"), "dx.hiv"),
    ],
)
def test_words_of_what_is_had_mention_it(read: Read, code: Json, concept: str) -> None:
    """The grade of a disease, and a test that was positive, are not what is guarded against or looked for."""
    assert concept in read.concepts(order(code))


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (EMBOLISM, State.ACTIVE),
        (icd("Z86.711"), State.RESOLVED),
        (icd("I26.99", text="H/o pulmonary embolism"), State.RESOLVED),
    ],
)
def test_what_was_once_is_no_more(read: Read, code: Json, state: State) -> None:
    (fact,) = [fact for fact in read.facts(order(code)) if fact.concept == "vasc.pe"]
    assert (fact.role, fact.state) == (Role.SUPPORTING, state)


# --- when it counts ---------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(("authored", "raised"), [("1990-01-01", True), ("2026-11-20", True), ("2026-11-21", False)])
def test_what_lasts_is_mentioned_for_ever(read: Read, authored: str, raised: bool) -> None:
    assert ("dx.hiv" in read.concepts(order(HIV, authoredOn=authored))) is raised


@pytest.mark.parametrize("mentioned", [icd("C91.01"), icd("O09.90")])
def test_what_no_rule_presumes_absent_gains_nothing_by_a_doubt(read: Read, mentioned: Json) -> None:
    assert not {"status.remission", "status.t_cell_remission"} & set(read.concepts(order(mentioned)))


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
        assert read.criterion("NCT07120607", "X06", OTHER, visit(*reasons)).effect is Effect.REVIEW
    assert read.criterion("NCT07120607", "X06", OTHER, visit(past, past)).effect is Effect.PASS


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


# --- what follows -----------------------------------------------------------------------------------------------------

OTHER = condition(icd("I10"))


@pytest.mark.parametrize("mentioning", [order(HIV), report(HIV), result(HIV), visit(HIV), procedure(HIV)])
def test_a_disease_that_is_mentioned_is_not_presumed_absent(read: Read, mentioning: Json) -> None:
    alone = read.criterion("SENL-T7", "X06", OTHER)
    assert (alone.effect, alone.reasons) == (Effect.PASS, ())
    found = read.criterion("SENL-T7", "X06", OTHER, mentioning)
    assert (found.effect, found.reasons) == (Effect.REVIEW, (Reason.UNSPECIFIC,))
    (evidence,) = found.evidence
    assert evidence.reference == f"{mentioning['resourceType']}/{mentioning['id']}"


def test_it_does_not_decide_either(read: Read) -> None:
    found = read.criterion("SENL-T7", "X06", condition(HIV), order(icd("M06.9")))
    assert found.effect is Effect.FAIL
    assert [one.reference for one in found.evidence] == ["Condition/c"]


def test_people_read_where_it_is_mentioned(read: Read) -> None:
    found = read.criterion("SENL-T7", "X06", OTHER, order(HIV))
    assert "HIV infection, mentioned as the reason of MedicationRequest/m, 2026-03-01, not among the Conditions" in (
        found.explanation
    )
    assert "a mention is no diagnosis" in found.explanation


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (report(HIV), "HIV infection, mentioned as a conclusion of DiagnosticReport/r, 2026-03-01, not among"),
        (result(HIV), "HIV infection, mentioned as the value of Observation/o, 2026-03-01, not among"),
        (visit(HIV), "HIV infection, mentioned as the reason of Encounter/e, 2026-03-01, not among"),
        (order(HIV, authoredOn=None), "HIV infection, mentioned as the reason of MedicationRequest/m, undated, not"),
        (order(HIV, status="on-hold"), "mentioned as the reason of MedicationRequest/m (on-hold), 2026-03-01"),
    ],
)
def test_so_its_facts_say(read: Read, resource: Json, said: str) -> None:
    (fact,) = [fact for fact in read.facts(resource) if fact.concept == "dx.hiv"]
    assert said in fact.says


@pytest.mark.parametrize(
    ("words", "effect"), [("Acute graft-versus-host disease", Effect.REVIEW), ("H/o acute GVHD", Effect.PASS)]
)
def test_a_past_one_is_none_today(read: Read, words: str, effect: Effect) -> None:
    """As a Condition with these words would be none."""
    assert read.criterion("NCT07120607", "X06", OTHER, order(icd("D89.810", text=words))).effect is effect


@pytest.mark.parametrize(("authored", "unknown"), [("2026-05-19", False), ("2026-05-20", True)])
def test_within_a_window_it_was_had_by_the_day_on_which_it_is_mentioned(
    read: Read, authored: str, unknown: bool
) -> None:
    """Six months before 20 November 2026."""
    found = read.criterion("NCT07120607", "X03", OTHER, order(EMBOLISM, authoredOn=authored))
    (embolism,) = [atom for atom in found.atoms if atom.quote == "pulmonary embolism"]
    assert (embolism.holds is None) is unknown


# --- whose it is ------------------------------------------------------------------------------------------------------

MINE = {"subject": {"reference": "Patient/p"}}
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1980-05-01"}


def records(*resources: Json) -> list[Record]:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    return records_in(bundle, "p.json", lambda problem: None)


def told(found: list[Record]) -> list[tuple[str, list[str]]]:
    return [(record.patient, [reference for reference, _ in record.mentioning]) for record in found]


@pytest.mark.parametrize(
    ("resources", "whose"),
    [
        ([PATIENT, visit(HIV, **MINE), report(HIV, **MINE)], ["Encounter/e", "DiagnosticReport/r"]),
        ([visit(HIV, **MINE), PATIENT], ["Encounter/e"]),
        ([PATIENT, visit(HIV)], ["Encounter/e"]),
        ([PATIENT, visit(HIV, subject={"reference": "Patient/another"})], []),
        ([PATIENT, visit(HIV, subject={"display": "somebody"})], []),
        ([PATIENT, {key: value for key, value in visit(**MINE).items() if key != "reasonCode"}], []),
        # without a Patient
        ([visit(HIV, **MINE), condition(icd("I10"), **MINE)], ["Encounter/e"]),
        ([visit(HIV, **MINE), report(HIV, subject={"display": "somebody"})], ["Encounter/e"]),
    ],
)
def test_it_is_its_patients(resources: list[Json], whose: list[str]) -> None:
    assert told(records(*resources)) == [("Patient/p", whose)]


def test_of_several_patients_it_is_the_one_that_it_names() -> None:
    other = PATIENT | {"id": "q"}
    found = records(PATIENT, other, visit(HIV, **MINE), report(HIV))
    assert told(found) == [("Patient/p", ["Encounter/e"]), ("Patient/q", [])]


def test_one_of_dstu2_is_not_read() -> None:
    later = {"resourceType": "CareTeam", "id": "t", **MINE}
    found = records(PATIENT, later, visit(HIV, patient={"reference": "Patient/p"}))
    assert told(found) == [("Patient/p", [])]


def test_it_stays_where_records_are_joined(tmp_path: Path) -> None:
    for name, one in (("a", visit(HIV, **MINE)), ("b", report(HIV, **MINE))):
        patient = PATIENT | {"identifier": [{"system": "urn:hospital", "value": "1"}]}
        entry = [{"resource": patient}, {"resource": one}]
        (tmp_path / f"{name}.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entry}))
    assert told(list(read_records([str(tmp_path)], []))) == [("Patient/p", ["Encounter/e", "DiagnosticReport/r"])]


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (order(reasonCode="HIV"), "reasonCode is text, not a list"),
        (report(conclusionCode=[7]), "conclusionCode is a number, not an object"),
        (visit(reasonCode=None, reason=[{"value": "HIV"}]), "reason.value is text, not a list"),
        (visit(reasonCode=None, reason=[{"value": [{"value": [{"concept": HIV}]}]}]), "reason.value.value is a list"),
    ],
)
def test_what_is_no_code_is_a_problem(read: Read, resource: Json, reason: str) -> None:
    assert read.facts(resource) == []
    (problem,) = read.problems
    assert problem.reason.startswith(reason)


@pytest.mark.parametrize(
    "resource",
    [order(HIV, doNotPerform=1), order(HIV, notGiven={}), procedure(HIV, notDone=0), procedure(HIV, notDone="no")],
)
def test_what_does_not_say_whether_it_counts_may_be_it(read: Read, resource: Json) -> None:
    found = read.criterion("SENL-T7", "X06", OTHER, resource)
    assert (found.effect, found.reasons) == (Effect.REVIEW, (Reason.UNUSABLE_DATA,))
    assert "not true or false" in found.explanation
    assert read.criterion("SENL-T7", "X06", condition(HIV), resource).effect is Effect.FAIL


def test_what_must_not_be_used_may_be_it(read: Read) -> None:
    modified = report(HIV, modifierExtension=[{"url": "urn:example:modifier", "valueBoolean": True}])
    found = read.criterion("SENL-T7", "X06", OTHER, modified)
    assert (found.effect, found.reasons) == (Effect.REVIEW, (Reason.UNUSABLE_DATA,))
    assert read.criterion("SENL-T7", "X06", condition(HIV), modified).effect is Effect.FAIL
