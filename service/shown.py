"""The sentences of a result as cards and pages show them. The result itself keeps them as they are.

Registry texts lose the backslashes that the registry writes before signs, an attestation says what it answers, and
reasons are in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from trialsieve.fhir_adapters.gap_words import STATE_WORDS, gap_reference
from trialsieve.rules.vocabulary import Kind, Reason
from trialsieve.service.words import REASON_WORDS

_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_ATTESTED: Final = re.compile(r"(\S+#\S+)(?= (?:holds|does not hold), attested by )", re.IGNORECASE)
_CODES: Final = re.compile(r"(?:(?<=known )|(?<=of this patient ))\(([a-z-]+(?:, [a-z-]+)*)\)")
_GAP: Final = re.compile(
    r" ?\((?:{}) was not all retrieved: (?:{})\)".format(
        "|".join(re.escape(gap_reference(kind)) for kind in Kind), "|".join(map(re.escape, STATE_WORDS.values()))
    )
)
_UNUSABLE: Final = "could not be used: "
_NOT_USED: Final = re.compile(r" ?A resource that bears on this could not be used\.")


@dataclass(frozen=True, slots=True)
class ShownReason:
    """Why something is unknown, in words, and the public codes that this stands for."""

    words: str
    codes: tuple[str, ...]


def registry_text(text: str) -> str:
    """A text of the registry without its backslashes before signs: `\\>80%` is shown as `>80%`."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def shown_reasons(reasons: Iterable[Reason], explanation: str) -> tuple[ShownReason, ...]:
    """Each reason once. Of what was not retrieved nobody can say that it is absent or unreadable."""
    own = tuple(reasons)
    folded: set[Reason] = set()
    if Reason.NOT_RETRIEVED in own:
        folded = {Reason.NO_DATA} if _UNUSABLE in explanation else {Reason.NO_DATA, Reason.UNUSABLE_DATA}
    shown = []
    for reason in own:
        if reason not in folded:
            more = [one.value for one in own if one in folded] if reason is Reason.NOT_RETRIEVED else []
            shown.append(ShownReason(REASON_WORDS[reason], (reason.value, *more)))
    return tuple(shown)


def told(text: str, quotes: Mapping[str, str]) -> str:
    """A sentence as people read it.

    `quotes` are a criterion's registry texts by what attests them (`TRIAL#I01.a1`); empty for one that stands above.
    """
    for quote in quotes.values():
        if "\\" in quote:
            text = text.replace(quote, registry_text(quote))
    if "#" in text:
        text = _ATTESTED.sub(lambda found: _quoted(found[1], quotes), text)
    if "known" in text:
        text = _CODES.sub(lambda found: _in_words(found, text), text)
    if "was not all retrieved" in text:  # a caution of the whole result says which part, and why
        text = _GAP.sub("", text)
        if _UNUSABLE not in text:
            text = _NOT_USED.sub("", text)
    return text.strip()


def _quoted(target: str, quotes: Mapping[str, str]) -> str:
    quote = quotes.get(target)
    if quote is None:
        return target
    return f"\u201c{registry_text(quote)}\u201d" if quote else "this sentence"


def _in_words(found: re.Match[str], explanation: str) -> str:
    codes = found[1].split(", ")
    if not set(codes) <= {reason.value for reason in Reason}:
        return found[0]
    reasons = shown_reasons(map(Reason, codes), explanation)
    return f"({'; '.join(reason.words for reason in reasons)})"
