"""Elements as JSON: the key by which what is made of them is kept. Equal JSON says the same."""

from __future__ import annotations

from typing import Final

import orjson

LONGEST: Final = 4096
"""Bytes. What is longer does not recur, and is not kept."""


def as_json(value: object) -> bytes:
    """Compact JSON; nothing of what is nested too deep to be a key, or is no JSON."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return b""


def is_key(written: bytes) -> bool:
    """Whether what is made of it may be kept by it."""
    return 0 < len(written) <= LONGEST
