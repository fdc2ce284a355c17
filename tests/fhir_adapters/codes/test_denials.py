"""What takes back what a resource seems to say: modifier extensions, denying extensions, codes that stand for none."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import COVERABLE, Kind, Reason, Result

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ABSENT_CODES = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
NULL_FLAVOR = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
LVEF, HBSAG, AST = "10230-1", "5196-1", "1920-8"
PERCENT = {"value": 55, "unit": "%"}
MODIFIED = {"modifierExtension": [{"url": "http://example.org/unheard-of", "valueBoolean": True}]}
UNKNOWN = [{"url": ABSENT, "valueCode": "unknown"}]


def code(value: str, system: str = SNOMED, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": value, **more}]}


PREDNISONE = code("8640", RXNORM)
NAMES = {
    Kind.CONDITION: ("Condition", "code", code("59282003")),
    Kind.PROCEDURE: ("Procedure", "code", code("234336002")),
    Kind.MEDICATION: ("MedicationStatement", "medicationCodeableConcept", PREDNISONE),
    Kind.IMMUNIZATION: ("Immunization", "vaccineCode", code("140", "http://hl7.org/fhir/sid/cvx")),
    Kind.ALLERGY: ("AllergyIntolerance", "code", code("91936005")),
}


def resource(kind: Kind, **more: Any) -> Json:
    """A resource of the kind that says something firmly."""
    name, element, value = NAMES[kind]
    return {"resourceType": name, "id": "x1", "status": "completed", element: value, **more}


def coded_as(kind: Kind, value: Json) -> Json:
    """A resource of the kind with this in place of its code."""
    return resource(kind) | {NAMES[kind][1]: value}


# --- extensions -------------------------------------------------------------------------------------------------------

DENYING = [
    {"url": "http://example.org/negation", "valueBoolean": True},
    {"url": "http://example.org/fhir/StructureDefinition/isNegated", "valueBoolean": "true"},
    {"url": "urn:hl7-org:v3/negationInd", "valueBoolean": True},
    {"url": "http://example.org/not-performed", "valueBoolean": True},
    {"url": "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDone", "valueBoolean": True},
    {"url": "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDoneReason", "valueCodeableConcept": {}},
    {"url": "http://example.org/not_taken", "valueBoolean": True},
    {"url": ABSENT, "valueCode": "error"},
]
HARMLESS = [
    {"url": "http://example.org/negation", "valueBoolean": False},
    {"url": "http://example.org/not-performed", "valueBoolean": "false"},
    {"url": "http://hl7.org/fhir/StructureDefinition/condition-ruledOut", "valueCodeableConcept": code("22298006")},
    {"url": "http://example.org/negative-pressure-room", "valueBoolean": True},
    {"url": "http://example.org/notes", "valueString": "not done"},
    {"valueBoolean": True},
]


@pytest.mark.parametrize("extension", DENYING, ids=lambda item: item["url"].rpartition("/")[2])
@pytest.mark.parametrize("kind", NAMES)
def test_an_extension_that_denies_leaves_it_unknown(chart_of: Any, kind: Kind, extension: Json) -> None:
    """FHIR lets no ordinary extension change what a resource means; where one seems to, neither side is believed."""
    chart = chart_of(resource(kind, extension=[extension]))
    assert chart.facts == ()
    assert [item.reference for item in chart.unreadable] == [f"{NAMES[kind][0]}/x1"]
    assert kind not in chart.covered
    assert len(chart_of.problems) == 1


@pytest.mark.parametrize("extension", DENYING[:3])
def test_an_extension_that_denies_a_result(chart_of: Any, make: Any, extension: Json) -> None:
    whole = make.observation(LVEF, valueQuantity=PERCENT, extension=[extension])
    part = make.observation(
        "24325-3", component=[{**make.observation(LVEF, valueQuantity=PERCENT), "extension": [extension]}]
    )
    for each in (whole, part):
        chart = chart_of(each)
        assert chart.facts == ()
        assert len(chart.unreadable) == 1


@pytest.mark.parametrize("extension", HARMLESS)
@pytest.mark.parametrize("kind", NAMES)
def test_other_extensions_change_nothing(chart_of: Any, kind: Kind, extension: Json) -> None:
    plain = chart_of(resource(kind))
    assert chart_of(resource(kind, extension=[extension])).facts == plain.facts != ()
    assert chart_of.problems == []


@pytest.mark.parametrize("kind", NAMES)
def test_a_modifier_extension_that_nobody_knows(chart_of: Any, kind: Kind) -> None:
    chart = chart_of(resource(kind, **MODIFIED))
    assert (chart.facts, len(chart.unreadable), chart.covered) == ((), 1, frozenset())


def contained(**medication: Any) -> Json:
    """A statement of a contained Medication."""
    return {
        "resourceType": "MedicationStatement",
        "medicationReference": {"reference": "#m"},
        "contained": [{"resourceType": "Medication", "id": "m", **medication}],
    }


def loinc(value: str) -> Json:
    return {"code": code(value, "http://loinc.org")}


ORDERED = {"resourceType": "MedicationRequest", "intent": "order", "medicationCodeableConcept": PREDNISONE}
DOSE = {"resourceType": "MedicationAdministration", "medicationCodeableConcept": PREDNISONE}
ALLERGY = {"resourceType": "AllergyIntolerance", "code": {"text": "something"}}
UNITS_40, UNITS_50 = {"value": 40, "unit": "U/L"}, {"value": 50, "unit": "U/L"}
WITHIN: dict[str, Json] = {
    "a component": {**loinc("93124-6"), "component": [{**loinc("88020-3"), "valueInteger": 2, **MODIFIED}]},
    "a reference range": {
        **loinc(AST),
        "valueQuantity": UNITS_50,
        "referenceRange": [{"high": UNITS_40, **MODIFIED}],
    },
    "a dosage": {**ORDERED, "dosageInstruction": [{"text": "daily", **MODIFIED}]},
    "the dosage of a dose": {**DOSE, "dosage": {"text": "daily", **MODIFIED}},
    "a reaction": {**ALLERGY, "reaction": [{"substance": code("91936005"), **MODIFIED}]},
    "the medication": contained(code=PREDNISONE, **MODIFIED),
    "an ingredient": contained(ingredient=[{"itemCodeableConcept": PREDNISONE, **MODIFIED}]),
    "a medication entered in error": contained(status="entered-in-error", code=PREDNISONE),
    "the specimen": {
        **loinc(AST),
        "valueQuantity": UNITS_50,
        "specimen": {"reference": "#s"},
        "contained": [{"resourceType": "Specimen", "id": "s", **MODIFIED}],
    },
}


@pytest.mark.parametrize("place", WITHIN)
def test_a_modifier_within_what_is_read(chart_of: Any, place: str) -> None:
    chart = chart_of({"resourceType": "Observation", "id": "x1", "status": "completed", **WITHIN[place]})
    assert chart.facts == ()
    (unreadable,) = chart.unreadable
    assert unreadable.concepts  # its code could be read: nothing else is in doubt


@pytest.mark.parametrize("place", WITHIN)
def test_without_the_modifier_each_makes_a_fact(chart_of: Any, place: str) -> None:
    """Else the test above could hold because nothing is read at all."""
    plain = _without(WITHIN[place], {"modifierExtension"})
    if plain == WITHIN[place]:
        plain = contained(status="active", code=PREDNISONE)
    assert chart_of({"resourceType": "Observation", "id": "x1", "status": "completed", **plain}).facts != ()


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return [_without(item, keys) for item in value] if isinstance(value, list) else value


# --- values that are not there ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"dataAbsentReason": code("unknown", ABSENT_CODES)}, Reason.NO_DATA),
        ({"valueQuantity": {"extension": UNKNOWN}}, Reason.NO_DATA),
        ({"_valueString": {"extension": UNKNOWN}}, Reason.NO_DATA),
        ({"valueString": None, "_valueString": {"extension": UNKNOWN}}, Reason.NO_DATA),
        ({"valueCodeableConcept": {"extension": UNKNOWN}}, Reason.NO_DATA),
        ({"valueCodeableConcept": code("unknown", ABSENT_CODES, display="Unknown")}, Reason.NO_DATA),
        ({"valueCodeableConcept": code("UNK", NULL_FLAVOR, display="unknown") | {"text": "Unknown"}}, Reason.NO_DATA),
        ({"valueQuantity": {**PERCENT, "extension": UNKNOWN}}, Reason.UNUSABLE_DATA),
        ({"valueString": "55 %", "_valueString": {"extension": UNKNOWN}}, Reason.UNUSABLE_DATA),
        ({"valueString": "55 %", "dataAbsentReason": {"text": "not measured"}}, Reason.UNUSABLE_DATA),
    ],
)
def test_a_value_that_is_said_to_be_absent(fact_of: Any, make: Any, value: Json, problem: Reason) -> None:
    """With a value beside the reason for its absence, neither is believed."""
    fact = fact_of("cardiac.lvef", make.observation(LVEF, **value))
    assert (fact.value, fact.value_problem, fact.limit_problem) == (None, problem, problem)
    part = {key: item for key, item in make.observation(LVEF, **value).items() if key not in ("id", "status")}
    within = fact_of("cardiac.lvef", make.observation("24325-3", component=[part]))
    assert (within.value, within.value_problem) == (None, problem)


def test_a_result_in_words_beside_a_reason_for_its_absence(fact_of: Any, make: Any) -> None:
    fact = fact_of("lab.hbsag", make.observation(HBSAG, valueString="negative", dataAbsentReason={"text": "error"}))
    assert (fact.result, fact.result_problem) == (None, Reason.UNUSABLE_DATA)


def test_the_absence_of_a_date_is_no_date(fact_of: Any) -> None:
    undated = resource(Kind.PROCEDURE, performedDateTime=None, _performedDateTime={"extension": UNKNOWN})
    fact = fact_of("tx.hsct", undated)
    assert fact.when is None
    assert fact.says.endswith("undated")


# --- codes that stand where a code is missing -------------------------------------------------------------------------

NO_CODE = [
    {},
    {"extension": UNKNOWN},
    code("unknown", ABSENT_CODES, display="Unknown"),
    code("masked", "http://hl7.org/fhir/data-absent-reason"),
    code("UNK", NULL_FLAVOR, display="unknown"),
    code("NI", "urn:oid:2.16.840.1.113883.5.1008") | {"text": "NI"},
    code("NI", "http://hl7.org/fhir/v3/NullFlavor", display="No information") | {"text": "no information"},
]


@pytest.mark.parametrize("value", NO_CODE)
@pytest.mark.parametrize("kind", [kind for kind in NAMES if kind is not Kind.IMMUNIZATION])
def test_a_resource_without_a_code_may_be_anything_of_its_kind(chart_of: Any, kind: Kind, value: Json) -> None:
    chart = chart_of(coded_as(kind, value))
    assert [(item.kind, item.concepts) for item in chart.unreadable] == [(kind, None)]


def test_the_words_beside_such_a_code_count(chart_of: Any) -> None:
    named = code("UNK", NULL_FLAVOR) | {"text": "Pulmonary embolism"}
    (unreadable,) = chart_of(coded_as(Kind.CONDITION, named), wanted=frozenset({"vasc.pe", "vasc.dvt"})).unreadable
    assert unreadable.concepts == {"vasc.pe"}
    other = code("OTH", NULL_FLAVOR) | {"text": "Ingrown nail"}
    assert chart_of(coded_as(Kind.CONDITION, other)).unreadable == ()


def test_a_real_coding_beside_such_a_code_counts(fact_of: Any) -> None:
    both = {"coding": code("UNK", NULL_FLAVOR)["coding"] + code("59282003")["coding"]}
    assert fact_of("vasc.pe", coded_as(Kind.CONDITION, both)).concept == "vasc.pe"


NO_INFORMATION = {
    Kind.CONDITION: "no-problem-info",
    Kind.PROCEDURE: "no-procedure-info",
    Kind.MEDICATION: "no-medication-info",
    Kind.IMMUNIZATION: "no-immunization-info",
    Kind.ALLERGY: "no-allergy-info",
}
NONE_KNOWN = {
    Kind.CONDITION: "no-known-problems",
    Kind.PROCEDURE: "no-known-procedures",
    Kind.MEDICATION: "no-known-medications",
    Kind.IMMUNIZATION: "no-known-immunizations",
    Kind.ALLERGY: "no-known-allergies",
}


@pytest.mark.parametrize("system", [IPS, "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown"])
@pytest.mark.parametrize("kind", NO_INFORMATION)
def test_that_nothing_is_known_proves_no_absence(chart_of: Any, kind: Kind, system: str) -> None:
    assert set(NO_INFORMATION) == COVERABLE
    chart = chart_of(coded_as(kind, code(NO_INFORMATION[kind], system, display="No information")))
    assert (chart.facts, chart.covered) == ((), frozenset())
    assert (chart.unreadable, chart_of.problems) == ((), [])


def test_a_source_that_vouches_and_knows_nothing_covers_nothing(chart_of: Any) -> None:
    nothing = coded_as(Kind.CONDITION, code("no-problem-info", IPS))
    vouched = frozenset({Kind.CONDITION, Kind.PROCEDURE})
    assert chart_of(nothing, vouched=vouched).covered == {Kind.PROCEDURE}
    assert chart_of(nothing, resource(Kind.CONDITION), vouched=vouched).covered == vouched


@pytest.mark.parametrize("words", [{}, {"display": "None known"}])
@pytest.mark.parametrize("kind", NONE_KNOWN)
def test_that_none_is_known_is_an_answer(chart_of: Any, kind: Kind, words: Json) -> None:
    """Somebody looked: what is asked for is absent, and no vaccination is made of it."""
    chart = chart_of(coded_as(kind, code(NONE_KNOWN[kind], IPS, **words)))
    assert (chart.facts, chart.covered) == ((), {kind})
    assert (chart.unreadable, chart.uncoded, chart_of.problems) == ((), (), [])


@pytest.mark.parametrize("kind", sorted(NONE_KNOWN.keys() - {Kind.IMMUNIZATION}))  # any of which may be a vaccination
def test_that_none_is_known_of_another_kind_is_none(chart_of: Any, kind: Kind) -> None:
    """Nor is it beside a code that nobody knows."""
    another = "no-known-devices"
    local = {"system": "urn:example:local", "code": "1"}
    for value in (code(another, IPS), {"coding": [*code(NONE_KNOWN[kind], IPS)["coding"], local]}):
        chart = chart_of(coded_as(kind, value))
        assert {unreadable.kind for unreadable in chart.unreadable} == {kind}


def test_a_negative_result_is_not_a_denial(fact_of: Any, make: Any) -> None:
    assert fact_of("lab.hbsag", make.observation(HBSAG, valueString="negative")).result is Result.NEGATIVE
