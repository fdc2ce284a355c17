"""3. A remission or relapse by the clinical status of any disease that can be meant; refractory by its codes.

Each disease by each of its code systems, beside the T-ALL or AML that the sentence is about.
"""

from __future__ import annotations

import pytest
from bundles import GERMAN_ICD_10, ICD_O_3, SNOMED, Check, Given, Resource, Screen, ago, condition, observation, review
from results import remission

T_ALL = condition("277575008", SNOMED, onset="2023-01-10")
AML = condition("C92.00", onset="2023-01-10", recorded="2023-01-10")
BLASTS = observation("11150-0", on=ago(20), valueQuantity={"value": 80, "code": "%", "unit": "%"})
MENINGES = condition("722795004", SNOMED, onset=ago(30))
CELLS = observation("26446-5", on=ago(20), valueQuantity={"value": 80, "code": "%", "unit": "%"})

DISEASES = {
    "mixed phenotype": ("1187123005", SNOMED),
    "mixed phenotype, by its morphology": ("9809/3", ICD_O_3),
    "T-lymphoblastic lymphoma": ("421246008", SNOMED),
    "T-lymphoblastic lymphoma, by its morphology": ("9729/3", ICD_O_3),
}


@pytest.fixture(params=DISEASES.values(), ids=list(DISEASES))
def disease(request: pytest.FixtureRequest) -> tuple[str, str]:
    found: tuple[str, str] = request.param
    return found


@pytest.mark.parametrize("status", ["remission", "relapse", "recurrence"])
def test_a_remission_was_reached(screen: Screen, disease: tuple[str, str], status: str) -> None:
    assert screen(Given((T_ALL,))).atom("I03", "a1") == (None, ("no-data",))
    assert screen(Given((T_ALL, condition(*disease, status=status)))).atom("I03", "a1") == (True, ())


@pytest.mark.parametrize(
    ("atom", "relapse"),
    [
        pytest.param("a3", (T_ALL, remission(), BLASTS), id="blasts"),
        pytest.param("a4", (T_ALL, remission(), MENINGES), id="a lesion"),
        pytest.param("a6", (AML, remission(), CELLS), id="leukemic cells"),
    ],
)
def test_a_disease_in_remission_now_asks_a_person(
    screen: Screen, disease: tuple[str, str], atom: str, relapse: tuple[Resource, ...]
) -> None:
    in_remission = condition(*disease, status="remission")
    assert screen(Given((*relapse, in_remission))).atom("I03", atom) == (None, ("judgement",))


@pytest.mark.parametrize(
    "refractory", [condition("12311000132101", SNOMED), condition("C95.8!", GERMAN_ICD_10, onset=ago(60))]
)
def test_a_code_for_refractory_disease_asks_a_person(check: Check, screen: Screen, refractory: Resource) -> None:
    """Whether a remission was ever reached, the code does not say."""
    assert screen(Given((T_ALL, refractory))).atom("I03", "a5") == (None, ("judgement", "no-data"))
    check("I03", Given((T_ALL, refractory)), review("judgement", "no-data"))


ACTIVE_AML = condition("C92.00", onset=ago(50), recorded=ago(50))
IN_REMISSION = condition("C91.01", status="resolved", onset="2010-06-01", recorded="2010-06-01")
LYMPHOID = {
    "T-ALL": condition("277575008", SNOMED, status="resolved", onset="2010-01-10", recorded="2010-01-12"),
    "B-ALL": condition("277571004", SNOMED, status="resolved", onset="2010-01-10", recorded="2010-01-12"),
    "ALL of no named lineage": condition("C91.00", status="resolved", onset="2010-01-10", recorded="2010-01-12"),
    "nothing but its remission": IN_REMISSION,
}


@pytest.mark.parametrize("lymphoid", LYMPHOID.values(), ids=list(LYMPHOID))
@pytest.mark.parametrize("reached", [IN_REMISSION, remission("2010-06-01")])
def test_a_remission_of_an_earlier_lymphoid_leukemia_is_not_of_the_aml(
    screen: Screen, lymphoid: Resource, reached: Resource
) -> None:
    answer = screen(Given((lymphoid, reached, ACTIVE_AML, BLASTS)))
    assert answer.atom("I03", "a10") == (None, ("judgement",))
    assert answer.atom("I03", "a11") == (None, ("judgement",))
    assert answer.criterion("I03").holds is None


def test_a_remission_of_the_aml_alone_is_its_own(screen: Screen) -> None:
    assert screen(Given((ACTIVE_AML, remission(ago(40)), BLASTS))).atom("I03", "a10") == (True, ())
