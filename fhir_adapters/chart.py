"""A patient's record to a chart of facts: each resource is read for what the wanted concepts need, and no further."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from msgspec.structs import replace

from trialsieve.engine.facts import Attestation, Chart, Fact, Person, Uncoded, Unreadable
from trialsieve.fhir_adapters.allergies import allergy_code, allergy_facts
from trialsieve.fhir_adapters.assessed_allergies import shows_assessment
from trialsieve.fhir_adapters.attestations import attestations_of
from trialsieve.fhir_adapters.code_faults import code_fault
from trialsieve.fhir_adapters.codings import NOTHING, Coded, joined, read_coded
from trialsieve.fhir_adapters.conditions import condition_code, condition_facts, condition_standing
from trialsieve.fhir_adapters.contradictions import STATED, Diagnoses
from trialsieve.fhir_adapters.dates import Clock
from trialsieve.fhir_adapters.duplicates import current_versions
from trialsieve.fhir_adapters.focus import AboutAnother
from trialsieve.fhir_adapters.immunizations import immunization_code, immunization_facts, immunization_standing
from trialsieve.fhir_adapters.medications import medication_code, medication_facts, medication_standing
from trialsieve.fhir_adapters.mention_places import is_of_diagnosis, may_mention
from trialsieve.fhir_adapters.mentions import Mentions
from trialsieve.fhir_adapters.naming import Names
from trialsieve.fhir_adapters.observations import observation_codes, observation_facts, observation_standing
from trialsieve.fhir_adapters.patient import read_person
from trialsieve.fhir_adapters.procedures import procedure_code, procedure_facts, procedure_standing
from trialsieve.fhir_adapters.quiet import Quiet
from trialsieve.fhir_adapters.record import InputProblem, Record, Resource, SetAside
from trialsieve.fhir_adapters.references import Resolver
from trialsieve.fhir_adapters.resource_types import KIND_OF
from trialsieve.fhir_adapters.shapes import Json, Unusable
from trialsieve.fhir_adapters.source import Source
from trialsieve.fhir_adapters.statuses import Standing, entered_in_error
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.fhir_adapters.understanding import QUIET, Meaning, Understanding
from trialsieve.fhir_adapters.would_be import NamesWhatIsSought, would_be
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Kind, Role

_KEPT_BOOKS: Final = 4
_ALLERGY: Final = Kind.ALLERGY
# By resource type: its kind, where its code usually stands, and the elements that may hold more codes.
_MORE: Final = {
    Kind.OBSERVATION: ("component",),
    Kind.CONDITION: ("extension",),
    Kind.MEDICATION: ("medicationReference", "medication"),
    Kind.ALLERGY: ("reaction",),
}
_CODE: Final = {Kind.MEDICATION: "medicationCodeableConcept", Kind.IMMUNIZATION: "vaccineCode"}
_SHAPES: Final = {
    name: (kind, kind.value, _CODE.get(kind, "code"), _MORE.get(kind, ())) for name, kind in KIND_OF.items()
}
_FACTS: Final = {
    Kind.OBSERVATION: observation_facts,
    Kind.CONDITION: condition_facts,
    Kind.PROCEDURE: procedure_facts,
    Kind.MEDICATION: medication_facts,
    Kind.IMMUNIZATION: immunization_facts,
    Kind.ALLERGY: allergy_facts,
}
_STANDING: Final = {
    Kind.OBSERVATION: observation_standing,
    Kind.CONDITION: condition_standing,
    Kind.PROCEDURE: procedure_standing,
    Kind.MEDICATION: medication_standing,
    Kind.IMMUNIZATION: immunization_standing,
    Kind.ALLERGY: condition_standing,
}


@dataclass(frozen=True, slots=True)
class _Known:
    """The terms of the wanted concepts, and what was learnt of codes by them."""

    terms: Terms
    understanding: Understanding
    names: Names
    names_what_is_sought: NamesWhatIsSought
    mentions: Mentions


class ChartBuilder:
    """Builds charts by one rule book, and remembers what it learns of codes. Not for several threads at once."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._by_wanted: dict[frozenset[str] | None, _Known] = {}

    def build(
        self,
        record: Record,
        problems: list[InputProblem],
        *,
        wanted: frozenset[str] | None = None,
        as_of: date | None = None,
    ) -> Chart:
        """The chart of a record. `wanted` are the concepts that the screened trials read; others are skipped.

        `as_of`: the day for which it is screened. By it are told what contradicts itself only once a day has passed (a
        drug still taken after its last day), and a birth date of nobody alive. What cannot be used is added to
        `problems`, each resource once. Never raises for what a record holds.
        """
        return _Reading(self.book, self._known(wanted), record, problems, as_of).chart()

    def quiet_codes(self, wanted: frozenset[str] | None = None) -> Quiet:
        """Which resources mean nothing to the wanted concepts, for those who need not build them."""
        known = self._known(wanted)
        understanding = known.understanding

        def means_nothing(code: Json) -> bool:
            try:
                meaning = understanding.of(Kind.OBSERVATION, read_coded(code, "code"))
                return meaning is QUIET and not is_of_diagnosis(code)
            except Unusable:
                return False

        spoken_of = frozenset(kind for concept in known.terms.concepts.values() for kind in concept.kinds)
        return Quiet(means_nothing, known.mentions.may_say, frozenset(Kind) - spoken_of)

    def _known(self, wanted: frozenset[str] | None) -> _Known:
        known = self._by_wanted.get(wanted)
        if known is None:
            terms = Terms.of(self.book, wanted)
            names = Names(terms)
            known = self._by_wanted[wanted] = _Known(
                terms, Understanding(terms), names, NamesWhatIsSought(terms), Mentions(terms, names, self.book)
            )
        return known


