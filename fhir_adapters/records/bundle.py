"""One Bundle (or one loose resource) into the records of its patients: whose is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Final

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.records.bundle_entries import EntryReader, FoundFact
from trialsieve.fhir_adapters.records.duplicates import counting, in_dispute
from trialsieve.fhir_adapters.records.found_record import FoundRecord
from trialsieve.fhir_adapters.records.history import deletions
from trialsieve.fhir_adapters.records.identity import merge_patients
from trialsieve.fhir_adapters.records.linked_records import follow_links_within
from trialsieve.fhir_adapters.records.record import InputProblem, Record, Report, Resource, SetAside
from trialsieve.fhir_adapters.records.subject_names import subject_reference
from trialsieve.fhir_adapters.records.subjects import PatientEntry, Roster, Unassigned, patient_entry, subject_of
from trialsieve.fhir_adapters.records.targets import ResourceIndex, base_of, contained_in
from trialsieve.fhir_adapters.records.versions import DSTU2_REASON, dstu2_reason, standing_alone
from trialsieve.fhir_adapters.records.withdrawn_reports import results_taken_back
from trialsieve.rules.vocabulary import Kind

_STILL_THERE: Final = "what other files hold of it still counts: take it out of them"


def records_of_document(
    value: Resource, source: str, report: Report, covers: frozenset[Kind] = frozenset()
) -> list[FoundRecord]:
    """What a whole file or request holds, a Bundle or one resource; that it is about nobody is said of it."""
    said: list[InputProblem] = []
    read = records_of_bundle if value["resourceType"] == "Bundle" else records_of_resource
    found = read(value, source, said.append, covers)
    for one in said:
        report(one)
    if not found and not said:
        report(InputProblem(source, "", "holds no patient and nothing about one", notice=True))
    return found


def records_of_bundle(
    bundle: Resource, source: str, report: Report, covers: frozenset[Kind] = frozenset()
) -> list[FoundRecord]:
    """Each of the Bundle's patients with what is theirs, in the order of the Patients.

    A Bundle inside it that holds a Patient of its own is a record of its own, unless this one is what a server answered
    to a batch; any other is read as part of this one.
    `covers` are the kinds that the source vouches for; a Bundle that is not the whole answer vouches for none.
    """
    return _BundleReader(source, report, covers).read(bundle)


def records_of_resource(
    resource: Resource, source: str, report: Report, covers: frozenset[Kind] = frozenset()
) -> list[FoundRecord]:
    """The record that a single resource outside any Bundle makes."""
    reader = _BundleReader(source, report, covers, loose=True)
    return reader.read({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]})


class _BundleReader:
    def __init__(
        self, source: str, report: Report, covers: frozenset[Kind], depth: int = 0, loose: bool = False
    ) -> None:
        self._source = source
        self._report = report
        self._covers = covers
        self._depth = depth
        self._entries = EntryReader(source, report, depth, loose)
        self._contents = self._entries.contents
        self._taken_back = frozenset[str]()

    def read(self, bundle: Resource) -> list[FoundRecord]:
        found: list[FoundRecord] = []
        self._entries.read(bundle)
        if self._is_dstu2():
            first, mark = self._contents.dstu2[0]
            self._problem("", f"{DSTU2_REASON} ({first.shown} is of it, told by {mark})")
        else:
            found = self._records()
        for label, nested in self._contents.nested:
            place = f"{self._source}#{label.replace(' ', '')}"
            found += _BundleReader(place, self._report, self._covers, self._depth + 1).read(nested)
        if not found and (deleted := deletions(bundle)):
            more = f" (as {len(deleted) - 1} more)" if len(deleted) > 1 else ""
            self._problem(deleted[0], f"deleted, this Bundle says{more}; {_STILL_THERE}")
        return found

    def _problem(self, reference: str, reason: str) -> None:
        self._report(InputProblem(self._source, reference, reason))

    def _is_dstu2(self) -> bool:
        """The whole Bundle is if nothing in it is of a later release; else those resources are set aside."""
        contents = self._contents
        if not contents.dstu2:
            return False
        if not contents.later:
            return True
        marks = {id(fact.resource): mark for fact, mark in contents.dstu2}
        kept: list[FoundFact] = []
        for fact in contents.facts:
            mark = marks.get(id(fact.resource)) or marks.get(id(fact.container))
            if mark is None:
                kept.append(fact)
                continue
            reason = dstu2_reason(mark)
            self._problem(fact.shown, reason)
            set_aside = SetAside(fact.shown, KIND_OF[fact.resource_type], reason, fact.resource)
            contents.unreadable.append((set_aside, fact.full_url))
        contents.facts = kept
        contents.mentioning = [found for found in contents.mentioning if id(found.resource) not in marks]
        for shown, _, patient in contents.patients:
            if mark := marks.get(id(patient)):
                self._problem(shown, f"{dstu2_reason(mark)}; age and sex are unknown")
        return False

    def _records(self) -> list[FoundRecord]:
        contents = self._contents
        index = ResourceIndex(contents.by_relative, contents.full_urls, contents.left_out)
        self._taken_back = results_taken_back(contents.withdrawn, index)
        if contents.duplicates:
            contents.facts, disputed = counting(contents.facts, self._version_of, attrgetter("resource"))
            contents.unreadable += [(in_dispute(fact.shown, fact.resource), fact.full_url) for fact in disputed]
        patients, cautions = _current_patients(contents.patients)
        if not patients:
            return self._records_by_subject(index)
        old = {id(fact.resource) for fact, _ in contents.dstu2}
        records = [
            Record(
                patient=patient.reference,
                source=self._source,
                patient_resource=standing_alone(patient.resource) if id(patient.resource) in old else patient.resource,
                index=index,
                vouched=self._covers if contents.in_full else frozenset(),
                cautions=cautions.get(place, []),
                in_full=contents.in_full,
                taken_back=self._taken_back,
            )
            for place, patient in enumerate(patients)
        ]
        records[0].left_out = contents.left_out  # nothing is left out where there are several patients
        roster = Roster(patients, index)
        self._give_facts(roster, records)
        self._give_set_aside(roster, records)
        if roster.replacements:
            follow_links_within(roster.replacements, records, roster.met)
        self._give_mentions(roster, records)
        return [
            FoundRecord(record, frozenset(patient.bases)) for record, patient in zip(records, patients, strict=True)
        ]

    def _give_facts(self, roster: Roster, records: Sequence[Record]) -> None:
        """Each resource to the patient whose it is."""
        whose, known = roster.whose, roster.known
        for fact in self._contents.facts:
            shown, resource = fact.shown, fact.resource
            subject = resource.get("subject")
            reference = subject.get("reference") if subject.__class__ is dict else None
            place: int | Unassigned | None = known.get(reference) if reference.__class__ is str else None
            if place is None:
                place = whose(resource, fact.full_url, fact.container)
            if place.__class__ is int:
                records[place].resources.append((shown, resource))
            elif place is Unassigned.NOBODY and len(records) == 1:
                records[0].resources.append((shown, resource))
            elif place is Unassigned.RIVALS:
                self._unassigned(fact, place, [records[rival] for rival in roster.rivals])
            elif isinstance(place, Unassigned):
                self._unassigned(fact, place, records)

    def _give_set_aside(self, roster: Roster, records: Sequence[Record]) -> None:
        """What could not be read, to the patient whose it is, or to all whose it may be."""
        for set_aside, full_url in self._contents.unreadable:
            owner = roster.whose(set_aside.resource, full_url) if set_aside.resource is not None else Unassigned.NOBODY
            if isinstance(owner, int):
                records[owner].set_aside.append(set_aside)
            elif owner in (Unassigned.NOBODY, Unassigned.UNTOLD, Unassigned.WITHHELD, Unassigned.RIVALS):
                for record in records:
                    record.set_aside.append(set_aside)

    def _version_of(self, fact: FoundFact) -> tuple[str, str] | None:
        """What its versions have in common, where there are several."""
        if fact.container is not None or fact.shown not in self._contents.duplicates:
            return None
        return fact.shown, base_of(fact.full_url)

    def _give_mentions(self, roster: Roster, records: Sequence[Record]) -> None:
        """What only mentions diagnoses is its patient's, and nobody's where that cannot be told."""
        for found in self._contents.mentioning:
            place = roster.whose(found.resource, found.full_url)
            if place is Unassigned.NOBODY and len(records) == 1:
                place = 0
            if isinstance(place, int):
                records[place].mentioning.append((found.shown, found.resource))

    def _unassigned(self, fact: FoundFact, why: Unassigned, records: Sequence[Record]) -> None:
        """A resource that may be anybody's counts, unread, for everybody; one of somebody else for nobody here."""
        if why is Unassigned.NOT_A_PATIENT:
            return
        reason = why.value
        if why is Unassigned.NOBODY and len(records) > 1:
            reason += ", and the Bundle holds several"
        self._problem(fact.shown, reason)
        if why is not Unassigned.ANOTHER:
            set_aside = SetAside(fact.shown, KIND_OF[fact.resource_type], reason, fact.resource)
            for record in records:
                record.set_aside.append(set_aside)

    def _records_by_subject(self, index: Mapping[str, Resource]) -> list[FoundRecord]:
        """Without any Patient, a record for each subject that is named: by facts, by any other resource, or by what
        could not be read. What names no subject is the only one's, where the Bundle names but one.
        """
        contents = self._contents
        records: dict[str, Record] = {}
        owners = [self._record_of(fact, records, index) for fact in contents.facts]
        others = [self._record_of(other, records, index) for other in contents.others]
        nobodys: list[SetAside] = []
        for set_aside, full_url in contents.unreadable:
            found = FoundFact(set_aside.reference, full_url, "", set_aside.resource or {}, None)
            owner = self._record_of(found, records, index)
            if isinstance(owner, Record):
                owner.set_aside.append(set_aside)
            elif owner is not Unassigned.NOT_A_PATIENT:
                nobodys.append(set_aside)
        only = next(iter(records.values())) if len(records) == 1 else None
        for fact, owner in zip(contents.facts, owners, strict=True):
            if isinstance(owner, Record):
                owner.resources.append((fact.shown, fact.resource))
            elif owner is Unassigned.NOBODY and only is not None:
                only.resources.append((fact.shown, fact.resource))
            else:
                self._unassigned(fact, owner, list(records.values()))
        if not records:
            for other, why in zip(contents.others, others, strict=True):
                if why in (Unassigned.UNTOLD, Unassigned.WITHHELD):
                    self._problem(other.shown, why.value)
        for found in contents.mentioning:
            named = subject_reference(found.resource, index)
            if isinstance(named, str) and named in records:
                records[named].mentioning.append((found.shown, found.resource))
        for record in records.values():
            record.set_aside += nobodys
        return [FoundRecord(record) for record in records.values()]

    def _record_of(
        self, found: FoundFact, records: dict[str, Record], index: Mapping[str, Resource]
    ) -> Record | Unassigned:
        """The record of a resource's subject, begun if this is the first to name it."""
        subject = subject_reference(found.resource, index, found.container)
        contained = _contained_patient(found.container or found.resource, found.resource)
        if subject is Unassigned.UNTOLD and contained is not None:
            subject = f"{found.shown.partition('#')[0]}#{contained.get('id')}"
        if isinstance(subject, Unassigned):
            return subject
        record = records.get(subject)
        if record is None:
            record = records[subject] = Record(
                patient=subject,
                source=self._source,
                patient_resource=contained,
                index=index,
                vouched=self._covers if self._contents.in_full else frozenset(),
                in_full=self._contents.in_full,
                taken_back=self._taken_back,
            )
        elif record.patient_resource is None:
            record.patient_resource = contained
        return record


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
