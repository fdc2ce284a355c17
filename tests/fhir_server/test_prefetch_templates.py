"""What is asked for: short queries that any client understands, of every kind and code that the rules read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote

import pytest

from trialsieve.fhir_adapters.servers.prefetch_templates import (
    LONGEST_QUERY,
    PATIENT_TOKEN,
    PrefetchTemplate,
    prefetch_templates,
)
from trialsieve.rules.atom import Measurement, QualitativeResult, Readings
from trialsieve.rules.concept import Code
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, Kind, Match, Role

Templates = Mapping[str, PrefetchTemplate]
TRIALS = ["NCT04762485", "NCT07070323", "NCT07120607", "NCT07476027", "SENL-T7"]
# A read, or a search of one type with parameters by equality: the subset that CDS Hooks clients must understand.
RESTRICTED = re.compile(
    r"[A-Z][A-Za-z]+(?:/\{\{context\.patientId\}\}|\?(?:patient|code|_count)=[^&]+(?:&[a-z_]+=[^&]+)*)"
)


def listed(templates: Templates) -> set[str]:
    """The search tokens of all Observation queries."""
    codes = [
        re.search(r"&code=([^&]*)", each.query) for each in templates.values() if each.key.startswith("observations")
    ]
    return {unquote(token) for found in codes if found for token in found[1].split(",")}


def test_the_keys_of_all_trials(templates: Templates) -> None:
    assert [re.sub(r"-[0-9]+-[0-9a-f]{8}$", "", key) for key in templates] == [
        "patient",
        "conditions",
        "procedures",
        "medication-requests",
        "medication-statements",
        "medication-administrations",
        "medication-dispenses",
        "immunizations",
        "allergies",
        *["observations"] * 5,
        "attestations",
    ]


@pytest.mark.parametrize("trials", [TRIALS, *([trial] for trial in TRIALS)], ids=len)
def test_every_query_is_of_the_restricted_subset_and_short(trials: list[str], book: RuleBook) -> None:
    for key, template in prefetch_templates(book, trials).items():
        assert template.key == key
        assert RESTRICTED.fullmatch(template.query), template.query
        assert set(re.findall(r"\{\{.*?\}\}", template.query)) == {PATIENT_TOKEN}
        assert len(template.query) <= LONGEST_QUERY
        assert " " not in template.query


def test_every_kind_that_may_be_presumed_absent_is_asked_for_whole(templates: Templates) -> None:
    whole = [template for template in templates.values() if template.covers]
    assert {template.kind for template in whole} == COVERABLE
    assert all(template.query.count("=") == 2 and not template.concepts for template in whole)
    medications = [template.resource_type for template in whole if template.kind is Kind.MEDICATION]
    assert medications == [
        "MedicationRequest",
        "MedicationStatement",
        "MedicationAdministration",
        "MedicationDispense",
    ]


def test_kinds_that_no_rule_of_the_trial_reads_are_not_asked_for(book: RuleBook) -> None:
    keys = prefetch_templates(book, ["NCT07476027"]).keys()
    assert "conditions" in keys
    assert not keys & {"procedures", "immunizations", "allergies"}


def test_every_code_of_every_result_that_rules_read_is_listed(templates: Templates, book: RuleBook) -> None:
    atoms = [atom for trial in book.trials.values() for criterion in trial.criteria for atom in criterion.atoms]
    atoms += [atom for finding in book.findings.values() for atom in finding.atoms]
    tests = [test for atom in atoms for test in _tests(atom.test)]
    concepts = {name for test in tests for name in test.concepts}
    assert {"cardiac.lvef", "perf.ecog", "lab.hbv_dna", "lab.inhaled_oxygen_flow"} <= concepts
    tokens = listed(templates)
    for name in concepts:
        for code in book.concepts[name].codes:
            if code.match is Match.EXACT and code.role not in {Role.EXCLUDE, Role.COMPONENT}:
                assert code.code in tokens or f"{code.system}|{code.code}" in tokens, (name, code)
    asked_for = frozenset().union(*(each.concepts for each in templates.values()))
    assert asked_for == concepts


def _tests(test: object) -> list[Measurement | QualitativeResult]:
    inner = [one for _, one in test.tests] if isinstance(test, Readings) else [test]
    return [one for one in inner if isinstance(one, Measurement | QualitativeResult)]


@pytest.mark.parametrize(
    ("code", "tokens"),
    [
        (Code("http://loinc.org", "99999-9", "x", Role.DEFINITIVE, "s"), {"99999-9"}),
        (Code("http://snomed.info/sct", "9999", "x", Role.NEGATES, "s"), {"9999"}),
        (Code("urn:lab", "EF", "x", Role.SUPPORTING, "s"), {"urn:lab|EF"}),
        (Code("urn:lab", "E,F|G", "x", Role.DEFINITIVE, "s"), {"urn:lab|E\\,F\\|G"}),
        (
            Code("http://terminology.hl7.org/CodeSystem/icd-o-3", "9/3", "x", Role.STATUS, "s"),
            {"http://terminology.hl7.org/CodeSystem/icd-o-3|9/3", "urn:oid:2.16.840.1.113883.6.43.1|9/3"},
        ),
        (Code("urn:lab", "EF", "x", Role.EXCLUDE, "s"), set()),
        (Code("urn:lab", "EF", "x", Role.COMPONENT, "s"), set()),
        (Code("urn:lab", "EF", "x", Role.DEFINITIVE, "s", Match.PREFIX), set()),
    ],
)
def test_how_a_code_of_the_site_is_asked_for(code: Code, tokens: set[str], book: RuleBook) -> None:
    concept = book.concepts["cardiac.lvef"]
    extended = replace(concept, codes=(*concept.codes, code))
    own = replace(book, concepts={**book.concepts, concept.id: extended})
    before = listed(prefetch_templates(book, TRIALS))
    assert listed(prefetch_templates(own, TRIALS)) - before == tokens


def test_a_value_set_too_long_for_one_query_goes_into_several(book: RuleBook) -> None:
    concept = book.concepts["cardiac.lvef"]
    many = tuple(Code("urn:a-laboratory", f"local-{n:04}", "x", Role.DEFINITIVE, "s") for n in range(300))
    own = replace(book, concepts={**book.concepts, concept.id: replace(concept, codes=many)})
    templates = prefetch_templates(own, ["NCT04762485"])
    asking = [template for template in templates.values() if concept.id in template.concepts]
    assert len(asking) > 2
    assert {f"urn:a-laboratory|local-{n:04}" for n in range(300)} <= listed(templates)
    assert all(len(template.query) <= LONGEST_QUERY for template in templates.values())


def test_a_client_with_an_older_list_does_not_answer_for_a_newer_one(book: RuleBook) -> None:
    concept = book.concepts["cardiac.lvef"]
    new = Code("urn:lab", "EF", "x", Role.DEFINITIVE, "s")
    own = replace(book, concepts={**book.concepts, concept.id: replace(concept, codes=(*concept.codes, new))})
    before, after = prefetch_templates(book, ["NCT04762485"]), prefetch_templates(own, ["NCT04762485"])
    asking = [key for key, template in after.items() if "urn:lab|EF" in unquote(template.query)]
    assert asking
    assert before.keys().isdisjoint(asking)
    assert all(before[key].query == after[key].query for key in before.keys() & after.keys())


def test_the_patient_is_filled_in_ready_for_a_url(templates: Templates) -> None:
    assert templates["patient"].query_for("p 1/é") == "Patient/p%201%2F%C3%A9"
    assert templates["conditions"].query_for("p1") == "Condition?patient=p1&_count=1000"
    assert templates["attestations"].query_for("p1") == (
        "Observation?patient=p1&code=urn:trialsieve:criterion%7C&_count=1000"
    )
