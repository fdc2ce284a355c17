"""Conditions as facts: what was diagnosed, since when, in which state, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec
from msgspec import Struct

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.fhir_adapters.codes.doubting_words import words_against_diagnosis
from trialsieve.fhir_adapters.codes.naming import Named, Names
from trialsieve.fhir_adapters.codes.recorded_words import is_in_a_doubting_category
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import Coded, Reading, coded, coded_list, doubts_of, joined, status_of
from trialsieve.fhir_adapters.elements.dates import Clock, hull
from trialsieve.fhir_adapters.elements.diagnostic_certainty import DiagnosticCertainty, Said, diagnostic_certainty
from trialsieve.fhir_adapters.elements.shapes import Json, a_text, objects, refuse_modifiers
from trialsieve.fhir_adapters.elements.statuses import Standing, clinical, verification, weakest
from trialsieve.fhir_adapters.facts.condition_times import condition_timing, end_words, noted_words
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.facts.statements import Stated, Timing, statement_facts
from trialsieve.fhir_adapters.values.scores import read_score, scores_told
from trialsieve.rules.codes import SNOMED
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Kind, Reason, Role, State

# mCODE's histology, which says the lineage where Condition.code does not (hl7.org/fhir/us/mcode).
_MORPHOLOGY: Final = "histology-morphology-behavior"
_FAMILY_HISTORY: Final = (SNOMED, "416471007")
_CONDITION, _DROPPED = Kind.CONDITION, Standing.DROPPED
_GOING_ON: Final = frozenset({State.ACTIVE, State.RELAPSE})
_OVER: Final = frozenset({State.RESOLVED, State.REMISSION})


def condition_code(resource: Json) -> Coded:
    """The codings of Condition.code and of mCODE's histology extension."""
    code = coded(resource, "code")
    if not resource.get("extension"):
        return code
    parts = [code]
    for extension in objects(resource, "extension"):
        url = a_text(extension, "url", "extension.url") or ""
        if url.lower().endswith(_MORPHOLOGY):
            parts.append(coded(extension, "valueCodeableConcept"))
    return joined(parts)


@dataclass(frozen=True, slots=True)
class Statuses:
    """What the two statuses of a Condition (or AllergyIntolerance) say: its state, and whether it counts.

    `shown`: the clinical status, and a verification that leaves a doubt, in brackets; `words`: the same, one by one.
    """

    state: State
    stands: Standing
    shown: str
    words: tuple[str, ...]


def statuses_of(resource: Json) -> Statuses:
    """The clinicalStatus and verificationStatus, and what German codes say in their place."""
    statuses = status_of(resource, "clinicalStatus"), status_of(resource, "verificationStatus")
    return _statuses(*statuses, diagnostic_certainty(resource))


@lru_cache(maxsize=512)
def _statuses(status: Coded, verified: Coded, sure: Said | None) -> Statuses:
    state, stands = clinical(status)
    verification_stands = verification(verified)
    words = []
    if state is not State.UNSTATED:
        words.append(_word(status))
    elif status.shown:
        words.append(f"status '{status.shown}'")
    if verification_stands is Standing.WEAK:
        words.append(_word(verified))
    if sure is not None and sure[0] is not DiagnosticCertainty.CONFIRMED:
        words.append(f"Diagnosesicherheit {sure[1]}")
        stands = weakest(stands, _standing_by(sure[0], state, verified))
        if sure[0] is DiagnosticCertainty.STATE_AFTER and state is State.UNSTATED:
            state = State.RESOLVED
    return Statuses(state, weakest(stands, verification_stands), _in_brackets(words), tuple(words))


def _standing_by(sure: DiagnosticCertainty, state: State, verified: Coded) -> Standing:
    """What it does; where a status says otherwise, neither decides."""
    if sure is DiagnosticCertainty.EXCLUDED and not verified.shown:
        return _DROPPED
    return Standing.FIRM if sure is DiagnosticCertainty.STATE_AFTER and state not in _GOING_ON else Standing.WEAK


