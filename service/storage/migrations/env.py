"""Run by alembic (migrating.py), which was handed the connection of the store."""

from __future__ import annotations

from alembic import context

from trialsieve.service.storage.tables import metadata


def run() -> None:
    """Brings the database to the revision asked for, in one transaction."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
