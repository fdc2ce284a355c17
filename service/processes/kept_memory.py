"""How much memory a worker may take for what it keeps from patient to patient.

Each table is bounded by its number of values, and values differ in size: a patient with thousands of results leaves
large ones. So the memory itself is looked at too, and where it has grown too much all tables are emptied.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from trialsieve.rules.kept import count_all, forget_all

MOST_GROWN: Final = 100_000_000
LOOKED_EVERY: Final = 50
"""Screenings. The first look is when nearly all that recurs has been met."""

LASTS: Final = 1_000
"""Screenings for which tables fill before they may be emptied again, without memory being taken to be short."""

_OWN: Final = Path("/proc/self/statm")
_log = logging.getLogger("trialsieve.service")


class KeptMemory:
    """Empties all tables when this process holds `most_grown` bytes more than it needs without them.

    `values` is how many the tables kept at the last look.
    """

    def __init__(
        self, *, most_grown: int = MOST_GROWN, every: int = LOOKED_EVERY, held: Callable[[], int] | None = None
    ) -> None:
        self._most_grown = most_grown
        self._every = every
        self._held = held or held_bytes
        self._screenings = 0
        self._lasts_until = 0
        self.values = 0
        self._needed: int | None = None

    def look(self) -> None:
        """After each screening, in the thread that screens."""
        self._screenings += 1
        if self._screenings % self._every:
            return
        self.values = count_all()
        held = self._held()
        if self._needed is None:
            self._needed = held
        elif held > self._needed + self._most_grown:
            count = forget_all()
            self.values = 0
            # Little of it comes back at once; most of it is used again by what is kept next. Where that does not last
            # long, what is left is needed, or tables would be emptied again and again.
            if self._screenings < self._lasts_until:
                self._needed = max(self._needed, self._held() - self._most_grown // 2)
            self._lasts_until = self._screenings + LASTS
            _log.info("%d values kept from patient to patient were forgotten, at %d MB", count, held // 1_000_000)


def held_bytes() -> int:
    """The memory that this process holds, without what it shares with files; 0 where the system does not tell."""
    try:
        _, resident, shared, *_ = _OWN.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
