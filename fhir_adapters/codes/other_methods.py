"""Words beside a code that name another method than the one it is taken to be measured by.

They take a method away, and state none: the tables of the concepts do that (`FacetValue`), by fewer words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from trialsieve.rules.concept import FacetValue

_ECHOCARDIOGRAPHY: Final = "echocardiography"
# What else the heart is looked at by: whole words, and parts of words (Myokardszintigraphie, Linksherzkatheter).
_WHOLE: Final = "spect pet ct cta ccta mdct msct cmr mr mrt irm rmn muga rnv rnvg rvg erna gated cath lhk angio"
_PARTS: Final = """
    szintigra scintigra gammagra radionukl radionucl nuclear nuklear nucléaire tomogra perfusion
    kernspin resonan résonan catheter katheter cathét catét cateter ventriculogra ventrikulogra
    核素 核医学 心导管 心室造影 磁共振
"""
_LETTER: Final = "[a-z]"


def _whole(word: str) -> str:
    return f"(?<!{_LETTER}){re.escape(word)}(?!{_LETTER})"


_NOT_BY_ECHO: Final = re.compile("|".join([*map(_whole, _WHOLE.split()), *map(re.escape, _PARTS.split())]))
# Words that stand beside an echocardiography, too: mitral regurgitation, "stress echo, gated", "pre-cath".
_OF_AN_ECHO: Final = re.compile("|".join(map(_whole, ("mr", "gated", "cath"))))
_ECHO: Final = re.compile(f"echo|sonogra|ultraso|{_whole('tte')}|{_whole('tee')}")


def other_methods(texts: Iterable[str], taken: str, known: Iterable[FacetValue]) -> frozenset[str]:
    """The methods other than the one that is taken; one that no table knows by a name of its own.

    What is all that an element says (`=cmr`) stands in longer words here.
    """
    said = [text.casefold() for text in texts]
    if taken == _ECHOCARDIOGRAPHY:
        said = [_OF_AN_ECHO.sub(" ", text) if _ECHO.search(text) else text for text in said]
    others = [item for item in known if item.value != taken]
    found = {item.value for item in others if any(_named(text, part) for part in item.texts for text in said)}
    if taken == _ECHOCARDIOGRAPHY and any(map(_NOT_BY_ECHO.search, said)):
        found.add("another")
    return frozenset(found)


def _named(text: str, part: str) -> bool:
    part = part.casefold()
    return re.search(_whole(part[1:]), text) is not None if part[0] == "=" else part in text
