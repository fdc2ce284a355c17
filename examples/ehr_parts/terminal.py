"""What the stand-in shows of the service's answers: cards as a clinician meets them, errors as an integrator does."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx

Json = Any

WIDTH: Final = 100

_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def heading(text: str) -> str:
    return f"\n=== {text}"


def card_lines(card: Mapping[str, Json], *, whole: bool) -> Iterator[str]:
    """A card: its summary; if `whole`, its detail as plain text too, where it comes from and where it leads."""
    yield f"[{card['indicator']}] {card['summary']}"
    if not whole:
        return
    for line in unmarked(card.get("detail", "")).splitlines():
        yield from (textwrap.wrap(line, WIDTH - 4, initial_indent="    ", subsequent_indent="      ") or [""])
    yield f"    source: {card['source']['label']} {card['source'].get('url', '')}".rstrip()
    for link in card.get("links", ()):
        yield f"    link: {link['label']}"
    reasons = ", ".join(reason["code"] for reason in card.get("overrideReasons", ()))
    yield f"    override reasons: {reasons}" if reasons else "    no override reasons"


def unmarked(markdown: str) -> str:
    """GitHub-flavoured Markdown as a plain terminal can show it."""
    return html.unescape(_ESCAPED.sub(r"\1", markdown.replace("**", "")))


def outcome(response: httpx.Response) -> str:
    """The status of an answer, and what its OperationOutcome says."""
    try:
        issues = response.json().get("issue", ())
    except ValueError:
        issues = ()
    said = "; ".join(issue["diagnostics"] for issue in issues if "diagnostics" in issue)
    return f"{response.status_code} {said or '(no reason is given)'}"


def title_of(page: str) -> str:
    """The title of an HTML page."""
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    return html.unescape(" ".join(found[1].split())) if found else "(no title)"
