"""Random FHIR R4 bundles made of the codes that a trial's rules look for, so that the deep rules run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from trialsieve.rules.atom import FindingHolds, Measurement, QualitativeResult, Recorded
from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind, Match, Role

AS_OF = date(2026, 11, 21)
Resource = dict[str, Any]
_SYSTEM = "http://terminology.hl7.org/CodeSystem/"
_VERIFICATION = {
    "condition": f"{_SYSTEM}condition-ver-status",
    "allergyintolerance": f"{_SYSTEM}allergyintolerance-verification",
}
_INTERPRETATION = f"{_SYSTEM}v3-ObservationInterpretation"


def concepts_of(book: RuleBook, trial: str) -> list[str]:
    """Every concept that the trial's criteria read, directly or through findings."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [atom for criterion in book.trials[trial].criteria for atom in criterion.atoms]
    while waiting:
        test = waiting.pop().test
        names: list[str] = []
        if isinstance(test, FindingHolds):
            names.append(test.finding)
        elif isinstance(test, (Measurement, QualitativeResult)):
            found |= dict.fromkeys(test.concepts)
            names += [*test.not_before, *((test.after,) if test.after else ())]
        elif isinstance(test, Recorded):
            found |= dict.fromkeys(test.concepts)
            found |= dict.fromkeys(concept for case in test.review for concept in case.concepts)
            names += [test.after] if test.after else []
        for name in names:
            if name not in seen:
                seen.add(name)
                waiting += book.findings[name].atoms
    return sorted(found)


def coding_of(code: Code) -> Resource:
    text = code.code.split("-")[0] if code.match is Match.RANGE else code.code
    return {"system": code.system, "code": text}


@st.composite
def days(draw: st.DrawFn) -> str:
    ago = draw(st.sampled_from([0, 2, 7, 8, 14, 29, 30, 31, 60, 90, 91, 183, 184, 200, 400]))
    day = (AS_OF - timedelta(days=ago)).isoformat()
    return draw(st.sampled_from([day, day, day, day[:7], day[:4]]))


@st.composite
def conditions(draw: st.DrawFn, concept: Concept, number: int) -> Resource | None:
    """A Condition, or an AllergyIntolerance of a concept that is one."""
    codes = [code for code in concept.codes if not code.observation and code.role is not Role.COMPONENT]
    if not codes:
        return None
    allergy = Kind.ALLERGY in concept.kinds and draw(st.booleans())
    resource: Resource = {
        "resourceType": "AllergyIntolerance" if allergy else "Condition",
        "id": f"c{number}",
        "patient" if allergy else "subject": {"reference": "Patient/p"},
        "code": {"coding": [coding_of(draw(st.sampled_from(codes)))]},
    }
    if allergy:
        states, doubtful, of_what = ["active", "active", "inactive", "resolved"], "unconfirmed", "allergyintolerance"
        resource["criticality"] = draw(st.sampled_from(["high", "high", "low"]))
    else:
        states, doubtful, of_what = ["active", "active", "relapse", "remission", "resolved"], "provisional", "condition"
        if draw(st.integers(0, 3)) == 0:
            resource["abatementDateTime"] = draw(days())
    status = draw(st.sampled_from([None, *states]))
    if status is not None:
        resource["clinicalStatus"] = {"coding": [{"system": f"{_SYSTEM}{of_what}-clinical", "code": status}]}
    verified = draw(st.sampled_from([None, "confirmed", "confirmed", doubtful, "refuted"]))
    if verified is not None:
        resource["verificationStatus"] = {"coding": [{"system": _VERIFICATION[of_what], "code": verified}]}
    if draw(st.integers(0, 3)):
        resource["onsetDateTime"] = draw(days())
    if draw(st.booleans()):
        resource["recordedDate"] = draw(days())
    return resource


