"""A database that is a server: what ends the wait for one that is slow, frozen or gone."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import InvalidatePoolError, NoSuchModuleError

from trialsieve.service.storage import waits
from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.storage.silence import Silence

_LIBPQ_DRIVERS = ("psycopg", "psycopg2")

LIBPQ_OPTIONS = {
    "connect_timeout": waits.SERVER_WAITS,
    "tcp_user_timeout": waits.SERVER_WAITS * 1000,
    "keepalives_idle": waits.SERVER_WAITS,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
"""What ends the wait for a machine or a network that is gone. The machine of a frozen server still answers all of this:
see silence.py."""

_NEW = "trialsieve_new"


def is_by_libpq(url: URL) -> bool:
    """Whether the driver is one whose waits can be limited and cut off."""
    try:
        return url.get_driver_name() in _LIBPQ_DRIVERS
    except NoSuchModuleError:  # making the engine says so
        return False


def engine_of_server(url: URL, silence: Silence) -> Engine:
    """A pool of connections in which nobody waits for the server without end."""
    by_libpq = is_by_libpq(url)
    engine = create_engine(
        url,
        pool_pre_ping=not by_libpq,
        pool_timeout=waits.SERVER_WAITS,
        connect_args={**LIBPQ_OPTIONS, **url.query} if by_libpq else {},
    )
    if by_libpq:
        _break_silence(engine, silence)
    if url.get_backend_name() == "postgresql":
        event.listen(engine, "begin", _begin_limited)
    return engine


def _break_silence(engine: Engine, silence: Silence) -> None:
    """Before a connection of the pool is used, it is asked whether it still is one; that, too, within bounds.

    SQLAlchemy's own `pool_pre_ping` would wait for a frozen server without end.
    """

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, arguments: Any, options: Any) -> Any:
        began = time.monotonic()
        try:
            made = dialect.connect(*arguments, **options)
        except dialect.loaded_dbapi.Error:
            if time.monotonic() - began >= waits.SERVER_WAITS - 0.5:
                silence.met()
            raise
        record.info[_NEW] = True
        return made

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: Any, _: object) -> None:
        if record.info.pop(_NEW, False):
            return
        dialect: Any = engine.dialect
        try:
            with silence.broken_after(connection, waits.SERVER_WAITS):
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if silence.is_silent:  # a new connection would only be waited for in the same way
                raise StoreError("the database server does not answer") from error
            raise InvalidatePoolError from error


def _begin_limited(connection: Connection) -> None:
    """PostgreSQL ends what takes longer: otherwise a query that hangs would hold a request for ever."""
    options = connection.get_execution_options()
    if waits.LONGEST not in options:
        return
    limits = {"lock_timeout": options[waits.PATIENCE], "statement_timeout": options[waits.LONGEST]}
    # For this transaction alone: a proxy may give the connection to others afterwards.
    connection.execute(select(*(func.set_config(name, f"{limits[name] * 1000:.0f}ms", True) for name in limits)))