def _in_brackets(words: Sequence[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


def condition_standing(resource: Json) -> Standing:
    """Whether the Condition (or AllergyIntolerance) counts."""
    return statuses_of(resource).stands


def is_of_another_category(resource: Json) -> bool:
    """Whether its category says that it is of the family, or is to be ruled out."""
    return _doubting_category(resource) is not None


def _doubting_category(resource: Json) -> str | None:
    """A category that says that it is of the family, or is to be ruled out."""
    for category in coded_list(resource, "category"):
        if _is_doubting(category):
            return category.shown
    return None


@lru_cache(maxsize=512)
def _is_doubting(category: Coded) -> bool:
    if any((one.system, one.code) == _FAMILY_HISTORY for one in category.codings):
        return True
    codes = (one.code for one in category.codings if one.code)
    return any(is_in_a_doubting_category(word.replace("_", " ")) for word in (*category.texts, *codes))


def condition_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """What a diagnosis says: its codes, and what its words say where its code is in no value set.

    SNOMED CT's descendants are not shipped. A diagnosis that a value set does not list, yet whose words name the
    concept, may well be one of them: it raises a doubt, as a supporting code does, and is never presumed absent.
    """
    return terms.reader.read(code, asserting=True) + doubts_of(terms.unlisted(code), code)


class _Diagnosed(Struct, frozen=True, gc=False):
    """What a Condition says by its code, its site and severity, and its category.

    `doubting`: words that leave it in doubt. `classes`: the functional classes (NYHA) that its codes and words are.
    """

    named: tuple[Named, ...]
    doubting: str | None
    classes: tuple[tuple[Concept, int], ...]


_STATUSES: Final = ("clinicalStatus", "verificationStatus", "code", "extension", "modifierExtension")
_DIAGNOSED: Final = ("severity", "bodySite", "category")


def _counted(resource: Json, code: Coded, names: Names) -> Statuses:
    """Its statuses. Raises Unusable where it counts and must not be used."""
    statuses = statuses_of(resource)
    if statuses.stands is not _DROPPED:
        refuse_modifiers(resource, "Condition")
    return statuses


def _diagnosed(resource: Json, code: Coded, names: Names) -> _Diagnosed:
    # What was written beside the code may narrow it as its elements do: code, then site and severity.
    sites = coded_list(resource, "bodySite") if "bodySite" in resource else ()
    narrowing = {"severity": (coded(resource, "severity"),), "site": (*sites, code)}
    named = names.of(condition_readings, code, narrowing)
    doubting = words_against_diagnosis(code, names.of(condition_readings, code, {}), names.terms)
    return _Diagnosed(named, doubting or _doubting_category(resource), tuple(_classes(code, names.terms)))


def _classes(code: Coded, terms: Terms) -> Iterator[tuple[Concept, int]]:
    for concept_id, found in terms.reader.hits_of(code):
        concept = terms.concepts[concept_id]
        if found.role is Role.COMPONENT and isinstance(found.value, int) and concept.unit is not None:
            yield concept, found.value
            in_words = [score for text in code.texts if (score := read_score(text, concept)) is not None]
            yield from ((concept, int(side)) for score in in_words for side in (score.low, score.high) if side)
            yield from ((concept, score) for text in code.texts for score in scores_told(text, concept))


def condition_facts(source: Source) -> list[Fact] | None:
    """The facts of a Condition; None if it does not count. Raises Unusable if it cannot be read, or must not be."""
    resource, code, names = source.resource, source.code, source.names
    statuses = names.stated_in_full(_counted, _STATUSES, resource, code)
    stands, state = statuses.stands, statuses.state
    if stands is _DROPPED:
        return None
    timing = condition_timing(resource, source.clock)
    status = _in_brackets([*statuses.words, *end_words(resource, timing, state)]) if timing.ended else statuses.shown
    if timing.ended and not _is_surely_over(state, timing, source.clock):
        timing, stands = msgspec.structs.replace(timing, ended=False), Standing.WEAK
    diagnosed = names.stated_in_full(_diagnosed, _DIAGNOSED, resource, code)
    if words := diagnosed.doubting:
        stands, status = weakest(stands, Standing.WEAK), f"{status}, in words '{words[:80]}'"
    stated = Stated(diagnosed.named, stands.certainty, f"{status},")
    facts = statement_facts(source, _CONDITION, stated, timing, state)
    if not diagnosed.classes:
        return facts
    noted = timing.recorded or (hull(None, None) if source.clock.unread else timing.when)  # unread: on any day
    if (timing.ended or state in _OVER) and not _is_to_come(timing.ended_when, source.clock):
        return facts + _class_facts(source, diagnosed.classes, weakest(stands, Standing.WEAK), noted, status)
    return facts + _class_facts(source, diagnosed.classes, stands, noted)


def _is_surely_over(state: State, timing: Timing, clock: Clock) -> bool:
    """Whether what has an end is over: by its state; else by its end, if no other date or status speaks against it."""
    if state in _OVER:
        return True
    end = timing.ended_when
    if end is None:  # which of the two is newer is not known
        return state not in _GOING_ON
    if clock.may_come(end):  # a month, year or age that is not over
        return False
    return timing.when is None or not timing.when.surely_after(end)


def _is_to_come(end: DateInterval | None, clock: Clock) -> bool:
    return end is not None and clock.as_of is not None and not end.starts_by(clock.as_of)


def _class_facts(
    source: Source, classes: Sequence[tuple[Concept, int]], stands: Standing, when: DateInterval | None, over: str = ""
) -> list[Fact]:
    """A functional class recorded as a Condition (NYHA) is a measurement too, of the day on which it was recorded.

    One that is `over`, in words, says no longer which it is.
    """
    facts: list[Fact] = []
    for concept, value in classes:
        label = concept.label[:1].upper() + concept.label[1:]
        fact = Fact(
            kind=Kind.OBSERVATION,
            reference=source.reference,
            concept=concept.id,
            role=Role.DEFINITIVE,
            says=f"{label} {value}{over}, {noted_words(source.resource)}",
            certainty=stands.certainty,
            when=when,
            value=NumberInterval.exactly(float(value)),
            limit_problem=Reason.NO_REFERENCE_RANGE,
            result_problem=Reason.UNSPECIFIC,
        )
        if all(other.concept != concept.id or other.value != fact.value for other in facts):
            facts.append(fact)
    if len({(fact.concept, fact.value) for fact in facts}) > len({fact.concept for fact in facts}):
        facts = [msgspec.structs.replace(fact, value=None, value_problem=Reason.UNUSABLE_DATA) for fact in facts]
    return facts


def _word(status: Coded) -> str:
    return next((coding.code for coding in status.codings if coding.code), status.shown)
