"""What is imported is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

COMPANIONS = {
    "pydantic_core": "pydantic",  # pinned by the other, and meant to be used beside it
    "anyio": "fastapi",
    "cryptography": "pyjwt",
    "markupsafe": "jinja2",
    "starlette": "fastapi",  # likewise
    "pyspark": "pyspark",  # in an environment of its own (`make spark`)
}
DATA_ONLY = {"tzdata"}  # read by zoneinfo where the system has no time zones


def imported_modules(root: Path) -> dict[str, str]:
    """Top-level module imported by product code -> one file that does."""
    modules: dict[str, str] = {}
    for folder in ("rules", "engine", "fhir_adapters", "service"):
        for path in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                    names = [node.module]
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                    names = [
                        arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                    ]
                for name in names:
                    modules.setdefault(name.split(".")[0], str(path.relative_to(root)))
    return modules


def declared(root: Path) -> tuple[set[str], set[str]]:
    """Distributions that pyproject.toml asks for: to run, and in the extras that product code uses."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run: set[str] = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    optional = [line for name in ("service", "batch", "spark") for line in project["optional-dependencies"][name]]
    extra: set[str] = {canonicalize_name(Requirement(line).name) for line in optional}
    return run, extra


def test_what_is_imported_is_declared(root: Path) -> None:
    run, optional = declared(root)
    owners = packages_distributions()
    for module, path in imported_modules(root).items():
        if module in sys.stdlib_module_names or module == "trialsieve":
            continue
        names = [COMPANIONS[module]] if module in COMPANIONS else owners.get(module, [])
        distributions = {canonicalize_name(name) for name in names}
        assert distributions & (run | optional), f"{path} imports {module}, which pyproject.toml does not declare"


def test_what_is_declared_is_imported(root: Path) -> None:
    run, _ = declared(root)
    owners = packages_distributions()
    used = {canonicalize_name(name) for module in imported_modules(root) for name in owners.get(module, [])}
    assert run - used - DATA_ONLY == set()
