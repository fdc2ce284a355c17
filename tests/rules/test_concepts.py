"""The value sets as shipped: what they say where a mistake would cost a verdict, and how their files are read."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

import trialsieve.rules
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Code, Concept, Terminology
from trialsieve.rules.concept_files import load_concepts
from trialsieve.rules.units import convert, normalise
from trialsieve.rules.vocabulary import Kind, Role
from trialsieve.rules.yaml_source import read_yaml

RULES = Path(trialsieve.rules.__file__).parent
CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"


@pytest.fixture(scope="module")
def concepts() -> Mapping[str, Concept]:
    files = [
        read_yaml(path.name, path.read_text(encoding="utf-8")) for path in sorted((RULES / "concepts").glob("*.yaml"))
    ]
    loaded, problems = load_concepts(files)
    assert problems == []
    return loaded


@pytest.fixture(scope="module")
def index(concepts: Mapping[str, Concept], terminology: Terminology) -> CodeIndex:
    return CodeIndex(concepts, terminology)


def role_of(index: CodeIndex, concept: str, system: str, code: str) -> Role | None:
    return next((hit.role for found, hit in index.lookup(system, code) if found == concept), None)


def code_of(concept: Concept, code: str) -> Code:
    return next(found for found in concept.codes if found.code == code)


# --- the shipped value sets -------------------------------------------------------------------------------------------


def test_all_concepts_are_there(concepts: Mapping[str, Concept]) -> None:
    assert len(concepts) == json.loads((RULES / "concepts.lock.json").read_text(encoding="utf-8"))["concepts"]
    assert all(concept.label and concept.id == key for key, concept in concepts.items())


@pytest.mark.parametrize(
    ("concept", "system", "code", "role"),
    [
        ("dx.t_all", SNOMED, "277575008", Role.DEFINITIVE),
        ("dx.t_all", CM, "C91.00", Role.SUPPORTING),  # ALL of any lineage
        ("dx.acute_leukemia", CM, "C91.00", Role.DEFINITIVE),
        ("dx.aml", CM, "C92.10", None),  # chronic
        ("dx.b_all_conflict", SNOMED, "277571004", Role.NEGATES),
        ("dx.t_all", SNOMED, "363346000", Role.SUPPORTING),  # too broad, so it may be it
        ("dx.t_lbl", CM, "C80.1", Role.SUPPORTING),
        ("dx.aml", CM, "C92", Role.SUPPORTING),  # the bare category
        ("dx.aml", CM, "C92.Z0", None),
        ("dx.aml", CM, "C91.90", None),
        ("status.relapsed", CM, "C95.92", Role.SUPPORTING),
        ("dx.active_infection", CM, "N39.0", Role.SUPPORTING),
        ("vasc.arterial", CM, "I63.40", Role.SUPPORTING),
        ("vasc.arterial", CM, "I63.9", None),
        ("status.relapsed", CM, "C91.02", Role.DEFINITIVE),
        ("status.relapsed", CM, "C91.00", None),
        ("status.remission", "urn:oid:2.16.156.10011.2.3.3.11", "C91.001", None),  # Chinese extension, not remission
        ("dx.hiv", CM, "B25.9", None),
        ("dx.active_infection", CM, "A41.9", Role.DEFINITIVE),
        ("dx.active_infection", CM, "B25.9", Role.SUPPORTING),
        ("tx.organ_transplant", CM, "Z94.84", Role.EXCLUDE),
        ("tx.hsct", CM, "Z94.84", Role.HISTORY),
        ("tx.car_t", "http://www.cms.gov/Medicare/Coding/ICD10", "XW033L7", Role.EXCLUDE),  # tumour-infiltrating cells
        ("neuro.stroke", CM, "I63.81", Role.DEFINITIVE),
        ("neuro.lacunar_infarct", CM, "I63.81", Role.DEFINITIVE),
        ("neuro.stroke", SNOMED, "230698000", Role.DEFINITIVE),
        ("neuro.epilepsy", CM, "G40.911", Role.DEFINITIVE),
        ("neuro.epilepsy", CM, "G40.901", Role.SUPPORTING),
        ("marker.cd7", LOINC, "13846-1", Role.DEFINITIVE),
        ("marker.cd7", LOINC, "8135-6", Role.SUPPORTING),  # of gated cells, healthy T cells among them
        ("marker.cd7", LOINC, "9563-8", Role.EXCLUDE),
        ("lab.pb_blast_pct", LOINC, "33990-3", Role.EXCLUDE),  # normoblasts
        ("cardiac.nyha", LOINC, "88021-1", Role.EXCLUDE),  # the objective scale A to D
        ("repro.pregnancy_status", SNOMED, "60001007", Role.NEGATES),
        ("med.systemic_steroids", "http://www.whocc.no/atc", "H02AB06", Role.DEFINITIVE),
        ("med.systemic_steroids", "http://www.whocc.no/atc", "H02AA02", Role.EXCLUDE),
        ("tx.vaccination", "http://hl7.org/fhir/sid/cvx", "36", Role.EXCLUDE),  # an immune globulin
        ("neuro.lacunar_infarct", "http://hl7.org/fhir/sid/icd-10", "I63.8", Role.SUPPORTING),  # WHO has no own code
        ("med.antiarrhythmic", "http://www.whocc.no/atc", "C01BD01", Role.DEFINITIVE),
        ("med.antiarrhythmic", "http://www.whocc.no/atc", "C07AB02", Role.SUPPORTING),  # beta blockers have other uses
        ("proc.central_line", SNOMED, "425196008", Role.DEFINITIVE),
        ("repro.childbearing", CM, "Z90.722", Role.DEFINITIVE),
        ("cardiac.revasc", "http://www.cms.gov/Medicare/Coding/ICD10", "027034Z", Role.DEFINITIVE),
        ("cardiac.revasc", "http://www.cms.gov/Medicare/Coding/ICD10", "02C03ZZ", None),  # extirpation
    ],
)
def test_what_a_code_says_of_a_concept(
    index: CodeIndex, concept: str, system: str, code: str, role: Role | None
) -> None:
    assert role_of(index, concept, system, code) is role


@pytest.mark.parametrize(
    ("concept", "system", "code", "facets"),
    [
        ("cardiac.lvef", LOINC, "10230-1", ()),
        ("cardiac.lvef", LOINC, "8806-2", (("method", "echocardiography"),)),
        ("cardiac.lvef", LOINC, "8811-2", (("method", "magnetic resonance"),)),
        ("marker.cd7", LOINC, "50310-2", (("method", "immunohistochemistry"), ("specimen", "tissue"))),
        ("lab.hiv", LOINC, "20447-9", (("assay", "nucleic acid"),)),
        ("lab.hiv", LOINC, "56888-1", ()),
        ("lab.hbv_hcv_hiv_dx", CM, "B16.9", (("virus", "hepatitis B"),)),
        ("lab.hbv_hcv_hiv_dx", CM, "B18.1", (("activity", "uncertain"), ("virus", "hepatitis B"))),
        ("lab.hbv_hcv_hiv_dx", CM, "B18.2", (("activity", "uncertain"), ("virus", "hepatitis C"))),
        ("vasc.venous_any", CM, "I82.409", ()),
        ("neuro.stroke", CM, "I63.81", (("kind", "lacunar"),)),
        ("neuro.stroke", CM, "I63.9", ()),
        ("neuro.brain_injury", CM, "G81.90", (("kind", "paralysis"),)),
        ("med.immunosuppressants", "http://www.whocc.no/atc", "L04AD02", (("route", "systemic"),)),
        ("vasc.venous_any", CM, "I82.509", (("course", "chronic"),)),
        ("vasc.dvt", CM, "I82.721", (("course", "chronic"), ("site", "upper limb or central vein"))),
        ("vasc.pe", CM, "I27.82", (("course", "chronic"),)),
        ("cardiac.ventricular_arrhythmia", CM, "I47.20", (("rhythm", "ventricular tachycardia"),)),
        ("cardiac.ventricular_arrhythmia", CM, "I47.21", (("rhythm", "torsades de pointes"),)),
        ("status.remission", SNOMED, "103337004", (("extent", "partial"),)),
        ("tx.hsct", SNOMED, "58776007", (("donor", "autologous"),)),
        ("repro.pregnancy_test", LOINC, "2106-3", (("specimen", "urine"),)),
        ("lab.syphilis", LOINC, "24312-1", (("test", "treponemal"),)),
    ],
)
def test_what_a_code_says_beyond_its_concept(
    index: CodeIndex, concept: str, system: str, code: str, facets: tuple[tuple[str, str], ...]
) -> None:
    assert next(hit.facets for found, hit in index.lookup(system, code) if found == concept) == facets


def test_hepatitis_names_its_virus_and_a_supporting_one_its_uncertainty(concepts: Mapping[str, Concept]) -> None:
    for code in concepts["lab.hbv_hcv_hiv_dx"].codes:
        named = dict(code.facets)
        if code.role in (Role.DEFINITIVE, Role.SUPPORTING):
            assert named["virus"] in ("hepatitis B", "hepatitis C"), code.code
            assert ("activity" in named) is (code.role is Role.SUPPORTING), code.code


@pytest.mark.parametrize(
    ("concept", "score"),
    [("perf.ecog", range(6)), ("perf.karnofsky", range(0, 101, 10)), ("cardiac.nyha", range(1, 5))],
)
def test_every_step_of_a_score_has_an_answer_code(concepts: Mapping[str, Concept], concept: str, score: range) -> None:
    answers = {code.value for code in concepts[concept].codes if code.role is Role.COMPONENT and code.system == LOINC}
    assert answers == set(score)


@pytest.mark.parametrize(
    ("concept", "unit", "currency"),
    [
        ("perf.ecog", "{score}", "performance-status"),
        ("cardiac.nyha", "{class}", "performance-status"),
        ("cardiac.lvef", "%", "echocardiography"),
        ("lab.alt", "U/L", "laboratory"),
        ("lab.spo2", "%", "vital-sign"),
        ("lab.hbv_dna", "[IU]/mL", "infection-test"),
        ("repro.pregnancy_test", "m[IU]/mL", "pregnancy-test"),
        ("repro.pregnancy_status", None, "pregnancy"),
        ("dx.active_infection", None, "acute-condition"),
        ("marker.cd7", "%", None),
        ("dx.hiv", None, None),
        ("dx.t_all", None, None),
    ],
)
def test_unit_and_currency(
    concepts: Mapping[str, Concept], concept: str, unit: str | None, currency: str | None
) -> None:
    assert (concepts[concept].unit, concepts[concept].currency) == (unit, currency)


def test_nucleic_acids_and_blasts_are_positive_in_any_amount(concepts: Mapping[str, Concept]) -> None:
    for concept in concepts.values():
        detects = concept.id.endswith(("_dna", "_rna", "_pcr", "lab.csf_blasts", "lab.pb_blast_pct"))
        assert (concept.number_means == "detection") is detects, concept.id
    hiv = concepts["lab.hiv"]
    assert hiv.number_means == "reference-range"
    assert code_of(hiv, "20447-9").number_means == "detection"
    assert code_of(hiv, "56888-1").number_means is None


@pytest.mark.parametrize(
    ("concept", "value", "unit", "expected"),
    [
        ("lab.bilirubin_total", "34.2", "umol/L", "1.9995372"),
        ("lab.creatinine", "88.4", "µmol/L", "0.9999808"),
        ("lab.hemoglobin", "7.0", "g/dL", "70"),
        ("lab.alc", "500", "/uL", "0.5"),
        ("lab.alt", "40", "IU/L", "40"),
        ("lab.alt", "1", "nkat/L", "0.06"),
        ("lab.mrd", "1", "10*-4", "0.01"),
        ("perf.karnofsky", "80", "%", "80"),
        ("cardiac.lvef", "0.55", "1", "55"),
        ("lab.hbv_dna", "100", "{copies}/mL", None),  # depends on the assay
        ("lab.hcv_rna", "100", "{copies}/mL", None),
        ("lab.hbv_dna", "3", "log10 IU/mL", None),
        ("lab.hemoglobin", "70", "G/L", "70"),
        ("lab.alc", "0.5", "G/L", "0.5"),
        ("comorb.diabetes", "53", "mmol/mol", None),
    ],
)
def test_values_in_canonical_units(
    concepts: Mapping[str, Concept], concept: str, value: str, unit: str, expected: str | None
) -> None:
    converted = convert(Decimal(value), unit, concepts[concept])
    assert converted == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(("value", "unit"), [("60", "mg/dL"), ("600", "mg/L"), ("0.6", "g/L")])
@pytest.mark.parametrize(
    ("number", "expected"), [("3094-0", "21.42"), ("14937-7", "21.42"), ("3091-6", "9.99"), ("22664-7", "9.99")]
)
def test_urea_is_not_urea_nitrogen(
    concepts: Mapping[str, Concept], number: str, expected: str, value: str, unit: str
) -> None:
    bun = concepts["lab.bun"]
    assert convert(Decimal(value), unit, bun, code_of(bun, number)) == Decimal(expected)


def test_canonical_units_are_written_as_the_unit_module_writes_them(concepts: Mapping[str, Concept]) -> None:
    for concept in concepts.values():
        for unit in (*([concept.unit] if concept.unit else []), *concept.factors):
            assert normalise(unit) == unit, concept.id


def test_lvef_without_a_method_is_taken_as_echocardiography(concepts: Mapping[str, Concept]) -> None:
    assert concepts["cardiac.lvef"].assume is not None
    assert concepts["cardiac.lvef"].assume[:2] == ("method", "echocardiography")
    assert [concept.id for concept in concepts.values() if concept.assume] == ["cardiac.lvef", "cardiac.fs"]


def test_any_immunization_is_a_vaccination(concepts: Mapping[str, Concept]) -> None:
    assert [concept.id for concept in concepts.values() if concept.any_code] == ["tx.vaccination"]
    assert Kind.IMMUNIZATION in concepts["tx.vaccination"].kinds


def test_any_procedure_may_be_surgery(concepts: Mapping[str, Concept]) -> None:
    assert [concept.id for concept in concepts.values() if concept.any_procedure] == ["tx.surgery"]


@pytest.mark.parametrize("concept", ["tx.car_t", "lab.mrd", "status.refractory", "vasc.picc_dvt"])
def test_where_no_code_proves_nothing_the_concept_says_so(concepts: Mapping[str, Concept], concept: str) -> None:
    assert concepts[concept].gap


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("T-cell acute lymphoblastic leukaemia", "dx.t_all"),
        ("ALL, relapsed", "dx.acute_leukemia"),
        ("Chronic hepatitis B", "lab.hbv_hcv_hiv_dx"),
        ("s/p kidney transplant", "tx.organ_transplant"),
        ("Prednisone 5 MG Oral Tablet", "med.systemic_steroids"),
        ("Deep venous thrombosis, left leg", "vasc.dvt"),
        ("Heart attack 2019", "cardiac.mi"),
        ("CAR-T infusion", "tx.car_t"),
    ],
)
def test_a_free_text_that_names_a_concept_is_noticed(index: CodeIndex, text: str, named: str) -> None:
    assert named in index.names(text)


@pytest.mark.parametrize("text", ["Sore elbow", "Fracture of radius", "Seasonal rhinitis", "Acetaminophen 325 MG"])
def test_a_free_text_about_something_else_names_nothing(index: CodeIndex, text: str) -> None:
    assert index.names(text) == frozenset()


def test_chinese_data_are_read_by_who_categories(index: CodeIndex) -> None:
    assert role_of(index, "neuro.stroke", "urn:oid:2.16.156.10011.2.3.3.11", "I64.x00") is Role.DEFINITIVE


def test_german_data_raise_a_doubt(index: CodeIndex) -> None:
    system = "http://fhir.de/CodeSystem/dimdi/icd-10-gm"
    assert role_of(index, "dx.acute_leukemia", system, "C91.00") is Role.SUPPORTING
    assert role_of(index, "status.refractory", system, "C95.8!") is Role.DEFINITIVE


def test_concepts_survive_the_cache(concepts: Mapping[str, Concept]) -> None:
    assert pickle.loads(pickle.dumps(concepts)) == concepts


def test_building_the_index_is_quick(concepts: Mapping[str, Concept], terminology: Terminology) -> None:
    """5 ms is the budget of a start; measured 0.6. The best of several, for a busy machine."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        CodeIndex(concepts, terminology)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.005


