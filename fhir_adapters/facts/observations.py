"""Observations as facts: one for each concept that the code, or a component's code, names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codes.facets import Elements, facets_of
from trialsieve.fhir_adapters.codes.naming import Named, Names
from trialsieve.fhir_adapters.codes.recorded_words import denies, is_of_a_relative
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import NOTHING, Coded, Reading, coded, doubts_of
from trialsieve.fhir_adapters.elements.dates import EFFECTIVE, Clock, until
from trialsieve.fhir_adapters.elements.shapes import (
    Json,
    a_text,
    an_object,
    choice,
    objects,
    only_one,
    refuse_modifiers,
)
from trialsieve.fhir_adapters.elements.statuses import OBSERVATION, Standing, standing
from trialsieve.fhir_adapters.facts.disease_in_focus import Disease, disease_in_focus
from trialsieve.fhir_adapters.facts.focus import refuse_others, speaks_of_donor, speaks_of_relative, words_of_another
from trialsieve.fhir_adapters.facts.other_malignancies import names_another, says_its_disease
from trialsieve.fhir_adapters.facts.other_malignancy import Other
from trialsieve.fhir_adapters.facts.source import Source
from trialsieve.fhir_adapters.values.measurements import Measured, Measurer
from trialsieve.fhir_adapters.values.observation_words import words_of
from trialsieve.fhir_adapters.values.recorded_values import NOTHING_RECORDED, Recorded, read_element
from trialsieve.fhir_adapters.values.reference_ranges import Subject
from trialsieve.fhir_adapters.values.specimens import is_arterial, is_of_blood, not_blood, of_a_vein
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Result, Role, State

_OBSERVATION: Final = Kind.OBSERVATION
_STATUS, _NEGATES = Role.STATUS, Role.NEGATES
_NEGATIVE: Final = Result.NEGATIVE
_REMEMBERED: Final = 1 << 12
_NO_STATE: Final = State.UNSTATED
STATING: Final = ("status", "modifierExtension", "extension")
_EFFECTIVE: Final = choice(*EFFECTIVE)
_OF_WHOM: Final = frozenset({"focus", "specimen", "bodySite", "extension"})
_NO_ELEMENTS: Final[Elements] = {"method": (NOTHING,), "specimen": (NOTHING, NOTHING)}


def observation_codes(resource: Json) -> list[tuple[Json, Coded]]:
    """The element and its code, for the Observation and each component that has a code of its own."""
    parts = [(resource, coded(resource, "code"))]
    for component in objects(resource, "component"):
        if an_object(component, "code", "component.code") is not None:
            parts.append((component, coded(component, "code")))
    return parts


def observation_standing(resource: Json) -> Standing:
    """Whether the Observation counts, by its status."""
    return standing(resource.get("status"), OBSERVATION)


def observation_readings(code: Coded, terms: Terms) -> tuple[Reading, ...]:
    """What is measured: by its codes, and by its words where its code is in no value set (`Terms.tests_named`)."""
    return terms.reader.read(code) + doubts_of(terms.tests_named(code), code)


class StatedResult(Struct, frozen=True, gc=False):
    """How surely it says what it says; `doubt` is told with the value.

    `named`: what the code names where no element beside it narrows that.
    """

    certainty: Certainty
    doubt: str
    named: tuple[Named, ...]


def stated_of(resource: Json, code: Coded, names: Names) -> StatedResult | None:
    """How surely an Observation says what it says; None where it does not count. Raises Unusable."""
    stands = observation_standing(resource)
    if stands is Standing.DROPPED:
        return None
    refuse_modifiers(resource, "Observation")
    doubt = "" if stands is Standing.FIRM else f" ({a_text(resource, 'status') or 'status missing'})"
    named = names.of(observation_readings, code, _NO_ELEMENTS)
    if another := _named_by(code, named):
        stands, doubt = Standing.WEAK, f"{doubt} ({another})"
    return StatedResult(stands.certainty, doubt, named)


def _named_by(code: Coded, named: tuple[Named, ...]) -> str:
    """Of whom a test is by its words, where that is not the patient; empty otherwise."""
    if speaks_of_donor(code):
        return "" if _asks_of_donor(named) else "of a donor, by its words"
    if not speaks_of_relative(code):
        return ""
    # Of what concerns mothers alone, the mother is the patient.
    own = (Coded((), item.label) for one in named for item in one.concept.codes)
    return "" if any(map(speaks_of_relative, own)) else "of a relative, by its words"


def _asks_of_donor(named: tuple[Named, ...]) -> bool:
    return any("donor" in item.label.lower() for one in named for item in one.reading.codes)


def observation_facts(source: Source) -> list[Fact] | None:
    """The facts of an Observation; None if it does not count. Raises Unusable if it cannot be read, or must not be."""
    resource = source.resource
    stated = source.names.stated(stated_of, STATING, resource, source.code)
    if stated is None:
        return None
    if not resource.keys().isdisjoint(_OF_WHOM):
        stated = _of_whom(source, stated)
    when, dated = effective(resource, source.clock)
    if when is None:
        source.clock.must_have_read()  # undated it would change nothing, and it may be the newest
    noted = source.clock.noted_before(resource, "issued", when)
    parts = observation_codes(resource) if "component" in resource else [(resource, source.code)]
    observed = _Observed(source, stated, parts[0][1], when, dated, noted, _facet_elements(source))
    facts: list[Fact] = []
    answered: set[str] = set()
    for element, code in reversed(parts):  # the components first: a panel without a value of its own is no result
        if element is not resource:
            refuse_modifiers(element, "Observation.component")
        all_named = observed.named_by(code)
        recorded = read_element(element) if all_named else NOTHING_RECORDED
        for named in all_named:
            if element is resource and recorded.empty and named.reading.concept in answered:
                continue
            answered.add(named.reading.concept)
            fact = observed.fact(element, code, recorded, named)
            if fact is not None:
                facts.append(fact)
    facts.reverse()
    return facts


def _of_whom(source: Source, stated: StatedResult) -> StatedResult:
    """As stated, less surely where words say that it is of another. Raises where it surely is."""
    refuse_others(source)
    words = words_of_another(source)
    if words is None or _asks_of_donor(stated.named):
        return stated
    return _less_surely(stated, f"of another, by the words '{words[:80]}'")


class _Observed(Struct, frozen=True, gc=False):
    """What the results of one Observation have in common: how surely, when (in words, too), what stands beside them."""

    source: Source
    stated: StatedResult
    code: Coded
    when: DateInterval | None
    dated: str
    noted: DateInterval | None
    elements: Elements

    def named_by(self, code: Coded) -> tuple[Named, ...]:
        """What its code, or a component's, names."""
        if code is self.source.code and self.elements is _NO_ELEMENTS:
            return self.stated.named
        return self.source.names.of(observation_readings, code, self.elements)

    def fact(self, element: Json, code: Coded, recorded: Recorded, named: Named) -> Fact | None:
        """What the value of an element says of a concept that its code names; None where it says nothing of it."""
        stated = self._how_surely(code, named)
        read = None if stated is None else _measured(self.source, self.when, element, recorded, named)
        if stated is None or read is None:
            return None
        reading, measured, words = read
        role = reading.role
        if other := self._perhaps_of_another(code, recorded, named):
            role = Role.SUPPORTING
            doubt = f"{stated.doubt} (not said of what disease, beside {other.shown}, {other.reference})"
            stated = StatedResult(stated.certainty, doubt, stated.named)
        facets, assumptions = named.facets, named.assumptions
        if reading.codes is not named.reading.codes:
            terms = self.source.terms
            concept = terms.concepts[reading.concept]
            facets, assumptions = facets_of(concept, reading.codes, self.elements, terms.reader, code)
        value, upper, lower = measured.value, measured.times_upper_limit, measured.times_lower_limit
        upper_assumed = None if measured.upper is None else measured.upper.assumed
        if upper_assumed is not None and upper is not None and named.concept.number_means == "reference-range":
            assumptions = (*assumptions, upper_assumed)  # its result may be that number's
        return Fact(  # not by name, which takes three times as long
            _OBSERVATION,
            self.source.reference,
            reading.concept,
            role,
            f"{words}{stated.doubt} {self.dated}",
            stated.certainty,
            self.when,
            self.noted,
            False,  # whether it has ended, and when
            None,
            _NO_STATE,
            None if value is None else value.interval(named.concept.plausible),
            _value_problem(measured, named),
            None if upper is None else upper.interval(),
            measured.limit_problem,
            None if lower is None else lower.interval(),
            measured.lower_limit_problem,
            measured.result,
            measured.result_problem,
            facets,
            assumptions,
            upper_assumed,
            None if measured.lower is None else measured.lower.assumed,
        )

    def _perhaps_of_another(self, code: Coded, recorded: Recorded, named: Named) -> Other | None:
        """Another malignancy on record, where a state says not of which it is."""
        source, state = self.source, named.concept
        others = source.others(state) if state.onset_may_be_of else ()
        if not others or disease_in_focus(source, state) is not None:
            return None
        site = coded(source.resource, "bodySite")
        in_words = Coded((), recorded.text)
        said = (self.code, code, recorded.answer, in_words, recorded.interpretation, site)
        return None if says_its_disease(said, state, source.terms, others) else others[0]

    def _how_surely(self, code: Coded, named: Named) -> StatedResult | None:
        """How surely it says anything of a concept; None where it says nothing of it."""
        source, stated = self.source, self.stated
        if code is not source.code:  # of a panel, whose words and whose components' are heard here
            another = _named_by(self.code, (named,)) or _named_by(code, (named,))
            stated = _less_surely(stated, another) if another else stated
        if named.misnamed:
            stated = _less_surely(stated, f"another test, by the words '{named.misnamed[:80]}'")
        if named.concept.onset_may_be_of and ("focus" in source.resource or "extension" in source.resource):
            disease = disease_in_focus(source, named.concept)
            if disease is Disease.ANOTHER:
                return None
            if disease is Disease.UNSURE:
                stated = _less_surely(stated, "of what disease is not sure")
        if named.concept.onset_may_be_of:
            site = coded(source.resource, "bodySite")
            if words := names_another((self.code, code, site), named.concept, source.terms):
                stated = _less_surely(stated, f"of another disease, by the words '{words[:80]}'")
        if self.elements is not _NO_ELEMENTS and is_of_blood(named.concept, named.reading.codes):
            specimen = not_blood(self.elements["specimen"][0], source.terms.reader)
            if specimen is not None:
                stated = _less_surely(stated, f"its code says blood, its specimen '{specimen[:80]}'")
        if named.reading.role is _STATUS:
            words = next((text for text in code.texts if denies(text) or is_of_a_relative(text)), None)
            if words is not None:
                stated = _less_surely(stated, f"by its name, '{words[:80]}'")
        beside = (*self.elements["specimen"], self.code, code)
        vein = of_a_vein(beside, source.terms.reader)
        if vein is not None and is_arterial(named.concept):
            stated = _less_surely(stated, f"its code says an artery's blood, the record '{vein[:80]}'")
        return stated


