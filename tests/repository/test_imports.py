"""What import-linter cannot see: which part of a library is imported; clocks and files reached without an import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("rules", "engine", "fhir_adapters", "service")


def parsed(root: Path, folder: str) -> Iterator[tuple[Path, ast.Module]]:
    paths = sorted((root / folder).rglob("*.py"))
    assert paths, f"no Python file in {folder}"
    for path in paths:
        yield path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """The full names that a module imports: `a.b` of `import a.b`, `a.b.c` of `from a.b import c`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.Module) -> Iterator[str]:
    """The last name of everything called: `now` of `datetime.now(...)`, `open` of `open(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.func.id


@pytest.mark.parametrize("folder", PACKAGES)
def test_fhir_models_are_named_by_version(root: Path, folder: str) -> None:
    # `fhir.resources.observation` is the R5 model, and rejects most R4 data.
    versioned = ("fhir.resources.R4B", "fhir.resources.STU3")
    wrong = [
        (path, name)
        for path, tree in parsed(root, folder)
        for name in imported(tree)
        if name.startswith("fhir.resources") and not name.startswith(versioned)
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_imports_are_absolute_and_through_the_package(root: Path, folder: str) -> None:
    wrong = [
        (path, name) for path, tree in parsed(root, folder) for name in imported(tree) if name.split(".")[0] in PACKAGES
    ]
    assert wrong == []


def test_the_engine_reads_no_clock_and_opens_no_file(root: Path) -> None:
    impure = {"now", "utcnow", "today", "open", "read_text", "read_bytes", "write_text", "print", "input", "getenv"}
    wrong = [(path, name) for path, tree in parsed(root, "engine") for name in calls(tree) if name in impure]
    assert wrong == []


def engine_modules_imported(tree: ast.Module) -> set[str]:
    """Which modules of the engine are imported: `facts` of `from trialsieve.engine.facts import Chart`."""
    names = [name.split(".") for name in imported(tree)]
    return {parts[2] for parts in names if parts[:2] == ["trialsieve", "engine"] and len(parts) > 2}


def test_the_two_evaluators_share_only_facts_and_interval_arithmetic(root: Path) -> None:
    # docs/adr/0004: code that both used would be wrong in both at once.
    shared = {"facts", "interval", "outcome"}
    direct, forward = set(), set()
    for path, tree in parsed(root, "engine"):
        if path.stem.startswith("direct"):
            direct |= engine_modules_imported(tree)
        elif path.stem.startswith(("forward", "compile", "strata", "conditions", "_durable")):
            forward |= engine_modules_imported(tree)
    assert "facts" in direct & forward
    words = {"phrases"}  # for notes, by which nothing is decided
    assert {module for module in direct if not module.startswith("direct")} <= shared | words
    assert {module for module in forward if module.startswith("direct")} | (forward & words) == set()


def test_adapters_import_only_the_engines_fact_types(root: Path) -> None:
    allowed = {"facts", "interval", "outcome", "result"}
    wrong = [(path, m) for path, tree in parsed(root, "fhir_adapters") for m in engine_modules_imported(tree) - allowed]
    assert wrong == []
