"""Words of a transplant that name another donor than its code: the patient, or somebody else.

They take a donor away, and state none: the code alone does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# As they stand in the names that the rules have for transplants.
_DONORS: Final = {
    "autologous": re.compile(
        r"autolog|aut[oó]logo|autogreffe|autotra[ns]+pl|auto[- ]?(?:h?sct|hct|szt|bmt)|自体|自體|自家", re.IGNORECASE
    ),
    "allogeneic": re.compile(
        r"allogen|alog[eé]n|allogreffe|allotra|alotra|allo[- ]?(?:h?sct|hct|szt|bmt)|allograft|haplo|unrelated|sibling"
        r"|fremdspend|异基因|異基因|同种异体|同種",
        re.IGNORECASE,
    ),
}


def names_another_donor(texts: Iterable[str], taken: str) -> bool:
    """Whether the words name a donor, and not the one that is taken."""
    named = {donor for text in texts for donor, words in _DONORS.items() if words.search(text)}
    return bool(named) and taken in _DONORS and taken not in named
