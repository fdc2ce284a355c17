"""Inputs of every kind made from the example patients, and the two ways of screening them."""

from __future__ import annotations

import functools
import gzip
import io
import json
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import result_bytes
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy
from trialsieve.service.batch.job import Explanations, Job
from trialsieve.service.batch.plan import Sizes
from trialsieve.service.batch.pool import LocalPool, Pool
from trialsieve.service.batch.program import program_sha256
from trialsieve.service.batch.progress import Progress
from trialsieve.service.batch.run import BatchRun
from trialsieve.service.batch.tables import utf8

AS_OF = date(2026, 11, 20)
TRIALS = ("NCT04762485", "SENL-T7")
SMALL = Sizes(slice_bytes=30_000, bucket_bytes=20_000, records_a_file=4)
TINY = Sizes(slice_bytes=700, bucket_bytes=400, records_a_file=2)
EXAMPLES = Path(__file__).parents[3] / "examples"


@functools.cache
def rule_book() -> RuleBook:
    """One for all: what is remembered of codes and answers holds the book that it was read by."""
    return cached_rules()


def job(trials: Sequence[str] = TRIALS, explanations: Explanations = Explanations.ALL) -> Job:
    book = rule_book()
    return Job(
        trials=tuple(trials),
        as_of=AS_OF,
        absence=AbsencePolicy.PRESUME,
        anchors=(),
        covers=frozenset(),
        rules=(),
        site=None,
        explanations=explanations,
        rules_sha256=tuple(book.trials[trial].rules_sha256 for trial in trials),
        rules_version=tuple(book.trials[trial].version for trial in trials),
        program_sha256=program_sha256(),
    )


def batch(inputs: Sequence[Path], out: Path, pool: Pool | None = None, sizes: Sizes = SMALL) -> dict[str, Any]:
    """A run in this process, cut into small pieces."""
    names = [str(path) for path in inputs]
    return BatchRun(job(), names, out, pool or LocalPool(1), Progress(), io.BytesIO(), sizes=sizes).run()


def explained(out: Path) -> list[bytes]:
    """The whole results that a run wrote, in their order."""
    lines: list[bytes] = []
    for path in sorted((out / "explanations").glob("*.gz")):
        lines += gzip.decompress(path.read_bytes()).splitlines()
    return lines


def screened(inputs: Sequence[Path]) -> tuple[list[bytes], list[str]]:
    """The results of reading the inputs in one go, and the problems, each once."""
    book = rule_book()
    wanted = concepts_reached(book, TRIALS)
    screener = Screener(book, TRIALS)
    problems: list[InputProblem] = []
    results: list[bytes] = []
    for record in read_records([str(path) for path in inputs], problems):
        chart = build_chart(record, book, problems, wanted=wanted, as_of=AS_OF)
        results += [result_bytes(result) for result in screener.screen(chart, Circumstances(AS_OF), findings=False)]
    return results, sorted({str(problem) for problem in problems})


def problems_of(out: Path) -> list[str]:
    """The problems that a run wrote, as `screen` prints them."""
    rows = pq.read_table(out / "problems").to_pylist()
    return sorted(
        ": ".join(part for part in (row["source"], row["reference"], "note" * row["notice"], row["reason"]) if part)
        for row in rows
    )


def same_as_screen(source: Path, out: Path, sizes: Sizes = SMALL) -> None:
    """A run over one input leaves the results and problems that reading it in one go gives."""
    results, problems = screened([source])
    batch([source], out, sizes=sizes)
    assert problems_of(out) == sorted(utf8(problem) for problem in problems)
    assert sorted(explained(out)) == sorted(results)


def tree(out: Path) -> dict[str, bytes]:
    """Every file of a run, by its name."""
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def example_bundles() -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted(EXAMPLES.glob("*/*.json"))]


