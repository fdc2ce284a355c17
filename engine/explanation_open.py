"""Why an answer is open: one sentence for each reason, with the one cause where the facts tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trialsieve.engine.explanation_causes import unread_date
from trialsieve.engine.outcome import Outcome
from trialsieve.engine.phrases import (
    EITHER_WAY,
    NOT_SPECIFIC,
    SHOWN,
    TOLD_BESIDE,
    UNREADABLE,
    WHY_NOT,
    WHY_NOT_BY_IT,
    capital,
    few,
    labels,
    sentence,
    told_reasons,
    unread,
    with_notes,
)
from trialsieve.rules.atom import Age, Measurement, QualitativeResult, Readings, Recorded, RecordedSex, Test
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Reason, Timing

Cause = Callable[[Reason], str]
"""The one cause behind a reason, as far as the facts tell it (else empty)."""

_UNREAD = frozenset({Reason.UNUSABLE_DATA})
_NOTHING_READ = frozenset({Reason.UNUSABLE_DATA, Reason.NO_DATA})  # of a result: it is on record, and no more is known


def after(test: Test, book: RuleBook) -> str:
    """After what something has to be, if it has: “relapse” is on record, but not “after the first remission”."""
    if isinstance(test, Readings):
        return after(test.tests[0][1], book)
    if not isinstance(test, (Measurement, QualitativeResult, Recorded)) or not test.after:
        return ""
    span = f" within {test.within_after.length}" if test.within_after is not None else ""
    return f"{span} after “{book.findings[test.after].title}”"


def subject(test: Test, book: RuleBook) -> str:
    """What a test looks for, if that can be named."""
    if isinstance(test, (Measurement, QualitativeResult)):
        return labels(test.concepts, book)
    if isinstance(test, Recorded):
        states = " or ".join(sorted(state.value for state in test.states))
        return labels(test.concepts, book) + (f" with the clinical status {states}" if states else "")
    if isinstance(test, Readings):
        return subject(test.tests[0][1], book)
    if isinstance(test, Age):
        return "birth date"
    return "recorded sex" if isinstance(test, RecordedSex) else ""


def nothing(test: Test, sought: str, book: RuleBook) -> str:
    """That a test found nothing. Of what may be absent it is said that this is not presumed: it is no good news."""
    if isinstance(test, Recorded):
        ever = "" if test.window is None and test.timing is not Timing.EVER else " or was"
        which = f"{sought}{after(test, book)}"
        return f"nothing on record settles whether there is{ever} {which}; absence is not presumed here"
    if isinstance(test, (Measurement, QualitativeResult, Readings)):
        return f"no result on record for {sought}{after(test, book)}"
    return f"no {sought or 'data that would decide'} on record"


class WhyNot:
    """Why an answer is unknown. `sought` is what was looked for, if that can be named.

    `absent` says that nothing is on record, `judged` what a person would have to say, `stale` why what is on record is
    of another time, `by` in what it is not specific. `recorded`: it is asked whether there is such a thing. `since`:
    what came later may make it count no more.
    """

    def __init__(
        self, sought: str, absent: str, judged: str, stale: str, by: str, *, recorded: bool = False, since: bool = False
    ) -> None:
        self._is_named = bool(sought)
        self._told_by_it = _UNREAD if recorded else _NOTHING_READ
        self._sought = sought or "what is on record"
        self._unread = "what bears on this" if recorded else sought or "what is asked for"  # it may be of anything
        named = sought or "what is asked for"
        words: Mapping[str, str] = {
            "subject": named,
            "nothing": absent,
            "judged": judged,
            "stale": stale,
            "specific": by,
            "unread": UNREADABLE,
        }
        self._why_not_by_it = {reason: text.format_map(words) for reason, text in WHY_NOT_BY_IT.items()}
        if since:
            self._why_not_by_it[Reason.NOT_RETRIEVED] = "what may have come since was not retrieved"
        self._ends_by_it = {reason: sentence(f": {why}") for reason, why in self._why_not_by_it.items()}
        self._why_not = {reason: text.format_map(words) for reason, text in WHY_NOT.items()}

    def sentences(
        self, outcome: Outcome, said: str = "", *, exact: bool = False, cause: Cause | None = None
    ) -> Sequence[str]:
        """One for each reason. `said` is what is on record, `exact` whether that has its day."""
        reasons = outcome.reasons - outcome.noted if outcome.noted else outcome.reasons
        garbled, notes = unread(outcome, reasons)
        if not reasons:  # it was decided, but for what is asked beside it
            known = said or "; ".join(outcome.assumptions) or f"no {self._sought} on record"
            return (sentence(f"{known}; {'; '.join(notes)}"),)
        sentences: list[str] = []
        if garbled:
            reasons = reasons - self._told_by_it
            sentences.append(sentence(f"{self._unread} {garbled}"))
        sentences += [self._sentence(reason, said, outcome, exact, cause) for reason in told_reasons(reasons)]
        if notes:
            sentences[-1] = with_notes(sentences[-1], notes)
        return sentences

    def _sentence(self, reason: Reason, said: str, outcome: Outcome, exact: bool, cause: Cause | None) -> str:
        end = self._ends_by_it.get(reason)
        if end is not None:
            if cause is not None or exact or reason is Reason.UNDATED:
                end = sentence(f": {self._why(reason, said, outcome, exact, cause)}")
            return capital((said or self._sought) + end)
        if reason is Reason.NO_DATA and not self._is_named:
            return sentence("nothing on record")
        if reason is Reason.UNUSABLE_DATA and said and self._told_by_it is _NOTHING_READ:
            which = "its" if len(outcome.evidence) == 1 else "a"
            return capital(f"{said}: {which} result cannot be read.")
        told = self._why_not[reason]
        return sentence(f"{told}; on record: {said}" if said and reason in TOLD_BESIDE else told)

    def _why(self, reason: Reason, said: str, outcome: Outcome, exact: bool, cause: Cause | None) -> str:
        """Why what is on record does not decide."""
        if cause is not None and (told := cause(reason)):
            return f"{NOT_SPECIFIC}, {told}" if reason is Reason.UNSPECIFIC else told
        if exact and reason is Reason.IMPRECISE:
            return EITHER_WAY
        if reason is Reason.UNDATED and (written := unread_date(said, outcome)):
            return f"its date {written} cannot be read"
        return self._why_not_by_it[reason]


def says(outcome: Outcome) -> str:
    """What the resources say that an outcome rests on; of many the first few."""
    evidence = outcome.evidence
    if len(evidence) == 1:
        return evidence[0].says
    return few([item.says for item in evidence[:SHOWN]], len(evidence))


def says_of_several(outcome: Outcome) -> str:
    """The same of what rests on several tests, in which one diagnosis may be two facts: it is said once."""
    evidence = outcome.evidence
    if len(evidence) == 1:
        return evidence[0].says
    told: dict[object, str] = {}
    for item in evidence:
        told.setdefault(item.reference if item.reference.startswith("Condition/") else item, item.says)
    return few(list(told.values()))
