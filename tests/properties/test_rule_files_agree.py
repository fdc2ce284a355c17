"""Random rule files, read from disk, and random FHIR bundles: the two evaluators agree on them too."""

from __future__ import annotations

import json
from datetime import date, timedelta

from fhir_strategies import AS_OF, Resource, bundles
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_file_strategies import CONCEPTS, TrialFile, loaded, trial_files

from trialsieve.engine.direct import DirectEngine
from trialsieve.engine.forward import compile_rules
from trialsieve.engine.outcome import Circumstances
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.rules.vocabulary import AbsencePolicy


def _given_days(anchors: list[str]) -> st.SearchStrategy[dict[str, date]]:
    """Some of a trial's anchors with a day, mostly one that is past."""
    days = st.sampled_from([-60, -15, -1, 0, 10]).map(lambda after: AS_OF + timedelta(days=after))
    return st.dictionaries(st.sampled_from(anchors), days)


@settings(max_examples=12, deadline=None)
@given(trial_files(), st.data(), st.sampled_from(list(AbsencePolicy)))
def test_the_evaluators_agree_on_rule_files(
    written: tuple[TrialFile, str], data: st.DataObject, policy: AbsencePolicy
) -> None:
    book = loaded(written)
    direct, forward = DirectEngine(book, ["RANDOM"]), compile_rules(book, ["RANDOM"])
    builder = ChartBuilder(book)
    for _ in range(20):
        record: Resource = data.draw(bundles(book, CONCEPTS))
        (found,) = records_of_bundle(json.loads(json.dumps(record)), "random.json", lambda problem: None)
        chart = builder.build(found.record, [])
        asked = Circumstances(AS_OF, policy, data.draw(_given_days(written[0]["anchors"])))
        mine = direct.evaluate(chart, asked)
        theirs = forward.evaluate(chart, asked)
        assert mine.arms == theirs.arms
        for name, criterion in mine.criteria.items():
            other = theirs.criteria[name]
            assert criterion.outcome.agrees(other.outcome), name
            assert all(outcome.agrees(other.atoms[atom]) for atom, outcome in criterion.atoms.items()), name
