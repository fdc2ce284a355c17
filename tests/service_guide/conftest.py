"""What the tests of the guide share: its text, and the blocks of commands and settings in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Guide:
    """docs/connect-ehr.md."""

    text: str

    def section(self, title: str) -> str:
        """From a heading to the next one of its level, or a higher one."""
        level, in_code, lines = 0, False, []
        for line in self.text.splitlines(keepends=True):
            in_code ^= line.startswith("```")
            marks, _, named = line.strip().partition(" ")
            is_heading = not in_code and set(marks) == {"#"}
            if level and is_heading and len(marks) <= level:
                break
            if level:
                lines.append(line)
            elif is_heading and named == title:
                level = len(marks)
        assert level, f"the guide has no section {title!r}"
        return "".join(lines)

    def blocks(self, title: str, language: str) -> list[str]:
        """The code blocks of a section."""
        return re.findall(rf"^```{language}\n(.*?)^```$", self.section(title), re.MULTILINE | re.DOTALL)

    def rows(self, title: str) -> list[list[str]]:
        """The cells of the tables of a section, without their heads."""
        lines = [line for line in self.section(title).splitlines() if line.startswith("| ")]
        table = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
        rules = [place for place, row in enumerate(table) if set(row[0]) <= {"-", " "}]
        heads = {place - 1 for place in rules}
        return [row for place, row in enumerate(table) if place not in heads and place not in rules]


@pytest.fixture(scope="session")
def guide() -> Guide:
    return Guide((ROOT / "docs" / "connect-ehr.md").read_text(encoding="utf-8"))
