"""What came back for one question about a patient, from a client's prefetch or from a FHIR server: read tolerantly.

A Bundle of matches is an answer, an empty one too. Everything else that clients and servers give instead is told apart,
because only an answer in full may stand for the absence of what it does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

from trialsieve.fhir_adapters.elements.resource_types import RESOURCE_TYPES, type_of
from trialsieve.fhir_adapters.records.operation_outcomes import is_serious, issues_of, only_warns
from trialsieve.fhir_adapters.records.search_pages import next_links, total_of

_DEEPEST: Final = 4
_MOST_FAULTS_TOLD: Final = 3
_FORBIDDEN: Final = frozenset({"security", "login", "unknown", "expired", "forbidden", "suppressed"})
_UNSUPPORTED: Final = "not-supported"
_NO_MATCH: Final = frozenset({"include", "outcome"})
_NOT_WHOLE: Final = frozenset({"history", "document", "message", "transaction", "batch", "subscription-notification"})


class Answered(StrEnum):
    """How a question was answered."""

    IN_FULL = "answered in full"
    IN_PART = "answered in part"
    WARNED = "answered with a warning"  # that more may exist: all that came may be all that there is
    NULL = "answered with null"  # nothing found, or not supported: clients mean either
    NOT_SUPPORTED = "not supported"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_ASKED = "not asked"


class Entry(NamedTuple):
    """One resource of an answer. `is_match` False: it came along with others (`search.mode` include)."""

    resource: dict[str, Any]
    full_url: str = ""
    is_match: bool = True

    @property
    def reference(self) -> str:
        """`Condition/c1`; the type alone without an id."""
        identity = self.resource.get("id")
        return f"{type_of(self.resource)}/{identity}" if identity else type_of(self.resource)

    @property
    def identity(self) -> object:
        """The same of a resource that comes twice."""
        return self.reference if self.resource.get("id") else id(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` says what is missing or went wrong; it quotes nothing of a record. `next_link` names an unread page."""

    state: Answered
    reason: str = ""
    entries: tuple[Entry, ...] = ()
    next_link: str | None = None
    total: int | None = None

    @property
    def has_been_given(self) -> bool:
        """Whether there is something in hand, all of it or a part."""
        return self.state in {Answered.IN_FULL, Answered.IN_PART, Answered.WARNED}

    def in_part(self, reason: str, state: Answered = Answered.IN_PART) -> Answer:
        """The same, known not to be all; or, `WARNED`, perhaps not."""
        reasons = [part for part in (self.reason, reason) if part]
        worse = Answered.IN_PART if self.state is Answered.IN_PART else state
        return replace(self, state=worse, reason="; ".join(dict.fromkeys(reasons)))


def read_answer(value: Any, resource_type: str, *, search: bool) -> Answer:
    """What a JSON value says, that was asked for resources of this type: by a search, or else by a read."""
    if value is None:
        return Answer(Answered.NULL, "the client gave null, which may mean none or not supported")
    if not isinstance(value, dict):
        return Answer(Answered.FAILED, "not a FHIR resource")
    if "resourceType" not in value and isinstance(value.get("resource"), dict):
        failure = _failed_response(value)
        return failure or read_answer(value["resource"], resource_type, search=search)
    kind = type_of(value)
    if kind == "OperationOutcome":
        return _of_outcome(value)
    if kind == "Bundle" or (not kind and ("entry" in value or total_of(value) is not None)):
        found = _of_bundle(value, resource_type)
        return found if search else _single(found, resource_type)
    if not kind:
        return _failed_response(value) or Answer(Answered.FAILED, "not a FHIR resource: no resourceType")
    if kind != resource_type:
        named = f"`{kind}`" if kind in RESOURCE_TYPES else "something else"
        return Answer(Answered.FAILED, f"{named} instead of {resource_type}")
    single = Answer(Answered.IN_FULL, entries=(Entry(value),))
    return single.in_part(f"a single {resource_type} instead of a Bundle") if search else single


def _single(found: Answer, resource_type: str) -> Answer:
    """The answer to a read that came as a Bundle."""
    if not found.has_been_given:
        return found
    wanted = tuple(entry for entry in found.entries if type_of(entry.resource) == resource_type)
    if not wanted:
        return Answer(Answered.FAILED, f"a Bundle without a {resource_type}")
    return Answer(Answered.IN_FULL, entries=wanted)


def _of_bundle(bundle: dict[str, Any], resource_type: str) -> Answer:
    reading = _BundleReading(resource_type)
    reading.read(bundle)
    outcome = reading.outcome
    if outcome is not None and not reading.entries and not (reading.only_warned and outcome.state is Answered.FAILED):
        return outcome
    if not reading.has_wanted and any(entry.is_match for entry in reading.entries):
        reading.faults.append(f"holds resources, and no {resource_type}")
    answer = Answer(Answered.IN_FULL, entries=tuple(reading.entries), next_link=reading.next_link, total=reading.total)
    if outcome is not None and reading.only_warned and not reading.faults:
        return answer.in_part(outcome.reason, Answered.WARNED)
    if outcome is not None:
        reading.faults.append(outcome.reason)
    return answer.in_part(_told(reading.faults)) if reading.faults else answer


def missing_of(answer: Answer) -> str:
    """Why an answer whose pages have all been read, or will not be, holds less than was found; empty if it does not."""
    if answer.next_link is not None:
        return "a further page was not read"
    if answer.total is None:
        return ""
    # What comes twice, on pages that shifted meanwhile, stands in the place of what did not come.
    matches = len({entry.identity for entry in answer.entries if entry.is_match})
    if answer.total > matches:
        return f"holds {matches} of the {answer.total} resources that the search found"
    return ""


