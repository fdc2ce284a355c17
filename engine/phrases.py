"""The words of which explanations are made: limits, windows, and why something is unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from trialsieve.engine.outcome import Outcome
from trialsieve.rules.atom import (
    SCREENING,
    UNSTATED,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    SameResource,
    Test,
    Window,
)
from trialsieve.rules.registry_text import quoted
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Basis, Reason

Reasons = frozenset[Reason] | tuple[Reason, ...]

NO_UNIT: Final = "its unit is missing, cannot be converted, or makes the value implausible"

WHY_NOT_BY_IT: Final = {
    Reason.STALE: "{stale}",
    Reason.UNDATED: "a date that would decide is missing",
    Reason.UNIT: NO_UNIT,
    Reason.NO_REFERENCE_RANGE: "without a usable reference range",
    Reason.IMPRECISE: "too imprecise, it could go either way",
    Reason.UNCONFIRMED: "preliminary or unconfirmed",
    Reason.UNSPECIFIC: "{specific}",
    Reason.CONFLICTING_DATA: "these contradict each other",
}
"""Why what is on record does not decide."""

WHY_NOT: Final = {
    Reason.NO_DATA: "{nothing}",
    Reason.NOT_RETRIEVED: "{subject}: records were not retrieved, so absence proves nothing",
    Reason.JUDGEMENT: "a person has to judge {judged}",
    Reason.REGISTRY_ERROR: "the registry's text is wrong or ambiguous here",
    Reason.TRUNCATED: "the registry's text is cut off here",
    Reason.UNUSABLE_DATA: "{unread}",
    Reason.ENGINE_DISAGREEMENT: "the two evaluators disagree; this is a fault of the program, please report it",
}
"""Why nothing decides."""

TOLD_BESIDE: Final = frozenset({Reason.NO_DATA, Reason.JUDGEMENT, Reason.REGISTRY_ERROR})
"""The reasons why nothing decides with which is told what is on record."""

REASON_WORDS: Final = {
    Reason.NO_DATA: "nothing on record",
    Reason.STALE: "too old, or not of the time asked about",
    Reason.UNDATED: "a date is missing",
    Reason.UNIT: "no unit, one that cannot be converted, or a value that is not plausible in it",
    Reason.NO_REFERENCE_RANGE: "without its reference range",
    Reason.IMPRECISE: "it could be on either side of the limit",
    Reason.UNCONFIRMED: "not confirmed",
    Reason.UNSPECIFIC: "not specific enough for the sentence",
    Reason.CONFLICTING_DATA: "the record contradicts itself",
    Reason.NOT_RETRIEVED: "this part of the record was not retrieved",
    Reason.JUDGEMENT: "a person has to judge it",
    Reason.REGISTRY_ERROR: "the registry's text is wrong or ambiguous",
    Reason.TRUNCATED: "the registry's text is cut off",
    Reason.UNUSABLE_DATA: "a resource that bears on it cannot be read",
    Reason.ENGINE_DISAGREEMENT: "the two evaluators differ; report this",
}
"""Every reason in a coordinator's words."""

UNREADABLE = "a resource that bears on this could not be read"
OF_ANOTHER_TIME = "not of the time that is asked about"
EITHER_WAY = "it could go either way"
NOT_BY_ITS_CODE: Final = "its code is too broad or not listed"
NO_CODE_ALONE: Final = "no code alone says what is asked here"
ONLY_MENTIONED: Final = "a mention is no diagnosis"
NOT_SPECIFIC = "not specific enough to decide"
ON_RECORD: Final = "on record: "
_REVIEWED = f"{NOT_SPECIFIC}: "

_IS_NO_DATE = " is no FHIR date"
_NO_DATE = re.compile(rf"\b\w+ '([^']*)'{_IS_NO_DATE}")
_VERBS = frozenset({"is", "are", "was", "were", "has", "have", "began", "reappear"})  # of the titles of findings
SHOWN: Final = 3  # facts quoted in one sentence; the rest is in the evidence
MOST_UNREAD: Final = 20  # entries that one sentence names as unreadable; the problems name all
_TIMES = {Basis.TIMES_UPPER_LIMIT: "its upper limit", Basis.TIMES_LOWER_LIMIT: "its lower limit"}


