"""Cautions for answers of people that settle nothing, where the question is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from trialsieve.engine.direct_answers import unseen
from trialsieve.engine.direct_chart import has_lapsed
from trialsieve.engine.facts import Attestation, Chart
from trialsieve.engine.outcome import CriterionOutcome
from trialsieve.engine.phrases import REASON_WORDS, few
from trialsieve.rules.vocabulary import NOT_LIFTED, Reason, Truth

Criteria = Mapping[tuple[str, str], CriterionOutcome]


def answers_without_effect(trial: str, chart: Chart, as_of: date, criteria: Criteria) -> list[str]:
    """A sentence for each answer to an open question of a trial that does not count, or not for this; and why."""
    told = []
    for target, items in sorted(_by_target(trial, chart.attestations).items()):
        asked = target.partition("#")[2]
        name, _, atom = asked.partition(".")
        proof = criteria.get((trial, name))
        if proof is None or proof.outcome.truth is not Truth.UNKNOWN:
            continue
        visible = [item for item in items if item.when.starts_by(as_of)]
        current = [item for item in visible if not has_lapsed(item, as_of)]
        if current:
            item = _newest(current)
            why = _why_not_settled(item, proof, atom, chart, as_of)
            told += [f"the answer to {_named(asked, item)} does not settle it: {why}"] if why else []
            continue
        if visible:
            told.append(f"the answer to {_named(asked, _newest(visible))} has lapsed, and has to be given anew")
        if later := [item for item in items if not item.when.starts_by(as_of)]:
            said = _named(asked, min(later, key=_start))
            told.append(f"the answer to {said} is dated after the as-of date, and so not used; check the date")
    return told


def _by_target(trial: str, attestations: Iterable[Attestation]) -> dict[str, list[Attestation]]:
    found: dict[str, list[Attestation]] = {}
    for item in attestations:
        if item.target.startswith(f"{trial}#"):
            found.setdefault(item.target, []).append(item)
    return found


def _why_not_settled(item: Attestation, proof: CriterionOutcome, atom: str, chart: Chart, as_of: date) -> str:
    """What no person's answer lifts, and what this person cannot have seen."""
    outcome = proof.atoms.get(atom) if atom else proof.outcome
    if outcome is None:
        return ""
    found = NOT_LIFTED & outcome.reasons
    # What was not retrieved counts as unreadable too, and is no resource.
    reasons = sorted(found - {Reason.UNUSABLE_DATA} if Reason.NOT_RETRIEVED in found else found)
    why = [REASON_WORDS[reason] for reason in reasons]
    is_told = item.reference in [each.reference for each in outcome.evidence]  # it conflicts with what is known
    waiting = [each for each in ([outcome] if atom else proof.atoms.values()) if each.truth is Truth.UNKNOWN]
    facts = [fact for each in waiting for fact in (*each.decided_by, *each.doubts)]
    if not why and not is_told and (newer := unseen([item], outcome.reasons, facts, chart, as_of)):
        why.append(f"newer than it: {few(list(dict.fromkeys(newer)))}")
    return "; ".join(why)


def _newest(items: list[Attestation]) -> Attestation:
    return max(items, key=_start)


def _start(item: Attestation) -> tuple[float, str]:
    """Of one instant by their references, so that the order of the input changes nothing."""
    return item.when.start or 0, item.reference


def _named(asked: str, item: Attestation) -> str:
    on = f" of {item.when.first.isoformat()}" if item.when.first is not None else ""
    return f"{asked}{on} ({item.reference})"
