"""What is said of an atom. The parts that are the same for all patients are made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trialsieve.engine.direct_changes import negated
from trialsieve.engine.explanation_causes import Background, concepts_of, why_no_unit, why_not_specific
from trialsieve.engine.explanation_findings import FindingWords
from trialsieve.engine.explanation_open import WhyNot, nothing, says, subject
from trialsieve.engine.facts import Fact
from trialsieve.engine.outcome import Evidence, Outcome
from trialsieve.engine.phrases import (
    capital,
    few,
    in_words,
    is_whatever,
    judging,
    labels,
    opposite_phrase,
    phrase,
    sentence,
    specific,
    too_old,
    with_notes,
)
from trialsieve.rules.atom import (
    Age,
    Atom,
    DatedSince,
    FindingHolds,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    SameResource,
    Test,
)
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import TRUE, UNKNOWN, Basis, Reason, Role

Known = Callable[[Outcome], str]
"""The sentence of a test whose answer is known."""

_OF_ITS_TIME = frozenset({Reason.STALE, Reason.UNDATED, Reason.IMPRECISE})
_NO_DATA, _JUDGEMENT = frozenset({Reason.NO_DATA}), frozenset({Reason.JUDGEMENT})
_OF_FACTS = frozenset({Reason.UNIT, Reason.UNSPECIFIC})


class AtomWords:
    """What is said of one atom. `finding` are the words of the finding that it is, if it is one."""

    __slots__ = (
        "_anchor",
        "_asks_facts",
        "_book",
        "_heeds_numbers",
        "_held_against_others",
        "_is_recorded",
        "_judged",
        "_nothing",
        "_of_another",
        "_of_finding",
        "_undecided",
        "atom",
        "finding",
        "known",
    )

    def __init__(self, atom: Atom, book: RuleBook, finding: FindingWords | None) -> None:
        test = atom.test
        self.atom = atom
        self.finding = test.finding if isinstance(test, FindingHolds) else None
        self._of_finding = finding
        known = _known(test, book) if finding is None else finding.explanation
        self.known: Known = (lambda outcome: known(negated(outcome))) if atom.absent else known
        """What is said where the answer is known, but for what it is assumed on."""
        self._judged = judging(atom.quote)
        self._of_another = isinstance(test, (SameResource, DatedSince))
        self._anchor = test.anchor if isinstance(test, DatedSince) else ""
        stale, by = too_old(test), specific(test)
        held_against = test.not_before or test.after if isinstance(test, (Measurement, QualitativeResult)) else None
        self._held_against_others = bool(held_against)
        self._heeds_numbers = isinstance(test, QualitativeResult) and test.heed_numbers
        self._is_recorded = isinstance(test, Recorded)
        self._book = book
        self._asks_facts = bool(concepts_of(test))
        sought, beside = subject(test, book), "nothing on record would decide"
        self._undecided = WhyNot(
            sought or "what is asked for",
            beside,
            self._judged,
            stale,
            by,
            recorded=self._is_recorded,
            since=self._held_against_others,
        )
        self._nothing = WhyNot(sought, nothing(test, sought, book), self._judged, stale, by, recorded=self._is_recorded)

    def explanation(self, outcome: Outcome) -> str:
        """One atom in one or two sentences, and when a window will change it."""
        return dated(self.sentences(outcome), outcome)

    def sentences(self, outcome: Outcome, background: Background | None = None) -> Sequence[str]:
        """The sentences of an atom: one, or of what is unknown one for each reason.

        `background` is looked at only where the outcome rests on something.
        """
        if outcome.truth is UNKNOWN:
            return self._unknown(outcome, background if outcome.evidence else None)
        said = self.known(outcome)
        if outcome.assumptions and not outcome.decided_by and not outcome.evidence:
            said = sentence("; ".join(outcome.assumptions))
        elif outcome.assumptions:
            said += " Assumed: " + sentence("; ".join(outcome.assumptions))
        return (said,)

    def _unknown(self, outcome: Outcome, background: Background | None) -> Sequence[str]:
        if self._of_finding is not None:
            if not (self.atom.quote and Reason.JUDGEMENT in outcome.reasons):
                return (self._of_finding.explanation(outcome, background=background),)
            told = self._of_finding.explanation(outcome, _JUDGEMENT, background)
            return (f"{told} {sentence(f'a person has to judge {self._judged}')}",)
        if outcome.evidence:
            if self._anchor and outcome.reasons == _NO_DATA:
                return (sentence(f"{says(outcome)}; {'; '.join(outcome.notes)}"),)
            said = self._own(outcome) if self._held_against_others or self._heeds_numbers else says(outcome)
            exact = self._is_recorded and Reason.IMPRECISE in outcome.reasons and _has_its_day(outcome)
            cause = None
            if background is not None and self._asks_facts and not outcome.reasons.isdisjoint(_OF_FACTS):
                cause = self._cause(outcome, background)
            return self._undecided.sentences(outcome, said, exact=exact, cause=cause)
        if self._of_another:
            which = sentence(f"of which record this is asked is not known ({in_words(outcome.reasons)})")
            return (with_notes(which, outcome.notes),)
        return self._nothing.sentences(outcome)

    def _cause(self, outcome: Outcome, background: Background) -> Callable[[Reason], str]:
        """The one cause of what the facts can tell."""
        test = self.atom.test
        evidence: Sequence[Evidence] = outcome.evidence
        if named := self._named_by_notes(outcome):
            evidence = [item for item in evidence if item.reference not in named]
        facts: Sequence[Fact] = outcome.decided_by
        if [item.reference for item in evidence] != [fact.reference for fact in facts] and (
            {item.reference for item in evidence} != {fact.reference for fact in facts}
        ):
            facts = background.facts(evidence, concepts_of(test))

        def cause(reason: Reason) -> str:
            if reason is Reason.UNIT:
                return why_no_unit(test, facts, self._book)
            return why_not_specific(test, facts) if reason is Reason.UNSPECIFIC else ""

        return cause

    def _own(self, outcome: Outcome) -> str:
        """What those resources say that are looked at, without what they are held against, or what notes name."""
        named = self._named_by_notes(outcome)
        if named:
            return few([item.says for item in outcome.evidence if item.reference not in named])
        if not outcome.notes or not outcome.reasons <= _OF_ITS_TIME:
            return says(outcome)
        own = {fact.reference for fact in outcome.decided_by}
        return few([item.says for item in outcome.evidence if item.reference in own]) or says(outcome)

    def _named_by_notes(self, outcome: Outcome) -> set[str]:
        """The newer numbers, by their references, that keep a result open."""
        if not (self._heeds_numbers and outcome.notes):
            return set()
        notes = "; ".join(outcome.notes)
        uncalled = [fact for fact in outcome.decided_by if fact.result is None]
        return {fact.reference for fact in uncalled} if any(fact.says in notes for fact in uncalled) else set()


def dated(sentences: Sequence[str], outcome: Outcome) -> str:
    """An atom's sentences, and when a window will change it."""
    said = sentences[0] if len(sentences) == 1 else " ".join(sentences)
    if outcome.changes_on is None:
        return said
    return f"{said} This changes on {outcome.changes_on.isoformat()} if nothing new is recorded."


