"""Resources as short as they can be, and the rows of the tables: what the chart holds, and what comes of it.

A row expects an effect. `PASSES` and `FAILS` say what the sentence does to eligibility; whether it *holds* follows from
the criterion's kind. `review("stale")` is unknown, for exactly these reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from trialsieve.engine.result import CriterionResult, ScreeningResult
from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy, Effect, Kind

Resource = dict[str, Any]

TRIAL = "NCT04762485"
AS_OF = date(2026, 11, 20)

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
ICD_10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
GERMAN_ICD_10 = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
ICD_O_3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"
CHINESE_ICD_10 = "urn:oid:2.16.156.10011.2.3.3.11"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
CLINICAL_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION_STATUS = "http://terminology.hl7.org/CodeSystem/condition-ver-status"

POSITIVE = (SNOMED, "10828004")
NEGATIVE = (SNOMED, "260385009")
DETECTED = (SNOMED, "260373001")
NOT_DETECTED = (SNOMED, "260415000")
INDETERMINATE = (SNOMED, "419984006")
YES = (SNOMED, "373066001")
NO = (SNOMED, "373067005")


def ago(days: int) -> str:
    """The date that many days before the as-of date; a negative number is in the future."""
    return (AS_OF - timedelta(days=days)).isoformat()


# --- resources --------------------------------------------------------------------------------------------------------


def person(gender: str | None = "male", born: str | None = "1990-05-04", **more: Any) -> Resource:
    """A Patient; what is None is left out."""
    said = {"gender": gender, "birthDate": born}
    return {"resourceType": "Patient", "id": "p1", **{name: word for name, word in said.items() if word}, **more}


def woman(**more: Any) -> Resource:
    return person("female", **more)


def coded(system: str | None, code: str | None, display: str | None = None) -> Resource:
    """A CodeableConcept with one coding; without any code, one with only text."""
    if code is None:
        return {"text": display}
    coding = {"system": system, "code": code, "display": display}
    return {"coding": [{name: word for name, word in coding.items() if word}]}


def condition(
    code: str | None,
    system: str = ICD_10_CM,
    *,
    text: str | None = None,
    status: str | None = "active",
    verified: str | None = "confirmed",
    onset: str | None = None,
    recorded: str | None = None,
    **more: Any,
) -> Resource:
    """A Condition, undated unless told otherwise. Without a code, one that is only described (`text`)."""
    parts = {
        "clinicalStatus": coded(CLINICAL_STATUS, status) if status else None,
        "verificationStatus": coded(VERIFICATION_STATUS, verified) if verified else None,
        "code": coded(system, code, text),
        "onsetDateTime": onset,
        "recordedDate": recorded,
    }
    return {"resourceType": "Condition", **{name: part for name, part in parts.items() if part}, **more}


def described(text: str, **more: Any) -> Resource:
    """A Condition that is only words."""
    return condition(None, text=text, **more)


def observation(
    code: str, *, on: str | None = "2026-11-10", status: str | None = "final", system: str = LOINC, **more: Any
) -> Resource:
    """An Observation, final and ten days old unless told otherwise."""
    parts = {"status": status, "code": coded(system, code), "effectiveDateTime": on}
    return {"resourceType": "Observation", **{name: part for name, part in parts.items() if part}, **more}


def quantity(value: Any, unit: str | None = None, comparator: str | None = None) -> Resource:
    """A Quantity; with a unit, in UCUM."""
    said = {"value": value, "comparator": comparator}
    if unit is not None:
        said |= {"unit": unit, "system": UCUM, "code": unit}
    return {name: part for name, part in said.items() if part is not None}


def answered(code: str, answer: tuple[str, str], **more: Any) -> Resource:
    """An Observation with a coded answer."""
    return observation(code, valueCodeableConcept=coded(*answer), **more)


def procedure(code: str, system: str = SNOMED, *, status: str = "completed", on: str | None = None) -> Resource:
    done = {} if on is None else {"performedDateTime": on}
    return {"resourceType": "Procedure", "status": status, "code": coded(system, code), **done}


def medication(
    code: str,
    system: str = ATC,
    *,
    began: str | None = None,
    ended: str | None = None,
    status: str | None = None,
    route: str | None = None,
    **more: Any,
) -> Resource:
    """A MedicationStatement of what was taken from then until then; undated without a beginning. Completed once it has
    ended, else active, unless told otherwise.
    """
    status = status or ("completed" if ended and ended <= ago(0) else "active")
    period = {name: day for name, day in (("start", began), ("end", ended)) if day}
    taken: Resource = {"effectivePeriod": period} if period else {}
    by: Resource = {"dosage": [{"route": {"text": route}}]} if route else {}
    medicine = {"medicationCodeableConcept": coded(system, code)}
    return {"resourceType": "MedicationStatement", "status": status, **medicine, **taken, **by, **more}


def dose(code: str, on: str, system: str = ATC) -> Resource:
    """A single dose, which says nothing of the days after it."""
    given = {"status": "completed", "medicationCodeableConcept": coded(system, code), "effectiveDateTime": on}
    return {"resourceType": "MedicationAdministration", **given}


def vaccination(on: str | None, code: str = "140", *, status: str = "completed", **more: Any) -> Resource:
    given: Resource = {} if on is None else {"occurrenceDateTime": on}
    return {"resourceType": "Immunization", "status": status, "vaccineCode": coded(CVX, code), **given, **more}


def allergy(code: str, system: str = SNOMED, **more: Any) -> Resource:
    statuses = {"clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active")}
    return {
        "resourceType": "AllergyIntolerance",
        "patient": {"reference": "Patient/p1"},
        "code": coded(system, code),
        **statuses,
        **more,
    }


def attestation(target: str, answer: bool | None, *, on: str | None = "2026-11-18", **more: Any) -> Resource:
    """An investigator's answer: does the criterion's sentence (`X09`, of another trial `NCT00000000#X09`), or the
    atom's (`X09.a1`), hold?
    """
    content: Resource = {
        "status": "final",
        "code": coded("urn:trialsieve:criterion", target if "#" in target else f"{TRIAL}#{target}"),
        "performer": [{"reference": "Practitioner/investigator"}],
        "effectiveDateTime": on,
        "valueBoolean": answer,
    }
    return {"resourceType": "Observation", **{k: v for k, v in (content | more).items() if v is not None}}


def cd7(
    value: Any = 85, unit: str | None = "%", *, code: str = "13846-1", method: Any = "Flow cytometry", **more: Any
) -> Resource:
    """CD7 on the blasts by flow cytometry; a value that is text is a valueString, one that is a dict goes in whole."""
    stated: Resource = {"method": {"text": method} if isinstance(method, str) else method} if method else {}
    return observation(code, **_valued(value, unit), **stated, **more)


def lvef(value: Any, unit: str | None = "%", *, code: str = "18043-0", **more: Any) -> Resource:
    """LVEF by echocardiography."""
    return observation(code, **_valued(value, unit), **more)


def _valued(value: Any, unit: str | None) -> Resource:
    if isinstance(value, str):
        return {"valueString": value}
    return value if isinstance(value, dict) else {"valueQuantity": quantity(value, unit)}


HYPERTENSION = condition("I10", onset="2020-02-01")
PARACETAMOL = medication("N02BE01", began=ago(60), ended=ago(50))
"""A Condition that no rule asks for: with it, the record covers diagnoses."""


# --- rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """What comes out of a criterion."""

    effect: Effect
    reasons: tuple[str, ...] = ()


PASSES = Expected(Effect.PASS)
FAILS = Expected(Effect.FAIL)


def review(*reasons: str) -> Expected:
    """Unknown, for exactly these reasons."""
    assert reasons, "an unknown has reasons"
    return Expected(Effect.REVIEW, tuple(sorted(reasons)))


UNVOUCHED: frozenset[Kind] = frozenset()
"""Nobody says that the chart is whole: of what kind it holds nothing, nothing was retrieved."""


@dataclass(frozen=True)
class Given:
    """A chart, whole unless it is said otherwise, and the circumstances of the screening."""

    resources: tuple[Resource, ...]
    patient: Resource | None = field(default_factory=person)
    covers: frozenset[Kind] = COVERABLE
    absence: AbsencePolicy = AbsencePolicy.PRESUME
    as_of: date = AS_OF
    anchors: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A screening, and the problems that were reported of its input."""

    result: ScreeningResult
    problems: tuple[str, ...]

    def criterion(self, name: str) -> CriterionResult:
        return next(one for one in self.result.criteria if one.id == name)

    def atom(self, criterion: str, name: str) -> tuple[bool | None, tuple[str, ...]]:
        atom = next(one for one in self.criterion(criterion).atoms if one.id == name)
        return atom.holds, tuple(reason.value for reason in atom.reasons)


Screen = Callable[[Given], Answer]
Check = Callable[[str, Given, Expected], Answer]


def row(name: str, *resources: Resource, comes: Expected, **circumstances: Any) -> Any:
    """A row of a table, for `pytest.mark.parametrize(("given", "expected"), ...)`."""
    return pytest.param(Given(resources, **circumstances), comes, id=name)


def rows(expected: Expected, charts: Mapping[str, Resource | tuple[Resource, ...]], **circumstances: Any) -> list[Any]:
    """Rows that all come to the same."""
    return [
        row(name, *(chart if isinstance(chart, tuple) else (chart,)), comes=expected, **circumstances)
        for name, chart in charts.items()
    ]
