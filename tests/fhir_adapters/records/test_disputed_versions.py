"""One id that stands twice, once entered in error, and neither is known to be newer: a doubt, and no absence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ways_in import SUBJECT, Json, Way, in_a_bundle, in_an_export, write_bundle

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder, build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.duplicates import DISPUTED
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Effect, Reason

PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1996-03-01"}
NOT_DETECTED = {"coding": [{"system": "http://snomed.info/sct", "code": "260415000"}]}
HBV_DNA: Json = {
    "resourceType": "Observation",
    "id": "dna",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "42595-9"}]},
    "effectiveDateTime": "2026-11-15",
    "valueCodeableConcept": NOT_DETECTED,
    **SUBJECT,
}
INFARCTION: Json = {
    "resourceType": "Condition",
    "id": "mi",
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I21.4", "display": "NSTEMI"}]},
    "onsetDateTime": "2026-09-01",
    **SUBJECT,
}
DIAGNOSED = INFARCTION | {"id": "all", "code": {"coding": [{"system": "urn:x", "code": "7", "display": "Asthma"}]}}
IN_ERROR = {"coding": [{"code": "entered-in-error"}]}
PAIRS = {
    "a result": (HBV_DNA, HBV_DNA | {"status": "entered-in-error"}, "lab.hbv_dna"),
    "a diagnosis": (INFARCTION, INFARCTION | {"verificationStatus": IN_ERROR}, "cardiac.mi"),
}


def in_two_bundles(folder: Path, resources: list[Json]) -> Path:
    known = {**PATIENT, "identifier": [{"system": "urn:x", "value": "1"}]}
    for number, version in enumerate(resources[1:]):
        write_bundle(folder / f"{number}.json", [known, version])
    return folder


WAYS: list[Way] = [in_a_bundle, in_an_export, in_two_bundles]


def read(path: Path, book: RuleBook) -> tuple[Chart, list[InputProblem]]:
    problems: list[InputProblem] = []
    (record,) = read_records([str(path)], problems)
    return build_chart(record, book, problems, as_of=date(2026, 11, 21)), problems


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("withdrawn_first", [True, False])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_it_is_a_doubt(tmp_path: Path, book: RuleBook, way: Way, withdrawn_first: bool, pair: str) -> None:
    stands, withdrawn, concept = PAIRS[pair]
    versions = [withdrawn, stands] if withdrawn_first else [stands, withdrawn]
    chart, problems = read(way(tmp_path, [PATIENT, *versions]), book)
    reference = f"{stands['resourceType']}/{stands['id']}"
    assert {(fact.reference, fact.certainty) for fact in chart.facts} == {(reference, Certainty.WEAK)}
    assert concept in {fact.concept for fact in chart.facts}
    assert all(fact.says.endswith(" (another version of it is entered in error)") for fact in chart.facts)
    assert (chart.covered, chart.unreadable, chart.contradictions) == (frozenset(), (), ())
    assert [(problem.reference, problem.reason) for problem in problems] == [(reference, DISPUTED)]


@pytest.mark.parametrize(("of_withdrawn", "facts"), [("1", 1), ("3", 0)])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_newer_counts_where_it_is_known(
    tmp_path: Path, book: RuleBook, way: Way, of_withdrawn: str, facts: int
) -> None:
    stands, withdrawn, concept = PAIRS["a diagnosis"]
    stands, withdrawn = stands | {"meta": {"versionId": "2"}}, withdrawn | {"meta": {"versionId": of_withdrawn}}
    chart, problems = read(way(tmp_path, [PATIENT, stands, withdrawn]), book)
    assert [fact.concept for fact in chart.facts].count(concept) == facts
    assert (chart.unreadable, problems) == ((), [])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_was_corrected_after_the_as_of_date_counts_as_corrected(tmp_path: Path, book: RuleBook, way: Way) -> None:
    stands, withdrawn, _ = PAIRS["a diagnosis"]
    stands = stands | {"meta": {"lastUpdated": "2026-11-20T08:00:00Z"}}
    withdrawn = withdrawn | {"meta": {"lastUpdated": "2026-11-22T08:00:00Z"}}
    chart, problems = read(way(tmp_path, [PATIENT, stands, withdrawn]), book)
    assert (chart.facts, chart.unreadable, problems) == ((), (), [])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_two_versions_that_were_both_entered_in_error_are_no_data(tmp_path: Path, book: RuleBook, way: Way) -> None:
    _, withdrawn, _ = PAIRS["a diagnosis"]
    chart, problems = read(way(tmp_path, [PATIENT, withdrawn, withdrawn | {"onsetDateTime": "2026-08-01"}]), book)
    assert (chart.facts, chart.unreadable, problems) == ((), (), [])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_two_that_differ_otherwise_both_count(tmp_path: Path, book: RuleBook, way: Way) -> None:
    stands, _, concept = PAIRS["a diagnosis"]
    chart, problems = read(
        way(tmp_path, [PATIENT, stands, stands | {"verificationStatus": {"coding": [{"code": "refuted"}]}}]), book
    )
    assert [fact.concept for fact in chart.facts].count(concept) == 1
    assert [(one.reference, set(one.of)) for one in chart.contradictions] == [("Condition/mi", {"Condition/mi"})]
    assert (chart.unreadable, problems) == ((), [])


REFUTED: Json = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
ABATED: Json = {"abatementDateTime": "2026-10-01"}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(
    ("one", "other", "effect", "reasons"),
    [
        ({}, {"onsetDateTime": "2019-01-01"}, Effect.FAIL, ()),  # the older of the two is within no window
        ({"onsetDateTime": "2018-01-01"}, {"onsetDateTime": "2019-01-01"}, Effect.PASS, ()),
        ({}, REFUTED, Effect.REVIEW, (Reason.CONFLICTING_DATA,)),
        ({}, {"meta": {"versionId": "2"}, "onsetDateTime": "2019-01-01"}, Effect.FAIL, ()),
        ({"meta": {"versionId": "1"}}, {"meta": {"versionId": "2"}, **REFUTED}, Effect.PASS, ()),
    ],
)
def test_each_that_counts_is_heard(
    tmp_path: Path,
    book: RuleBook,
    way: Way,
    one: Json,
    other: Json,
    effect: Effect,
    reasons: tuple[Reason, ...],
    turned: bool,
) -> None:
    versions = [INFARCTION | one, INFARCTION | other]
    way(tmp_path, [DIAGNOSED, *(reversed(versions) if turned else versions)])
    chart, _ = read(tmp_path, book)
    (result,) = Screener(book, ["NCT04762485"]).screen(chart, Circumstances(date(2026, 11, 21)))
    (criterion,) = [each for each in result.criteria if each.id == "X08"]
    assert (criterion.effect, criterion.reasons) == (effect, reasons)
    if reasons:
        assert "refuted" in criterion.explanation


def test_a_version_that_is_over_speaks_against_one_that_is_not_and_not_against_itself(
    tmp_path: Path, book: RuleBook
) -> None:
    in_a_bundle(tmp_path, [INFARCTION, INFARCTION | ABATED])
    chart, _ = read(tmp_path, book)
    assert [(one.reference, one.of, one.refuted) for one in chart.contradictions] == [
        ("Condition/mi", frozenset({"Condition/mi"}), False)
    ]
    in_a_bundle(tmp_path, [INFARCTION | ABATED])
    assert read(tmp_path, book)[0].contradictions == ()


def test_it_speaks_against_no_other_of_its_code(tmp_path: Path, book: RuleBook) -> None:
    other = INFARCTION | {"id": "mi-2", "recordedDate": "2026-09-01"}
    for status in ({"verificationStatus": {"coding": [{"code": "refuted"}]}}, {"abatementDateTime": "2026-10-01"}):
        stands = INFARCTION | status
        chart, _ = read(
            in_a_bundle(tmp_path, [PATIENT, stands, stands | {"verificationStatus": IN_ERROR}, other]), book
        )
        assert chart.contradictions == ()
        assert Certainty.FIRM in {fact.certainty for fact in chart.facts if fact.reference == "Condition/mi-2"}


@pytest.mark.parametrize(
    "code",
    [{"text": "Myocardial infarction"}, {"coding": [{"system": "urn:x", "code": "7", "display": "心肌梗死"}]}, {}],
)
def test_one_that_is_not_understood_is_unusable(tmp_path: Path, book: RuleBook, code: Json) -> None:
    stands = INFARCTION | {"code": code}
    chart, _ = read(in_a_bundle(tmp_path, [PATIENT, stands, stands | {"verificationStatus": IN_ERROR}]), book)
    (unreadable,) = chart.unreadable
    assert (unreadable.reference, unreadable.problem, unreadable.was_read) == ("Condition/mi", DISPUTED, False)
    assert unreadable.concepts is None or "cardiac.mi" in unreadable.concepts


def test_nor_one_that_must_not_be_read(tmp_path: Path, book: RuleBook) -> None:
    stands = INFARCTION | {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}
    chart, _ = read(in_a_bundle(tmp_path, [PATIENT, stands, stands | {"verificationStatus": IN_ERROR}]), book)
    assert chart.facts == ()
    assert "cardiac.mi" in (chart.unreadable[0].concepts or ())


@pytest.mark.parametrize(("answer", "effect"), [(None, Effect.REVIEW), (False, Effect.PASS), (True, Effect.FAIL)])
def test_an_answer_to_the_criterion_settles_it(
    tmp_path: Path, book: RuleBook, answer: bool | None, effect: Effect
) -> None:
    stands, withdrawn, _ = PAIRS["a diagnosis"]
    attested: Json = {
        "resourceType": "Observation",
        "id": "answer",
        "status": "final",
        "code": {"coding": [{"system": "urn:trialsieve:criterion", "code": "NCT04762485#X08"}]},
        "valueBoolean": answer,
        "effectiveDateTime": "2026-11-20",
        "performer": [{"reference": "Practitioner/d1"}],
        **SUBJECT,
    }
    chart, _ = read(
        in_a_bundle(tmp_path, [PATIENT, DIAGNOSED, stands, withdrawn, *([] if answer is None else [attested])]), book
    )
    (result,) = Screener(book, ["NCT04762485"]).screen(chart, Circumstances(date(2026, 11, 21)))
    (criterion,) = [one for one in result.criteria if one.id == "X08"]
    assert criterion.effect is effect


def test_a_persons_answer_does_not_count(tmp_path: Path, book: RuleBook) -> None:
    answer = HBV_DNA | {
        "code": {"coding": [{"system": "urn:trialsieve:criterion", "code": "NCT07120607#I11"}]},
        "valueBoolean": True,
        "performer": [{"reference": "Practitioner/d1"}],
    }
    chart, problems = read(in_a_bundle(tmp_path, [PATIENT, answer, answer | {"status": "entered-in-error"}]), book)
    assert (chart.attestations, chart.unreadable) == ((), ())
    assert [("was taken back" in problem.reason, problem.notice) for problem in problems] == [(True, True)]


def test_what_was_left_out_since_it_means_nothing_stays_nothing(tmp_path: Path, book: RuleBook) -> None:
    """What stands for it has no code, and yet may not mean anything."""
    stands, withdrawn, concept = PAIRS["a result"]
    height = stands | {"code": {"coding": [{"system": "http://loinc.org", "code": "8302-2"}]}}
    known = {**PATIENT, "identifier": [{"system": "urn:x", "value": "1"}]}
    for name, version in (("a", height), ("b", withdrawn)):
        (tmp_path / name).mkdir()
        in_an_export(tmp_path / name, [known, version])
    wanted = frozenset({concept})
    problems: list[InputProblem] = []
    (record,) = read_records([str(tmp_path)], problems, quiet=ChartBuilder(book, wanted).quiet_codes())
    chart = build_chart(record, book, problems, wanted=wanted)
    assert (chart.facts, chart.unreadable, problems) == ((), (), [])
