"""Sentences, rendered from the proof: what a criterion says of this patient, and why it is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialsieve.engine import direct_logic
from trialsieve.engine.explanation_atoms import AtomWords, FindingWords, noted, says, why
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.engine.phrases import OF_ANOTHER_TIME, in_words, sentence
from trialsieve.rules.kept import Kept
from trialsieve.rules.model import Atom, Criterion, DatedSince, FindingHolds, Logic, RuleBook, SameResource, Test
from trialsieve.rules.vocabulary import ABSENT, Reason, Truth

_PATTERNS = 200  # of values of a criterion's atoms, for which is kept what to tell


class Words:
    """What is said of the atoms and findings of a rule book; made where it is first needed, and kept."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._atoms: dict[int, AtomWords] = {}  # by the identity of the atom, which the words hold
        self._findings: dict[str, FindingWords] = {}

    def atom(self, atom: Atom) -> AtomWords:
        """What is said of an atom."""
        known = self._atoms.get(id(atom))
        if known is None:
            finding = self.finding(atom.test.finding) if isinstance(atom.test, FindingHolds) else None
            known = self._atoms[id(atom)] = AtomWords(atom, self._book, finding)
        return known

    def criterion(self, criterion: Criterion) -> CriterionWords:
        """What is said of a criterion."""
        return CriterionWords(criterion, [self.atom(atom) for atom in criterion.atoms])

    def finding(self, name: str) -> FindingWords:
        """What is said of a shared finding."""
        known = self._findings.get(name)
        if known is None:
            known = self._findings[name] = FindingWords(self._book.findings[name], self._book)
        return known


@dataclass(frozen=True, slots=True)
class _Telling:
    """Which atoms tell of a criterion, by their places: those that decide it or keep it open, then what is known."""

    deciding: tuple[int, ...]
    told: tuple[int, ...]
    known: tuple[int, ...]


_NOT_THEIRS = _Telling((), (), ())  # the value comes from something after the logic: an attestation, applicability


class CriterionWords:
    """What is said of one criterion. `atoms` are the words of its atoms, in its order."""

    def __init__(self, criterion: Criterion, atoms: Sequence[AtomWords]) -> None:
        self.criterion = criterion
        self.atoms = atoms
        self._names = [atom.id for atom in criterion.atoms]
        self._tellings: Kept[tuple[object, ...], _Telling] = Kept(_PATTERNS)

    def explanation(self, proof: CriterionOutcome, said: Sequence[Sequence[str]] | None = None) -> str:
        """The atoms that decide a criterion, or keep it open, and when a window will change it.

        `said` are the sentences of its atoms, where they are known already.
        """
        outcome = proof.outcome
        if not proof.applies:
            told = sentence(f"does not apply: {says(outcome)}")
        elif Reason.ENGINE_DISAGREEMENT in outcome.reasons:
            told = _in_short(outcome)
        elif Reason.REGISTRY_ERROR in outcome.reasons and self.criterion.logic is None:
            told = self._on_hold(proof)
        else:
            outcomes = [proof.atoms[name] for name in self._names]
            if said is None:
                said = [words.sentences(each) for words, each in zip(self.atoms, outcomes, strict=True)]
            told = self._by_atoms(outcome, outcomes, said)
        if outcome.changes_on is None:
            return told
        return f"{told} It passes on {outcome.changes_on.isoformat()} if nothing new is recorded."

    def _on_hold(self, proof: CriterionOutcome) -> str:
        values = ", ".join(f"{name}: {reading.truth.value}" for name, reading in proof.readings.items())
        note = f" {self.criterion.note}" if self.criterion.note else ""
        return f"The registry's text is on hold; its readings say {values}.{note}"

    def _by_atoms(self, outcome: Outcome, outcomes: Sequence[Outcome], said: Sequence[Sequence[str]]) -> str:
        telling = self._telling(outcome, outcomes)
        if not telling.told:
            if outcome.truth is Truth.UNKNOWN and not outcome.reasons <= ABSENT:
                return _in_short(outcome)
            return sentence(says(outcome) or in_words(outcome.reasons)) + noted(outcome.notes)
        first = said[telling.told[0]]
        if len(telling.told) == len(first) == 1 and not telling.known and not outcome.notes:  # as it mostly is
            return first[0]
        sentences = list(dict.fromkeys([part for place in telling.told for part in said[place]]))
        if telling.known:
            known = dict.fromkeys([part for place in telling.known for part in said[place]])
            sentences += [f"Known: {part}" for part in known if part not in sentences]
        told = " ".join(sentences)
        if not outcome.notes:
            return told
        noted_by_atoms = {note for place in telling.deciding for note in outcomes[place].notes}
        return told + noted([note for note in outcome.notes if note not in noted_by_atoms])

    def _telling(self, outcome: Outcome, outcomes: Sequence[Outcome]) -> _Telling:
        """Which atoms to tell of: it depends on their values alone, which recur from patient to patient."""
        pattern = (
            outcome.truth,
            outcome.reasons,
            *[(each.truth, each.reasons, not each.evidence) for each in outcomes],
        )
        telling = self._tellings.get(pattern)
        if telling is None:
            telling = self._chosen(outcome, outcomes)
            self._tellings.keep(pattern, telling)
        return telling

    def _chosen(self, outcome: Outcome, outcomes: Sequence[Outcome]) -> _Telling:
        criterion = self.criterion
        of = dict(zip(self._names, outcomes, strict=True))
        if criterion.logic is None:
            names = [atom.id for atom in criterion.atoms if atom.operand]
        else:
            truth, reasons, deciding = direct_logic.decided(criterion.logic, of.__getitem__)
            if truth is not outcome.truth or reasons != outcome.reasons:
                return _NOT_THEIRS
            names = list(dict.fromkeys(deciding))
        elsewhere = {atom.id for atom in criterion.atoms if atom.when is not None and _is_set_aside(atom.when, of)}
        names = [name for name in names if name not in elsewhere] or names
        is_open = outcome.truth is Truth.UNKNOWN
        same = [name for name in names if (of[name].truth is Truth.UNKNOWN) == is_open]
        tests = {atom.id: atom.test for atom in criterion.atoms}
        told = [name for name in same if not _is_told_of(tests[name], same) or of[name].evidence]
        known = [
            atom.id
            for atom in criterion.atoms
            if atom.operand
            and atom.id not in elsewhere
            and of[atom.id].truth is not Truth.UNKNOWN
            and of[atom.id].evidence
        ]
        return _Telling(self._places(names), self._places(told), self._places(known if is_open else ()))

    def _places(self, names: Sequence[str]) -> tuple[int, ...]:
        return tuple(map(self._names.index, names))


def _in_short(outcome: Outcome) -> str:
    """Why a criterion is open, where its atoms do not say it."""
    return " ".join(why(outcome, "", "this", OF_ANOTHER_TIME))


def _is_told_of(test: Test, names: Sequence[str]) -> bool:
    """Whether a test is of the resources of another atom, and that one is told already."""
    return isinstance(test, (SameResource, DatedSince)) and test.of in names


def _is_set_aside(when: Logic, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether an atom speaks of other patients, by its `when`: what it says of this one is only that."""
    return direct_logic.value(when, outcomes.__getitem__)[0] is Truth.FALSE
