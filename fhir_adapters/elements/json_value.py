"""JSON read by orjson, but for numbers that no float holds: it refuses 1e999, and takes 1e-999 for 0.

One such number is no reason to refuse a whole record. It is read as the largest there is, which nobody measured
(`quantities.usable`): a fault of the resource where it is read as a number, and of nothing else.

Of a name that stands twice in one object the last counts, as with other readers. Where resources are lost by that, it
is told (`loses_resources`).
"""

from __future__ import annotations

import json
import math
import re
import sys
from contextlib import suppress
from typing import Any, Final

import orjson

NUMBER_TOO_LARGE: Final = "number is infinity"
"""How orjson begins to say so."""
NOT_UTF8: Final = "text that is not UTF-8"
_HALF_A_CHARACTER: Final = "half of a character that takes two \\u escapes; write the whole one"

_RESOURCE: Final = b'"resource"'
_MOST_DIGITS: Final = 20  # of a whole number that orjson may read as such
# Two of fixed letters, and what stands before looked at last: else it would cost ten times as much. Text that looks
# alike does no harm.
_PERHAPS_TOO_SMALL: Final = tuple(
    re.compile(rb"%b-(?<=\d%b-)0*[1-9]\d\d+(?:[\s,}\]]|\Z)" % (letter, letter)) for letter in (b"e", b"E")
)
_NOT_ZERO: Final = re.compile(r"[-0.]*[1-9]")


def json_value(raw: bytes) -> Any:
    """The JSON value. Raises orjson.JSONDecodeError."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if not error.msg.startswith(NUMBER_TOO_LARGE):
            raise _of_text(error, raw) from None
        try:
            return _with_the_largest(raw)
        except (ValueError, RecursionError):  # something else is wrong, too
            raise error from None
    if any(each.search(raw) for each in _PERHAPS_TOO_SMALL):
        with suppress(RecursionError):  # nested deeper than the other parser reads
            return _with_the_largest(raw)
    return value


def loses_resources(raw: bytes, value: Any) -> bool:
    """Whether `entry` stands twice in a Bundle, or `resource` in an entry: the value holds those of the last alone."""
    if not isinstance(value, dict) or "entry" not in value:
        return False
    entries = value["entry"]
    if may_hold_all(raw, len(entries) if isinstance(entries, list) else 0):
        return False
    try:
        return raw.count(_RESOURCE) > orjson.dumps(value).count(_RESOURCE)
    except TypeError:  # what orjson parses may be four times as deep as what it writes
        return False


def may_hold_all(raw: bytes, entries: int) -> bool:
    """Whether a Bundle's bytes name no more resources than so many entries hold: a quick look."""
    return raw.count(_RESOURCE) <= entries


def _of_text(error: orjson.JSONDecodeError, raw: bytes) -> orjson.JSONDecodeError:
    """The error, in our words where it is one of text, and at its place: orjson knows none where text is not UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError as fault:
        before = raw[: fault.start].decode()
        return orjson.JSONDecodeError(NOT_UTF8, before, len(before))
    return orjson.JSONDecodeError(_HALF_A_CHARACTER, error.doc, error.pos) if "surrogate" in error.msg else error


def _with_the_largest(raw: bytes) -> Any:
    """By orjson again, which is strict where the other parser is not."""
    return orjson.loads(json.dumps(json.loads(raw, parse_float=_float, parse_int=whole_number)))


def _float(text: str) -> float:
    value = float(text)
    is_held = math.isfinite(value) and (value != 0 or _NOT_ZERO.match(text) is None)
    return value if is_held else math.copysign(sys.float_info.max, value)


def whole_number(text: str) -> int | float:
    """The number that these digits are, or the float next to it: Python refuses to read thousands of them."""
    return int(text) if len(text) <= _MOST_DIGITS else _float(text)
