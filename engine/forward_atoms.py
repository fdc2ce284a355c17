"""The atoms of criteria, findings and gates: what they stand for, and what each of their steps makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from trialsieve.engine.facts import Chart, Fact
from trialsieve.engine.forward_attestation import Attested
from trialsieve.engine.forward_fold import HOLDS_NOT, both, changed, opposite
from trialsieve.engine.forward_logic import Conclusions
from trialsieve.engine.forward_memory import WorkingMemory, sex_unknown
from trialsieve.engine.forward_resources import resources_say
from trialsieve.engine.forward_settled import Settlements
from trialsieve.engine.forward_view import CONFLICTING, NO_DATA, Moment
from trialsieve.engine.outcome import NO_REASONS, Outcome
from trialsieve.engine.program import AtomPlan, Folded
from trialsieve.rules.atom import DatedSince, SameResource
from trialsieve.rules.errors import EngineError
from trialsieve.rules.vocabulary import ABSENT, FALSE, TRUE, UNKNOWN, Kind, Reason, Role, Sex


class AtomSteps:
    """Makes the atoms of one evaluation; `findings` is filled by the caller."""

    def __init__(
        self,
        memory: WorkingMemory,
        findings: Mapping[str, Outcome],
        attested: Attested,
        conclusions: Conclusions,
        settlements: Settlements,
        facet: Folded,
    ) -> None:
        self._memory = memory
        self._findings = findings
        self._attested = attested
        self._conclusions = conclusions
        self._settlements = settlements
        self._facet = facet
        self._chart: Chart = memory.view.chart
        self._moment: Moment = memory.view.moment
        told = ABSENT if self._chart.in_full else NO_DATA
        self._silence = told if self._moment.presumes else NO_REASONS

    def outcomes(self, plans: Iterable[AtomPlan]) -> dict[str, Outcome]:
        """The atoms of a criterion or finding after all their steps; the plans are in order."""
        outcomes: dict[str, Outcome] = {}
        known, attested = self._memory.outcomes, self._attested.targets
        for plan in plans:
            if plan.test is not None:
                outcome = known.get(plan.test) or self._memory.outcome(plan.test, outcomes)
            else:
                outcome = self._untested(plan, outcomes)
            if plan.findings and outcome.truth is UNKNOWN and self._chart.attestations:
                outcome = self._since(plan, outcome)
            if not plan.plain or plan.target in attested:
                outcome = self._after_steps(plan, outcome, outcomes)
            outcomes[plan.id] = outcome
        return outcomes

    def _since(self, plan: AtomPlan, outcome: Outcome) -> Outcome:
        """An unknown outcome, doubted by the true findings that its atom names, as facts of their dates."""
        dates = [when for name in plan.findings if (when := self._findings[name].when) is not None]
        facts = [Fact(Kind.CONDITION, "", "", Role.SUPPORTING, "", when=when) for when in dates]
        return replace(outcome, doubts=(*outcome.doubts, *facts)) if facts else outcome

    def _untested(self, plan: AtomPlan, others: Mapping[str, Outcome]) -> Outcome:
        if plan.finding is not None:
            return self._findings[plan.finding]
        if plan.always is not None:
            return plan.always
        test = plan.atom.test
        if isinstance(test, SameResource | DatedSince):
            return resources_say(test, others, self._moment, self._conclusions, self._facet)
        raise EngineError(f"atom {plan.id} was compiled without its test")

    def _after_steps(self, plan: AtomPlan, outcome: Outcome, others: Mapping[str, Outcome]) -> Outcome:
        atom = plan.atom
        if atom.absent:  # what could not be read left it unknown, and does so here
            outcome = opposite(outcome)
        if plan.review is not None and outcome.truth is not UNKNOWN:
            reasons = self._settlements.review(plan.review, atom.review_when, others, self._silence)
            if reasons:
                outcome = changed(outcome, UNKNOWN, reasons)
        if plan.target in self._attested.targets:
            facts = outcome.decided_by + outcome.doubts
            outcome = self._attested.applied(plan.target, outcome, facts, plan.personal)
        if atom.applies_to is not None:
            outcome = self._of_sex(outcome, atom.applies_to)
        if plan.when is not None and atom.when is not None:
            outcome = both(self._settlements.condition(plan.when, atom.when, others), outcome)
        return outcome

    def _of_sex(self, outcome: Outcome, wanted: Sex) -> Outcome:
        sex = self._chart.person.sex
        if sex is wanted:
            return outcome
        if sex is not Sex.UNKNOWN:
            if outcome.truth is TRUE:
                return changed(outcome, UNKNOWN, CONFLICTING)
            return outcome if Reason.UNUSABLE_DATA in outcome.reasons else HOLDS_NOT
        if outcome.truth is FALSE:
            return outcome
        return changed(outcome, UNKNOWN, sex_unknown(self._chart).reasons | outcome.reasons)
