"""Worked examples as they are loaded: given these facts, a criterion or finding has that outcome."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from trialsieve.rules.vocabulary import Reason


class GivenFact(Struct, frozen=True, gc=False):
    """One fact of a worked example, in the words of the fact types; `on` is days before the as-of date or a date."""

    values: Mapping[str, object]
    line: int = 0


class Example(Struct, frozen=True, gc=False):
    """Given these facts, expect that outcome. `expect` is true, false or unknown; `reasons` are checked if given."""

    name: str
    given: tuple[GivenFact, ...]
    expect: str
    reasons: tuple[Reason, ...] = ()
    absence: str = "presume"
    line: int = 0
    anchors: Mapping[str, str] = msgspec.field(default_factory=dict)  # days before the as-of date (`5 d`), or a date
