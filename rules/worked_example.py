"""Worked examples as they are loaded: given these facts, a criterion or finding has that outcome."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from trialsieve.rules.errors import Problem
from trialsieve.rules.vocabulary import Reason, Truth


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


class FailedExample(Struct, frozen=True, gc=False):
    """A worked example that does not come out as it says.

    `of` is the id of its criterion, or the name of its finding, in the file `path`; `outcome` is what it came to.
    """

    path: str
    of: str
    outcome: Truth
    problem: Problem
