"""A service may be asked for many different sets of trials: what is learnt is remembered for the last few of them."""

from __future__ import annotations

import gc

from trialsieve.fhir_adapters.chart import KEPT_SETS, ChartBuilder
from trialsieve.fhir_adapters.facts.learnt import Learnt
from trialsieve.fhir_adapters.inputs.reader import records_in
from trialsieve.rules.rule_book import RuleBook

PULMONARY_EMBOLISM = {
    "resourceType": "Condition",
    "id": "c",
    "subject": {"reference": "Patient/p"},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "59282003"}]},
}


def remembered() -> int:
    gc.collect()
    return sum(type(thing) is Learnt for thing in gc.get_objects())


def test_a_builder_remembers_a_bounded_number_of_sets(book: RuleBook) -> None:
    builder, before = ChartBuilder(book), remembered()
    kept = []
    for concept in sorted(book.concepts)[: KEPT_SETS + 2]:
        builder.quiet_codes(frozenset({concept}))
        kept.append(remembered() - before)
    assert kept == [*range(1, KEPT_SETS + 1), KEPT_SETS, KEPT_SETS]


def test_what_was_forgotten_is_learnt_again(book: RuleBook) -> None:
    builder, wanted = ChartBuilder(book), frozenset({"vasc.pe"})
    (record,) = records_in(PULMONARY_EMBOLISM, "c.json", lambda problem: None)
    first = builder.build(record, [], wanted=wanted).facts
    for concept in sorted(book.concepts.keys() - wanted)[:KEPT_SETS]:
        assert not builder.build(record, [], wanted=frozenset({concept})).facts
    assert [fact.concept for fact in first] == ["vasc.pe"]
    assert builder.build(record, [], wanted=wanted).facts == first
