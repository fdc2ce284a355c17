"""What an evaluator keeps from one patient to the next changes no answer and no proof (docs/adr/0012)."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import AS_OF, charts, rule_books, targets

from trialsieve.engine import direct
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.model import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy


@settings(
    max_examples=100,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a rule book with its patients takes minutes to shrink
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(st.data(), rule_books())
def test_an_evaluator_that_has_seen_other_patients_answers_as_a_new_one(data: st.DataObject, book: RuleBook) -> None:
    used = direct.DirectEngine(book, ["T"])
    for chart in data.draw(st.lists(charts(targets(book)), min_size=2, max_size=6)):
        circumstances = Circumstances(AS_OF, data.draw(st.sampled_from(list(AbsencePolicy))))
        assert used.evaluate(chart, circumstances) == direct.evaluate(book, ["T"], chart, circumstances)
