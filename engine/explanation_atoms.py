"""What is said of an atom or of a shared finding. The parts that are the same for all patients are made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trialsieve.engine.direct_changes import negated
from trialsieve.engine.outcome import Evidence, Outcome
from trialsieve.engine.phrases import (
    EITHER_WAY,
    TOLD_BESIDE,
    WHY_NOT,
    WHY_NOT_BY_IT,
    in_words,
    is_whatever,
    labels,
    opposite_phrase,
    opposite_title,
    phrase,
    sentence,
    specific,
    told_reasons,
    too_old,
    with_notes,
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
from trialsieve.rules.vocabulary import TRUE, UNKNOWN, Basis, Reason, Role

Known = Callable[[Outcome], str]
"""The sentence of a test whose answer is known."""

_SHOWN = 3  # facts quoted in one sentence; the rest is in the evidence
_OF_ITS_TIME = frozenset({Reason.STALE, Reason.UNDATED, Reason.IMPRECISE})
_NO_DATA, _JUDGEMENT = frozenset({Reason.NO_DATA}), frozenset({Reason.JUDGEMENT})


class FindingWords:
    """What is said of a shared finding: what it rests on, or what was looked for."""

    def __init__(self, finding: Finding, book: RuleBook) -> None:
        self._title = finding.title
        self._opposite = opposite_title(finding.title)
        concepts = looked_at(finding, book)
        self._looked_for = labels(concepts, book) if concepts else ""

    def explanation(self, outcome: Outcome, untold: frozenset[Reason] = frozenset()) -> str:
        """The finding in one sentence; the `untold` reasons are told elsewhere."""
        if outcome.truth is not UNKNOWN:
            title = self._title if outcome.truth is TRUE else self._opposite
            return sentence(f"{title}: {says(outcome)}" if outcome.evidence else title)
        reasons = outcome.reasons - untold - outcome.noted
        if self._looked_for and reasons == _NO_DATA and not outcome.evidence:
            told = f"{self._title}: unknown; nothing on record of {self._looked_for}"
        else:
            why_not = f" ({in_words(reasons, beside=bool(outcome.evidence))})" if reasons else ""
            found = f"; on record: {says(outcome)}" if outcome.evidence else ""
            told = f"{self._title}: unknown{why_not}{found}"
        return with_notes(sentence(told), outcome.notes)


class AtomWords:
    """What is said of one atom. `finding` are the words of the finding that it is, if it is one."""

    def __init__(self, atom: Atom, book: RuleBook, finding: FindingWords | None) -> None:
        test = atom.test
        self.atom = atom
        self.finding = test.finding if isinstance(test, FindingHolds) else None
        self._of_finding = finding
        known = _known(test, book) if finding is None else finding.explanation
        self._known = (lambda outcome: known(negated(outcome))) if atom.absent else known
        self._judged = quoted(atom.quote) if atom.quote else "this"
        self._of_another = isinstance(test, (SameResource, DatedSince))
        wanted = f"date of {test.anchor}" if isinstance(test, DatedSince) else "data that would decide"
        stale, by = too_old(test), specific(test)
        self._held_against_others = isinstance(test, (Measurement, QualitativeResult)) and bool(test.not_before)
        self._is_recorded = isinstance(test, Recorded)
        self._undecided = WhyNot(wanted, self._judged, stale, by)
        self._nothing = WhyNot(_subject(test, book), self._judged, stale, by)

    def explanation(self, outcome: Outcome) -> str:
        """One atom in one or two sentences, and when a window will change it."""
        return dated(self.sentences(outcome), outcome)

    def sentences(self, outcome: Outcome) -> Sequence[str]:
        """The sentences of an atom: one, or of what is unknown one for each reason."""
        if outcome.truth is UNKNOWN:
            return self._unknown(outcome)
        said = self._known(outcome)
        if outcome.assumptions and not outcome.decided_by and not outcome.evidence:
            said = sentence("; ".join(outcome.assumptions))
        elif outcome.assumptions:
            said += " Assumed: " + sentence("; ".join(outcome.assumptions))
        return (said,)

    def _unknown(self, outcome: Outcome) -> Sequence[str]:
        if self._of_finding is not None:
            if not (self.atom.quote and Reason.JUDGEMENT in outcome.reasons):
                return (self._of_finding.explanation(outcome),)
            told = self._of_finding.explanation(outcome, _JUDGEMENT)
            return (f"{told} {sentence(f'a person has to judge {self._judged}')}",)
        if outcome.evidence:
            said = self._own(outcome) if self._held_against_others else says(outcome)
            exact = self._is_recorded and Reason.IMPRECISE in outcome.reasons and _has_its_day(outcome)
            return self._undecided.sentences(outcome, said, exact=exact)
        if self._of_another:
            which = sentence(f"of which record this is asked is not known ({in_words(outcome.reasons)})")
            return (with_notes(which, outcome.notes),)
        return self._nothing.sentences(outcome)

    def _own(self, outcome: Outcome) -> str:
        """What those resources say that are looked at, without what they are held against."""
        if not outcome.notes or not outcome.reasons <= _OF_ITS_TIME:
            return says(outcome)
        own = {fact.reference for fact in outcome.decided_by}
        return _few([item for item in outcome.evidence if item.reference in own] or outcome.evidence)


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
        return lambda outcome: sentence(f"{says(outcome)}, {within if outcome.truth is TRUE else outside}")
    if isinstance(test, SameResource):
        wanted = " or ".join(test.values)
        has, has_not = ("is not", "is") if test.other else ("is", "is not")
        return lambda outcome: sentence(
            f"{says(outcome)}: {test.facet} {has if outcome.truth is TRUE else has_not} {wanted}"
        )
    if isinstance(test, DatedSince):
        return lambda outcome: sentence(f"{says(outcome)}: not before {test.anchor}")
    return lambda outcome: sentence(says(outcome) or ("yes" if outcome.truth is TRUE else "no"))


def _measured(test: Measurement, book: RuleBook) -> Known:
    within, outside = phrase(test.limits, test.basis), opposite_phrase(test.limits, test.basis)
    whatever = is_whatever(test, book)

    def known(outcome: Outcome) -> str:
        if outcome.truth is not TRUE:
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
        if outcome.truth is TRUE:
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
    assert isinstance(test, (Judgement, Unresolved, FindingHolds, SameResource, DatedSince))
    return ""


def _has_its_day(outcome: Outcome) -> bool:
    """Whether it is not the date of what is on record that leaves an answer open."""
    return all(fact.when is not None and fact.when.first == fact.when.last for fact in outcome.decided_by)


class WhyNot:
    """Why an answer is unknown. `subject` is what was looked for, if that can be named.

    `judged` is what a person would have to say, `stale` why what is on record is of another time, `by` in what it
    is not specific.
    """

    def __init__(self, subject: str, judged: str, stale: str, by: str) -> None:
        self._subject = subject or "what is on record"
        self._by_it = {reason: text.format(stale=stale, specific=by) for reason, text in WHY_NOT_BY_IT.items()}
        self._by_nothing = {
            reason: text.format(subject=subject or "what is asked for", judged=judged)
            for reason, text in WHY_NOT.items()
        }
        self._beside = TOLD_BESIDE
        if not subject:
            self._by_nothing[Reason.NO_DATA] = "nothing on record"
            self._beside -= {Reason.NO_DATA}

    def sentences(self, outcome: Outcome, said: str = "", *, exact: bool = False) -> Sequence[str]:
        """One for each reason. `said` is what is on record, `exact` whether that has its day."""
        reasons = outcome.reasons - outcome.noted
        if not reasons:  # it was decided, but for what is asked beside it
            known = said or "; ".join(outcome.assumptions) or f"no {self._subject} on record"
            return (sentence(f"{known}; {'; '.join(outcome.notes)}"),)
        sentences = [self._sentence(reason, said, exact=exact) for reason in told_reasons(reasons)]
        if outcome.notes:
            sentences[-1] = with_notes(sentences[-1], outcome.notes)
        return sentences

    def _sentence(self, reason: Reason, said: str, *, exact: bool) -> str:
        by_it = EITHER_WAY if exact and reason is Reason.IMPRECISE else self._by_it.get(reason)
        if by_it is not None:
            return sentence(f"{said or self._subject}: {by_it}")
        why = self._by_nothing[reason]
        return sentence(f"{why}; on record: {said}" if said and reason in self._beside else why)


def says(outcome: Outcome) -> str:
    """What the resources say that an outcome rests on; of many the first few."""
    evidence = outcome.evidence
    return evidence[0].says if len(evidence) == 1 else _few(evidence)


def _few(evidence: Sequence[Evidence]) -> str:
    shown = ", ".join([item.says for item in evidence[:_SHOWN]])
    return shown if len(evidence) <= _SHOWN else f"{shown} and {len(evidence) - _SHOWN} more"
