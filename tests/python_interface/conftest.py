"""What the tests of the Python interface share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

import trialsieve

TRIAL = "NCT04762485"
AS_OF = "2026-11-20"


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def example(root: Path) -> Path:
    return root / "examples" / TRIAL / "needs-review.json"


@pytest.fixture(scope="session")
def screening(cache: Path) -> trialsieve.Screening:
    """One trial, as of the day of the examples."""
    return trialsieve.Screening(trials=TRIAL, as_of=AS_OF)


@pytest.fixture
def bundle(example: Path) -> dict[str, Any]:
    made: dict[str, Any] = orjson.loads(example.read_bytes())
    return made
