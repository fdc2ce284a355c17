"""How much of large bodies a worker holds at once: parsed, they take several times their size."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

LARGE_BYTES: Final = 1_000_000
"""What is not larger never waits."""


class LargeBodies:
    """Bytes that are held, and those who wait for their turn, first come, first served.

    Where nothing is held, a body of any size is taken: otherwise one that is larger than all that may be held could
    never be answered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self.held = 0

    async def take(self, size: int) -> None:
        """Waits until so many bytes may be held; whoever stops waiting holds nothing."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._admit()  # others may have waited for this one alone
            else:
                self.give_back(size)
            raise

    def give_back(self, size: int) -> None:
        """So many bytes are no longer held."""
        self.held -= size
        self._admit()

    def _admit(self) -> None:
        while self._waiting:
            size, turn = self._waiting[0]
            if not turn.cancelled():
                if self.held and self.held + size > self._most:
                    return
                self.held += size
                turn.set_result(None)
            self._waiting.popleft()
