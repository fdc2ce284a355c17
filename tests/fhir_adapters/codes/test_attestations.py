"""Attestations: what they must hold, and what becomes of those that lack it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from trialsieve.rules.rule_book import RuleBook

SYSTEM = "urn:trialsieve:criterion"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def attestation(target: str = "NCT04762485#X09", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": SYSTEM, "code": target}]},
        "valueBoolean": False,
        "effectiveDateTime": "2026-10-02T10:00:00Z",
        "performer": [{"reference": "Practitioner/ada", "display": "Dr Ada"}],
        **more,
    }


def test_an_answer_to_a_criterion(chart_of: Any) -> None:
    (found,) = chart_of(attestation()).attestations
    assert (found.target, found.answer, found.by) == ("NCT04762485#X09", False, "Dr Ada")
    assert (found.when.first, found.until) == (date(2026, 10, 2), None)
    assert found.reference == "Observation/o1"
    assert chart_of.problems == []


def test_answers_are_in_one_order_whatever_that_of_the_entries(chart_of: Any) -> None:
    older, newer, other = attestation(), attestation(id="o2", effectiveDateTime="2026-10-03"), attestation(id="o3")
    for given in permutations((older, newer, other)):
        assert [found.reference[-2:] for found in chart_of(*given).attestations] == ["o1", "o3", "o2"]


def test_answers_of_one_instant_by_versions_of_one_resource_are_so_too(chart_of: Any) -> None:
    versions = [attestation(performer=[{"reference": f"Practitioner/{name}"}]) for name in "abc"]
    for given in permutations([*versions, attestation("NCT04762485#X08", performer=versions[0]["performer"])]):
        told = [(found.by[-1], found.target[-3:]) for found in chart_of(*given).attestations]
        assert told == [("a", "X08"), ("a", "X09"), ("b", "X09"), ("c", "X09")]


def test_an_answer_to_an_atom_that_lapses(chart_of: Any) -> None:
    period = {"start": "2026-10-02", "end": "2026-12-01"}
    resource = attestation("NCT04762485#I01.a2", valueBoolean=True, status="amended", effectivePeriod=period)
    del resource["effectiveDateTime"]
    (found,) = chart_of(resource).attestations
    assert (found.target, found.answer) == ("NCT04762485#I01.a2", True)
    assert found.until.last == date(2026, 12, 1)


@pytest.mark.parametrize(
    "performer",
    [
        [{"reference": "PractitionerRole/r1"}],
        [{"reference": "https://example.org/fhir/Practitioner/p"}],
        [{"type": "Practitioner", "display": "Dr Ada"}],
        [{"reference": "Organization/o"}, {"reference": "Practitioner/p"}],
    ],
)
def test_who_may_answer(chart_of: Any, performer: Any) -> None:
    assert len(chart_of(attestation(performer=performer)).attestations) == 1


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"status": "preliminary"}, "status"),
        ({"status": None}, "status"),
        ({"status": "corrected"}, "status"),
        ({"valueBoolean": None}, "valueBoolean"),
        ({"valueBoolean": "true"}, "valueBoolean"),
        ({"performer": None}, "performer"),
        ({"performer": [{"reference": "Patient/p1"}]}, "performer"),
        ({"performer": [{"display": "Dr Ada"}]}, "performer"),
        ({"performer": "Practitioner/ada"}, "performer"),
        ({"effectiveDateTime": None}, "effective"),
        ({"effectiveDateTime": "soon"}, "effective"),
        ({"effectiveDateTime": None, "effectivePeriod": {"end": "2026-12-01"}}, "effective"),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": "2026-10-02", "end": "x"}}, "effective"),
        ({"modifierExtension": [{"url": "urn:not"}]}, "modifier extension"),
    ],
)
def test_one_that_lacks_anything_is_reported_and_not_used(chart_of: Any, more: Any, word: str) -> None:
    chart = chart_of(attestation(**more))
    assert chart.attestations == ()
    assert chart.facts == ()
    assert chart.unreadable == ()
    (problem,) = chart_of.problems
    assert problem.reference == "Observation/o1"
    assert word in problem.reason


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
@pytest.mark.parametrize("beside", [(), (attestation(id="o2"),)], ids=["alone", "beside another"])
def test_one_that_was_taken_back_does_not_count_and_is_a_note_not_a_fault_of_the_input(
    chart_of: Any, status: str, beside: tuple[dict[str, Any], ...]
) -> None:
    chart = chart_of(attestation(status=status, effectiveDateTime="2026-10-03"), *beside)
    assert [found.reference for found in chart.attestations] == [f"Observation/{other['id']}" for other in beside]
    assert (chart.facts, chart.unreadable) == ((), ())
    (note,) = chart_of.problems
    assert note.notice
    assert str(note).endswith(
        f"Observation/o1: note: an answer that was taken back (status {status}); it does not count"
    )


@pytest.mark.parametrize(
    "more",
    [
        {"valueBoolean": None, "performer": None, "effectiveDateTime": "soon"},
        {"valueString": "withdrawn"},
        {"code": {"coding": [{"system": SYSTEM, "code": "NCT00000000#X09"}]}},
        {"code": {"coding": [{"system": "trialsieve:criterion", "code": "NCT04762485#X09"}]}},
    ],
)
def test_what_else_one_lacks_that_was_taken_back_is_no_matter(chart_of: Any, more: dict[str, Any]) -> None:
    assert chart_of(attestation(status="entered-in-error", **more)).attestations == ()
    assert [problem.notice for problem in chart_of.problems] == [True]


def test_one_is_not_known_to_be_taken_back_where_a_modifier_may_say_otherwise(chart_of: Any) -> None:
    chart_of(attestation(status="entered-in-error", modifierExtension=[{"url": "urn:not"}]))
    assert [problem.notice for problem in chart_of.problems] == [False]


@pytest.mark.parametrize(
    "beside",
    [
        {"valueString": "??"},
        {"valueString": ""},
        {"valueCodeableConcept": 5},
        {"valueCodeableConcept": {"text": "no"}},
        {"valueQuantity": []},
        {"valueInteger": 0},
        {"valueInteger64": "0"},  # R5 knows none of Observations
        {"_valueString": {"extension": [{"url": "urn:x", "valueCode": "unknown"}]}},
        {"dataAbsentReason": {"text": "unknown"}},
        {"_valueBoolean": {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}},
        {"_valueBoolean": "unknown"},
        {"effectivePeriod": {"start": "2026-10-02", "end": "2026-10-03"}},
        {"effectiveInstant": 5},
    ],
    ids=str,
)
def test_one_with_a_second_value_or_date_even_an_unreadable_one_is_reported_and_not_used(
    chart_of: Any, beside: dict[str, Any]
) -> None:
    chart = chart_of(attestation(**beside))
    assert (chart.attestations, chart.facts, chart.unreadable) == ((), (), ())
    (problem,) = chart_of.problems
    assert problem.reference == "Observation/o1"
    assert not problem.notice
    (name,) = beside
    assert name.removeprefix("_") in problem.reason


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            {"valueBoolean": "false"},
            "the attestation's valueBoolean is text, not true or false, without quotation marks",
        ),
        (
            {"effectivePeriod": {"start": "2026-10-02"}},
            "effectiveDateTime and effectivePeriod stand side by side, and only one of them may",
        ),
    ],
)
def test_what_is_wrong_is_told_in_words(chart_of: Any, wrong: dict[str, Any], told: str) -> None:
    chart_of(attestation(**wrong))
    assert [problem.reason for problem in chart_of.problems] == [told]


@pytest.mark.parametrize(
    "beside",
    [
        {"valueString": None},
        {"_valueBoolean": None},
        {"_valueBoolean": {"id": "v1"}},
        {"_valueBoolean": {"extension": [{"url": "urn:x:entered-by", "valueString": "ada"}]}},
        {"effectivePeriod": None},
    ],
    ids=str,
)
def test_what_stands_beside_an_answer_and_says_nothing_of_it_changes_nothing(
    chart_of: Any, beside: dict[str, Any]
) -> None:
    (found,) = chart_of(attestation(**beside)).attestations
    assert found.answer is False
    assert chart_of.problems == []


@pytest.mark.parametrize(
    "system",
    ["trialsieve:criterion", "URN:trialsieve:criterion", "urn:trialsieve:criteria", "https://trialsieve.org/criterion"],
)
def test_a_code_system_that_is_ours_in_all_but_its_spelling_is_reported(chart_of: Any, system: str) -> None:
    chart = chart_of(attestation(code={"coding": [{"system": system, "code": "NCT04762485#X09"}]}))
    assert (chart.attestations, chart.facts, chart.unreadable) == ((), (), ())
    (problem,) = chart_of.problems
    assert problem.reference == "Observation/o1"
    assert problem.reason == f"the system of the attestation's code is '{system}'; write urn:trialsieve:criterion"


def test_what_such_a_code_says_in_words_bears_on_the_answer_as_before(chart_of: Any) -> None:
    code = {"coding": [{"system": "trialsieve:criterion", "code": "NCT04762485#I01.a2"}], "text": "CD7"}
    (unreadable,) = chart_of(attestation(code=code)).unreadable
    assert unreadable.reference == "Observation/o1"


def test_another_system_beside_ours_changes_nothing(chart_of: Any) -> None:
    other = {"system": "https://trialsieve.org/other", "code": "x"}
    code = {"coding": [other, {"system": SYSTEM, "code": "NCT04762485#X09"}]}
    assert len(chart_of(attestation(code=code)).attestations) == 1
    assert chart_of.problems == []


@pytest.mark.parametrize("system", ["https://lab.example.org/trialsieve", SYSTEM])
def test_a_component_of_a_system_like_ours_takes_no_result_of_the_panel_away(chart_of: Any, system: str) -> None:
    alt = {"code": {"coding": [{"system": "http://loinc.org", "code": "1742-6"}]}, "valueQuantity": {"value": 300}}
    ours = {"code": {"coding": [{"system": system, "code": "x"}]}, "valueBoolean": True}
    panel = {"coding": [{"system": "http://loinc.org", "code": "24325-3"}]}
    (fact,) = chart_of(attestation(code=panel, component=[alt, ours])).facts
    assert fact.concept == "lab.alt"
    assert chart_of.problems == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("nct04762485#X09", "NCT04762485#X09"),
        ("Nct04762485#x09", "NCT04762485#X09"),
        ("senl-t7#I01", "SENL-T7#I01"),
        ("NCT04762485#i01.A2", "NCT04762485#I01.a2"),
    ],
)
def test_ids_count_in_any_case_and_are_taken_as_the_rules_write_them(chart_of: Any, written: str, meant: str) -> None:
    chart = chart_of(attestation(written))
    assert [answer.target for answer in chart.attestations] == [meant]
    assert chart_of.problems == []


def test_of_ids_that_differ_in_case_alone_each_is_taken_to_the_letter(book: RuleBook, chart_of: Any) -> None:
    first = book.trials["NCT04762485"]
    both = replace(book, trials={**book.trials, "nct04762485": replace(first, id="nct04762485")})
    (found,) = chart_of(attestation("nct04762485#X09"), book=both).attestations
    assert found.target == "nct04762485#X09"
    assert chart_of(attestation("Nct04762485#X09"), book=both).attestations == ()
    (problem,) = chart_of.problems
    assert problem.reason == "the attestation answers Nct04762485#X09, and no trial Nct04762485 is loaded"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("nct00000000#X09", "no trial nct00000000 is loaded"),
        ("nct04762485#X99", "NCT04762485 has no criterion X99"),
        ("NCT04762485#i01.zz", "criterion I01 has no atom zz"),
    ],
)
def test_an_id_that_is_not_there_in_any_case_is_named(chart_of: Any, target: str, says: str) -> None:
    assert chart_of(attestation(target)).attestations == ()
    (problem,) = chart_of.problems
    assert problem.reason == f"the attestation answers {target}, and {says}"


@pytest.mark.parametrize(
    "target", ["NCT04762485", "NCT04762485#Q99", "NCT00000000#X09", "NCT04762485#I01.zz", "", "NCT04762485#I01.a1.b"]
)
def test_an_answer_to_nothing_that_is_asked_is_reported(chart_of: Any, target: str) -> None:
    assert chart_of(attestation(target)).attestations == ()
    assert len(chart_of.problems) == 1
