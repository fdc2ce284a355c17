"""How sure an ICD-10-GM code is: German records say it in an extension of the coding, not in the statuses."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.rules.vocabulary import Certainty, State

Json = dict[str, Any]

GM = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
URL = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"
KBV = "https://fhir.kbv.de/CodeSystem/KBV_CS_SFHIR_ICD_DIAGNOSESICHERHEIT"
OLDER = "urn:oid:2.16.840.1.113883.3.7.1.8"
STATUSES = {"clinicalStatus", "verificationStatus"}


def verified(word: str) -> Json:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": word}]}


def clinical(word: str) -> Json:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": word}]}


def sure(code: Any, system: str | None = KBV, url: str = URL) -> Json:
    return {"url": url, "valueCoding": {"code": code} | ({"system": system} if system else {})}


def embolism(*extensions: Any, **more: Any) -> Json:
    """A Condition of I26.9 without statuses."""
    coding = {"system": GM, "code": "I26.9", "extension": list(extensions)}
    return {"resourceType": "Condition", "id": "c1", "code": {"coding": [coding]}, "recordedDate": "2026-10-02", **more}


@pytest.mark.parametrize(
    ("extension", "certainty", "state"),
    [
        (sure("G"), Certainty.FIRM, State.UNSTATED),
        (sure("V"), Certainty.WEAK, State.UNSTATED),
        (sure("Z"), Certainty.FIRM, State.RESOLVED),
        (sure("Z", OLDER), Certainty.FIRM, State.RESOLVED),
        (sure("V", OLDER.removeprefix("urn:oid:")), Certainty.WEAK, State.UNSTATED),
        (sure("V", "urn:oid:1.2.276.0.76.3.1.1.5.1.21"), Certainty.WEAK, State.UNSTATED),
        (sure("Z", None), Certainty.FIRM, State.RESOLVED),
        ({"url": URL, "valueCode": "Z"}, Certainty.FIRM, State.RESOLVED),
        ({"url": URL, "valueCode": " g "}, Certainty.FIRM, State.UNSTATED),
        # what nobody understands is a doubt
        (sure("X"), Certainty.WEAK, State.UNSTATED),
        (sure("A", "urn:oid:1.2.3.4"), Certainty.WEAK, State.UNSTATED),
        (sure("G", "urn:oid:1.2.3.4"), Certainty.WEAK, State.UNSTATED),
        (sure(None), Certainty.WEAK, State.UNSTATED),
        (sure(7), Certainty.WEAK, State.UNSTATED),
        ({"url": URL}, Certainty.WEAK, State.UNSTATED),
        ({"url": URL, "valueCoding": "A"}, Certainty.WEAK, State.UNSTATED),
        # beside it stands what changes nothing
        (sure("R", KBV.replace("DIAGNOSESICHERHEIT", "SEITENLOKALISATION"),
              "http://fhir.de/StructureDefinition/seitenlokalisation"), Certainty.FIRM, State.UNSTATED),
        (sure("*", "http://fhir.de/CodeSystem/icd-10-gm-mehrfachcodierungs-kennzeichen",
              "http://fhir.de/StructureDefinition/icd-10-gm-mehrfachcodierungs-kennzeichen"),
         Certainty.FIRM, State.UNSTATED),
        ({"url": 7}, Certainty.FIRM, State.UNSTATED),
        (7, Certainty.FIRM, State.UNSTATED),
    ],
)  # fmt: skip
def test_what_it_makes_of_a_diagnosis(fact_of: Any, extension: Any, certainty: Certainty, state: State) -> None:
    fact = fact_of("vasc.pe", embolism(extension))
    assert (fact.certainty, fact.state) == (certainty, state)


@pytest.mark.parametrize(
    ("code", "statuses", "certainty", "state"),
    [
        ("Z", {"clinicalStatus": clinical("resolved")}, Certainty.FIRM, State.RESOLVED),
        ("Z", {"clinicalStatus": clinical("inactive")}, Certainty.FIRM, State.RESOLVED),
        ("Z", {"clinicalStatus": clinical("remission")}, Certainty.FIRM, State.REMISSION),
        ("Z", {"clinicalStatus": clinical("active")}, Certainty.WEAK, State.ACTIVE),
        ("Z", {"clinicalStatus": clinical("relapse")}, Certainty.WEAK, State.RELAPSE),
        ("Z", {"verificationStatus": verified("provisional")}, Certainty.WEAK, State.RESOLVED),
        ("V", {"verificationStatus": verified("confirmed")}, Certainty.WEAK, State.UNSTATED),
        ("V", {"clinicalStatus": clinical("active")}, Certainty.WEAK, State.ACTIVE),
        ("G", {"verificationStatus": verified("provisional")}, Certainty.WEAK, State.UNSTATED),
        ("G", {"clinicalStatus": clinical("active")}, Certainty.FIRM, State.ACTIVE),
        ("A", {"verificationStatus": verified("confirmed")}, Certainty.WEAK, State.UNSTATED),
        ("A", {"verificationStatus": verified("provisional")}, Certainty.WEAK, State.UNSTATED),
    ],
)
def test_beside_statuses(fact_of: Any, code: str, statuses: Json, certainty: Certainty, state: State) -> None:
    fact = fact_of("vasc.pe", embolism(sure(code), **statuses))
    assert (fact.certainty, fact.state) == (certainty, state)


@pytest.mark.parametrize("system", [KBV, OLDER, None])
@pytest.mark.parametrize(
    "statuses", [{}, {"clinicalStatus": clinical("active")}, {"verificationStatus": verified("refuted")}]
)
def test_excluded_is_refuted(chart_of: Any, system: str | None, statuses: Json) -> None:
    chart = chart_of(embolism(sure("A", system), **statuses))
    assert chart.facts == ()
    assert [dismissed.says for dismissed in chart.dismissed] == ["I26.9 (refuted), recorded 2026-10-02"]


def test_excluded_speaks_against_others_of_its_code(chart_of: Any) -> None:
    """As anything refuted does, where a code is sure of what it means: WHO's, here."""
    excluded, other = embolism(sure("A")), {**embolism(), "id": "c2"}
    for resource in (excluded, other):
        resource["code"]["coding"][0]["system"] = "http://hl7.org/fhir/sid/icd-10"
    (contradiction,) = chart_of(excluded, other).contradictions
    assert (contradiction.refuted, contradiction.of) == (True, frozenset({"Condition/c2"}))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("G", "G", (Certainty.FIRM, State.UNSTATED)),
        ("Z", "Z", (Certainty.FIRM, State.RESOLVED)),
        ("Z", None, (Certainty.FIRM, State.RESOLVED)),
        (None, "V", (Certainty.WEAK, State.UNSTATED)),
        ("G", "Z", (Certainty.WEAK, State.UNSTATED)),
        ("A", "G", (Certainty.WEAK, State.UNSTATED)),
    ],
)
def test_of_several_codings(
    fact_of: Any, first: str | None, second: str | None, expected: tuple[Certainty, State]
) -> None:
    """Of dagger and asterisk each may have its own; what has none is meant by the other's."""
    codings = [
        {"system": GM, "code": code, "extension": [sure(said)] if said else []}
        for code, said in (("I26.9", first), ("I26.0", second))
    ]
    fact = fact_of("vasc.pe", {**embolism(), "code": {"coding": codings}})
    assert (fact.certainty, fact.state) == expected


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("V", " (Diagnosesicherheit V), "),
        ("Z", " (Diagnosesicherheit Z), "),
        ("X", " (Diagnosesicherheit X), "),
        ("G", "Pulmonary embolism, "),
    ],
)
def test_a_person_sees_it(fact_of: Any, code: str, told: str) -> None:
    assert told in fact_of("vasc.pe", embolism(sure(code))).says


def test_excluded_by_a_code_that_nobody_understands(chart_of: Any) -> None:
    """Whatever it may mean, it was not found."""
    resource = embolism()
    resource["code"]["coding"] = [{"system": GM, "extension": [sure("A")], "display": "Лейкоз"}]
    assert chart_of(resource).unreadable == ()
