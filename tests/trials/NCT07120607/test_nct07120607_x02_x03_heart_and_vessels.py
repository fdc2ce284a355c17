"""Exclusion 2. Heart failure, NYHA III or IV. Exclusion 3. Unstable cardiovascular conditions within six months.

Calendar months back from the as-of date, that day included. Carved out: lacunar infarction, thrombosis caused by a
PICC. Arrhythmias count when they required medication. The list is open, so only a person can clear it.
"""

from __future__ import annotations

from typing import Any

import pytest
from bundles import (
    FAILS,
    GERMAN_ICD_10,
    HYPERTENSION,
    ICD_10,
    ICD_10_CM,
    ICD_10_PCS,
    LOINC,
    PASSES,
    RXNORM,
    SNOMED,
    UNVOUCHED,
    Check,
    Expected,
    Given,
    Resource,
    Screen,
    ago,
    attestation,
    coded,
    condition,
    medication,
    observation,
    procedure,
    review,
    row,
    rows,
)

EDGE, BEFORE = "2026-05-20", "2026-05-19"
CLASSES = {1: "LA28404-4", 2: "LA28405-1", 3: "LA28406-9", 4: "LA28407-7"}


def nyha(grade: int, **more: Any) -> Resource:
    return observation("88020-3", valueCodeableConcept=coded(LOINC, CLASSES[grade]), **more)


FAILURE = condition("I50.9", onset="2024-01-01")
CLASS = [
    *rows(FAILS, {f"NYHA {grade}": (FAILURE, nyha(grade)) for grade in (3, 4)}),
    *rows(PASSES, {f"NYHA {grade}": (FAILURE, nyha(grade)) for grade in (1, 2)}),
    row("rheumatic heart failure, NYHA III", condition("I09.81"), nyha(3), comes=FAILS),
    row("heart failure after surgery, NYHA III", condition("I97.130"), nyha(3), comes=FAILS),
    row("chronic cor pulmonale, NYHA III", condition("I27.81"), nyha(3), comes=review("unspecific")),
    row("no class", FAILURE, comes=review("no-data")),
    row("class of 31 days ago", FAILURE, nyha(3, on=ago(31)), comes=review("stale")),
    row("class of 30 days ago", FAILURE, nyha(3, on=ago(30)), comes=FAILS),
    row("NYHA III without heart failure", HYPERTENSION, nyha(3), comes=review("unspecific")),
    row("NYHA II without heart failure", HYPERTENSION, nyha(2), comes=PASSES),
    row("neither", HYPERTENSION, comes=PASSES),
    row("heart failure resolved, NYHA III", condition("I50.9", status="resolved"), nyha(3), comes=review("judgement")),
    row("heart failure provisional, NYHA III", condition("I50.9", verified="provisional"), nyha(3),
        comes=review("unconfirmed")),
    row("nothing retrieved", covers=UNVOUCHED, comes=review("no-data", "not-retrieved")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), CLASS)
def test_heart_failure(check: Check, given: Given, expected: Expected) -> None:
    check("X02", given, expected)


NOTHING_ELSE = attestation("NCT07120607#X03.a14", False)
COVERED = (HYPERTENSION, procedure("80146002", on="2019-03-01"), NOTHING_ELSE)


def event(code: str, system: str = ICD_10_CM, **more: Any) -> Resource:
    """Two months ago, resolved since."""
    return condition(code, system, **({"onset": ago(60), "status": "resolved"} | more))


def tachycardia(**more: Any) -> Resource:
    """Of January, resolved since."""
    return event("I47.20", **({"onset": "2026-01-01"} | more))


