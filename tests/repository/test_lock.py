"""The locks pin what pyproject.toml asks for, each file by its hash, and nothing that pip could not check."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LARGE = ("postgresql", "spark")  # these extras have locks of their own
LOCKS = (
    *("requirements-build.lock", "requirements.lock", "requirements-dev.lock"),
    *(f"requirements-{extra}.lock" for extra in LARGE),
)
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<marker>\s*;[^\\]*)? \\$")


def pins(path: Path) -> dict[str, str]:
    """Pinned version by normalised name. Fails on a line that is neither a pin, a hash nor a comment."""
    pinned: dict[str, str] = {}
    hashes: dict[str, int] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.startswith("    --hash=sha256:"):
            hashes[name] = hashes.get(name, 0) + 1
            continue
        pin = PIN.match(line)
        assert pin, f"{path.name}: neither a pin nor a hash: {line}"
        name = canonicalize_name(pin["name"])
        assert name not in pinned, f"{path.name} pins {name} twice"
        pinned[name] = pin["version"]
    assert set(hashes) == set(pinned), f"{path.name}: a pin without a hash"
    return pinned


def asked_for(root: Path) -> dict[str, list[Requirement]]:
    """What each lock has to hold: what running needs, and what the extras add."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run: list[str] = project["dependencies"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    small = [line for name, lines in extras.items() if name not in LARGE for line in lines]
    wanted = {"requirements.lock": run, "requirements-dev.lock": run + small}
    wanted |= {f"requirements-{name}.lock": run + extras["service"] + extras["dev"] + extras[name] for name in LARGE}
    return {lock: [Requirement(line) for line in lines] for lock, lines in wanted.items()}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(root: Path, lock: str) -> None:
    assert pins(root / lock)


def test_the_locks_satisfy_what_is_asked_for(root: Path) -> None:
    for lock, requirements in asked_for(root).items():
        pinned = pins(root / lock)
        for requirement in requirements:
            version = pinned.get(canonicalize_name(requirement.name))
            assert version, f"{lock} lacks {requirement.name}: run `make lock`"
            assert requirement.specifier.contains(version), f"{lock} pins {requirement.name} {version}: run `make lock`"


def test_tests_run_on_the_versions_that_screening_runs_on(root: Path) -> None:
    dev = pins(root / "requirements-dev.lock")
    for lock in ("requirements.lock", "requirements-build.lock"):
        for name, version in pins(root / lock).items():
            assert dev.get(name) == version, f"{name}: {lock} and requirements-dev.lock differ: run `make lock`"
