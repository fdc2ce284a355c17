"""Diagnoses that are told outside Conditions, where no Condition speaks of them: doubts that decide nothing.

A problem list is often not complete. The reason of an order, or what a report concludes, may be all that a record says
of a disease; presumed absent it would be a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from trialsieve.engine.facts import NOT_AMONG_CONDITIONS, Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codes.doubting_words import words_against_diagnosis, words_deny_diagnosis
from trialsieve.fhir_adapters.codes.naming import Named, Names
from trialsieve.fhir_adapters.codes.recorded_words import says_past
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements import statuses
from trialsieve.fhir_adapters.elements.as_json import as_json, is_key
from trialsieve.fhir_adapters.elements.codings import ASSERTING, NOTHING, Coded, Reading
from trialsieve.fhir_adapters.elements.dates import EFFECTIVE, until
from trialsieve.fhir_adapters.elements.mention_places import DEVICE, PLACES, mentioned_codes
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import DIAGNOSTIC_REPORT, ENCOUNTER, Standing, standing
from trialsieve.fhir_adapters.facts.conditions import condition_readings
from trialsieve.fhir_adapters.facts.focus import AboutAnother, refuse_others, speaks_of_donor, words_of_another
from trialsieve.fhir_adapters.facts.medications import medication_standing
from trialsieve.fhir_adapters.facts.mentioned_against import Asked, RecordedAlready, concepts_of
from trialsieve.fhir_adapters.facts.observations import observation_standing
from trialsieve.fhir_adapters.facts.procedures import procedure_standing
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.rules.kept import Kept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Role, State
from trialsieve.rules.words import Phrases

_REMEMBERED: Final = 1 << 13
_CONDITION: Final = Kind.CONDITION
_NO_DATA: Final = Reason.NO_DATA
_STANDING: Final[dict[str, Callable[[Json], Standing]]] = {
    "Observation": observation_standing,
    "Procedure": procedure_standing,
    "MedicationRequest": medication_standing,
    "MedicationStatement": medication_standing,
    "MedicationAdministration": medication_standing,
    "DiagnosticReport": lambda resource: standing(resource.get("status"), DIAGNOSTIC_REPORT),
    "Encounter": lambda resource: standing(resource.get("status"), ENCOUNTER),
    DEVICE: lambda resource: standing(resource.get("status"), statuses.DEVICE),
}
_DONE: Final = (
    *("performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod"),
    *("occurenceDateTime", "occurencePeriod", "effectiveDateTime", "effectivePeriod"),
)
# The day on which it was said, the best first.
_SAID_ON: Final = {
    "Observation": (*EFFECTIVE[:3], "issued"),
    "DiagnosticReport": (*EFFECTIVE[:3], "issued"),
    "Encounter": ("period", "actualPeriod"),
    "MedicationRequest": ("authoredOn", "dateWritten"),
    "MedicationStatement": ("dateAsserted", *_DONE),
    "MedicationAdministration": _DONE,
    "Procedure": _DONE,
    DEVICE: (),  # it says when it was made, not when it was put in
}
_AS: Final = {"Observation": "as the value of", "DiagnosticReport": "as a conclusion of", DEVICE: "as the type of"}
# What is looked for, or guarded against, is not had.
_NOT_HAD: Final = re.compile(
    r"\b(?:prophyla\w*|prevent\w*|expos\w*|contact with|vaccin\w*|immuni[sz]ation"
    # not so the grade of a disease (a high-risk PE)
    r"|risk (?:of|for|factors?)|(?<!low[ -])(?<!intermediate[ -])(?<!high[ -])risk"
    r"|suspect\w*|suspicion|evaluat\w*|work-?up|monitor(?:ing)? for|family|fh|partner)\b"
    # nor a test that was positive
    r"|^(?!.*\b(?<!not )(?<!non[ -])(?:positive|reactive)\b).*\b(?:screen\w*|test(?:s|ed|ing)?)\b",
    re.IGNORECASE | re.DOTALL,
)


# What may stand beside the name of a disease, for which a bar stands, where words say that and nothing more.
_NAME_ALONE: Final = frozenset({"|", "acute", "chronic", "active", "infection", "disease", "positive"})


class _Mention(Struct, frozen=True, gc=False):
    """One concept that a code means outside a Condition. `past`: as something that was once."""

    named: Named
    past: bool


class _Meant(Struct, frozen=True, gc=False):
    """All that a code mentions. `may_be`: what it may mean, whether or not the rules that are asked look at it."""

    code: Coded
    mentions: tuple[_Mention, ...]
    may_be: frozenset[str] = frozenset()


class Told(Struct, frozen=True, gc=False):
    """What is told outside Conditions: the doubts.

    `unusable`: by reference, the concepts that a resource mentions which must not be used, and why. `faults`: why one
    could not be read for what it mentions.
    """

    facts: list[Fact]
    unusable: list[tuple[str, frozenset[str], str]]
    faults: list[tuple[str, str]]


class _Newest:
    """Of each concept the newest mention, and the newest of its past.

    A later "history of" does not end what is treated.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, State], tuple[tuple[object, ...], Fact]] = {}

    def add(self, fact: Fact) -> None:
        last = None if fact.recorded is None else fact.recorded.last or date.max
        order = (last is not None, last, fact.certainty is Certainty.FIRM, fact.says)
        known = self._known.get((fact.concept, fact.state))
        if known is None or order > known[0]:
            self._known[fact.concept, fact.state] = (order, fact)

    def facts(self) -> Iterator[Fact]:
        return (fact for _, fact in self._known.values())


