"""For every test: how hard the property tests try, and what a result must look like.

`make fuzz` selects the property tests by the marker `fuzz`, which they are given here, and runs them under the profile
of that name. A property test that sets `max_examples` itself takes it from TRIALSIEVE_FUZZ_EXAMPLES as well.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "fuzz",
    parent=settings.get_profile("default"),
    max_examples=int(os.environ.get("TRIALSIEVE_FUZZ_EXAMPLES", "2000")),
    print_blob=True,
)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every property test `fuzz`."""
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker(pytest.mark.fuzz)


@pytest.fixture(scope="session")
def check_result() -> Callable[[Any], None]:
    """Holds a result object to docs/result.schema.json; every result of every test is checked with it."""
    schema = Path(__file__).resolve().parents[1] / "docs" / "result.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))

    def check(result: Any) -> None:
        validator.validate(result)

    return check
