"""What is told of a resource without building it is never other than what the whole says."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir_strategies import Resource, bundles, concepts_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialsieve.engine.facts import Chart
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.elements.mention_places import MENTIONING
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, type_of
from trialsieve.fhir_adapters.inputs import bulk_export, partitions, surveyed_lines
from trialsieve.fhir_adapters.inputs.documents import parse_json
from trialsieve.fhir_adapters.inputs.input_files import InputFile, NotReadableError
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.inputs.segments import (
    BucketLine,
    ExportLine,
    LinesLeftOut,
    LinesTold,
    in_order,
    read_segment,
)
from trialsieve.fhir_adapters.inputs.slices import Slice, SliceKind
from trialsieve.fhir_adapters.inputs.survey import SliceSurvey, Surveyor
from trialsieve.fhir_adapters.records.record import InputProblem, SetAside
from trialsieve.fhir_adapters.records.skim import ABSENT, SeenFact, seen_in_line
from trialsieve.fhir_adapters.records.subject_names import BY_IDENTIFIER
from trialsieve.fhir_adapters.records.versions import dstu2_mark
from trialsieve.rules.loader import load_rules
from trialsieve.rules.vocabulary import Kind

BOOK = load_rules()
CONCEPTS = concepts_of(BOOK, "NCT04762485")
BUILDER = ChartBuilder(BOOK, frozenset(CONCEPTS))
# What the parser is too shallow for is found only in what is built, where Python lets the other one go deeper.
TOO_DEEP = b'"x":' + b'{"a":' * 1100 + b"1" + b"}" * 1100
MEMBERS = [
    *(b'"resourceType":"Observation"', b'"resourceType":"Condition"', b'"resourceType":"Immunization"'),
    *(b'"resourceType":"Claim"', b'"resourceType":"Encounter"', b'"resourceType":"Bundle"', b'"resourceType":7'),
    *(rb'"resourceType":"Obs\u0065rvation"', rb'"r\u0065sourceType":"Condition"', b'"resourceType":null'),
    *(b'"id":"a"', b'"id":"b"', b'"id":7', b'"id":""', b'"id":null', rb'"\u0069d":"c"', rb'"id":"\ud800"'),
    *(b'"code":{"text":"x"}', rb'"\u0063ode":{"text":"y"}', b'"code":null', b'"Code":{"text":"z"}', rb'"code":"\x"'),
    *(b'"subject":{"reference":"Patient/p"}', b'"subject":null', b'"subject":[{"reference":"Patient/q"}]'),
    *(b'"patient":{"reference":"Patient/p"}', b'"patient":null', b'"component":[]', b'"component":{}'),
    *(b'"meta":{"versionId":"2"}', b'"meta":null', b'"meta":"none"', b'"request":{}', b'"indication":[]'),
    *(b'"comments":null', b'"comments":""', b'"extension":[]', b'"notes":"n"', b'"dateRecorded":"2020"'),
    *(b'"contained":[]', b'"contained":null', b'"contained":{}', b'"contained":[7]'),
    *(b'"contained":[{"resourceType":"Coverage"}]', b'"contained":[{"resourceType":"Observation"}]'),
    b'"contained":[{"resourceType":"Coverage","resourceType":"Observation"}]',
    rb'"contained":[{"resourceType":"Coverage"},{"resourceTyp\u0065":"Condition"}]',
    *(b'"x":NaN', b'"x":Infinity', b'"x":01', b'"x":1.', b'"x":-', b'"x":18446744073709551616', b'"x":1e308'),
    *(b'"x":"\xff"', b'"x":"\xed\xa0\x80"', b'"x":"\x01"', b'"x":"\t"', b'"\xff":1', '"x":"ä\u2028"'.encode()),
    *(b'"x":' + b"[" * 300 + b"]" * 300, b'"x":tru', b'"x":[1,]'),
    *(b'"x"', b"x:1", b"'x':1", b'"x":{"resourceType":"Patient","id":"inner","contained":[]}', b""),
    *(b'"valueInteger":1e999', b'"valueDecimal":' + b"9" * 400, TOO_DEEP),
]
USUAL = [b'"resourceType":"Observation"', b'"id":"o"', b'"subject":{"reference":"Patient/p"}', b'"code":{"text":"x"}']


@st.composite
def json_texts(draw: st.DrawFn) -> bytes:
    """Resources, or nearly: names given twice, escapes, odd white space, and what is no JSON."""
    members = draw(st.permutations(draw(st.sampled_from([USUAL, USUAL[:2], []]))))
    members = [*members, *draw(st.lists(st.sampled_from(MEMBERS), max_size=4))]
    space = draw(st.sampled_from([b"", b"", b" ", b"\t", b"\r\n", b"\x0b", b"\xa0", b"\n  "]))
    colon = draw(st.sampled_from([b":", b":", b" : "]))
    inside = (b"," + space).join(member.replace(b'":', b'"' + colon, 1) for member in members)
    before = draw(st.sampled_from([b"", b"", b"", b" ", b"\xef\xbb\xbf", b"["]))
    return before + b"{" + space + inside + b"}" + draw(st.sampled_from([b"\n", b"\r\n", b"", b"}", b" \x00"]))


@settings(max_examples=1500, deadline=None)
@given(json_texts())
def test_what_is_told_is_what_the_whole_says(line: bytes) -> None:
    seen = seen_in_line(line)
    if seen is None:
        return
    try:
        whole = parse_json(line)
    except NotReadableError:
        assert TOO_DEEP.partition(b":")[2] in line
        return
    assert (seen.resource_type, seen.id) == (whole["resourceType"], whole["id"])
    if not isinstance(seen, SeenFact):
        assert not [item for item in whole.get("contained") or () if type_of(item) in KIND_OF]
        return
    assert "contained" not in whole
    assert dstu2_mark(seen.resource_type, whole) == ""
    for element in ("subject", "patient", "code", "component", "meta"):
        raw = getattr(seen, element)
        assert (raw is not ABSENT) == (element in whole)
        assert raw is ABSENT or parse_json(bytes(raw)) == whole[element]


@pytest.mark.parametrize("member", [b'"status":"final"', b'"x":"\xc3\xa4"', b'"component":[]', b'"meta":{}'])
def test_an_ordinary_resource_is_told(member: bytes) -> None:
    seen = seen_in_line(b"{" + b",".join([*USUAL, member]) + b"}\r\n")
    assert seen is not None
    assert (seen.resource_type, seen.id) == ("Observation", "o")


def observation(identity: str, code: str, **more: Any) -> Resource:
    coding = {"system": "http://loinc.org", "code": code}
    subject = {"reference": "Patient/p"}
    return {"resourceType": "Observation", "id": identity, "code": {"coding": [coding]}, "subject": subject, **more}


def mentioning(name: str, reference: str, code: str = "I26.99", **more: Any) -> Resource:
    coding = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}
    place = {"Encounter": "reasonCode", "DiagnosticReport": "conclusionCode"}[name]
    said = {"status": "completed", "subject": {"reference": reference}, place: [{"coding": [coding]}]}
    return {"resourceType": name, "id": "mentions", **said, **more}


ECOG, HEIGHT = "89247-1", "8302-2"
QUIET_MENTIONS = [
    json.dumps(mentioning(name, "Patient/p", "R05.9", meta={"versionId": "3"})).encode()
    for name in ("DiagnosticReport", "Encounter")
]
ODD_LINES: list[bytes] = [
    json.dumps(value).encode()
    for value in [
        observation("quiet", HEIGHT, status="final"),
        observation("quiet", HEIGHT, status="final", meta={"versionId": "2"}),
        observation("loud", HEIGHT, status="final", meta={"versionId": "9"}),
        observation("loud", ECOG, status="final", valueInteger=1, effectiveDateTime="2026-11-10"),
        observation("loud", ECOG, status="final", valueInteger=3, meta={"versionId": "8"}),
        observation("elsewhere", HEIGHT, subject={"reference": "https://example.org/Patient/p"}),
        observation("other", HEIGHT, subject={"reference": "Patient/other"}),
        observation("by-identifier", ECOG, valueInteger=1, subject={"identifier": {"system": "urn:h", "value": "1"}}),
        observation("nobody", HEIGHT, subject=None),
        observation("of-a-device", HEIGHT, subject={"reference": "Device/d"}),
        observation("holds-another", HEIGHT, contained=[observation("inner", ECOG, valueInteger=2)]),
        observation("of-dstu2", HEIGHT, comments="one of DSTU2"),
        observation("panel", HEIGHT, component=[{"code": {"coding": [{"system": "http://loinc.org", "code": ECOG}]}}]),
        {"resourceType": "Claim", "id": "bill", "patient": {"reference": "Patient/p"}},
        {"resourceType": "Claim", "id": "bill", "contained": [observation("inner", ECOG, valueInteger=2)]},
        {"resourceType": "Immunization", "id": "i", "patient": {"reference": "Patient/p"}, "status": "completed"},
        {"resourceType": "Condition", "id": "c", "patient": {"reference": "Patient/p"}, "code": {"text": "asthma"}},
        {"resourceType": "Patient", "id": "p", "identifier": [{"system": "urn:h", "value": "1"}], "gender": "male"},
        {"resourceType": "Imunization", "id": "misspelt", "subject": {"reference": "Patient/p"}},
        *(mentioning(name, "Patient/p") for name in ("DiagnosticReport", "Encounter")),
        mentioning("DiagnosticReport", "Patient/p", status="entered-in-error", meta={"versionId": "2"}),
        mentioning("DiagnosticReport", "Patient/p", contained=[observation("inner", ECOG, valueInteger=2)]),
        mentioning("DiagnosticReport", "Patient/p", status="cancelled", result=[{"reference": "Observation/inner"}]),
        mentioning("Encounter", "Patient/unheard-of"),
        mentioning("Encounter", "https://example.org/Patient/p", id="elsewhere"),
        mentioning("Encounter", "Patient/p", id="odd", reasonCode="?"),
        mentioning("Encounter", "Patient/p", id="of-dstu2", patient={"reference": "Patient/p"}),
        mentioning("Encounter", "Patient/p", id="by-identifier")
        | {"subject": {"identifier": {"system": "urn:h", "value": "1"}}},
    ]
] + [
    b'{"resourceType":"Observation","id":"broken","subject":{"reference":"Patient/p"}',
    b'{"resourceType":"Observation","id":"latin","x":"\xe4","subject":{"reference":"Patient/p"}}',
    b'{"resourceType":"Observation","id":"twice","subject":{"reference":"Patient/q"},'
    b'"subject":{"reference":"Patient/p"},"code":{"text":"height"},"resourceType":"Condition"}',
]


def written(folder: Path, lines: list[bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "export.ndjson").write_bytes(b"".join(line + b"\n" for line in lines))
    return folder


def charts(folder: Path, told: bool) -> tuple[list[Chart], list[str]]:
    """What is read of an export, with and without leaving anything out."""
    problems: list[InputProblem] = []
    quiet = BUILDER.quiet_codes() if told else None
    with pytest.MonkeyPatch.context() as patch:
        if not told:
            patch.setattr(bulk_export, "seen_in_line", lambda line: None)
        records = list(read_records([str(folder)], problems, quiet=quiet))
    found = [BUILDER.build(record, problems) for record in records]
    return found, [str(problem) for problem in problems]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bundles(BOOK, CONCEPTS),
    st.lists(st.sampled_from([*ODD_LINES, *QUIET_MENTIONS]), max_size=6),
    st.randoms(use_true_random=False),
)
def test_an_export_gives_the_same_charts_and_problems(
    tmp_path: Path, record: Resource, odd: list[bytes], random: Any
) -> None:
    lines = [json.dumps(entry["resource"]).encode() for entry in record["entry"]] + odd
    random.shuffle(lines)
    folder = written(tmp_path / "export", lines)
    assert charts(folder, told=True) == charts(folder, told=False)


def test_what_means_nothing_is_left_out_of_an_export(tmp_path: Path) -> None:
    folder = written(tmp_path, [ODD_LINES[0], ODD_LINES[3], ODD_LINES[13], ODD_LINES[17]])
    (record,) = read_records([str(folder)], [], quiet=BUILDER.quiet_codes())
    assert [reference for reference, _ in record.resources] == ["Observation/loud"]
    assert [name.relative for name in record.left_out.names] == ["Observation/quiet"]
    assert record.index["Observation/quiet"]["id"] == "quiet"
    assert BUILDER.build(record, []).covered == {Kind.OBSERVATION}


def test_what_mentions_a_diagnosis_is_its_patients_and_makes_nobody_one(tmp_path: Path) -> None:
    lines = [
        mentioning("Encounter", "Patient/p"),
        mentioning("Encounter", "Patient/unheard-of", id="of-nobody"),
        mentioning("Encounter", "Patient/p", "R05.9", id="cough"),
        mentioning("DiagnosticReport", "Patient/p") | {"subject": {"identifier": {"system": "urn:h", "value": "1"}}},
    ]
    folder = written(tmp_path, [*(json.dumps(line).encode() for line in lines), ODD_LINES[17]])
    (record,) = read_records([str(folder)], [], quiet=BUILDER.quiet_codes())
    names = [reference for reference, _ in record.mentioning]
    assert names == ["Encounter/mentions", "DiagnosticReport/mentions"]
    facts = BUILDER.build(record, []).facts
    assert "vasc.pe" in {fact.concept for fact in facts}


def test_of_what_has_several_versions_nothing_is_left_out(tmp_path: Path) -> None:
    folder = written(tmp_path, [ODD_LINES[2], ODD_LINES[4], ODD_LINES[17]])
    (record,) = read_records([str(folder)], [], quiet=BUILDER.quiet_codes())
    assert [resource["meta"]["versionId"] for _, resource in record.resources] == ["9"]
    assert record.left_out.names == []


@pytest.fixture
def deeper() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("deeper")
def test_a_line_that_can_be_told_and_not_built_counts_for_its_patient(tmp_path: Path) -> None:
    line = json.dumps(observation("o", ECOG)).encode().replace(b'"id"', TOO_DEEP + b',"id"')
    problems: list[InputProblem] = []
    folder = written(tmp_path, [line, ODD_LINES[17]])
    (record,) = read_records([str(folder)], problems, quiet=BUILDER.quiet_codes())
    assert record.resources == []
    (problem,) = problems
    assert (problem.source, problem.reference) == (f"{folder / 'export.ndjson'}:1", "Observation/o")
    assert "nested too deep" in problem.reason
    assert record.set_aside == [SetAside("Observation/o", Kind.OBSERVATION, problem.reason)]


BUCKETS = 3


def surveyed(folder: Path, told: bool, quiet: Quiet | None = None) -> tuple[SliceSurvey, list[BucketLine], bytes]:
    """What is found, the lines bucket after bucket, and the names."""
    path = folder / "export.ndjson"
    part = Slice(0, SliceKind.LINES, 0, (InputFile(str(path), str(folder), path=path),))
    with pytest.MonkeyPatch.context() as patch:
        if not told:
            patch.setattr(surveyed_lines, "seen_in_line", lambda line: None)
        surveyor = Surveyor(part, (0,), BUCKETS, name_buckets=1, quiet=quiet)
        found = surveyor.survey(folder / "lines", folder / "names")
    lines = [
        line for bucket in range(BUCKETS) for line in read_segment(folder / "lines", bucket, partitions.lines_decoder)
    ]
    return found, lines, (folder / "names").read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ODD_LINES), max_size=25))
def test_a_survey_finds_the_same(tmp_path: Path, lines: list[bytes]) -> None:
    folder = written(tmp_path, lines)
    found, told, names = surveyed(folder, told=True)
    everything = surveyed(folder, told=False)
    assert (found, names) == (everything[0], everything[2])
    assert sorted(one_by_one(told), key=by_place) == sorted(one_by_one(everything[1]), key=by_place)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ODD_LINES), max_size=25))
def test_the_facts_of_a_patient_stay_in_the_order_of_the_input(tmp_path: Path, lines: list[bytes]) -> None:
    _, told, _ = surveyed(written(tmp_path, lines), told=True, quiet=BUILDER.quiet_codes())
    numbers: dict[tuple[str, ...], list[int]] = {}
    for line in one_by_one(in_order(told)):
        if line.resource_type not in MENTIONING:
            numbers.setdefault(line.subjects, []).append(line.line)
    assert all(each == sorted(each) for each in numbers.values())


def one_by_one(lines: Iterable[BucketLine]) -> list[ExportLine]:
    """Those that were told as lines that were not; those left out are none of them."""
    found: list[ExportLine] = []
    for line in lines:
        if isinstance(line, ExportLine):
            found.append(line)
        elif isinstance(line, LinesTold):
            assert line.line == line.lines[0][0]
            of_it = (line.slice, line.file)
            found += [
                ExportLine(*of_it, number, line.subjects, raw, line.resource_type, identity)
                for number, identity, raw in line.lines
            ]
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ODD_LINES), max_size=25))
def test_what_a_survey_leaves_out_is_found_where_it_lies(tmp_path: Path, lines: list[bytes]) -> None:
    folder = written(tmp_path, lines)
    quiet = BUILDER.quiet_codes()
    whole = (folder / "export.ndjson").read_bytes()
    found, kept, names = surveyed(folder, told=True, quiet=quiet)
    everything = surveyed(folder, told=True)
    assert (found, names) == (everything[0], everything[2])
    back = one_by_one(kept)
    for one in back:
        seen = seen_in_line(one.raw)
        known_by_id = bool(one.subjects) and not one.subjects[0].startswith(BY_IDENTIFIER)
        assert not (known_by_id and isinstance(seen, SeenFact) and quiet.holds(seen))
    for line in kept:
        if not isinstance(line, LinesLeftOut):
            continue
        assert line.line == line.places[0]
        for place, name in enumerate(line.names.each()):
            number, start, length = line.places[3 * place : 3 * place + 3]
            raw = whole[start : start + length]
            seen = seen_in_line(raw)
            assert isinstance(seen, SeenFact)
            assert quiet.holds(seen)
            assert (name.resource_type, name.id, name.meta) == (seen.resource_type, seen.id, bytes(seen.meta))
            assert name.id is not None
            back.append(ExportLine(0, 0, number, (line.subject,), raw, name.resource_type, name.id))
    assert sorted(back, key=by_place) == sorted(one_by_one(everything[1]), key=by_place)


def by_place(line: ExportLine) -> tuple[int, tuple[str, ...]]:
    return line.line, line.subjects


def test_a_file_that_cannot_be_gone_into_leaves_nothing_out(tmp_path: Path) -> None:
    """Neither what was packed nor what is read from elsewhere."""
    path = tmp_path / "export.ndjson"
    path.write_bytes(gzip.compress(ODD_LINES[0] + b"\n"))
    _, lines, _ = surveyed(tmp_path, told=True, quiet=BUILDER.quiet_codes())
    assert [line.raw for line in lines if isinstance(line, ExportLine)] == [ODD_LINES[0] + b"\n"]
