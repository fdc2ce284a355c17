"""One patient's record from what a client prefetched, completed key by key from its FHIR server.

What a key vouches for follows from how it was answered (`answers.Answered`):

* in full, by a Bundle that may be empty: its kind is covered;
* by null, or a Bundle with null in place of its entries: nothing is asked again, and nothing is vouched for, since
  clients say null for "none" and "not supported";
* in any other way: nothing is vouched for, and what was asked for is a gap in the record. It may hold what decides, so
  every rule that looks there is unknown, `not-retrieved`, unless what was retrieved already makes something recorded
  true.

Medications stand in four types. They are covered if one was answered in full and each other one was too, or is not
supported or null; an answer that was refused, failed or broke off leaves them uncovered.

Whatever is about somebody or something else is left out and named, and the answer that held it vouches for nothing.
Where the Patient itself is another one, nothing is screened.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trialsieve.fhir_adapters.records.record import InputProblem, Resource
from trialsieve.fhir_adapters.records.search_pages import next_links, total_of
from trialsieve.fhir_adapters.servers.answers import Answer, Answered, Entry, missing_of, read_answer
from trialsieve.fhir_adapters.servers.fhir_server import FhirServer
from trialsieve.fhir_adapters.servers.prefetch_record import (
    SOURCE,
    AskedKey,
    Gathered,
    KeyAccount,
    NothingKnownError,
    RecordMaker,
)
from trialsieve.fhir_adapters.servers.prefetch_templates import PATIENT_KEY, PrefetchTemplate
from trialsieve.rules.errors import TrialsieveError
from trialsieve.rules.vocabulary import Kind

__all__ = [
    "Gathered",
    "Gathering",
    "KeyAccount",
    "NothingKnownError",
    "PatientIdError",
    "WrongPatientError",
    "gather",
    "patient_id",
]

_MOST_MEDICATIONS: Final = 100
_ID: Final = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,256}")
_SETTLED: Final = frozenset({Answered.IN_FULL, Answered.REFUSED, Answered.NULL})


class PatientIdError(TrialsieveError):
    """The context's patientId cannot be an id."""


class WrongPatientError(TrialsieveError):
    """What was given as the Patient is another patient than the context's. Nothing may be screened."""


async def gather(
    prefetch: Any,
    templates: Mapping[str, PrefetchTemplate],
    patient: str,
    server: FhirServer | None = None,
) -> Gathering:
    """The answers about the context's patient. `prefetch` is the request's member as parsed, whatever it is.

    `templates` are those that discovery told. Without `server` nothing is completed. What is left, the record that
    `Gathering.gathered` makes, waits for nobody, and may be made elsewhere. Raises PatientIdError and
    WrongPatientError; nothing else for what a client or a server sends.
    """
    gathering = Gathering(templates, patient_id(patient), server)
    gathering.take(prefetch)
    await gathering.complete()
    return gathering


def patient_id(text: str) -> str:
    """The context's patientId as a bare id; some clients send a reference. Raises PatientIdError."""
    bare = text.strip().removeprefix("Patient/")
    if not _ID.fullmatch(bare):
        raise PatientIdError("context.patientId: not the id of a FHIR resource; send the bare Patient.id")
    return bare


