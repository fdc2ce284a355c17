"""Plain text for terminals and files: wrapped to a width, never cut off, coloured only where it is wanted."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from enum import Enum

NARROWEST, WIDEST, USUAL = 60, 200, 100

# Columns: the widest label under which later lines leave room, and the least that is left for text.
LONGEST_LABEL, NARROWEST_TEXT = 26, 20


class Ink(Enum):
    """How a piece of text stands out, as its ANSI code."""

    STRONG = "1"
    FAINT = "2"
    BAD = "31"
    GOOD = "32"
    OPEN = "33"


def printable(text: str) -> str:
    """Text of a record or a path in one line, without what could steer a terminal or turn the reading direction."""
    return " ".join("".join(" " if unicodedata.category(char) in STEERING else char for char in text).split())


# Control characters, format characters (bidirectional overrides among them), line and paragraph separators.
STEERING = frozenset({"Cc", "Cf", "Zl", "Zp"})


def cells(text: str) -> int:
    """How many columns the text takes: wide East Asian characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns; a word that is longer than a line is broken, nothing is dropped."""
    lines: list[str] = []
    line = ""
    for word in printable(text).split(" "):
        rest = word
        if line and cells(line) + 1 + cells(rest) <= width:
            line = f"{line} {rest}"
            continue
        if line:
            lines.append(line)
        while cells(rest) > width:
            piece = rest[:width]
            while cells(piece) > width:
                piece = piece[:-1]
            lines.append(piece)
            rest = rest[len(piece) :]
        line = rest
    return [*lines, line] if line or not lines else lines


@dataclass(frozen=True, slots=True)
class Paper:
    """What text is laid out on."""

    width: int = USUAL
    colour: bool = False

    def ink(self, text: str, *inks: Ink) -> str:
        if not self.colour or not inks:
            return text
        return f"\x1b[{';'.join(ink.value for ink in inks)}m{text}\x1b[0m"

    def block(
        self, text: str, *, indent: int = 0, label: str = "", hang: int = 0, inks: tuple[Ink, ...] = ()
    ) -> list[str]:
        """A paragraph, its label in the first line; later lines begin under the text (a long label: set in a little).

        `hang` is the least width of the label's column. `inks` colour the label, or the text where there is no label.
        """
        label = printable(label)
        column = max(hang, cells(label) + 1) if label else hang
        if column > LONGEST_LABEL:
            return self._flowing(text, indent, label, inks)
        lines = wrap(text, max(self.width - indent - column, NARROWEST_TEXT))
        if not label:
            return [" " * (indent + column) + self.ink(line, *inks) if line else "" for line in lines]
        first = " " * indent + self.ink(label, *inks) + " " * (column - cells(label)) + lines[0]
        return [first.rstrip(), *(" " * (indent + column) + line for line in lines[1:])]

    def _flowing(self, text: str, indent: int, label: str, inks: tuple[Ink, ...]) -> list[str]:
        first, *later = wrap(f"{label} {text}", max(self.width - indent - 2, NARROWEST_TEXT))
        if first.startswith(label):
            first = self.ink(label, *inks) + first[len(label) :]
        return [" " * indent + first, *(" " * (indent + 2) + line for line in later)]

    def rule(self) -> str:
        return self.ink("-" * self.width, Ink.FAINT)


def paper_for(colour: str, *, to_file: bool = False) -> Paper:
    """The paper for standard output: its width from COLUMNS or the terminal, within 60 to 200 columns."""
    width = USUAL if to_file and "COLUMNS" not in os.environ else shutil.get_terminal_size((USUAL, 24)).columns
    return Paper(min(max(width, NARROWEST), WIDEST), _coloured(colour, to_file=to_file))


def _coloured(colour: str, *, to_file: bool) -> bool:
    if colour != "auto":
        return colour == "always"
    if to_file or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()
