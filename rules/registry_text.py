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
