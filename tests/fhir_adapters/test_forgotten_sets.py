"""What a builder learns of codes is remembered until all tables are emptied; `build_chart` keeps a few builders."""

from __future__ import annotations

import gc

from trialsieve.fhir_adapters.chart import KEPT_BUILDERS, ChartBuilder, build_chart
from trialsieve.fhir_adapters.facts.learnt import Learnt
from trialsieve.fhir_adapters.inputs.reader import records_in
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.rules.kept import forget_all
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


def record() -> Record:
    (found,) = records_in(PULMONARY_EMBOLISM, "c.json", lambda problem: None)
    return found


def test_builders_are_kept_for_a_bounded_number_of_sets_of_concepts(book: RuleBook) -> None:
    forget_all()
    before, kept = remembered(), []
    for concept in sorted(book.concepts)[: KEPT_BUILDERS + 2]:
        for _ in range(2):
            build_chart(record(), book, [], wanted=frozenset({concept}))
        kept.append(remembered() - before)
    assert kept == [*range(1, KEPT_BUILDERS + 1), KEPT_BUILDERS, KEPT_BUILDERS]


def test_what_was_forgotten_is_learnt_again(book: RuleBook) -> None:
    before = remembered()
    builder = ChartBuilder(book, frozenset({"vasc.pe"}))
    first = builder.build(record(), []).facts
    assert [fact.concept for fact in first] == ["vasc.pe"]
    forget_all()
    assert remembered() <= before
    assert builder.build(record(), []).facts == first


def test_each_set_of_concepts_has_a_builder_of_its_own(book: RuleBook) -> None:
    other = frozenset({"lab.alt"})
    for wanted, found in ((None, 1), (other, 0), (frozenset({"vasc.pe"}), 1), (other, 0)):
        facts = build_chart(record(), book, [], wanted=wanted).facts
        assert sum(fact.concept == "vasc.pe" for fact in facts) == found
