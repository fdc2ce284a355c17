"""What is said of an atom or of a shared finding. The parts that are the same for all patients are made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trialsieve.engine.direct_changes import negated
from trialsieve.engine.outcome import Outcome
from trialsieve.engine.phrases import (
    WHY,
    in_words,
    is_whatever,
    labels,
    opposite_phrase,
    opposite_title,
    phrase,
    sentence,
    told_reasons,
    too_old,
)
from trialsieve.rules.model import (
    Age,
    Atom,
    DatedSince,
    Finding,
    FindingHolds,
    Judgement,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    RuleBook,
    SameResource,
    Test,
    Unresolved,
)
from trialsieve.rules.registry_text import quoted
from trialsieve.rules.vocabulary import Basis, Reason, Role, Truth

Known = Callable[[Outcome], str]
"""The sentence of a test whose answer is known."""

_SHOWN = 3  # facts quoted in one sentence; the rest is in the evidence
_NO_DATA = frozenset({Reason.NO_DATA})


class FindingWords:
    """What is said of a shared finding: what it rests on, or what was looked for."""

    def __init__(self, finding: Finding, book: RuleBook) -> None:
        self._title = finding.title
        self._opposite = opposite_title(finding.title)
        concepts = looked_at(finding, book)
        self._looked_for = labels(concepts, book) if concepts else ""

    def explanation(self, outcome: Outcome) -> str:
        """The finding in one sentence."""
        if outcome.truth is not Truth.UNKNOWN:
            title = self._title if outcome.truth is Truth.TRUE else self._opposite
            return sentence(f"{title}: {says(outcome)}" if outcome.evidence else title)
        if self._looked_for and outcome.reasons == _NO_DATA and not outcome.evidence:
            return sentence(f"{self._title}: unknown; nothing on record of {self._looked_for}") + noted(outcome.notes)
        found = f"; on record: {says(outcome)}" if outcome.evidence else ""
        why_not = in_words(outcome.reasons, beside=bool(found))
        return sentence(f"{self._title}: unknown ({why_not}){found}") + noted(outcome.notes)


class AtomWords:
    """What is said of one atom. `finding` are the words of the finding that it is, if it is one."""

    def __init__(self, atom: Atom, book: RuleBook, finding: FindingWords | None) -> None:
        self.atom = atom
        self._finding = finding
        self._known = _known(atom.test, book) if finding is None else finding.explanation
        self._judged = quoted(atom.quote) if atom.quote else "this"
        self._subject = _subject(atom.test, book)
        self._stale = too_old(atom.test, book)

    def explanation(self, outcome: Outcome) -> str:
        """One atom in one or two sentences, and when a window will change it."""
        return dated(self.sentences(outcome), outcome)

    def sentences(self, outcome: Outcome) -> Sequence[str]:
        """The sentences of an atom: one, or of what is unknown one for each reason."""
        if outcome.truth is Truth.UNKNOWN:
            return self._unknown(outcome)
        said = self._known(negated(outcome) if self.atom.absent else outcome)
        if outcome.assumptions and not outcome.decided_by and not outcome.evidence:
            said = sentence("; ".join(outcome.assumptions))
        elif outcome.assumptions:
            said += " Assumed: " + sentence("; ".join(outcome.assumptions))
        return (said,)

    def _unknown(self, outcome: Outcome) -> Sequence[str]:
        if self._finding is not None:
            told = self._finding.explanation(outcome)
            if self.atom.quote and Reason.JUDGEMENT in outcome.reasons:
                told += " " + sentence(f"a person has to judge {self._judged}")
            return (told,)
        test = self.atom.test
        if isinstance(test, (SameResource, DatedSince)) and not outcome.evidence:
            which = sentence(f"of which record this is asked is not known ({in_words(outcome.reasons)})")
            return (which + noted(outcome.notes),)
        if isinstance(test, DatedSince):
            return why(outcome, f"date of {test.anchor}", self._judged, self._stale)
        return why(outcome, "data that would decide" if outcome.evidence else self._subject, self._judged, self._stale)


def dated(sentences: Sequence[str], outcome: Outcome) -> str:
    """An atom's sentences, and when a window will change it."""
    said = sentences[0] if len(sentences) == 1 else " ".join(sentences)
    if outcome.changes_on is None:
        return said
    return f"{said} This changes on {outcome.changes_on.isoformat()} if nothing new is recorded."


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


