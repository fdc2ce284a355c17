"""Whether the tables are up to date, and bringing them there."""

from __future__ import annotations

from pathlib import Path

import alembic.command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

MIGRATIONS = Path(__file__).parent / "migrations"

MIGRATION_LOCK = 7_213_459_026_315
"""Any number that nobody else is likely to take for a lock of theirs in the same database."""


def is_migrated(connection: Connection) -> bool:
    """Whether the tables are up to date."""
    here = MigrationContext.configure(connection).get_current_heads()
    return set(here) == set(ScriptDirectory.from_config(_config()).get_heads())


def migrate(connection: Connection) -> None:
    """Brings the tables up to date in the connection's transaction; of several processes, one after the other."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    config = _config()
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
