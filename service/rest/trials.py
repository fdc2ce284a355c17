"""A trial's rules as the REST interface shows them: what `trialsieve show` says, as data."""

from __future__ import annotations

from trialsieve.rules.atom import Atom
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Criterion, Trial
from trialsieve.service.rest.models import AtomRule, CohortRule, CriterionRule, TrialRules, TrialSummary
from trialsieve.service.text.rule_words import amendment_words, atom_notes, logic_words, what_it_asks
from trialsieve.service.text.show_text import why_on_hold


def trial_summary(trial: Trial) -> TrialSummary:
    """A trial in a list."""
    return TrialSummary(
        id=trial.id,
        title=trial.title,
        version=trial.version,
        effective=trial.effective.isoformat(),
        registry_url=trial.source_url,
        criteria=len(trial.criteria),
        rules_sha256=trial.rules_sha256,
    )


def trial_rules(trial: Trial, book: RuleBook) -> TrialRules:
    """A trial with all its criteria."""
    return TrialRules(
        **trial_summary(trial).model_dump(),
        source_sha256=trial.source_sha256,
        cohorts=[
            CohortRule(id=cohort.id, gate=None if cohort.gate is None else what_it_asks(cohort.gate, book))
            for cohort in trial.cohorts
        ],
        stages=list(trial.stages),
        anchors=list(trial.anchors),
        registry_issues=list(trial.registry_issues),
        rules=[_criterion(criterion, book) for criterion in trial.criteria],
    )


def _criterion(criterion: Criterion, book: RuleBook) -> CriterionRule:
    return CriterionRule(
        id=criterion.id,
        kind=criterion.kind.value,
        stage=criterion.stage,
        cohort=criterion.cohort,
        text=criterion.text,
        on_hold=why_on_hold(criterion),
        amendment=None if criterion.amendment is None else amendment_words(criterion.amendment),
        holds_if=None if criterion.logic is None else logic_words(criterion.logic),
        readings={name: logic_words(logic) for name, logic in criterion.readings},
        atoms=[_atom(atom, book) for atom in criterion.atoms],
        cautions=list(criterion.cautions),
    )


def _atom(atom: Atom, book: RuleBook) -> AtomRule:
    return AtomRule(
        id=atom.id,
        quote=atom.quote,
        asks=what_it_asks(atom, book),
        notes=atom_notes(atom, book),
        operand=atom.operand,
    )
