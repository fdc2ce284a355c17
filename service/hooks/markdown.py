"""Text from charts and rule files made safe for a card: plain for its summary, escaped for its GFM detail.

A card is shown by programs that we do not know: some render raw HTML, some turn whatever looks like an address into a
link, with or without a backslash before it. So `<`, `>` and `&` become entities, marks get a backslash, and addresses
are broken by a word joiner, which nobody sees.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

ELLIPSIS: Final = "\u2026"

_JOINER: Final = "\u2060"

# Control and format characters that move, hide or reverse text, and halves of surrogate pairs. The joiners that
# scripts need (U+200C, U+200D) stay.
_UNSEEN: Final = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKS: Final = str.maketrans(
    {**{mark: f"\\{mark}" for mark in "\\`*_[]~|#!$^{}"}, "&": "&amp;", "<": "&lt;", ">": "&gt;"}
)
_MARKED: Final = re.compile(f"[{re.escape(''.join(map(chr, _MARKS)))}]")
# What GFM reads as the beginning of an address in the middle of text: `://`, `www.`, an `@`, and two schemes.
_ADDRESS: Final = re.compile(r"://|www\.|@|(?:mailto|xmpp):", re.IGNORECASE)
# What at the beginning of a line makes it a list item or an underline.
_BEGINS: Final = re.compile(r"[-+=]|\d{1,9}(?=[.)])")


def seen(text: str) -> str:
    """The text without characters that move, hide or reverse what stands around them; lines stay."""
    return _UNSEEN.sub("", text)


def plain(text: str) -> str:
    """The text on one line, without control characters."""
    if not text.isprintable():
        text = seen(text)
    elif "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text  # of all white space, a plain space alone is printable
    return " ".join(text.split())


def escaped(text: str) -> str:
    """The text on one line of Markdown, or in the middle of it: nothing in it is markup, a tag or a link."""
    return _escaped(plain(text))


@lru_cache(maxsize=2_000)
def excerpt(text: str, longest: int) -> str:
    """So many characters of the text at most, escaped."""
    return _escaped(cut(plain(text), longest))


def cut(text: str, longest: int) -> str:
    """The text in at most so many characters, ended after a whole word; empty where not even the first one fits.

    Characters are counted in UTF-16, which is never less than the number of code points.
    """
    if length(text) <= max(longest, 0):
        return text
    whole = _within(text, longest - 1)  # one character for the ellipsis
    end = len(whole) if text[len(whole)] == " " else whole.rfind(" ")
    kept = text[: max(end, 0)].rstrip(" ,;:")
    return f"{kept}{ELLIPSIS}" if kept else ""


def length(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _within(text: str, longest: int) -> str:
    """The beginning of a text, no longer than that, and no half of a character at its end."""
    if longest <= 0:
        return ""
    if text.isascii():
        return text[:longest]
    return text.encode("utf-16-le", "surrogatepass")[: 2 * longest].decode("utf-16-le", "ignore")


def _escaped(line: str) -> str:
    unlinked = _ADDRESS.sub(_broken, line) if _may_hold_address(line) else line
    marked = unlinked.translate(_MARKS) if _MARKED.search(unlinked) else unlinked
    begun = _BEGINS.match(marked)
    if begun is None:
        return marked
    start = begun[0]
    return f"{start}\\{marked[len(start) :]}" if start.isdigit() else f"\\{marked}"


def _may_hold_address(line: str) -> bool:
    """A quick look, since nearly no line holds one."""
    if not line.isascii():
        return "@" in line or ":" in line or "." in line
    low = line.lower()
    return "@" in low or "://" in low or "www." in low or "mailto:" in low or "xmpp:" in low


def _broken(found: re.Match[str]) -> str:
    """The beginning of an address with a word joiner where it breaks: before the slashes or the dot, else behind it."""
    mark = found[0]
    if mark == "://":
        return f":{_JOINER}//"
    return f"{mark[:-1]}{_JOINER}." if mark.endswith(".") else f"{mark}{_JOINER}"
