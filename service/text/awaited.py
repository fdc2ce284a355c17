"""Which findings something open waits for: a finding may stand beneath what is settled, and be awaited elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from trialsieve.engine.result import AtomResult, ScreeningResult
from trialsieve.rules.atom import Atom
from trialsieve.rules.logic_order import findings_read
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Trial


def awaited_findings(result: ScreeningResult, trial: Trial, book: RuleBook) -> frozenset[str]:
    """The unknown findings that an open criterion or cohort looks at, by itself or by another such finding."""
    gates = {cohort.id: cohort.gate for cohort in trial.cohorts}
    rules = {criterion.id: criterion.atoms for criterion in trial.criteria}
    told = [(atom, gates[arm.cohort]) for arm in result.arms if (atom := arm.gate) is not None]
    for criterion in result.criteria:
        if criterion.holds is None:
            told += _beside(criterion.atoms, rules[criterion.id])
    unknown = {finding.id: finding for finding in result.findings if finding.holds is None}
    awaited: set[str] = set()
    while told:
        atom, rule = told.pop()
        if atom.holds is None and rule is not None:
            for name in {*findings_read(rule)} & unknown.keys() - awaited:
                awaited.add(name)
                told += _beside(unknown[name].atoms, book.findings[name].atoms)
    return frozenset(awaited)


def _beside(atoms: Sequence[AtomResult], rules: Sequence[Atom]) -> list[tuple[AtomResult, Atom | None]]:
    """Each atom's result with its rule."""
    by_id = {rule.id: rule for rule in rules}
    return [(atom, by_id.get(atom.id)) for atom in atoms]
