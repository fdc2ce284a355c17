"""When two records are one patient's, and how they become one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import itemgetter
from typing import Any, Final

from trialsieve.fhir_adapters.records.duplicates import counting, in_dispute, led_to, newer, same_content
from trialsieve.fhir_adapters.records.found_record import FoundRecord
from trialsieve.fhir_adapters.records.left_out import StandIn
from trialsieve.fhir_adapters.records.linked_records import follow_links_between
from trialsieve.fhir_adapters.records.record import InputProblem, Record, Report, Resource
from trialsieve.fhir_adapters.records.targets import identifiers_of

# What age, sex and death are read from: two versions of a Patient that differ here cannot both be believed.
_DECIDING: Final = ("birthDate", "gender")
EITHER: Final = " or "
"""Between the values of an element in which versions of a Patient differ."""


def same_patient(first: FoundRecord, second: FoundRecord) -> bool:
    """Do two records that both hold a Patient with the same id describe one person?

    They do with a common identifier (system and value), or the same birth date, gender and full-URL base.
    """
    one, two = first.record.patient_resource, second.record.patient_resource
    if one is None or two is None or not first.patient_id or first.patient_id != second.patient_id:
        return False
    known = {identifier for identifier in identifiers_of(one.get("identifier")) if identifier.system}
    if known.intersection(identifiers_of(two.get("identifier"))):
        return True
    same = all(one.get(element) and one.get(element) == two.get(element) for element in _DECIDING)
    return same and bool(first.bases & second.bases)


def merge_patients(first: Resource, second: Resource) -> tuple[Resource, list[str]]:
    """One Patient out of two versions, and what a person must see.

    The newer, if that is known; else the first, completed by the second.

    If they then differ in birth date or gender, the element holds both, so that it reads as unusable. If only one says
    that the patient died, or is no longer active, the merged Patient is inactive: never better than needs-review.
    """
    order = newer(first, second)
    if order is not None:
        return (second if order else first), []
    if same_content(first, second):
        return first, []
    merged: dict[str, Any] = {**second, **first}
    cautions = []
    for element in _DECIDING:
        values = [patient[element] for patient in (first, second) if patient.get(element) is not None]
        if len(values) == 2 and values[0] != values[1]:
            merged[element] = EITHER.join(dict.fromkeys(f"{values[0]}{EITHER}{values[1]}".split(EITHER)))
            cautions.append(f"two versions of this Patient differ in {element}, and neither is known to be newer")
    if _died(first) != _died(second) or _replaced(first) != _replaced(second):
        for element in ("deceasedBoolean", "deceasedDateTime"):
            if _died(first) != _died(second):
                merged.pop(element, None)
        merged["active"] = False
        cautions.append("two versions of this Patient differ in whether the patient is alive and the record in use")
    merged.pop("meta", None)  # of no known version: a newer one of either says nothing of the other
    for element in ("identifier", "link"):
        lists = [items for patient in (first, second) if isinstance(items := patient.get(element), list)]
        if len(lists) == 2:
            merged[element] = lists[0] + [item for item in lists[1] if item not in lists[0]]
    return merged, cautions


def _died(patient: Resource) -> bool:
    return patient.get("deceasedBoolean") not in (None, False, "false") or patient.get("deceasedDateTime") is not None


def _replaced(patient: Resource) -> bool:
    return patient.get("active") is False


def join_records(first: FoundRecord, second: FoundRecord) -> FoundRecord:
    """The two as one: every resource once, in the order of the input, the first one's name for the patient."""
    one, two = first.record, second.record
    patient: Resource | None = one.patient_resource or two.patient_resource
    cautions = [*one.cautions, *(caution for caution in two.cautions if caution not in one.cautions)]
    if one.patient_resource is not None and two.patient_resource is not None:
        patient, found = merge_patients(one.patient_resource, two.patient_resource)
        cautions += [caution for caution in found if caution not in cautions]
    origins = tuple(dict.fromkeys([*first.origins, *second.origins]))
    resources, disputed = _each_once(_resources_of(one), _resources_of(two))
    joined = Record(
        patient=one.patient,
        source=", ".join(origins),
        patient_resource=patient,
        resources=resources,
        mentioning=[*one.mentioning, *two.mentioning],
        taken_back=one.taken_back | two.taken_back,
        index=_Either(one, two),
        vouched=one.vouched | two.vouched,
        set_aside=[*one.set_aside, *two.set_aside, *(in_dispute(shown, resource) for shown, resource in disputed)],
        cautions=cautions,
        in_full=one.in_full and two.in_full,
    )
    return FoundRecord(joined, first.bases | second.bases, origins)