def _value_problem(measured: Measured, named: Named) -> Reason | None:
    """One without a number, and perhaps of another test, is no number, but may speak against an older one."""
    problem = measured.value_problem
    return Reason.CONFLICTING_DATA if named.misnamed and problem is Reason.UNSPECIFIC else problem


def _less_surely(stated: StatedResult, why: str) -> StatedResult:
    return StatedResult(Certainty.WEAK, f"{stated.doubt} ({why})", stated.named)


_Read = tuple[Reading, Measured, str]
"""What a concept's code and an element's value say together, and in which words."""

# By identity: answers alone are one object mostly. Each is held, so that its identity stays its own.
_answered: Final[Kept[tuple[int, int], tuple[Recorded, Named, _Read | None]]] = Kept(_REMEMBERED)


def _measured(
    source: Source, when: DateInterval | None, element: Json, recorded: Recorded, named: Named
) -> _Read | None:
    """None where it says nothing of the concept."""
    if not recorded.alone or "referenceRange" in element:
        return _measured_anew(source, when, element, recorded, named)
    known = _answered.get((id(recorded), id(named)))
    if known is None:
        known = (recorded, named, _measured_anew(source, when, element, recorded, named))
        _answered.keep((id(recorded), id(named)), known)
    return known[2]


def _measured_anew(
    source: Source, when: DateInterval | None, element: Json, recorded: Recorded, named: Named
) -> _Read | None:
    reading = named.reading
    measurer = Measurer(source.terms, Subject(source.person.birth, source.person.sex, when))
    if reading.role is _STATUS:
        response = measurer.response(recorded, reading)
        if response is None:
            return None
        measured, reading = response
    else:
        measured = measurer.measure(element, recorded, reading, named.concept)
        if not reading.codes and measured.result is _NEGATIVE:
            return None  # a name alone only ever raises the doubt that a test may be positive
        if reading.role is _NEGATES:  # "not pregnant: true" is a negative result of the concept itself
            reading = Reading(reading.concept, Role.DEFINITIVE, reading.codes, reading.codings)
    return reading, measured, words_of(named.label, recorded, measured)


