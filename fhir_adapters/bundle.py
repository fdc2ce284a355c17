"""One Bundle (or one loose resource) into the records of its patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from trialsieve.fhir_adapters.duplicates import newer, same_content
from trialsieve.fhir_adapters.history import is_deletion, newest_entries
from trialsieve.fhir_adapters.identity import FoundRecord, merge_patients
from trialsieve.fhir_adapters.record import InputProblem, Record, Report, Resource, SetAside
from trialsieve.fhir_adapters.resource_types import KIND_OF, RESOURCE_TYPES
from trialsieve.fhir_adapters.subjects import (
    PatientEntry,
    Roster,
    Unassigned,
    patient_entry,
    subject_of,
    subject_reference,
)
from trialsieve.fhir_adapters.targets import ResourceIndex, base_of, contained_in, parse_reference
from trialsieve.fhir_adapters.versions import DSTU2_REASON, VERSION_TELLING, is_dstu2, is_later
from trialsieve.rules.vocabulary import Kind

_MAX_NESTING: Final = 20
# Methods of a request entry that carry no data: what they ask for is not in this Bundle.
_ASKING: Final = frozenset({"GET", "HEAD", "DELETE"})
_SERIOUS: Final = frozenset({"fatal", "error", "warning"})


class _Fact(NamedTuple):
    """A resource that facts are taken from, as found."""

    shown: str
    full_url: str
    resource_type: str
    resource: Resource
    container: Resource | None


@dataclass(slots=True)
class _Contents:
    """What one Bundle holds, before it is known whose it is."""

    facts: list[_Fact] = field(default_factory=list)
    patients: list[tuple[str, str, Resource]] = field(default_factory=list)  # label, fullUrl, resource
    by_relative: dict[str, Resource] = field(default_factory=dict)
    full_urls: list[tuple[str, Resource]] = field(default_factory=list)
    duplicates: set[str] = field(default_factory=set)
    unreadable: list[tuple[SetAside, str]] = field(default_factory=list)  # with the entry's fullUrl
    nested: list[tuple[str, Resource]] = field(default_factory=list)
    dstu2: list[_Fact] = field(default_factory=list)
    later: bool = False  # something in it is of a release after DSTU2
    in_full: bool = True


def records_of_bundle(
    bundle: Resource, source: str, report: Report, covers: frozenset[Kind] = frozenset()
) -> list[FoundRecord]:
    """Each of the Bundle's patients with what is theirs, in the order of the Patients.

    A Bundle inside it that holds a Patient of its own is a record of its own; any other is read as part of this one.
    `covers` are the kinds that the source vouches for; a Bundle that is not the whole answer vouches for none.
    """
    reader = _Reader(source, report, covers)
    return reader.read(bundle)


def records_of_resource(
    resource: Resource, source: str, report: Report, covers: frozenset[Kind] = frozenset()
) -> list[FoundRecord]:
    """The record that a single resource outside any Bundle makes."""
    reader = _Reader(source, report, covers, loose=True)
    return reader.read({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]})


class _Reader:
    def __init__(
        self, source: str, report: Report, covers: frozenset[Kind], depth: int = 0, loose: bool = False
    ) -> None:
        self._source = source
        self._report = report
        self._covers = covers
        self._depth = depth
        self._loose = loose
        self._contents = _Contents()

    def read(self, bundle: Resource) -> list[FoundRecord]:
        found: list[FoundRecord] = []
        self._read_entries(bundle, "")
        if self._is_dstu2():
            self._problem("", DSTU2_REASON)
        else:
            found = self._records()
        for label, nested in self._contents.nested:
            place = f"{self._source}#{label.replace(' ', '')}"
            found += _Reader(place, self._report, self._covers, self._depth + 1).read(nested)
        return found

    def _label(self, within: str, number: int) -> str:
        """An entry's name for people; a resource outside any Bundle needs none."""
        return "" if self._loose else f"{within}entry {number}"

    def _problem(self, reference: str, reason: str) -> None:
        self._report(InputProblem(self._source, reference, reason))

    # What the entries hold.

    def _read_entries(self, bundle: Resource, within: str) -> None:
        entries = bundle.get("entry")
        if entries is None:
            entries = []
        if not isinstance(entries, list):
            self._problem(within, "`entry` is not a list")
            self._unreadable(SetAside(within or "Bundle", None, "`entry` is not a list"))
            return
        kind = bundle.get("type")
        if kind in ("searchset", "history"):
            self._check_pages(bundle, entries, within)
        if kind == "history":
            entries = newest_entries(entries)
        read = self._read_resource  # looked up once: this loop is most of what reading adds to parsing
        for number, entry in enumerate(entries, start=1):
            resource = entry.get("resource") if entry.__class__ is dict else None
            if resource.__class__ is not dict:
                self._without_resource(entry, self._label(within, number))
            elif (request := entry.get("request")) is None or not is_deletion(request):
                full_url = entry.get("fullUrl")
                read(resource, full_url if full_url.__class__ is str else "", number, within)

    def _check_pages(self, bundle: Resource, entries: Sequence[Any], within: str) -> None:
        links = bundle.get("link")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, dict) and link.get("relation") == "next":
                self._not_in_full(
                    within, "only one page of a longer answer: `link` names a next page that was not read"
                )
                return
        total = bundle.get("total")
        matches = sum(1 for entry in entries if _is_match(entry))
        if isinstance(total, int) and bundle.get("type") == "searchset" and total > matches:
            self._not_in_full(within, f"holds {matches} of the {total} resources that the search found")

    def _not_in_full(self, reference: str, reason: str) -> None:
        self._contents.in_full = False
        self._problem(reference.strip(), reason)

    def _read_resource(self, resource: dict[str, Any], full_url: str, number: int, within: str) -> None:
        contents = self._contents
        resource_type = resource.get("resourceType")
        identity = resource.get("id")
        if resource_type.__class__ is not str or resource_type not in RESOURCE_TYPES:
            self._untyped(resource, full_url, self._label(within, number))
            return
        if full_url:
            contents.full_urls.append((full_url, resource))
        if identity:
            shown = f"{resource_type}/{identity}"
            first = contents.by_relative.setdefault(shown, resource)
            if first is not resource:
                contents.duplicates.add(shown)
                if newer(first, resource):
                    contents.by_relative[shown] = resource
        else:
            shown = _shown_without_id(resource_type, full_url, self._label(within, number))
        if resource_type in KIND_OF:
            contents.facts.append(_Fact(shown, full_url, resource_type, resource, None))
        elif resource_type == "Patient":
            contents.patients.append((shown, full_url, resource))
        elif resource_type == "Bundle":
            self._nested_bundle(resource, self._label(within, number))
        elif resource_type == "OperationOutcome":
            self._outcome(resource, self._label(within, number))
        elif resource_type == "Parameters":
            self._problem(self._label(within, number), "a Parameters resource, which is not read")
        if "contained" in resource:
            self._lift_contained(resource, resource_type, shown, full_url)
        if resource_type in VERSION_TELLING:
            if is_dstu2(resource_type, resource):
                contents.dstu2.append(_Fact(shown, full_url, resource_type, resource, None))
            elif not contents.later:
                contents.later = is_later(resource_type, resource)

    def _untyped(self, resource: Resource, full_url: str, label: str) -> None:
        name = resource.get("resourceType")
        if name is None:
            reason = "a resource without resourceType"
        elif isinstance(name, str) and name.isalnum() and len(name) < 60:
            reason = f"`{name}` is no FHIR resource type"
        else:
            reason = "its resourceType is no FHIR resource type"
        target = parse_reference(full_url) if full_url else None
        kind = KIND_OF.get(target.type) if target else None
        self._problem(label, reason)
        self._unreadable(SetAside(label, kind, reason, resource), full_url)

    def _without_resource(self, entry: Any, label: str) -> None:
        if not isinstance(entry, dict) or ("resource" in entry and entry["resource"] is not None):
            self._problem(label, "is not an object with a resource")
            self._unreadable(SetAside(label, None, "is not an object with a resource"))
            return
        response = entry.get("response")
        request = entry.get("request")
        method = str(request.get("method", "")).upper() if isinstance(request, dict) else ""
        if isinstance(response, dict):
            status = str(response.get("status", ""))
            if status[:1] in ("4", "5"):
                self._not_in_full(label, f"the server answered {status[:3]} instead of a resource")
            if isinstance(outcome := response.get("outcome"), dict):
                self._outcome(outcome, label)
            return
        if method in _ASKING:
            return
        full_url = entry.get("fullUrl")
        target = parse_reference(full_url) if isinstance(full_url, str) else None
        kind = KIND_OF.get(target.type) if target is not None else None
        named = target.relative if target is not None and target.type else label
        reason = "holds a patch, which cannot be applied" if method == "PATCH" else "an entry without a resource"
        self._problem(named, reason)
        if kind is not None or target is None or not target.type:
            self._unreadable(SetAside(named, kind, reason))

    def _nested_bundle(self, bundle: Resource, label: str) -> None:
        if self._depth >= _MAX_NESTING or label.count(">") >= _MAX_NESTING:
            self._problem(label, f"Bundles nested more than {_MAX_NESTING} deep are not read")
            self._unreadable(SetAside(label, None, "a Bundle nested too deep"))
        elif _holds_patient(bundle):
            self._contents.nested.append((label, bundle))
        else:
            self._read_entries(bundle, f"{label} > ")

    def _outcome(self, outcome: Resource, label: str) -> None:
        issues = outcome.get("issue")
        severities = {
            (str(issue.get("severity")), str(issue.get("code")))
            for issue in (issues if isinstance(issues, list) else ())
            if isinstance(issue, dict)
        }
        serious = sorted(f"{severity} ({code})" for severity, code in severities if severity in _SERIOUS)
        if serious or not severities:
            self._not_in_full(
                label, f"the server reported an OperationOutcome: {', '.join(serious) or 'no issue named'}"
            )

    def _lift_contained(self, resource: Resource, resource_type: str, shown: str, full_url: str) -> None:
        """A result contained in a report is data like any other; a relative's is not the patient's."""
        contained = resource.get("contained")
        if resource_type == "FamilyMemberHistory" or resource.get("status") == "entered-in-error":
            return
        for item in contained if isinstance(contained, list) else ():
            if isinstance(item, dict) and item.get("resourceType") in KIND_OF:
                name = f"{shown}#{str(item.get('id', '')).removeprefix('#')}"
                self._contents.facts.append(_Fact(name, full_url, item["resourceType"], item, container=resource))

    def _unreadable(self, set_aside: SetAside, full_url: str = "") -> None:
        self._contents.unreadable.append((set_aside, full_url))

    # Whose it is.

    def _is_dstu2(self) -> bool:
        """The whole Bundle is if nothing in it is of a later release; else those resources are set aside."""
        contents = self._contents
        if not contents.dstu2:
            return False
        if not contents.later:
            return True
        shapes = {id(fact.resource) for fact in contents.dstu2}
        contents.facts = [fact for fact in contents.facts if id(fact.resource) not in shapes]
        for fact in contents.dstu2:
            self._problem(fact.shown, DSTU2_REASON)
            if fact.resource_type in KIND_OF:
                self._unreadable(
                    SetAside(fact.shown, KIND_OF[fact.resource_type], DSTU2_REASON, fact.resource), fact.full_url
                )
        return False

    def _records(self) -> list[FoundRecord]:
        contents = self._contents
        index = ResourceIndex(contents.by_relative, contents.full_urls)
        if contents.duplicates:
            contents.facts = _current_facts(contents.facts, contents.duplicates)
        patients, cautions = _current_patients(contents.patients)
        if not patients:
            return self._records_by_subject(index)
        records = [
            Record(
                patient=patient.reference,
                source=self._source,
                patient_resource=patient.resource,
                index=index,
                vouched=self._covers if contents.in_full else frozenset(),
                cautions=cautions.get(place, []),
                in_full=contents.in_full,
            )
            for place, patient in enumerate(patients)
        ]
        roster = Roster(patients, index)
        whose = roster.whose
        for fact in contents.facts:
            shown, full_url, _, resource, container = fact
            place = whose(resource, full_url, container)
            if place.__class__ is int:
                records[place].resources.append((shown, resource))
            elif place is Unassigned.NOBODY and len(records) == 1:
                records[0].resources.append((shown, resource))
            elif isinstance(place, Unassigned):
                self._unassigned(fact, place, records)
        for set_aside, full_url in contents.unreadable:
            owner = whose(set_aside.resource, full_url) if set_aside.resource is not None else Unassigned.NOBODY
            if isinstance(owner, int):
                records[owner].set_aside.append(set_aside)
            elif owner in (Unassigned.NOBODY, Unassigned.UNTOLD):
                for record in records:
                    record.set_aside.append(set_aside)
        return [
            FoundRecord(record, frozenset(patient.bases)) for record, patient in zip(records, patients, strict=True)
        ]

    def _unassigned(self, fact: _Fact, why: Unassigned, records: Sequence[Record]) -> None:
        """A resource that may be anybody's counts, unread, for everybody; one of somebody else for nobody here."""
        if why is Unassigned.NOT_A_PATIENT:
            return
        reason = why.value
        if why is Unassigned.NOBODY and len(records) > 1:
            reason += ", and the Bundle holds several"
        self._problem(fact.shown, reason)
        if why is not Unassigned.ANOTHER:
            for record in records:
                record.set_aside.append(SetAside(fact.shown, KIND_OF[fact.resource_type], reason, fact.resource))

    def _records_by_subject(self, index: Mapping[str, Resource]) -> list[FoundRecord]:
        contents = self._contents
        records: dict[str, Record] = {}
        unassigned: list[tuple[_Fact, Unassigned]] = []
        for fact in contents.facts:
            subject = subject_reference(fact.resource, index, fact.container)
            contained = _contained_patient(fact.container or fact.resource, fact.resource)
            if subject is Unassigned.UNTOLD and contained is not None:
                subject = f"{fact.shown.partition('#')[0]}#{contained.get('id')}"
            if isinstance(subject, Unassigned):
                unassigned.append((fact, subject))
                continue
            record = records.get(subject)
            if record is None:
                record = records[subject] = Record(
                    patient=subject,
                    source=self._source,
                    patient_resource=contained,
                    index=index,
                    vouched=self._covers if contents.in_full else frozenset(),
                    in_full=contents.in_full,
                )
            record.resources.append((fact.shown, fact.resource))
        for fact, why in unassigned:
            self._unassigned(fact, why, list(records.values()))
        for set_aside, _ in contents.unreadable:
            named = subject_reference(set_aside.resource, index) if set_aside.resource is not None else None
            if isinstance(named, str):
                concerned = [records[named]] if named in records else []
            else:
                concerned = list(records.values())
            for record in concerned:
                record.set_aside.append(set_aside)
        return [FoundRecord(record) for record in records.values()]


