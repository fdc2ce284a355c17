"""Checks the value sets beyond their grammar: `python -m trialsieve.rules.check_terminology [RULES_FOLDER]`.

Syntax and check digits of every code, UCUM units, factors against molar masses, currency classes, facets, and that the
number of codes is the one in `concepts.lock.json`, so that none is lost or added unnoticed. It does not prove that a
code is active in the newest release of its code system, nor that a hierarchy holds only what is wanted: that takes a
terminology server.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from trialsieve.rules.check_digits import fault_of
from trialsieve.rules.concept_files import ConceptNode, ConceptsFile, TerminologyFile, load_concepts, load_terminology
from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.units import is_ucum
from trialsieve.rules.yaml_source import SourceFile, read_yaml, validate

_NEAR = Decimal("0.0001")  # relative


def check(folder: Path) -> list[Problem]:
    """Everything wrong with the value sets of this rules folder, in the order of the files."""
    files, problems = _read([*sorted((folder / "concepts").glob("*.yaml")), folder / "terminology.yaml"], folder)
    currency, unread = _read([folder / "currency.yaml"], folder)
    classes = frozenset(currency[0].data) if currency else frozenset()
    problems += unread
    concepts, terminology = files[:-1], files[-1:]
    problems += load_concepts(concepts, classes)[1]
    counts: Counter[str] = Counter()
    ids = 0
    for file in concepts:
        try:
            parsed = validate(ConceptsFile, file)
        except RuleFilesError:
            continue  # load_concepts has said why
        ids += len(parsed.concepts)
        for index, node in enumerate(parsed.concepts):
            counts.update({system: len(codes) for system, codes in node.codes.items()})
            problems += _concept_problems(file, index, node)
    for file in terminology:
        problems += _terminology_problems(file)
    return sorted(problems) or list(_lock_problems(folder, ids, counts))


def _read(paths: Sequence[Path], folder: Path) -> tuple[list[SourceFile], list[Problem]]:
    files: list[SourceFile] = []
    problems: list[Problem] = []
    for path in paths:
        shown = str(path.relative_to(folder.parent)) if folder.parent in path.parents else str(path)
        try:
            files.append(read_yaml(shown, path.read_text(encoding="utf-8")))
        except OSError as error:
            problems.append(Problem(shown, 1, 1, f"cannot be read: {error.strerror}"))
        except RuleFilesError as error:
            problems += error.problems
    return files, problems


def _concept_problems(file: SourceFile, index: int, node: ConceptNode) -> Iterator[Problem]:
    here = ("concepts", index)
    if not node.codes and node.gap is None and node.kinds:
        yield file.problem((*here, "id"), f"{node.id} has neither codes nor a gap that says why")
    yield from _unit_problems(file, index, node)
    if node.assume is not None and (node.assume[0], node.assume[1]) not in {(f.facet, f.value) for f in node.facets}:
        yield file.problem((*here, "assume"), f"{node.id} assumes a facet that it does not recognise")
    for place, facet in enumerate(node.facets):
        for number, coded in enumerate(facet.codes):
            if fault := fault_of(coded.system, coded.code):
                yield file.problem((*here, "facets", place, "codes", number, "code"), fault)
        for number, text in enumerate(facet.texts):
            if text != text.lower():
                yield file.problem((*here, "facets", place, "texts", number), f"'{text}' must be lower-case")
    for number, term in enumerate(node.terms):
        if term != term.lower():
            yield file.problem((*here, "terms", number), f"'{term}' must be lower-case")
    for number, name in enumerate(node.number_names):
        if name != name.lower():
            yield file.problem((*here, "number_names", number), f"'{name}' must be lower-case")
    for system, codes in node.codes.items():
        for place, code in enumerate(codes):
            if fault := fault_of(system, code.code, code.match):
                yield file.problem((*here, "codes", system, place, "code"), fault)


def _unit_problems(file: SourceFile, index: int, node: ConceptNode) -> Iterator[Problem]:
    here = ("concepts", index)
    if node.unit is not None and not is_ucum(node.unit):
        yield file.problem((*here, "unit"), f"'{node.unit}' is not a UCUM unit")
    for unit, factor in node.factors.items():
        if not is_ucum(unit):
            yield file.problem((*here, "factors", unit), f"'{unit}' is not a UCUM unit")
        if factor <= 0:
            yield file.problem((*here, "factors", unit), f"the factor {factor} is not above zero")
    if node.molar_mass is not None and node.unit == "mg/dL" and "umol/L" in node.factors:
        # g/mol * umol/L is ug/L, and 10,000 ug/L are 1 mg/dL
        expected, given = node.molar_mass / 10_000, node.factors["umol/L"]
        if abs(given - expected) > expected * _NEAR:
            message = f"the factor {given} of umol/L does not fit the molar mass {node.molar_mass} g/mol"
            yield file.problem((*here, "factors", "umol/L"), message, f"that gives {expected}")


def _terminology_problems(file: SourceFile) -> list[Problem]:
    problems = load_terminology(file)[1]
    try:
        parsed = validate(TerminologyFile, file)
    except RuleFilesError:
        return problems  # load_terminology has said why
    for name in ("positive", "negative", "indeterminate", "not_done"):
        for place, coded in enumerate(getattr(parsed, name).codes):
            if fault := fault_of(coded.system, coded.code):
                problems.append(file.problem((name, "codes", place, "code"), fault))
    for canonical, others in parsed.aliases.items():
        for place, alias in enumerate(others):
            if alias in parsed.aliases:
                message = f"{alias} is both an alias and a code system of its own"
                problems.append(file.problem(("aliases", canonical, place), message))
    return problems


def _lock_problems(folder: Path, concepts: int, counts: Counter[str]) -> Iterator[Problem]:
    path = folder / "concepts.lock.json"
    shown = str(path.relative_to(folder.parent))
    hint = "if that is meant, write the new number there"
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
        locked_concepts, locked_codes = lock["concepts"], lock["codes"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Problem(shown, 1, 1, f"cannot be read: {error}")
        return
    if locked_concepts != concepts:
        yield Problem(shown, 1, 1, f"there are {concepts} concepts, not {locked_concepts}", hint)
    for system in sorted({*locked_codes, *counts}):
        locked, found = locked_codes.get(system, 0), counts.get(system, 0)
        if locked != found:
            yield Problem(shown, 1, 1, f"there are {found} codes of {system}, not {locked}", hint)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every problem to standard error; 0 if there is none, else 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    folder = Path(given[0]) if given else Path(__file__).resolve().parent
    problems = check(folder.resolve())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
