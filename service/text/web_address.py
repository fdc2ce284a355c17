"""Which link of a rule file a page, card or report may offer for following."""

from __future__ import annotations

from urllib.parse import urlsplit


def web_address(url: str) -> str | None:
    """The link, where it is an absolute one of the web; no script, no place on the page's own host."""
    try:
        address = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return None
    return url if address.scheme in {"http", "https"} and address.netloc else None
