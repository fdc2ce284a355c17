"""Which kinds of resource patients have none of, so that what they would have had there stays open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from trialsieve.engine.facts import Chart
from trialsieve.engine.result import AtomResult, ScreeningResult
from trialsieve.rules.atom import Atom
from trialsieve.rules.logic_order import concepts_read, findings_reached, findings_read
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, Kind, Reason, Verdict
from trialsieve.service.words import counted


class NotOnRecord:
    """Counts, by kind, the patients who have nothing of it and of whom something is open for that alone."""

    def __init__(self, book: RuleBook) -> None:
        self.patients: Counter[Kind] = Counter()
        self._book = book
        self._kinds: dict[tuple[str, str, str], frozenset[Kind]] = {}

    def add(self, chart: Chart, results: Sequence[ScreeningResult]) -> None:
        """One patient's results."""
        lacking = COVERABLE - chart.covered - chart.present
        if lacking:
            asked = (kinds for result in results for kinds in self._not_retrieved(result))
            self.patients.update(lacking & frozenset().union(*asked))

    def _not_retrieved(self, result: ScreeningResult) -> Iterator[frozenset[Kind]]:
        """Of each part that is open because nothing was retrieved, the kinds that it looks at; of who may yet fit."""
        if result.verdict is not Verdict.NEEDS_REVIEW:
            return
        for criterion in result.criteria:
            if Reason.NOT_RETRIEVED in criterion.reasons:
                for atom in criterion.atoms:
                    yield self._kinds_of(atom, result.trial, criterion.id)
        for arm in result.arms:
            if arm.gate is not None:
                yield self._kinds_of(arm.gate, result.trial, arm.cohort)

    def _kinds_of(self, found: AtomResult, trial: str, part: str) -> frozenset[Kind]:
        if Reason.NOT_RETRIEVED not in found.reasons:
            return frozenset()
        key = (trial, part, found.id)
        known = self._kinds.get(key)
        if known is None:
            known = self._kinds[key] = self._looked_at(self._atom(*key))
        return known

    def _atom(self, trial: str, part: str, name: str) -> Atom:
        """An atom of a criterion, or a cohort's gate."""
        asked = self._book.trials[trial]
        gates = [cohort.gate for cohort in asked.cohorts if cohort.id == part and cohort.gate is not None]
        atoms = [atom for criterion in asked.criteria if criterion.id == part for atom in criterion.atoms]
        return next(atom for atom in [*atoms, *gates] if atom.id == name)

    def _looked_at(self, atom: Atom) -> frozenset[Kind]:
        """By the atom itself, and by the findings that it builds on."""
        findings = self._book.findings
        read = findings_reached(findings_read(atom), findings)
        atoms = [atom, *(each for name in read for each in findings[name].atoms)]
        concepts = {name for each in atoms for name in concepts_read(each)}
        return frozenset(kind for name in concepts for kind in self._book.concepts[name].kinds)


def not_on_record_words(patients: Mapping[str, int]) -> str:
    """What that means, and what to do for whoever holds the records in full. `patients`: by the name of the kind."""
    kinds = sorted(patients, key=str.casefold)
    first, *others = kinds
    listed = [f"{first} ({counted(patients[first], 'patient')})", *(f"{kind} ({patients[kind]})" for kind in others)]
    return (
        f"nothing on record of a kind, so what asks for it stays open: {', '.join(listed)}; "
        f"if the inputs hold all there is of these, say so with --covers {','.join(kinds)}"
    )