class Mentions:
    """Finds what codes outside Conditions mean to the wanted concepts, remembering each.

    Looked at are concepts of Conditions of which one that is not on record would pass (`Asked.missed`). What is always
    asked for (disease states) gains nothing by a doubt. Of a Device, what is put in and seldom recorded (it has a gap):
    a catheter beside a thrombosis.
    """

    def __init__(self, terms: Terms, names: Names, book: RuleBook) -> None:
        self._terms = terms
        self._names = names
        self._asked = Asked(book)
        self._concepts = frozenset(
            name
            for name, concept in terms.concepts.items()
            if name in self._asked.missed and _CONDITION in concept.kinds and not concept.gap
        )
        self._devices = frozenset(
            name
            for name, concept in terms.concepts.items()
            if name in self._asked.together and concept.gap and {_CONDITION, Kind.PROCEDURE} <= concept.kinds
        )
        # By identity, since equal elements are one object mostly; each is held, so that its identity stays its own.
        self._known: Kept[tuple[int, bool], _Meant] = Kept(_REMEMBERED)
        self._meant_by_json: Kept[bytes, tuple[_Meant, ...]] = Kept(_REMEMBERED)

    def may_say(self, resource: Json) -> bool:
        """Whether a resource of a type that mentions diagnoses mentions one, or cannot be read for that."""
        try:
            return bool(self._meant(resource))
        except Unusable:
            return True

    def told(
        self,
        mentioning: Iterable[tuple[str, Json]],
        source_of: Callable[[str, Json], Source],
        facts: Sequence[Fact],
        refuted: Mapping[str, date],
        conditions: Iterable[Json],
        as_of: date | None,
    ) -> Told:
        """What these resources, by reference, mention and no Condition speaks of.

        `facts` are those of the whole record, `refuted` the concepts of Conditions that were refuted, and until when.
        """
        told = Told([], [], [])
        newest = _Newest()
        record = RecordedAlready(self._terms, facts, refuted, conditions, as_of)
        oldest = {} if as_of is None else self._asked.oldest(as_of)
        for reference, resource in mentioning:
            try:
                meant = self._meant(resource)
            except Unusable as problem:
                told.faults.append((reference, str(problem)))
                continue
            if not meant:
                continue
            source = source_of(reference, resource)
            noted = _said_on(source)
            found = [
                one
                for each in meant
                for one in each.mentions
                if _is_of_its_time(one, noted, oldest, as_of)  # first, for most visits are of years ago
                and self._counts(one, each, reference, record)
                and not record.speaks_of(one.named.reading.concept, one.past, noted)
            ]
            if not found:
                continue
            try:
                stands = _standing(source)
            except Unusable as problem:
                told.unusable.append((reference, frozenset(one.named.reading.concept for one in found), str(problem)))
                continue
            if stands is Standing.DROPPED:
                continue
            past = all(one.past for one in found)  # the facts of a resource have one state
            for one in found:
                newest.add(_fact(one.named, past, source, stands, noted))
        told.facts.extend(newest.facts())
        return told

    def _meant(self, resource: Json) -> tuple[_Meant, ...]:
        name = resource["resourceType"]
        written = as_json([name, *map(resource.get, PLACES[name])])
        known = self._meant_by_json.get(written)
        if known is None:
            device = name == DEVICE
            known = tuple(meant for code in mentioned_codes(resource) if (meant := self._of(code, device)).mentions)
            if is_key(written):
                self._meant_by_json.keep(written, known)
        return known

    def _of(self, code: Coded, device: bool) -> _Meant:
        known = self._known.get((id(code), device))
        if known is None:
            known = self._read(code, self._devices if device else self._concepts)
            self._known.keep((id(code), device), known)
        return known

    def _read(self, code: Coded, concepts: frozenset[str]) -> _Meant:
        """Nothing where its words deny or doubt what it says, or say that it is looked for."""
        if any(_NOT_HAD.search(text) for text in code.texts) or speaks_of_donor(code):
            return _Meant(code, ())
        named = self._names.of(condition_readings, code, {"severity": (NOTHING,), "site": (code,)})
        past = False
        if words := words_against_diagnosis(code, named, self._terms):
            if words_deny_diagnosis(words, code, self._terms):
                return _Meant(code, ())
            past = says_past(words)
        found = [one for one in named if one.reading.role in ASSERTING and one.reading.concept in concepts]
        found = found or self._by_name(code, concepts)
        mentions = tuple(_Mention(one, past or one.reading.role is Role.HISTORY) for one in found)
        return _Meant(code, mentions, concepts_of(code, self._terms))

    def _by_name(self, code: Coded, concepts: frozenset[str]) -> list[Named]:
        """By words alone, where they are a concept's name and nothing more."""
        if self._terms.every_hit(code):
            return []
        called = self._terms.descendants
        meant = {
            name
            for text in code.texts
            for name in called.names(text) & concepts
            if _NAME_ALONE.issuperset(Phrases(called.terms(name)).left_out_of(text).split())
        }
        readings = [Reading(name, Role.SUPPORTING, (), ()) for name in sorted(meant)]
        return [Named(one, self._terms.concept_of(one), self._terms.labels.of(one, code), (), ()) for one in readings]

    def _counts(self, one: _Mention, meant: _Meant, reference: str, record: RecordedAlready) -> bool:
        """Not of what the resource itself is; nor as a broad code, beside a Condition that is one of what it may be."""
        if not record.own(reference).isdisjoint(self._asked.together[one.named.reading.concept]):
            return False
        return one.named.reading.role is not Role.SUPPORTING or record.listed.isdisjoint(meant.may_be)


