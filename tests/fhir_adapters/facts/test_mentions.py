"""A diagnosis that is told outside Conditions, and of which no Condition speaks, is a doubt and decides nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from mentions_read import (
    CERTAINTY,
    EMBOLISM,
    HIV,
    OTHER,
    SNOMED,
    Json,
    Read,
    condition,
    device,
    icd,
    order,
    procedure,
    report,
    result,
    visit,
)

from trialsieve.fhir_adapters.inputs.reader import read_records, records_in
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Effect, Kind, Reason, Role, State


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
        visit(reasonCode=None, diagnosis=[{"use": [{"text": "Final"}], "condition": [{"concept": HIV}]}]),
        # what came of what was done
        procedure(reasonCode=None, complication=[HIV]),
        procedure(reasonCode=None, complication=[{"concept": HIV}]),
        # one among others
        order({"text": "fever"}, icd("R50.9"), HIV),
        # one object for a list of one
        order(reasonCode=HIV),
        # words alone, where they are the name
        order({"text": "HIV"}),
        order({"text": "HIV infection"}),
        order({"text": "Human immunodeficiency virus disease"}),
        order({"coding": [{"system": "urn:local", "code": "7", "display": "HIV disease"}]}),
        # words that contradict the code say what was meant
        order(icd("J20.9", "Acute bronchitis, unspecified", "Acute HIV infection")),
        order(icd("I26.99", text="HIV disease")),
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
        order(icd("I26.99", text="PE unlikely")),
        order(icd("I26.99", text="H/o PE vs pneumonia")),
        order(icd("B20", text="Mother: HIV")),
        order(icd("B20", text="HIV (Spender)")),
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


@pytest.mark.parametrize("what", [{"text": "PICC"}, [{"text": "PICC"}], {"text": "Port-A-Cath"}])
def test_a_device_that_is_put_in_is_mentioned_by_its_type(read: Read, what: Any) -> None:
    """On no known day: it says when it was made. A list is R5's."""
    (fact,) = read.facts(device(what))
    assert (fact.concept, fact.role, fact.when) == ("proc.central_line", Role.SUPPORTING, None)
    assert fact.says.endswith(", mentioned as the type of Device/d, undated, not among the Conditions")


@pytest.mark.parametrize(
    "one",
    [
        device({"text": "PICC"}, status="entered-in-error"),
        device({"text": "Home nebulizer"}),
        device({"text": "Coronary artery stent"}),
        device(HIV),
        device({"text": "No PICC"}),
        {"resourceType": "Device", "id": "d", "status": "active", "deviceName": [{"name": "PICC"}]},
        order({"text": "PICC"}),
    ],
)
def test_what_else_a_device_is_says_nothing(read: Read, one: Json) -> None:
    assert read.concepts(one) == []


# --- what follows -----------------------------------------------------------------------------------------------------


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
    assert read.criterion("NCT07120607", "X06", OTHER, procedure(), order(icd("D89.810", text=words))).effect is effect


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
