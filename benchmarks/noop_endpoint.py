"""The yardstick of the service: a FastAPI endpoint that parses the same body and does nothing with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, Request

from trialsieve.service.processes.supervisor import listen
from trialsieve.service.processes.tuning import tuned


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    with tuned():
        yield


app = FastAPI(lifespan=_running)


@app.post("/noop")
async def noop(request: Request) -> dict[str, list[Any]]:
    """Parsed as the service parses."""
    orjson.loads(await request.body())
    return {"cards": []}


@app.post("/noop-of-fastapi")
async def noop_of_fastapi(body: dict[str, Any]) -> dict[str, list[Any]]:
    """Parsed as FastAPI does by itself."""
    return {"cards": []}


def main() -> None:
    """Listens on any free port, and says which on standard output."""
    listening = listen("127.0.0.1", 0)
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(app, http="h11", ws="none", log_level="critical", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
