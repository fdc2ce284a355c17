"""The chart as a whole: what is covered, what could not be read or understood, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.records.record import SetAside
from trialsieve.rules.rule_book import Site
from trialsieve.rules.vocabulary import COVERABLE, Kind, Role

SNOMED = "http://snomed.info/sct"
LOCAL = "urn:example:local"
PE = "59282003"
PULMONARY_EMBOLISM = {"coding": [{"system": SNOMED, "code": PE}]}
MODIFIED = [{"url": "http://example.org/negated", "valueBoolean": True}]


def local(display: str | None = None, text: str | None = None) -> dict[str, Any]:
    coding = {"system": LOCAL, "code": "42"} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


# --- covered ---------------------------------------------------------------------------------------------------------


def test_a_kind_is_covered_by_any_resource_of_it_or_by_the_source(chart_of: Any, make: Any) -> None:
    chart = chart_of(make.condition("84114007", id="c9"), vouched=frozenset({Kind.PROCEDURE}))
    assert chart.covered == {Kind.CONDITION, Kind.PROCEDURE}


def test_in_a_record_that_is_not_in_full_only_the_source_covers_a_kind(chart_of: Any, make: Any) -> None:
    """One page of several does not show that there is nothing else."""
    chart = chart_of(make.condition("84114007", id="c9"), vouched=frozenset({Kind.PROCEDURE}), in_full=False)
    assert chart.covered == {Kind.PROCEDURE}


def test_a_resource_that_cannot_be_read_covers_nothing(chart_of: Any) -> None:
    aside = SetAside("line 4", Kind.ALLERGY, "not JSON")
    chart = chart_of({"resourceType": "Procedure", "code": []}, set_aside=(aside,))
    assert chart.covered == frozenset()


@pytest.mark.parametrize("code", [None, {}, {"coding": [{"system": SNOMED}]}])
def test_a_resource_that_does_not_say_what_it_is_covers_nothing(chart_of: Any, code: Any) -> None:
    over = {"resourceType": "Condition", "id": "c9", "abatementDateTime": "2026-11-19"} | (
        {"code": code} if code else {}
    )
    chart = chart_of(over)
    assert chart.covered == frozenset()


def test_one_that_can_be_read_beside_it_covers_its_kind(chart_of: Any, make: Any) -> None:
    chart = chart_of(make.condition("84114007", id="c9"), {"resourceType": "Condition", "id": "c10", "code": []})
    assert chart.covered == {Kind.CONDITION}


def test_other_types_say_nothing(chart_of: Any) -> None:
    chart = chart_of({"resourceType": "Encounter", "code": []}, {"resourceType": ["Condition"]}, {})
    assert (chart.covered, chart.unreadable, chart_of.problems) == (frozenset(), (), [])


def test_an_empty_record_covers_nothing(chart_of: Any) -> None:
    chart = chart_of()
    assert (chart.facts, chart.covered, chart.patient) == ((), frozenset(), "Patient/p1")


# --- unreadable -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "concepts"),
    [
        ({"resourceType": "Condition", "code": [{"coding": []}]}, None),
        ({"resourceType": "Condition", "code": {"coding": {"system": SNOMED, "code": PE}}}, None),
        ({"resourceType": "Condition", "code": {"coding": [{"system": SNOMED, "code": 59282003}]}}, None),
        ({"resourceType": "Condition", "code": {"coding": [{"system": [SNOMED], "code": PE}]}}, None),
        ({"resourceType": "Condition"}, None),
        ({"resourceType": "Condition", "code": {}}, None),
        ({"resourceType": "Condition", "code": {"coding": [{"code": PE}]}}, None),
        ({"resourceType": "Condition", "code": PULMONARY_EMBOLISM, "clinicalStatus": []}, "vasc.pe"),
        ({"resourceType": "Condition", "code": PULMONARY_EMBOLISM, "modifierExtension": MODIFIED}, "vasc.pe"),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_read_is_named_once(chart_of: Any, resource: Any, concepts: str | None) -> None:
    """Its concepts if its code can be read; else it may be any Condition."""
    chart = chart_of(resource | {"id": "c1"}, wanted=frozenset({"vasc.pe", "vasc.dvt"}))
    assert chart.facts == ()
    (unreadable,) = chart.unreadable
    assert (unreadable.reference, unreadable.kind) == ("Condition/c1", Kind.CONDITION)
    assert unreadable.concepts == (None if concepts is None else {concepts})
    assert [problem.reference for problem in chart_of.problems] == ["Condition/c1"]


@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": [55]},
        {"valueQuantity": {"value": {}, "unit": "%"}},
        {"valueQuantity": {"value": "<55", "unit": "%"}},
        {"valueQuantity": {"value": 55, "unit": "%"}, "valueString": "55"},
        {"valueInteger": True},
        {"valueBoolean": "yes"},
        {"valueString": 55},
        {"valueCodeableConcept": "POS"},
        {"interpretation": "H"},
        {"valueQuantity": {"value": 55, "unit": "%"}, "referenceRange": {"high": 1}},
        {"method": []},
        {"component": {}},
        {"modifierExtension": MODIFIED},
    ],
)
def test_an_observation_of_another_shape_leaves_its_concepts_unknown(chart_of: Any, make: Any, value: Any) -> None:
    chart = chart_of(make.observation("10230-1", **value))
    (unreadable,) = chart.unreadable
    assert unreadable.concepts is None or unreadable.concepts == {"cardiac.lvef"}
    assert chart.facts == ()
    assert len(chart_of.problems) == 1


def test_what_means_nothing_to_the_rules_may_have_any_shape(chart_of: Any, make: Any) -> None:
    chart = chart_of(make.observation("8302-2", valueQuantity=["tall"], modifierExtension=MODIFIED))
    assert (chart.unreadable, chart_of.problems) == ((), [])


@pytest.mark.parametrize(
    ("aside", "expected"),
    [
        (SetAside("line 3", None, "not JSON"), (None, None)),
        (SetAside("Condition/1", Kind.CONDITION, "twice"), (Kind.CONDITION, None)),
        (SetAside("Condition/1", Kind.CONDITION, "twice", {"code": 3}), (Kind.CONDITION, None)),
        (
            SetAside("Condition/1", Kind.CONDITION, "twice", {"code": {"coding": [{"system": SNOMED, "code": PE}]}}),
            (Kind.CONDITION, frozenset({"vasc.pe"})),
        ),
    ],
)
def test_what_was_set_aside_bears_on_what_its_code_says(chart_of: Any, aside: SetAside, expected: Any) -> None:
    chart = chart_of(set_aside=(aside,), wanted=frozenset({"vasc.pe", "vasc.dvt"}))
    (unreadable,) = chart.unreadable
    assert (unreadable.kind, unreadable.concepts) == expected


def test_what_was_set_aside_with_a_code_of_something_else_bears_on_nothing(chart_of: Any) -> None:
    aside = SetAside(
        "Condition/1", Kind.CONDITION, "twice", {"code": {"coding": [{"system": SNOMED, "code": "38341003"}]}}
    )
    assert chart_of(set_aside=(aside,), wanted=frozenset({"vasc.pe"})).unreadable == ()


# --- not understood ---------------------------------------------------------------------------------------------------

WANTED = frozenset({"vasc.pe", "cardiac.mi"})


@pytest.mark.parametrize(
    ("code", "doubted"),
    [
        (local(text="Acute pulmonary embolism"), {"vasc.pe"}),
        (local(display="Pulmonary embolism"), {"vasc.pe"}),
        ({"text": "Pulmonary embolism"}, {"vasc.pe"}),
        (local(text="肺栓塞"), WANTED),
        ({"text": "肺栓塞"}, WANTED),
    ],
)
def test_words_that_may_name_a_concept_leave_it_unknown(chart_of: Any, code: Any, doubted: Any) -> None:
    chart = chart_of({"resourceType": "Condition", "id": "c1", "code": code}, wanted=WANTED)
    (unreadable,) = chart.unreadable
    assert unreadable.concepts == doubted
    assert (chart.uncoded, chart.facts) == ((), ())


@pytest.mark.parametrize(
    ("code", "systems"),
    [(local(text="Ingrown nail"), {LOCAL}), ({"text": "Ingrown nail"}, set())],
)
def test_words_that_name_none_are_counted(chart_of: Any, code: Any, systems: Any) -> None:
    resources = [{"resourceType": "Condition", "id": str(number), "code": code} for number in range(3)]
    chart = chart_of(*resources, wanted=WANTED)
    (uncoded,) = chart.uncoded
    assert (uncoded.kind, uncoded.systems, uncoded.count) == (Kind.CONDITION, systems, 3)
    assert chart.unreadable == ()
    assert chart_of.problems == []


def test_a_code_of_an_unknown_system_without_any_words_may_mean_anything(chart_of: Any) -> None:
    chart = chart_of({"resourceType": "Condition", "id": "c1", "code": local()}, wanted=WANTED)
    (unreadable,) = chart.unreadable
    assert unreadable.concepts is not None
    assert "vasc.pe" in unreadable.concepts


@pytest.mark.parametrize(
    ("system", "text"),
    [
        ("http://snomed.info/sct", "肺栓塞"),
        ("http://snomed.info/sct", "Ingrown nail"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "Ingrown nail"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "Family history of pulmonary embolism"),
    ],
)
def test_another_code_of_a_known_system_is_understood_as_something_else(
    chart_of: Any, make: Any, system: str, text: str
) -> None:
    resource = make.condition("271737000")
    resource["code"] = {"coding": [{"system": system, "code": "271737000"}], "text": text}
    chart = chart_of(resource, wanted=WANTED)
    assert (chart.facts, chart.unreadable, chart.uncoded) == ((), (), ())


def test_an_unlisted_snomed_code_whose_words_name_the_concept_raises_a_doubt(chart_of: Any, make: Any) -> None:
    resource = make.condition("706870000")
    resource["code"] = {
        "coding": [{"system": "http://snomed.info/sct", "code": "706870000", "display": "Acute pulmonary embolism"}]
    }
    (fact,) = chart_of(resource, wanted=WANTED).facts
    assert (fact.concept, fact.role) == ("vasc.pe", Role.SUPPORTING)
    assert "a code that its value set does not list" in fact.says


def test_a_doubt_raised_by_words_is_named_as_these_words_have_it(chart_of: Any, make: Any) -> None:
    """Not by the name of the code beside them, which says something else."""
    resource = make.condition("Z29.89", system="http://hl7.org/fhir/sid/icd-10-cm")
    display = "Encounter for other specified prophylactic measures"
    resource["code"]["coding"][0]["display"] = display
    resource["code"]["text"] = "GVHD prevention"
    (fact,) = chart_of(resource, wanted=frozenset({"imm.gvhd"})).facts
    assert "recorded as 'GVHD prevention'" in fact.says
    assert display not in fact.says


@pytest.mark.parametrize(
    ("code", "doubted"),
    [
        (local(text="ECOG performance status"), [{"perf.ecog"}]),
        (local(text="体力状况"), []),
        (local(), []),
        ({}, []),
    ],
)
def test_of_observations_only_words_that_name_a_concept_count(chart_of: Any, code: Any, doubted: Any) -> None:
    resource = {"resourceType": "Observation", "id": "o1", "status": "final", "code": code, "valueInteger": 1}
    chart = chart_of(resource, wanted=frozenset({"perf.ecog", "cardiac.lvef"}))
    assert [item.concepts for item in chart.unreadable] == doubted
    assert chart.uncoded == ()


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Condition", "verificationStatus": "refuted"},
        {"resourceType": "Condition", "verificationStatus": "entered-in-error"},
        {"resourceType": "Procedure", "status": "not-done"},
        {"resourceType": "MedicationRequest", "status": "cancelled", "intent": "order"},
        {"resourceType": "AllergyIntolerance", "verificationStatus": "refuted"},
        {"resourceType": "Observation", "status": "cancelled"},
    ],
)
def test_what_does_not_count_raises_no_doubt_either(chart_of: Any, resource: Any) -> None:
    """Whatever it is that was refuted, cancelled or not done."""
    words = {"text": "肺栓塞, pulmonary embolism, ECOG"}
    chart = chart_of({**resource, "code": words, "medicationCodeableConcept": words})
    assert (chart.unreadable, chart_of.problems) == ((), [])


# --- wanted -----------------------------------------------------------------------------------------------------------


def test_only_wanted_concepts_become_facts(chart_of: Any, make: Any) -> None:
    lvef = make.observation("10230-1", valueQuantity={"value": 55, "unit": "%"})
    assert chart_of(lvef, wanted=frozenset({"perf.ecog"})).facts == ()
    assert len(chart_of(lvef, wanted=frozenset({"cardiac.lvef"})).facts) == 1
    assert len(chart_of(lvef).facts) == 1


def test_one_resource_makes_a_fact_for_each_concept(chart_of: Any, make: Any) -> None:
    concepts = {fact.concept for fact in chart_of(make.condition("277575008")).facts}
    assert {"dx.t_all", "dx.t_cell_malignancy"} <= concepts


# --- site -------------------------------------------------------------------------------------------------------------


def test_the_sites_zone_decides_the_day(chart_of: Any, make: Any) -> None:
    resource = make.observation(
        "10230-1", valueQuantity={"value": 55, "unit": "%"}, effectiveDateTime="2026-10-02T20:00:00Z"
    )
    (fact,) = chart_of(resource, site=Site(time_zone="Asia/Shanghai")).facts
    assert str(fact.when.first) == "2026-10-03"


@pytest.mark.parametrize(("adjusted", "assumed"), [(False, True), (True, False)])
def test_a_site_whose_ranges_are_age_adjusted_needs_no_assumption(
    chart_of: Any, make: Any, adjusted: bool, assumed: bool
) -> None:
    unit = {"unit": "U/L", "system": "http://unitsofmeasure.org", "code": "U/L"}
    limits = [{"low": {"value": 8, **unit}, "high": {"value": 40, **unit}}]
    resource = make.observation("1920-8", valueQuantity={"value": 40, **unit}, referenceRange=limits)
    child = {"resourceType": "Patient", "birthDate": "2015-01-01"}
    (fact,) = chart_of(resource, patient=child, site=Site(age_adjusted_ranges=adjusted)).facts
    assert (fact.assumptions, fact.upper_limit_assumed is not None) == ((), assumed)
    assert (fact.lower_limit_assumed is not None) is assumed


def test_a_result_that_a_number_gives_by_its_range_rests_on_what_is_assumed_of_the_range(
    chart_of: Any, make: Any
) -> None:
    """Of a number that is positive above the upper limit of normal."""
    unit = {"unit": "IU/mL"}
    limits = [{"high": {"value": 20, **unit}}]
    child = {"resourceType": "Patient", "birthDate": "2015-01-01"}
    resource = make.observation("63557-3", valueQuantity={"value": 30, **unit}, referenceRange=limits)
    (fact,) = chart_of(resource, patient=child).facts
    assert fact.assumptions == (fact.upper_limit_assumed,)


def test_every_coverable_kind_has_a_reader(chart_of: Any) -> None:
    kinds = {
        Kind.CONDITION: ("Condition", "code"),
        Kind.PROCEDURE: ("Procedure", "code"),
        Kind.MEDICATION: ("MedicationRequest", "medicationCodeableConcept"),
        Kind.IMMUNIZATION: ("Immunization", "vaccineCode"),
        Kind.ALLERGY: ("AllergyIntolerance", "code"),
    }
    assert set(kinds) == COVERABLE
    for kind, (name, element) in kinds.items():
        assert chart_of({"resourceType": name, element: local(text="something local")}).covered == {kind}
