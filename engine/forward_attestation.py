"""A person's answers: which one is current, and what it does to what data said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialsieve.engine.facts import Attestation, Chart, Fact
from trialsieve.engine.forward_view import CONFLICTING
from trialsieve.engine.interval import DateInterval, clip
from trialsieve.engine.outcome import Outcome
from trialsieve.engine.program import AtomPlan
from trialsieve.rules.vocabulary import FALSE, NOT_LIFTED, TRUE, UNKNOWN, Reason

LAPSES_AFTER = timedelta(days=30)
"""How long an answer without an end counts."""


@dataclass(frozen=True, slots=True)
class Beneath:
    """The answers to atoms of a known criterion, and whether they decide it by themselves."""

    answers: Sequence[Attestation]
    decide: Callable[[], bool]


class Attested:
    """The current answers of a chart, by target; of each target the newest, several where each may be that."""

    def __init__(self, chart: Chart, as_of: date) -> None:
        current: dict[str, list[Attestation]] = {}
        self._contradictions = chart.contradictions
        self._as_of = as_of
        for attestation in chart.attestations:
            if _is_current(attestation, as_of):
                current.setdefault(attestation.target, []).append(attestation)
        self.targets = {target: _perhaps_newest(answers) for target, answers in current.items()}

    def agreeing(self, plans: Iterable[AtomPlan], atoms: Mapping[str, Outcome]) -> dict[str, list[Attestation]]:
        """The answers to atoms that are known, and as these answers say, by atom."""
        found: dict[str, list[Attestation]] = {}
        for plan in plans:
            answers = self.targets.get(plan.target) if plan.target is not None else None
            truth = atoms[plan.id].truth
            if answers and truth is not UNKNOWN and all(one.answer is (truth is TRUE) for one in answers):
                found[plan.id] = answers
        return found

    def applied(
        self,
        target: str | None,
        outcome: Outcome,
        facts: tuple[Fact, ...],
        undated: bool,
        beneath: Beneath | None = None,
    ) -> Outcome:
        """The outcome after the attestation to its target, if there is one.

        `facts` are those that it rests on, and the doubts that keep it open; else perhaps answers to what is `beneath`
        it. `undated`: it rests on age or sex, which have no date to compare with.
        """
        answers = self.targets.get(target) if target is not None else None
        if answers is None:
            return outcome
        values = {attestation.answer for attestation in answers}
        if outcome.truth is UNKNOWN:
            unseen = [fact.when or fact.recorded for fact in facts]
            if Reason.CONFLICTING_DATA in outcome.reasons:
                about = {fact.reference for fact in facts}
                unseen += [other.when for other in self._contradictions if other.of & about]
            unanswered = any(self._surely_after(when, answers) for when in unseen)
            return outcome if unanswered or outcome.reasons & NOT_LIFTED else self._answer(values, outcome)
        if values == {outcome.truth is TRUE}:
            return outcome
        if not facts:
            if beneath is not None:  # else it is a presumed absence
                pairs = [(one.when, answer.when) for one in beneath.answers for answer in answers]
                if all(one.surely_after(answer) for one, answer in pairs) and beneath.decide():
                    return outcome
                undated = undated or not all(one.surely_before(answer) for one, answer in pairs)
            return self._conflict(outcome) if undated else self._answer(values, outcome)
        if all(self._surely_after(fact.when or fact.recorded, answers) for fact in facts):
            return outcome
        return self._conflict(outcome)

    def _answer(self, values: set[bool], outcome: Outcome) -> Outcome:
        if len(values) > 1:
            return self._conflict(outcome)
        return Outcome(TRUE if True in values else FALSE)  # it rests on a person, not on facts

    def _conflict(self, outcome: Outcome) -> Outcome:
        return Outcome(UNKNOWN, CONFLICTING, decided_by=outcome.decided_by)

    def _surely_after(self, dated: DateInterval | None, answers: list[Attestation]) -> bool:
        """Whether nobody who answered can have seen what is dated so; what is of a later day nobody has yet."""
        if dated is None or not dated.starts_by(self._as_of):
            return False
        return all(clip(dated, self._as_of).surely_after(answer.when) for answer in answers)


def _is_current(attestation: Attestation, as_of: date) -> bool:
    if not attestation.when.starts_by(as_of):
        return False
    if attestation.until is not None:
        return attestation.until.last is None or attestation.until.last >= as_of
    first = attestation.when.first
    return first is not None and first >= as_of - LAPSES_AFTER


def _perhaps_newest(answers: list[Attestation]) -> list[Attestation]:
    latest_start = max((one.when.start for one in answers if one.when.start is not None), default=None)
    if latest_start is None:
        return answers
    return [one for one in answers if one.when.end is None or latest_start <= one.when.end]