def effective(resource: Json, clock: Clock) -> tuple[DateInterval | None, str]:
    """When it was true of the patient, and the record's words; else `issued`, the latest that it can have been.

    Raises Unusable where it has two of effective[x]: which of them is right, nobody knows.
    """
    if "effectivePeriod" in resource or "effectiveInstant" in resource or "effectiveTiming" in resource:
        only_one(resource, _EFFECTIVE)
    for name in ("effectiveDateTime", "effectiveInstant"):
        if resource.get(name) is not None:
            return clock.read(resource, name), f"on {resource[name]}"
    if resource.get("effectivePeriod") is not None:
        period = resource["effectivePeriod"]
        start, end = (period.get("start"), period.get("end")) if isinstance(period, Mapping) else (None, None)
        return clock.period(resource, "effectivePeriod"), f"from {start or '?'} to {end or '?'}"
    if resource.get("effectiveTiming") is not None:
        return clock.events(resource, "effectiveTiming"), "at times given as a schedule"
    if resource.get("issued") is not None:
        return until(clock.read(resource, "issued")), f"issued {resource['issued']}"
    return None, "undated"


def _facet_elements(source: Source) -> Elements:
    resource = source.resource
    if not ("method" in resource or "specimen" in resource or "bodySite" in resource):
        return _NO_ELEMENTS
    method, site = coded(resource, "method"), coded(resource, "bodySite")
    specimen = source.resolver.coded(resource, "specimen", "type")
    return {"method": (method,), "specimen": (specimen, site)}