# --- reading the files ------------------------------------------------------------------------------------------------

ONE = """\
concepts:
  - id: lab.sugar
    label: sugar
    kinds: [Observation]
    unit: mg/dL
    factors: {mmol/L: 18.016}
    plausible: [10, 2000]
    codes:
      http://loinc.org:
        - {code: "2345-7", label: Glucose, role: definitive, source: somewhere, observation: true, facets: {b: c, a: d}}
"""


def problems_of(*texts: str) -> list[str]:
    files = [read_yaml(f"f{number}.yaml", text) for number, text in enumerate(texts)]
    return [str(problem) for problem in load_concepts(files)[1]]


def test_a_concept_is_read_with_exact_numbers() -> None:
    (sugar,) = load_concepts([read_yaml("f.yaml", ONE)])[0].values()
    assert sugar.factors == {"mmol/L": Decimal("18.016")}
    assert sugar.plausible == (Decimal(10), Decimal(2000))
    assert sugar.codes == (
        Code(
            LOINC, "2345-7", "Glucose", Role.DEFINITIVE, "somewhere", observation=True, facets=(("a", "d"), ("b", "c"))
        ),
    )
    assert sugar.systems == {LOINC}
    assert sugar.path == "f.yaml"


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("label: sugar", "lable: sugar", "f0.yaml:3:5", "unknown key 'lable'"),
        ("role: definitive", "role: definite", "f0.yaml:10:44", "cannot be 'definite'"),
        ('code: "2345-7"', "code: 2345", "f0.yaml:10:12", "must be text"),
        ("kinds: [Observation]", "kinds: [Observations]", "f0.yaml:4:13", "Observations"),
        ("    unit: mg/dL\n", "", "f0.yaml:2:5", "canonical unit"),
        ("plausible: [10, 2000]", "plausible: [10, 10]", "f0.yaml:2:5", "plausible range is empty"),
        ("18.016", "eighteen", "f0.yaml:6:15", "a number"),
        ("id: lab.sugar", "id: Sugar", "f0.yaml:2:5", "cannot be 'Sugar'"),
    ],
)
def test_a_mistake_is_named_at_its_place(old: str, new: str, place: str, message: str) -> None:
    assert ONE.count(old) == 1
    (problem,) = [found for found in problems_of(ONE.replace(old, new)) if message in found]
    assert problem.startswith(place)


def test_a_concept_given_twice_is_refused() -> None:
    (problem,) = problems_of(ONE, ONE)
    assert problem.startswith("f1.yaml:2:5: the concept lab.sugar is given twice")
    assert "f0.yaml" in problem


def test_a_code_given_twice_is_refused() -> None:
    again = '        - {code: "2345-7", label: Again, role: supporting, source: somewhere}\n'
    (problem,) = problems_of(ONE + again)
    assert problem.startswith("f0.yaml:11:12: lab.sugar lists the code 2345-7 twice")


def test_a_faulty_file_does_not_hide_the_others() -> None:
    loaded, problems = load_concepts([read_yaml("bad.yaml", "concepts: 1\n"), read_yaml("good.yaml", ONE)])
    assert list(loaded) == ["lab.sugar"]
    assert [problem.path for problem in problems] == ["bad.yaml"]
