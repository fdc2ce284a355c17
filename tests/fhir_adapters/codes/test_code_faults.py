"""What is said of a code that was not understood: what is really there, where, and how to put it right."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.codes.code_faults import code_fault
from trialsieve.fhir_adapters.elements.codings import NOTHING
from trialsieve.fhir_adapters.records.references import Resolver
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind

Json = dict[str, Any]
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOCAL = "urn:example:local"
STANDARD = "add a code in a standard system"


def condition(**code: Any) -> Json:
    return {"resourceType": "Condition", "id": "x", "code": code}


def medication(**elements: Any) -> Json:
    return {"resourceType": "MedicationRequest", "id": "x", "status": "active", "intent": "order", **elements}


SNOMED = "http://snomed.info/sct"
NAMED: Json = {"reference": "Medication/m1"}
NOT_HELD = (
    "it names Medication/m1 as its medication, which this record does not hold; "
    "put that Medication into the same Bundle or export"
)
CASES: dict[str, tuple[Json, str]] = {
    "no code": ({"resourceType": "Condition", "id": "x"}, f"it has no code; {STANDARD}"),
    "an empty code": (condition(), f"it has no code; {STANDARD}"),
    "no medication": (medication(), f"it has no medication; {STANDARD}"),
    "no system": (
        condition(coding=[{"code": "59282003"}]),
        "its code has no system, and a code means nothing without one; add the system",
    ),
    "no system, in a medication": (
        medication(medicationCodeableConcept={"coding": [{"code": "test"}]}),
        "its medication has no system, and a code means nothing without one; add the system",
    ),
    "a system alone": (
        condition(coding=[{"system": LOCAL}]),
        "its code names a system and no code in it; add the code",
    ),
    "words": (condition(text="pulmonary embolism"), f"its code is in words alone; {STANDARD}"),
    "a display": (condition(coding=[{"display": "pulmonary embolism"}]), f"its code is in words alone; {STANDARD}"),
    "words in another script": (
        condition(text="肺栓塞"),
        f"its code is in words alone in a script that the rules have no words in; {STANDARD}",
    ),
    "an unknown system": (
        condition(coding=[{"system": LOCAL, "code": "1"}], text="pulmonary embolism"),
        f"its code is in no system that the rules know ({LOCAL}); {STANDARD}, or its own to the site file",
    ),
    "two unknown systems": (
        condition(coding=[{"system": LOCAL, "code": "1"}, {"system": "urn:b", "code": "1"}]),
        f"its code is in no system that the rules know ({LOCAL}, urn:b); {STANDARD}, or its own to the site file",
    ),
    "a system that other concepts know": (
        condition(coding=[{"system": RXNORM, "code": "1"}], text="pulmonary embolism"),
        f"its words name what the rules look for, whose value set does not list its code ({RXNORM}); "
        "add a code that it lists, or this one to the site file",
    ),
    "a system that other concepts know, in another script": (
        condition(coding=[{"system": RXNORM, "code": "1"}], text="肺栓塞"),
        f"its code is in a system that the rules know in part ({RXNORM}), and its words are in a script that the rules "
        f"have no words in; {STANDARD}, or its own to the site file",
    ),
    "a drug's bare code, in a system that only some value sets of drugs know": (
        medication(medicationCodeableConcept={"coding": [{"system": RXNORM, "code": "11202"}]}),
        f"its medication is in a system that the rules know in part ({RXNORM}), and it has no words; {STANDARD}, "
        "or its own to the site file",
    ),
    "a procedure that no value set lists, by its words": (
        {
            "resourceType": "Procedure",
            "id": "x",
            "status": "completed",
            "code": {
                "coding": [{"system": SNOMED, "code": "1", "display": "Haploidentical stem cell transplantation"}]
            },
        },
        f"its words name what the rules look for, whose value set does not list its code ({SNOMED}); "
        "add a code that it lists, or this one to the site file",
    ),
    "a Medication that is not there": (medication(medicationReference=NAMED), NOT_HELD),
    "a Medication that is not there, of R5": (medication(medication={"reference": NAMED}), NOT_HELD),
    "a Medication that is not there, with words": (
        medication(medicationReference={**NAMED, "display": "cyclosporine"}),
        NOT_HELD,
    ),
    "an Observation in words": (
        {"resourceType": "Observation", "id": "x", "status": "final", "code": {"text": "LVEF"}, "valueInteger": 1},
        f"its code is in words alone; {STANDARD}",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_fault_is_named_as_it_is(chart_of: Any, case: str) -> None:
    resource, reason = CASES[case]
    chart = chart_of(resource)
    assert [str(problem) for problem in chart_of.problems] == [f"p1.json: {resource['resourceType']}/x: {reason}"]
    assert [item.problem for item in chart.unreadable] == [reason]


def test_a_medication_without_a_code_is_named(chart_of: Any) -> None:
    chart_of(medication(medicationReference=NAMED), index={"Medication/m1": {"resourceType": "Medication", "id": "m1"}})
    assert [problem.reason for problem in chart_of.problems] == [
        f"the Medication that it names, Medication/m1, has no code; {STANDARD} to it"
    ]


def test_of_a_vaccine_the_element_is_named(book: RuleBook) -> None:
    index = CodeIndex(book.concepts, book.terminology)
    assert code_fault(Kind.IMMUNIZATION, {}, NOTHING, Resolver({}, {}), index) == f"it has no vaccineCode; {STANDARD}"


def test_of_a_panel_the_component_at_fault_is_named(chart_of: Any, make: Any) -> None:
    component = {"code": {"text": "LVEF"}, "valueInteger": 1}
    chart_of(make.observation("85354-9", component=[component]))
    assert [problem.reason for problem in chart_of.problems] == [f"its code is in words alone; {STANDARD}"]


def test_words_of_the_record_are_never_quoted(chart_of: Any) -> None:
    chart_of(condition(coding=[{"system": LOCAL, "code": "7-7", "display": "Pulmonary embolism of Ms Doe"}]))
    assert "Doe" not in chart_of.problems[0].reason
    assert "7-7" not in chart_of.problems[0].reason
