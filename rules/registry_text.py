"""The registry's own texts as people read them. Rule files and results keep them verbatim."""

from __future__ import annotations

import re
from typing import Final

_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def registry_text(text: str) -> str:
    """A text without the backslashes that the registry writes before signs: `>80%` for `\\>80%`."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def quoted(text: str, longest: int | None = None) -> str:
    """A text in quotation marks; one that is too long ends with an ellipsis, between words."""
    plain = registry_text(text)
    if longest is not None and len(plain) > longest:
        plain = plain[:longest].rpartition(" ")[0] + " …"
    return f"“{plain}”"


def comparable(text: str) -> str:
    """As it is compared: white space and the registry's backslashes make no difference."""
    return squeezed(registry_text(text))


def squeezed(text: str) -> str:
    """Text with each run of white space as one space, to compare modulo white space."""
    return " ".join(text.split())


def shortened(text: str) -> str:
    """The beginning of a text, on one line."""
    words = squeezed(text)
    return words if len(words) <= 70 else f"{words[:67]}..."
