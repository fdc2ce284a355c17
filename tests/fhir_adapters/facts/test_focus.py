"""What is in a patient's record and about somebody else: a donor's test, a child's, a procedure done to a donor."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import Certainty

HIV = "lab.hiv"
PATIENT = {"resourceType": "Patient", "id": "p1"}
DONOR = {"resourceType": "Patient", "id": "donor"}
BROTHER = {"resourceType": "RelatedPerson", "id": "brother"}
INDEX = {"Patient/p1": PATIENT, "urn:uuid:1": PATIENT, "urn:uuid:2": DONOR, "RelatedPerson/brother": BROTHER}


def hiv(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "56888-1"}]},
        "effectiveDateTime": "2026-11-01",
        "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260385009"}]},
        **elements,
    }


OTHERS = {
    "another patient": ({"reference": "Patient/donor"}, "Patient/donor"),
    "by a full URL": ({"reference": "https://example.org/fhir/Patient/donor"}, "Patient/donor"),
    "found in the record": ({"reference": "urn:uuid:2"}, "Patient/donor"),
    "a related person": ({"reference": "RelatedPerson/brother"}, "RelatedPerson/brother"),
    "by its type": ({"reference": "urn:uuid:9", "type": "Patient"}, "urn:uuid:9"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_about_somebody_else_is_left_out_and_told(chart_of: Any, case: str) -> None:
    focus, name = OTHERS[case]
    chart = chart_of(hiv(focus=[focus]), patient=PATIENT, index=INDEX, wanted=frozenset({HIV}))
    assert (chart.facts, chart.unreadable) == ((), ())
    assert [problem.reason for problem in chart_of.problems] == [
        f"it is about {name}, its focus, and not about this patient; it was left out"
    ]


@pytest.mark.parametrize(
    "focus",
    [
        {"reference": "Patient/p1"},
        {"reference": "urn:uuid:1"},
        {"reference": "https://example.org/fhir/Patient/p1"},
        {"reference": "Condition/leukemia"},
        {"reference": "Device/pump"},
        {"display": "the left arm"},
    ],
)
def test_a_focus_that_is_the_patient_or_no_person_changes_nothing(chart_of: Any, focus: Any) -> None:
    chart = chart_of(hiv(focus=[focus]), patient=PATIENT, index=INDEX, wanted=frozenset({HIV}))
    assert [fact.concept for fact in chart.facts] == [HIV]
    assert chart_of.problems == []


def test_the_subject_itself_is_no_other_though_the_record_holds_no_patient(chart_of: Any) -> None:
    same = {"reference": "urn:uuid:7", "type": "Patient"}
    chart = chart_of(hiv(subject={"reference": "urn:uuid:7"}, focus=[same]), wanted=frozenset({HIV}))
    assert [fact.concept for fact in chart.facts] == [HIV]


@pytest.mark.parametrize(
    "focus",
    [
        {"reference": "urn:uuid:9"},
        {"type": "Patient", "display": "a donor"},
        {"type": "RelatedPerson", "identifier": {"value": "brother"}},
        {"type": "Patient", "identifier": {"system": "urn:x", "value": "another"}},
    ],
)
def test_whom_nobody_can_name_leaves_it_unknown(chart_of: Any, focus: Any) -> None:
    chart = chart_of(hiv(focus=[focus]), patient=PATIENT, index=INDEX, wanted=frozenset({HIV}))
    assert chart.facts == ()
    assert [(item.concepts, item.reference) for item in chart.unreadable] == [({HIV}, "Observation/o1")]


SPECIMENS = {
    "Specimen/of-donor": {"resourceType": "Specimen", "id": "of-donor", "subject": {"reference": "Patient/donor"}},
    "Specimen/of-p1": {"resourceType": "Specimen", "id": "of-p1", "subject": {"reference": "Patient/p1"}},
    "Specimen/by-urn": {"resourceType": "Specimen", "id": "by-urn", "subject": {"reference": "urn:uuid:1"}},
    "Specimen/of-pump": {"resourceType": "Specimen", "id": "of-pump", "subject": {"reference": "Device/pump"}},
    "Specimen/of-whom": {"resourceType": "Specimen", "id": "of-whom", "subject": {"reference": "urn:uuid:9"}},
    "Specimen/of-nobody": {"resourceType": "Specimen", "id": "of-nobody"},
}


def of_specimen(name: str, **more: Any) -> dict[str, Any]:
    return hiv(specimen={"reference": f"Specimen/{name}"}, **more)


def test_what_was_found_in_a_donors_blood_is_left_out_and_told(chart_of: Any) -> None:
    chart = chart_of(of_specimen("of-donor"), patient=PATIENT, index=INDEX | SPECIMENS, wanted=frozenset({HIV}))
    assert (chart.facts, chart.unreadable) == ((), ())
    assert [problem.reason for problem in chart_of.problems] == [
        "it is about Patient/donor, its specimen's subject, and not about this patient; it was left out"
    ]


@pytest.mark.parametrize("specimen", ["of-p1", "by-urn", "of-pump", "of-nobody", "not-in-the-record"])
def test_a_specimen_of_the_patient_changes_nothing(chart_of: Any, specimen: str) -> None:
    chart = chart_of(of_specimen(specimen), patient=PATIENT, index=INDEX | SPECIMENS, wanted=frozenset({HIV}))
    assert [fact.concept for fact in chart.facts] == [HIV]
    assert chart_of.problems == []


def test_the_subject_may_be_spelt_with_its_server(chart_of: Any) -> None:
    observation = of_specimen("of-p1", subject={"reference": "https://example.org/fhir/Patient/p1"})
    assert len(chart_of(observation, index=SPECIMENS, wanted=frozenset({HIV})).facts) == 1


def test_of_whom_a_specimen_is_that_nobody_can_name_leaves_it_unknown(chart_of: Any) -> None:
    chart = chart_of(of_specimen("of-whom"), patient=PATIENT, index=INDEX | SPECIMENS, wanted=frozenset({HIV}))
    assert [item.concepts for item in chart.unreadable] == [{HIV}]


@pytest.mark.parametrize(
    ("words", "certainty"),
    [
        ("HIV 1+2 Ag+Ab (DONOR)", Certainty.WEAK),
        ("Donor: HIV serology", Certainty.WEAK),
        ("donor screening, all of it", Certainty.WEAK),
        ("HIV, Spender", Certainty.WEAK),
        ("供者 HIV", Certainty.WEAK),
        ("HIV 1+2 Ag+Ab", Certainty.FIRM),
        ("HIV of the donated blood", Certainty.FIRM),
    ],
)
@pytest.mark.parametrize("place", ["text", "display"])
def test_words_that_name_a_donor_leave_it_unconfirmed(
    fact_of: Any, words: str, certainty: Certainty, place: str
) -> None:
    observation = hiv()
    if place == "text":
        observation["code"]["text"] = words
    else:
        observation["code"]["coding"][0]["display"] = words
    fact = fact_of(HIV, observation, patient=PATIENT)
    assert fact.certainty is certainty
    assert ("(of a donor, by its words)" in fact.says) is (certainty is Certainty.WEAK)


OTHERS_WORDS = [
    "Stem cell donor", "HLA-matched DONOR", "Spender", "供者", "Brother of the patient", "mother", "Maternal blood",
    "the patient's sister", "Mutter", "Bruder", "母亲", "sibling", "father's blood", "Fetal blood", "husband",
    "Partner",
]  # fmt: skip
NOBODYS_WORDS = ["the left arm", "Venous blood", "EDTA plasma", "blood, motherwell tube", "Blood of donated unit"]
FOCUS_ONLY = ["Child", "newborn", "Infant of the patient", "twin B", "新生儿"]


@pytest.mark.parametrize(
    ("words", "certainty"),
    [*((words, Certainty.WEAK) for words in OTHERS_WORDS), *((words, Certainty.FIRM) for words in NOBODYS_WORDS)],
)
@pytest.mark.parametrize("place", ["focus", "specimen", "specimen's type", "specimen's type, contained", "its subject"])
def test_words_that_name_another_person_leave_it_unconfirmed(
    fact_of: Any, words: str, certainty: Certainty, place: str
) -> None:
    specimen = {"resourceType": "Specimen", "id": "s"}
    typed = {**specimen, "type": {"text": words}}
    places: dict[str, Any] = {
        "focus": {"focus": [{"display": words}]},
        "specimen": {"specimen": {"display": words}},
        "specimen's type": {"specimen": {"reference": "Specimen/s"}},
        "specimen's type, contained": {"specimen": {"reference": "#s"}, "contained": [typed]},
        "its subject": {
            "specimen": {"reference": "#s"},
            "contained": [{**specimen, "subject": {"display": words}}],
        },
    }
    fact = fact_of(HIV, hiv(**places[place]), patient=PATIENT, index=INDEX | {"Specimen/s": typed})
    assert fact.certainty is certainty
    assert (f"(of another, by the words '{words}')" in fact.says) is (certainty is Certainty.WEAK)


@pytest.mark.parametrize("words", FOCUS_ONLY)
def test_a_child_in_focus_is_another_and_the_specimen_of_a_child_is_the_patients(fact_of: Any, words: str) -> None:
    assert fact_of(HIV, hiv(focus=[{"display": words}]), patient=PATIENT).certainty is Certainty.WEAK
    assert fact_of(HIV, hiv(specimen={"display": f"{words}, blood"}), patient=PATIENT).certainty is Certainty.FIRM


def test_a_name_beside_a_reference_is_only_that(fact_of: Any) -> None:
    named = {"reference": "Patient/p1", "display": "Son, Partner"}
    specimen = {"resourceType": "Specimen", "id": "s", "subject": named}
    index = INDEX | {"Specimen/s": specimen}
    result = hiv(focus=[named], specimen={"reference": "Specimen/s"})
    assert fact_of(HIV, result, patient=PATIENT, index=index).certainty is Certainty.FIRM


def test_the_patient_by_name_is_no_other(fact_of: Any) -> None:
    identified = {**PATIENT, "identifier": [{"system": "urn:x", "value": "1"}]}
    focus = {"type": "Patient", "identifier": {"system": "urn:x", "value": "1"}}
    index = INDEX | {"Patient/p1": identified}
    assert fact_of(HIV, hiv(focus=[focus]), patient=identified, index=index).certainty is Certainty.FIRM


def test_a_procedure_done_to_a_donor_is_not_the_patients(chart_of: Any) -> None:
    """R5 has Procedure.focus for it."""
    procedure = {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "387713003"}]},
        "occurrenceDateTime": "2026-11-15",
        "focus": {"reference": "Patient/donor"},
    }
    wanted = frozenset({"tx.surgery"})
    assert chart_of(procedure, patient=PATIENT, wanted=wanted).facts == ()
    del procedure["focus"]
    assert [fact.concept for fact in chart_of(procedure, patient=PATIENT, wanted=wanted).facts] == ["tx.surgery"]


def test_a_procedure_whose_focus_is_a_donor_by_words_is_unconfirmed(fact_of: Any) -> None:
    procedure = {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "387713003"}]},
        "occurrenceDateTime": "2026-11-15",
        "focus": {"display": "stem cell donor"},
    }
    assert fact_of("tx.surgery", procedure, patient=PATIENT).certainty is Certainty.WEAK


RELATIVES_TESTS = [
    "Maternal HIV 1+2 Ag/Ab", "HIV 1+2 Ag/Ab (mother)", "Mother's HIV status", "HIV-Status der Mutter", "Partner HIV",
    "Paternal HIV", "HIV, sibling", "Brother: HIV", "Fetal HIV", "Husband HIV", "母亲 HIV",
]  # fmt: skip
PATIENTS_TESTS = [
    "HIV status, reported by mother", "HIV (per mother)", "HIV status according to father", "HIV 1+2 Ag+Ab",
    "HIV, mother-to-child programme, rated",
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "certainty"),
    [
        *((words, Certainty.WEAK) for words in RELATIVES_TESTS),
        *((words, Certainty.FIRM) for words in PATIENTS_TESTS),
    ],
)
@pytest.mark.parametrize("place", ["text", "display", "component", "panel"])
def test_a_test_that_is_a_relatives_by_its_name_is_unconfirmed(
    fact_of: Any, words: str, certainty: Certainty, place: str
) -> None:
    observation = hiv()
    code = observation["code"]
    if place == "display":
        code["coding"][0]["display"] = words
    elif place == "text":
        code["text"] = words
    else:
        value = observation.pop("valueCodeableConcept")
        observation["code"] = {"text": words if place == "panel" else "Serology"}
        told = {"text": words} if place == "component" else {}
        observation["component"] = [{"code": code | told, "valueCodeableConcept": value}]
    fact = fact_of(HIV, observation, patient=PATIENT)
    assert fact.certainty is certainty
    assert ("(of a relative, by its words)" in fact.says) is (certainty is Certainty.WEAK)


def test_a_donors_panel_is_a_donors_in_each_part(fact_of: Any) -> None:
    observation = hiv(code={"text": "Donor infectious diseases"})
    part = {"code": hiv()["code"], "valueCodeableConcept": observation.pop("valueCodeableConcept")}
    assert fact_of(HIV, observation | {"component": [part]}, patient=PATIENT).certainty is Certainty.WEAK


def test_the_play_of_a_child_may_be_rated_by_a_parent(fact_of: Any) -> None:
    thesaurus = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
    lansky = hiv(code={"coding": [{"system": thesaurus, "code": "C38144"}], "text": "Lansky, mother rating"})
    del lansky["valueCodeableConcept"]
    assert fact_of("perf.lansky", lansky | {"valueInteger": 80}, patient=PATIENT).certainty is Certainty.FIRM


def test_of_what_concerns_mothers_the_mother_is_the_patient(chart_of: Any) -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "63895-7"}], "text": "Maternal breastfeeding"}
    facts = chart_of(hiv(code=code), patient=PATIENT, wanted=frozenset({"repro.lactation"})).facts
    assert {fact.certainty for fact in facts} == {Certainty.FIRM}


EXTENSIONS = "http://hl7.org/fhir/StructureDefinition"


@pytest.mark.parametrize(
    "extension",
    [
        {"url": f"{EXTENSIONS}/observation-focusCode", "valueCodeableConcept": {"text": "Fetus"}},
        {"url": f"{EXTENSIONS}/observation-focusCode", "valueCodeableConcept": {"coding": [{"code": "DON"}]}},
        {"url": f"{EXTENSIONS}/observation-focal-subject", "valueReference": {"display": "somebody"}},
        {"url": f"{EXTENSIONS}/observation-focus-code"},
    ],
)
def test_what_is_said_to_be_of_another_than_the_patient_is_unconfirmed(fact_of: Any, extension: Any) -> None:
    assert fact_of(HIV, hiv(extension=[extension]), patient=PATIENT).certainty is Certainty.WEAK
    other = [{"url": "urn:another", "valueCodeableConcept": {"text": "Fetus"}}]
    assert fact_of(HIV, hiv(extension=other), patient=PATIENT).certainty is Certainty.FIRM


def test_a_procedure_has_several_sites(fact_of: Any) -> None:
    procedure: Any = {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "387713003"}]},
        "occurrenceDateTime": "2026-11-15",
        "focus": {"display": "the left hip"},
        "bodySite": [{"text": "Left hip"}, {"text": "Left leg"}],
    }
    assert fact_of("tx.surgery", procedure, patient=PATIENT).certainty is Certainty.FIRM
    procedure["bodySite"] = [{"text": "Left hip"}, {"text": "Fetus"}]
    assert fact_of("tx.surgery", procedure, patient=PATIENT).certainty is Certainty.WEAK


@pytest.mark.parametrize(("site", "certainty"), [("Fetus", Certainty.WEAK), ("Left arm", Certainty.FIRM)])
def test_the_site_may_be_in_another(fact_of: Any, site: str, certainty: Certainty) -> None:
    assert fact_of(HIV, hiv(bodySite={"text": site}), patient=PATIENT).certainty is certainty
