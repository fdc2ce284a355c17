"""Random trial files: new criteria over real concepts and findings, and the shipped ones with other numbers."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from fhir_strategies import AS_OF
from hypothesis import strategies as st

from trialsieve.rules.loader import load_rules, read_rules
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.rule_files import gather

TrialFile = dict[str, Any]
MEASURED = {"perf.ecog": "{score}", "cardiac.lvef": "%", "cardiac.nyha": "{class}", "lab.bilirubin_total": "mg/dL"}
RESULTS = ["marker.cd7", "lab.hbv_dna", "lab.hiv", "repro.pregnancy_test"]
ON_RECORD = [
    "vasc.pe",
    "vasc.dvt",
    "dx.hiv",
    "dx.aml",
    "cardiac.mi",
    "tx.car_t",
    "dx.active_infection",
    "allergy.biologic",
]
FINDINGS = ["relapsed", "cd7-positive", "pregnant", "active-hepatitis-b", "severe-arrhythmia-in-6-months"]
CONCEPTS = sorted({*MEASURED, *RESULTS, *ON_RECORD, "status.relapsed", "status.remission", "repro.pregnancy_status"})
_REFERS = ("when", "review_when", "not_older_than", "at_time_of", "same_resource_as")
_COUNTED_BACK = {"within": "4 weeks", "back_from": "screening-start"}
_spans = st.sampled_from([{"within": "6 months"}, {"less_than": "4 weeks"}, {"within": "30 days"}, _COUNTED_BACK])
_bounds = st.sampled_from([{"at_least": 2}, {"above": 1}, {"at_most": 2}, {"below": 50}, {"at_least": 1, "at_most": 3}])


@st.composite
def atom_files(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A new atom."""
    atom: dict[str, Any] = {"id": f"a{number}", "quote": f"statement {number}"}
    kind = draw(st.sampled_from(["measurement", "result", "recorded", "recorded", "finding", "age", "judgement"]))
    if kind == "measurement":
        concept = draw(st.sampled_from(sorted(MEASURED)))
        atom |= {"measurement": [concept], "value": {**draw(_bounds), "unit": MEASURED[concept]}}
        atom |= draw(st.sampled_from([{}, {"take": "any"}, {"take": "all"}, {"currency": "none"}]))
    elif kind == "result":
        atom |= {"result": [draw(st.sampled_from(RESULTS))], "is": draw(st.sampled_from(["positive", "negative"]))}
        atom |= draw(
            st.sampled_from([{}, {"not_before": ["relapse-on-record"]}, {"take": "any"}, {"heed_numbers": True}])
        )
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
def criterion_files(draw: st.DrawFn, number: int, shipped_atoms: bool) -> dict[str, Any]:
    """A new criterion; `shipped_atoms`: of the shipped trials' atoms too."""
    atoms = []
    for place in range(draw(st.integers(1, 3))):
        if shipped_atoms and draw(st.booleans()):
            taken = changed(draw, draw(st.sampled_from(_shipped_atoms())))
            atoms.append({**taken, "id": f"a{place}", "quote": f"statement {place}"})
        else:
            atoms.append(draw(atom_files(place)))
    names: list[Any] = [atom["id"] for atom in atoms]
    joined = {draw(st.sampled_from(["all", "any"])): names}
    logic = draw(st.sampled_from([joined, {"not": joined}, {"at_least": {"count": 1, "of": names}}]))
    meaning = (
        {"readings": {"one": joined, "two": {"not": joined}}} if draw(st.integers(0, 4)) == 0 else {"logic": logic}
    )
    return {
        "id": f"C{number}",
        "kind": draw(st.sampled_from(["inclusion", "exclusion"])),
        "text": f"{number + 1}. " + " and ".join(atom["quote"] for atom in atoms),
        "atoms": atoms,
        **meaning,
    }


