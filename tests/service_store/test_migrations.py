"""The migrations make what the code expects, in either database."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, DateTime, Integer, LargeBinary, String, Table, Text, TypeDecorator, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from trialsieve.service.storage.database import Database
from trialsieve.service.storage.migrating import MIGRATIONS
from trialsieve.service.storage.tables import metadata

TABLES = list(metadata.tables.values())


@pytest.fixture
def database(url: str) -> Database:
    opened = Database(url)
    opened.open()
    return opened


def test_the_migrations_make_the_tables_that_the_code_expects(database: Database) -> None:
    with database.ask() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()


@pytest.mark.usefixtures("path")
def test_opening_again_changes_nothing(database: Database, url: str) -> None:
    with database.ask() as connection:
        before = connection.exec_driver_sql("SELECT sql FROM sqlite_master ORDER BY name").all()
    again = Database(url)
    again.open()
    with again.ask() as connection:
        assert connection.exec_driver_sql("SELECT sql FROM sqlite_master ORDER BY name").all() == before
    again.close()
    database.close()


def test_every_migration_can_be_undone(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        config.attributes["connection"] = connection
        downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    database.close()


def test_there_is_one_line_of_revisions() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_postgresql_could_hold_it(table: Table) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert str(CreateTable(table).compile(dialect=dialect)).strip()


@pytest.mark.parametrize("column", [column for table in TABLES for column in table.columns], ids=str)
def test_only_types_that_both_databases_have(column: Column[object]) -> None:
    kind = column.type
    plain = kind.impl if isinstance(kind, TypeDecorator) else kind
    assert isinstance(plain, (String, Text, Integer, DateTime, JSON, LargeBinary))
    if isinstance(plain, DateTime):
        assert plain.timezone