EVENTS = [
    *rows(
        FAILS,
        {
            "unstable angina": event("I20.0"),
            "infarction": event("I21.4"),
            "infarction on the day six months ago": event("I21.4", onset=EDGE),
            "stroke": event("I63.9"),
            "transient ischemic attack": event("G45.9"),
            "leg vein thrombosis": event("I82.401"),
            "leg vein thrombosis, WHO": event("I80.2", ICD_10),
            "pulmonary embolism": event("I26.99"),
            "pulmonary embolism on the day six months ago": event("I26.99", onset=EDGE),
            "portal vein thrombosis": event("I81"),
            "arterial embolism": event("I74.3"),
            "stent": procedure("36969009", on=ago(60)),
            "bypass": procedure("232717009", on=EDGE),
            "stent, ICD-10-PCS": procedure("027034Z", ICD_10_PCS, on=ago(60)),
            "bypass, ICD-10-PCS": procedure("0210093", ICD_10_PCS, on=ago(60)),
        },
    ),
    *(
        row(name, resource, *COVERED, comes=PASSES)
        for name, resource in {
            "unstable angina, over the day before": event("I20.0", onset="2019", abatementDateTime=BEFORE),
            "ventricular tachycardia in January, over the day before": tachycardia(abatementDateTime=BEFORE),
            "in remission the day before": tachycardia(status="remission", abatementDateTime=BEFORE),
            "infarction the day before": event("I21.4", onset=BEFORE),
            "stroke the day before": event("I63.9", onset=BEFORE),
            "pulmonary embolism the day before": event("I26.99", onset=BEFORE),
            "leg vein thrombosis the day before": event("I82.401", onset=BEFORE),
            "arterial embolism the day before": event("I74.3", onset=BEFORE),
            "bypass the day before": procedure("232717009", on=BEFORE),
            "global amnesia": event("G45.4"),
            "stable angina": event("I20.9"),
            "arrhythmia years ago": event("I47.20", onset="2019", abatementDateTime="2020"),
        }.items()
    ),
    *(
        row(name, resource, *COVERED, comes=review(reason))
        for name, resource, reason in (
            ("infarction undated", event("I21.4", onset=None), "undated"),
            ("infarction in May", event("I21.4", onset="2026-05"), "imprecise"),
            ("history of embolism", condition("Z86.711"), "undated"),
            ("history of a stent", condition("Z95.5"), "undated"),
            ("lacunar infarction", event("I63.81"), "judgement"),
            ("lacunar infarction, SNOMED", event("230698000", SNOMED), "judgement"),
            ("perhaps lacunar (WHO I63.8)", event("I63.8", ICD_10), "judgement"),
            ("lacunar infarction in German", event("I63.9", ICD_10, text="Lakunärer Hirninfarkt"), "judgement"),
            ("lacunar infarction in French", event("I63.9", ICD_10, text="Infarctus cérébral lacunaire"), "judgement"),
            ("chronic leg vein thrombosis", event("I82.511"), "judgement"),
            ("chronic pulmonary embolism", event("I27.82"), "judgement"),
            ("provisional embolism", event("I26.99", verified="provisional"), "unconfirmed"),
            ("unstable angina since 2019, still active", event("I20.0", onset="2019", status="active"), "judgement"),
            ("unstable angina of the day before, active", event("I20.0", onset=BEFORE, status="active"), "judgement"),
            (
                "unstable angina that ended last week",
                event("I20.0", onset="2019", abatementDateTime=ago(7)),
                "judgement",
            ),
            ("unstable angina, resolved on an unknown day", event("I20.0", onset=BEFORE), "judgement"),
        )
    ),
    *(
        row(name, resource, *COVERED, comes=review("judgement", "no-data", "unspecific"))
        for name, resource in {
            "ventricular tachycardia in January that ended last week": tachycardia(abatementDateTime=ago(7)),
            "in remission since last week": tachycardia(status="remission", abatementDateTime=ago(7)),
            "ended on the first day that counts": tachycardia(abatementDateTime=EDGE),
            "resolved on an unknown day": tachycardia(),
            "in remission since an unknown day": tachycardia(status="remission"),
        }.items()
    ),
    row("nothing of the list, nobody has said what else", HYPERTENSION, COVERED[1], comes=review("judgement")),
    row("nothing of the list, and nothing else", *COVERED, comes=PASSES),
    row("something else", attestation("NCT07120607#X03.a14", True), comes=FAILS),
    row("procedures were not retrieved", HYPERTENSION, NOTHING_ELSE, covers=UNVOUCHED, comes=review("not-retrieved")),
]


@pytest.mark.parametrize(("given", "expected"), EVENTS)
def test_events(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)


def test_lacunar_infarction_is_left_out_of_the_events(screen: Screen) -> None:
    answer = screen(Given((event("I63.81"), *COVERED)))
    assert answer.atom("X03", "a11") == (False, ())
    assert answer.atom("X03", "a2") == (None, ("judgement",))
    assert screen(Given((event("I63.9"), *COVERED))).atom("X03", "a11") == (True, ())


