"""Patients as an EHR would prefetch them: an example patient, and around it a record of the usual size.

Each patient is another one, by ids and by values: `marker` stands in every id, and every measured value ends in the
patient's number. Whatever of a patient turns up in an answer can be traced to that patient.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import orjson

EXAMPLES: Final = Path(__file__).parent.parent / "examples"
USUAL_BYTES: Final = 133_000
HIGHEST_NUMBER: Final = 999_999

Json = dict[str, Any]

_MARKER: Final = re.compile(r"zq\d{6}zq")
_MARKED_VALUE: Final = re.compile(r"\d\.\d9(\d{6})(?!\d)")

# What a general record of these kinds holds most, by kind; and how many of each kind there are for each other.
_SNOMED: Final = "http://snomed.info/sct"
_CONDITIONS: Final = (
    ("444814009", "Viral sinusitis (disorder)"),
    ("10509002", "Acute bronchitis (disorder)"),
    ("15777000", "Prediabetes"),
    ("195662009", "Acute viral pharyngitis (disorder)"),
    ("162864005", "Body mass index 30+ - obesity (finding)"),
    ("44465007", "Sprain of ankle"),
)
_PROCEDURES: Final = (
    ("428191000124101", "Documentation of current medications"),
    ("73761001", "Colonoscopy"),
    ("127783003", "Spirometry (procedure)"),
    ("171207006", "Depression screening"),
    ("44608003", "Blood typing, RH typing"),
)
_MEDICATIONS: Final = (
    ("313782", "Acetaminophen 325 MG Oral Tablet"),
    ("310965", "Ibuprofen 200 MG Oral Tablet"),
    ("849574", "Naproxen sodium 220 MG Oral Tablet"),
    ("310325", "ferrous sulfate 325 MG Oral Tablet"),
)
_VACCINES: Final = (
    ("140", "Influenza, seasonal, injectable, preservative free"),
    ("113", "Td (adult) preservative free"),
    ("133", "Pneumococcal conjugate PCV 13"),
)
_LABORATORY: Final = (
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", (11.0, 15.0)),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", (0.6, 1.2)),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", (150.0, 380.0)),
    ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", (4.0, 10.0)),
    ("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", (10.0, 45.0)),
    ("1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", (10.0, 40.0)),
    ("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", (0.2, 1.1)),
)
_MIX: Final = ("Observation",) * 6 + ("Procedure",) * 4 + ("Immunization",) * 2 + ("Condition", "MedicationRequest")


@dataclass(frozen=True, slots=True)
class PrefetchedPatient:
    """One patient's request to `trialsieve-patient-view`, and the Bundle that it was made of."""

    number: int
    bundle: Json
    prefetch: Json

    @property
    def marker(self) -> str:
        return marker_of(self.number)

    @property
    def id(self) -> str:
        return f"{self.marker}-p"

    def call(self, hook: str = "patient-view", **members: Any) -> Json:
        """The request of a hook."""
        context = {"userId": "Practitioner/example", "patientId": self.id, "encounterId": "89284"}
        return {
            "hook": hook,
            "hookInstance": f"d1577c69-dfbe-44ad-ba6d-{self.number:012d}",
            "context": context,
            "prefetch": self.prefetch,
            **members,
        }

    def body(self) -> bytes:
        return orjson.dumps(self.call())


def marker_of(number: int) -> str:
    """What stands in every id of the patient with this number."""
    return f"zq{number:06d}zq"


def markers_in(text: str) -> set[int]:
    """The numbers of the patients of whom something stands in a text: an id, or a measured value."""
    return {int(found[2:-2]) for found in _MARKER.findall(text)} | {int(n) for n in _MARKED_VALUE.findall(text)}


class PatientMaker:
    """Makes patients for the prefetch templates of a service."""

    def __init__(self, templates: Mapping[str, str], size: int = USUAL_BYTES) -> None:
        self._templates = {key: _asked(query) for key, query in templates.items()}
        self._size = size
        self._examples = [
            [entry["resource"] for entry in orjson.loads(path.read_bytes())["entry"]]
            for path in sorted(EXAMPLES.glob("*/*.json"))
        ]

    @property
    def examples(self) -> int:
        """How many example patients there are."""
        return len(self._examples)

    def patient(self, number: int, size: int | None = None, example: int | None = None) -> PrefetchedPatient:
        """The patient with this number, always the same; `size` is about how many bytes the request has.

        `example` is the place of the example patient that is in it; without it, each number has another one.
        """
        chosen = random.Random(number)
        base = self._examples[(number if example is None else example) % len(self._examples)]
        patient = f"{marker_of(number)}-p"
        (name,) = {one["id"] for one in base if one["resourceType"] == "Patient"}
        resources = [_own(one, name, patient, number, place) for place, one in enumerate(base)]
        room = (self._size if size is None else size) - len(orjson.dumps(resources)) - 1_500
        while room > 0:
            one = _filler(chosen.choice(_MIX), f"{marker_of(number)}-{len(resources)}", patient, number, chosen)
            if any(self._is_asked(one, *asked) for asked in self._templates.values()):
                resources.append(one)
                room -= len(orjson.dumps(one)) + 130
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
        return PrefetchedPatient(number, bundle, self.prefetch(resources))

    def prefetch(self, resources: list[Json]) -> Json:
        """Every key answered as a FHIR server would answer its query."""
        answers: Json = {}
        for key, (resource_type, codes) in self._templates.items():
            found = [one for one in resources if self._is_asked(one, resource_type, codes)]
            answers[key] = found[0] if resource_type == "Patient" else _searchset(found)
        return answers

    @staticmethod
    def _is_asked(resource: Json, resource_type: str, codes: frozenset[str] | None) -> bool:
        if resource["resourceType"] != resource_type:
            return False
        return codes is None or bool(_codes_of(resource) & codes)