def _known(test: Test, book: RuleBook) -> Known:
    if isinstance(test, Measurement):
        return _measured(test, book)
    if isinstance(test, Recorded):
        return _on_record(test, book)
    if isinstance(test, Age):
        within, outside = phrase(test.limits, Basis.VALUE), opposite_phrase(test.limits, Basis.VALUE)
        return lambda outcome: sentence(f"{says(outcome)}, {within if outcome.truth is Truth.TRUE else outside}")
    if isinstance(test, SameResource):
        wanted = " or ".join(test.values)
        has, has_not = ("is not", "is") if test.other else ("is", "is not")
        return lambda outcome: sentence(
            f"{says(outcome)}: {test.facet} {has if outcome.truth is Truth.TRUE else has_not} {wanted}"
        )
    if isinstance(test, DatedSince):
        return lambda outcome: sentence(f"{says(outcome)}: not before {test.anchor}")
    return lambda outcome: sentence(says(outcome) or ("yes" if outcome.truth is Truth.TRUE else "no"))


def _measured(test: Measurement, book: RuleBook) -> Known:
    within, outside = phrase(test.limits, test.basis), opposite_phrase(test.limits, test.basis)
    whatever = is_whatever(test, book)

    def known(outcome: Outcome) -> str:
        if outcome.truth is not Truth.TRUE:
            return sentence(f"{says(outcome)} is {outside}")
        if whatever and outcome.evidence:
            return sentence(f"measured: {says(outcome)}")
        return sentence(f"{says(outcome)} is {within}")

    return known


def _on_record(test: Recorded, book: RuleBook) -> Known:
    nothing = sentence(f"no {labels(test.concepts, book)}")

    def known(outcome: Outcome) -> str:
        said = says(outcome)
        if said and not outcome.decided_by and not outcome.assumptions:
            return sentence(said)  # an attestation
        if outcome.truth is Truth.TRUE:
            return sentence(said or "yes")
        if not said:
            return nothing
        denied = outcome.decided_by and all(fact.role is Role.NEGATES for fact in outcome.decided_by)
        return sentence(f"{'denied' if denied else 'not at the time asked about'}: {said}")

    return known


def _subject(test: Test, book: RuleBook) -> str:
    if isinstance(test, (Measurement, QualitativeResult, Recorded)):
        return labels(test.concepts, book)
    if isinstance(test, Readings):
        return labels(test.tests[0][1].concepts, book)
    if isinstance(test, Age):
        return "birth date"
    if isinstance(test, RecordedSex):
        return "recorded sex"
    if isinstance(test, SameResource):
        return test.facet
    assert isinstance(test, (Judgement, Unresolved, FindingHolds, DatedSince))
    return ""


def why(outcome: Outcome, subject: str, judged: str, stale: str) -> Sequence[str]:
    """A sentence for each reason of an unknown; `subject` is what was looked for, if that can be named.

    `judged` is what a person would have to say, `stale` why what is on record is of another time.
    """
    said = says(outcome)
    beside = f"; on record: {said}" if said else ""
    about = said or subject or "what is on record"
    sentences = [
        sentence(
            "nothing on record"
            if reason is Reason.NO_DATA and not subject
            else WHY[reason].format(
                says=about, subject=subject or "what is asked for", beside=beside, judged=judged, stale=stale
            )
        )
        for reason in told_reasons(outcome.reasons)
    ]
    sentences[-1] += noted(outcome.notes)
    return sentences


def says(outcome: Outcome) -> str:
    """What the resources say that an outcome rests on; of many the first few."""
    evidence = outcome.evidence
    if len(evidence) == 1:
        return evidence[0].says
    shown = ", ".join([item.says for item in evidence[:_SHOWN]])
    return shown if len(evidence) <= _SHOWN else f"{shown} and {len(evidence) - _SHOWN} more"


def noted(notes: Sequence[str]) -> str:
    """Notes behind a sentence."""
    return "".join([f" ({note})" for note in notes])
