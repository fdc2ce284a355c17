"""How results name the patient of a resource that is told by its reference alone, where no Patient is at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from trialsieve.fhir_adapters.elements.resource_types import NOT_A_PATIENT, type_of
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.fhir_adapters.records.skim import ABSENT, SeenOfPatient
from trialsieve.fhir_adapters.records.subjects import Unassigned, is_of_another_kind, is_withheld, subject_of
from trialsieve.fhir_adapters.records.targets import Identifier, contained_in, identifiers_of, parse_reference
from trialsieve.rules.kept import Kept

_MOST_SUBJECTS: Final = 1 << 14
BY_IDENTIFIER: Final = "Patient?identifier="
URN: Final = "urn:uuid:"


def subject_reference(
    resource: Resource, index: Mapping[str, Resource], container: Resource | None = None
) -> str | Unassigned:
    """How results name the patient of a resource when no Patient is at hand (`Patient/p1`, `urn:uuid:...`).

    One patient has one such name within an input, however the references to it are spelt.
    """
    subject = subject_of(resource)
    if subject is None or subject == {}:
        return Unassigned.NOBODY if container is None else subject_reference(container, index)
    if not isinstance(subject, dict):
        return Unassigned.UNTOLD
    if is_withheld(subject):
        return Unassigned.NOT_A_PATIENT if is_of_another_kind(subject) else Unassigned.WITHHELD
    reference = subject.get("reference")
    target = parse_reference(reference) if isinstance(reference, str) else None
    if (target is None or not target.type) and is_of_another_kind(subject):
        return Unassigned.NOT_A_PATIENT
    if target is not None:
        if target.urn:
            named = index.get(str(reference))
            return target.urn if named is None or named.get("resourceType") == "Patient" else Unassigned.NOT_A_PATIENT
        if target.contained:
            contained = contained_in(container or resource, target.contained) or {}
            if type_of(contained) in NOT_A_PATIENT:
                return Unassigned.NOT_A_PATIENT
            if type_of(contained) == "Patient":
                return _by_identifier_name(identifiers_of(contained.get("identifier")))
        elif target.type and target.type != "Patient":
            return Unassigned.NOT_A_PATIENT if target.type in NOT_A_PATIENT else Unassigned.UNTOLD
        elif target.identifier is not None:
            return _by_identifier_name((target.identifier,))
        else:
            return f"Patient/{target.id}"
    return _by_identifier_name(identifiers_of(subject.get("identifier")))


class NamedSubjects:
    """How results name the patients of resources that are not built; most recur."""

    def __init__(self) -> None:
        self.known: Kept[bytes, str] = Kept(_MOST_SUBJECTS)

    def name_of(self, seen: SeenOfPatient) -> str:
        """As `subject_reference` names the resource's patient; empty where that is not a name, or must be looked up."""
        raw = bytes(seen.patient if seen.subject is ABSENT else seen.subject)
        name = self.known.get(raw)
        if name is None:
            name = self._read(raw)
            self.known.keep(raw, name)
        return name

    @staticmethod
    def _read(raw: bytes) -> str:
        try:
            subject = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return ""
        named = subject_reference({"subject": subject}, {})
        return named if isinstance(named, str) else ""


def _by_identifier_name(identifiers: Sequence[Identifier]) -> str | Unassigned:
    if not identifiers:
        return Unassigned.UNTOLD
    return f"{BY_IDENTIFIER}{identifiers[0].system}|{identifiers[0].value}"
