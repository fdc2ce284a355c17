"""What must hold of any record: what does not matter changes nothing, and what is missing never helps."""

from __future__ import annotations

import copy
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from fhir_strategies import AS_OF, Resource, bundle, bundles, concepts_of
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from record_strategies import dirty_records

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import ScreeningResult, result_json
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.loader import load_rules
from trialsieve.rules.vocabulary import AbsencePolicy, CriterionKind, Effect

TRIAL = "NCT04762485"
BOOK = load_rules()
CONCEPTS = concepts_of(BOOK, TRIAL)
SCREENER = Screener(BOOK, [TRIAL])
BUILDER = ChartBuilder(BOOK)
INDEX = CodeIndex(BOOK.concepts, BOOK.terminology)
IRRELEVANT: list[Resource] = [
    {
        "resourceType": "Observation",
        "id": "height",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2", "display": "Body height"}]},
        "effectiveDateTime": "2026-11-20",
        "valueQuantity": {"value": 178, "unit": "cm", "system": "http://unitsofmeasure.org", "code": "cm"},
    },
    {
        "resourceType": "Observation",
        "id": "sodium",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "2951-2", "display": "Sodium"}]},
        "effectiveDateTime": "2026-11-20",
        "valueQuantity": {"value": 140, "unit": "mmol/L"},
    },
    {"resourceType": "Encounter", "id": "visit", "status": "finished", "subject": {"reference": "Patient/p"}},
]


def screen(record: Resource, absence: AbsencePolicy = AbsencePolicy.PRESUME) -> ScreeningResult:
    """The result of one Bundle, as JSON text brings it."""
    (found,) = records_of_bundle(json.loads(json.dumps(record)), "law.json", lambda problem: None)
    (result,) = SCREENER.screen(BUILDER.build(found.record, [], as_of=AS_OF), Circumstances(AS_OF, absence))
    return result


def answers(result: ScreeningResult) -> list[tuple[object, ...]]:
    """What a result decides, without what it quotes."""
    decided: list[tuple[object, ...]] = [(result.verdict, result.arms)]
    for criterion in result.criteria:
        decided.append((criterion.id, criterion.applies, criterion.holds, criterion.effect, criterion.reasons))
        decided += [(criterion.id, atom.id, atom.holds, atom.reasons) for atom in criterion.atoms]
    return decided


def effects(result: ScreeningResult) -> dict[str, Effect]:
    return {criterion.id: criterion.effect for criterion in result.criteria}


# What decides most criteria comes up more often than the rest.
COMMON = [
    "perf.ecog",
    "cardiac.lvef",
    "cardiac.nyha",
    "marker.cd7",
    "dx.t_all",
    "status.relapsed",
    "vasc.pe",
    "cardiac.mi",
]
# What an inclusion passes on: with little else on record, some patients do pass.
FEW = ["perf.ecog", "cardiac.lvef", "marker.cd7", "dx.t_all", "status.relapsed"]


def _records(least: int) -> st.SearchStrategy[Resource]:
    return bundles(BOOK, CONCEPTS + COMMON * 3, least) | bundles(BOOK, FEW, max(least, 4))


records = _records(0) | dirty_records(BOOK, TRIAL, CONCEPTS + COMMON).map(bundle)


