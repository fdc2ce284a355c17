"""The entries of a Bundle, sorted into what facts are taken from, Patients, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Struct

from trialsieve.fhir_adapters.elements.mention_places import MENTIONING, may_mention
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, RESOURCE_TYPES, why_of_no_type
from trialsieve.fhir_adapters.elements.shapes import objects_in
from trialsieve.fhir_adapters.records.contained import contained_facts
from trialsieve.fhir_adapters.records.duplicates import led_to
from trialsieve.fhir_adapters.records.history import is_deletion, newest_entries
from trialsieve.fhir_adapters.records.left_out import EntryLeftOut, LeftOut, SlimBundle
from trialsieve.fhir_adapters.records.operation_outcomes import outcome_reason
from trialsieve.fhir_adapters.records.record import InputProblem, Report, Resource, SetAside
from trialsieve.fhir_adapters.records.search_pages import next_links, total_of
from trialsieve.fhir_adapters.records.targets import parse_reference
from trialsieve.fhir_adapters.records.versions import VERSION_TELLING, dstu2_mark, is_later, says_later
from trialsieve.fhir_adapters.records.withdrawn_reports import takes_results_back

MAX_NESTING: Final = 20
# Methods of a request entry that carry no data: what they ask for is not in this Bundle.
_ASKING: Final = frozenset({"GET", "HEAD", "DELETE"})
# What one server answers at once to several questions: the Bundles inside it are parts of one answer.
_ANSWERS: Final = ("batch-response", "transaction-response")


class FoundFact(Struct, frozen=True, gc=False):
    """A resource that facts are taken from, as found."""

    shown: str
    full_url: str
    resource_type: str
    resource: Resource
    container: Resource | None


@dataclass(slots=True)
class Contents:
    """What one Bundle holds, before it is known whose it is."""

    facts: list[FoundFact] = field(default_factory=list)
    patients: list[tuple[str, str, Resource]] = field(default_factory=list)  # label, fullUrl, resource
    by_relative: dict[str, Resource] = field(default_factory=dict)
    full_urls: list[tuple[str, Resource]] = field(default_factory=list)
    duplicates: set[str] = field(default_factory=set)
    unreadable: list[tuple[SetAside, str]] = field(default_factory=list)  # with the entry's fullUrl
    nested: list[tuple[str, Resource]] = field(default_factory=list)
    others: list[FoundFact] = field(default_factory=list)  # they hold no fact, yet may name a patient
    mentioning: list[FoundFact] = field(default_factory=list)  # read for the diagnoses that they mention alone
    withdrawn: list[Resource] = field(default_factory=list)  # reports that take results back
    dstu2: list[tuple[FoundFact, str]] = field(default_factory=list)  # with what shows it
    later: bool = False  # something in it is of a release after DSTU2
    in_full: bool = True
    left_out: LeftOut = field(default_factory=LeftOut)


class EntryReader:
    """Reads one Bundle's entries, and those of a Bundle inside it without a Patient, or that is part of one answer.

    `contents` is the outcome.
    """

    def __init__(self, source: str, report: Report, depth: int = 0, loose: bool = False) -> None:
        self.contents = Contents()
        self._source = source
        self._report = report
        self._depth = depth
        self._loose = loose
        self._holds_answers = False
        self._may_be_dstu2 = True  # nothing of it is in a Bundle of which resources were left out

    def _label(self, within: str, number: int) -> str:
        """An entry's name for people; a resource outside any Bundle needs none."""
        return "" if self._loose else f"{within}entry {number}"

    def _problem(self, reference: str, reason: str) -> None:
        self._report(InputProblem(self._source, reference, reason))

    def read(self, bundle: Resource, within: str = "") -> None:
        """Adds the Bundle's entries to `contents`; `within` is put before their names where it is nested."""
        entries = bundle.get("entry")
        if entries is None:
            entries = []
        if not isinstance(entries, list):
            self._problem(within, "`entry` is not a list")
            self._unreadable(SetAside(within or "Bundle", None, "`entry` is not a list"))
            return
        self.contents.later = self.contents.later or says_later(bundle)
        if isinstance(bundle, SlimBundle):
            self.contents.left_out = bundle.left_out
            self._may_be_dstu2 = False
        kind = bundle.get("type")
        if isinstance(issues := bundle.get("issues"), dict):  # of R5
            self._outcome(issues, within)
        if kind in ("searchset", "history", None):
            self._check_pages(bundle, entries, within)
        if kind == "history":
            entries = newest_entries(entries)
        outer, self._holds_answers = self._holds_answers, kind in _ANSWERS
        read = self._read_resource  # looked up once: this loop is most of what reading adds to parsing
        for number, entry in enumerate(entries, start=1):
            if entry.__class__ is EntryLeftOut:
                continue
            resource = entry.get("resource") if entry.__class__ is dict else None
            if resource.__class__ is not dict:
                self._without_resource(entry, self._label(within, number))
            elif (request := entry.get("request")) is None or not is_deletion(request):
                full_url = entry.get("fullUrl")
                read(resource, full_url if full_url.__class__ is str else "", number, within)
        self._holds_answers = outer

    def _check_pages(self, bundle: Resource, entries: Sequence[Any], within: str) -> None:
        if next_links(bundle):
            self._not_in_full(within, "only one page of a longer answer: `link` names a next page that was not read")
            return
        total = total_of(bundle)
        matches = sum(1 for entry in entries if _is_match(entry))
        if total is not None and bundle.get("type") != "history" and total > matches:
            self._not_in_full(within, f"holds {matches} of the {total} resources that the search found")

    def _not_in_full(self, reference: str, reason: str) -> None:
        self.contents.in_full = False
        self._problem(reference.strip(), reason)

    def _read_resource(self, resource: dict[str, Any], full_url: str, number: int, within: str) -> None:
        contents = self.contents
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
                contents.by_relative[shown] = led_to(first, resource)
        else:
            shown = _shown_without_id(resource_type, full_url, self._label(within, number))
        if resource_type in KIND_OF:
            contents.facts.append(FoundFact(shown, full_url, resource_type, resource, None))
        elif resource_type == "Patient":
            contents.patients.append((shown, full_url, resource))
        elif resource_type == "Bundle":
            self._nested_bundle(resource, self._label(within, number))
        elif resource_type == "OperationOutcome":
            self._outcome(resource, self._label(within, number))
        elif resource_type == "Parameters":
            self._problem(self._label(within, number), "a Parameters resource, which is not read")
        else:
            if resource_type in MENTIONING:
                if may_mention(resource, resource_type):
                    contents.mentioning.append(FoundFact(shown, full_url, resource_type, resource, None))
                if takes_results_back(resource):
                    contents.withdrawn.append(resource)
            if not contents.patients and ("subject" in resource or "patient" in resource):
                contents.others.append(FoundFact(shown, full_url, resource_type, resource, None))
        if "contained" in resource:
            self._lift_contained(resource, shown, full_url)
        if self._may_be_dstu2 and resource_type in VERSION_TELLING:
            mark = dstu2_mark(resource_type, resource)
            if mark:
                contents.dstu2.append((FoundFact(shown, full_url, resource_type, resource, None), mark))
            elif not contents.later:
                contents.later = is_later(resource_type, resource) or says_later(resource)

    def _untyped(self, resource: Resource, full_url: str, label: str) -> None:
        reason = why_of_no_type(resource)
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
        if self._depth >= MAX_NESTING or label.count(">") >= MAX_NESTING:
            self._problem(label, f"Bundles nested more than {MAX_NESTING} deep are not read")
            self._unreadable(SetAside(label, None, "a Bundle nested too deep"))
        elif not self._holds_answers and _holds_patient(bundle):
            self.contents.nested.append((label, bundle))
        else:
            self.read(bundle, f"{label} > ")

    def _outcome(self, outcome: Resource, label: str) -> None:
        if reason := outcome_reason(outcome):
            self._not_in_full(label, reason)

    def _lift_contained(self, resource: Resource, shown: str, full_url: str) -> None:
        for item in contained_facts(resource):
            name = f"{shown}#{str(item.get('id', '')).removeprefix('#')}"
            found = FoundFact(name, full_url, item["resourceType"], item, container=resource)
            self.contents.facts.append(found)
            if mark := dstu2_mark(found.resource_type, item):
                self.contents.dstu2.append((found, mark))

    def _unreadable(self, set_aside: SetAside, full_url: str = "") -> None:
        self.contents.unreadable.append((set_aside, full_url))


def _is_match(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return False
    search = entry.get("search")
    mode = search.get("mode") if isinstance(search, dict) else None
    resource = entry.get("resource")
    outcome = isinstance(resource, dict) and resource.get("resourceType") == "OperationOutcome"
    return mode not in ("include", "outcome") and not outcome


def _holds_patient(bundle: Resource, depth: int = 0) -> bool:
    for entry in objects_in(bundle.get("entry")):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            kind = resource.get("resourceType")
            if kind == "Patient" or (kind == "Bundle" and depth < MAX_NESTING and _holds_patient(resource, depth + 1)):
                return True
    return False


def _shown_without_id(resource_type: str, full_url: str, label: str) -> str:
    target = parse_reference(full_url) if full_url else None
    if target is not None and target.type == resource_type and target.id:
        return target.relative
    if target is not None and target.urn:
        return full_url
    return f"{resource_type} ({label})" if label else resource_type
