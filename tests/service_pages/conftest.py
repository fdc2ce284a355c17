"""Running services for the tests of their pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hook_client import HookClient, client, serving

__all__ = ["client", "elsewhere"]


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[HookClient]:
    """A service that others reach."""
    settings: dict[str, Any] = {
        "host": "0.0.0.0",
        "public_url": "https://trials.example.org",
        "allow_unauthenticated": True,
    }
    with serving(tmp_path_factory.mktemp("elsewhere"), **settings) as running:
        yield running