def _known(test: Test, book: RuleBook) -> Known:
    if isinstance(test, Measurement):
        return _measured(test, book)
    if isinstance(test, Recorded):
        return _on_record(test, book)
    if isinstance(test, Readings):
        return _by_each_reading(test)
    if isinstance(test, Age):
        within, outside = phrase(test.limits, Basis.VALUE), opposite_phrase(test.limits, Basis.VALUE)
        return lambda outcome: capital(f"{says(outcome)}, {within if outcome.truth is TRUE else outside}.")
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
    is_within = sentence(f" is {phrase(test.limits, test.basis)}")
    is_outside = sentence(f" is {opposite_phrase(test.limits, test.basis)}")
    whatever = is_whatever(test, book)

    def known(outcome: Outcome) -> str:
        evidence = outcome.evidence
        said = evidence[0].says if len(evidence) == 1 else says(outcome)
        if outcome.truth is not TRUE:
            said += is_outside
        elif whatever and evidence:
            return sentence(f"Measured: {said}")
        else:
            said += is_within
        return capital(said) if said[0].islower() else said

    return known


def _by_each_reading(test: Readings) -> Known:
    """Readings that agree: the number is held to the limits of each."""
    limits = [(each.limits, each.basis) for _, each in test.tests if isinstance(each, Measurement)]
    within, outside = (" and ".join([words(*each) for each in limits]) for words in (phrase, opposite_phrase))

    def known(outcome: Outcome) -> str:
        said = says(outcome) or ("yes" if outcome.truth is TRUE else "no")
        if not limits or not outcome.decided_by:
            return sentence(said)
        is_so = outcome.truth is TRUE
        return sentence(
            f"{said} is {within if is_so else outside}, {'as' if is_so else 'unlike what'} each reading asks"
        )

    return known


def _on_record(test: Recorded, book: RuleBook) -> Known:
    none = sentence(f"no {labels(test.concepts, book)}")
    wanted = ", ".join([f"{facet} is {value}" for facet, value in test.facets])

    def known(outcome: Outcome) -> str:
        said = says(outcome)
        if said and not outcome.decided_by and not outcome.assumptions:
            return sentence(said)  # an attestation
        if outcome.truth is TRUE:
            return sentence((f"{said}: {wanted}" if wanted else said) if said else "yes")
        if not said:
            return none
        facts = outcome.decided_by
        if facts and facts[0].role is Role.NEGATES and all(fact.role is Role.NEGATES for fact in facts):
            denied = tuple(dict.fromkeys(fact.concept for fact in facts))
            return sentence(f"{labels(denied, book)} is denied: {said}")
        return sentence(f"Not at the time asked about: {said}")

    return known


def _has_its_day(outcome: Outcome) -> bool:
    """Whether it is not the date of what is on record that leaves an answer open."""
    return all(fact.when is not None and fact.when.first == fact.when.last for fact in outcome.decided_by)
