"""The note about kinds of resource that records hold nothing of: saying that they are there in full may settle much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from trialsieve.engine.facts import Chart
from trialsieve.engine.result import AtomResult, ScreeningResult
from trialsieve.rules.atom import Atom, Recorded
from trialsieve.rules.logic_order import findings_named
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, AbsenceRule, Kind, Reason, Verdict
from trialsieve.service.text.words import counted


class KindsNotCovered:
    """Which kinds a patient's open criteria wait for, where `--covers` has not vouched for them yet."""

    def __init__(self, book: RuleBook, trials: Sequence[str], vouched: frozenset[Kind] = frozenset()) -> None:
        """`vouched`: the kinds that `--covers` names. Where each question names its own, they are taken away later."""
        self._vouched = vouched
        self._presumable: dict[tuple[str, str, str], frozenset[Kind]] = {}  # by trial, criterion or cohort, and atom
        for trial in map(book.trials.__getitem__, trials):
            parts = [*((one.id, one.atoms) for one in trial.criteria)]
            parts += [(cohort.id, (cohort.gate,)) for cohort in trial.cohorts if cohort.gate is not None]
            for part, atoms in parts:
                for atom in atoms:
                    self._presumable[trial.id, part, atom.id] = frozenset(_presumable(atom, book))

    def of(self, chart: Chart, results: Iterable[ScreeningResult]) -> frozenset[Kind]:
        """The kinds of one patient. None where further pages were not read: there `--covers` changes nothing."""
        missing = COVERABLE - chart.covered - self._vouched
        if not missing or not chart.in_full:
            return frozenset()
        waited_for = {
            kind
            for result in results
            if result.verdict is Verdict.NEEDS_REVIEW
            for part, atom in _not_retrieved(result)
            for kind in self._presumable[result.trial, part, atom.id]
        }
        return missing & waited_for


def not_covered_words(patients: Mapping[Kind, int]) -> str:
    """The note, by how many patients wait for each kind."""
    kinds = sorted(patients, key=lambda kind: (-patients[kind], kind.value))
    first, *others = kinds
    has = "has" if patients[first] == 1 else "have"
    named = [f"{counted(patients[first], 'patient')} {has} no {first.value} on record"]
    named += [f"{patients[kind]} no {kind.value}" for kind in others]
    return (
        f"note: {', '.join(named)}: what is not in the inputs may still exist, so what depends on it stays open "
        "(not-retrieved). If they hold all there is of a kind, say so: "
        f"--covers {','.join(sorted(kind.value for kind in kinds))}"
    )


def _presumable(atom: Atom, book: RuleBook) -> Iterator[Kind]:
    """The kinds that have to be covered for what an atom looks for to be presumed absent, through findings too."""
    if isinstance(atom.test, Recorded) and atom.absence is AbsenceRule.PRESUME:
        concepts = [book.concepts[name] for name in atom.test.concepts]
        if not any(concept.gap for concept in concepts):
            for concept in concepts:
                yield from concept.kinds
    for name in findings_named(atom.test):
        for inner in book.findings[name].atoms:
            yield from _presumable(inner, book)


def _not_retrieved(result: ScreeningResult) -> Iterator[tuple[str, AtomResult]]:
    """Of what is open for want of retrieved records: the criterion or cohort, and the atom."""
    for criterion in result.criteria:
        if Reason.NOT_RETRIEVED in criterion.reasons:
            for atom in criterion.atoms:
                if Reason.NOT_RETRIEVED in atom.reasons:
                    yield criterion.id, atom
    for arm in result.arms:
        if arm.gate is not None and Reason.NOT_RETRIEVED in arm.gate.reasons:
            yield arm.cohort, arm.gate
