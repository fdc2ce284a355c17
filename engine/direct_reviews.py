"""Which cases send an atom to a person, in the direct evaluator (docs/semantics.md, 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from trialsieve.engine import direct_logic
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.engine.phrases import NOT_SPECIFIC, ON_RECORD, few, in_words
from trialsieve.rules.kept import Kept
from trialsieve.rules.logic import ReviewWhen
from trialsieve.rules.logic_order import atoms_in
from trialsieve.rules.vocabulary import TRUE, UNKNOWN, Reason


class Opening(Struct, frozen=True, gc=False):
    """Why an atom goes to a person: for the reasons of cases, and `beside` these for what the notes alone tell: what
    may be such a case, and in what it is not specific.
    """

    reasons: frozenset[Reason]
    beside: frozenset[Reason]
    notes: tuple[str, ...]


class Reviews:
    """The cases of one atom. What they come to is found once for what the atoms say that they name, which recurs."""

    def __init__(self, cases: Sequence[ReviewWhen]) -> None:
        self._cases = cases
        self._names = tuple(dict.fromkeys(name for case in cases for name in atoms_in(case.condition)))
        self._known: Kept[tuple[object, ...], Opening] = Kept(direct_logic.PATTERNS)

    def opening(self, atom: direct_logic.AtomOutcome, silence: frozenset[Reason]) -> Opening:
        """What they come to. `silence`: the reasons that make nothing of a case of which nothing is on record."""
        key = (silence, *direct_logic.pattern(map(atom, self._names)))
        known = self._known.get(key)
        if known is None:
            known = self._opening(atom, silence)
            self._known.keep(key, known)
        return known

    def unread(self, atom: direct_logic.AtomOutcome) -> tuple[str, ...]:
        """The resources by name that could not be read, and so keep open whether it is such a case."""
        found = dict.fromkeys([item.reference for outcome in map(atom, self._names) for item in outcome.unread])
        return (f"not read: {few(list(found))}",) if found else ()

    def seen(self, atom: direct_logic.AtomOutcome, own: Outcome, silence: frozenset[Reason]) -> tuple[str, ...]:
        """What is on record of the cases that open it, or may, beside what the atom itself rests on."""
        told = {item.reference for item in own.evidence}
        found: dict[str, str] = {}
        for case in self._cases:
            truth, doubts, names = direct_logic.decided(case.condition, atom)
            if truth is TRUE or (truth is UNKNOWN and not doubts <= silence):
                found |= {item.reference: item.says for name in names for item in atom(name).evidence}
        new = [says for reference, says in found.items() if reference not in told]
        return (f"{ON_RECORD}{few(new)}",) if new else ()

    def _opening(self, atom: direct_logic.AtomOutcome, silence: frozenset[Reason]) -> Opening:
        reasons = beside = NO_REASONS
        notes = []
        for case in self._cases:
            truth, doubts = direct_logic.value(case.condition, atom)
            if truth is TRUE and case.reason is Reason.UNSPECIFIC:
                beside |= {case.reason}
                notes.append(f"{NOT_SPECIFIC}: {case.says}")
            elif truth is TRUE:
                reasons |= {case.reason}
                notes.append(case.says)
            elif truth is UNKNOWN and not doubts <= silence:
                beside |= doubts
                notes.append(f"perhaps {case.says}: {in_words(doubts)}")
        return Opening(reasons, beside, tuple(notes))