@st.composite
def trial_files(draw: st.DrawFn, name: str = "RANDOM", shipped: bool = False) -> tuple[TrialFile, str]:
    """A trial file and its registry text; `shipped`: with changed atoms and criteria of the shipped trials."""
    criteria = [draw(criterion_files(number, shipped)) for number in range(draw(st.integers(1, 3)))]
    if shipped:
        taken = draw(st.lists(st.integers(0, len(_shipped_criteria()) - 1), min_size=1, max_size=4, unique=True))
        criteria += [{**changed(draw, _shipped_criteria()[place]), "id": f"S{place}"} for place in taken]
    source = "\n".join(criterion["text"] for criterion in criteria)
    trial = {
        "trial": name,
        "title": "A random trial",
        "version": "1",
        "effective": AS_OF.isoformat(),
        "source": {
            "file": f"{name}.txt",
            "sha256": hashlib.sha256(source.encode()).hexdigest(),
            "url": f"https://example.org/{name}",
        },
        "cohorts": [{"id": "all"}],
        "stages": ["screening"],
        "anchors": ["screening", *sorted(set(_anchors(criteria)) - {"screening", "unstated"})],
        "criteria": criteria,
    }
    return trial, source


def loaded(*written: tuple[TrialFile, str]) -> RuleBook:
    """The shipped rules and these trials, from files (JSON is YAML)."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("trials", "sources"):
            (Path(folder) / kind).mkdir()
        for trial, source in written:
            name = trial["trial"]
            (Path(folder) / "trials" / f"{name}.yaml").write_text(json.dumps(trial, indent=1), encoding="utf-8")
            (Path(folder) / "sources" / f"{name}.txt").write_text(source, encoding="utf-8")
        return load_rules([Path(folder)])


# --- what is taken from the shipped trials ----------------------------------------------------------------------------


def changed(draw: st.DrawFn, part: dict[str, Any]) -> dict[str, Any]:
    """A criterion or atom with other limits, look-back windows and presumptions here and there."""
    part = deepcopy(part)
    _change(draw, part)
    return part


def _change(draw: st.DrawFn, part: Any) -> None:
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _change(draw, item)
    if not isinstance(part, dict):
        return
    for bound in ("above", "at_least", "below", "at_most"):
        if isinstance(part.get(bound), (int, float)):
            part[bound] = part[bound] * draw(st.sampled_from([1, 1, 1, 0.5, 2]))
    if isinstance(part.get("at_least"), (int, float)) and isinstance(part.get("at_most"), (int, float)):
        part["at_most"] = max(part["at_most"], part["at_least"])
    for window, other in (("within", "less_than"), ("less_than", "within")):
        if window in part and draw(st.booleans()):
            del part[window]
            part[draw(st.sampled_from([window, other]))] = draw(st.sampled_from(["6 months", "4 weeks", "1 year"]))
            break
    if "absence" in part and "presume_unless" not in part and draw(st.integers(0, 3)) == 0:
        part["absence"] = draw(st.sampled_from(["presume", "unknown"]))


@cache
def _shipped_criteria() -> list[dict[str, Any]]:
    """Criteria of every shipped trial, without what only its own file can say of them."""
    left_out = ("examples", "overlaps", "amendment", "note", "stage", "cohort", "never", "asides")
    return [
        {key: value for key, value in criterion.items() if key not in left_out}
        for source, _ in read_rules(gather()).trials
        for criterion in source.data["criteria"]
    ]


@cache
def _shipped_atoms() -> list[dict[str, Any]]:
    """Their atoms that stand by themselves."""
    return [
        {key: value for key, value in atom.items() if key not in ("helper", "role")}
        for criterion in _shipped_criteria()
        for atom in criterion["atoms"]
        if not any(key in atom for key in _REFERS)
    ]


def _anchors(part: Any) -> Iterable[str]:
    if isinstance(part, dict):
        yield from (part[key] for key in ("anchor", "back_from", "since") if key in part)
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _anchors(item)