@st.composite
def observations(draw: st.DrawFn, concept: Concept, number: int) -> Resource | None:
    codes = [code for code in concept.codes if code.observation]
    if not codes:
        return None
    resource: Resource = {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": draw(st.sampled_from([*["final"] * 7, "amended", "preliminary", "cancelled"])),
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [coding_of(draw(st.sampled_from(codes)))]},
    }
    if draw(st.integers(0, 5)):
        resource["effectiveDateTime"] = draw(days())
    measured = ["quantity"] * 8 if concept.plausible is not None and concept.number_means is None else ["quantity"] * 2
    shape = draw(st.sampled_from([*measured, "coded", "coded", "interpretation", "none"]))
    components = [code for code in concept.codes if code.role is Role.COMPONENT]
    if shape == "quantity":
        unit = draw(st.sampled_from([*[concept.unit or "1"] * 5, "mmol/L"]))
        value = draw(st.sampled_from([0, 1, 2, 3, 25, 30, 31, 49, 50, 55, 120, 121, 500]))
        resource["valueQuantity"] = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        if draw(st.booleans()):
            resource["referenceRange"] = [{"high": {"value": 40, "unit": unit, "code": unit}}]
    elif shape == "coded":
        choices = [("http://snomed.info/sct", code) for code in ("10828004", "260385009", "260415000", "419984006")]
        choices += [(code.system, code.code) for code in components]
        system, code = draw(st.sampled_from(choices))
        resource["valueCodeableConcept"] = {"coding": [{"system": system, "code": code}]}
    elif shape == "interpretation":
        code = draw(st.sampled_from(["POS", "NEG", "H", "IND"]))
        resource["interpretation"] = [{"coding": [{"system": _INTERPRETATION, "code": code}]}]
    if draw(st.booleans()):
        methods = ["Flow cytometry", "immunohistochemistry", "Echocardiography", "MUGA", "other"]
        resource["method"] = {"text": draw(st.sampled_from(methods))}
    return resource


@st.composite
def mentions(draw: st.DrawFn, concept: Concept, number: int) -> Resource | None:
    """A resource that mentions a diagnosis outside Conditions. Some have the same name."""
    codes = [code for code in concept.codes if not code.observation and code.role is not Role.COMPONENT]
    if not codes:
        return None
    code = {"coding": [coding_of(draw(st.sampled_from(codes)))]}
    name, element, date_of = draw(
        st.sampled_from(
            [
                ("Encounter", "reasonCode", "period"),
                ("DiagnosticReport", "conclusionCode", "effectiveDateTime"),
                ("MedicationRequest", "reasonCode", "authoredOn"),
                ("Procedure", "reasonCode", "performedDateTime"),
            ]
        )
    )
    day = draw(days())
    resource: Resource = {
        "resourceType": name,
        "id": f"m{number % 4}",
        "status": draw(st.sampled_from(["completed", "final", "finished", "cancelled"])),
        "intent": "order",
        "subject": {"reference": draw(st.sampled_from(["Patient/p", "Patient/p", "Patient/another"]))},
        element: [draw(st.sampled_from([code, code, {"text": concept.label}, {}]))],
        date_of: {"start": day} if date_of == "period" else day,
    }
    if name == "DiagnosticReport":
        results = draw(st.lists(st.integers(0, 11), max_size=3))
        resource["result"] = [{"reference": f"Observation/o{result}"} for result in results]
    return resource


@st.composite
def bundles(draw: st.DrawFn, book: RuleBook, names: list[str], least: int = 0) -> Resource:
    """A patient with up to twelve resources, each of a concept that the trial reads."""
    resources: list[Resource] = [
        {
            "resourceType": "Patient",
            "id": "p",
            **draw(st.sampled_from([{}, {"gender": "male"}, {"gender": "female"}])),
            **draw(st.sampled_from([{}, {"birthDate": "1990-05-05"}, {"birthDate": "1960"}])),
        }
    ]
    for number in range(draw(st.integers(least, 12))):
        concept = book.concepts[draw(st.sampled_from(names))]
        observed = Kind.OBSERVATION in concept.kinds and (draw(st.booleans()) or len(concept.kinds) == 1)
        other = mentions if draw(st.integers(0, 3)) == 0 else conditions
        made = draw(observations(concept, number) if observed else other(concept, number))
        if made is not None:
            resources.append(made)
    return bundle(resources)


def bundle(resources: list[Resource]) -> Resource:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"https://example.org/fhir/{item['resourceType']}/{item.get('id', index)}", "resource": item}
            for index, item in enumerate(resources)
        ],
    }
