"""One running service for the tests that need no settings of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hook_client import HookClient, serving


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[HookClient]:
    """A client of a service with default settings, whose every answer is held to the specification."""
    with serving(tmp_path_factory.mktemp("data")) as running:
        yield running
