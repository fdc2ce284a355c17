"""Functions that executors are handed; they import this module by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def executor_of(_: int) -> int:
    """Which executor's Python does this piece?"""
    return os.getppid()


def tenfold(piece: object) -> int:
    return int(str(piece)) * 10


class DiesOnce:
    """Does a function's work, and ends its process right afterwards the first time that it is called anywhere."""

    def __init__(self, mark: Path, function: Callable[[object], object]) -> None:
        self._mark = mark
        self._function = function

    def __call__(self, piece: object) -> object:
        done = self._function(piece)
        try:
            self._mark.touch(exist_ok=False)
        except FileExistsError:
            return done
        os._exit(1)
