"""The reasons of a result as tables, cards and pages show them. The result itself keeps their public codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialsieve.engine.phrases import REASON_WORDS, told_reasons
from trialsieve.engine.result import ArmResult, CriterionResult
from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason
from trialsieve.service.text.words import GATE, LIMITING_WORDS


@dataclass(frozen=True, slots=True)
class ShownReason:
    """Why something is unknown, in words, and the public codes that this stands for."""

    words: str
    codes: tuple[str, ...]


def shown_reasons(reasons: Iterable[Reason]) -> tuple[ShownReason, ...]:
    """Each reason once; what is not told beside another is among its codes."""
    own = tuple(reasons)
    told = told_reasons(own)
    untold = [reason.value for reason in own if reason not in told]
    return tuple(
        ShownReason(REASON_WORDS[reason], (reason.value, *(untold if reason is Reason.NOT_RETRIEVED else ())))
        for reason in told
    )


def gate_criterion(arm: ArmResult) -> CriterionResult | None:
    """The cohort's own condition as a criterion that has to be met, if it has one."""
    gate = arm.gate
    if gate is None:
        return None
    return CriterionResult(
        id=GATE,
        kind=CriterionKind.INCLUSION,
        stage=arm.stage,
        cohort=arm.cohort,
        text=gate.quote or LIMITING_WORDS[GATE],
        applies=True,
        holds=gate.holds,
        effect=Effect.REVIEW if gate.holds is None else Effect.PASS if gate.holds else Effect.FAIL,
        reasons=gate.reasons,
        explanation=gate.explanation,
        evidence=gate.evidence,
        assumptions=gate.assumptions,
        readings=(),
        atoms=(gate,),
    )


def is_answered(criterion: CriterionResult) -> bool:
    """Whether a person's answer to the whole sentence decides it: it rests on more than its atoms do."""
    of_atoms = {item for atom in criterion.atoms for item in atom.evidence}
    return criterion.applies and not of_atoms.issuperset(criterion.evidence)
