"""What the log may say of prefetch keys that a service has not asked for: mistyped, or those of before an upgrade."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from typing import Any, Final

MOST_NAMED: Final = 5
MOST_LOOKED_AT: Final = 20
LONGEST: Final = 40

# A list of codes has a number and a digest; of all other keys, those that read much like one of ours are repeated. The
# rest is the client's own, and might name a patient.
_CODE_LIST: Final = re.compile(r"observations-[0-9]{1,3}-[0-9a-f]{8}")
_WORDS: Final = re.compile(r"[A-Za-z]+(-[A-Za-z]+)*")
_ALIKE: Final = 0.6


def unknown_keys(sent: Iterable[str], asked_for: Collection[str]) -> dict[str, Any]:
    """What to log of the keys that were `sent`; nothing where each is one of those `asked_for`.

    `keys_not_known` are the first of those that look like keys of ours, `not_known` is how many there are of any look.
    """
    strange = [key for key in sent if key not in asked_for]
    if not strange:
        return {}
    named = [key for key in strange[:MOST_LOOKED_AT] if len(key) <= LONGEST and _is_like_ours(key, asked_for)]
    return {"keys_not_known": named[:MOST_NAMED], "not_known": len(strange)}


def _is_like_ours(key: str, asked_for: Collection[str]) -> bool:
    if _WORDS.fullmatch(key) is None:
        return _CODE_LIST.fullmatch(key) is not None
    return bool(difflib.get_close_matches(key.lower(), asked_for, n=1, cutoff=_ALIKE))
