"""Builds rules/inventory/<trial>.yaml and rules/inventory/elements.yaml from a researched list of criteria.

    python tools/build_inventory.py CRITERIA_YAML BINDINGS_YAML [--out rules]

The inventory says what every trial file has to hold: each criterion and atom of the registry's text, and which concepts
each clinical element stands for. `trialsieve.rules.check_coverage` holds the rule files against it. What is written by
hand beside it (`sections.yaml`, `exceptions.yaml`) is left alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trialsieve.rules.yaml_source import read_yaml

HEADER = """\
# {title}
# Built by tools/build_inventory.py from a list of criteria that was made by reading the registry's text sentence by
# sentence; not edited by hand. What may differ from it, and why, is in exceptions.yaml.
"""


def main(arguments: list[str] | None = None) -> int:
    """Write the files; 0 on success."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("criteria", type=Path)
    parser.add_argument("bindings", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "rules")
    options = parser.parse_args(arguments)
    raw = {"criteria": options.criteria.read_bytes(), "bindings": options.bindings.read_bytes()}
    criteria, bindings = (read_yaml(name, content.decode()).data for name, content in raw.items())
    folder = options.out / "inventory"
    folder.mkdir(parents=True, exist_ok=True)
    for name, trial in criteria["trials"].items():
        source = options.out / "sources" / f"{name}.txt"
        lines = [f"trial: {name}", _built_from(raw["criteria"]), *_trial(trial, source)]
        _write(folder / f"{name}.yaml", f"What the registry's text of {name} holds", lines)
    lines = [_built_from(raw["bindings"]), "elements:", *_elements(bindings)]
    _write(folder / "elements.yaml", "Which concepts each clinical element of the inventories stands for", lines)
    return 0


def _write(path: Path, title: str, lines: list[str]) -> None:
    path.write_text(HEADER.format(title=title) + "\n".join(lines) + "\n", encoding="utf-8")


def _built_from(content: bytes) -> str:
    return f"built_from: {hashlib.sha256(content).hexdigest()}"


def _trial(trial: Mapping[str, Any], source: Path) -> Iterator[str]:
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    yield f"source: {_flow({'file': source.name, 'sha256': sha256})}"
    gates = trial.get("cohort_gates", {})
    yield "cohorts:"
    for cohort in trial["cohorts"]:
        gate = gates.get(cohort)
        yield f"  {cohort}: {_flow(_atom(gate)) if gate else 'null'}"
    yield f"stages: {_flow(trial['stages'])}"
    yield f"anchors: {_flow(trial['anchors'])}"
    yield "criteria:"
    for name, criterion in trial["criteria"].items():
        yield f"  {name}:"
        kind = "infusion" if name.startswith("F") else criterion["type"]  # the list calls these inclusions at a stage
        yield f"    kind: {kind}"
        yield f"    stage: {criterion['stage']}"
        yield f"    cohort: {criterion['cohort']}"
        yield f"    status: {criterion['status']}"
        if criterion["logic"] is None:
            readings = [criterion["logic_as_written"], criterion["logic_presumed"]]
            yield f"    readings: {json.dumps(readings)}"
        else:
            yield f"    logic: {criterion['logic']}"
        yield f"    text: {_flow(criterion['text'])}"
        yield "    atoms:"
        for atom in criterion["atoms"]:
            yield f"      {atom['id']}: {_flow(_atom(atom))}"


def _atom(atom: Mapping[str, Any]) -> dict[str, str]:
    role = {"role": atom["role"].replace("_", "-")} if "role" in atom else {}
    return {"quote": atom["quote"], "element": atom["element"], **role, "computability": atom["computability"]}


def _elements(bindings: Mapping[str, Any]) -> Iterator[str]:
    for name, binding in bindings.items():
        rest = {key: _whole(binding, key) for key in ("narrow", "gap") if key in binding}
        yield f"  {name}: {_flow({'concepts': binding['to'], **rest})}"


def _whole(binding: Mapping[str, Any], key: str) -> str:
    """The text of this key, with what an unquoted comma of a flow mapping has cut off it."""
    keys = list(binding)
    rest = keys[keys.index(key) + 1 :]
    cut_off = [each for each in rest if binding[each] is None]
    return ", ".join([binding[key], *(str(each) for each in cut_off)])


def _flow(value: object) -> str:
    """One line of YAML; plain keys, quoted text."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(str(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    raise SystemExit(main())