_Named = tuple[str, Resource]


class _Either(Mapping[str, Resource]):
    """What is in the index of one record, or of both."""

    def __init__(self, one: Record, two: Record) -> None:
        self._indexes = (one.index, two.index)

    def __getitem__(self, reference: str) -> Resource:
        found = [resource for index in self._indexes if (resource := index.get(reference)) is not None]
        if not found:
            raise KeyError(reference)
        return reduce(led_to, found)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for index in self._indexes for key in index))

    def __len__(self) -> int:
        return len(dict.fromkeys(self))


def _resources_of(record: Record) -> list[_Named]:
    """Those that were left out among them: of one resource, either record may hold the newer version."""
    return [*record.resources, *((name.relative, name.resource) for name in record.left_out.fact_names())]


def _each_once(first: Sequence[_Named], second: Sequence[_Named]) -> tuple[list[_Named], list[_Named]]:
    """The resources of both; apart from them those of which nobody knows whether they were entered in error."""
    in_both = {reference for reference, _ in first}.intersection(reference for reference, _ in second)

    def name_of(found: _Named) -> str | None:
        reference = found[0]
        is_place = "/" not in reference and ":" not in reference  # which says nothing of what stands there
        return None if reference not in in_both or is_place or reference.endswith("#") else reference

    kept, disputed = counting([*first, *second], name_of, itemgetter(1))
    return kept, [found for found in disputed if not isinstance(found[1], StandIn)]


class Joiner:
    """Passes records on as they come, and holds back only those whose Patient occurs more than once in the input, or is
    linked with another of it.

    `last_seen` maps the id of such a Patient to the number of the last file that matters to it (see
    `signatures.repeated_patients`); of those who are linked it is the same.
    A record without a Patient is never joined; that another record has its name is said.
    """

    def __init__(self, last_seen: Mapping[str, int], report: Report) -> None:
        self._last_seen = last_seen
        self._report = report
        self._held: dict[str, list[FoundRecord]] = {}
        self._first: dict[str, tuple[str, bool]] = {}  # by name: the first record's source, and has its Patient an id

    def take(self, found: FoundRecord) -> Iterator[Record]:
        """The record itself, if no other can belong to it; else nothing until `release`."""
        identity = found.patient_id
        self._name_namesake(found)
        if not identity or identity not in self._last_seen:
            yield found.record
            return
        held = self._held.setdefault(identity, [])
        apart = []
        for other in held:
            if same_patient(other, found):
                found = join_records(other, found)
            else:
                apart.append(other)
        self._held[identity] = [*apart, found]

    def release(self, file_number: int) -> Iterator[Record]:
        """Every record held back that no later file can add to."""
        for _, record in self.released(file_number):
            yield record

    def released(self, file_number: int) -> Iterator[tuple[str, Record]]:
        """The same, each with its Patient's id."""
        done = [identity for identity in self._held if self._last_seen[identity] <= file_number]
        released: list[FoundRecord] = []
        for identity in done:
            found = self._held.pop(identity)
            for other in found[1:]:
                self._name_clash(found[0].record, other.record)
            released += found
        follow_links_between(released)
        for one in released:
            yield one.patient_id, one.record

    def _name_namesake(self, found: FoundRecord) -> None:
        """Says that a record has the name of an earlier one, where the two cannot be compared."""
        record, own = found.record, (found.record.source, bool(found.patient_id))
        if record.patient.startswith("Patient (") or record.patient == "Patient":
            return  # a place in the input, which names nobody
        first = self._first.setdefault(record.patient, own)
        if first is own or (first[1] and own[1]):
            return
        where = _where(first[0], record.source)
        reason = (
            f"a record {where} names this patient too, and only two that hold the Patient with its id can be compared; "
            "screened apart (if they are one patient's, put them into one Bundle)"
        )
        self._report(InputProblem(record.source, record.patient, reason, notice=True))
        record.cautions.append(f"Another record {where} names this patient too; the two were screened apart.")

    def _name_clash(self, first: Record, second: Record) -> None:
        where = _where(first.source, second.source)
        reason = (
            f"another Patient {where} has this id, and nothing shows that they are one person "
            "(a common identifier, or the same birth date, gender and server); screened apart"
        )
        self._report(InputProblem(second.source, second.patient, reason, notice=True))
        second.cautions.append(f"This id also names a Patient {where}; the two were screened apart.")
        first.cautions.append(f"This id also names a Patient in {second.source}; the two were screened apart.")


def _where(first: str, second: str) -> str:
    return f"in {first}" if first != second else "in the same file"
