"""The reading of one record: each resource is read for what the wanted concepts need, and no further."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from trialsieve.engine.facts import Chart, Fact, Unreadable
from trialsieve.fhir_adapters.codes.allergy_denials import names_none
from trialsieve.fhir_adapters.codes.attestations import TakenBack, attestations_of
from trialsieve.fhir_adapters.codes.meaning import QUIET, Meaning
from trialsieve.fhir_adapters.codes.nameless import without_empty_words
from trialsieve.fhir_adapters.elements.codings import DECIDING, NOTHING, Coded
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.elements.mention_places import may_mention
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.elements.shapes import Unusable
from trialsieve.fhir_adapters.elements.statuses import Standing, entered_in_error
from trialsieve.fhir_adapters.facts.assessed_allergies import allergies_assessed
from trialsieve.fhir_adapters.facts.collected import Collected
from trialsieve.fhir_adapters.facts.contradictions import STATED, Diagnoses
from trialsieve.fhir_adapters.facts.facts_by_kind import FACTS, STANDING
from trialsieve.fhir_adapters.facts.focus import AboutAnother
from trialsieve.fhir_adapters.facts.learnt import Learnt
from trialsieve.fhir_adapters.facts.outlines import outline_of
from trialsieve.fhir_adapters.facts.patient import read_person
from trialsieve.fhir_adapters.facts.plain_results import Times
from trialsieve.fhir_adapters.facts.presence import present_kinds
from trialsieve.fhir_adapters.facts.resource_codes import codes_of, fault_of, is_quiet_panel, meaning_of
from trialsieve.fhir_adapters.facts.retrieval import Retrieval
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.facts.sources import Sources
from trialsieve.fhir_adapters.facts.would_be import would_be
from trialsieve.fhir_adapters.records.duplicates import DISPUTED, current_versions
from trialsieve.fhir_adapters.records.record import InputProblem, Record, Resource, SetAside
from trialsieve.fhir_adapters.records.references import Resolver
from trialsieve.fhir_adapters.records.withdrawn_reports import doubting_what_was_taken_back
from trialsieve.rules.vocabulary import Certainty, Kind

_OBSERVATION, _ALLERGY, _DROPPED = Kind.OBSERVATION, Kind.ALLERGY, Standing.DROPPED


class RecordReading:
    """The reading of one record. `learnt` grows by it."""

    def __init__(self, learnt: Learnt, record: Record, problems: list[InputProblem], as_of: date | None) -> None:
        self._learnt = learnt
        self._record = doubting_what_was_taken_back(record) if record.taken_back else record
        self._as_of = as_of
        clock = Clock(learnt.terms.zone, as_of=as_of)
        # The faults say why age or sex is not known: nothing else of a result would.
        self._person, self._person_faults = read_person(record.patient, record.patient_resource, clock)
        self._sources = Sources(learnt, self._record, self._person, as_of)
        self._times: Times = {}
        self._first: dict[Kind, int] = {}  # by kind, the place of its first resource
        self._diagnoses = Diagnoses(learnt.terms.reader, as_of)
        self._perhaps_mentioning: list[tuple[str, Resource]] = []
        self._collected = Collected(record.source, problems)
        self._collected.complain(record.patient, *self._person_faults)
        self._retrieval = Retrieval(learnt, self._sources, self._collected, as_of)

    def chart(self) -> Chart:
        """Reads all of it, once."""
        record, collected, diagnoses, retrieval = self._record, self._collected, self._diagnoses, self._retrieval
        left_out = {KIND_OF[name] for name in record.left_out.types if name in KIND_OF}
        self._read_resources()
        present = present_kinds(record.resources, self._first, left_out, retrieval.shown_by)
        retrieval.tell_why_not(record, present)
        self._read_mentions()
        for item in record.set_aside:
            self._set_aside(item)
        return Chart(
            patient=record.patient,
            source=record.source,
            person=self._person,
            facts=collected.facts_in_order(self._learnt.state_onsets, self._as_of),
            # A page proves no absence; nor does a source that says itself that it knows nothing.
            covered=(present if record.in_full else frozenset())
            | (record.vouched - (collected.without_information - present)),
            in_full=record.in_full,
            unreadable=collected.unreadable_in_order(),
            uncoded=collected.all_uncoded(),
            attestations=collected.attestations_in_order(),
            cautions=(*record.cautions, *self._person_faults, *collected.unread_words(), *collected.untold_codes()),
            contradictions=diagnoses.contradictions(),
            dismissed=diagnoses.dismissed(),
            allergies_assessed=self._learnt.asks_of_allergies
            and _ALLERGY in self._first
            and allergies_assessed(record.resources, self._first[_ALLERGY], self._learnt.names, retrieval.shown_by),
        )

    def _read_resources(self) -> None:
        """Reads every resource.

        Nearly all of a record's codes were met before and mean nothing here, so those are passed over in this loop.
        """
        first, understanding = self._first, self._learnt.understanding
        met = understanding.met
        for place, (reference, resource) in enumerate(self._record.resources):
            outline = outline_of(resource)
            if outline is None:
                continue
            kind = outline.kind
            if kind not in first:
                first[kind] = place
            if outline.may_mention and may_mention(resource, resource["resourceType"]):
                self._perhaps_mentioning.append((reference, resource))
            meaning = met(outline.word, resource.get(outline.code)) if outline.code_alone else None
            if meaning is QUIET:
                continue
            if meaning is None:
                if kind is not _OBSERVATION or not is_quiet_panel(resource, understanding):
                    self._read_unmet(kind, reference, resource)
            elif not outline.is_plain_result or not self._read_plain_result(reference, resource, meaning):
                self._read(kind, reference, resource, meaning)

    def _read_plain_result(self, reference: str, resource: Resource, meaning: Meaning) -> bool:
        """False: it has to be read as any other."""
        clock = self._sources.clean_clock()
        try:
            facts = self._learnt.plain_results.facts(reference, resource, meaning, clock, self._times)
        except Unusable:
            return False
        if facts is None:
            return False
        self._collected.facts += facts
        if clock.problems:
            self._collected.complain(reference, *clock.problems)
        return True

    def _read_unmet(self, kind: Kind, reference: str, resource: Resource) -> None:
        """One resource of whose code it is not known yet what it means."""
        try:
            meaning = self._meaning_of(kind, resource)
        except Unusable as problem:
            self._collected.give_up(reference, kind, resource, None, str(problem))
            return
        if meaning is not QUIET:
            self._read(kind, reference, resource, meaning)

    def _meaning_of(self, kind: Kind, resource: Resource) -> Meaning:
        return meaning_of(kind, resource, Resolver(resource, self._record.index), self._learnt.understanding)

    def _read(self, kind: Kind, reference: str, resource: Resource, meaning: Meaning) -> None:
        """One resource."""
        collected = self._collected
        if meaning.no_information:
            if not entered_in_error(resource) and not self._sources.came_later(kind, resource):
                collected.nothing_known(kind, resource)
            return
        if meaning.untold:
            self._read_untold(kind, reference, resource, meaning.code)
        if meaning.uncoded is not None:
            collected.uncoded(kind, meaning.uncoded)
        if (meaning.untold or meaning.uncoded is not None) and not meaning.named:
            return  # nothing else, or it would not be that
        if meaning.attestation:
            self._attest(reference, resource, meaning.code)
            return
        facts: list[Fact] | None = None
        source = self._sources.of(reference, resource, meaning.code)
        try:
            if meaning.named:
                facts = self._facts_of(kind, source, meaning)
            if facts is None and (meaning.named or STANDING[kind](resource) is _DROPPED):
                self._may_prove_nothing(resource, meaning)
                return  # whatever it may mean, it does not count
        except AboutAnother as problem:
            collected.complain(reference, str(problem))
            return
        except Unusable as problem:
            concepts = meaning.named | meaning.doubted if meaning.says_something else None
            collected.give_up(reference, kind, resource, concepts, str(problem))
            return
        self._may_prove_nothing(resource, meaning)
        if meaning.doubted:
            self._doubt(kind, source, meaning, facts or [])
        elif source.clock.problems:
            collected.complain(reference, *source.clock.problems)

    def _read_untold(self, kind: Kind, reference: str, resource: Resource, code: Coded) -> None:
        """One of which nobody here can tell what it is, unless it does not count or is of a later day."""
        try:
            counts = STANDING[kind](resource) is not _DROPPED
        except Unusable:  # nobody can tell that either
            counts = True
        if counts and not self._sources.came_later(kind, resource):
            self._collected.untold(reference, without_empty_words(code).shown)

    def _may_prove_nothing(self, resource: Resource, meaning: Meaning) -> None:
        """One that does not say what it is proves not even that such resources were retrieved."""
        if not meaning.says_something:
            self._collected.prove_nothing(resource)

    def _facts_of(self, kind: Kind, source: Source, meaning: Meaning) -> list[Fact] | None:
        """Its facts, which are collected; None if it does not count. Raises Unusable."""
        facts = FACTS[kind](source)
        if kind in STATED:
            if facts is None:
                named, code, resource = meaning.named, meaning.code, source.resource
                self._diagnoses.drop(kind, source.reference, named, code, resource, source.clock)
            else:
                self._diagnoses.add(kind, source.reference, meaning.code, facts)
        if facts is not None:
            self._collected.facts += facts
            if meaning.in_other_letters and any(map(_decides, facts)):
                self._collected.in_other_letters()
        return facts

    def _doubt(self, kind: Kind, source: Source, meaning: Meaning, facts: list[Fact]) -> None:
        """One that may mean something, since its code is not understood. `facts` are those of what else it means."""
        learnt = self._learnt
        if kind is _ALLERGY and names_none(meaning.code):
            return
        concepts = meaning.doubted if meaning.says_something else None
        fault = self._fault_of(kind, source, meaning)
        fact = would_be(kind, replace(source, names=learnt.names_what_is_sought), facts)
        doubted = Unreadable(source.reference, kind, concepts, fault, was_read=True, would_be=fact)
        self._collected.doubt(doubted, source.clock)

    def _fault_of(self, kind: Kind, source: Source, meaning: Meaning) -> str:
        """What is wrong with its code: the same whenever it is met, but for a medication that a reference names."""
        learnt = self._learnt
        recurs = meaning.code is not NOTHING and (kind is not Kind.MEDICATION or meaning.code.codes)
        known = learnt.faults.get(id(meaning)) if recurs else None
        if known is None:
            resource, resolver = source.resource, source.resolver
            known = (meaning, fault_of(kind, resource, resolver, learnt.understanding, learnt.terms.index))
            if recurs:
                learnt.faults.keep(id(meaning), known)
        return known[1]

    def _read_mentions(self) -> None:
        """What is told of diagnoses outside Conditions."""
        mentioning = [*self._perhaps_mentioning, *self._read_for_mentions()]
        if not mentioning:
            return
        facts, refuted = self._collected.facts, self._diagnoses.refuted
        conditions = (resource for _, resource in self._sources.conditions())
        told = self._learnt.mentions.told(mentioning, self._sources.of, facts, refuted, conditions, self._as_of)
        self._collected.facts += told.facts
        for reference, concepts, reason in told.unusable:
            self._collected.doubt(Unreadable(reference, Kind.CONDITION, concepts, reason, was_read=True))
        for reference, reason in told.faults:
            self._collected.complain(reference, reason)

    def _read_for_mentions(self) -> list[tuple[str, Resource]]:
        """What is read only for the diagnoses that it mentions; the newest versions of those that mention one."""
        found = self._record.mentioning
        if len({reference for reference, _ in found}) == len(found):  # nearly always
            return found
        versions: dict[str, list[Resource]] = {}
        for reference, resource in found:
            if self._learnt.mentions.may_say(resource):
                versions.setdefault(reference, []).append(resource)
        return [
            (reference, one) for reference, several in versions.items() for one in current_versions(several, _itself)
        ]

    def _attest(self, reference: str, resource: Resource, code: Coded) -> None:
        """`code` is nothing where that of the Observation was thought about together with those of its components."""
        clock = self._sources.clean_clock()
        try:
            if code is NOTHING:
                code = codes_of(_OBSERVATION, resource, Resolver(resource, {}))[0]
            self._collected.attestations += attestations_of(reference, resource, code, self._learnt.sentences, clock)
        except TakenBack as why:
            self._collected.prove_nothing(resource)
            self._collected.note(reference, str(why))
        except Unusable as problem:
            self._collected.prove_nothing(resource)
            self._collected.complain(reference, str(problem), *clock.problems)

    def _set_aside(self, item: SetAside) -> None:
        """What could not be read bears on the concepts of its code, if that can be read; else on all of its kind."""
        concepts = item.concepts if item.is_gap else None
        if not item.is_gap and item.kind is not None:
            if item.resource is not None:
                concepts = self._perhaps_meant(item.kind, item.resource)
            if concepts is not None and not concepts:
                return
            if item.reason == DISPUTED:
                self._collected.complain(item.reference, item.reason)
                if item.resource is not None and self._read_in_dispute(item.kind, item.reference, item.resource):
                    return
        unreadable = Unreadable(
            item.reference, item.kind, concepts, item.reason, was_read=item.is_gap, is_gap=item.is_gap
        )
        self._collected.set_aside(unreadable)

    def _read_in_dispute(self, kind: Kind, reference: str, resource: Resource) -> bool:
        """One of which another version was entered in error: what it says is a doubt, which a person's answer settles.

        False: it is not understood.
        """
        try:
            meaning = self._meaning_of(kind, resource)
            facts = FACTS[kind](self._sources.of(reference, resource, meaning.code)) or ()
        except Unusable:
            return False
        if meaning.doubted or not meaning.says_something:
            return False
        says = "(another version of it is entered in error)"
        self._collected.facts += (replace(one, certainty=Certainty.WEAK, says=f"{one.says} {says}") for one in facts)
        return True

    def _perhaps_meant(self, kind: Kind, resource: Resource) -> frozenset[str] | None:
        """None: it may mean anything."""
        try:
            meaning = self._meaning_of(kind, resource)
        except Unusable:
            return None
        return meaning.named | meaning.doubted if meaning.says_something else None


def _itself(resource: Resource) -> Resource:
    return resource


def _decides(fact: Fact) -> bool:
    return fact.certainty is Certainty.FIRM and fact.role in DECIDING
