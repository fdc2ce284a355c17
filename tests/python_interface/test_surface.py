"""What `import trialsieve` gives, and what it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import trialsieve
from trialsieve.service import python_interface

HEAVY = {"pydantic", "yaml", "fhir", "pint", "ucumvert", "fastapi", "jsonschema", "lark"}


def names_imported(code: str) -> set[str]:
    """The modules that this code imports in a new process."""
    shown = f"import sys; before = set(sys.modules); {code}; print(*(set(sys.modules) - before))"
    ran = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


def test_the_import_alone_brings_nothing_in() -> None:
    assert names_imported("import trialsieve; trialsieve.__version__; dir(trialsieve)") == {"trialsieve"}


def test_once_the_rules_are_cached_a_screening_needs_nothing_heavy(cache: Path) -> None:
    trialsieve.Screening()  # fills the cache
    imported = names_imported("import trialsieve; trialsieve.Screening()")
    assert "trialsieve.engine.screening" in imported
    assert {name.partition(".")[0] for name in imported} & HEAVY == set()


def test_every_name_is_that_of_the_interface() -> None:
    assert trialsieve.__all__ == [*python_interface.__all__, "__version__"]
    assert set(trialsieve.__all__) <= set(dir(trialsieve))
    for name in python_interface.__all__:
        assert getattr(trialsieve, name) is getattr(python_interface, name)


def test_a_name_that_is_not_there_is_told_as_python_does() -> None:
    with pytest.raises(AttributeError, match="module 'trialsieve' has no attribute 'Screenig'"):
        trialsieve.Screenig  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError):
        from trialsieve import screen_everybody  # type: ignore[attr-defined]  # noqa: F401


def test_every_error_is_of_one_tree() -> None:
    errors = [getattr(trialsieve, name) for name in trialsieve.__all__ if name.endswith("Error")]
    assert len(errors) == 6
    assert [error for error in errors if not issubclass(error, trialsieve.TrialsieveError)] == []


def test_it_is_typed_for_those_who_use_it() -> None:
    assert (Path(trialsieve.__file__).parent / "py.typed").is_file()