AMIODARONE = medication("C01BD01", began=ago(50), ended=ago(20))
RHYTHMS = {
    "rapid atrial fibrillation": ("314208002", SNOMED, "a5"),
    "complete block": ("I44.2", ICD_10_CM, "a6"),
    "ventricular tachycardia": ("I47.20", ICD_10_CM, "a7"),
    "ventricular fibrillation": ("I49.01", ICD_10_CM, "a8"),
    "torsades de pointes": ("I47.21", ICD_10_CM, "a9"),
}


@pytest.mark.parametrize(("code", "system", "atom"), [pytest.param(*each, id=name) for name, each in RHYTHMS.items()])
def test_named_rhythms(check: Check, code: str, system: str, atom: str) -> None:
    medicated = check("X03", Given((event(code, system), AMIODARONE, *COVERED)), FAILS)
    assert medicated.atom("X03", atom) == (True, ())
    named = {"a5", "a6", "a7", "a8", "a9"}
    assert [name for name in sorted(named) if medicated.atom("X03", name)[0]] == [atom]
    check("X03", Given((event(code, system, onset=EDGE), AMIODARONE, *COVERED)), FAILS)
    over = event(code, system, onset=BEFORE, abatementDateTime=BEFORE)
    check("X03", Given((over, AMIODARONE, *COVERED)), PASSES)
    check("X03", Given((event(code, system), *COVERED)), review("no-data", "unspecific"))


MEDICATED = [
    row("stopped more than six months ago", event("I47.20"), medication("C01BD01", began=ago(400), ended=BEFORE),
        *COVERED, comes=review("no-data", "unspecific")),
    row("begun long ago and still taken", event("I47.20"), medication("C01BD01", began=ago(400)), *COVERED,
        comes=FAILS),
    row("a beta blocker", event("I47.20"), medication("C07AB02", began=ago(50), ended=ago(20)), *COVERED,
        comes=review("no-data", "unspecific")),
    row("digoxin", event("I47.20"), medication("C01AA05", began=ago(50), ended=ago(20)), *COVERED,
        comes=review("no-data", "unspecific")),
    row("another drug", event("I47.20"), medication("C10AA01", began=ago(50)), *COVERED,
        comes=review("no-data", "unspecific")),
    row("a drug by its RxNorm code", event("I47.20"), medication("703", RXNORM, began=ago(50)), *COVERED,
        comes=review("no-data", "unspecific", "unusable-data")),
    row("attested", event("I47.20"), attestation("NCT07120607#X03.a15", True), *COVERED, comes=FAILS),
    row("atrial fibrillation, not said to be rapid", event("I48.91"), AMIODARONE, *COVERED, comes=review("unspecific")),
    row("cardiac arrest, its rhythm not said", event("I46.9"), AMIODARONE, *COVERED, comes=review("unspecific")),
    row("second-degree block", event("I44.1"), AMIODARONE, *COVERED, comes=review("unspecific")),
    row("complete block for years, still active", event("I44.2", onset="2019", status="active"), AMIODARONE, *COVERED,
        comes=review("judgement", "unspecific")),
    row("amiodarone without an arrhythmia", AMIODARONE, *COVERED, comes=PASSES),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), MEDICATED)
def test_medication_against_arrhythmia(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)


PICC, PORT = procedure("425196008", on=ago(70)), procedure("80402001", on="2024-01-01")
LINE = procedure("392231009", on=ago(70)) | {"code": coded(SNOMED, "392231009", "Insertion of central venous catheter")}
OPS = "http://fhir.de/CodeSystem/bfarm/ops"


def device(name: str, code: str = "303728004", **more: Any) -> Resource:
    """Something put in, on no known day."""
    return {"resourceType": "Device", "status": "active", "type": coded(SNOMED, code, name)} | more


