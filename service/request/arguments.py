"""What the command line's options share: the parser, and groups of options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy

NO_INPUT = "no INPUT: name a file or a directory, or - for standard input"
COLOURS = ("auto", "always", "never")


class Parser(argparse.ArgumentParser):
    """An argument parser that raises our own error instead of printing and leaving."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


class SeveralValues(argparse.Action):
    """An option that takes one or more values (`nargs="+"`, with a default of none) and may be repeated.

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
        taken = list(values or ())
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), *taken])
        namespace.uses = [*getattr(namespace, "uses", ()), (self.dest, taken)]


def reclaim_inputs(arguments: argparse.Namespace) -> None:
    """Where no INPUT is left, the existing paths at the end of an option's values are the INPUT.

    The first value always stays the option's; of `--rules`, whose values are paths themselves, only the last is given
    back.
    """
    if arguments.inputs:
        return
    for destination, taken in reversed(getattr(arguments, "uses", ())):
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
        metavar="|".join(COLOURS),
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


def standard_input() -> BinaryIO | None:
    """Standard input's bytes; None where it is closed."""
    return None if sys.stdin is None else sys.stdin.buffer
