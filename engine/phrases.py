"""The words of which explanations are made: limits, windows, and why something is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from trialsieve.rules.model import (
    SCREENING,
    UNSTATED,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RuleBook,
    Test,
    Window,
)
from trialsieve.rules.vocabulary import Basis, Reason

WHY = {
    Reason.NO_DATA: "no {subject} on record{beside}",
    Reason.NOT_RETRIEVED: "records of {subject} were not retrieved, so absence proves nothing",
    Reason.STALE: "{says}: {stale}",
    Reason.UNDATED: "{says}: without a date that would decide",
    Reason.UNIT: "{says}: its unit is missing, cannot be converted, or makes the value implausible",
    Reason.NO_REFERENCE_RANGE: "{says}: without a usable reference range",
    Reason.IMPRECISE: "{says}: too imprecise, it could go either way",
    Reason.UNCONFIRMED: "{says}: preliminary or unconfirmed",
    Reason.UNSPECIFIC: "{says}: not specific enough to decide, by its method, specimen, kind or code",
    Reason.CONFLICTING_DATA: "{says}: these contradict each other",
    Reason.JUDGEMENT: "a person has to judge {judged}{beside}",
    Reason.REGISTRY_ERROR: "the registry's text is wrong or ambiguous here{beside}",
    Reason.TRUNCATED: "the registry's text is cut off here",
    Reason.UNUSABLE_DATA: "a resource that bears on this could not be used",
    Reason.ENGINE_DISAGREEMENT: "the two evaluators disagree; this is a fault of the program, please report it",
}

_TIMES = {Basis.TIMES_UPPER_LIMIT: "its upper limit", Basis.TIMES_LOWER_LIMIT: "its lower limit"}


def phrase(limits: Limits, basis: Basis) -> str:
    """Limits in words: `at least 50 %`, `between 0 and 2`, `above 3 times its upper limit`."""
    low = None if limits.low is None else f"{'above' if limits.low_open else 'at least'} {_bound(limits, basis, 'low')}"
    high = (
        None if limits.high is None else f"{'below' if limits.high_open else 'at most'} {_bound(limits, basis, 'high')}"
    )
    if low and high and not limits.low_open and not limits.high_open:
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


def too_old(test: Test | None, book: RuleBook) -> str:
    """Why something is `stale`: it is outside the window, or else too old for today."""
    if isinstance(test, Readings):
        test = test.tests[0][1]
    if isinstance(test, Recorded):
        return "nothing recent says that it is still so"
    if isinstance(test, (Measurement, QualitativeResult)):
        if test.window is not None:
            return f"outside {_days(test.window)}"
        if test.currency is not None:
            return "too old to speak for today"
        if test.not_before:
            titles = " or ".join(f"“{book.findings[name].title}”" for name in test.not_before)
            return f"from before {titles}, so it does not count"
    return "not of the time that is asked about"


def _days(window: Window) -> str:
    length = f"{window.amount} {window.unit}{'' if window.amount == 1 else 's'}"
    if window.anchor == SCREENING:
        return f"the last {length}"
    return f"the {length} asked about" if window.anchor == UNSTATED else f"the {length} before {window.anchor}"


def labels(concepts: Sequence[str], book: RuleBook) -> str:
    """`A, B or C`, by the names of the concepts."""
    names = list(dict.fromkeys(book.concepts[name].label for name in concepts))
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def opposite_title(title: str) -> str:
    """A finding's title where it is false."""
    keeps_its_capital = not title[1:2].islower() and not title[1:2].isspace()  # HIV, T-cell
    return f"not so: {title if keeps_its_capital else title[0].lower() + title[1:]}"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
