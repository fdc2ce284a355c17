"""The answers about one patient put together: one record, what it covers, and where it has gaps.

What is not about the patient is left out and named, and the answer that held it is none in full. The rest is read as a
Bundle of the same resources is. What a kind's answers vouch for, and what is a gap, is said in `prefetched`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, type_of
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.identity import merge_patients
from trialsieve.fhir_adapters.records.record import InputProblem, Record, Resource, SetAside
from trialsieve.fhir_adapters.records.subjects import Roster, Unassigned, patient_entry
from trialsieve.fhir_adapters.servers.answers import Answer, Answered, Entry
from trialsieve.fhir_adapters.servers.gap_words import (
    ATTESTATIONS,
    KIND_WORDS,
    STATE_WORDS,
    gap_caution,
    gap_reference,
    null_caution,
)
from trialsieve.fhir_adapters.servers.prefetch_templates import ATTESTATIONS_KEY, PATIENT_KEY, PrefetchTemplate
from trialsieve.rules.errors import TrialsieveError
from trialsieve.rules.vocabulary import Kind

SOURCE: Final = "prefetch"
"""What a record of this kind, and its problems, name as their file."""

_OF_OTHERS: Final = frozenset({Unassigned.ANOTHER, Unassigned.NOT_A_PATIENT})
_COMPLETE: Final = frozenset({Answered.IN_FULL, Answered.NULL})
_NOT_AGAINST_COVERING: Final = _COMPLETE | {Answered.NOT_SUPPORTED}


class NothingKnownError(TrialsieveError):
    """Nothing usable is known of the patient: neither the Patient nor any resource, from the client or a server."""


@dataclass(frozen=True, slots=True)
class KeyAccount:
    """How one key was answered. `resources` are those of this patient, `left_out` those of others.

    `reason` is empty for an answer in full; it quotes nothing of a record. `by_server`: the server was asked. `is_gap`:
    something may exist that is not in the record.
    """

    key: str
    kind: Kind | None
    state: Answered
    reason: str
    resources: int = 0
    left_out: int = 0
    by_server: bool = False
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """A record ready for charts, what of the input could not be used, and how each key was answered."""

    record: Record
    problems: tuple[InputProblem, ...]
    accounts: tuple[KeyAccount, ...]


@dataclass(slots=True)
class AskedKey:
    """One key: its answer as it stands, and what of it is about the patient."""

    template: PrefetchTemplate
    answer: Answer
    by_server: bool = False
    own: list[Entry] = field(default_factory=list)
    left_out: int = 0

    def is_gap(self, covered: frozenset[Kind]) -> bool:
        """A type that a server does not support is none where the others cover its kind."""
        return self.answer.state not in _COMPLETE and self.template.kind not in covered

    def account(self, covered: frozenset[Kind]) -> KeyAccount:
        """What people may know of it."""
        state = self.answer.state
        return KeyAccount(
            key=self.template.key,
            kind=self.template.kind,
            state=state,
            reason="" if state is Answered.IN_FULL else self.answer.reason,
            resources=len(self.own),
            left_out=self.left_out,
            by_server=self.by_server,
            is_gap=self.is_gap(covered),
        )


class RecordMaker:
    """Makes the record of one patient. `problems` is added to."""

    def __init__(self, keys: Mapping[str, AskedKey], patient: str, problems: list[InputProblem]) -> None:
        self._keys = keys
        self._patient = patient
        self._reference = f"Patient/{patient}"
        self._problems = problems

    def gathered(self, medications: Sequence[Entry]) -> Gathered:
        """The record of all answers, with the Medications that they refer to. Raises NothingKnownError."""
        patient, cautions = self._own_patient()
        self._sort_out(patient)
        entries = [entry for key in self._keys.values() if key.template.key != PATIENT_KEY for entry in key.own]
        if patient is None and not entries:
            raise NothingKnownError(
                "nothing is known of the patient: send the Patient and the other prefetch keys, "
                "or a fhirServer with fhirAuthorization that may read them"
            )
        record = self._record(patient, [*entries, *medications])
        record.in_full = False  # a kind is covered by the answer to its query, not by single resources
        record.vouched = frozenset(kind for kind in Kind if self._is_covered(kind))
        for name, key in self._keys.items():
            self._tell_gap(name, key, record)
        record.cautions += [*cautions, *self._cautions(record.vouched)]
        accounts = tuple(key.account(record.vouched) for key in self._keys.values())
        return Gathered(record, tuple(self._problems), accounts)

    def _own_patient(self) -> tuple[Resource | None, list[str]]:
        """The Patient, from its key and as it came along with other answers; and what a person must see of it."""
        patient: Resource | None = None
        cautions: dict[str, None] = {}
        for entry in (entry for key in self._keys.values() for entry in key.answer.entries):
            if entry.resource.get("resourceType") != "Patient" or entry.reference != self._reference:
                continue
            if patient is None:
                patient = entry.resource
            else:
                patient, said = merge_patients(patient, entry.resource)
                cautions.update(dict.fromkeys(said))
        return patient, list(cautions)

    def _sort_out(self, patient: Resource | None) -> None:
        """Leaves out, of each answer, what is about somebody else."""
        owner = patient_entry(patient or self._stub(), "", self._reference)
        roster, reference = Roster([owner], {}), self._reference
        for name, key in self._keys.items():
            if name == PATIENT_KEY:
                if key.left_out:
                    self._problem("prefetch.patient", f"holds {key.left_out} other patients, which were left out")
                continue
            own = key.own.append
            for entry in key.answer.entries:
                resource = entry.resource
                subject, kind = resource.get("subject"), type_of(resource)
                # Nearly all of them: whatever else the roster knows, this is how one names a patient of this id.
                if subject.__class__ is dict and subject.get("reference") == reference and kind in KIND_OF:
                    own(entry)
                    continue
                is_another = kind in KIND_OF and roster.whose(resource) in _OF_OTHERS
                if is_another or (kind == "Patient" and entry.reference != self._reference):
                    self._problem(entry.reference, f"is not about this patient; {name} must not hold it; left out")
                    key.left_out += is_another
                elif kind != "Patient":
                    own(entry)
            if key.left_out:
                key.answer = key.answer.in_part("it holds resources that are not of this patient, which were left out")

    def _stub(self) -> Resource:
        return {"resourceType": "Patient", "id": self._patient}

    def _record(self, patient: Resource | None, entries: Sequence[Entry]) -> Record:
        """The one record, as a Bundle of these would give it."""
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"resource": patient or self._stub()},
                *({"resource": entry.resource, "fullUrl": entry.full_url} for entry in entries),
            ],
        }
        found = records_of_bundle(bundle, SOURCE, self._problems.append)
        record = next((one.record for one in found if one.record.patient == self._reference), None)
        if record is None:
            reasons = "; ".join(dict.fromkeys(problem.reason for problem in self._problems if not problem.notice))
            raise NothingKnownError(f"nothing that was sent of the patient can be used: {reasons}")
        if patient is None:
            record.patient_resource = None
        return record

    def _is_covered(self, kind: Kind) -> bool:
        states = [key.answer.state for key in self._keys.values() if key.template.kind is kind and key.template.covers]
        return Answered.IN_FULL in states and _NOT_AGAINST_COVERING.issuperset(states)

    def _tell_gap(self, name: str, key: AskedKey, record: Record) -> None:
        """What was asked for and is not, or not all, in the record."""
        template, answer = key.template, key.answer
        if answer.state in _COMPLETE:
            return
        is_gap = key.is_gap(record.vouched)
        self._problem(f"prefetch.{name}", f"{answer.state.value}: {answer.reason}", notice=not is_gap)
        if template.kind is not None and is_gap and name != ATTESTATIONS_KEY:
            reference, why = gap_reference(template.kind), STATE_WORDS[answer.state]
            record.set_aside.append(
                SetAside(reference, template.kind, why, concepts=template.concepts or None, is_gap=True)
            )

    def _cautions(self, covered: frozenset[Kind]) -> list[str]:
        """What people must know of the gaps, each said once for the whole record."""
        gaps = [key for key in self._keys.values() if key.is_gap(covered)]
        told = {key.template.kind for key in gaps} | covered
        nulls = [
            key.template.kind
            for key in self._keys.values()
            if key.answer.state is Answered.NULL and key.template.covers and key.template.kind not in told
        ]
        said = (
            gap_caution((_data_of(key.template), key.answer.state) for key in gaps),
            null_caution(kind for kind in nulls if kind is not None),
        )
        return [caution for caution in said if caution is not None]

    def _problem(self, reference: str, reason: str, *, notice: bool = False) -> None:
        self._problems.append(InputProblem(SOURCE, reference, reason, notice))


def _data_of(template: PrefetchTemplate) -> str:
    """What kind of data a key asks for, in words."""
    return ATTESTATIONS if template.key == ATTESTATIONS_KEY else KIND_WORDS[template.kind]
