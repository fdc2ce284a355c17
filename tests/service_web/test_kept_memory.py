"""What is kept from patient to patient is let go when it takes too much memory, and not before."""

from __future__ import annotations

import mmap
from weakref import WeakSet

import pytest

from trialsieve.rules import kept as kept_tables
from trialsieve.rules.kept import Kept, forget_all
from trialsieve.service.processes.kept_memory import LASTS, KeptMemory, held_bytes

MB = 1_000_000


@pytest.fixture(autouse=True)
def no_tables_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that runs many tests keeps thousands; to count their values a thousand times takes a minute."""
    monkeypatch.setattr(kept_tables, "_tables", WeakSet())


class Process:
    """A process that holds so much, of which emptying the tables gives a part back."""

    def __init__(self, comes_back: float) -> None:
        self.table: Kept[str, str] = Kept(10)
        self.comes_back = comes_back
        self._held = 0

    def holds(self, megabytes: int) -> None:
        self.table.keep("a", "b")
        self._held = megabytes * MB

    def held(self) -> int:
        return int(self._held if self.table.get("a") else self._held * (1 - self.comes_back))


@pytest.mark.parametrize(("held", "kept"), [(249, True), (250, True), (251, False)])
def test_tables_are_emptied_when_too_much_is_held(held: int, kept: bool) -> None:
    process = Process(0.4)
    memory = KeptMemory(most_grown=100 * MB, every=1, held=process.held)
    process.holds(150)
    memory.look()
    assert process.table.get("a")
    process.holds(held)
    memory.look()
    assert bool(process.table.get("a")) is kept


def test_how_many_values_are_kept_is_told() -> None:
    process = Process(0.4)
    memory = KeptMemory(most_grown=100 * MB, every=1, held=process.held)
    assert memory.values == 0
    process.holds(150)
    memory.look()
    assert memory.values >= 1
    process.holds(251)
    memory.look()
    assert memory.values == 0


def test_it_looks_now_and_then() -> None:
    process = Process(0.4)
    memory = KeptMemory(most_grown=100 * MB, every=3, held=process.held)
    for screening in range(1, 7):
        process.holds(150 if screening < 4 else 400)
        memory.look()
        assert bool(process.table.get("a")) is (screening < 6)


def test_what_does_not_come_back_does_not_keep_the_tables_empty() -> None:
    process = Process(0.0)
    memory = KeptMemory(most_grown=100 * MB, every=1, held=process.held)
    process.holds(150)
    memory.look()
    emptied = 0
    for _ in range(20):
        process.holds(300)
        memory.look()
        emptied += process.table.get("a") is None
    assert emptied == 2


@pytest.mark.parametrize(("screenings", "emptied"), [(LASTS - 1, 2), (LASTS, 11), (LASTS + 1, 11)])
def test_where_tables_take_long_to_fill_the_bound_stays(screenings: int, emptied: int) -> None:
    process = Process(0.0)
    memory = KeptMemory(most_grown=100 * MB, every=1, held=process.held)
    process.holds(150)
    memory.look()
    count = 0
    for _ in range(11):
        process.holds(300)
        memory.look()
        count += process.table.get("a") is None
        process.holds(240)
        for _ in range(screenings - 1):
            memory.look()
    assert count == emptied


def test_every_table_is_emptied_and_can_be_used_again() -> None:
    tables: list[Kept[int, int]] = [Kept(5), Kept(5)]
    for table in tables:
        table.keep(1, 1)
    assert forget_all() == 2
    assert [table.get(1) for table in tables] == [None, None]
    tables[0].keep(1, 2)
    assert tables[0].get(1) == 2


def test_what_this_process_holds() -> None:
    before = held_bytes()
    with mmap.mmap(-1, 50 * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as pages:  # none that was held before
        pages.write(b"x" * len(pages))
        assert held_bytes() - before > 0.8 * len(pages)
