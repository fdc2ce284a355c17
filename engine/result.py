"""One answer: one patient, one trial. Field names and their meaning are public: fields may be added, never changed."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from trialsieve.engine.outcome import Evidence
from trialsieve.rules.kept import Kept
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
    """One result object; `result_bytes` turns it into the public JSON."""

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
    return None if truth is Truth.UNKNOWN else truth is Truth.TRUE


# Of criteria that rest on no resource, and so recur: the JSON of each, and the criterion, whose identity is its key.
_recurring: Kept[int, tuple[CriterionResult, orjson.Fragment]] = Kept(10_000)


def result_bytes(result: ScreeningResult) -> bytes:
    """The public JSON of a result (docs/result.schema.json) in one line: the fields of the classes above, by name."""
    shape = {
        "patient": result.patient,
        # A file name need not be UTF-8; JSON must be.
        "source": result.source.encode("utf-8", "backslashreplace").decode(),
        "trial": result.trial,
        "as_of": result.as_of,
        "verdict": result.verdict,
        "arms": result.arms,
        "cautions": result.cautions,
        "criteria": [_criterion(criterion) for criterion in result.criteria],
        "rules_version": result.rules_version,
        "rules_sha256": result.rules_sha256,
    }
    return orjson.dumps(shape)


def result_json(result: ScreeningResult) -> dict[str, object]:
    """The public JSON object of a result."""
    shape: dict[str, object] = orjson.loads(result_bytes(result))
    return shape


def _criterion(criterion: CriterionResult) -> CriterionResult | orjson.Fragment:
    known = _recurring.get(id(criterion))
    if known is not None:
        return known[1]
    if criterion.evidence or any(atom.evidence for atom in criterion.atoms):
        return criterion
    fragment = orjson.Fragment(orjson.dumps(criterion))
    _recurring.keep(id(criterion), (criterion, fragment))
    return fragment
