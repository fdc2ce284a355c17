"""The NDJSON files of one directory, one resource a line, into one record for each patient.

An export is sorted by type and not by patient, so that a patient is complete only at its end. Of an ordinary line it is
told whose it is (`skim`), and it is kept as bytes until its patient's turn comes; what means nothing to the rules is
not built even then. Any other line is parsed at once: up to `PARSED_LIMIT_BYTES` the resources are kept, beyond it the
lines, a sixth of the memory, parsed again.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Final

from trialsieve.fhir_adapters.elements.mention_places import MENTIONING, may_mention
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, RESOURCE_TYPES, why_of_no_type
from trialsieve.fhir_adapters.inputs.export_lines import PatientLines, Unbuilt
from trialsieve.fhir_adapters.inputs.export_links import follow_links
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.inputs.vouched_kinds import (
    Vouched,
    kinds_vouched,
    leads_to_nobody,
    may_be_anybodys,
    other_names,
)
from trialsieve.fhir_adapters.records.contained import contained_facts
from trialsieve.fhir_adapters.records.duplicates import each_led_to, led_to
from trialsieve.fhir_adapters.records.found_record import FoundRecord
from trialsieve.fhir_adapters.records.identity import merge_patients
from trialsieve.fhir_adapters.records.left_out import Name, Names
from trialsieve.fhir_adapters.records.operation_outcomes import outcome_reason
from trialsieve.fhir_adapters.records.record import InputProblem, Record, Report, Resource, SetAside
from trialsieve.fhir_adapters.records.replaced import Replacements, named_links
from trialsieve.fhir_adapters.records.skim import SeenFact, SeenMentioning, seen_in_line
from trialsieve.fhir_adapters.records.subject_names import BY_IDENTIFIER, URN, NamedSubjects, subject_reference
from trialsieve.fhir_adapters.records.subjects import Unassigned
from trialsieve.fhir_adapters.records.targets import ResourceIndex
from trialsieve.fhir_adapters.records.versions import dstu2_mark, dstu2_reason, standing_alone
from trialsieve.fhir_adapters.records.withdrawn_reports import results_taken_back, takes_results_back
from trialsieve.rules.vocabulary import Kind

PARSED_LIMIT_BYTES: Final = 64 * 1024 * 1024

FOLLOWED: Final = frozenset({"Medication", "Specimen", "Substance", "Practitioner", "PractitionerRole", "Organization"})
"""Kinds that references of facts lead to; they are shared by all patients of the export."""

_LOOKS_ALIKE: Final = (
    "looks like the Patient whose id this is, but no line says so; they are read as two people, each with a part of "
    "the record (name the subject as 'Patient/' and the id, or give the Bundle itself)"
)


class BulkExport:
    """One export in the making: `take` or `add` every line of every file, `finish` each, then take its `records`.

    `shared` holds resources that several patients refer to; those that are added join it. `ambiguous` are names by
    identifier that are given to no Patient here, since another part of the export holds a second one. `links` say who
    replaces whom where that is known of the whole export, and `vouched` for what it vouches; else both are told by the
    lines. `guests` are patients who are screened elsewhere, and whose lines are needed for others here.
    """

    def __init__(
        self,
        report: Report,
        covers: frozenset[Kind],
        shared: MutableMapping[str, Resource] | None = None,
        ambiguous: frozenset[str] = frozenset(),
        quiet: Quiet | None = None,
        links: Iterable[tuple[str, str]] = (),
        guests: frozenset[str] = frozenset(),
        vouched: Vouched | None = None,
    ) -> None:
        self._report = report
        self._links = Replacements(links)
        self._guests = guests
        self._quiet = quiet
        self._subjects = NamedSubjects()
        self._ambiguous = ambiguous
        self._covers = covers
        self._known_vouched = vouched
        self._vouched: set[Kind] = set()
        self._in_full = True
        self._patients: dict[str, PatientLines] = {}
        self._shared: MutableMapping[str, Resource] = {} if shared is None else shared
        self._size = 0
        self._mentioning: dict[str, list[tuple[str, Resource | Unbuilt]]] = {}

    def take(self, line: bytes, label: str, number: int) -> str:
        """Adds an ordinary line. Its resource type, or nothing if it is not one: then it is to be parsed, for `add`.

        `label` names the file, and `number` the line.
        """
        seen = seen_in_line(line)
        if seen is None:
            return ""
        if isinstance(seen, SeenFact):
            name = self._subjects.name_of(seen)
            if not name:
                return ""
            quiet = None
            if self._quiet is not None and self._quiet.holds(seen):
                quiet = Name(seen.resource_type, seen.id, None, bytes(seen.meta))
            shown = f"{seen.resource_type}/{seen.id}"
            self._lines_of(name).resources.append((shown, Unbuilt(line, label, number, quiet)))
        elif isinstance(seen, SeenMentioning) and seen.has_place and (not self._quiet or self._quiet.mentions(seen)):
            name = self._subjects.name_of(seen)
            if not name:
                return ""
            self.mention(name, f"{seen.resource_type}/{seen.id}", Unbuilt(line, label, number))
        return seen.resource_type

    def keep(self, subject: str, lines: Iterable[tuple[str, Unbuilt]]) -> None:
        """Adds ordinary lines of which was told before whose they are and what; they are not quiet."""
        self._lines_of(subject).resources += lines

    def mention(self, subject: str, shown: str, resource: Resource | Unbuilt) -> None:
        """Keeps what only mentions diagnoses; it makes nobody a patient."""
        self._mentioning.setdefault(subject, []).append((shown, resource))

    def leave_out(self, subject: str, names: Names) -> None:
        """Adds quiet resources of a patient. None of them may have another version."""
        self._lines_of(subject).left_out.append(names)

    def add(self, resource: Mapping[str, Any], line: bytes, where: str) -> None:
        """A parsed line's resource. `where` is `path:line`."""
        resource_type = resource.get("resourceType")
        if not isinstance(resource_type, str) or resource_type not in RESOURCE_TYPES:
            self._unreadable(resource, where)
            return
        identity = resource.get("id")
        shown = f"{resource_type}/{identity}" if identity else f"{resource_type} ({where})"
        if resource_type == "Patient":
            self._add_patient(resource, shown, where)
        elif resource_type in KIND_OF:
            self._add_fact(resource, line, shown, where)
        elif resource_type in FOLLOWED:
            known = self._shared.get(shown)
            self._shared[shown] = resource if known is None else led_to(known, resource)
        elif resource_type in MENTIONING and (may_mention(resource, resource_type) or takes_results_back(resource)):
            subject = subject_reference(resource, self._shared)
            if isinstance(subject, str) and not dstu2_mark(resource_type, resource):
                self.mention(subject, shown, resource)
        elif resource_type == "OperationOutcome":
            if reason := outcome_reason(resource):
                self._report(InputProblem(where, shown, reason))
                self._in_full = False
        elif resource_type == "Parameters":
            self._report(InputProblem(where, shown, "a Parameters resource, which is not read"))
        if "contained" in resource:
            self._add_contained(resource, shown, where)

    def finish(self, name: str, types: Mapping[str, int], complete: bool) -> None:
        """A file has been read. It vouches for what `kinds_vouched` says, unless it broke off.

        None does in an export of which the server says that something went wrong.
        """
        if complete:
            self._vouched |= kinds_vouched(name, types)

    def records(self, source: str) -> Iterator[FoundRecord]:
        """Each patient's record, in the order in which the export first names them. Empties the export as it goes."""
        self._bring_mentions()
        owners = self._owners()
        self._assign_by_identifier(owners)
        self._tell_of_urns(source)
        vouched = self._vouched_for(owners, source) if self._known_vouched is None else self._known_vouched
        if self._links:
            follow_links(self._patients, self._links, self._guests, self._report, source)
        for reference in list(self._patients):
            lines = self._patients.pop(reference)
            if reference in self._guests:
                continue
            resources, left_out = lines.built(self._report)
            index = ResourceIndex(ChainMap(each_led_to(resources), self._shared), [], left_out)
            mentioning = lines.built_mentioning(self._report)
            record = Record(
                patient=reference,
                source=source,
                patient_resource=lines.patient,
                resources=resources,
                index=index,
                vouched=vouched.of(reference, lines.patient),
                set_aside=lines.set_aside,
                cautions=lines.cautions,
                in_full=vouched.in_full,
                left_out=left_out,
                mentioning=mentioning,
                taken_back=results_taken_back((one for _, one in mentioning), {}),
            )
            if lines.patient is not None or resources or left_out or lines.set_aside:
                yield FoundRecord(record)

    def _lines_of(self, reference: str) -> PatientLines:
        lines = self._patients.get(reference)
        if lines is None:
            lines = self._patients[reference] = PatientLines()
        return lines

    def _add_patient(self, resource: Resource, shown: str, where: str) -> None:
        if mark := dstu2_mark("Patient", resource):
            self._report(InputProblem(where, shown, f"{dstu2_reason(mark)}; age and sex are unknown"))
            resource = standing_alone(resource)
        lines = self._lines_of(shown)
        if "link" in resource:
            self._add_links(resource, shown, lines)
        if lines.patient is None:
            lines.patient = resource
        else:
            lines.patient, cautions = merge_patients(lines.patient, resource)
            lines.cautions += cautions

    def _add_links(self, patient: Resource, shown: str, lines: PatientLines) -> None:
        links = named_links(patient, shown)
        if patient.get("id"):
            for replacing, former in links:
                self._links.add(replacing, former)
        elif links:
            reason = "the Patient has no id, so that what its links lead to was not followed"
            lines.set_aside.append(SetAside(shown, None, reason, is_gap=True))

    def _add_fact(self, resource: Resource, line: bytes, shown: str, where: str) -> None:
        resource_type = resource["resourceType"]
        subject = subject_reference(resource, self._shared)
        if subject is Unassigned.NOT_A_PATIENT:
            return
        if isinstance(subject, Unassigned):
            self._report(InputProblem(where, shown, subject.value))
        elif mark := dstu2_mark(resource_type, resource):
            reason = dstu2_reason(mark)
            self._report(InputProblem(where, shown, reason))
            self._lines_of(subject).set_aside.append(SetAside(shown, KIND_OF[resource_type], reason, resource))
        else:
            self._size += len(line)
            kept: Resource | bytes = resource if self._size <= PARSED_LIMIT_BYTES else line
            self._lines_of(subject).resources.append((shown, kept))

    def _add_contained(self, resource: Resource, shown: str, where: str) -> None:
        for item in contained_facts(resource):
            subject = subject_reference(item, self._shared, resource)
            name = f"{shown}#{str(item.get('id', '')).removeprefix('#')}"
            if isinstance(subject, str):
                self._lines_of(subject).resources.append((name, item))
            elif subject is not Unassigned.NOT_A_PATIENT:
                self._report(InputProblem(where, name, subject.value))

    def _unreadable(self, resource: Resource, where: str) -> None:
        reason = why_of_no_type(resource)
        self._report(InputProblem(where, "", reason))
        subject = subject_reference(resource, self._shared)
        if isinstance(subject, str):
            self._lines_of(subject).set_aside.append(SetAside(where, None, reason, resource))

    def _bring_mentions(self) -> None:
        """Gives them to the patients there are, and to those who are named by identifier."""
        for subject, found in self._mentioning.items():
            if subject in self._patients or subject.startswith("Patient?"):
                self._lines_of(subject).mentioning += found
        self._mentioning.clear()

    def _tell_of_urns(self, source: str) -> None:
        """Lines of a Bundle name a Patient by a fullUrl that is in no line; whose they are is not guessed.

        Each of the two may be without what the other has: nothing is presumed of either.
        """
        urns = [reference for reference in self._patients if reference.startswith(URN)]
        if not urns:  # nearly always
            return
        known = {
            reference.removeprefix("Patient/").lower(): reference
            for reference, lines in self._patients.items()
            if lines.patient is not None
        }
        for urn in urns:
            patient = known.get(urn.removeprefix(URN))
            if patient is None:
                continue
            self._report(InputProblem(source, urn, _LOOKS_ALIKE))
            for one, other in ((urn, patient), (patient, urn)):
                reason = f"{other} may be the same person, and its part of the record was not read along"
                self._patients[one].set_aside.append(SetAside(one, None, reason, is_gap=True))

    def _owners(self) -> dict[str, list[str]]:
        """By each name by identifier or urn that lines give, the Patients that have it."""
        owners: dict[str, list[str]] = {name: [] for name in self._patients if leads_to_nobody(name)}
        for reference, lines in self._patients.items() if owners else ():
            for name in other_names(reference, lines.patient) if lines.patient is not None else ():
                if name in owners:
                    owners[name].append(reference)
        return owners

    def _assign_by_identifier(self, owners: Mapping[str, Sequence[str]]) -> None:
        """Lines that name their patient by identifier go to the Patient that has it, and to no other."""
        for named, found in owners.items():
            if named.startswith(BY_IDENTIFIER) and len(set(found)) == 1 and named not in self._ambiguous:
                self._patients[found[0]].take_over(self._patients.pop(named))

    def _vouched_for(self, owners: Mapping[str, Sequence[str]], source: str) -> Vouched:
        """What the whole export vouches for. Of lines that may be anybody's, a problem tells."""
        named = {name: self._patients[name].kinds for name in owners if name in self._patients}
        of_anybody, problem = may_be_anybodys(named, owners, self._links.formers, source)
        if problem is not None and any(lines.patient is not None for lines in self._patients.values()):
            self._report(problem)
        kinds = frozenset(self._vouched) if self._in_full else frozenset()
        return Vouched(self._covers, kinds, of_anybody, self._in_full)
