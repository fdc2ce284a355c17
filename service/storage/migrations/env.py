"""Run by alembic. The store hands over its connection; a developer's `alembic` command gives a database's URL."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from trialsieve.service.storage.tables import metadata


def run() -> None:
    """Brings the database to the revision asked for, in one transaction."""
    given = context.config.attributes.get("connection")
    if given is None:
        url = context.config.get_main_option("sqlalchemy.url")
        if not url:
            raise SystemExit("alembic: give the database, as in -x or sqlalchemy.url")
        connection = create_engine(url).connect()
    else:
        connection = given
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