class _BundleReading:
    """The entries of one Bundle, and of those inside it.

    `has_wanted`: a match is of the type that was asked for. `only_warned`: nothing that `outcome` tells went wrong.
    """

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self.has_wanted = False
        self.entries: list[Entry] = []
        self.faults: list[str] = []
        self.outcome: Answer | None = None
        self.only_warned = True
        self.next_link: str | None = None
        self.total: int | None = None

    def read(self, bundle: dict[str, Any], depth: int = 0) -> None:
        kind = bundle.get("type")
        if isinstance(kind, str) and kind in _NOT_WHOLE:
            self.faults.append(f"a Bundle of type {kind} is no answer to a search")
        self._read_links(bundle)
        self._note_outcome(bundle.get("issues"))  # of R5
        self.total = total_of(bundle)
        entries = bundle.get("entry")
        if entries is None:
            return
        if not isinstance(entries, list):
            self.faults.append("`entry` is not a list")
            return
        wanted, add = self._wanted, self.entries.append  # looked up once: nearly every entry is as it should be
        for number, entry in enumerate(entries, start=1):
            if entry.__class__ is dict and "response" not in entry:
                resource = entry.get("resource")
                if resource.__class__ is dict and resource.get("resourceType") == wanted:
                    full_url = entry.get("fullUrl")
                    is_match = "search" not in entry or _mode(entry) not in _NO_MATCH
                    add(Entry(resource, full_url if full_url.__class__ is str else "", is_match))
                    self.has_wanted = self.has_wanted or is_match
                    continue
            self._read_entry(entry, number, depth)

    def _read_links(self, bundle: dict[str, Any]) -> None:
        links = next_links(bundle)
        if links and isinstance(links[0], str) and links[0].strip():
            self.next_link = links[0].strip()
        elif links:
            self.faults.append("its link to the next page cannot be followed")

    def _read_entry(self, entry: Any, number: int, depth: int) -> None:
        if not isinstance(entry, dict):
            self.faults.append(f"entry {number} is not an object")
            return
        resource = entry.get("resource")
        failure = _failed_response(entry)
        if failure is not None:
            self.outcome, self.only_warned = failure, False
        response = entry.get("response")
        self._note_outcome(response.get("outcome") if isinstance(response, dict) else None)
        if not isinstance(resource, dict):
            if failure is None and _mode(entry) != "outcome":
                self.faults.append(f"entry {number} has no resource")
            return
        kind = type_of(resource)
        if kind == "Bundle" and depth < _DEEPEST:
            self._read_inside(resource, depth + 1)
        elif kind == "OperationOutcome":
            self._note_outcome(resource)
        elif kind not in RESOURCE_TYPES or kind == "Bundle":
            self.faults.append(f"entry {number} is no FHIR resource that can be read")
        else:
            full_url = entry.get("fullUrl")
            is_match = _mode(entry) not in _NO_MATCH
            self.entries.append(Entry(resource, full_url if isinstance(full_url, str) else "", is_match))
            self.has_wanted = self.has_wanted or (is_match and kind == self._wanted)

    def _read_inside(self, bundle: dict[str, Any], depth: int) -> None:
        """A Bundle in an entry, as batches answer: it counts as this one does, but none of its pages is read."""
        inside = _BundleReading(self._wanted)
        inside.read(bundle, depth)
        self.entries += inside.entries
        self.has_wanted = self.has_wanted or inside.has_wanted
        self.outcome = inside.outcome or self.outcome
        self.only_warned = self.only_warned and inside.only_warned
        held = Answer(Answered.IN_FULL, "", tuple(inside.entries), inside.next_link, inside.total)
        faults = [*inside.faults, *filter(None, [missing_of(held)])]
        self.faults += [f"of a Bundle inside it, {fault}" for fault in faults]

    def _note_outcome(self, outcome: Any) -> None:
        if isinstance(outcome, dict) and type_of(outcome) == "OperationOutcome" and is_serious(outcome):
            self.outcome = _of_outcome(outcome)
            self.only_warned = self.only_warned and only_warns(outcome)


def _mode(entry: dict[str, Any]) -> str | None:
    search = entry.get("search")
    mode = search.get("mode") if isinstance(search, dict) else None
    return mode if isinstance(mode, str) else None


def _failed_response(entry: dict[str, Any]) -> Answer | None:
    """The failure that a `{response, resource}` pair tells of."""
    response = entry.get("response")
    status = str(response.get("status", "")).strip()[:3] if isinstance(response, dict) else ""
    if status[:1] not in {"4", "5"}:
        return None
    return Answer(state_of_status(int(status) if status.isdecimal() else 500), f"answered with status {status}")


def state_of_status(status: int) -> Answered:
    """What an HTTP status other than 200 means for a search."""
    if status in {401, 403, 407, 451}:
        return Answered.REFUSED
    return Answered.NOT_SUPPORTED if status in {404, 405, 410, 501} else Answered.FAILED


def _of_outcome(outcome: dict[str, Any]) -> Answer:
    issues = issues_of(outcome)
    told = sorted({f"{severity} ({code})" for severity, code in issues})
    reason = f"an OperationOutcome: {', '.join(told[:_MOST_FAULTS_TOLD]) or 'no issue named'}"
    codes = {code for _, code in issues}
    if codes & _FORBIDDEN:
        return Answer(Answered.REFUSED, reason)
    return Answer(Answered.NOT_SUPPORTED if _UNSUPPORTED in codes else Answered.FAILED, reason)


def _told(faults: Sequence[str]) -> str:
    more = len(faults) - _MOST_FAULTS_TOLD
    return "; ".join(faults[:_MOST_FAULTS_TOLD]) + (f"; and {more} more" if more > 0 else "")
