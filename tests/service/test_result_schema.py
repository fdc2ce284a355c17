"""The schema of a result is shipped as it is made, knows every word, and refuses what contradicts itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from trialsieve.engine.result import ScreeningResult, result_json
from trialsieve.rules.vocabulary import Effect
from trialsieve.service.output.result_schema import result_schema

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def good(result: Callable[..., ScreeningResult], criterion: Callable[..., Any]) -> dict[str, Any]:
    return result_json(result(criterion("I02", Effect.FAIL), criterion("I03", Effect.REVIEW), criterion("I04")))


def test_the_shipped_schema_is_the_one_that_the_code_makes() -> None:
    shipped = json.loads((ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
    assert shipped == result_schema(), "run python -m trialsieve.service.output.result_schema > docs/result.schema.json"
    jsonschema.Draft202012Validator.check_schema(shipped)


def test_a_result_is_valid(good: dict[str, Any], check_result: Callable[[Any], None]) -> None:
    check_result(good)


def changed(result: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy in which the member at `a.0.b` has another value."""
    new = copy.deepcopy(result)
    at: Any = new
    *parents, last = path.split(".")
    for step in parents:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[last] = value
    return new


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("verdict", "maybe"),
        ("as_of", "20.11.2026"),
        ("rules_sha256", "abc"),
        ("arms", []),
        ("arms.0.limiting", []),  # an ineligible arm says what decides it
        ("criteria", []),
        ("unheard", 1),
        ("criteria.0.unheard", 1),
        ("criteria.0.kind", "Inclusion"),
        ("criteria.0.effect", "pass"),  # an inclusion that is false fails
        ("criteria.0.reasons", ["no-data"]),  # what is known has no reasons
        ("criteria.1.effect", "pass"),  # what is unknown is in review
        ("criteria.1.reasons", []),
        ("criteria.1.reasons", ["missing"]),
        ("criteria.1.reasons", ["stale", "stale"]),
        ("criteria.2.holds", "true"),
        ("criteria.2.applies", None),
        ("criteria.2.evidence", [{"reference": "Observation/o1"}]),
        ("criteria.2.atoms.0.holds", 1),
        ("criteria.2.changes_on", "soon"),
    ],
)
def test_what_contradicts_the_contract_is_refused(
    good: dict[str, Any], check_result: Callable[[Any], None], path: str, value: object
) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check_result(changed(good, path, value))


@pytest.mark.parametrize("member", ["patient", "source", "trial", "as_of", "verdict", "arms", "cautions", "criteria"])
def test_every_member_is_required(good: dict[str, Any], check_result: Callable[[Any], None], member: str) -> None:
    del good[member]
    with pytest.raises(jsonschema.ValidationError):
        check_result(good)
