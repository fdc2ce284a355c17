"""The time of a request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


async def clock() -> datetime:
    """Now. A coroutine, although it awaits nothing: FastAPI sends other dependencies to a thread, for each request."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(clock)]
