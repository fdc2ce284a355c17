"""What the command line's options share: the parser, option groups, and checks of single values."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

from trialsieve.rules.atom import SCREENING
from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy, Kind

Choice = TypeVar("Choice")

ADVICE = "Advice, not a decision: a person decides, on the record itself."

NO_INPUT = "no INPUT: name a file or a directory, or - for standard input"

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


class Parser(argparse.ArgumentParser):
    """An argument parser that raises our own error instead of printing and leaving."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


class SeveralValues(argparse.Action):
    """An option that takes one or more values and may be repeated.

    It keeps what each use of it took, because `--trial A record.json` reads the INPUT as a second trial;
    `reclaim_inputs` gives it back.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        taken = [values] if isinstance(values, str) or values is None else list(values)
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest) or []), *taken])
        uses = [*(getattr(namespace, "uses", None) or []), (self.dest, taken)]
        namespace.uses = uses


def reclaim_inputs(arguments: argparse.Namespace) -> None:
    """Where no INPUT is left, the existing paths at the end of an option's values are the INPUT.

    The first value always stays the option's; of `--rules`, whose values are paths themselves, only the last is given
    back.
    """
    if arguments.inputs:
        return
    for destination, taken in reversed(getattr(arguments, "uses", None) or []):
        found: list[str] = []
        rest = taken[1:]
        while rest and (rest[-1] == "-" or Path(rest[-1]).exists()) and not (destination == "rules" and found):
            found.insert(0, rest.pop())
        if found:
            remaining = getattr(arguments, destination)
            for value in found:
                remaining.remove(value)
            arguments.inputs = found
            return


def add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="a FHIR Bundle (.json), an NDJSON file (.ndjson, .jsonl), either of them gzipped (.gz), "
        "a directory of any of these, or - for standard input",
    )


def add_trials(parser: argparse.ArgumentParser) -> None:
    """The trials to screen for."""
    parser.add_argument(
        "--trial",
        metavar="ID",
        nargs="+",
        action=SeveralValues,
        default=[],
        help="screen for this trial (may be given several times; default: every trial)",
    )


def add_circumstances(parser: argparse.ArgumentParser) -> None:
    """Options on what is asked under: date, absence policy, coverage."""
    group = parser.add_argument_group("under which circumstances")
    group.add_argument(
        "--as-of", metavar="YYYY-MM-DD", help="screen as on this day (default: today, in the site's time zone)"
    )
    group.add_argument(
        "--absence",
        metavar="presume|unknown",
        default=AbsencePolicy.PRESUME.value,
        help="presume: a record that covers a kind of resource and does not mention a diagnosis has none; "
        "unknown: presume nothing (default: presume)",
    )
    group.add_argument(
        "--covers",
        metavar="all|KIND,...",
        help="the kinds of resource that the inputs hold in full, even where there are none of them: all, or some of "
        + ", ".join(sorted(kind.value for kind in COVERABLE)),
    )
    group.add_argument(
        "--anchor",
        metavar="NAME=YYYY-MM-DD",
        dest="anchors",
        action="append",
        default=[],
        help="the day of one of the trial's anchors, before which its windows lie, such as enrollment; it may lie "
        "ahead (may be given several times; `trialsieve show` lists a trial's anchors)",
    )


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Options on which rules are used."""
    group = parser.add_argument_group("with which rules")
    group.add_argument(
        "--rules",
        metavar="DIR",
        nargs="+",
        action=SeveralValues,
        default=[],
        help="add the rule files of this directory (may be given several times)",
    )
    group.add_argument(
        "--site",
        metavar="FILE",
        help="the site's own settings: time zone, currency, local codes, age-adjusted reference ranges",
    )


def add_colour(parser: argparse._ActionsContainer) -> None:
    """Options on how text is shown."""
    parser.add_argument(
        "--colour",
        "--color",
        dest="colour",
        metavar="auto|always|never",
        default="auto",
        help="colour the text (default: auto, only on a terminal and without NO_COLOR)",
    )
    parser.add_argument(
        "--no-colour",
        "--no-color",
        dest="colour",
        action="store_const",
        const="never",
        help="the same as --colour never",
    )


def chosen(option: str, value: str, choices: Mapping[str, Choice]) -> Choice:
    """The choice of that name; an unknown one is a UsageError that lists them."""
    if value in choices:
        return choices[value]
    raise UsageError(f"{option} {value!r}: choose from {', '.join(choices)}")


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


def standard_input() -> BinaryIO | None:
    """Standard input's bytes; None where it is closed."""
    return None if sys.stdin is None else sys.stdin.buffer
