"""The tool behind `make agree`: its random trials are the same every time, and it counts what it is there to count."""

from __future__ import annotations

from pathlib import Path

import agreement
import pytest
from rule_file_strategies import loaded

from trialsieve.engine.forward import ForwardEngine
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.rules.errors import EngineError
from trialsieve.rules.rule_book import RuleBook

EXAMPLE = Path(__file__).parents[2] / "examples" / "SENL-T7" / "eligible-boy.json"


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return loaded(*agreement.random_trials(2, 1))


@pytest.fixture
def example() -> agreement.Source:
    return agreement.Source("an example", lambda: read_records([str(EXAMPLE)], []))


def test_random_trials_are_the_same_for_the_same_seed() -> None:
    one, same, other = (agreement.random_trials(5, seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    assert [trial["trial"] for trial, _ in one] == [f"RANDOM-{number:03}" for number in range(5)]


def test_the_evaluators_agree_on_random_trials(book: RuleBook, example: agreement.Source) -> None:
    assert agreement.compare(book, ["RANDOM-000", "RANDOM-001"], [example]) == 0


def test_what_disagrees_is_counted(monkeypatch: pytest.MonkeyPatch, book: RuleBook, example: agreement.Source) -> None:
    def fail(*parts: object) -> None:
        raise EngineError("out of order")

    monkeypatch.setattr(ForwardEngine, "evaluate", fail)
    assert agreement.compare(book, ["RANDOM-000"], [example]) > 0


@pytest.mark.parametrize("variable", ["TRIALSIEVE_VOLUME", "TRIALSIEVE_SAMPLES"])
def test_it_says_what_it_was_not_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    monkeypatch.delenv(variable, raising=False)
    agreement.sources(1)
    assert f"{variable} is not set to a folder" in capsys.readouterr().out
