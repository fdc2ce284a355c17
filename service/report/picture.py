"""A funnel as SVG: a bar for each criterion, in the protocol's order; who is unknown is a band of its own."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

from trialsieve.rules.trial import EVERY_COHORT
from trialsieve.service.report.attrition import Funnel
from trialsieve.service.report.disclosure import Disclosure

_LABEL: Final = 126
_BAR: Final = 550
_NUMBERS: Final = 226
_ROW: Final = 26
_HEIGHT: Final = 18
_HEAD: Final = 30
WIDTH: Final = _LABEL + _BAR + _NUMBERS


@dataclass(frozen=True, slots=True)
class _Band:
    """A stretch of a bar: a class for its colour, and how many patients it stands for, as drawn and as told."""

    kind: str
    count: int
    words: str


def funnel_svg(funnel: Funnel, number: int, disclosure: Disclosure) -> str:
    """The picture of one cohort. `number` tells the pictures of a page apart."""
    height = _HEAD + _ROW * len(funnel.steps) + 8
    title = f"Attrition of {disclosure.words(funnel.patients)} patients, criterion by criterion"
    parts = [
        f'<svg class="funnel" role="img" aria-labelledby="funnel-{number}" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" xmlns="http://www.w3.org/2000/svg">',
        f'<title id="funnel-{number}">{escape(title)}</title>',
        f'<defs><pattern id="hatch-{number}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="open-ground" width="6" height="6"/>'
        '<line class="open-line" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>',
        *_key(number),
    ]
    for row, step in enumerate(funnel.steps):
        top = _HEAD + _ROW * row
        label = step.name if step.criterion else "alive" if funnel.cohort == EVERY_COHORT else "alive, of cohort"
        bands = (
            _Band("kept", disclosure.drawn(step.kept), disclosure.words(step.kept)),
            _Band("open", disclosure.drawn(step.open), disclosure.words(step.open)),
            _Band("lost", disclosure.share_drawn(step.lost), disclosure.share_words(step.lost)),
        )
        words = [band.words for band in bands]
        away = f"−{words[2]}" if bands[2].count else words[2]
        told = f"{label}: {words[0]} pass everything so far, {words[1]} unknown, {words[2]} lost here"
        parts.append(f"<g><title>{escape(told)}</title>")
        parts.append(f'<text x="{_LABEL - 8}" y="{top + 14}" text-anchor="end">{escape(label)}</text>')
        parts += _bar(bands, top, disclosure.drawn(funnel.patients), number)
        numbers = f"{words[0]} · {words[1]} · {away}"
        parts.append(f'<text class="numbers" x="{_LABEL + _BAR + 10}" y="{top + 14}">{escape(numbers)}</text></g>')
    return "".join([*parts, "</svg>"])


def _bar(bands: tuple[_Band, ...], top: int, whole: int, number: int) -> list[str]:
    scale = _BAR / max(whole, 1)
    left = float(_LABEL)
    drawn: list[str] = []
    for band in bands:
        width = min(band.count * scale, _LABEL + _BAR - left)
        if width > 0:
            fill = f' fill="url(#hatch-{number})"' if band.kind == "open" else ""
            drawn.append(
                f'<rect class="{band.kind}" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_HEIGHT}"{fill}/>'
            )
            left += width
    return drawn


def _key(number: int) -> list[str]:
    entries = (("kept", "passes everything so far"), ("open", "something unknown so far"), ("lost", "lost here"))
    parts: list[str] = []
    left = _LABEL
    for kind, words in entries:
        fill = f' fill="url(#hatch-{number})"' if kind == "open" else ""
        parts.append(f'<rect class="{kind}" x="{left}" y="4" width="14" height="14"{fill}/>')
        parts.append(f'<text x="{left + 20}" y="16">{words}</text>')
        left += 200
    return parts
