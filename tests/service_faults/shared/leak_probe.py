"""How many bytes of each request a worker still holds once all that it keeps on purpose is let go.

Prints two numbers: for the requests that come after the first, and for further ones of which LEAKED bytes each are
never let go, which has to be seen. What is sent is what the load sends. Memory that is not Python's own is not seen.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import tempfile
import threading
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Final

import uvicorn
from load_cases import MOST_BODY, SERVICE, WEIGHTS, Cases
from load_material import Patients
from load_session import Session, Tally
from load_tokens import PUBLIC_URL, Signer
from service_patients import PatientMaker

from trialsieve.rules.kept import forget_all
from trialsieve.service.app import create_app
from trialsieve.service.processes.supervisor import listen, worker_config
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.storage.store import Store
from trialsieve.service.web.logs import RequestLog, configure_logs

REQUESTS: Final = 200
LEAKED: Final = 1_000
BYTES: Final = 15_000
TOO_SLOW: Final = frozenset({"slow"})  # seconds, and nothing is screened

_never_let_go: list[bytes] = []


def leak() -> None:
    """From here on, each request leaves something behind."""
    told = RequestLog._tell

    def tell(*arguments: Any) -> None:
        _never_let_go.append(os.urandom(LEAKED))
        told(*arguments)

    RequestLog._tell = tell  # type: ignore[method-assign, assignment]


def held(store: Store) -> int:
    """The bytes in use, without what is kept on purpose: tables, used tokens."""
    forget_all()
    store._tokens.clear()
    gc.unfreeze()
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper):
            thing.cache_clear()
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def main() -> None:
    configure_logs("critical")
    signer, tally, random = Signer(), Tally(), Random(0)
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_folder=Path(folder),
            trials=("NCT04762485", "SENL-T7"),
            clients=signer.clients(),
            public_url=PUBLIC_URL,
            body_bytes=MOST_BODY,
            port=port,
        )
        app = create_app(settings)
        config = worker_config(settings, Path(folder))
        server = uvicorn.Server(uvicorn.Config(app, http=config.http, lifespan="on", log_config=None, access_log=False))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        session = Session(port, signer, tally, random)
        listed = session.ask("GET", "/cds-services", expect={200}).json()["services"]
        maker = PatientMaker(next(one["prefetch"] for one in listed if SERVICE.endswith(one["id"])))
        cases = Cases(Patients(maker, [BYTES]))
        hook, bundle = cases.patients.hook_body(session, 1), cases.patients.bundle_body(session, 1)
        chosen = [case for case in WEIGHTS if case.__name__ not in TOO_SLOW]
        weights = [WEIGHTS[case] for case in chosen]
        tracemalloc.start()
        found: list[tuple[int, int]] = []
        for part in (1, 2, 3):
            if part == 3:
                leak()
            while tally.requests < part * REQUESTS:
                (case,) = random.choices(chosen, weights)
                session.case = case.__name__
                case(cases, session, 2 + 2 * tally.requests)
            # The last request is held until the next: each part ends with the same.
            session.ask("POST", SERVICE, hook, expect={200}, patient=1)
            session.ask("POST", "/screen", bundle, expect={200}, patient=1)
            session.close()
            found.append((tally.requests, held(app.state.service.store)))
        server.should_exit = True
        thread.join()
    assert not tally.violations, tally.violations
    print(*(round((after[1] - before[1]) / (after[0] - before[0])) for before, after in pairwise(found)))


if __name__ == "__main__":
    main()
