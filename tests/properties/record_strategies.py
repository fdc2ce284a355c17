"""Random FHIR R4 resources of every kind that rules look at, as unlike each other as those of real records are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from fhir_strategies import AS_OF, Resource, coding_of, observations
from hypothesis import strategies as st

from trialsieve.rules.concept import Concept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind, Role

_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
Part = st.SearchStrategy[Resource]
_PATIENT: Final = {"reference": "Patient/p"}
_SNOMED: Final = "http://snomed.info/sct"
_AGO: Final = [0, 1, 2, 7, 8, 14, 29, 30, 31, 60, 90, 91, 183, 184, 200, 366, 400, 3000]
_TO_COME: Final = [-1, -2, -30, -400]
# Codes that no rule asks for, or that nobody understands, and what stands where a name is missing.
_OTHER_CODES: Final[list[Resource]] = [
    {"coding": [{"system": _SNOMED, "code": "65966004", "display": "Fracture of forearm"}]},
    {"coding": [{"system": _SNOMED, "code": "38341003", "display": "Hypertension"}]},
    {"coding": [{"system": _SNOMED, "code": "736253002"}]},
    {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "Z90.712"}]},
    {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "999999"}]},
    {"coding": [{"system": "urn:local", "code": "77"}]},
    {"coding": [{"system": "urn:local", "code": "78", "display": "Sprained ankle"}]},
    {"text": "Sprained ankle"},
    {"text": "Unknown"},
    {"text": "No known allergies"},
    {},
]


@st.composite
def _moments(draw: st.DrawFn, days_ago: Sequence[int]) -> str:
    """A date or date-time, most often to the day."""
    day = (AS_OF - timedelta(days=draw(st.sampled_from(days_ago)))).isoformat()
    times = ["T00:30:00+02:00", "T12:00:00Z", "T23:30:00-05:00"]
    return draw(st.sampled_from([day] * 6 + [day[:7], day[:4]] + [day + time for time in times]))


@st.composite
def _periods(draw: st.DrawFn, days: st.SearchStrategy[str], begins: bool) -> Resource:
    """A period; `begins`: on a known day."""
    first, last = sorted([draw(days), draw(days)])
    return draw(
        st.sampled_from([{"start": first, "end": last}, {"start": first}, {"start" if begins else "end": last}])
    )


def _coded(word: str, system: str) -> Resource:
    return {"coding": [{"system": f"{_TERMINOLOGY}{system}", "code": word}]}


def _maybe(name: str, values: st.SearchStrategy[Any]) -> Part:
    return st.just({}) | values.map(lambda value: {name: value})


def _word(name: str, system: str, words: str) -> Part:
    return _maybe(name, st.sampled_from(words.split()).map(lambda word: _coded(word, system)))


def _status(firm: str, others: str) -> Part:
    return st.sampled_from(firm.split() * 4 + others.split()).map(lambda status: {"status": status})


@dataclass(frozen=True)
class Days:
    """The days that a resource may have; `always`: it has no element of a day without one."""

    moments: st.SearchStrategy[str]
    always: bool = False

    def at(self, name: str) -> Part:
        given = self.moments.map(lambda day: {name: day})
        return given if self.always else st.just({}) | given

    def during(self, name: str) -> Part:
        """As date-time or period: `performed` gives performedDateTime or performedPeriod."""
        period = _periods(self.moments, self.always).map(lambda given: {f"{name}Period": given})
        return st.one_of(self.at(f"{name}DateTime"), self.at(f"{name}DateTime"), period)


LATER: Final = Days(_moments(_TO_COME).filter(lambda day: len(day) > len("2026-11") and "T00" not in day), always=True)
ANY_DAYS: Final = Days(_moments(_AGO * 3 + _TO_COME))


def _condition(days: Days) -> list[Part]:
    clinical = "active active active recurrence relapse inactive remission resolved unknown"
    verified = "confirmed confirmed confirmed unconfirmed provisional differential refuted"
    return [
        _word("clinicalStatus", "condition-clinical", clinical),
        _word("verificationStatus", "condition-ver-status", verified),
        days.during("onset"),
        days.at("recordedDate"),
        st.just({}) | days.at("abatementDateTime"),
    ]


def _procedure(days: Days) -> list[Part]:
    return [_status("completed", "in-progress stopped preparation not-done unknown"), days.during("performed")]


def _order(days: Days) -> list[Part]:
    taken = _periods(days.moments, days.always).map(lambda period: [{"timing": {"repeat": {"boundsPeriod": period}}}])
    return [
        _status("active completed stopped", "on-hold draft cancelled unknown"),
        st.sampled_from(["order", "order", "plan", "proposal"]).map(lambda intent: {"intent": intent}),
        days.at("authoredOn"),
        _maybe("dosageInstruction", taken),
    ]


def _statement(days: Days) -> list[Part]:
    status = _status("active completed stopped", "on-hold intended not-taken unknown")
    return [status, days.during("effective"), days.at("dateAsserted")]


def _administration(days: Days) -> list[Part]:
    return [_status("completed", "in-progress stopped not-done unknown"), days.during("effective")]


def _dispense(days: Days) -> list[Part]:
    supply = st.sampled_from([7, 30]).map(lambda number: {"value": number, "unit": "d", "code": "d"})
    status = _status("completed", "in-progress cancelled declined unknown")
    return [status, days.at("whenHandedOver"), _maybe("daysSupply", supply)]


def _immunization(days: Days) -> list[Part]:
    return [_status("completed", "not-done"), days.at("occurrenceDateTime")]


def _allergy(days: Days) -> list[Part]:
    severity = st.sampled_from(["mild", "moderate", "severe"])
    return [
        _word("clinicalStatus", "allergyintolerance-clinical", "active active inactive resolved"),
        _word("verificationStatus", "allergyintolerance-verification", "confirmed confirmed unconfirmed refuted"),
        _maybe("criticality", st.sampled_from(["high", "low"])),
        _maybe("reaction", severity.map(lambda how: [{"severity": how, "manifestation": [{"text": "rash"}]}])),
        days.at("recordedDate"),
        days.at("onsetDateTime"),
    ]


@dataclass(frozen=True)
class _Shape:
    """A resource type: its kind, its elements beside the code, and where it has its code and its patient."""

    kind: Kind
    elements: Callable[[Days], list[Part]]
    code: str = "code"
    patient: str = "subject"


_DRUG: Final = "medicationCodeableConcept"
_SHAPES: Final[dict[str, _Shape]] = {
    "Condition": _Shape(Kind.CONDITION, _condition),
    "Procedure": _Shape(Kind.PROCEDURE, _procedure),
    "MedicationRequest": _Shape(Kind.MEDICATION, _order, _DRUG),
    "MedicationStatement": _Shape(Kind.MEDICATION, _statement, _DRUG),
    "MedicationAdministration": _Shape(Kind.MEDICATION, _administration, _DRUG),
    "MedicationDispense": _Shape(Kind.MEDICATION, _dispense, _DRUG),
    "Immunization": _Shape(Kind.IMMUNIZATION, _immunization, "vaccineCode", "patient"),
    "AllergyIntolerance": _Shape(Kind.ALLERGY, _allergy, patient="patient"),
}


@st.composite
def _codes_of(draw: st.DrawFn, concept: Concept, observed: bool) -> Resource:
    """A code of the concept with or without words, words alone, or what means something else or nothing."""
    codes = [code for code in concept.codes if code.observation is observed and code.role is not Role.COMPONENT]
    shape = draw(st.sampled_from(["code"] * 6 + ["named"] * 2 + ["words", "unlisted", "other"]))
    if shape == "other" or not codes:
        return draw(st.sampled_from(_OTHER_CODES))
    code = draw(st.sampled_from(codes))
    words = draw(st.sampled_from([concept.label, code.label, f"no {concept.label}", f"history of {concept.label}"]))
    match shape:
        case "code":
            return {"coding": [coding_of(code)]}
        case "named":
            return {"coding": [coding_of(code) | {"display": code.label}], "text": words}
        case "unlisted":
            return {"coding": [{"system": code.system, "code": "1234567", "display": words}]}
    return {"text": words}


@st.composite
def _statements(draw: st.DrawFn, concept: Concept, name: str, days: Days) -> Resource:
    shape = _SHAPES[name]
    resource: Resource = {"resourceType": name, shape.patient: _PATIENT, shape.code: draw(_codes_of(concept, False))}
    for part in shape.elements(days):
        resource |= draw(part)
    return resource


@st.composite
def _results(draw: st.DrawFn, concept: Concept, days: Days) -> Resource:
    """An Observation, now and then as the component of a panel."""
    made = draw(observations(concept, 0)) or {"resourceType": "Observation", "subject": _PATIENT}
    made.pop("effectiveDateTime", None)
    made |= draw(_status("final", "amended preliminary registered unknown cancelled"))
    if "code" not in made or draw(st.integers(0, 4)) == 0:
        made["code"] = draw(_codes_of(concept, True))
    made |= draw(days.during("effective")) | draw(_maybe("issued", days.moments.filter(lambda day: "T" in day)))
    if draw(st.integers(0, 9)) == 0:
        inner = {name: made.pop(name) for name in list(made) if name.startswith("value") or name == "code"}
        made |= {"code": {"text": "Panel"}, "component": [inner]}
    return made


@st.composite
def resources(draw: st.DrawFn, book: RuleBook, names: Sequence[str], days: Days = ANY_DAYS) -> Resource:
    """One resource, without an id, of a concept: most often of one of the concept's kinds."""
    concept = book.concepts[draw(st.sampled_from(names))]
    types = [name for name, shape in _SHAPES.items() if shape.kind in concept.kinds] * 3
    types += ["Observation"] * 6 if Kind.OBSERVATION in concept.kinds else []
    name = draw(st.sampled_from([*types, *_SHAPES]))
    return draw(_results(concept, days) if name == "Observation" else _statements(concept, name, days))


