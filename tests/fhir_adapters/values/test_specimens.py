"""A specimen that is no blood beside a code that says blood: such a result decides nothing."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.values.specimens import is_of_blood
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
TABLE_0487 = "http://terminology.hl7.org/CodeSystem/v2-0487"
OLD_0487 = "http://hl7.org/fhir/v2/0487"
CREATININE, BLASTS_IN_BLOOD, HBV_DNA_UNSPECIFIED, CD7_IN_BLOOD = "2160-0", "26446-5", "5009-6", "13846-1"


def creatinine(make: Any, **more: Any) -> Json:
    result: Json = make.observation(CREATININE, valueQuantity=make.quantity(0.8, "mg/dL"), **more)
    return result


def specimen(type_: Json, **more: Any) -> Json:
    return {"Specimen/s1": {"resourceType": "Specimen", "id": "s1", "type": type_, **more}}


def of_type(*codings: tuple[str, str], **more: Any) -> Json:
    return {"coding": [{"system": system, "code": code} for system, code in codings], **more}


NO_BLOOD = [
    "Peritoneal drain fluid",
    "Liver biopsy",
    "CSF",
    "Cerebrospinal fluid",
    "Cerebral spinal fluid",
    "Urine, random",
    "24h Urin",
    "Liquor",
    "Pleural fluid",
    "Ascites",
    "Bone marrow aspirate",
    "Knochenmark",
    "Lung tissue",
    "Throat swab",
    "Dialysate",
    "Faeces",
    "脑脊液",
    "尿液",
]
PERHAPS_BLOOD = [
    "Blood",
    "Venous blood",
    "Serum",
    "EDTA plasma",
    "Vollblut",
    "血清",
    "Blood, pre-dialysis",
    "Venous, post-dialysis",
    "Blood-stained pleural fluid",
    "Liquid biopsy",
    "Line draw",
    "Tube 3",
    "Other",
]


@pytest.mark.parametrize("words", NO_BLOOD)
def test_words_of_another_specimen_make_it_weak(fact_of: Any, make: Any, words: str) -> None:
    for resource, index in (
        (creatinine(make, specimen={"display": words}), {}),
        (creatinine(make, specimen={"reference": "Specimen/s1"}), specimen({"text": words})),
    ):
        fact = fact_of("lab.creatinine", resource, index=index)
        assert fact.certainty is Certainty.WEAK
        assert f"(its code says blood, its specimen '{words}')" in fact.says


@pytest.mark.parametrize("words", PERHAPS_BLOOD)
def test_words_of_blood_or_of_anything_change_nothing(fact_of: Any, make: Any, words: str) -> None:
    fact = fact_of("lab.creatinine", creatinine(make, specimen={"display": words}))
    assert (fact.certainty, "specimen" in fact.says) == (Certainty.FIRM, False)


@pytest.mark.parametrize(
    "coding",
    [
        (SNOMED, "258450006"),
        (f"{SNOMED}/900000000000207008", "122575003"),
        ("urn:oid:2.16.840.1.113883.6.96", "119359002"),
        (TABLE_0487, "UR"),
        (TABLE_0487, "CSF"),
        (OLD_0487, "DRN"),
    ],
)
def test_codes_of_another_specimen_make_it_weak(fact_of: Any, make: Any, coding: tuple[str, str]) -> None:
    resource = creatinine(make, specimen={"reference": "Specimen/s1"})
    for type_ in (of_type(coding), of_type(coding, text="Blood")):
        assert fact_of("lab.creatinine", resource, index=specimen(type_)).certainty is Certainty.WEAK


@pytest.mark.parametrize(
    "coding",
    [
        (SNOMED, "119364003"),  # serum
        (SNOMED, "119324002"),  # unknown material
        (TABLE_0487, "BLD"),
        (TABLE_0487, "PLAS"),
        (TABLE_0487, "USPEC"),
        ("urn:example:local", "UR"),
    ],
)
def test_codes_of_blood_or_of_anything_change_nothing(fact_of: Any, make: Any, coding: tuple[str, str]) -> None:
    resource = creatinine(make, specimen={"reference": "Specimen/s1"})
    assert fact_of("lab.creatinine", resource, index=specimen(of_type(coding))).certainty is Certainty.FIRM


def test_without_a_specimen_a_code_is_believed(fact_of: Any, make: Any) -> None:
    for more in ({}, {"method": {"text": "urine dipstick"}}, {"bodySite": {"text": "marrow"}}):
        assert fact_of("lab.creatinine", creatinine(make, **more)).certainty is Certainty.FIRM


def test_a_code_that_names_no_specimen_is_left_alone(fact_of: Any, make: Any) -> None:
    negative = {"valueString": "negative", "specimen": {"display": "Liver tissue"}}
    assert fact_of("lab.hbv_dna", make.observation(HBV_DNA_UNSPECIFIED, **negative)).certainty is Certainty.FIRM


def test_where_the_specimen_is_a_facet_that_tells(fact_of: Any, make: Any) -> None:
    """The only code of CD7 on blasts is that of blood, and is used for marrow."""
    amount = {"valueQuantity": make.quantity(90, "%"), "specimen": {"display": "Bone marrow"}}
    fact = fact_of("marker.cd7", make.observation(CD7_IN_BLOOD, **amount))
    assert (fact.certainty, fact.facet("specimen")) == (Certainty.FIRM, ())


def test_marrow_beside_a_count_of_the_blood(fact_of: Any, make: Any) -> None:
    count = {"valueQuantity": make.quantity(12, "%"), "specimen": {"display": "Bone marrow"}}
    assert fact_of("lab.pb_blast_pct", make.observation(BLASTS_IN_BLOOD, **count)).certainty is Certainty.WEAK


def test_a_component_is_of_the_specimen_of_its_panel(fact_of: Any, make: Any) -> None:
    part = {"code": make.observation(CREATININE)["code"], "valueQuantity": make.quantity(0.8, "mg/dL")}
    panel = make.observation("24323-8", component=[part], specimen={"display": "Urine"})
    assert fact_of("lab.creatinine", panel).certainty is Certainty.WEAK


@pytest.mark.parametrize(
    ("concept", "code", "expected"),
    [
        ("lab.creatinine", "2160-0", True),
        ("lab.bun", "22664-7", True),  # Urea SerPl-sCnc
        ("lab.hbsag", "5195-3", True),  # HBV surface Ag Ser Ql
        ("lab.hbsag", "10674-0", False),  # in Tissue
        ("lab.hbv_dna", "5009-6", False),  # "XXX": LOINC's word for any specimen
        ("lab.creatinine", "2164-2", False),  # in 24 hour Urine and Serum or Plasma
        ("comorb.hypertension", "8480-6", False),  # Systolic blood pressure
        ("cardiac.lvef", "8812-0", False),  # by Nuclear blood pool
    ],
)
def test_what_names_of_codes_say(book: RuleBook, concept: str, code: str, expected: bool) -> None:
    named = book.concepts[concept]
    codes = [one for one in named.codes if one.code == code]
    assert is_of_blood(named, codes) is expected


# --- venous blood beside a code of arterial blood ---------------------------------------------------------------------

SATURATION, HEMOGLOBIN_OF_ARTERIES = "2708-6", "30313-1"
VENOUS = [
    *("Venous blood", "Central venous blood", "Mixed venous blood", "venöses Blut", "zentralvenös", "静脉血"),
    *("Jugular vein", "V. jugularis interna", "Vena cava superior", "Pulmonary artery", "A. pulmonalis", "ScvO2"),
    *("Umbilical cord blood", "Cord blood", "Nabelschnurblut", "Nabelvene", "脐血", "SvO₂", "SmvO2", "靜脈血"),
    *("leg veins", "Venae cavae", "Venen", "sangre venosa", "Pulmonalarterie", "Arteria pulmonalis", "肺动脉"),
]
ARTERIAL = [
    *("Arterial blood", "arterielles Blut", "A. radialis", "Radial artery", "Umbilical artery catheter", "动脉血"),
    *(
        "A. femoralis",
        "A. brachialis",
        "動脈血",
        "Finger",
        "Ear lobe",
        "Blood",
        "Capillary blood",
        "arteriovenous fistula",
        "intravenous",
    ),
]


def saturation(make: Any, **more: Any) -> Json:
    result: Json = make.observation(SATURATION, valueQuantity=make.quantity(65, "%"), **more)
    return result


def named(resource: Json, words: str) -> Json:
    return {**resource, "code": {**resource["code"], "text": words}}


@pytest.mark.parametrize(
    ("words", "certainty"),
    [*((words, Certainty.WEAK) for words in VENOUS), *((words, Certainty.FIRM) for words in ARTERIAL)],
)
def test_a_saturation_of_arteries_is_not_that_of_veins(
    fact_of: Any, make: Any, words: str, certainty: Certainty
) -> None:
    for resource in (
        saturation(make, specimen={"display": words}),
        saturation(make, bodySite={"text": words}),
        named(saturation(make), words),
        named({**saturation(make), "method": {"text": "oximetry"}}, words),
    ):
        fact = fact_of("lab.spo2", resource)
        assert fact.certainty is certainty
        assert ("an artery's blood" in fact.says) == (certainty is Certainty.WEAK)


@pytest.mark.parametrize("coding", [(SNOMED, "122555007"), (SNOMED, "122556008"), (TABLE_0487, "BLDV")])
def test_venous_blood_by_a_code(fact_of: Any, make: Any, coding: tuple[str, str]) -> None:
    resource = saturation(make, specimen={"reference": "Specimen/s1"})
    assert fact_of("lab.spo2", resource, index=specimen(of_type(coding))).certainty is Certainty.WEAK


def test_a_part_of_a_venous_panel(fact_of: Any, make: Any) -> None:
    part = {"code": make.observation(SATURATION)["code"], "valueQuantity": make.quantity(65, "%")}
    panel = named(make.observation("24339-4", component=[part]), "Gas panel - Venous blood")
    assert fact_of("lab.spo2", panel).certainty is Certainty.WEAK


def test_what_veins_have_as_well_is_believed(fact_of: Any, make: Any) -> None:
    amount = {"valueQuantity": make.quantity(12, "g/dL"), "specimen": {"display": "Venous blood"}}
    assert fact_of("lab.hemoglobin", make.observation(HEMOGLOBIN_OF_ARTERIES, **amount)).certainty is Certainty.FIRM
