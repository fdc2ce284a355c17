"""One answer: one patient, one trial. Field names and their meaning are public: fields may be added, never changed."""

from __future__ import annotations

from typing import Final

import msgspec
import orjson
from msgspec import Raw, Struct

from trialsieve.engine.outcome import Evidence
from trialsieve.rules.errors import UsageError
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason, Truth, Verdict

HOLDS: Final[dict[Truth, bool | None]] = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}
"""Truth in public: Kleene's third value is None (JSON null)."""


class AtomResult(Struct, frozen=True, gc=False):
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


class ReadingResult(Struct, frozen=True, gc=False):
    """What a text on hold would say under one reading."""

    name: str
    holds: bool | None
    explanation: str


class CriterionResult(Struct, frozen=True, gc=False):
    """One criterion. `text` is the registry's sentence; `holds` None: unknown, `reasons` says why. `effect` decides."""

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


class OpenItems(Struct, frozen=True, gc=False):
    """Criteria in review, by what they wait for."""

    data: tuple[str, ...] = ()
    judgement: tuple[str, ...] = ()
    registry: tuple[str, ...] = ()


class ArmResult(Struct, frozen=True, gc=False):
    """One cohort at a stage. `gate` is the cohort's own condition, if it has one."""

    cohort: str
    stage: str
    verdict: Verdict
    limiting: tuple[str, ...]
    open: OpenItems
    gate: AtomResult | None = None


class FindingResult(Struct, frozen=True, gc=False):
    """A shared finding that this trial's criteria reached, for `explain`: part of the proof."""

    id: str
    title: str
    holds: bool | None
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    explanation: str
    rule: str  # path:line
    atoms: tuple[AtomResult, ...]


class UnreadResult(Struct, frozen=True, gc=False):
    """The resources that keep an atom of a criterion open, since they could not be read or understood.

    What was not retrieved has the same reasons, but is no resource.
    """

    criterion: str
    atom: str
    references: tuple[str, ...]


class ScreeningResult(Struct, frozen=True, gc=False):
    """One result object: one patient, one trial. Its members are described by docs/result.schema.json.

    But for `findings` and `unread`, which the public JSON does not show.
    """

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
    unread: tuple[UnreadResult, ...] = ()

    def criterion(self, criterion_id: str) -> CriterionResult:
        """The criterion of this id, such as `I05`. Raises UsageError where the trial has none of it."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        known = ", ".join(criterion.id for criterion in self.criteria)
        raise UsageError(f"no criterion {criterion_id!r} in {self.trial}; there are: {known}")

    def to_json(self) -> str:
        """The public JSON object in one line, as `trialsieve screen --format ndjson` writes it."""
        return result_bytes(self).decode()

    def to_dict(self) -> dict[str, object]:
        """The public JSON object, parsed."""
        return result_json(self)

    def __repr__(self) -> str:
        # All of it is a hundred kilobytes, and a notebook shows what a cell comes to.
        return f"<ScreeningResult {self.patient} {self.trial} as of {self.as_of}: {self.verdict.value}>"


class _Public(Struct, gc=False):
    """The members of the public JSON, in their order."""

    patient: str
    source: str
    trial: str
    as_of: str
    verdict: Verdict
    arms: tuple[ArmResult, ...]
    cautions: tuple[str, ...]
    criteria: list[CriterionResult | Raw]
    rules_version: str
    rules_sha256: str


_encode = msgspec.json.Encoder().encode

# Of criteria that rest on no resource, and so recur: the JSON of each, and the criterion, whose identity is its key.
_recurring: Kept[int, tuple[CriterionResult, Raw]] = Kept(1_000)


def result_bytes(result: ScreeningResult) -> bytes:
    """The public JSON of a result (docs/result.schema.json) in one line: the fields of the classes above, by name."""
    recurring = map(_recurring.get, map(id, result.criteria))
    criteria = [
        _raw_or_own(criterion) if known is None else known[1]
        for criterion, known in zip(result.criteria, recurring, strict=True)
    ]
    # A file name need not be UTF-8; JSON must be.
    source = result.source.encode("utf-8", "backslashreplace").decode()
    return _encode(
        _Public(
            result.patient,
            source,
            result.trial,
            result.as_of,
            result.verdict,
            result.arms,
            result.cautions,
            criteria,
            result.rules_version,
            result.rules_sha256,
        )
    )


def result_json(result: ScreeningResult) -> dict[str, object]:
    """The public JSON object of a result."""
    shape: dict[str, object] = orjson.loads(result_bytes(result))
    return shape


def _raw_or_own(criterion: CriterionResult) -> CriterionResult | Raw:
    if criterion.evidence or any(atom.evidence for atom in criterion.atoms):
        return criterion
    raw = Raw(_encode(criterion))
    _recurring.keep(id(criterion), (criterion, raw))
    return raw
