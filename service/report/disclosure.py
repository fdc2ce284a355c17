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

    def share(self, count: int) -> int | None:
        """As `figure`, of a count that adds up with its like to another that is shown: 0 is hidden, too.

        Five criteria in a row that lose somebody while 20 are left, rounded, would be known to lose one each.
        """
        return None if self.deidentify and count < SMALLEST else self.figure(count)

    def words(self, count: int) -> str:
        """The count for people: `1,234`, or `<11`."""
        return _words(self.figure(count))

    def share_words(self, count: int) -> str:
        """As `words`, of what `share` is for."""
        return _words(self.share(count))

    def day(self, written: str) -> str:
        """A day as YYYY-MM-DD, or its month alone."""
        return written[:7] if self.deidentify else written

    def drawn(self, count: int) -> int:
        """The count that a bar is drawn for."""
        figure = self.figure(count)
        return SMALLEST if figure is None else figure

    def share_drawn(self, count: int) -> int:
        """As `drawn`, of what `share` is for: nothing of what is hidden, which is mostly 0."""
        return self.share(count) or 0


def _words(figure: int | None) -> str:
    return f"<{SMALLEST}" if figure is None else f"{figure:,}"
