"""Text is wrapped to its width, never cut off, and cannot steer a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialsieve.service.text.paper import NARROWEST, USUAL, WIDEST, Ink, Paper, cells, paper_for, printable, wrap


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_no_line_is_wider_than_the_paper_and_no_character_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == printable(text).replace(" ", "")


def test_words_fill_a_line_up_to_its_last_column() -> None:
    assert wrap("four four four", 9) == ["four four", "four"]
    assert wrap("four four four", 8) == ["four", "four", "four"]


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert wrap("ab abcdefgh", 5) == ["ab", "abcde", "fgh"]


def test_wide_characters_take_two_columns_and_combining_marks_none() -> None:
    assert cells("白血病") == 6
    assert cells("e\u0301") == 1
    assert wrap("白血病", 4) == ["白血", "病"]


@pytest.mark.parametrize("steering", ["\x1b[2J", "\u202e", "\x07", "\u2028", "\x9b31m", "\r"])
def test_what_could_steer_a_terminal_is_taken_out(steering: str) -> None:
    shown = printable(f"before{steering}after")
    assert steering[0] not in shown
    assert shown.startswith("before")


def test_later_lines_of_a_block_stand_under_its_text() -> None:
    assert Paper(40).block("one two three four five six seven", indent=2, label="open") == [
        "  open one two three four five six seven"
    ]
    assert Paper(28).block("one two three four five six seven", indent=2, label="open") == [
        "  open one two three four",
        "       five six seven",
    ]


@pytest.mark.parametrize(
    ("columns", "width"), [("20", NARROWEST), ("60", 60), ("99", 99), ("200", 200), ("900", WIDEST)]
)
def test_the_width_is_that_of_the_terminal_within_60_and_200(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert paper_for("auto").width == width


def test_a_file_has_the_usual_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert paper_for("auto", to_file=True).width == USUAL


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert paper_for("auto").colour
    assert not paper_for("auto", to_file=True).colour
    assert not paper_for("never").colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not paper_for("auto").colour
    assert paper_for("always").colour
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    monkeypatch.delenv("NO_COLOR")
    assert not paper_for("auto").colour


def test_ink_leaves_text_alone_without_colour() -> None:
    assert Paper(80, colour=False).ink("fails", Ink.BAD) == "fails"
    assert Paper(80, colour=True).ink("fails", Ink.BAD, Ink.STRONG) == "\x1b[31;1mfails\x1b[0m"
