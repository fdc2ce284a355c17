"""Resources that mention a diagnosis, and what is read of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from trialsieve.engine.facts import Fact
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import CriterionResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.rule_book import RuleBook

Json = dict[str, Any]
AS_OF = date(2026, 11, 20)
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def icd(code: str, display: str | None = None, text: str | None = None) -> Json:
    coding = {"system": ICD, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


HIV, EMBOLISM = icd("B20"), icd("I26.99")
CERTAINTY = {"url": "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"}


def order(*reasons: Any, **more: Any) -> Json:
    """An order of a drug that no rule knows."""
    return {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-03-01",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "161", "display": "acetaminophen"}]},
        "reasonCode": list(reasons),
    } | more


def report(*conclusions: Any, **more: Any) -> Json:
    return {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "code": {"text": "CT of the chest"},
        "effectiveDateTime": "2026-03-01",
        "conclusionCode": list(conclusions),
    } | more


def visit(*reasons: Any, **more: Any) -> Json:
    return {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "period": {"start": "2026-03-01", "end": "2026-03-01"},
        "reasonCode": list(reasons),
    } | more


def procedure(*reasons: Any, **more: Any) -> Json:
    return {
        "resourceType": "Procedure",
        "id": "p",
        "status": "completed",
        "code": {
            "coding": [{"system": SNOMED, "code": "710824005", "display": "Assessment of health and social care needs"}]
        },
        "performedDateTime": "2026-03-01",
        "reasonCode": list(reasons),
    } | more


def result(value: Any, code: str = "29308-4", system: str = LOINC, **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"coding": [{"system": system, "code": code}]},
        "effectiveDateTime": "2026-03-01",
        "valueCodeableConcept": value,
    } | more


def device(what: Any, **more: Any) -> Json:
    return {"resourceType": "Device", "id": "d", "status": "active", "type": what} | more


def condition(code: Json, **more: Any) -> Json:
    return {"resourceType": "Condition", "id": "c", "code": code, "recordedDate": "2026-01-01"} | more


class Read:
    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.problems: list[InputProblem] = []

    def record(self, *resources: Json) -> Record:
        named = [(f"{item['resourceType']}/{item['id']}", item) for item in resources]
        apart = ("DiagnosticReport/", "Encounter/", "Device/")
        return Record(
            "Patient/p",
            "p.json",
            resources=[one for one in named if not one[0].startswith(apart)],
            mentioning=[one for one in named if one[0].startswith(apart)],
        )

    def facts(self, *resources: Json, as_of: date | None = AS_OF, wanted: frozenset[str] | None = None) -> list[Fact]:
        """The doubts that are raised by what mentions a diagnosis."""
        self.problems.clear()
        chart = build_chart(self.record(*resources), self.book, self.problems, wanted=wanted, as_of=as_of)
        return [fact for fact in chart.facts if "mentioned" in fact.says]

    def concepts(self, *resources: Json, **given: Any) -> list[str]:
        return [fact.concept for fact in self.facts(*resources, **given)]

    def criterion(self, trial: str, name: str, *resources: Json) -> CriterionResult:
        screener = Screener(self.book, [trial])
        chart = build_chart(self.record(*resources), self.book, [], as_of=AS_OF)
        (found,) = screener.screen(chart, Circumstances(AS_OF))
        assert screener.disagreements == 0
        return next(one for one in found.criteria if one.id == name)


OTHER = condition(icd("I10"))
