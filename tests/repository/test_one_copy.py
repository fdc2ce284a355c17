"""No module is loaded twice: two copies of a class are never equal, and `isinstance` between them is silently false."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGES = ("rules", "engine", "fhir_adapters", "service")

LOAD_EVERYTHING = """
import importlib, os, pkgutil, sys
import trialsieve
for found in pkgutil.walk_packages(trialsieve.__path__, "trialsieve."):
    if not found.name.endswith(("__main__", "migrations.env")):  # scripts
        importlib.import_module(found.name)
seen = {}
for name, module in list(sys.modules.items()):
    path = getattr(module, "__file__", None)
    if path and name.split(".")[0] in ("trialsieve", "rules", "engine", "fhir_adapters", "service"):
        seen.setdefault(os.path.realpath(path), []).append(name)
for path, names in sorted(seen.items()):
    print(len(names), ",".join(names), path)
"""


def test_every_module_is_loaded_under_one_name(root: Path) -> None:
    # Started in the root, where a bare `import engine` would find the folder.
    ran = subprocess.run(
        [sys.executable, "-c", LOAD_EVERYTHING], cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert len(lines) > 15, "hardly any module was loaded: " + ran.stdout
    assert [line for line in lines if not line.startswith("1 trialsieve")] == []


def test_this_test_run_holds_no_bare_copy() -> None:
    bare = [name for name in sys.modules if name.split(".")[0] in PACKAGES]
    assert bare == [], "run `pytest`, not `python -m pytest`, and import trialsieve.engine, not engine"
