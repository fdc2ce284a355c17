"""Words of the person who recorded a diagnosis that take back or move to the past what the code beside them says.

They are looked for where they mean that, at the beginning and the end: elsewhere they belong to names of diseases.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_RELATIVES: Final = (
    r"(?:(?:grand)?(?:mother|father|parent)|brother|sister|sibling|son|daughter|aunt|uncle|cousin|relative"
    r"|mutter|vater|bruder|schwester)s?(?:['’]s\b|\s*[:–(-]|\s+(?:has|had|with)\b)"
)
_TAKEN_BACK: Final = re.compile(
    # denied, doubted; V.a. is German for suspected
    r"^\W*(?:no|not|without|denies|absence of|negative for|suspect(?:ed)?|susp|suspicion (?:of|for)|suspicious for"
    r"|possibl[ey]|probabl[ey]|presum(?:ed|ptive)|likely|unlikely|questionable|query|concern for|dd|ddx"
    r"|v\. ?a\.?|va\.|verdacht|fraglich\w*|kein\w*|ausschlu(?:ss|ß)"
    # of the family, or of what may come
    r"|family history|family h/?o|family hx|fam\.? hx|fhx?|familienanamnese|at risk|risk of|exposure to|screening)"
    rf"(?!\w)(?! longer)|^\W*{_RELATIVES}"
    r"|\bruled? out\b|\br/o\b|\bexcluded\b|\bausgeschlossen\b|\bfamily history\W*$|^\W*[?？]|[?？]\W*$"
    r"|^\W*(?:疑似|可疑|否认|家族史)|待排|已排除|家族史\W*$",
    re.IGNORECASE,
)
_PAST: Final = re.compile(
    # Z.n. is German for "state after"
    r"^\W*(?:(?:past |prior |personal |previous |remote )*(?:medical )?history|past|prior|previous(?:ly)?|h/o|pmhx?|hx"
    r"|s/p|status[- ]post|z\. ?n\.?|zn\.|zustand nach|st\. ?(?:n|p)\.?)(?!\w)"
    r"|\b(?:history of|by history|h/o|hx(?: of)?)\W*$"
    r"|^\W*既往|病史\W*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def takes_back(text: str) -> bool:
    """Whether it denies or only suspects it, or says it of the family (`?PE`, `PE excluded`, `Mother: PE`)."""
    return _TAKEN_BACK.search(text) is not None


@lru_cache(maxsize=4096)
def says_past(text: str) -> bool:
    """Whether it says that there was one once (`H/o PE`, `s/p PE`)."""
    return _PAST.search(text) is not None
