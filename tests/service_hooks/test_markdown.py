"""Foreign text in a card: nothing in it is markup, a tag, a link or an image, whoever renders it."""

from __future__ import annotations

import re

import pytest
from foreign_text import AUTOLINK, seen, texts, tokens
from hypothesis import example, given
from hypothesis import strategies as st

from trialsieve.service.hooks.markdown import cut, escaped, excerpt, length, plain


@given(texts)
@example("a\\")
@example("<http://a.example>")
@example("a&amp;@b.example")
@pytest.mark.parametrize("frame", ["{}", "- {}", "- **I01** {} after", "**Caution:** {}", "before\n\n- {}\n- {}"])
def test_foreign_text_is_text_and_nothing_else(frame: str, text: str) -> None:
    own = {token.type for token in tokens(frame.replace("{}", "text"))}
    rendered = tokens(frame.replace("{}", escaped(text)))
    assert {token.type for token in rendered} <= own | {"text", "text_special"}


@given(texts)
def test_what_is_seen_is_what_was_written(text: str) -> None:
    assert seen(f"before {escaped(text)} after").replace("\u2060", "") == f"before {plain(text)} after"


@given(texts)
def test_no_renderer_finds_an_address_in_it(text: str) -> None:
    markdown = escaped(text)
    assert not AUTOLINK.search(markdown)
    assert not AUTOLINK.search(seen(f"before {markdown} after"))
    assert not re.search(r"<[A-Za-z/!?]", markdown), "some clients render raw HTML"


@given(texts)
def test_it_is_one_line_without_what_cannot_be_seen(text: str) -> None:
    line = escaped(text)
    assert not re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\ud800-\udfff]", line)
    assert line == line.strip()
    line.encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("HBV DNA < 20 IU/mL", "HBV DNA &lt; 20 IU/mL"),
        ("grade I/II, 3x", "grade I/II, 3x"),
        ("6. Patients", "6\\. Patients"),
        ("LVEF 55 %\n on 2026-10-02", "LVEF 55 % on 2026-10-02"),
        ("*", "\\*"),
        ("", ""),
    ],
)
def test_what_it_looks_like(text: str, line: str) -> None:
    assert escaped(text) == line


@pytest.mark.parametrize(
    ("text", "longest", "kept"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two\u2026"),
        ("one two three", 8, "one two\u2026"),
        ("one two three", 7, "one\u2026"),
        ("one, two", 6, "one\u2026"),
        ("one", 2, ""),
        ("one", 0, ""),
        ("\U0001f600\U0001f600 two", 7, "\U0001f600\U0001f600\u2026"),
        ("\U0001f600\U0001f600", 4, "\U0001f600\U0001f600"),
        ("\U0001f600\U0001f600", 3, ""),
        ("患者は 対象外", 6, "患者は\u2026"),
    ],
)
def test_text_is_cut_after_a_word(text: str, longest: int, kept: str) -> None:
    assert cut(text, longest) == kept


@given(st.text(), st.integers(0, 40))
def test_what_is_cut_is_no_longer_and_holds_whole_words(text: str, longest: int) -> None:
    line = plain(text)
    kept = cut(line, longest)
    assert length(kept) <= longest
    words = kept.removesuffix("\u2026").split()
    assert [word.rstrip(",;:") for word in line.split()][: len(words)] == [word.rstrip(",;:") for word in words]


@given(texts, st.integers(0, 60))
def test_an_excerpt_is_escaped_after_it_is_cut(text: str, longest: int) -> None:
    assert excerpt(text, longest) == escaped(cut(plain(text), longest))


@pytest.mark.parametrize("longest", [-3, 0, 5])
def test_of_no_text_nothing_is_cut(longest: int) -> None:
    assert cut("", longest) == ""


@pytest.mark.parametrize(
    "text", ["See WWW.example.org", "MailTo:a", "xMPP:a", "HTTP://x", "a@b", "\u00e4 Www.x", "\u00e4 a@b", "x ftp://y"]
)
def test_an_address_is_broken_however_it_is_written(text: str) -> None:
    assert "\u2060" in escaped(text)
