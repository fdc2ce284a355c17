"""What a person's answer makes of an outcome in the direct evaluator (docs/semantics.md, 3.4 and 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_chart import View
from trialsieve.engine.direct_plans import CriterionPlan
from trialsieve.engine.direct_proof import agreed, each_once, resting
from trialsieve.engine.facts import Attestation, Chart, Fact
from trialsieve.engine.outcome import Evidence, Outcome
from trialsieve.rules.vocabulary import FALSE, NOT_LIFTED, TRUE, UNKNOWN, Reason, Truth

Answers = Mapping[str, Sequence[Attestation]]
"""The current answers to atoms, by the names of these."""

_CONFLICTING = frozenset({Reason.CONFLICTING_DATA})
_NOT_ALONE = "the answers to parts of it do not decide it without the other parts"
_OPEN = Outcome(UNKNOWN, frozenset({Reason.NO_DATA}))


def attested(target: str, outcome: Outcome, facts: Sequence[Fact], view: View, *, personal: bool) -> Outcome:
    """What a person's answer makes of an outcome that rests on these facts (`personal`: on age or sex)."""
    return _answered(view.attestations(target), outcome, facts, view, personal=personal)


def still_attested(
    day: date, target: str, outcome: Outcome, facts: Sequence[Fact], view: View, *, personal: bool
) -> Outcome:
    """The same on a later day, when answers may have lapsed. What they were given against is no longer foretold."""
    then = _answered(view.attestations(target, day), outcome, facts, view, personal=personal)
    if then.truth is UNKNOWN or then.truth is attested(target, outcome, facts, view, personal=personal).truth:
        return then
    return Outcome(UNKNOWN, _CONFLICTING)


def unseen(
    newest: Sequence[Attestation], reasons: frozenset[Reason], facts: Sequence[Fact], chart: Chart, as_of: date
) -> list[str]:
    """What keeps something open and who answered cannot have seen, as it is dated surely after the answers to it.

    `facts` are what it rests on, and the doubts about it; where these are contradicted, what contradicts them, too.
    """
    dated = [(fact.when or fact.recorded, fact.says) for fact in facts]
    if Reason.CONFLICTING_DATA in reasons:
        named = {fact.reference for fact in facts}
        dated += [(other.when, other.says) for other in chart.contradictions if not other.of.isdisjoint(named)]
    return [
        says
        for when, says in dated
        if when is not None and when.starts_by(as_of) and all(when.surely_after(item.when) for item in newest)
    ]


def answers_agreed_with(target: str, atoms: Mapping[str, Outcome], view: View) -> Answers:
    """The answers to atoms of a criterion that are as these say."""
    known = {name: atom.truth is TRUE for name, atom in atoms.items() if atom.truth is not UNKNOWN}
    newest = {name: view.attestations(f"{target}.{name}") for name in known}
    return {name: said for name, said in newest.items() if {item.answer for item in said} == {known[name]}}


def by_answers_alone(plan: CriterionPlan, answers: Answers, atoms: Mapping[str, Outcome]) -> Truth:
    """What answers to its atoms make of a criterion, with age and sex, were nothing known of the other atoms."""
    kept = {*answers, *(atom.id for atom in plan.atoms if atom.is_personal)}
    known = {name: outcome if name in kept else _OPEN for name, outcome in atoms.items()}
    of, criterion = known.__getitem__, plan.criterion
    if criterion.logic is not None:
        return direct_logic.evaluate(criterion.logic, of).truth
    return agreed([direct_logic.evaluate(reading, of) for _, reading in criterion.readings]).truth


def held_against_answers(
    newest: Sequence[Attestation],
    outcome: Outcome,
    answers: Answers,
    upon: Sequence[str],
    *,
    alone: Truth,
    personal: bool,
) -> Outcome:
    """What the newest answer to a known criterion makes of it where it rests on no facts, but on answers to its atoms.

    `upon` are the atoms by which the logic decides: of the answers to these is told. `alone`: what the answers make of
    it without the other atoms. A newer answer to a part says nothing of what is only presumed absent.
    """
    if {item.answer for item in newest} == {outcome.truth is TRUE}:
        return outcome
    of_atoms = [item for said in answers.values() for item in said]
    told = [item for name, said in answers.items() if name in upon for item in said] or of_atoms
    is_split = len({item.answer for item in newest}) > 1
    are_newer = all(item.when.surely_after(other.when) for item in of_atoms for other in newest)
    if are_newer and alone is outcome.truth:
        older = "older answers contradict each other" if is_split else "an older answer says otherwise"
        return replace(outcome, notes=(*outcome.notes, _note(older, newest)))
    if not (is_split or personal) and all(item.when.surely_before(other.when) for item in of_atoms for other in newest):
        one = "an older answer to a part of it says otherwise"
        note = _note(one if len(told) == 1 else "older answers to parts of it say otherwise", told)
        return Outcome(_truth(newest), evidence=_evidence(newest), notes=(note,))
    evidence = each_once([_evidence(newest), _evidence(told), outcome.evidence])
    notes = () if alone is outcome.truth else (_NOT_ALONE,)
    return replace(resting(UNKNOWN, _CONFLICTING, [outcome], notes=notes), evidence=evidence)


def _answered(
    newest: Sequence[Attestation], outcome: Outcome, facts: Sequence[Fact], view: View, *, personal: bool
) -> Outcome:
    if not newest:
        return outcome
    answers = {item.answer for item in newest}
    conflict = resting(UNKNOWN, _CONFLICTING, [outcome], evidence=_evidence(newest))
    if outcome.truth is UNKNOWN:
        lasts = not outcome.reasons.isdisjoint(NOT_LIFTED)
        if lasts or unseen(newest, outcome.reasons, facts, view.chart, view.circumstances.as_of):
            return outcome
        return conflict if len(answers) > 1 else Outcome(_truth(newest), evidence=_evidence(newest))
    if answers == {outcome.truth is TRUE}:
        return outcome
    if not facts:
        if personal or len(answers) > 1:
            return conflict
        return Outcome(_truth(newest), evidence=_evidence(newest))
    dates = [fact.when or fact.recorded for fact in facts]
    if all(when is not None and when.surely_after(item.when) for when in dates for item in newest):
        return outcome
    return conflict


def _truth(agreeing: Sequence[Attestation]) -> Truth:
    return TRUE if agreeing[0].answer else FALSE


def _evidence(items: Sequence[Attestation]) -> tuple[Evidence, ...]:
    return tuple([Evidence(item.reference, item.says) for item in items])


def _note(otherwise: str, items: Sequence[Attestation]) -> str:
    return f"{otherwise}: {', '.join(dict.fromkeys(item.says for item in items))}"
