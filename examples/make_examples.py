#!/usr/bin/env python3
"""Makes the example patients and their expected results: `make examples`.

Every patient is invented; the clinical values stand in `examples/patients/`, readable, and nowhere else. Results are as
of 2026-11-20. The expected results are to be read criterion by criterion against the registry's text before they are
committed: a test compares them with what the program says.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from patients import nct04762485, nct07070323, nct07120607, nct07476027, senl_t7
from patients.builders import Examples, Patient
from snapshots import AS_OF, SITE, ExampleScreener

HERE = Path(__file__).parent
ALL = (
    nct07120607.EXAMPLES,
    nct04762485.EXAMPLES,
    nct07476027.EXAMPLES,
    nct07070323.EXAMPLES,
    senl_t7.EXAMPLES,
)


def write_bundles(examples: Examples, root: Path) -> None:
    """The bundles of one trial, and the page that says what each shows."""
    folder = root / examples.trial
    folder.mkdir(parents=True, exist_ok=True)
    for patient in examples.patients:
        text = json.dumps(patient.bundle(), indent=1, ensure_ascii=False) + "\n"
        (folder / f"{patient.name}.json").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text("\n".join(_page(examples)) + "\n", encoding="utf-8")


def write_expected(examples: Examples, root: Path) -> None:
    """What comes of screening the bundles of one trial."""
    folder = root / "expected" / examples.trial
    folder.mkdir(parents=True, exist_ok=True)
    screener = ExampleScreener(examples)
    for patient in examples.patients:
        said = screener.snapshot(root / examples.trial / f"{patient.name}.json", patient)
        (folder / f"{patient.name}.txt").write_text(said, encoding="utf-8")


def command(examples: Examples, patient: Patient) -> str:
    """The command that screens a patient, in the root of the repository."""
    options = [f"--trial {examples.trial}", f"--as-of {AS_OF}"]
    options += [f"--anchor {name}={day}" for name, day in patient.anchors.items()]
    options += [f"--site examples/{SITE.name}"] if examples.site else []
    return " ".join(["trialsieve screen", shlex.quote(f"examples/{examples.trial}/{patient.name}.json"), *options])


def _page(examples: Examples) -> Iterator[str]:
    yield f"# Example patients for {examples.trial}"
    yield ""
    yield f"Invented, made by `examples/make_examples.py`; read as of {AS_OF}. What comes of them is in"
    yield f"[examples/expected/{examples.trial}](../expected/{examples.trial})."
    for patient in examples.patients:
        yield ""
        yield f"- `{patient.name}.json`: {patient.shows}"
        yield ""
        yield f"      {command(examples, patient)}"


def main(root: Path = HERE) -> None:
    for examples in ALL:
        write_bundles(examples, root)
        write_expected(examples, root)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
