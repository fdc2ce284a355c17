"""Sentences, rendered from the proof: what a criterion says of this patient, and why it is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_verdict import effect
from trialsieve.engine.explanation_atoms import AtomWords
from trialsieve.engine.explanation_findings import FindingWords
from trialsieve.engine.explanation_open import WhyNot, says
from trialsieve.engine.outcome import CriterionOutcome, Evidence, Outcome
from trialsieve.engine.phrases import NOT_SPECIFIC, OF_ANOTHER_TIME, in_words, sentence, unread, with_notes
from trialsieve.rules.atom import Atom, DatedSince, FindingHolds, SameResource, Test
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic import AllOf, AtomRef, Logic, NotTrue, ReviewWhen
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import ABSENT, FALSE, TRUE, UNKNOWN, CriterionKind, Effect, Reason

Said = Sequence[tuple[object, Sequence[str]]]
"""Whatever is made of each atom of a criterion, and its sentences."""

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
            finding = self._book.findings[name]
            asked = {atom.id: atom.test.finding for atom in finding.atoms if isinstance(atom.test, FindingHolds)}
            builds_on = {atom: self.finding(other) for atom, other in asked.items()}
            known = self._findings[name] = FindingWords(finding, self._book, builds_on)
        return known


@dataclass(frozen=True, slots=True)
class _Telling:
    """Which atoms tell of a criterion, by their places: those that decide it or keep it open, then what is known.

    `beside` are those whose evidence is told beside that of the criterion: what sends one that is told to a person,
    what keeps it from that, and what is known. `any_of_them`: each of those that keep it open could let it pass by
    itself. `settling` keep one that is told from going to a person, so that the answer rests on them too; they are told
    where they name a resource that the others do not.
    """

    deciding: tuple[int, ...]
    told: tuple[int, ...]
    known: tuple[int, ...]
    beside: tuple[int, ...]
    any_of_them: bool = False
    settling: tuple[int, ...] = ()


_DISAGREEMENT, _REGISTRY_ERROR = Reason.ENGINE_DISAGREEMENT, Reason.REGISTRY_ERROR
_KNOWN = (Outcome(TRUE), Outcome(FALSE))
_WHY_OPEN = WhyNot("", "nothing on record", "this", OF_ANOTHER_TIME, NOT_SPECIFIC)
_NOT_THEIRS = _Telling((), (), (), ())  # the value comes from something after the logic: an attestation, applicability


class CriterionWords:
    """What is said of one criterion. `atoms` are the words of its atoms, in its order."""

    __slots__ = ("_is_its_atom", "_keep", "_kept", "_names", "atoms", "criterion")

    def __init__(self, criterion: Criterion, atoms: Sequence[AtomWords]) -> None:
        self.criterion = criterion
        self.atoms = atoms
        self._names = [atom.id for atom in criterion.atoms]
        self._is_its_atom = (
            isinstance(criterion.logic, AtomRef) and len(criterion.atoms) == 1 and not criterion.atoms[0].review_when
        )
        tellings: Kept[tuple[object, ...], _Telling] = Kept(_PATTERNS)
        self._kept, self._keep = tellings.get, tellings.keep

    def explanation(self, proof: CriterionOutcome) -> str:
        """The atoms that decide a criterion, or keep it open, and when a window will change it."""
        return self.explained(proof, [(words, words.sentences(proof.atoms[words.atom.id])) for words in self.atoms])[0]

    def explained(self, proof: CriterionOutcome, said: Said) -> tuple[str, tuple[Evidence, ...]]:
        """Its explanation, and the evidence of all that this tells. `said` are the sentences of its atoms."""
        outcome = proof.outcome
        evidence = outcome.evidence
        if not proof.applies:
            told = sentence(f"does not apply: {says(outcome)}")
        elif _DISAGREEMENT in outcome.reasons:
            told = _in_short(outcome)
        elif self.criterion.logic is None and _REGISTRY_ERROR in outcome.reasons:
            told = self._on_hold(proof, said)
        elif self._is_its_atom and outcome is proof.atoms[self._names[0]]:
            own = said[0][1]
            told = own[0] if len(own) == 1 else " ".join(dict.fromkeys(own))
        else:
            outcomes = [*map(proof.atoms.__getitem__, self._names)]
            telling = self._telling(outcome, outcomes)
            told = _by_atoms(telling, outcome, outcomes, said)
            if telling.beside:
                others = [item for place in telling.beside for item in outcomes[place].evidence]
                evidence = tuple(dict.fromkeys([*evidence, *others]))
        if outcome.changes_on is not None:
            told = f"{told} It passes from {outcome.changes_on.isoformat()} on, if nothing new is recorded."
        return told, evidence

    def _on_hold(self, proof: CriterionOutcome, said: Said) -> str:
        """Its readings, and what is missing where one of them waits for it."""
        kind = self.criterion.kind
        values = "; ".join(f"{name}: {reading_effect(kind, reading)}" for name, reading in proof.readings.items())
        note = f" {self.criterion.note}" if self.criterion.note else ""
        open_ones = [reading.truth is UNKNOWN for reading in proof.readings.values()]
        told = "The registry's text is on hold" + (", and each of its readings is open" if all(open_ones) else "")
        told += f".{note}" if all(open_ones) else f". Read {values}.{note}"
        telling = self._telling(proof.outcome, [proof.atoms[name] for name in self._names])
        parts = dict.fromkeys([part for place in telling.told for part in said[place][1]] if any(open_ones) else ())
        known = dict.fromkeys([part for place in telling.known for part in said[place][1] if part not in parts])
        return " ".join([told, *parts, *[f"Known: {part}" for part in known]])

    def _telling(self, outcome: Outcome, outcomes: Sequence[Outcome]) -> _Telling:
        """Which atoms to tell of: it depends on their values alone, which recur from patient to patient."""
        values = [each.reasons or each.truth for each in outcomes]  # what is unknown has reasons
        are_bare = [not each.evidence for each in outcomes]
        pattern = (outcome.reasons or outcome.truth, *values, *are_bare)
        telling = self._kept(pattern)
        if telling is None:
            telling = self._chosen(outcome, outcomes)
            self._keep(pattern, telling)
        return telling

    def _chosen(self, outcome: Outcome, outcomes: Sequence[Outcome]) -> _Telling:
        criterion = self.criterion
        of = dict(zip(self._names, outcomes, strict=True))
        if criterion.logic is None:
            read = {direct_logic.value(reading, of.__getitem__)[0] for _, reading in criterion.readings}
            if outcome.truth is not UNKNOWN and read != {outcome.truth}:
                return _NOT_THEIRS
            names = [atom.id for atom in criterion.atoms if atom.operand]
        else:
            truth, reasons, deciding = direct_logic.decided(criterion.logic, of.__getitem__)
            if truth is not outcome.truth or reasons != outcome.reasons:
                return _NOT_THEIRS
            names = list(dict.fromkeys(deciding))
        elsewhere = {atom.id for atom in criterion.atoms if atom.when is not None and _is_set_aside(atom.when, of)}
        names = [name for name in names if name not in elsewhere] or names
        is_open = outcome.truth is UNKNOWN
        same = [name for name in names if (of[name].truth is UNKNOWN) == is_open]
        tests = {atom.id: atom.test for atom in criterion.atoms}
        told = list(dict.fromkeys([_of_itself_or(name, tests, of) for name in same]))
        of_told = {test.of for name in told if isinstance(test := tests[name], (SameResource, DatedSince))}
        known = [
            atom.id
            for atom in criterion.atoms
            if atom.operand
            and atom.id not in elsewhere
            and atom.id not in of_told
            and of[atom.id].truth is not UNKNOWN
            and of[atom.id].evidence
        ]
        cases = [(case, of[atom.id]) for atom in criterion.atoms if atom.id in told for case in atom.review_when]
        opening = [name for case, opened in cases for name in _opening(case, opened, of) if of[name].evidence]
        known = known if is_open else []
        settling = [] if is_open else [name for case, _ in cases for name in _settling(case, of) if of[name].evidence]
        findings = [name for name in settling if isinstance(tests[name], FindingHolds)]  # more than their resources
        return _Telling(
            self._places(names),
            self._places(list(dict.fromkeys([*told, *findings]))),
            self._places(known),
            self._places(list(dict.fromkeys([*opening, *known, *settling]))),
            is_open and len(told) > 1 and self._any_passes(told, of),
            self._places(list(dict.fromkeys(settling))),
        )

    def _any_passes(self, names: Sequence[str], outcomes: Mapping[str, Outcome]) -> bool:
        """Whether each of these alone, once it is known, could make the criterion pass."""
        logic, kind = self.criterion.logic, self.criterion.kind
        return logic is not None and all(
            any(
                effect(kind, direct_logic.value(logic, {**outcomes, name: known}.__getitem__)[0]) is Effect.PASS
                for known in _KNOWN
            )
            for name in names
        )

    def _places(self, names: Sequence[str]) -> tuple[int, ...]:
        return tuple(map(self._names.index, names))


def reading_effect(kind: CriterionKind, reading: Outcome) -> str:
    """What one reading of a text would do, or why that is open."""
    if reading.truth is UNKNOWN:
        return f"open ({in_words(reading.reasons)})"
    return "would pass" if effect(kind, reading.truth) is Effect.PASS else "would fail"


def _by_atoms(telling: _Telling, outcome: Outcome, outcomes: Sequence[Outcome], said: Said) -> str:
    if not telling.told:
        if outcome.truth is UNKNOWN and not outcome.reasons <= ABSENT:
            return _in_short(outcome)
        return with_notes(sentence(says(outcome) or in_words(outcome.reasons)), unread(outcome, outcome.reasons)[1])
    first = said[telling.told[0]][1]
    all_told = telling.told
    if telling.settling:
        named = {item.reference for place in telling.told for item in outcomes[place].evidence}
        new = [place for place in telling.settling if any(e.reference not in named for e in outcomes[place].evidence)]
        all_told += tuple(new)
    if len(all_told) == len(first) == 1 and not telling.known and not outcome.notes:  # as it mostly is
        return first[0]
    sentences = list(dict.fromkeys([part for place in all_told for part in said[place][1]]))
    if telling.any_of_them and len({outcomes[place].evidence or place for place in telling.told}) > 1:
        sentences.insert(0, "Any one of these can settle it.")
    if telling.known:
        known = dict.fromkeys([part for place in telling.known for part in said[place][1]])
        sentences += [f"Known: {part}" for part in known if part not in sentences]
    told = " ".join(sentences)
    if not outcome.notes:
        return told
    noted_by_atoms = {note for place in telling.deciding for note in outcomes[place].notes}
    return " ".join([told, *[sentence(note) for note in outcome.notes if note not in noted_by_atoms]])


def _in_short(outcome: Outcome) -> str:
    """Why a criterion is open, where its atoms do not say it."""
    return " ".join(_WHY_OPEN.sentences(outcome, says(outcome)))


def _of_itself_or(name: str, tests: Mapping[str, Test], outcomes: Mapping[str, Outcome]) -> str:
    """The atom, or that of whose resources it is: where that one is open, it is told, and no more is to be said."""
    test = tests[name]
    if isinstance(test, (SameResource, DatedSince)) and not outcomes[name].evidence:
        return test.of if outcomes[test.of].truth is UNKNOWN else name
    return name


def _is_set_aside(when: Logic, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether an atom speaks of other patients, by its `when`: what it says of this one is only that."""
    return direct_logic.value(when, outcomes.__getitem__)[0] is FALSE


def _opening(case: ReviewWhen, opened: Outcome, outcomes: Mapping[str, Outcome]) -> Sequence[str]:
    """The atoms that send another to a person, or may."""
    truth, reasons, names = direct_logic.decided(case.condition, outcomes.__getitem__)
    opens = case.reason in opened.reasons if truth is TRUE else bool(reasons) and reasons <= opened.reasons
    return names if opens else ()


def _settling(case: ReviewWhen, outcomes: Mapping[str, Outcome]) -> Sequence[str]:
    """The atoms that, being true, keep another from going to a person: its answer rests on them, too."""
    conjuncts = case.condition.of if isinstance(case.condition, AllOf) else (case.condition,)
    exempting = [each.of for each in conjuncts if isinstance(each, NotTrue)]
    return [each.id for each in exempting if isinstance(each, AtomRef) and outcomes[each.id].truth is TRUE]
