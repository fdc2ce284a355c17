"""What a report may show of a population: everything, or what cannot be traced to one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 11
"""Counts below it may point at somebody, as the usual rule for public health data in the USA has it (CMS: 11)."""
_STEP: Final = 5
_FIRST: Final = 15  # what is shown is never below what is hidden


@dataclass(frozen=True, slots=True)
class Disclosure:
    """With `deidentify`, counts from 1 to 10 are hidden, and the others rounded to 5, to 15 at least, so that no
    difference of two counts gives a small one away; names, sources, sentences about a patient and days are left out.
    """

    deidentify: bool = False

    def figure(self, count: int) -> int | None:
        """The count to be written into tables; None where it is hidden."""
        if not self.deidentify or count == 0:
            return count
        return None if count < SMALLEST else max(round(count / _STEP) * _STEP, _FIRST)

    def words(self, count: int) -> str:
        """The count for people: `1,234`, or `<11`."""
        figure = self.figure(count)
        return f"<{SMALLEST}" if figure is None else f"{figure:,}"

    def day(self, written: str) -> str:
        """A day as YYYY-MM-DD, or its month alone."""
        return written[:7] if self.deidentify else written

    def drawn(self, count: int) -> int:
        """The count that a bar is drawn for."""
        figure = self.figure(count)
        return SMALLEST if figure is None else figure
