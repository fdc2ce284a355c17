"""Whose a resource is: its subject resolved among the Patients of the same Bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from trialsieve.fhir_adapters.elements.resource_types import NOT_A_PATIENT, type_of
from trialsieve.fhir_adapters.records.record import Resource
from trialsieve.fhir_adapters.records.replaced import Replacements, identity_of, links_of
from trialsieve.fhir_adapters.records.targets import (
    Identifier,
    Target,
    base_of,
    contained_in,
    identifiers_of,
    parse_reference,
)


class Unassigned(Enum):
    """Why a resource has no patient; the value completes `this resource ...`."""

    NOBODY = "names no patient"
    UNTOLD = "names its patient in a way that cannot be followed"
    WITHHELD = "has a subject without a reference or an identifier, which tells nobody whose it is"
    ANOTHER = "is about a patient that this input does not hold"
    NOT_A_PATIENT = "is about something that is not a patient"
    RIVALS = "is about a patient whom several others here replace"


@dataclass(slots=True)
class PatientEntry:
    """A Patient as found: `reference` is shown to people, `ids` and `full_urls` are what references may name it by."""

    reference: str
    resource: Resource
    ids: set[str] = field(default_factory=set)
    full_urls: set[str] = field(default_factory=set)

    @property
    def bases(self) -> set[str]:
        """The servers that hold this Patient (`example.org/fhir/`); none for a urn or without fullUrl."""
        return {base for url in self.full_urls if (base := base_of(url))}


def patient_entry(resource: Resource, full_url: str, otherwise: str) -> PatientEntry:
    """The entry for a Patient resource; `otherwise` is shown if neither id nor fullUrl names it."""
    ids: set[str] = set()
    identity = resource.get("id")
    target = parse_reference(full_url) if full_url else None
    if isinstance(identity, str | int) and str(identity):
        ids.add(str(identity))
    if target is not None and (target.id or target.urn):
        ids.add(target.id or target.urn.rpartition(":")[2])
    if isinstance(identity, str | int) and str(identity):
        shown = f"Patient/{identity}"
    elif target is not None and target.id:
        shown = f"Patient/{target.id}"
    else:
        shown = full_url or otherwise
    return PatientEntry(shown, resource, ids, {full_url} if full_url else set())


def subject_of(resource: Resource) -> Any:
    """The `subject`, or `patient`, as it stands; None without either."""
    subject = resource.get("subject")
    if subject is None:
        subject = resource.get("patient")
    return subject[0] if isinstance(subject, list) and len(subject) == 1 else subject


class Roster:
    """The Patients of one Bundle, and which of them a resource belongs to.

    `index` follows a urn to tell a Device from an absent Patient.
    """

    def __init__(self, patients: Sequence[PatientEntry], index: Mapping[str, Resource]) -> None:
        self._patients = patients
        self._index = index
        self.known: dict[str, int] = {}
        """By the `reference` of a subject, whom it names whatever stands beside it: nearly every resource's."""
        self._by_urn = {
            url.lower(): place
            for place, patient in enumerate(patients)
            for url in patient.full_urls
            if "://" not in url
        }
        self._by_identity: dict[str, list[int]] = {}
        for place, patient in enumerate(patients):
            for identity in patient.ids:
                self._by_identity.setdefault(identity, []).append(place)
        self.replacements: Replacements[int | str] = Replacements()
        """Who replaces whom: the places of the Patients, and the ids of those who are not here."""
        self.met: set[str] = set()
        """The ids of Patients who are not here and were replaced, which resources name."""
        self._gone: frozenset[str] = frozenset()
        self._of_rivals: frozenset[str] = frozenset()
        if any("link" in patient.resource for patient in patients):
            self._replace()

    def whose(self, resource: Resource, full_url: str = "", container: Resource | None = None) -> int | Unassigned:
        """The place of the resource's patient. `container` is the resource that contains it, if it is contained."""
        subject = subject_of(resource)
        if subject is None or subject == {}:
            return Unassigned.NOBODY if container is None else self.whose(container, full_url)
        if not isinstance(subject, dict):
            return Unassigned.UNTOLD
        reference = subject.get("reference")
        answer: int | Unassigned = Unassigned.UNTOLD
        if is_withheld(subject):
            return Unassigned.NOT_A_PATIENT if is_of_another_kind(subject) else Unassigned.WITHHELD
        if isinstance(reference, str):
            known = self.known.get(reference)
            if known is not None:
                return known
            answer = self._follow(reference, full_url, container or resource)
            if answer.__class__ is int and not reference.startswith("#") and len(self._patients) == 1:
                self.known[reference] = answer
        if answer in (Unassigned.UNTOLD, Unassigned.ANOTHER) and "identifier" in subject:
            if is_of_another_kind(subject):
                return Unassigned.NOT_A_PATIENT
            by_identifier = self._by_identifiers(identifiers_of(subject["identifier"]))
            answer = by_identifier if isinstance(by_identifier, int) or not isinstance(reference, str) else answer
        return answer

    def _follow(self, reference: str, full_url: str, holder: Resource) -> int | Unassigned:
        target = parse_reference(reference)
        if target is None:
            return Unassigned.UNTOLD
        if target.contained:
            return self._contained(target, holder)
        if target.type and target.type != "Patient":
            return Unassigned.NOT_A_PATIENT if target.type in NOT_A_PATIENT else Unassigned.UNTOLD
        if target.identifier is not None:
            return self._by_identifiers((target.identifier,), any_system=not target.identifier.system)
        answer = self._by_urn_or_uuid(target, reference) if target.urn else self._by_id(target, base_of(full_url))
        if self._gone and (identity := identity_of(target)) in self._gone:
            self.met.add(identity)
            if answer is Unassigned.UNTOLD and identity in self._of_rivals:
                return Unassigned.RIVALS
        return answer

    def _contained(self, target: Target, holder: Resource) -> int | Unassigned:
        contained = contained_in(holder, target.contained)
        if contained is None:
            return Unassigned.UNTOLD
        if type_of(contained) != "Patient":
            return Unassigned.NOT_A_PATIENT if type_of(contained) in NOT_A_PATIENT else Unassigned.UNTOLD
        return self._by_identifiers(identifiers_of(contained.get("identifier")))

    def _by_urn_or_uuid(self, target: Target, reference: str) -> int | Unassigned:
        place = self._by_urn.get(target.urn)
        if place is not None:
            return place
        named = self._index.get(reference)
        if named is not None and named.get("resourceType") != "Patient":
            return Unassigned.NOT_A_PATIENT
        return self._only(self._with_id(target.urn.rpartition(":")[2]), Unassigned.ANOTHER)

    def _by_id(self, target: Target, own_base: str) -> int | Unassigned:
        places = self._with_id(target.id)
        if not places:
            return Unassigned.ANOTHER
        if target.base:
            on_server = [place for place in places if target.base in self._patients[place].bases]
            # A Patient whose server is not stated may be the one meant; one on another server need not be.
            return self._only(on_server or [p for p in places if not self._patients[p].bases], Unassigned.UNTOLD)
        if len(places) > 1:
            places = [place for place in places if own_base in self._patients[place].bases]
        return self._only(places, Unassigned.UNTOLD)

    def _replace(self) -> None:
        """What names a Patient that is not here any more is the one's that took its place."""
        links = self.replacements
        for place, patient in enumerate(self._patients):
            for target, is_replaced in links_of(patient.resource):
                identity = identity_of(target)
                by_urn = [self._by_urn[target.urn]] if target.urn in self._by_urn else []
                here = self._with_id(identity) or by_urn
                if is_replaced:
                    for other in here:
                        links.add(other, place)
                else:
                    for former in here or (identity,):
                        links.add(place, former)
        absent = {former: links.replacing_of(former) for former in links.formers if isinstance(former, str)}
        for identity, replacing in absent.items():
            self._by_identity[identity] = [place for place in replacing if isinstance(place, int)]
        self._gone = frozenset(absent)
        self._of_rivals = frozenset(identity for identity, replacing in absent.items() if len(replacing) > 1)

    @property
    def rivals(self) -> list[int]:
        """Those who replace somebody who is not here, and whom others replace too."""
        return sorted({place for identity in self._of_rivals for place in self._with_id(identity)})

    def _with_id(self, identity: str) -> list[int]:
        return self._by_identity.get(identity, [])

    def _by_identifiers(self, wanted: Sequence[Identifier], any_system: bool = False) -> int | Unassigned:
        """The only Patient that has one of them; another one, if every Patient has a different value in that system."""
        places = []
        different = 0
        values = {identifier.value for identifier in wanted}
        systems = {identifier.system for identifier in wanted if identifier.system}
        for place, patient in enumerate(self._patients):
            theirs = identifiers_of(patient.resource.get("identifier"))
            if any(one in wanted or (any_system and one.value in values) for one in theirs):
                places.append(place)
            elif systems & {one.system for one in theirs}:
                different += 1
        if not places and different == len(self._patients):
            return Unassigned.ANOTHER
        return self._only(places, Unassigned.UNTOLD)

    @staticmethod
    def _only(places: Sequence[int], otherwise: Unassigned) -> int | Unassigned:
        return places[0] if len(places) == 1 else Unassigned.UNTOLD if places else otherwise


def is_of_another_kind(subject: Mapping[str, Any]) -> bool:
    """Does the reference's own `type` say that it is no patient?"""
    kind = subject.get("type")
    return isinstance(kind, str) and kind.rpartition("/")[2] in NOT_A_PATIENT


def is_withheld(subject: Mapping[str, Any]) -> bool:
    """Words alone, or an extension that says why there is no reference."""
    return subject.get("reference") is None and subject.get("identifier") is None