def _is_of_its_time(one: _Mention, noted: DateInterval | None, oldest: Mapping[str, date], as_of: date | None) -> bool:
    """Not what is not to be seen yet, nor what no rule looks back for as far as that."""
    if noted is None or as_of is None:
        return True
    if noted.last is not None and noted.last < oldest.get(one.named.reading.concept, date.min):
        return False
    return noted.starts_by(as_of)


def _standing(source: Source) -> Standing:
    """How firmly it stands; dropped, too, where it is said of somebody else. Raises Unusable."""
    resource = source.resource
    stands = _STANDING[resource["resourceType"]](resource)
    if stands is Standing.DROPPED:
        return stands
    refuse_modifiers(resource, str(resource["resourceType"]))
    if "focus" in resource or "specimen" in resource:
        try:
            refuse_others(source)
        except AboutAnother:
            return Standing.DROPPED
        if words_of_another(source) is not None:
            return Standing.DROPPED
    return stands


def _said_on(source: Source) -> DateInterval | None:
    resource, clock = source.resource, source.clock
    for name in _SAID_ON[resource["resourceType"]]:
        if resource.get(name) is not None:
            return clock.period(resource, name) if name.lower().endswith("period") else clock.read(resource, name)
    return None


def _fact(named: Named, past: bool, source: Source, stands: Standing, noted: DateInterval | None) -> Fact:
    """It was had by the day on which that was said."""
    resource = source.resource
    said = next((resource[name] for name in _SAID_ON[resource["resourceType"]] if resource.get(name)), None)
    on = said if isinstance(said, str) else "undated" if noted is None else str(noted.last or noted.first)
    once = " in the past" if past else ""
    doubt = "" if stands is Standing.FIRM else f" ({resource.get('status') or 'status missing'})"
    place = _AS.get(resource["resourceType"], "as the reason of")
    return Fact(
        kind=_CONDITION,
        reference=source.reference,
        concept=named.reading.concept,
        role=Role.SUPPORTING,
        says=f"{named.label}{once}, mentioned {place} {source.reference}{doubt}, {on}, {NOT_AMONG_CONDITIONS}",
        certainty=stands.certainty,
        when=until(noted),
        recorded=noted,
        state=State.RESOLVED if past else State.ACTIVE,
        value_problem=_NO_DATA,
        limit_problem=_NO_DATA,
        result_problem=_NO_DATA,
        facets=named.facets,
        assumptions=named.assumptions,
    )