class Gathering:
    """One patient's answers, as they come."""

    def __init__(self, templates: Mapping[str, PrefetchTemplate], patient: str, server: FhirServer | None) -> None:
        self._patient = patient
        self._server = server
        self._problems: list[InputProblem] = []
        self._keys = {
            key: AskedKey(template, Answer(Answered.NOT_ASKED, "the client did not send it"))
            for key, template in templates.items()
        }
        self._medications: list[Entry] = []

    def _problem(self, reference: str, reason: str, *, notice: bool = False) -> None:
        self._problems.append(InputProblem(SOURCE, reference, reason, notice))

    def take(self, prefetch: Any) -> None:
        """What the client sent."""
        if prefetch is not None and not isinstance(prefetch, dict):
            self._problem("prefetch", "is not an object; it was not read")
            return
        for name, value in (prefetch or {}).items():
            key = self._keys.get(name)
            if key is None:
                self._problem(f"prefetch.{name[:60]}", "is no key that was asked for; it was not read", notice=True)
            else:
                key.answer = _given(value, key.template)
        self._check_patient()

    async def complete(self) -> None:
        """Asks the server for what the client did not answer, all keys at once."""
        if self._server is not None:
            server = self._server
            await asyncio.gather(*(self._complete(key, server) for key in self._keys.values()))
            self._check_patient()
            await self._read_medications(server)
        for key in self._keys.values():
            missing = missing_of(key.answer) if key.answer.has_been_given and key.template.is_search else ""
            if missing:
                key.answer = key.answer.in_part(missing)

    async def _complete(self, key: AskedKey, server: FhirServer) -> None:
        template, given = key.template, key.answer
        if given.state in _SETTLED and given.next_link is None and template.is_search and not missing_of(given):
            return
        if given.state in {Answered.IN_FULL, Answered.REFUSED} and not template.is_search:
            return
        key.by_server = True
        if given.state is Answered.IN_FULL and given.next_link is not None:
            key.answer = await server.read_on(given, template.resource_type)
            if len(key.answer.entries) > len(given.entries) or key.answer.state is Answered.IN_FULL:
                return  # else its link leads nowhere, which the server's own answer need not
        query = template.query_for(self._patient)
        asked = await (server.search if template.is_search else server.read)(query, template.resource_type)
        key.answer = _better(key.answer, asked)

    def _check_patient(self) -> None:
        """Raises WrongPatientError if the Patient that was given is not the one whose chart is open."""
        key = self._keys.get(PATIENT_KEY)
        if key is None or not key.answer.entries:
            return
        found = [entry for entry in key.answer.entries if entry.reference == f"Patient/{self._patient}"]
        if found:
            key.own = found
            key.left_out = len(key.answer.entries) - len(found)
        elif any(entry.resource.get("id") for entry in key.answer.entries):
            raise WrongPatientError(
                "fhirServer: it answered with another Patient than that of context.patientId; nothing was screened"
                if key.by_server
                else "prefetch.patient: not the patient of context.patientId; nothing was screened. "
                "Check what the client fills the templates with"
            )
        else:
            key.answer = Answer(Answered.FAILED, "a Patient without an id, which may be anybody")

    async def _read_medications(self, server: FhirServer) -> None:
        """The Medications that prescriptions refer to, and that came with no answer."""
        held = {entry.reference for key in self._keys.values() for entry in key.answer.entries}
        wanted = dict.fromkeys(
            name
            for key in self._keys.values()
            if key.template.kind is Kind.MEDICATION
            for entry in key.answer.entries
            for reference in _medication_references(entry.resource)
            if (name := server.names(reference)) is not None and name.startswith("Medication/")
        )
        missing = [name for name in wanted if name not in held]
        for name in missing[_MOST_MEDICATIONS:]:
            self._problem(name, f"was not read, since more than {_MOST_MEDICATIONS} medications were missing")
        self._medications = await server.read_all(missing[:_MOST_MEDICATIONS])
        for name in sorted(set(missing[:_MOST_MEDICATIONS]).difference(one.reference for one in self._medications)):
            self._problem(name, "could not be read; what refers to it goes by its own words alone")

    @property
    def content(self) -> list[Any]:
        """What is known of the patient, in an order that is always the same, as JSON could hold it."""
        keys = ((name, key.answer.state, key.answer.entries) for name, key in self._keys.items())
        answers = [(name, state, [entry.resource for entry in entries]) for name, state, entries in keys]
        return [self._patient, answers, [entry.resource for entry in self._medications]]

    def unanswered(self) -> dict[str, str]:
        """Why each key that is not answered in full is not; for logs, since it quotes nothing of a record."""
        return {
            name: f"{key.answer.state.value}: {key.answer.reason}"
            for name, key in self._keys.items()
            if key.answer.state not in {Answered.IN_FULL, Answered.NULL}
        }

    @property
    def asked_server(self) -> bool:
        """Whether a FHIR server was asked for anything."""
        return any(key.by_server for key in self._keys.values())

    def gathered(self) -> Gathered:
        """The record of what is known. Raises NothingKnownError."""
        return RecordMaker(self._keys, self._patient, self._problems).gathered(self._medications)


def _given(value: Any, template: PrefetchTemplate) -> Answer:
    """What a client's value says; one that has null in place of its list may mean null in place of the Bundle."""
    answer = read_answer(value, template.resource_type, search=template.is_search)
    if answer.state is Answered.IN_FULL and not answer.entries and _says_null(value):
        return read_answer(None, template.resource_type, search=template.is_search)
    return answer


def _says_null(value: Any) -> bool:
    """Whether a Bundle, also one that is wrapped, has null in place of its list.

    A total, or a further page, tells what it means. A server that says so has answered the search.
    """
    while isinstance(value, dict) and "resourceType" not in value and isinstance(value.get("resource"), dict):
        value = value["resource"]
    is_null = isinstance(value, dict) and "entry" in value and value["entry"] is None
    return is_null and total_of(value) is None and not next_links(value)


def _better(given: Answer, asked: Answer) -> Answer:
    """Of what the client gave and what the server said, the one that holds more; the server's if neither does."""
    if asked.state is Answered.IN_FULL or not given.has_been_given:
        return asked
    if not asked.has_been_given:
        state = Answered.WARNED if given.state is Answered.WARNED else Answered.IN_PART
        return given.in_part(f"asking the server: {asked.reason}", state)
    both = Answer(given.state, given.reason, given.entries + asked.entries)
    return both.in_part(asked.reason, asked.state)


def _medication_references(resource: Resource) -> Iterator[str]:
    """What `medicationReference`, or the `medication` of R5, refers to."""
    both = resource.get("medication")
    for holder in (resource.get("medicationReference"), both.get("reference") if isinstance(both, dict) else None):
        reference = holder.get("reference") if isinstance(holder, dict) else None
        if isinstance(reference, str):
            yield reference
