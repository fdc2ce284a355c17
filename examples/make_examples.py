#!/usr/bin/env python3
"""Makes the example patients: `python examples/make_examples.py` writes examples/NCT04762485/*.json (FHIR R4 bundles).

Every patient is invented. Each has a line that says what it shows; the clinical values stand here, readable, and
nowhere else. Results are to be read as of 2026-11-20.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Resource = dict[str, Any]

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
UCUM = "http://unitsofmeasure.org"


class Patient:
    """One patient's bundle in the making; ids are counted per resource type."""

    def __init__(self, name: str, shows: str, *, gender: str, born: str) -> None:
        self.name = name
        self.shows = shows
        self.patient: Resource = {
            "resourceType": "Patient",
            "id": name,
            "identifier": [{"system": "urn:trialsieve:example", "value": name}],
            "gender": gender,
            "birthDate": born,
        }
        self.resources: list[Resource] = []

    def add(self, resource_type: str, content: Resource) -> Patient:
        number = sum(resource["resourceType"] == resource_type for resource in self.resources) + 1
        subject = {"reference": f"Patient/{self.name}"}
        self.resources.append(
            {"resourceType": resource_type, "id": f"{self.name}-{number}", "subject": subject, **content}
        )
        return self

    def condition(
        self,
        system: str,
        code: str,
        text: str,
        *,
        onset: str | None,
        status: str = "active",
        recorded: str | None = None,
    ) -> Patient:
        content: Resource = {
            "clinicalStatus": _concept("http://terminology.hl7.org/CodeSystem/condition-clinical", status),
            "verificationStatus": _concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
            "code": _concept(system, code, text),
        }
        if onset is not None:
            content["onsetDateTime"] = onset
        if recorded is not None:
            content["recordedDate"] = recorded
        return self.add("Condition", content)

    def observation(self, code: str, text: str, on: str, *, status: str = "final", **value: Any) -> Patient:
        return self.add(
            "Observation",
            {"status": status, "code": _concept(LOINC, code, text), "effectiveDateTime": on, **value},
        )

    def quantity(
        self,
        code: str,
        text: str,
        on: str,
        value: float,
        unit: str,
        *,
        upper_limit: float | None = None,
        method: str | None = None,
        interpretation: str | None = None,
        status: str = "final",
    ) -> Patient:
        content: Resource = {"valueQuantity": _quantity(value, unit)}
        if upper_limit is not None:
            content["referenceRange"] = [{"high": _quantity(upper_limit, unit)}]
        if method is not None:
            content["method"] = {"text": method}
        if interpretation is not None:
            content["interpretation"] = [_concept(INTERPRETATION, interpretation)]
        return self.observation(code, text, on, status=status, **content)

    def result(self, code: str, text: str, on: str, answer: tuple[str, str]) -> Patient:
        return self.observation(code, text, on, valueCodeableConcept=_concept(SNOMED, *answer))

    def attested(self, target: str, answer: bool, on: str) -> Patient:
        return self.add(
            "Observation",
            {
                "status": "final",
                "code": _concept("urn:trialsieve:criterion", target),
                "performer": [{"reference": "Practitioner/investigator"}],
                "effectiveDateTime": on,
                "valueBoolean": answer,
            },
        )

    def bundle(self) -> Resource:
        return {
            "resourceType": "Bundle",
            "id": self.name,
            "type": "collection",
            "entry": [
                {
                    "fullUrl": f"https://example.org/fhir/{resource['resourceType']}/{resource['id']}",
                    "resource": resource,
                }
                for resource in [self.patient, *self.resources]
            ],
        }


def _concept(system: str, code: str, text: str | None = None) -> Resource:
    coding = {"system": system, "code": code}
    return {"coding": [coding]} if text is None else {"coding": [{**coding, "display": text}], "text": text}