def _is_match(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return False
    search = entry.get("search")
    mode = search.get("mode") if isinstance(search, dict) else None
    resource = entry.get("resource")
    outcome = isinstance(resource, dict) and resource.get("resourceType") == "OperationOutcome"
    return mode not in ("include", "outcome") and not outcome


def _holds_patient(bundle: Resource, depth: int = 0) -> bool:
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            kind = resource.get("resourceType")
            if kind == "Patient" or (kind == "Bundle" and depth < _MAX_NESTING and _holds_patient(resource, depth + 1)):
                return True
    return False


def _shown_without_id(resource_type: str, full_url: str, label: str) -> str:
    target = parse_reference(full_url) if full_url else None
    if target is not None and target.type == resource_type and target.id:
        return target.relative
    if target is not None and target.urn:
        return full_url
    return f"{resource_type} ({label})" if label else resource_type


def _current_facts(facts: Sequence[_Fact], duplicates: set[str]) -> list[_Fact]:
    """Of several versions of one resource the newest; several where they differ and neither is known to be newer."""
    kept: list[_Fact] = []
    places: dict[tuple[str, str], list[int]] = {}
    for fact in facts:
        if fact.shown not in duplicates or fact.container is not None:
            kept.append(fact)
            continue
        versions = places.setdefault((fact.shown, base_of(fact.full_url)), [])
        for place in versions:
            order = newer(kept[place].resource, fact.resource)
            if order is True:
                kept[place] = fact
            if order is not None or same_content(kept[place].resource, fact.resource):
                break
        else:
            versions.append(len(kept))
            kept.append(fact)
    return kept


def _current_patients(found: Sequence[tuple[str, str, Resource]]) -> tuple[list[PatientEntry], dict[int, list[str]]]:
    """Each Patient once, and the cautions about those whose versions differ."""
    patients: list[PatientEntry] = []
    cautions: dict[int, list[str]] = {}
    places: dict[tuple[str, str], int] = {}
    for shown, full_url, resource in found:
        key = (shown, base_of(full_url))
        place = places.get(key)
        if place is None:
            places[key] = len(patients)
            patients.append(patient_entry(resource, full_url, shown))
            continue
        merged, said = merge_patients(patients[place].resource, resource)
        patients[place].resource = merged
        patients[place].full_urls.update({full_url} - {""})
        patients[place].ids |= patient_entry(resource, full_url, shown).ids
        cautions.setdefault(place, []).extend(said)
    return patients, cautions


def _contained_patient(holder: Resource, resource: Resource) -> Resource | None:
    subject = subject_of(resource)
    reference = subject.get("reference") if isinstance(subject, dict) else None
    if isinstance(reference, str) and reference.startswith("#"):
        contained = contained_in(holder, reference[1:])
        if contained is not None and contained.get("resourceType") == "Patient":
            return contained
    return None
