"""What the tests of the layers share: a small application inside them, asked in the process or by a real socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

import httpx
import pytest
import structlog
from fastapi import FastAPI, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse
from wires import Wire, on_a_socket

from trialsieve.service.app import add_layers
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.web.errors import IssueCode, ServiceError
from trialsieve.service.web.faults import handle_errors
from trialsieve.service.web.json_body import JsonObject
from trialsieve.service.web.metrics import Metrics

SECRET: Final = "Winterbottom"
"""Stands for what must never be seen outside."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Without this, what is logged before logging is set up goes to standard output. Other folders' tests read it."""
    configured = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**configured)


def small_app(settings: Settings, metrics: Metrics) -> FastAPI:
    """An endpoint for each way in which a request can end."""
    app = FastAPI(redirect_slashes=False)

    @app.get("/fine/{name}")
    async def fine(name: str) -> dict[str, str]:
        return {"name": name}

    @app.post("/json")
    async def read_json(body: JsonObject) -> dict[str, Any]:
        return body

    @app.post("/raw")
    async def read_raw(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @app.post("/careless")
    async def careless(request: Request) -> dict[str, str]:
        try:
            await request.body()
        except Exception:
            return {"said": "all is well"}
        return {"said": "read"}

    @app.post("/unread")
    async def unread() -> dict[str, str]:
        return {"said": "not read"}

    @app.get("/typed")
    async def typed(number: Annotated[int, Query(ge=1)]) -> dict[str, int]:
        return {"number": number}

    @app.get("/ours")
    async def ours() -> None:
        raise ServiceError(412, IssueCode.INCOMPLETE, "nothing can be known", headers={"Retry-After": "7"})

    @app.get("/framework")
    async def framework() -> None:
        raise HTTPException(418, SECRET)

    @app.get("/bug")
    async def bug() -> None:
        raise ValueError(f"the patient {SECRET} is unexpected")

    @app.get("/group")
    async def group() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(bug())

    @app.get("/slow")
    async def slow() -> None:
        await asyncio.sleep(30)

    @app.get("/own-timeout")
    async def own_timeout() -> None:
        raise TimeoutError(SECRET)

    @app.get("/breaks-off")
    async def breaks_off() -> StreamingResponse:
        async def parts() -> Any:
            yield b"begun"
            raise ValueError(SECRET)

        return StreamingResponse(parts())

    handle_errors(app)
    add_layers(app, settings, metrics)
    return app


class Small:
    """The small application, asked in this process."""

    def __init__(self, settings: Settings) -> None:
        self.metrics = Metrics()
        self.app = small_app(settings, self.metrics)

    def ask(self, method: str, path: str, **further: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                return await client.request(method, path, **further)

        return asyncio.run(asked())


@pytest.fixture
def small() -> Callable[..., Small]:
    """Makes the small application with these settings."""
    return lambda **settings: Small(Settings(**settings))


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """The small application behind a real socket: bodies of 1,000 bytes within 1.5 seconds, answers within two."""
    settings = Settings(body_bytes=1000, body_seconds=1.5, request_seconds=2)
    with on_a_socket(small_app(settings, Metrics())) as listening:
        yield listening