def _quantity(value: float, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


NEGATIVE = ("260385009", "Negative")
POSITIVE = ("10828004", "Positive")
NOT_DETECTED = ("260415000", "Not detected")


def leukemia(patient: Patient) -> Patient:
    """Relapsed T-ALL, CD7 on 85 % of the blasts by flow cytometry."""
    patient.condition(SNOMED, "277575008", "T-cell acute lymphoblastic leukemia", onset="2025-03-12")
    patient.condition(
        ICD_10_CM, "C91.02", "Acute lymphoblastic leukemia, in relapse", onset="2026-10-05", status="relapse"
    )
    return patient.quantity(
        "13846-1",
        "CD7 cells per 100 blasts in blood",
        "2026-10-06",
        85,
        "%",
        method="Flow cytometry",
        interpretation="POS",
    )


def fit(patient: Patient) -> Patient:
    """Performance status, heart, liver, cerebrospinal fluid and virus tests that all speak for the patient."""
    patient.observation("89247-1", "ECOG performance status", "2026-11-10", valueInteger=1)
    patient.quantity("18043-0", "Left ventricular ejection fraction by echocardiography", "2026-11-03", 58, "%")
    patient.quantity("1920-8", "Aspartate aminotransferase", "2026-11-16", 31, "U/L", upper_limit=40)
    patient.quantity("1742-6", "Alanine aminotransferase", "2026-11-16", 44, "U/L", upper_limit=41)
    patient.quantity("1975-2", "Total bilirubin", "2026-11-16", 0.8, "mg/dL", upper_limit=1.2)
    patient.quantity("26447-3", "Blasts per 100 leukocytes in cerebrospinal fluid", "2026-11-09", 0, "%")
    patient.result("29610-3", "Hepatitis B virus DNA", "2026-10-20", NOT_DETECTED)
    patient.result("11259-9", "Hepatitis C virus RNA", "2026-10-20", NOT_DETECTED)
    return patient.result("56888-1", "HIV 1+2 antibody and p24 antigen", "2026-10-20", NEGATIVE)


def needs_review() -> Patient:
    patient = Patient(
        "needs-review",
        "Everything that data can say passes; criterion 6 is on hold for the registry's error and criterion 9 waits "
        "for a person.",
        gender="male",
        born="1994-07-19",
    )
    return fit(leukemia(patient))


def attested() -> Patient:
    patient = Patient(
        "attested",
        "As needs-review, and the investigator has attested that no other comorbidity stands against it: only "
        "criterion 6 stays on hold.",
        gender="male",
        born="1988-01-30",
    )
    return fit(leukemia(patient)).attested("NCT04762485#X09", False, "2026-11-18")


def missing_data() -> Patient:
    patient = Patient(
        "missing-data",
        "A woman with relapsed T-ALL of whom much is not known: no pregnancy test, an old echocardiogram, ALT without "
        "its range.",
        gender="female",
        born="2001-05",
    )
    leukemia(patient)
    patient.observation("89247-1", "ECOG performance status", "2026-11-10", valueInteger=2)
    patient.quantity("18043-0", "Left ventricular ejection fraction by echocardiography", "2026-05-03", 61, "%")
    patient.quantity("1742-6", "Alanine aminotransferase", "2026-11-16", 44, "U/L")
    patient.quantity("14631-6", "Total bilirubin", "2026-11-16", 12, "umol/L", upper_limit=21)
    return patient.result("56888-1", "HIV 1+2 antibody and p24 antigen", "2026-10-20", POSITIVE)


def ineligible_embolism() -> Patient:
    patient = Patient(
        "ineligible-embolism",
        "Fit but for a current pulmonary embolism (criterion 7) and ECOG 3 (criterion 3).",
        gender="female",
        born="1979-12-02",
    )
    fit(leukemia(patient))
    patient.observation("89247-1", "ECOG performance status", "2026-11-17", valueInteger=3)
    patient.condition(SNOMED, "59282003", "Pulmonary embolism", onset="2026-11-01", recorded="2026-11-01")
    patient.result("2118-8", "Choriogonadotropin (pregnancy test) in serum or plasma", "2026-11-17", NEGATIVE)
    return patient.result("63895-7", "Breastfeeding status", "2026-11-17", ("373067005", "No"))


def ineligible_age() -> Patient:
    patient = Patient(
        "ineligible-age", "Turned 66 on the day of screening (criterion 2).", gender="male", born="1960-11-20"
    )
    return fit(leukemia(patient))


def heart_by_class_only() -> Patient:
    patient = Patient(
        "heart-by-class-only",
        "LVEF 42 % with NYHA class II: passes criterion 5 only by its literal 'or', so a person must look.",
        gender="male",
        born="1971-02-11",
    )
    fit(leukemia(patient))
    patient.quantity("18043-0", "Left ventricular ejection fraction by echocardiography", "2026-11-12", 42, "%")
    return patient.observation(
        "88020-3", "NYHA functional class", "2026-11-12", valueCodeableConcept=_concept(LOINC, "LA28405-1", "Class II")
    )


PATIENTS: list[Callable[[], Patient]] = [
    needs_review,
    attested,
    missing_data,
    ineligible_embolism,
    ineligible_age,
    heart_by_class_only,
]


def main() -> None:
    folder = Path(__file__).parent / "NCT04762485"
    folder.mkdir(exist_ok=True)
    lines = [
        "# Example patients for NCT04762485",
        "",
        "Invented, made by `examples/make_examples.py`; read as of 2026-11-20.",
        "",
    ]
    for make in PATIENTS:
        patient = make()
        text = json.dumps(patient.bundle(), indent=1, ensure_ascii=False) + "\n"
        (folder / f"{patient.name}.json").write_text(text, encoding="utf-8")
        lines.append(f"- `{patient.name}.json`: {patient.shows}")
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
