"""Inputs and runs over them, made once for all that ask them. Nobody writes into them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from batches import EXAMPLES, batch, explained, mixed_input, tree


@pytest.fixture(scope="session")
def screened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over every example, in files of four records."""
    out = tmp_path_factory.mktemp("screened") / "out"
    batch([EXAMPLES], out)
    return out


@pytest.fixture(scope="session")
def results(screened: Path) -> list[dict[str, object]]:
    """What that run came to, patient by patient."""
    return [json.loads(line) for line in explained(screened)]


@pytest.fixture(scope="session")
def namesakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two records of one name, of two people; and an eligible patient whose Patient is out of use."""
    folder = tmp_path_factory.mktemp("namesakes")
    (folder / "in").mkdir()
    for name in ("attested", "needs-review"):
        text = (EXAMPLES / "NCT04762485" / f"{name}.json").read_text(encoding="utf-8")
        (folder / "in" / f"{name}.json").write_text(
            text.replace(name, "same").replace('"value": "same"', f'"value": "{name}"')
        )
    gone = (EXAMPLES / "SENL-T7" / "eligible-boy.json").read_text(encoding="utf-8")
    (folder / "in" / "gone.json").write_text(gone.replace('"gender"', '"active": false, "gender"', 1))
    batch([folder / "in"], folder / "out")
    return folder / "out"


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of everything that occurs."""
    return mixed_input(tmp_path_factory.mktemp("in"), seed=3)


@pytest.fixture(scope="session")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a run over `source` that was not broken off."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    batch([source], out)
    return tree(out)