@lru_cache(maxsize=1024)
def told_reasons(reasons: Reasons) -> tuple[Reason, ...]:
    """The reasons to tell, sorted. Of what was not retrieved nobody can say that it is absent or unreadable."""
    told = sorted(reasons)
    if Reason.NOT_RETRIEVED in told:
        return tuple(reason for reason in told if reason not in (Reason.NO_DATA, Reason.UNUSABLE_DATA))
    return tuple(told)


def in_words(reasons: Reasons, *, beside: bool = False) -> str:
    """Why something is unknown; `beside`: something is on record, but nothing that decides."""
    return "; ".join(
        f"{REASON_WORDS[reason]} that would decide" if beside and reason is Reason.NO_DATA else REASON_WORDS[reason]
        for reason in told_reasons(reasons)
    )


def phrase(limits: Limits, basis: Basis) -> str:
    """Limits in words: `at least 50 %`, `between 0 and 2`, `above 3 times its upper limit`."""
    low = None if limits.low is None else f"{'above' if limits.low_open else 'at least'} {_bound(limits, basis, 'low')}"
    high = (
        None if limits.high is None else f"{'below' if limits.high_open else 'at most'} {_bound(limits, basis, 'high')}"
    )
    if low and high and not limits.low_open and not limits.high_open:
        if limits.low == limits.high:
            return f"exactly {_bound(limits, basis, 'high')}"
        return f"between {limits.low} and {_bound(limits, basis, 'high')}"
    return " and ".join(part for part in (low, high) if part)


def opposite_phrase(limits: Limits, basis: Basis) -> str:
    """What a number is that does not lie within the limits."""
    if limits.low is not None and limits.high is not None:
        return f"not {phrase(limits, basis)}"
    return phrase(Limits(limits.high, not limits.high_open, limits.low, not limits.low_open, limits.unit), basis)


def _bound(limits: Limits, basis: Basis, which: str) -> str:
    number = limits.low if which == "low" else limits.high
    if basis is Basis.VALUE:
        return f"{number}{_unit(limits.unit)}"
    return _TIMES[basis] if number == 1 else f"{number} times {_TIMES[basis]}"


def _unit(unit: str) -> str:
    return "" if unit.startswith("{") or unit == "1" else " years" if unit == "a" else f" {unit}"


def is_whatever(test: Measurement, book: RuleBook) -> bool:
    """Whether every value that there can be lies within the limits, so that only a measurement is asked for."""
    limits = test.limits
    ranges = [book.concepts[name].plausible for name in test.concepts]
    return (
        test.basis is Basis.VALUE
        and limits.high is None
        and all(limits.low is not None and known is not None and limits.low <= known[0] for known in ranges)
    )


def too_old(test: Test) -> str:
    """Why something is `stale`: it is outside the window, or else too old for today."""
    if isinstance(test, Readings):
        return too_old(test.tests[0][1])
    if isinstance(test, Recorded):
        return "nothing recent says that it is still so"
    if isinstance(test, (Measurement, QualitativeResult)):
        if test.window is not None:
            return f"outside {_days(test.window)}"
        if test.currency is not None:
            return "too old to speak for today"
        if test.not_before:
            return "from before what it has to follow, so it does not count"
    return OF_ANOTHER_TIME


def specific(test: Test) -> str:
    """In what something is `unspecific`: its code, the facets that the test asks for, and the answer of a result."""
    if isinstance(test, Readings):
        return specific(test.tests[0][1])
    if isinstance(test, SameResource):
        return f"{NOT_SPECIFIC}, its {test.facet} is not stated"
    if isinstance(test, Recorded) and test.all_supporting:
        return f"{NOT_SPECIFIC}, {NO_CODE_ALONE}"
    asked = ["code"]
    if isinstance(test, Recorded):
        asked += [facet for facet, _ in test.facets]
    elif isinstance(test, (Measurement, QualitativeResult)):
        only = test.only if isinstance(test, QualitativeResult) else ()
        asked += [facet for facet, _ in (*test.skip, *only)]
        asked.append("answer")
    *first, last = dict.fromkeys(asked)
    return f"{NOT_SPECIFIC}, by its {', '.join(first)} or {last}" if first else f"{NOT_SPECIFIC}, {NOT_BY_ITS_CODE}"


