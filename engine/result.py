"""One answer: one patient, one trial. Field names and their meaning are public: fields may be added, never changed."""

from __future__ import annotations

from dataclasses import dataclass

from trialsieve.engine.outcome import Evidence
from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason, Truth, Verdict


@dataclass(frozen=True, slots=True)
class AtomResult:
    """One atom of a criterion. `holds` None: unknown, `reasons` says why. `operand` False: shown, never deciding."""

    id: str
    quote: str
    holds: bool | None
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    assumptions: tuple[str, ...]
    explanation: str
    operand: bool = True
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """What a text on hold would say under one reading."""

    name: str
    holds: bool | None
    explanation: str


@dataclass(frozen=True, slots=True)
class CriterionResult:
    id: str
    kind: CriterionKind
    stage: str
    cohort: str
    text: str
    applies: bool
    holds: bool | None
    effect: Effect
    reasons: tuple[Reason, ...]
    explanation: str
    evidence: tuple[Evidence, ...]
    assumptions: tuple[str, ...]
    readings: tuple[ReadingResult, ...]
    atoms: tuple[AtomResult, ...]
    cautions: tuple[str, ...] = ()
    changes_on: str | None = None


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Criteria in review, by what they wait for."""

    data: tuple[str, ...] = ()
    judgement: tuple[str, ...] = ()
    registry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArmResult:
    cohort: str
    stage: str
    verdict: Verdict
    limiting: tuple[str, ...]
    open: OpenItems


@dataclass(frozen=True, slots=True)
class FindingResult:
    """A shared finding that this trial's criteria reached, for `explain`: part of the proof."""

    id: str
    title: str
    holds: bool | None
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    explanation: str
    rule: str  # path:line
    atoms: tuple[AtomResult, ...]


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """One result object; `engine.result_json` turns it into the public JSON shape."""

    patient: str
    source: str
    trial: str
    as_of: str
    verdict: Verdict
    arms: tuple[ArmResult, ...]
    cautions: tuple[str, ...]
    criteria: tuple[CriterionResult, ...]
    findings: tuple[FindingResult, ...]
    rules_version: str
    rules_sha256: str


def holds_of(truth: Truth) -> bool | None:
    """Kleene's third value is None (JSON null)."""
    return {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}[truth]


def evidence_json(evidence: tuple[Evidence, ...]) -> list[dict[str, object]]:
    return [{"reference": item.reference, "says": item.says} for item in evidence]


def atom_json(atom: AtomResult) -> dict[str, object]:
    return {
        "id": atom.id,
        "quote": atom.quote,
        "holds": atom.holds,
        "reasons": [reason.value for reason in atom.reasons],
        "evidence": evidence_json(atom.evidence),
        "assumptions": list(atom.assumptions),
        "explanation": atom.explanation,
        "operand": atom.operand,
        "finding": atom.finding,
    }


def criterion_json(criterion: CriterionResult) -> dict[str, object]:
    return {
        "id": criterion.id,
        "kind": criterion.kind.value,
        "stage": criterion.stage,
        "cohort": criterion.cohort,
        "text": criterion.text,
        "applies": criterion.applies,
        "holds": criterion.holds,
        "effect": criterion.effect.value,
        "reasons": [reason.value for reason in criterion.reasons],
        "explanation": criterion.explanation,
        "evidence": evidence_json(criterion.evidence),
        "assumptions": list(criterion.assumptions),
        "readings": [
            {"name": reading.name, "holds": reading.holds, "explanation": reading.explanation}
            for reading in criterion.readings
        ],
        "atoms": [atom_json(atom) for atom in criterion.atoms],
        "cautions": list(criterion.cautions),
        "changes_on": criterion.changes_on,
    }


def result_json(result: ScreeningResult) -> dict[str, object]:
    """The public JSON object of a result (docs/result.schema.json)."""
    return {
        "patient": result.patient,
        "source": result.source,
        "trial": result.trial,
        "as_of": result.as_of,
        "verdict": result.verdict.value,
        "arms": [
            {
                "cohort": arm.cohort,
                "stage": arm.stage,
                "verdict": arm.verdict.value,
                "limiting": list(arm.limiting),
                "open": {
                    "data": list(arm.open.data),
                    "judgement": list(arm.open.judgement),
                    "registry": list(arm.open.registry),
                },
            }
            for arm in result.arms
        ],
        "cautions": list(result.cautions),
        "criteria": [criterion_json(criterion) for criterion in result.criteria],
        "rules_version": result.rules_version,
        "rules_sha256": result.rules_sha256,
    }
