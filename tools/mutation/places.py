"""Places in the plain data of a rule file, and changed copies of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from trialsieve.rules.yaml_source import Location


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a rule file: where, what was done there, and the file's data after it."""

    where: Location
    what: str
    data: Any


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a rule file's data. What changes it makes copies, and leaves the data itself alone."""

    data: Any
    path: Location = ()

    @property
    def value(self) -> Any:
        """What stands here."""
        value = self.data
        for key in self.path:
            value = value[key]
        return value

    def at(self, *keys: str | int) -> Place:
        return Place(self.data, (*self.path, *keys))

    def put(self, value: Any, what: str) -> Change:
        """Something else stands here."""
        return Change(self.path, what, _put(self.data, self.path, value))

    def edit(self, key: str, what: str, *, drop: Collection[str] = (), add: Mapping[str, Any] | None = None) -> Change:
        """Of the mapping here, keys are dropped and added; it is told at `key`."""
        value = {name: part for name, part in self.value.items() if name not in drop} | dict(add or {})
        return Change((*self.path, key), what, _put(self.data, self.path, value))

    def drop(self, key: str, *others: str) -> Change:
        """A key of the mapping here goes, and others with it."""
        return self.edit(key, "dropped", drop={key, *others})

    def rename(self, key: str, name: str) -> Change:
        """A key of the mapping here gets another name, and keeps its place."""
        value = {name if each == key else each: part for each, part in self.value.items()}
        return Change((*self.path, key), f"-> {name}", _put(self.data, self.path, value))

    def without_item(self, index: int, what: str = "dropped") -> Change:
        """An item of the list here goes."""
        value = [part for number, part in enumerate(self.value) if number != index]
        return Change((*self.path, index), what, _put(self.data, self.path, value))


def _put(data: Any, path: Location, value: Any) -> Any:
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = _put(data[path[0]], path[1:], value)
    return copy


def label(data: Any, path: Location) -> str:
    """A place by the ids along its way: `I04.a1.value.above`; it survives that lines are added above it."""
    names = []
    key: Any
    for key in path:
        data = data[key] if isinstance(data, list) or key in data else None
        if isinstance(key, int) and isinstance(data, Mapping) and "id" in data:
            names.append(str(data["id"]))
        elif key not in {"criteria", "atoms", "cohorts"}:
            names.append(str(key))
    return ".".join(names)
