"""What the guide says of upgrades: a version that is too old for its database says so, and touches nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.storage.store import Store


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "trialsieve.sqlite"
    url = f"sqlite:///{file}"
    Store.open(url).close()
    database = sqlite3.connect(file)
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    with pytest.raises(StoreError, match=r"made by a newer version of trialsieve; install that version again"):
        Store.open(url)
    assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    database.close()
