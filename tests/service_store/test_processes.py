"""Several worker processes share one database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from trialsieve.service.storage.database import Database

WORKER = """
import sys
sys.path.insert(0, sys.argv[2])
from kept_things import LATER, screening
from trialsieve.service.security.seen_tokens import Met
from trialsieve.service.storage.store import Store

store = Store.open(sys.argv[1])
for number in range(40):
    store.keep_screening(screening())
met = [store.seen("issuer", str(number), LATER) for number in range(20)]
assert store.flush(20)
store.close()
print(store.losses, met.count(Met.NOW))
"""


def test_they_open_it_at_once_lose_nothing_and_meet_each_token_once(url: str) -> None:
    here = str(Path(__file__).parent / "shared")
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, url, here], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [worker.communicate(timeout=60)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert [int(losses) for losses, _ in said] == [0, 0, 0]
    assert sum(int(new) for _, new in said) == 20

    database = Database(url)
    database.open()
    with database.ask() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM screenings").scalar() == 120
    database.close()
