"""Words and reasons that leave open whether a procedure was done, or a vaccine given."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import Certainty, Kind, Match, Role

SNOMED = "http://snomed.info/sct"
KIDNEY, HYSTERECTOMY, PCI = "70536003", "236886002", "415070008"


def procedure(value: str, text: str | None, **more: Any) -> dict[str, Any]:
    said = {"coding": [{"system": SNOMED, "code": value}]} | ({"text": text} if text else {})
    done = {"resourceType": "Procedure", "id": "x1", "status": "completed", "performedDateTime": "2026-10-02"}
    return {**done, "code": said, **more}


@pytest.mark.parametrize(
    "text",
    [
        "Kidney transplant evaluation", "Evaluated for kidney transplant", "Kidney transplant declined",
        "Kidney transplant - refused",
        "Kidney transplant cancelled", "Canceled: kidney transplant", "Planned kidney transplant",
        "Kidney transplant, scheduled",
        "Referral for kidney transplant", "Referred for kidney transplant", "Kidney transplant consult",
        "Kidney transplant consultation", "Kidney transplant candidate", "Kidney transplant workup",
        "Kidney transplant work-up",
        "On the waiting list for a kidney transplant", "Kidney transplant waitlist", "Kidney transplant deferred",
        "Kidney transplant postponed", "Kidney transplant not done", "Kidney transplant not performed",
        "Awaiting kidney transplant", "No kidney transplant", "Kidney transplant?", "Mother: kidney transplant",
        "肾移植 取消", "拒绝肾移植", "拟行肾移植", "Nierentransplantation geplant",
        "Kidney transplant pending", "Kidney transplant on hold", "Kidney transplant assessment",
        "Kidney transplant education",
        "Kidney transplant considered", "Discussed kidney transplant", "Kidney transplant counseling",
        "Listed for kidney transplant",
        "Kidney transplant rejected by patient", "Kidney transplant in brother",
        "Kidney transplant was not carried out",
        "Kidney transplant unlikely", "Kidney transplant, not yet confirmed", "Unconfirmed kidney transplant",
        "Kidney transplant, entered in error", "Wrong patient: kidney transplant", "Kidney transplant vs dialysis",
        "Keine Nierentransplantation", "Sin trasplante renal", "Pas de transplantation rénale", "无肾移植",
    ],
)  # fmt: skip
def test_words_that_leave_open_whether_a_procedure_was_done(fact_of: Any, text: str) -> None:
    fact = fact_of("tx.organ_transplant", procedure(KIDNEY, text))
    assert fact.certainty is Certainty.WEAK
    assert text in fact.says


@pytest.mark.parametrize(
    "text",
    [
        None, "Kidney transplant", "Deceased donor kidney transplant", "s/p kidney transplant",
        "H/o kidney transplant 2015",
        "Kidney transplant, graft of brother", "Kidney transplant from sister", "Prior kidney transplant",
        "Renal transplant, left",
        "Kidney transplant without complications", "Kidney transplant complicated by rejection",
        "Kidney transplant, suspected rejection", "Kidney transplant, graft vs host disease", "Nierentransplantation",
    ],
)  # fmt: skip
def test_other_words_beside_a_procedure_do_not(fact_of: Any, text: str | None) -> None:
    assert fact_of("tx.organ_transplant", procedure(KIDNEY, text)).certainty is Certainty.FIRM


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"statusReason": {"text": "Patient declined"}}, Certainty.WEAK),
        ({"statusReason": {"coding": [{"system": SNOMED, "code": "105480006"}]}}, Certainty.WEAK),
        ({"notDoneReason": {"text": "contraindicated"}}, Certainty.WEAK),  # STU3
        ({"reasonNotPerformed": [{"text": "contraindicated"}]}, Certainty.WEAK),  # DSTU2
        ({"statusReason": {}}, Certainty.FIRM),
        ({"reasonCode": [{"text": "menorrhagia"}]}, Certainty.FIRM),
    ],
)
def test_a_reason_why_it_was_not_done_beside_the_status_that_it_was(
    fact_of: Any, more: Any, expected: Certainty
) -> None:
    assert fact_of("repro.childbearing", procedure(HYSTERECTOMY, None, **more)).certainty is expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"text": "Aborted"}, Certainty.WEAK),
        ({"coding": [{"system": "urn:x", "code": "1", "display": "Not performed"}]}, Certainty.WEAK),
        ({"text": "abgebrochen"}, Certainty.WEAK),
        ({"text": "Successful, no complications"}, Certainty.FIRM),
        ({"coding": [{"system": SNOMED, "code": "385671000", "display": "Unsuccessful"}]}, Certainty.FIRM),
        ({"text": "Pathology pending"}, Certainty.FIRM),
    ],
)
def test_an_outcome_that_it_was_not_done(fact_of: Any, outcome: Any, expected: Certainty) -> None:
    """What failed was done."""
    fact = fact_of("repro.childbearing", procedure(HYSTERECTOMY, None, outcome=outcome))
    assert fact.certainty is expected
    assert ("with the outcome" in fact.says) is (expected is Certainty.WEAK)


ALLOGENEIC, AUTOLOGOUS, EITHER = "58390007", "58776007", "23719005"


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (ALLOGENEIC, None, {"allogeneic"}),
        (ALLOGENEIC, "Bone marrow transplant", {"allogeneic"}),
        (ALLOGENEIC, "Allogeneic BMT after an autologous one", {"allogeneic"}),
        (ALLOGENEIC, "Autologous BMT", set()),
        (ALLOGENEIC, "Autologe Stammzelltransplantation", set()),
        (ALLOGENEIC, "auto-SCT", set()),
        (ALLOGENEIC, "Trasplante autólogo", set()),
        (ALLOGENEIC, "Autotransplante", set()),
        (ALLOGENEIC, "Autogreffe", set()),
        (ALLOGENEIC, "自体造血干细胞移植", set()),
        (AUTOLOGOUS, "Autologous transplant", {"autologous"}),
        (AUTOLOGOUS, "Allogeneic transplant", set()),
        (AUTOLOGOUS, "allo-HSCT", set()),
        (AUTOLOGOUS, "Haploidentical transplant", set()),
        (AUTOLOGOUS, "Unrelated donor transplant", set()),
        (AUTOLOGOUS, "Sibling donor transplant", set()),
        (AUTOLOGOUS, "Fremdspendertransplantation", set()),
        (AUTOLOGOUS, "Allogreffe", set()),
        (AUTOLOGOUS, "Alotrasplante", set()),
        (AUTOLOGOUS, "Trasplante alogénico", set()),
        (AUTOLOGOUS, "Allotransplant", set()),
        (AUTOLOGOUS, "Marrow allograft", set()),
        (AUTOLOGOUS, "异基因移植", set()),
        (EITHER, "Allogeneic transplant", set()),  # words state no donor
    ],
)
def test_words_of_another_donor_than_that_of_the_code(
    fact_of: Any, value: str, text: str | None, expected: set[str]
) -> None:
    fact = fact_of("tx.hsct", procedure(value, text))
    assert {one for facet, one in fact.facets if facet == "donor"} == expected


def test_what_is_only_a_doubt_stays_as_it_was(fact_of: Any) -> None:
    """Any procedure may be surgery; its words say nothing of that."""
    assert fact_of("tx.surgery", procedure("80146002", "Surgical consultation")).certainty is Certainty.FIRM


def test_no_name_of_a_listed_procedure_leaves_it_open(book: Any, chart_of: Any) -> None:
    names = {
        (item.system, item.code, item.label)
        for concept in book.concepts.values()
        if Kind.PROCEDURE in concept.kinds
        for item in concept.codes
        if item.match is not Match.RANGE and item.role in (Role.DEFINITIVE, Role.HISTORY)
    }
    done = [
        {
            **procedure("x", None),
            "id": f"x{number}",
            "code": {"coding": [{"system": system, "code": value, "display": name}]},
        }
        for number, (system, value, name) in enumerate(sorted(names))
    ]
    assert len(names) > 100
    assert [fact.says for fact in chart_of(*done).facts if fact.certainty is Certainty.WEAK] == []


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        ("Influenza vaccine refused", {}, Certainty.WEAK),
        ("Influenza vaccine declined by parent", {}, Certainty.WEAK),
        ("Influenza vaccine - not given", {}, Certainty.WEAK),
        ("Influenza vaccine, planned", {}, Certainty.WEAK),
        ("No influenza vaccine", {}, Certainty.WEAK),
        ("Influenza vaccine", {"statusReason": {"coding": [{"code": "PATOBJ"}]}}, Certainty.WEAK),
        ("Influenza vaccine", {"explanation": {"reasonNotGiven": [{"text": "ill"}]}}, Certainty.WEAK),  # STU3
        ("Influenza vaccine", {"explanation": {"reason": [{"text": "travel"}]}}, Certainty.FIRM),
        ("Influenza vaccine", {}, Certainty.FIRM),
        ("Influenza, seasonal, injectable, preservative free", {}, Certainty.FIRM),
    ],
)
def test_words_that_leave_open_whether_a_vaccine_was_given(
    fact_of: Any, text: str, more: Any, expected: Certainty
) -> None:
    vaccine = {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140"}], "text": text}
    given = {"resourceType": "Immunization", "id": "x1", "status": "completed", "occurrenceDateTime": "2026-10-02"}
    assert fact_of("tx.vaccination", {**given, "vaccineCode": vaccine, **more}).certainty is expected


def drug(text: str, kind: str = "MedicationStatement") -> dict[str, Any]:
    said = {"coding": [{"system": "http://www.whocc.no/atc", "code": "H02AB07"}], "text": text}
    taken = {"resourceType": kind, "id": "x1", "status": "completed", "intent": "order"}
    return {**taken, "medicationCodeableConcept": said}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, Certainty.WEAK) for text in (
            "No prednisone", "Denies prednisone", "Prednisone - declined", "Prednisone, refused by patient",
            "Prednisone not given", "Prednisone was not taken", "Prednisone never started", "Prednisone withheld",
            "Prednisone cancelled", "Canceled: prednisone", "Prednisone?", "Possibly prednisone", "Mother: prednisone",
            "Prednisone, entered in error", "Wrong patient: prednisone", "Prednisone, unconfirmed",
            "Prednisone unlikely", "Prednison abgelehnt", "Kein Prednison", "Sin prednisona", "拒绝泼尼松",
            "否认泼尼松",
        )),
        *((text, Certainty.FIRM) for text in (
            "Prednisone 5 mg tablet", "Prednisone, scheduled", "Prednisone, discontinued", "Prednisone, not tolerated",
            "Prednisone (education given)", "Prednisone on the medication list", "Prednison 5 mg", "泼尼松片",
            "Prednisone, no refills", "Prednisone for suspected GVHD",
        )),
    ],
)  # fmt: skip
def test_words_that_leave_open_whether_a_drug_was_taken(fact_of: Any, text: str, expected: Certainty) -> None:
    fact = fact_of("med.systemic_steroids", drug(text))
    assert fact.certainty is expected
    assert (f"in words '{text}'" in fact.says) is (expected is Certainty.WEAK)


@pytest.mark.parametrize("kind", ["MedicationRequest", "MedicationAdministration", "MedicationDispense"])
def test_so_it_is_however_a_drug_is_recorded(fact_of: Any, kind: str) -> None:
    assert fact_of("med.systemic_steroids", drug("Prednisone refused", kind)).certainty is Certainty.WEAK