def _asked(query: str) -> tuple[str, frozenset[str] | None]:
    """The type and the codes of a template; a code is compared without its system, where the query has none."""
    resource_type, _, parameters = query.partition("?")
    for parameter in parameters.split("&"):
        if parameter.startswith("code="):
            return resource_type, frozenset(unquote(token) for token in parameter.removeprefix("code=").split(","))
    return resource_type.partition("/")[0], None


def _codes_of(resource: Json) -> set[str]:
    codings = [coding for coding in resource.get("code", {}).get("coding", ()) if coding.get("code")]
    systems = {f"{coding.get('system', '')}|" for coding in codings}
    return systems | {code for c in codings for code in (c["code"], f"{c.get('system', '')}|{c['code']}")}


def _searchset(found: list[Json]) -> Json:
    base = "https://ehr.example.org/fhir"
    entries = [
        {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in found
    ]
    links = [{"relation": "self", "url": f"{base}?searchset"}]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(found), "link": links, "entry": entries}


def _own(resource: Json, name: str, patient: str, number: int, place: int) -> Json:
    """An example's resource as that of this patient."""
    raw = orjson.dumps(resource).replace(f'"Patient/{name}"'.encode(), f'"Patient/{patient}"'.encode())
    raw = raw.replace(f"{name}-".encode(), f"{marker_of(number)}-e".encode())
    own: Json = orjson.loads(raw)
    own["id"] = patient if own["resourceType"] == "Patient" else own.get("id", f"{marker_of(number)}-x{place}")
    for holder in (own, *own.get("component", ())):
        quantity = holder.get("valueQuantity")
        if isinstance(quantity, dict) and isinstance(quantity.get("value"), int | float):
            quantity["value"] = _marked(quantity["value"], number)
    return own


def _marked(value: float, number: int) -> float:
    """The value to one decimal, followed by the patient's number."""
    return float(f"{value:.1f}9{number:06d}")


def _filler(resource_type: str, identity: str, patient: str, number: int, chosen: random.Random) -> Json:
    """One more resource of a usual record."""
    day = f"{chosen.randint(2012, 2025)}-{chosen.randint(1, 12):02d}-{chosen.randint(1, 28):02d}T09:30:00+00:00"
    common = {
        "resourceType": resource_type,
        "id": identity,
        "meta": {"versionId": "1", "lastUpdated": day},
        "encounter": {"reference": f"Encounter/{identity}-v"},
    }
    subject = {"reference": f"Patient/{patient}"}
    match resource_type:
        case "Observation":
            code, display, unit, (least, most) = chosen.choice(_LABORATORY)
            category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
            value = {
                "value": _marked(chosen.uniform(least, most), number),
                "unit": unit,
                "system": "http://unitsofmeasure.org",
                "code": unit,
            }
            return common | {
                "status": "final",
                "category": [{"coding": [category]}],
                "code": _concept("http://loinc.org", code, display),
                "subject": subject,
                "effectiveDateTime": day,
                "issued": day,
                "valueQuantity": value,
            }
        case "Condition":
            status = "http://terminology.hl7.org/CodeSystem/condition"
            return common | {
                "clinicalStatus": {"coding": [{"system": f"{status}-clinical", "code": "resolved"}]},
                "verificationStatus": {"coding": [{"system": f"{status}-ver-status", "code": "confirmed"}]},
                "code": _concept(_SNOMED, *chosen.choice(_CONDITIONS)),
                "subject": subject,
                "onsetDateTime": day,
                "abatementDateTime": day,
                "recordedDate": day,
            }
        case "Procedure":
            done = _concept(_SNOMED, *chosen.choice(_PROCEDURES))
            performed = {"start": day, "end": day}
            return common | {"status": "completed", "code": done, "subject": subject, "performedPeriod": performed}
        case "MedicationRequest":
            drug = _concept("http://www.nlm.nih.gov/research/umls/rxnorm", *chosen.choice(_MEDICATIONS))
            ordered = {"status": "stopped", "intent": "order", "medicationCodeableConcept": drug, "authoredOn": day}
            return common | ordered | {"subject": subject, "dosageInstruction": [{"sequence": 1}]}
        case _:
            vaccine = _concept("http://hl7.org/fhir/sid/cvx", *chosen.choice(_VACCINES))
            given = {"status": "completed", "vaccineCode": vaccine, "occurrenceDateTime": day, "primarySource": True}
            return common | given | {"patient": subject}


def _concept(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}
