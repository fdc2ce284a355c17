"""Both evaluators give the same truth and the same reasons for any rules and any chart."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import AS_OF, charts, rule_books, targets

from trialsieve.engine import direct
from trialsieve.engine.forward import compile_rules
from trialsieve.engine.outcome import Circumstances, Outcome
from trialsieve.rules.model import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy

FUZZ_EXAMPLES = os.environ.get("TRIALSIEVE_FUZZ_EXAMPLES")
# A rule book with its patients takes minutes to shrink: `make fuzz` does it, a test run only shows the failure.
PHASES = [phase for phase in Phase if FUZZ_EXAMPLES or phase not in (Phase.shrink, Phase.explain)]


def _shown(outcome: Outcome) -> tuple[str, tuple[str, ...]]:
    return outcome.truth.value, tuple(sorted(reason.value for reason in outcome.reasons))


@settings(
    max_examples=int(FUZZ_EXAMPLES or 150),
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(st.data(), rule_books(), st.sampled_from(list(AbsencePolicy)))
def test_the_two_evaluators_agree(data: st.DataObject, book: RuleBook, policy: AbsencePolicy) -> None:
    engine = compile_rules(book, ["T"])
    circumstances = Circumstances(AS_OF, policy)
    for chart in data.draw(st.lists(charts(targets(book)), min_size=1, max_size=4)):
        mine = direct.evaluate(book, ["T"], chart, circumstances)
        theirs = engine.evaluate(chart, circumstances)
        for name, criterion in mine.criteria.items():
            other = theirs.criteria[name]
            for atom, outcome in criterion.atoms.items():
                assert _shown(outcome) == _shown(other.atoms[atom]), f"{name}.{atom}"
            for reading, outcome in criterion.readings.items():
                assert _shown(outcome) == _shown(other.readings[reading]), f"{name} {reading}"
            assert _shown(criterion.outcome) == _shown(other.outcome), name
            assert criterion.applies == other.applies, name
        for name, gate in mine.gates.items():
            assert _shown(gate) == _shown(theirs.gates[name])
        for finding, outcome in mine.findings.items():
            assert _shown(outcome) == _shown(theirs.findings[finding]), finding
            assert outcome.when == theirs.findings[finding].when, finding
        assert mine.arms == theirs.arms
