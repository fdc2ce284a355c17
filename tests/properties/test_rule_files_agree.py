"""Random rule files, read from disk, and random FHIR bundles: the two evaluators agree on them too."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

from fhir_strategies import AS_OF, Resource, bundles
from hypothesis import given, settings
from hypothesis import strategies as st

from trialsieve.engine.direct import DirectEngine
from trialsieve.engine.forward import compile_rules
from trialsieve.engine.outcome import Circumstances
from trialsieve.fhir_adapters.bundle import records_of_bundle
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.rules.loader import load_rules
from trialsieve.rules.model import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy

MEASURED = {"perf.ecog": "{score}", "cardiac.lvef": "%", "cardiac.nyha": "{class}", "lab.bilirubin_total": "mg/dL"}
RESULTS = ["marker.cd7", "lab.hbv_dna", "lab.hiv", "repro.pregnancy_test"]
ON_RECORD = ["vasc.pe", "vasc.dvt", "dx.hiv", "dx.aml", "cardiac.mi", "tx.car_t", "dx.active_infection"]
FINDINGS = ["relapsed", "cd7-positive", "pregnant", "active-hepatitis-b", "severe-arrhythmia-in-6-months"]
CONCEPTS = sorted({*MEASURED, *RESULTS, *ON_RECORD, "status.relapsed", "status.remission", "repro.pregnancy_status"})
_spans = st.sampled_from([{"within": "6 months"}, {"less_than": "4 weeks"}, {"within": "30 days"}])
_bounds = st.sampled_from([{"at_least": 2}, {"above": 1}, {"at_most": 2}, {"below": 50}, {"at_least": 1, "at_most": 3}])


@st.composite
def atom_files(draw: st.DrawFn, number: int) -> dict[str, Any]:
    atom: dict[str, Any] = {"id": f"a{number}", "quote": f"statement {number}"}
    kind = draw(st.sampled_from(["measurement", "result", "recorded", "recorded", "finding", "age", "judgement"]))
    if kind == "measurement":
        concept = draw(st.sampled_from(sorted(MEASURED)))
        atom |= {"measurement": [concept], "value": {**draw(_bounds), "unit": MEASURED[concept]}}
        atom |= draw(st.sampled_from([{}, {"take": "any"}, {"take": "all"}, {"currency": "none"}]))
    elif kind == "result":
        atom |= {"result": [draw(st.sampled_from(RESULTS))], "is": draw(st.sampled_from(["positive", "negative"]))}
        atom |= draw(st.sampled_from([{}, {"not_before": ["relapse-on-record"]}, {"take": "any"}]))
    elif kind == "recorded":
        atom |= {
            "recorded": [draw(st.sampled_from(ON_RECORD))],
            "absence": draw(st.sampled_from(["presume", "unknown"])),
        }
        timings = st.sampled_from(["ever", "current", "unstated", "index-disease"]).map(lambda when: {"timing": when})
        atom |= draw(st.one_of(_spans, timings))
    elif kind == "finding":
        atom["finding"] = draw(st.sampled_from(FINDINGS))
    elif kind == "age":
        atom["age"] = {"at_least": 18, "unit": "a"}
    else:
        atom["judgement"] = True
    return atom


@st.composite
def trial_files(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A trial file and its registry text."""
    criteria: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        atoms = [draw(atom_files(place)) for place in range(draw(st.integers(1, 3)))]
        names: list[Any] = [atom["id"] for atom in atoms]
        joined = {draw(st.sampled_from(["all", "any"])): names}
        logic = draw(st.sampled_from([joined, {"not": joined}, {"at_least": {"count": 1, "of": names}}]))
        text = f"{number + 1}. " + " and ".join(atom["quote"] for atom in atoms)
        meaning = (
            {"readings": {"one": joined, "two": {"not": joined}}} if draw(st.integers(0, 4)) == 0 else {"logic": logic}
        )
        kind = draw(st.sampled_from(["inclusion", "exclusion"]))
        criteria.append({"id": f"C{number}", "kind": kind, "text": text, "atoms": atoms, **meaning})
    source = "\n".join(criterion["text"] for criterion in criteria)
    trial = {
        "trial": "RANDOM",
        "title": "A random trial",
        "version": "1",
        "effective": AS_OF.isoformat(),
        "source": {
            "file": "RANDOM.txt",
            "sha256": hashlib.sha256(source.encode()).hexdigest(),
            "url": "https://example.org/RANDOM",
        },
        "cohorts": [{"id": "all"}],
        "stages": ["screening"],
        "anchors": ["screening"],
        "criteria": criteria,
    }
    return trial, source


def loaded(trial: dict[str, Any], source: str) -> RuleBook:
    """The shipped rules and this trial, from files (JSON is YAML)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("trials/RANDOM.yaml", json.dumps(trial, indent=1)), ("sources/RANDOM.txt", source)):
            path = Path(folder) / name
            path.parent.mkdir()
            path.write_text(text, encoding="utf-8")
        return load_rules([Path(folder)])


@settings(max_examples=12, deadline=None)
@given(trial_files(), st.data(), st.sampled_from(list(AbsencePolicy)))
def test_the_evaluators_agree_on_rule_files(
    written: tuple[dict[str, Any], str], data: st.DataObject, policy: AbsencePolicy
) -> None:
    book = loaded(*written)
    direct, forward = DirectEngine(book, ["RANDOM"]), compile_rules(book, ["RANDOM"])
    builder = ChartBuilder(book)
    for _ in range(20):
        record: Resource = data.draw(bundles(book, CONCEPTS))
        (found,) = records_of_bundle(json.loads(json.dumps(record)), "random.json", lambda problem: None)
        chart = builder.build(found.record, [])
        mine = direct.evaluate(chart, Circumstances(AS_OF, policy))
        theirs = forward.evaluate(chart, Circumstances(AS_OF, policy))
        assert mine.arms == theirs.arms
        for name, criterion in mine.criteria.items():
            other = theirs.criteria[name]
            assert criterion.outcome.agrees(other.outcome), name
            assert all(outcome.agrees(other.atoms[atom]) for atom, outcome in criterion.atoms.items()), name
