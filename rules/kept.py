"""A table of bounded size, for what is worked out once and kept."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


_tables: WeakSet[Kept[Any, Any]] = WeakSet()


def forget_all() -> int:
    """Empties every table there is, between two patients; how many values were kept."""
    return sum(table.forget() for table in tuple(_tables))


def count_all() -> int:
    """How many values all tables keep, between two patients."""
    return sum(len(table._known) for table in tuple(_tables))


class Kept(Generic[_Key, _Value]):
    """Keeps the newest so many values by key (0: none); safe for several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[_Key, _Value] = {}
        self._lock = threading.Lock()
        self.get = self._known.get  # looked up too often for a call in between
        _tables.add(self)

    def keep(self, key: _Key, value: _Value) -> None:
        """Keep a value; the oldest gives way."""
        if self._most:
            with self._lock:
                while len(self._known) >= self._most:
                    del self._known[next(iter(self._known))]
                self._known[key] = value

    def forget(self) -> int:
        """Forget all values; how many there were."""
        with self._lock:
            count = len(self._known)
            self._known.clear()
        return count