@settings(max_examples=150)
@given(records, st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(record: Resource, shuffler: random.Random) -> None:
    shuffled = copy.deepcopy(record)
    shuffler.shuffle(shuffled["entry"])
    assert result_json(screen(shuffled)) == result_json(screen(record))


@settings(max_examples=100)
@given(records, st.sampled_from(IRRELEVANT), st.integers(0, 12))
def test_a_readable_resource_that_speaks_of_nothing_asked_changes_nothing(
    record: Resource, other: Resource, place: int
) -> None:
    more = copy.deepcopy(record)
    more["entry"].insert(place, {"fullUrl": f"https://example.org/fhir/x/{other['id']}", "resource": other})
    assert result_json(screen(more)) == result_json(screen(record))


@settings(max_examples=100)
@given(records)
def test_renamed_ids_change_only_the_references_shown(record: Resource) -> None:
    text = re.sub(r'("id": "|Patient/|Observation/|Condition/)([a-z0-9]+)"', r'\1renamed-\2"', json.dumps(record))
    renamed = result_json(screen(json.loads(text)))
    assert json.dumps(renamed).replace("renamed-", "") == json.dumps(result_json(screen(record)))


_ALIASES: dict[str, str] = {
    "http://snomed.info/sct": "urn:oid:2.16.840.1.113883.6.96",
    "http://loinc.org": "urn:oid:2.16.840.1.113883.6.1",
    "http://hl7.org/fhir/sid/icd-10-cm": "urn:oid:2.16.840.1.113883.6.90",
    "http://hl7.org/fhir/sid/icd-10": "urn:oid:2.16.840.1.113883.6.3",
}


@settings(max_examples=100)
@given(records)
def test_another_name_of_the_same_code_system_changes_nothing(record: Resource) -> None:
    text = json.dumps(record)
    for canonical, alias in _ALIASES.items():
        text = text.replace(f'"system": "{canonical}"', f'"system": "{alias}"')
    assert answers(screen(json.loads(text))) == answers(screen(record))


# unit -> (an equivalent unit, what its numbers are divided by)
_EQUIVALENT = {"mg/dL": ("mg/L", 0.1), "U/L": ("[IU]/L", 1), "%": ("%", 1)}


@settings(max_examples=100)
@given(records)
def test_equivalent_units_change_nothing(record: Resource) -> None:
    other = copy.deepcopy(record)
    for entry in other["entry"]:
        resource = entry["resource"]
        quantities = [resource.get("valueQuantity"), *(item["high"] for item in resource.get("referenceRange", []))]
        for quantity in quantities:
            if quantity and quantity["code"] in _EQUIVALENT:
                unit, factor = _EQUIVALENT[quantity["code"]]
                quantity.update(unit=unit, code=unit, value=round(quantity["value"] / factor, 6))
    assert answers(screen(other)) == answers(screen(record))


def _speaks_for(resource: Resource, concept: str) -> bool:
    """Whether a resource speaks for a concept: by a code of it, or as a leukemia's status, which is in its statuses."""
    codings = list(resource.get("code", {}).get("coding", []))
    codings += resource.get("valueCodeableConcept", {}).get("coding", [])
    found = {name for coding in codings for name, _ in INDEX.lookup(coding["system"], coding["code"])}
    statuses = json.dumps(resource.get("clinicalStatus", ""))
    return concept in found or (concept.startswith("status.") and ("relapse" in statuses or "remission" in statuses))


@settings(max_examples=400)
@given(records, st.sampled_from(CONCEPTS))
def test_taking_away_all_that_speaks_for_a_concept_never_lets_an_inclusion_pass(record: Resource, concept: str) -> None:
    before = screen(record, AbsencePolicy.UNKNOWN)
    less = bundle([entry["resource"] for entry in record["entry"] if not _speaks_for(entry["resource"], concept)])
    after = effects(screen(less, AbsencePolicy.UNKNOWN))
    for criterion in before.criteria:
        if criterion.kind is CriterionKind.INCLUSION and criterion.effect is not Effect.PASS:
            assert after[criterion.id] is not Effect.PASS, f"{criterion.id} without {concept}"


def _broken(resource: Resource) -> list[Callable[[Resource], Any]]:
    return [
        lambda item: item.update(code="not an object"),
        lambda item: item.update(modifierExtension=[{"url": "urn:unheard-of", "valueBoolean": True}]),
        lambda item: item.update(clinicalStatus=7, valueQuantity="seven"),
        lambda item: item.update(resourceType=item["resourceType"] + "s"),
        lambda item: item.pop("code", None),
    ]


@settings(max_examples=400)
@given(records, _records(0), st.integers(0, 4), st.sampled_from(list(AbsencePolicy)))
def test_adding_an_unreadable_resource_never_lets_anything_pass(
    record: Resource, source: Resource, how: int, absence: AbsencePolicy
) -> None:
    spoiled = [entry["resource"] for entry in source["entry"] if entry["resource"]["resourceType"] != "Patient"][:1]
    for resource in spoiled:
        resource["id"] = "broken"
        resource.pop("verificationStatus", None)  # what is refuted or cancelled was read, and does not count
        if "status" in resource:
            resource["status"] = "final"
        _broken(resource)[how](resource)
    before = effects(screen(record, absence))
    more = bundle([entry["resource"] for entry in record["entry"]] + spoiled)
    for criterion, effect in effects(screen(more, absence)).items():
        if effect is Effect.PASS:
            assert before[criterion] is Effect.PASS, criterion


_PASS_OR_REVIEW = ("I02", "I03", "I05", "X01", "X02", "X04", "X07", "X08")
_REACHED = [
    *((criterion, effect) for criterion in _PASS_OR_REVIEW for effect in (Effect.PASS, Effect.REVIEW)),
    *((criterion, Effect.FAIL) for criterion in ("I01", "I03", "X02", "X05", "X06", "X07", "X08")),
    *((criterion, Effect.REVIEW) for criterion in ("I01", "I04", "I06", "X03", "X05", "X06", "X09")),
]


def test_the_laws_are_tried_on_records_that_pass_and_fail() -> None:
    """The generator reaches the effects of most criteria, else the laws above would say little."""
    seen: Counter[tuple[str, Effect]] = Counter()
    missing: list[str] = []
    for number in range(8):  # what is drawn depends on which modules are loaded, so once may be too few

        @seed(number)
        @settings(max_examples=400, database=None, phases=[Phase.generate])
        @given(_records(8))
        def look(record: Resource) -> None:
            seen.update(effects(screen(record)).items())

        look()
        missing = [f"{criterion} {effect.value}" for criterion, effect in _REACHED if (criterion, effect) not in seen]
        if not missing:
            break
    assert not missing


if __name__ == "__main__":
    pytest.main([__file__])