_builders: OrderedDict[int, ChartBuilder] = OrderedDict()


def build_chart(
    record: Record,
    book: RuleBook,
    problems: list[InputProblem],
    *,
    wanted: frozenset[str] | None = None,
    as_of: date | None = None,
) -> Chart:
    """The chart of a record by a rule book; a builder is kept for each of the last few books."""
    return _builder(book).build(record, problems, wanted=wanted, as_of=as_of)


def _builder(book: RuleBook) -> ChartBuilder:
    builder = _builders.get(id(book))
    if builder is None or builder.book is not book:
        builder = _builders[id(book)] = ChartBuilder(book)
        while len(_builders) > _KEPT_BOOKS:
            _builders.popitem(last=False)
    return builder


def quiet_codes(book: RuleBook, wanted: frozenset[str] | None) -> Quiet:
    """Which resources mean nothing to the wanted concepts of this book, for those who need not build them."""
    return _builder(book).quiet_codes(wanted)


class _Reading:
    """The reading of one record."""

    def __init__(
        self, book: RuleBook, known: _Known, record: Record, problems: list[InputProblem], as_of: date | None
    ) -> None:
        self._book = book
        self._as_of = as_of
        self._terms = known.terms
        self._understanding = known.understanding
        self._names = known.names
        self._names_what_is_sought = known.names_what_is_sought
        self._mentions = known.mentions
        self._record = record
        self._problems = problems
        self._person = Person(None)
        self._person_faults: list[str] = []  # why age or sex is not known: nothing else of a result would say it
        self._facts: list[Fact] = []
        self._unreadable: list[Unreadable] = []
        self._unread: Counter[Kind] = Counter()
        self._without_information: set[Kind] = set()
        self._diagnoses = Diagnoses(known.terms.reader)
        self._attestations: list[Attestation] = []
        self._perhaps_mentioning: list[tuple[str, Resource]] = []
        self._uncoded: Counter[tuple[Kind, frozenset[str]]] = Counter()
        self._in_other_letters = 0

    def chart(self) -> Chart:
        record = self._record
        self._read_person()
        left_out = {name: count for name, count in record.left_out.counts().items() if name in KIND_OF}
        counts = self._read_resources(left_out)
        present = self._present(counts, {KIND_OF[name] for name in left_out})
        self._read_mentions()
        for item in record.set_aside:
            if item.is_gap:
                self._unreadable.append(
                    Unreadable(item.reference, item.kind, item.concepts, item.reason, was_read=True, is_gap=True)
                )
                continue
            if item.kind is not None:
                counts[item.kind] = counts.get(item.kind, 0) + 1
            self._set_aside(item)
        return Chart(
            patient=record.patient,
            source=record.source,
            person=self._person,
            facts=tuple(sorted(self._facts, key=_order)),
            # A page proves no absence; nor does a source that says itself that it knows nothing.
            covered=(present if record.in_full else frozenset())
            | (record.vouched - (self._without_information - present)),
            present=present,
            unreadable=tuple(sorted(self._unreadable, key=lambda item: (item.problem, item.reference))),
            uncoded=tuple(Uncoded(kind, systems, count) for (kind, systems), count in self._uncoded.items()),
            attestations=tuple(self._attestations),
            counts=counts,
            cautions=(*record.cautions, *self._person_faults, *self._unread_words()),
            contradictions=self._diagnoses.contradictions(),
            dismissed=self._diagnoses.dismissed(),
            allergies_assessed=_ALLERGY in counts and self._allergies_assessed(),
        )

    def _read_resources(self, left_out: Mapping[str, int]) -> dict[Kind, int]:
        """Reads every resource, and counts them by kind, together with those that were left out.

        Nearly all of a record's codes were met before and mean nothing here, so those are passed over in this loop.
        """
        counts = dict(left_out)
        met = self._understanding.met
        for reference, resource in self._record.resources:
            name = resource.get("resourceType")
            shape = _SHAPES.get(name) if type(name) is str else None
            if shape is None or name is None:
                continue
            counts[name] = counts.get(name, 0) + 1
            kind, word, code, more = shape
            if may_mention(resource, name):
                self._perhaps_mentioning.append((reference, resource))
            meaning = met(word, resource.get(code)) if not more or resource.keys().isdisjoint(more) else None
            if meaning is QUIET or (meaning is None and kind is Kind.OBSERVATION and self._is_quiet_panel(resource)):
                continue
            self._read(kind, reference, resource, meaning)
        kinds: dict[Kind, int] = {}
        for name, count in counts.items():
            kinds[KIND_OF[name]] = kinds.get(KIND_OF[name], 0) + count
        return kinds

    def _read_mentions(self) -> None:
        """What is told of diagnoses outside Conditions."""
        mentioning = [*self._perhaps_mentioning, *self._read_for_mentions()]
        if not mentioning:
            return
        condition = Kind.CONDITION.value
        conditions = (item for _, item in self._record.resources if item.get("resourceType") == condition)
        told = self._mentions.told(
            mentioning, self._source_of, self._facts, self._diagnoses.refuted, conditions, self._as_of
        )
        self._facts += told.facts
        for reference, concepts, reason in told.unusable:
            self._doubt(reference, Kind.CONDITION, concepts, reason, was_read=True)
        for reference, reason in told.faults:
            self._complain(reference, reason)

    def _read_for_mentions(self) -> list[tuple[str, Resource]]:
        """What is read only for the diagnoses that it mentions; the newest versions of those that mention one."""
        found = self._record.mentioning
        if len({reference for reference, _ in found}) == len(found):  # nearly always
            return found
        versions: dict[str, list[Resource]] = {}
        for reference, resource in found:
            if self._mentions.may_say(resource):
                versions.setdefault(reference, []).append(resource)
        return [(reference, one) for reference, several in versions.items() for one in current_versions(several)]

    def _present(self, counts: Mapping[Kind, int], left_out: set[Kind]) -> frozenset[Kind]:
        """The kinds of which something can be read that was not entered in error.

        Anything else proves nothing, not even that such resources were retrieved. Most often the first one tells.
        What was left out may be all there is of its kind; no rule asks for it.
        """
        missing = {kind: self._unread[kind] + 1 for kind in counts if kind not in left_out}
        if not missing:
            return frozenset(counts)
        for _, resource in self._record.resources:
            name = resource.get("resourceType")
            kind = KIND_OF.get(name) if type(name) is str else None
            if kind not in missing or entered_in_error(resource):
                continue
            missing[kind] -= 1
            if not missing[kind]:
                del missing[kind]
                if not missing:
                    return frozenset(counts)
        return frozenset(counts.keys() - missing.keys())

    def _allergies_assessed(self) -> bool:
        if not any(name in self._terms.concepts for name in self._terms.allergies):
            return False  # nobody asks
        allergy = _ALLERGY.value
        return any(
            resource.get("resourceType") == allergy and shows_assessment(resource, self._terms)
            for _, resource in self._record.resources
        )

    def _is_quiet_panel(self, resource: Resource) -> bool:
        """Whether an Observation's code and those of all its components were met before and mean nothing."""
        components = resource.get("component")
        if type(components) is not list or "contained" in resource:
            return False
        met, word = self._understanding.met, Kind.OBSERVATION.value
        return all(
            type(element) is dict and met(word, element.get("code")) is QUIET for element in (resource, *components)
        )

    def _unread_words(self) -> list[str]:
        if not self._in_other_letters:
            return []
        entries = "1 entry is" if self._in_other_letters == 1 else f"{self._in_other_letters} entries are"
        return [
            f"{entries} described in other than Latin letters: their codes were read, and hardly any words that might "
            "deny or doubt what these say"
        ]

    def _read_person(self) -> None:
        clock = Clock(self._terms.zone, as_of=self._as_of)
        self._person, self._person_faults = read_person(self._record.patient, self._record.patient_resource, clock)
        if self._person_faults:
            self._complain(self._record.patient, "; ".join(self._person_faults))

    def _complain(self, reference: str, reason: str) -> None:
        self._problems.append(InputProblem(self._record.source, reference, reason))

    def _read(self, kind: Kind, reference: str, resource: Resource, meaning: Meaning | None) -> None:
        """One resource. `meaning` is that of its code where it is known already."""
        if meaning is None:
            try:
                meaning = self._meaning(kind, resource, Resolver(resource, self._record.index))
            except Unusable as problem:
                self._give_up(reference, kind, None, str(problem))
                return
            if meaning is QUIET:
                return
        if meaning.no_information:
            self._unread[kind] += 1
            self._without_information.add(kind)
            return
        if meaning.uncoded is not None:
            self._uncoded[kind, meaning.uncoded] += 1
            if not meaning.named:
                return  # nothing else, or it would not be that
        clock = Clock(self._terms.zone, self._person.birth, self._as_of)
        if meaning.attestation:
            self._attest(reference, resource, clock)
            return
        facts: list[Fact] | None = None
        source = self._source_of(reference, resource, meaning.code, clock)
        try:
            if not meaning.named:
                if _STANDING[kind](resource) is Standing.DROPPED:
                    return  # whatever it may mean, it does not count
            else:
                facts = _FACTS[kind](source)
                if kind in STATED:
                    if facts is None:
                        self._diagnoses.drop(kind, reference, meaning.named, meaning.code, resource, clock)
                    else:
                        self._diagnoses.add(kind, reference, meaning.code, facts)
                if facts is None:
                    return
                self._facts += facts
                if meaning.in_other_letters and any(map(_decides, facts)):
                    self._in_other_letters += 1
        except AboutAnother as problem:
            self._complain(reference, str(problem))
            return
        except Unusable as problem:
            concepts = meaning.named | meaning.doubted if meaning.says_something else None
            self._give_up(reference, kind, concepts, str(problem))
            return
        if meaning.doubted:
            concepts = meaning.doubted if meaning.says_something else None
            fault = self._code_fault(kind, resource, Resolver(resource, self._record.index))
            sought = replace(source, names=self._names_what_is_sought)
            fact = would_be(kind, sought, _FACTS[kind], facts or ())
            if not meaning.says_something:
                self._unread[kind] += 1  # it proves not even that such resources were retrieved
            self._doubt(reference, kind, concepts, fault, clock, was_read=True, fact=fact)
        elif clock.problems:
            self._complain(reference, "; ".join(clock.problems))

    def _source_of(
        self, reference: str, resource: Resource, code: Coded = NOTHING, clock: Clock | None = None
    ) -> Source:
        clock = clock or Clock(self._terms.zone, self._person.birth, self._as_of)
        return Source(reference, resource, code, self._terms, self._names, clock, self._record.index, self._person)

    def _give_up(self, reference: str, kind: Kind, concepts: frozenset[str] | None, reason: str) -> None:
        """A resource that could not be read."""
        self._unread[kind] += 1
        self._doubt(reference, kind, concepts, reason)

    def _doubt(
        self,
        reference: str,
        kind: Kind,
        concepts: frozenset[str] | None,
        reason: str,
        clock: Clock | None = None,
        *,
        was_read: bool = False,
        fact: Fact | None = None,
    ) -> None:
        self._unreadable.append(Unreadable(reference, kind, concepts, reason, was_read, would_be=fact))
        self._complain(reference, "; ".join((reason, *(clock.problems if clock else ()))))

    # --- what a code means --------------------------------------------------------------------------------------------

    def _meaning(self, kind: Kind, resource: Resource, resolver: Resolver) -> Meaning:
        """The meaning of all codes of a resource together."""
        codes = _codes_of(kind, resource, resolver)
        meanings = [self._understanding.of(kind, code) for code in codes]
        if len(meanings) == 1:
            return meanings[0]
        named = frozenset().union(*(meaning.named for meaning in meanings))
        return Meaning(
            named,
            frozenset().union(*(meaning.doubted for meaning in meanings)) - named,
            says_something=any(meaning.says_something for meaning in meanings),
            attestation=any(meaning.attestation for meaning in meanings),
            no_information=any(meaning.no_information for meaning in meanings),
        )

    def _code_fault(self, kind: Kind, resource: Resource, resolver: Resolver) -> str:
        codes = _codes_of(kind, resource, resolver)
        code = next((code for code in codes if self._understanding.of(kind, code).doubted), codes[0])
        return code_fault(kind, resource, code, resolver, self._terms.index)

    # --- the rest -----------------------------------------------------------------------------------------------------

    def _attest(self, reference: str, resource: Resource, clock: Clock) -> None:
        try:
            code = joined(_codes_of(Kind.OBSERVATION, resource, Resolver(resource, {}))[:1])
            self._attestations += attestations_of(reference, resource, code, self._book, clock)
        except Unusable as problem:
            self._complain(reference, "; ".join((str(problem), *clock.problems)))

    def _set_aside(self, item: SetAside) -> None:
        """What could not be read bears on the concepts of its code, if that can be read; else on all of its kind."""
        concepts: frozenset[str] | None = None
        if item.kind is not None:
            self._unread[item.kind] += 1
        if item.kind is not None and item.resource is not None:
            try:
                meaning = self._meaning(item.kind, item.resource, Resolver(item.resource, self._record.index))
            except Unusable:
                pass
            else:
                concepts = meaning.named | meaning.doubted if meaning.says_something else None
        if concepts is None or concepts:
            self._unreadable.append(Unreadable(item.reference, item.kind, concepts, item.reason))


def _order(fact: Fact) -> tuple[object, ...]:
    """The order in which facts are told: by what they say, so that the order of entries changes nothing."""
    start = fact.when.start if fact.when is not None else None
    return fact.concept, start is not None, start or 0, fact.says, fact.reference, fact.role


def _decides(fact: Fact) -> bool:
    return fact.certainty is Certainty.FIRM and fact.role in (Role.DEFINITIVE, Role.HISTORY)


def _codes_of(kind: Kind, resource: Resource, resolver: Resolver) -> list[Coded]:
    """The codes of a resource: several only for an Observation with components. Raises Unusable."""
    if kind is Kind.OBSERVATION:
        return [code for _, code in observation_codes(resource)]
    if kind is Kind.CONDITION:
        return [condition_code(resource)]
    if kind is Kind.PROCEDURE:
        return [procedure_code(resource)]
    if kind is Kind.MEDICATION:
        return [medication_code(resource, resolver)]
    if kind is Kind.IMMUNIZATION:
        return [immunization_code(resource)]
    return [allergy_code(resource)]