PICC_DEVICE = device("Peripherally inserted central catheter")
GERMAN_PORT = procedure("x", on=ago(70)) | {"code": {"text": "Portimplantation rechts"}}
CATHETER = [
    row("leg vein thrombosis and a line by its ICD-10-PCS code", event("I82.401"), procedure("02HV33Z", ICD_10_PCS,
        on=ago(70)), *COVERED, comes=review("judgement")),
    row("leg vein thrombosis and a line in words", event("I82.401"), LINE, *COVERED,
        comes=review("no-data", "unusable-data")),
    row("leg vein thrombosis and thrombosis of a device", event("I82.401"), event("T82.868A"), *COVERED,
        comes=review("unspecific")),
    row("arm vein thrombosis, the vein unstated", event("I82.602"), *COVERED, comes=review("judgement")),
    row("superficial arm vein thrombosis", event("I82.611"), *COVERED, comes=review("judgement")),
    *[
        row(f"leg vein thrombosis and a PICC, a Device{what}", event("I82.401"), one, *COVERED, comes=review(*reasons))
        for what, one, reasons in (
            ("", PICC_DEVICE, ["unspecific"]),
            (", taken out", PICC_DEVICE | {"status": "inactive"}, ["unspecific"]),
            (", without a status", PICC_DEVICE | {"status": None}, ["unconfirmed", "unspecific"]),
        )
    ],
    *rows(
        FAILS,
        {
            "leg vein thrombosis and another Device": (event("I82.401"), device("Nebulizer", "170615005"), *COVERED),
            "leg vein thrombosis and a PICC entered in error": (
                event("I82.401"),
                PICC_DEVICE | {"status": "entered-in-error"},
                *COVERED,
            ),
        },
    ),
    row("a PICC as a Device and nothing else", PICC_DEVICE, *COVERED, comes=PASSES),
    row(
        "a stent as a Device: nobody knows since when",
        device("Coronary artery stent", "705643001"),
        *COVERED,
        comes=PASSES,
    ),
    row("leg vein thrombosis and a PICC", event("I82.401"), PICC, *COVERED, comes=review("judgement")),
    row("leg vein thrombosis and a port", event("I82.401"), PORT, *COVERED, comes=review("judgement")),
    row("leg vein thrombosis and care of a line", event("I82.401"), condition("Z45.2"), *COVERED,
        comes=review("judgement")),
    row("leg vein thrombosis and care of a line, WHO", event("I82.401"), condition("Z45.2", ICD_10), *COVERED,
        comes=review("judgement")),
    row("leg vein thrombosis and care of a line, German", event("I82.401"), condition("Z45.2", GERMAN_ICD_10), *COVERED,
        comes=review("unspecific")),
    row("leg vein thrombosis and a port by its German code", event("I82.401"), procedure("5-399.5", OPS, on=ago(70)),
        *COVERED, comes=review("judgement")),
    row("leg vein thrombosis and a line by a German code", event("I82.401"), procedure("8-831.00", OPS, on=ago(70)),
        *COVERED, comes=review("unspecific")),
    row("leg vein thrombosis and a port in German words", event("I82.401"), GERMAN_PORT, *COVERED,
        comes=review("no-data", "unusable-data")),
    row("leg vein thrombosis, perhaps a line", event("I82.401"), condition("Z95.828"), *COVERED,
        comes=review("unspecific")),
    row("arm vein thrombosis", event("I82.621"), *COVERED, comes=review("judgement", "unspecific")),
    row("axillary vein thrombosis", event("I82.A11"), *COVERED, comes=review("judgement", "unspecific")),
    row("jugular vein thrombosis", event("I82.C11"), *COVERED, comes=review("judgement", "unspecific")),
    row("vena cava", event("I82.210"), *COVERED, comes=review("judgement", "unspecific")),
    *rows(
        review("judgement", "unspecific"),
        {
            words: (event("I80.2", ICD_10, text=words), *COVERED)
            for words in (
                "Katheterassoziierte tiefe Venenthrombose",
                "Thrombose veineuse profonde sur cathéter",
                "Trombosis venosa profunda por catéter",
                "Tiefe Venenthrombose der Vena subclavia",
                "Thrombose veineuse profonde du membre supérieur",
            )
        },
    ),
    row("leg vein thrombosis in German", event("I80.2", ICD_10, text="Tiefe Beinvenenthrombose"), *COVERED,
        comes=FAILS),
    row("thrombosis of a vascular device", event("T82.868A"), *COVERED, comes=review("unspecific")),
    row("thrombosis of a device years ago", event("T82.868A", onset="2019"), *COVERED, comes=PASSES),
    row("a line and nothing else", PICC, *COVERED, comes=PASSES),
    row("embolism and a line", event("I26.99"), PICC, *COVERED, comes=FAILS),
    row("portal vein thrombosis and a line", event("I81"), PICC, *COVERED, comes=FAILS),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), CATHETER)
def test_thrombosis_by_a_catheter(check: Check, given: Given, expected: Expected) -> None:
    check("X03", given, expected)
