"""A record as it was found, with what tells whether another one is the same patient's."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialsieve.fhir_adapters.records.record import Record


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record, and which servers its Patient was said to be on (`example.org/fhir/`).

    `parts`: the Bundles and exports of which it was joined, in that order; empty while it is of one.
    """

    record: Record
    bases: frozenset[str] = field(default_factory=frozenset)
    parts: tuple[str, ...] = ()

    @property
    def patient_id(self) -> str:
        """The Patient resource's id; empty without a Patient or id, and then the record is never joined."""
        identity = (self.record.patient_resource or {}).get("id")
        return str(identity) if isinstance(identity, str | int) else ""

    @property
    def origins(self) -> tuple[str, ...]:
        """The Bundles and exports that it is of."""
        return self.parts or (self.record.source,)