def nobody_calls(said: Sequence[str], *, surely_newer: bool) -> str:
    """Why numbers keep a result open, by what they say."""
    are, them = ("is", "it") if len(said) == 1 else ("are", "them")
    newer = f"{are} newer" if surely_newer else "may be newer"
    return f"{NOT_SPECIFIC}: {few(said)} {newer}, and nobody calls {them} positive or negative"


def few(said: Sequence[str], count: int | None = None) -> str:
    """What resources say; of many the first few. `count` is how many there are, where these are the first of them."""
    more = (len(said) if count is None else count) - SHOWN
    shown = ", ".join(said[:SHOWN])
    return shown if more <= 0 else f"{shown} and {more} more"


def _days(window: Window) -> str:
    if window.back_from is not None:
        return f"the {window.length} asked about"
    if window.anchor == SCREENING:
        return f"the last {window.length}"
    if window.anchor == UNSTATED:
        return f"the {window.length} asked about"
    return f"the {window.length} before {window.anchor}"


def labels(concepts: Sequence[str], book: RuleBook) -> str:
    """`A, B or C`, by the names of the concepts."""
    names = list(dict.fromkeys(book.concepts[name].label for name in concepts))
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def opposite_title(title: str) -> str:
    """A finding's title where it is false."""
    keeps_its_capital = not title[1:2].islower() and not title[1:2].isspace()  # HIV, T-cell
    return f"not so: {title if keeps_its_capital else title[0].lower() + title[1:]}"


def ruled_out(title: str) -> str:
    """A finding's title where something on record makes it false; what is more than a name stands in quotes."""
    is_name = (
        "," not in title
        and "(" not in title
        and not title.startswith("In ")
        and _VERBS.isdisjoint(title.lower().split())
    )
    return f"{title if is_name else f'“{title}”'} is ruled out"


def judging(quote: str) -> str:
    """What a person has to judge: whether these words of the registry are so, or all that is asked."""
    return f"whether {quoted(quote)} applies" if quote else "this"


def unread(outcome: Outcome, reasons: Reasons) -> tuple[str, tuple[str, ...]]:
    """What could not be read, as a clause where it is among the reasons to tell (empty: it is not); and the notes."""
    found = outcome.unread
    if not found:
        return "", outcome.notes
    if Reason.UNUSABLE_DATA not in reasons:
        return "", (*outcome.notes, *[f"{item.reference} could not be used: {item.problem}" for item in found])
    told = "; ".join([f"{item.reference}: {item.problem}" for item in found[:MOST_UNREAD]])
    if _IS_NO_DATE in told:
        told = _NO_DATE.sub(r"its date \1 cannot be read", told)
    more = f"; and {len(found) - MOST_UNREAD} more" if len(found) > MOST_UNREAD else ""
    return f"could not be read ({told}{more})", outcome.notes


def with_notes(text: str, notes: Sequence[str]) -> str:
    """A sentence with notes in one parenthesis before its full stop. What a finding and its atom say is told once."""
    once = [
        note
        for note in notes
        if not (note.startswith(_REVIEWED) and note.removeprefix(_REVIEWED) in notes)
        and not (note.startswith(ON_RECORD) and note.removeprefix(ON_RECORD) in text)
    ]
    return f"{text.removesuffix('.')} ({'; '.join(once)})." if once else text


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return capital(text if text.endswith((".", "!", "?")) else f"{text}.")


def capital(text: str) -> str:
    """With a capital."""
    first = text[0]
    return first.upper() + text[1:] if first.islower() else text
