"""Resources that do not say what they are: they prove nothing of their kind, and what is done may be anything of it."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.codes.nameless import is_nameless, nothing_is_known
from trialsieve.fhir_adapters.elements.codings import Coded, Coding
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind, Role

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
OMOP = "https://fhir-terminology.ohdsi.org"
LOCAL = "urn:example:local"
ELEMENTS = {
    Kind.CONDITION: ("Condition", "code"),
    Kind.PROCEDURE: ("Procedure", "code"),
    Kind.MEDICATION: ("MedicationStatement", "medicationCodeableConcept"),
    Kind.IMMUNIZATION: ("Immunization", "vaccineCode"),
}
NOT_IMMUNIZED = [kind for kind in ELEMENTS if kind is not Kind.IMMUNIZATION]


def code(value: str, system: str = SNOMED, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": value, **more}]}


def named(kind: Kind, value: Json, **more: Any) -> Json:
    name, element = ELEMENTS[kind]
    return {"resourceType": name, "id": "x1", "status": "completed", element: value, **more}


@pytest.fixture(scope="module")
def index(book: RuleBook) -> CodeIndex:
    return CodeIndex(book.concepts, book.terminology)


NOBODY_KNOWS = [
    "Unknown",
    "UNKNOWN",
    "unknown medication",
    "Unspecified",
    "not specified",
    "N/A",
    "n.a.",
    "NA",
    "-",
    "---",
    "?",
    "No information",
    "Not available",
    "Not documented",
    "Unobtainable",
    "Medications unknown",
    "Home medications: not known",
    "unknown diagnoses",
    "Unbekannt",
    "Medikation unbekannt",
    "k. A.",
    "不详",
]
NAME_LOST = ["[REDACTED]", "***", "Masked", "No matching concept", "Unmapped", "unmapped code"]
NAMELESS = [*NOBODY_KNOWS, *NAME_LOST]
NAMES = ["None", "Unknown primary cancer", "Drug X", "redness", "NaCl", "Anemia of unknown cause", "Not specified pain"]
NAMES += ["Primärtumor unbekannt", "Status epilepticus", "Unknown status epilepticus", "No past medical history"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        *((kind, words) for kind in (Kind.PROCEDURE, Kind.MEDICATION) for words in NAMELESS),
        *((Kind.CONDITION, words) for words in NAME_LOST),
    ],
)
def test_words_that_stand_for_a_name_are_no_code(chart_of: Any, kind: Kind, words: str) -> None:
    for value in ({"text": words}, code("7", LOCAL, display=words), {"coding": [{"display": words}]}):
        chart = chart_of(named(kind, value))
        assert [(item.kind, item.concepts) for item in chart.unreadable] == [(kind, None)]
        assert chart.covered == frozenset()


RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


@pytest.mark.parametrize("words", NAMELESS)
@pytest.mark.parametrize(
    ("kind", "system"),
    [(Kind.PROCEDURE, LOCAL), (Kind.PROCEDURE, SNOMED), (Kind.MEDICATION, LOCAL), (Kind.MEDICATION, RXNORM)],
)
def test_such_words_leave_a_code_without_words(chart_of: Any, kind: Kind, system: str, words: str) -> None:
    """Masked, above all: the code says what it is, to who knows it."""
    alone = chart_of(named(kind, code("999000009", system)))
    masked = chart_of(named(kind, code("999000009", system) | {"text": words}))
    assert alone.unreadable or alone.cautions
    assert [item.concepts for item in masked.unreadable] == [item.concepts for item in alone.unreadable]
    assert [item.concept for item in masked.facts] == [item.concept for item in alone.facts]
    assert masked.cautions == alone.cautions


def test_what_is_wrong_with_it_names_the_system(chart_of: Any) -> None:
    chart_of(named(Kind.MEDICATION, code("999000009", RXNORM) | {"text": "***"}))
    (problem,) = chart_of.problems
    assert "and it has no words" in problem.reason


@pytest.mark.parametrize("words", NOBODY_KNOWS)
def test_a_diagnosis_that_nobody_knows_is_none(chart_of: Any, words: str) -> None:
    for value in (
        {"text": words},
        code("7", LOCAL, display=words),
        code("261665006"),
        code("64970000") | {"text": words},
    ):
        chart = chart_of(named(Kind.CONDITION, value), vouched=frozenset({Kind.CONDITION}))
        assert (chart.facts, chart.unreadable, chart.covered) == ((), (), frozenset())
        beside = chart_of(named(Kind.CONDITION, value), named(Kind.CONDITION, {"text": "Hay fever"}, id="x2"))
        assert (beside.facts, beside.unreadable, beside.covered) == ((), (), {Kind.CONDITION})


def test_one_that_had_a_name_may_be_any_beside_others_too(chart_of: Any) -> None:
    for value in ({"text": "[REDACTED]"}, code("0", OMOP, display="Unknown"), {"text": "Unknown ***"}):
        chart = chart_of(named(Kind.CONDITION, value), named(Kind.CONDITION, {"text": "Hay fever"}, id="x2"))
        assert [item.concepts for item in chart.unreadable] == [None]


@pytest.mark.parametrize("words", NAMES)
def test_words_that_name_something_are_a_name(index: CodeIndex, words: str) -> None:
    assert not is_nameless(Kind.CONDITION, Coded((), words), index)


UNMAPPED = [("0", OMOP, "No matching concept"), ("0", "http://ohdsi.org/omop", None)]


@pytest.mark.parametrize(
    ("kind", "coding"),
    [
        *((kind, coding) for kind in NOT_IMMUNIZED for coding in UNMAPPED),
        (Kind.PROCEDURE, ("261665006", SNOMED, "Unknown (qualifier value)")),
        (Kind.MEDICATION, ("64970000", SNOMED, None)),
    ],
)
def test_a_code_of_no_meaning_is_no_code(chart_of: Any, kind: Kind, coding: tuple[str, str, str | None]) -> None:
    value, system, display = coding
    for text in (None, display, "Unknown"):
        said = code(value, system, **({"display": display} if display else {})) | ({"text": text} if text else {})
        chart = chart_of(named(kind, said))
        assert [(item.kind, item.concepts) for item in chart.unreadable] == [(kind, None)]
        assert chart.covered == frozenset()


def test_words_beside_such_a_code_count(chart_of: Any) -> None:
    value = code("0", OMOP, display="No matching concept") | {"text": "Pulmonary embolism"}
    (doubt,) = chart_of(named(Kind.CONDITION, value), wanted=frozenset({"vasc.pe", "vasc.dvt"})).unreadable
    assert doubt.concepts == {"vasc.pe"}


def test_a_code_that_the_rules_know_counts_whatever_its_words(fact_of: Any, chart_of: Any) -> None:
    embolism = named(Kind.CONDITION, code("59282003", display="Unknown") | {"text": "Unknown"})
    assert fact_of("vasc.pe", embolism).role is Role.DEFINITIVE
    other = chart_of(named(Kind.CONDITION, code("195967001", display="Unknown")))
    assert (other.unreadable, other.covered) == ((), {Kind.CONDITION})


def test_a_code_without_its_system_is_told_as_that(chart_of: Any) -> None:
    chart_of(named(Kind.CONDITION, {"coding": [{"code": "7"}]}))
    assert "no system" in chart_of.problems[0].reason


def test_what_is_wrong_with_it_is_told(chart_of: Any) -> None:
    chart_of(named(Kind.MEDICATION, {"text": "[REDACTED]"}))
    (problem,) = chart_of.problems
    assert problem.reason == (
        "its medication names nothing (unknown, not applicable or the like); add a code in a standard system"
    )


@pytest.mark.parametrize("value", [{}, {"text": "Unknown"}, {"text": "-"}])
@pytest.mark.parametrize("status", ["completed", "not-done"])
def test_a_nameless_vaccine_does_not_show_that_vaccines_were_retrieved(chart_of: Any, value: Json, status: str) -> None:
    assert chart_of(named(Kind.IMMUNIZATION, value) | {"status": status}).covered == frozenset()


@pytest.mark.parametrize("kind", ELEMENTS)
@pytest.mark.parametrize("value", [{}, {"text": "Unknown"}, {"text": "Unable to obtain history"}])
def test_a_withdrawn_one_takes_nothing_from_one_that_names_itself(chart_of: Any, kind: Kind, value: Json) -> None:
    withdrawn = named(kind, value, id="x2") | {"status": "entered-in-error"}
    assert chart_of(withdrawn, named(kind, {"text": "Something else"})).covered == {kind}


def test_a_nameless_one_takes_nothing_from_one_that_names_itself(chart_of: Any) -> None:
    nameless = named(Kind.PROCEDURE, {"text": "Unknown"}, id="x2")
    assert chart_of(nameless, named(Kind.PROCEDURE, {"text": "Appendectomy"})).covered == {Kind.PROCEDURE}


def test_of_drugs_a_code_that_says_that_nobody_knows_is_no_code(chart_of: Any) -> None:
    unknown = code("182904002", display="Drug treatment unknown (finding)")
    chart = chart_of(named(Kind.MEDICATION, unknown) | {"status": "active"})
    assert [item.concepts for item in chart.unreadable] == [None]
    assert chart.covered == frozenset()


NOBODY_ASKED = [
    "Unable to obtain history",
    "Patient unable to give medical history",
    "History unknown",
    "Medical history not available",
    "Past medical history unknown",
    "PMH: unknown",
    "Unknown medical history",
    "No history available",
    "Unable to assess",
    "Vorgeschichte unbekannt",
    "Anamnese nicht erhebbar",
    "Antécédents inconnus",
    "Antecedentes desconocidos",
    "病史不详",
]
OF_A_PART = [
    "Smoking history unknown",
    "Smoking status unknown",
    "HIV status unknown",
    "Family history unknown",
    "Unable to obtain family history",
    "HIV history unknown",
]


@pytest.mark.parametrize("kind", ELEMENTS)
@pytest.mark.parametrize(
    "value",
    [
        *({"text": words} for words in NOBODY_ASKED),
        code("7", LOCAL, display=NOBODY_ASKED[0]),
        code("396782006", display="Medical history unknown"),
    ],
)
def test_that_nobody_could_be_asked_proves_nothing_and_doubts_nothing(chart_of: Any, kind: Kind, value: Json) -> None:
    chart = chart_of(named(kind, value), vouched=frozenset({kind}))
    assert (chart.facts, chart.unreadable, chart.covered) == ((), (), frozenset())


@pytest.mark.parametrize("words", OF_A_PART)
def test_that_a_part_is_not_known_says_nothing_of_the_rest(chart_of: Any, words: str) -> None:
    chart = chart_of(named(Kind.CONDITION, {"text": words}), wanted=frozenset({"vasc.pe", "dx.hiv"}))
    assert chart.covered == {Kind.CONDITION}
    assert [item.concepts for item in chart.unreadable] == ([{"dx.hiv"}] if "HIV" in words else [])


@pytest.mark.parametrize(
    ("kind", "words", "all_of_it"),
    [
        (Kind.MEDICATION, "Medication history unknown", True),
        (Kind.MEDICATION, "Surgical history unknown", False),
        (Kind.PROCEDURE, "Unable to obtain surgical history", True),
        (Kind.IMMUNIZATION, "Vaccination history unknown", True),
        (Kind.IMMUNIZATION, "Immunization status unknown", True),
        (Kind.MEDICATION, "Medication list not available", True),
        (Kind.CONDITION, "Medication list not available", False),
        (Kind.CONDITION, "Problem list not available", True),
        (Kind.CONDITION, "No past medical history", False),
        (Kind.CONDITION, "Vaccination history unknown", False),
    ],
)
def test_that_all_of_one_kind_is_not_known_is_said_of_that_kind(
    index: CodeIndex, kind: Kind, words: str, all_of_it: bool
) -> None:
    assert nothing_is_known(kind, Coded((), words), index) is all_of_it


def test_that_drugs_are_not_known_says_nothing_of_diseases(chart_of: Any) -> None:
    chart = chart_of(named(Kind.CONDITION, code("182904002")))
    assert (chart.unreadable, chart.covered) == ((), frozenset())


@pytest.mark.parametrize("words", ["Family history of asthma unknown to him", "Unable to obtain urine"])
def test_words_that_say_more_are_a_name(index: CodeIndex, words: str) -> None:
    assert not nothing_is_known(Kind.CONDITION, Coded((), words), index)


def test_a_listed_code_counts_whatever_is_said_of_the_history(index: CodeIndex) -> None:
    coding = Coding(SNOMED, "59282003", "Unable to obtain history")
    assert not nothing_is_known(Kind.CONDITION, Coded((coding,), None), index)


def test_of_results_such_words_are_left_alone(index: CodeIndex) -> None:
    assert not is_nameless(Kind.OBSERVATION, Coded((), "Unknown"), index)
    assert not nothing_is_known(Kind.OBSERVATION, Coded((), "Unable to obtain history"), index)


# --- allergies --------------------------------------------------------------------------------------------------------


def allergy(value: Json, **more: Any) -> Json:
    return {"resourceType": "AllergyIntolerance", "id": "x1", "code": value, **more}


@pytest.mark.parametrize("value", [*({"text": words} for words in NAMELESS), code("261665006"), code("64970000")])
def test_a_nameless_allergy_shows_no_assessment(chart_of: Any, value: Json) -> None:
    assert not chart_of(allergy(value)).allergies_assessed


@pytest.mark.parametrize("words", ["Unknown", "Unable to obtain history"])
def test_a_reaction_to_nobody_knows_what_counts(fact_of: Any, words: str) -> None:
    severe = allergy({"text": words}, reaction=[{"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}])
    assert fact_of("allergy.any", severe).facets == (("severity", "severe"),)