def renamed(bundle: dict[str, Any], number: int) -> dict[str, Any]:
    """The same Bundle about a patient of another id."""
    patient = next(each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == "Patient")
    old = patient["id"]
    text = json.dumps(bundle).replace(f"Patient/{old}", f"Patient/made-{number}")
    copy: dict[str, Any] = json.loads(text)
    for entry in copy["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry["resource"]["id"] = f"made-{number}"
    return copy


def mentioning(bundle: dict[str, Any], number: int) -> dict[str, Any]:
    """The same Bundle with diagnoses that Encounters and reports mention, some by another name of their patient."""
    patient = next(each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == "Patient")
    patient["identifier"] = [{"system": "urn:hospital", "value": f"{number}"}]
    known = {"reference": f"Patient/{patient['id']}"}
    named = {"identifier": patient["identifier"][0]} if number % 2 else known
    icd = "http://hl7.org/fhir/sid/icd-10-cm"
    embolism, asthma, hiv = ([{"coding": [{"system": icd, "code": code}]}] for code in ("I26.99", "J45.909", "B20"))
    visit = {"resourceType": "Encounter", "status": "finished", "period": {"start": "2026-11-01"}}
    report = {"resourceType": "DiagnosticReport", "status": "final", "effectiveDateTime": "2026-11-02"}
    more: list[dict[str, Any]] = [
        {**visit, "id": f"e{number}", "subject": named, "reasonCode": embolism},
        {**visit, "id": f"f{number}", "subject": known, "reasonCode": asthma},
        {**report, "id": f"r{number}", "subject": known, "conclusionCode": hiv},
        {**report, "id": f"s{number}", "subject": {"reference": "Patient/nobody"}, "conclusionCode": hiv},
        {**report, "id": f"t{number}", "subject": known, "conclusionCode": "unreadable"},
    ]
    return {**bundle, "entry": [*({"resource": one} for one in more), *bundle["entry"]]}


def write_lines(path: Path, values: Sequence[object]) -> Path:
    """One JSON value a line; a value that is bytes stands as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in values]
    data = b"".join(line + b"\n" for line in lines)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_export(folder: Path, bundles: Sequence[dict[str, Any]], files_a_type: int = 1) -> Path:
    """A bulk export: the Bundles' resources, in a file for each type, or several."""
    by_type: dict[str, list[object]] = {}
    for bundle in bundles:
        for entry in bundle["entry"]:
            by_type.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    for name, resources in by_type.items():
        for part in range(files_a_type):
            write_lines(folder / f"{name}.{part:03}.ndjson", resources[part::files_a_type])
    return folder


def mixed_input(folder: Path, seed: int) -> Path:
    """A directory of everything that occurs: Bundles by file and by line, an export, some packed, some broken, and
    patients who occur more than once, some of them with something that shows it and some without.
    """
    chance = random.Random(seed)
    bundles = [renamed(bundle, number) for number, bundle in enumerate(chance.sample(example_bundles(), 12))]
    first, second, third, again = bundles[:3], bundles[3:6], bundles[6:9], chance.sample(bundles, 3)
    for number, bundle in enumerate(first):
        (folder / "files").mkdir(parents=True, exist_ok=True)
        (folder / "files" / f"{number}.json").write_text(json.dumps(bundle, indent=chance.choice((None, 2))))
    lines: list[object] = [*second, *chance.sample(again, chance.randrange(3)), *chance.choice(_FAULTS)]
    chance.shuffle(lines)
    write_lines(folder / "lines" / chance.choice(("bundles.ndjson", "bundles.ndjson.gz")), lines)
    write_export(folder / "export", [*third, *bundles[9:], again[0]], chance.choice((1, 2)))
    if chance.random() < 0.5:
        write_lines(folder / "export" / "zz.ndjson", chance.choice(_EXPORT_FAULTS))
    return folder


_FAULTS: tuple[list[object], ...] = (
    [],
    [b"{broken"],
    [b'{"resourceType": "Bundle", "entry": ['],
    [b"[]", b"{}"],
    [{"resourceType": "Bundle", "type": "collection", "entry": []}],
    [{"resourceType": "Observation", "id": "loose", "status": "final", "subject": {"reference": "Patient/made-0"}}],
)
_EXPORT_FAULTS: tuple[list[object], ...] = (
    [b"{broken", b"no json"],
    [{"resourceType": "Condition", "id": "nobody"}],
    [{"id": "typeless", "subject": {"reference": "Patient/made-7"}}],
    [
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {"reference": "Patient/made-7"},
            "contained": [{"resourceType": "Condition", "id": "in", "subject": {"reference": "Patient/made-10"}}],
        }
    ],
)
