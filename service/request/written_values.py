"""Values as people write them, on the command line, in Python and over HTTP: checked, or a UsageError that says how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import TypeVar

from trialsieve.rules.atom import SCREENING
from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import COVERABLE, Kind

Member = TypeVar("Member", bound=Enum)

MOST_LISTED = 20
MOST_SLIPS = 2

EARLIEST_YEAR, LATEST_YEAR = 1900, 2199

# Resource types that people name for the kind `medication`.
MEDICATION_TYPES = (
    "medication",
    "medicationrequest",
    "medicationstatement",
    "medicationadministration",
    "medicationdispense",
    "medicationorder",
    "medicationusage",
)


def chosen(option: str, value: str, choices: Sequence[str]) -> str:
    """The value, which is one of the choices; another is a UsageError that lists them."""
    if value in choices:
        return value
    raise UsageError(f"{option} {value!r}: choose from {', '.join(choices)}")


def member_of(option: str, value: str, members: type[Member]) -> Member:
    """The member of that value; an unknown one is a UsageError that lists them."""
    return members(chosen(option, value, [member.value for member in members]))


def whole_number(option: str, text: str, least: int, most: int) -> int:
    """A whole number within these bounds, in plain digits."""
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise UsageError(f"{option} {text!r}: give a number from {least} to {most}")
    return int(text)


def day(option: str, text: str) -> date:
    """A calendar day written YYYY-MM-DD, within the years that screening can reckon with."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            found = date.fromisoformat(text)
        except ValueError as error:
            raise UsageError(f"{option} {text!r}: no such day; write it as YYYY-MM-DD, such as 2026-11-20") from error
        if EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            return found
        raise UsageError(f"{option} {text}: the year must lie between {EARLIEST_YEAR} and {LATEST_YEAR}")
    raise UsageError(f"{option} {text!r}: write the day as YYYY-MM-DD, such as 2026-11-20")


def anchor_days(texts: Sequence[str], option: str = "--anchor") -> dict[str, date]:
    """The days that `--anchor NAME=YYYY-MM-DD` gives, by the names as they were written."""
    as_of = "--as-of" if option.startswith("--") else "as_of"
    days: dict[str, date] = {}
    for text in texts:
        name, equals, written = text.partition("=")
        if not (name and equals):
            raise UsageError(f"{option} {text!r}: write it as NAME=YYYY-MM-DD, such as enrollment=2026-12-01")
        if name.casefold() == SCREENING:
            raise UsageError(f"{option} {text}: {SCREENING} is the as-of date; give it with {as_of}")
        if name in days:
            raise UsageError(f"{option} {text}: {name!r} is given twice")
        days[name] = day(f"{option} {name}", written)
    return days


def covered_kinds(text: str | None, option: str = "--covers") -> frozenset[Kind]:
    """The kinds that `--covers` vouches for."""
    if text is None:
        return frozenset()
    names = {kind.value.lower(): kind for kind in COVERABLE} | dict.fromkeys(MEDICATION_TYPES, Kind.MEDICATION)
    kinds: set[Kind] = set()
    for part in (part.strip() for part in text.split(",")):
        if part.lower() == "all":
            kinds |= COVERABLE
        elif part.lower() in names:
            kinds.add(names[part.lower()])
        else:
            known = ", ".join(sorted(kind.value for kind in COVERABLE))
            raise UsageError(f"{option} {part!r}: choose all, or from {known}, separated by commas")
    return frozenset(kinds)


def one_of(asked: str, known: Sequence[str], what: str, where: str = "") -> str:
    """The known name that was asked for, whatever its case; else a UsageError with the closest names."""
    found = _in_any_case(asked, known)
    if found is not None:
        return found
    import difflib

    by_case = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(asked.casefold(), list(by_case), n=3, cutoff=0.5)
    raise UsageError(f"no {what} {asked!r}{where}; {_instead([by_case[name] for name in close], known)}")


def trial_named(asked: str, known: Sequence[str], hint: str = "") -> str:
    """The id of the trial that was asked for, whatever its case; else a UsageError.

    Registry numbers are much alike, so another one is suggested only where a slip or two lie between; where none is,
    `hint` says why one that somebody is sure of may be missing.
    """
    found = _in_any_case(asked, known)
    if found is not None:
        return found
    close = [name for name in known if _slips(asked.casefold(), name.casefold()) <= MOST_SLIPS]
    why = f" ({hint})" if hint and not close else ""
    raise UsageError(f"no trial {asked!r}; {_instead(close, known)}{why}")


def _in_any_case(asked: str, known: Sequence[str]) -> str | None:
    if asked in known:
        return asked
    return {name.casefold(): name for name in known}.get(asked.casefold())


def _instead(close: Sequence[str], known: Sequence[str]) -> str:
    if close:
        return f"did you mean {' or '.join(close)}?"
    listed = ", ".join([*known[:MOST_LISTED], *(["..."] if len(known) > MOST_LISTED else [])])
    return f"there are: {listed or 'none'}"


def _slips(one: str, other: str) -> int:
    """How many signs have to be put in, left out or changed to make one the other."""
    above = list(range(len(other) + 1))
    for row, sign in enumerate(one, start=1):
        here = [row]
        for column, wanted in enumerate(other):
            here.append(min(above[column + 1] + 1, here[column] + 1, above[column] + (sign != wanted)))
        above = here
    return above[-1]
