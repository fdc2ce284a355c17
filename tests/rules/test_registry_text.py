"""The registry's own texts as people read them."""

from __future__ import annotations

import pytest

from trialsieve.rules.registry_text import quoted, registry_text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("rate \\>80%", "rate >80%"),
        ("\\<0.01% and \\[HBV\\]", "<0.01% and [HBV]"),
        ("1\\. a \\* b", "1. a * b"),
        ("a \\\\ b", "a \\ b"),
        ("no backslash >80%", "no backslash >80%"),
        ("C:\\temp", "C:\\temp"),
        ("ends in \\", "ends in \\"),
    ],
)
def test_the_sign_behind_a_backslash_is_read_without_it(text: str, read: str) -> None:
    assert registry_text(text) == read


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("rate \\>80%", None, "“rate >80%”"),
        ("one two three", 13, "“one two three”"),
        ("one two three", 12, "“one two …”"),
        ("one two three", 8, "“one two …”"),
        ("one two three", 7, "“one …”"),
        ("a \\> b", 5, "“a > b”"),
    ],
)
def test_a_quotation_that_is_too_long_ends_between_words(text: str, longest: int | None, expected: str) -> None:
    assert quoted(text, longest) == expected
