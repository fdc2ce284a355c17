"""For every test: how hard the property tests try, what a result must look like, a cache of rules of its own, and YAML
that is read once.

`make fuzz` selects the property tests by the marker `fuzz`, which they are given here, and runs them under the profile
of that name. One that sets `max_examples` has as many there, unless it takes TRIALSIEVE_FUZZ_EXAMPLES itself.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import hypothesis.core
import jsonschema
import orjson
import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from hypothesis.vendor.pretty import RepresentationPrinter

from trialsieve.engine import explained
from trialsieve.engine.result import ScreeningResult, result_json
from trialsieve.rules import yaml_source
from trialsieve.service.screening import unanswered

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "fuzz",
    parent=settings.get_profile("default"),
    max_examples=int(os.environ.get("TRIALSIEVE_FUZZ_EXAMPLES", "2000")),
    print_blob=True,
)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every property test `fuzz` that tries other examples there than in a plain run."""
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj) and not _repeats_itself(item.obj):
            item.add_marker(pytest.mark.fuzz)


def _repeats_itself(test: Any) -> bool:
    """Where `CI` is set, hypothesis takes the same examples at each run: all of them, if the test sets their number."""
    chosen: settings = test._hypothesis_internal_use_settings
    return chosen.derandomize and chosen.max_examples != settings.get_profile("fuzz").max_examples


def _read_each_text_once() -> None:
    """Reading YAML takes a good part of loading rules, and tests load the same files hundreds of times.

    Only the tree of nodes is kept, which nothing changes; a text that is not valid is read each time.
    """
    yaml_source.compose = functools.lru_cache(maxsize=512)(yaml_source.compose)


_read_each_text_once()

_TRIM: Final = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
_THRESHOLD: Final = gc.get_threshold()
_freeze, _unfreeze = gc.freeze, gc.unfreeze


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What collecting makes stays to the end, and is a large part of all there is: it is looked at no more.

    schemathesis, once imported, lets hypothesis print nothing of the values of a property that fails.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        hypothesis.core.RepresentationPrinter = RepresentationPrinter  # type: ignore[attr-defined]
        _freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def kept_from_the_collector() -> Iterator[None]:
    """Commands and services keep what is there from the garbage collector, each as if the process were its alone.

    Here they keep nothing: garbage of thousands of tests would stay.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        patch.setattr(gc, "unfreeze", lambda: None)
        yield


@pytest.fixture(scope="module", autouse=True)
def threshold() -> Iterator[None]:
    """A command sets it for the process."""
    yield
    gc.set_threshold(*_THRESHOLD)


@pytest.fixture(scope="module", autouse=True)
def memory_given_back() -> Iterator[None]:
    """What a file of tests has freed goes back to the system: a rule engine of 300 trials alone leaves 450 MB of holes,
    which glibc would keep to the end in each of the processes that test.
    """
    yield
    if _TRIM is not None:
        _TRIM(0)


@pytest.fixture
def collector_alone() -> Iterator[None]:
    """Nothing is kept from the collector yet, and what the test says to keep is kept."""
    _unfreeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", _freeze)
        patch.setattr(gc, "unfreeze", _unfreeze)
        yield
    _freeze()


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tests' own cache of loaded rules, for this process and those that it starts."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALSIEVE_CACHE", str(folder))
        yield folder


def _validator() -> Any:
    """Validates by docs/result.schema.json. A part that was found valid once is not looked at again."""
    schema = Path(__file__).resolve().parents[1] / "docs" / "result.schema.json"
    plain = jsonschema.Draft202012Validator
    follow: Callable[..., Iterable[jsonschema.ValidationError] | None] = plain.VALIDATORS["$ref"]
    valid: set[bytes] = set()

    def kept(validator: Any, reference: str, part: Any, within: Any) -> Iterator[jsonschema.ValidationError]:
        key = blake2b(orjson.dumps((reference, part)), digest_size=16).digest()
        if key in valid:
            return
        faults = list(follow(validator, reference, part, within) or ())
        if not faults and len(valid) < 400_000:
            valid.add(key)
        yield from faults

    keeping: Callable[[Any], Any] = jsonschema.validators.extend(plain, {"$ref": kept})  # type: ignore[no-untyped-call]
    return keeping(json.loads(schema.read_text(encoding="utf-8")))


_VALIDATOR: Final = _validator()


_CHECKED_OF_EACH_TEST: Final = 20
_unchecked = [_CHECKED_OF_EACH_TEST]


def _check_results() -> None:
    """From here on, no test can have a result made that the schema refuses. A Struct's __init__ is never called.

    Only the first few of each test are looked at, for property tests make thousands that are all different; and none by
    rules that stand in no file, and so have no hash.
    """

    def made(*parts: Any, **named: Any) -> ScreeningResult:
        result = ScreeningResult(*parts, **named)
        if _unchecked[0] > 0 and result.rules_sha256:
            _unchecked[0] -= 1
            _VALIDATOR.validate(result_json(result))
        return result

    for module in (explained, unanswered):
        setattr(module, ScreeningResult.__name__, made)


def pytest_runtest_setup() -> None:
    _unchecked[0] = _CHECKED_OF_EACH_TEST


_check_results()


@pytest.fixture(scope="session")
def check_result() -> Callable[[Any], None]:
    """Holds a result's JSON, as it was written, to docs/result.schema.json. The first of a test are without it."""
    check: Callable[[Any], None] = _VALIDATOR.validate
    return check
