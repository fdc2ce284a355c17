"""JSON read by orjson, and the one thing that it refuses though it is JSON: a number that no float holds (1e999).

One such number is no reason to refuse a whole record. It is read as the largest there is, which nobody measured
(`quantities.usable`): a fault of the resource where it is read as a number, and of nothing else.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any, Final

import orjson

NUMBER_TOO_LARGE: Final = "number is infinity"
"""How orjson begins to say so."""

_MOST_DIGITS: Final = 20  # of a whole number that orjson may read as such


def json_value(raw: bytes) -> Any:
    """The JSON value. Raises orjson.JSONDecodeError."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if not error.msg.startswith(NUMBER_TOO_LARGE):
            raise
        try:
            # By orjson again, which is strict where the other parser is not.
            return orjson.loads(json.dumps(json.loads(raw, parse_float=_float, parse_int=_whole)))
        except (ValueError, RecursionError):  # something else is wrong, too
            raise error from None


def _float(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else math.copysign(sys.float_info.max, value)


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= _MOST_DIGITS else _float(text)
