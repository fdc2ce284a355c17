"""Criteria and atoms as parts of a result. What rests on no resource recurs, and is explained once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from trialsieve.engine.direct_verdict import effect
from trialsieve.engine.explanation import Words, reading_effect
from trialsieve.engine.explanation_atoms import AtomWords, dated
from trialsieve.engine.explanation_causes import Background
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.engine.phrases import sentence
from trialsieve.engine.result import HOLDS, AtomResult, CriterionResult, ReadingResult
from trialsieve.rules.atom import Atom
from trialsieve.rules.kept import Kept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import CriterionKind, Reason

_EFFECTS = {kind: {truth: (holds, effect(kind, truth)) for truth, holds in HOLDS.items()} for kind in CriterionKind}

Told = tuple[AtomResult, Sequence[str]]
"""An explained atom, and its sentences."""

_KEPT_OF_ATOM = 40  # answers to one atom that rest on no resource: one for each set of reasons, and each text of notes


class Parts:
    """What explains the atoms and criteria of a rule book; made where it is first needed, and kept."""

    def __init__(self, book: RuleBook) -> None:
        self.words = Words(book)
        self._atoms: dict[int, AtomExplainer] = {}  # by the identity of the atom, which the words hold

    def atom(self, atom: Atom) -> AtomExplainer:
        """What explains an atom."""
        known = self._atoms.get(id(atom))
        if known is None:
            known = self._atoms[id(atom)] = AtomExplainer(self.words.atom(atom))
        return known

    def criterion(self, trial: str, criterion: Criterion) -> CriterionExplainer:
        """What explains a criterion of a trial."""
        return CriterionExplainer((trial, criterion.id), criterion, self)


class AtomExplainer:
    """Explains one atom."""

    __slots__ = ("_finding", "_id", "_keep", "_kept", "_known", "_operand", "_quote", "_sentences")

    def __init__(self, words: AtomWords) -> None:
        atom = words.atom
        self._known, self._sentences = words.known, words.sentences
        self._id, self._quote, self._operand, self._finding = atom.id, atom.quote, atom.operand, words.finding
        table: Kept[object, Told] = Kept(_KEPT_OF_ATOM)
        self._kept, self._keep = table.get, table.keep

    def told(self, outcome: Outcome, background: Background) -> Told:
        """The explained atom."""
        if outcome.evidence or not rests_on_nothing(outcome):
            return self._anew(outcome, background)
        key = _content(outcome)
        told = self._kept(key)
        if told is None:
            told = self._anew(outcome, None)
            self._keep(key, told)
        return told

    def _anew(self, outcome: Outcome, background: Background | None) -> Told:
        reasons, assumptions = outcome.reasons, outcome.assumptions
        sentences = self._sentences(outcome, background) if reasons or assumptions else (self._known(outcome),)
        result = AtomResult(  # not by name, which takes ten times as long
            self._id,
            self._quote,
            HOLDS[outcome.truth],
            in_order(reasons) if reasons else (),
            outcome.evidence,
            assumptions,
            sentences[0] if len(sentences) == 1 and outcome.changes_on is None else dated(sentences, outcome),
            self._operand,
            self._finding,
        )
        return result, sentences


class CriterionExplainer:
    """Explains one criterion. `name` is its name in evaluations."""

    __slots__ = ("_atoms", "_effects", "_words", "criterion", "name")

    def __init__(self, name: tuple[str, str], criterion: Criterion, parts: Parts) -> None:
        self.name = name
        self.criterion = criterion
        self._words = parts.words.criterion(criterion)
        self._atoms = [(atom.id, parts.atom(atom).told) for atom in criterion.atoms]
        self._effects = _EFFECTS[criterion.kind]

    def content(self, proof: CriterionOutcome) -> tuple[object, ...] | None:
        """All that is told of a criterion that rests on nothing; None where it rests on something."""
        if not rests_on_nothing(proof.outcome):
            return None
        outcomes = [*proof.atoms.values(), *proof.readings.values()]
        if not all(map(rests_on_nothing, outcomes)):
            return None
        return (self.name, proof.applies, _content(proof.outcome), *map(_content, outcomes))

    def explained(self, proof: CriterionOutcome, background: Background) -> CriterionResult:
        """The explained criterion."""
        criterion, outcome, atoms, readings = self.criterion, proof.outcome, proof.atoms, proof.readings
        told = [tell(atoms[name], background) for name, tell in self._atoms]
        explanation, evidence = self._words.explained(proof, told)
        holds, effect = self._effects[outcome.truth]
        reasons, changes_on = outcome.reasons, outcome.changes_on
        return CriterionResult(
            criterion.id,
            criterion.kind,
            criterion.stage,
            criterion.cohort,
            criterion.text,
            proof.applies,
            holds,
            effect,
            in_order(reasons) if reasons else (),
            explanation,
            evidence,
            outcome.assumptions,
            tuple([_reading(name, reading, proof, criterion.kind) for name, reading in readings.items()])
            if readings
            else (),
            tuple([atom for atom, _ in told]),
            criterion.cautions,
            None if changes_on is None else changes_on.isoformat(),
        )


def _reading(name: str, reading: Outcome, proof: CriterionOutcome, kind: CriterionKind) -> ReadingResult:
    if not proof.applies:
        return ReadingResult(name, HOLDS[proof.outcome.truth], "The sentence does not apply to this patient.")
    return ReadingResult(name, HOLDS[reading.truth], sentence(reading_effect(kind, reading)))


def rests_on_nothing(outcome: Outcome) -> bool:
    """Whether an outcome rests on no resource, nor on a day: then it reads the same for every patient."""
    return not (outcome.evidence or outcome.decided_by or outcome.changes_on)


def _content(outcome: Outcome) -> object:
    """All that is told of an outcome that rests on nothing; what is unknown has reasons."""
    if not (outcome.notes or outcome.assumptions or outcome.unread or outcome.noted):
        return outcome.reasons or outcome.truth
    return (outcome.truth, outcome.reasons, outcome.assumptions, outcome.notes, outcome.unread, outcome.noted)


@lru_cache(maxsize=1024)
def in_order(reasons: frozenset[Reason]) -> tuple[Reason, ...]:
    """Reasons in the order in which results list them."""
    return tuple(sorted(reasons))
