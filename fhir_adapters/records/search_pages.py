"""What a Bundle says of how much there is besides what it holds: further pages, and the number of matches."""

from __future__ import annotations

import re
from typing import Any, Final

from trialsieve.fhir_adapters.elements.shapes import objects_in
from trialsieve.fhir_adapters.records.record import Resource

_COUNT: Final = re.compile("[0-9]{1,9}")


def next_links(bundle: Resource) -> list[Any]:
    """The `url` of each link to a next page, whatever it is."""
    links = objects_in(bundle.get("link"), single=True)  # one alone, as converters from XML write it
    return [link.get("url") for link in links if str(link.get("relation")).lower() == "next"]


def total_of(bundle: Resource) -> int | None:
    """The number of matches, also where it is written as text or as 3.0."""
    total = bundle.get("total")
    if (isinstance(total, str) and _COUNT.fullmatch(total)) or (isinstance(total, float) and total.is_integer()):
        return int(total)
    return total if isinstance(total, int) and not isinstance(total, bool) else None
