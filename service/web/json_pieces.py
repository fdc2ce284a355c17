"""Large JSON, parsed in pieces: a parser holds the interpreter's lock until it is done, and nobody else is answered.

What comes out is what a file of the same bytes says (`json_value`). Only the outermost levels of a large body (request,
prefetch, Bundle, entries) are taken apart, by another parser that skips what is inside.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from trialsieve.fhir_adapters.elements.json_value import json_value

PARSED_ASIDE: Final = 250_000
"""Bytes: what is larger is parsed in another thread. It takes some 25 ms for each million."""

_PIECE: Final = 50_000
_LEVELS: Final = 6
"""Each level that is taken apart is read once more."""

_SHORTEST_MEMBER: Final = 8
"""Bytes, on average. Millions of tiny members would each become a piece, which takes far more memory than they do."""

_Members = dict[str, msgspec.Raw] | list[msgspec.Raw]
_outermost: Final = msgspec.json.Decoder(_Members)


def parsed_json(body: bytes) -> Any:
    """What the body says; a large one in pieces. Raises orjson.JSONDecodeError."""
    if len(body) > PARSED_ASIDE and body.count(b",") * _SHORTEST_MEMBER < len(body):
        try:
            return _in_pieces(body, _LEVELS)
        except (msgspec.DecodeError, ValueError, RecursionError):
            pass  # read as a whole, it is told what is wrong, and where
    return json_value(body)


def _in_pieces(text: bytes | memoryview, levels: int) -> Any:
    if levels == 0 or len(text) <= _PIECE:
        return json_value(bytes(text))
    try:
        members = _outermost.decode(text)
    except msgspec.ValidationError:  # one long text or number
        return json_value(bytes(text))
    if isinstance(members, list):
        return [_in_pieces(memoryview(one), levels - 1) for one in members]
    return {name: _in_pieces(memoryview(one), levels - 1) for name, one in members.items()}
