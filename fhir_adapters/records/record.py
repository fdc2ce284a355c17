"""One patient's resources as they were found, and what could not be used of the input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trialsieve.fhir_adapters.records.left_out import LeftOut
from trialsieve.rules.vocabulary import Kind

Resource = Mapping[str, Any]
"""A FHIR resource as parsed JSON. Nothing about its shape may be taken for granted."""


@dataclass(frozen=True, slots=True, order=True)
class InputProblem:
    """Something of the input that could not be used: printed as `source: reference: reason`.

    `source` is the input's path as given (`path:line` for NDJSON); `reference` names the resource (`Observation/o1`,
    `entry 3`), or is empty for a whole file. A `notice` is something a person should know although all was read
    (two patients with one id); it alone does not make the run a partial one (exit status 1), and it is printed as
    `source: reference: note: reason`, so that the problems can be counted.
    """

    source: str
    reference: str
    reason: str
    notice: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        kind = "note" if self.notice else ""
        return ": ".join(part for part in (self.source, self.reference, kind, self.reason) if part)


Report = Callable[[InputProblem], None]
"""Where problems go as they are met."""


def unheard(_: InputProblem) -> None:
    """Where they go that are told elsewhere: when what they are about is screened."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A resource that could not be read at all, yet counts for a patient.

    `kind` None: its type is not known. `resource` is what could be read of it (for its code), if anything. `is_gap`:
    no resource, but a question that was not answered in full; `concepts` are those that it asked for, None for all.
    """

    reference: str
    kind: Kind | None
    reason: str
    resource: Resource | None = None
    concepts: frozenset[str] | None = None
    is_gap: bool = False


@dataclass(slots=True)
class Record:
    """One patient's record. `patient` is what results carry (`Patient/p1`; without a Patient, the subject's reference).

    `resources` are (reference as shown, resource) in input order, only this patient's, the Patient itself left out.
    `index` finds any resource of the same input by relative reference (`Medication/m1`) or full URL, for references
    that are followed. `vouched` are the kinds that the source says it retrieved in full. `in_full` False: the source
    itself shows that more exists (an unread page of a search), so that holding one resource of a kind does not cover
    that kind. `left_out` are this patient's too: they mean nothing to the rules, and were not built (`slim`).
    `mentioning` are of types that are read only for the diagnoses that they may mention (`mention_places`).
    `taken_back` are the Observations, as shown, that a withdrawn report names.
    """

    patient: str
    source: str
    patient_resource: Resource | None = None
    resources: list[tuple[str, Resource]] = field(default_factory=list)
    index: Mapping[str, Resource] = field(default_factory=dict)
    vouched: frozenset[Kind] = frozenset()
    set_aside: list[SetAside] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    in_full: bool = True
    left_out: LeftOut = field(default_factory=LeftOut)
    mentioning: list[tuple[str, Resource]] = field(default_factory=list)
    taken_back: frozenset[str] = frozenset()
