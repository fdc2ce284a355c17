"""An outcome is unknown exactly when it has reasons, and facts and outcomes are values."""

from __future__ import annotations

import pickle

import pytest
from charts import ago, number
from msgspec.structs import replace

from trialsieve.engine.outcome import Outcome
from trialsieve.rules.vocabulary import Reason, Truth

STALE = frozenset({Reason.STALE})
FACT = number(55, ago(3))


@pytest.mark.parametrize(
    ("truth", "reasons"), [(Truth.UNKNOWN, frozenset()), (Truth.TRUE, STALE), (Truth.FALSE, STALE)]
)
def test_an_outcome_is_unknown_exactly_when_it_has_reasons(truth: Truth, reasons: frozenset[Reason]) -> None:
    with pytest.raises(ValueError, match="unknown exactly when it has reasons"):
        Outcome(truth, reasons)
    with pytest.raises(ValueError, match="unknown exactly when it has reasons"):
        replace(Outcome(Truth.TRUE) if truth is Truth.UNKNOWN else Outcome(Truth.UNKNOWN, STALE), truth=truth)


@pytest.mark.parametrize(
    "value", [number(55, ago(3)), Outcome(Truth.TRUE, decided_by=(number(55, ago(3)),), when=ago(3))]
)
def test_a_value_is_equal_to_its_like_and_never_changes(value: object) -> None:
    again = pickle.loads(pickle.dumps(value))
    assert again is not value
    assert (again, hash(again)) == (value, hash(value))
    with pytest.raises(AttributeError):
        value.when = None  # type: ignore[attr-defined]