@st.composite
def answers_of_people(draw: st.DrawFn, book: RuleBook, trial: str, days: Days = ANY_DAYS) -> Resource:
    """An attestation to a criterion or one of its atoms, without an id."""
    criterion = draw(st.sampled_from(book.trials[trial].criteria))
    asked = draw(st.sampled_from(["", "", *(f".{atom.id}" for atom in criterion.atoms)]))
    return {
        "resourceType": "Observation",
        "status": draw(st.sampled_from(["final", "final", "amended", "preliminary"])),
        "subject": _PATIENT,
        "code": {"coding": [{"system": "urn:trialsieve:criterion", "code": f"{trial}#{criterion.id}{asked}"}]},
        "performer": [{"reference": "Practitioner/x"}],
        "effectiveDateTime": draw(days.moments),
        "valueBoolean": draw(st.booleans()),
    }


@st.composite
def dirty_records(draw: st.DrawFn, book: RuleBook, trial: str, names: Sequence[str]) -> list[Resource]:
    """A Patient and up to fourteen resources of the concepts, some in two versions, some not to be used."""
    gender, birth = draw(st.sampled_from([None, "male", "female"])), draw(st.sampled_from([None, "1990-05-05", "1960"]))
    person = {"resourceType": "Patient", "id": "p", "gender": gender, "birthDate": birth}
    made: list[Resource] = [{name: value for name, value in person.items() if value}]
    changed = [{"meta": {"lastUpdated": f"2026-11-{day}T00:00:00Z"}} for day in (10, 19, 25)]
    for place in range(draw(st.integers(0, 14))):
        one = draw(resources(book, names) if draw(st.integers(0, 11)) else answers_of_people(book, trial))
        again = one["resourceType"] == made[-1]["resourceType"] and draw(st.integers(0, 3)) == 0
        one |= {"id": made[-1]["id"] if again else f"r{place}"} | draw(st.sampled_from([{}] * 5 + changed))
        if draw(st.integers(0, 19)) == 0:
            one["modifierExtension"] = [{"url": "urn:unheard-of", "valueBoolean": True}]
        made.append(one)
    return made
