"""What is said of a shared finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trialsieve.engine import direct_logic
from trialsieve.engine.explanation_causes import Background, concepts_of, why_no_unit, why_not_specific
from trialsieve.engine.explanation_open import after, says_of_several, subject
from trialsieve.engine.outcome import Outcome
from trialsieve.engine.phrases import (
    NOT_SPECIFIC,
    capital,
    in_words,
    labels,
    opposite_title,
    ruled_out,
    sentence,
    unread,
    with_notes,
)
from trialsieve.rules.atom import Atom, FindingHolds, Measurement, QualitativeResult, Recorded, Test
from trialsieve.rules.finding import Finding
from trialsieve.rules.kept import Kept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import TRUE, UNKNOWN, Reason

_NO_DATA = frozenset({Reason.NO_DATA})
_UNREAD = frozenset({Reason.NO_DATA, Reason.UNUSABLE_DATA})
_CAUSES = {Reason.UNIT, Reason.UNSPECIFIC}


class _Look(NamedTuple):
    """A test, and what it looks for (empty: a status, not a thing); `is_result`: in results."""

    test: Test
    named: str
    is_result: bool


_Open = tuple[_Look, Outcome]
"""What looks at the record and leaves something open, and what it comes to."""


class FindingWords:
    """What is said of a shared finding: what it rests on, or what was looked for.

    `builds_on` are the words of the findings that its atoms ask for, by atom.
    """

    def __init__(self, finding: Finding, book: RuleBook, builds_on: Mapping[str, FindingWords]) -> None:
        self._finding = finding
        self._book = book
        self._title = finding.title
        self._so, self._not_so = sentence(finding.title), sentence(opposite_title(finding.title))
        self._ruled_out = capital(ruled_out(finding.title))
        concepts = looked_at(finding, book)
        self._looked_for = labels(concepts, book) + _after_what(finding, book) if concepts else ""
        named = {book.concepts[name].label.lower() for name in concepts}
        self._looks = {atom.id: _look(atom, book) for atom in finding.atoms if concepts_of(atom.test)}
        self._builds_on = builds_on
        self._open_names: Kept[tuple[object, ...], tuple[str, ...]] = Kept(direct_logic.PATTERNS)
        self._is_named = finding.title.lower() in named  # its title is what is looked for

    def explanation(
        self, outcome: Outcome, untold: frozenset[Reason] = frozenset(), background: Background | None = None
    ) -> str:
        """The finding in one sentence; the `untold` reasons are told elsewhere."""
        if outcome.truth is not UNKNOWN:
            if not outcome.evidence:
                return self._so if outcome.truth is TRUE else self._not_so
            return sentence(f"{self._title if outcome.truth is TRUE else self._ruled_out}: {says_of_several(outcome)}")
        if background is None:
            return self._open(outcome, untold, None)
        key = (self._finding.id, id(outcome), untold)  # outcomes are held by what they were looked up in
        told = background.findings.get(key)
        if told is None:
            told = background.findings[key] = self._open(outcome, untold, background)
        return told

    def _open(self, outcome: Outcome, untold: frozenset[Reason], background: Background | None) -> str:
        """Why a finding is open."""
        reasons = outcome.reasons
        if untold or outcome.noted:
            reasons = reasons - untold - outcome.noted
        garbled, notes = unread(outcome, reasons)
        if garbled:
            reasons = reasons - _UNREAD
            told = f"{self._title}: unknown; what bears on it {garbled}"
            told += f"; {in_words(reasons)}" if reasons else ""
        elif self._looked_for and reasons == _NO_DATA and not outcome.evidence:
            told = f"{self._title}: unknown; nothing on record of {self._looked_for}"
            if self._is_named:
                told = f"nothing on record of {self._looked_for}; absence is not presumed here"
        elif reasons:
            told = f"{self._title}: unknown ({self._why(reasons, outcome, background)})"
        else:
            told = f"{self._title}: unknown"
        found = f"; on record: {says_of_several(outcome)}" if outcome.evidence else ""
        return with_notes(sentence(f"{told}{found}"), notes)

    def _why(self, reasons: frozenset[Reason], outcome: Outcome, background: Background | None) -> str:
        """Why it is unknown; where something is on record, with what is missing beside it, and the one cause."""
        if background is None or not outcome.evidence:
            return in_words(reasons, beside=bool(outcome.evidence))
        told: list[str] = []
        looks = self.open_looks(background)
        if Reason.NO_DATA in reasons and Reason.NOT_RETRIEVED not in reasons and (missing := _missing(looks)):
            told.append(missing)
            reasons = reasons - _NO_DATA
        for reason in sorted(reasons & _CAUSES):
            causes = dict.fromkeys(self._causes(reason, looks, background))
            if causes:
                told += causes
                reasons = reasons - {reason}
        return "; ".join([*told, *([in_words(reasons, beside=True)] if reasons else [])])

    def _causes(self, reason: Reason, looks: Sequence[_Open], background: Background) -> Sequence[str]:
        """The causes behind a reason, as far as the facts tell them."""
        found: list[str] = []
        for look, outcome in looks:
            if reason not in outcome.reasons:
                continue
            facts = background.facts(outcome.evidence, concepts_of(look.test))
            if reason is Reason.UNIT:
                found.append(why_no_unit(look.test, facts, self._book))
            elif cause := why_not_specific(look.test, facts):
                found.append(f"{NOT_SPECIFIC}, {cause}")
        return [cause for cause in found if cause]

    def open_looks(self, background: Background) -> Sequence[_Open]:
        """What looks at the record and keeps the finding open, directly or through another finding."""
        outcomes = background.evaluation.finding_atoms.get(self._finding.id)
        if outcomes is None:
            return ()
        key = direct_logic.pattern(outcomes.values())
        names = self._open_names.get(key)
        if names is None:
            names = self._deciding(outcomes)
            self._open_names.keep(key, names)
        found: list[_Open] = []
        for name in names:
            look = self._looks.get(name)
            if look is not None:
                found.append((look, outcomes[name]))
            elif (other := self._builds_on.get(name)) is not None:
                found += other.open_looks(background)
        return found

    def _deciding(self, outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
        """The unknown atoms on which it rests."""
        finding = self._finding
        names: dict[str, None] = {}
        for logic in (finding.true_when, finding.false_when or finding.true_when):
            truth, _, deciding = direct_logic.decided(logic, outcomes.__getitem__)
            names |= dict.fromkeys(deciding if truth is UNKNOWN else ())
        return tuple([atom.id for atom in finding.atoms if atom.id in names and outcomes[atom.id].truth is UNKNOWN])


def _missing(looks: Sequence[_Open]) -> str:
    """The tests, or else what else, of which nothing is on record and which could still decide."""
    tests: dict[str, None] = {}
    others: dict[str, None] = {}
    for look, outcome in looks:
        if Reason.NO_DATA in outcome.reasons and not outcome.evidence:
            if look.is_result:
                tests[look.named] = None
            elif look.named:
                others[look.named] = None
    if missing := [name for name in tests if name not in others]:  # what a code may say, too, is more than a test
        return f"missing: {', '.join(missing)}"
    return f"nothing on record of {' or '.join(others)}" if others else ""


def looked_at(finding: Finding, book: RuleBook) -> tuple[str, ...]:
    """The concepts that a finding's operands look for, directly or through the findings they build on."""
    found: dict[str, None] = {}
    for atom in finding.atoms:
        if isinstance(atom.test, FindingHolds):
            found |= dict.fromkeys(looked_at(book.findings[atom.test.finding], book))
        elif isinstance(atom.test, Recorded) and atom.test.states:
            continue  # what is looked for is the status, not the disease
        elif atom.operand and isinstance(atom.test, (Measurement, QualitativeResult, Recorded)):
            found |= dict.fromkeys(atom.test.concepts)
    return tuple(found)


def _look(atom: Atom, book: RuleBook) -> _Look:
    test = atom.test
    if isinstance(test, Recorded):
        return _Look(test, "" if test.states else subject(test, book) + after(test, book), False)
    only = test.only if isinstance(test, QualitativeResult) else ()
    facets = f" ({', '.join(value for _, value in only)})" if only else ""
    return _Look(test, f"{subject(test, book)}{facets}{after(test, book)}", True)


def _after_what(finding: Finding, book: RuleBook) -> str:
    """After what all has to be that a finding looks for, where that is one."""
    found = {
        "" if isinstance(atom.test, FindingHolds) else after(atom.test, book)
        for atom in finding.atoms
        if atom.operand and not (isinstance(atom.test, Recorded) and atom.test.states)
    }
    return found.pop() if len(found) == 1 else ""
