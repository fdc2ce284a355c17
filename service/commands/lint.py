"""`trialsieve lint`: check rule files, and run their worked examples."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trialsieve.rules.errors import RuleFilesError, UsageError

if TYPE_CHECKING:
    from trialsieve.rules.loader import Reading
    from trialsieve.rules.worked_example import FailedExample

HELP = "check rule files and run their worked examples"

DESCRIPTION = """\
Check rule files. Every problem is one line, path:line:column: message, on standard output. Without PATH, the rules
that trialsieve comes with are checked."""

EXAMPLES = """\
examples:
  trialsieve lint
  trialsieve lint our-trials/ --examples

exit status:
  0  no problem
  2  problems, each on a line of its own, or a path that cannot be read"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lint`."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a rule file or a directory of them")
    parser.add_argument(
        "--examples", action="store_true", help="also run the worked examples, and name each that does not come out so"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 without problems, else 2."""
    from trialsieve.rules.lint import lint, read_files
    from trialsieve.service.commands.lint_files import checked_words, folders_of_single_files, passed_over
    from trialsieve.service.text.paper import printable
    from trialsieve.service.text.words import counted

    paths = [Path(name) for name in arguments.paths]
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or directory")
    files, reading = read_files(paths)
    failed = failed_examples(reading, paths) if arguments.examples else []
    problems = {*lint(paths, failed, (files, reading)), *(each.problem for each in failed), *passed_over(files, paths)}
    for problem in sorted(problems):
        sys.stdout.write(f"{printable(str(problem))}\n")
    for folder in folders_of_single_files(files, paths) if problems else ():
        sys.stderr.write(f"{printable(str(folder))}: holds other rule files, which were not read; lint the folder\n")
    sys.stderr.write(f"checked {checked_words(files, paths)}: {counted(len(problems), 'problem')}\n")
    return 2 if problems else 0


def failed_examples(reading: Reading, paths: Sequence[Path]) -> list[FailedExample]:
    """The worked examples of these files (none given: of the shipped ones) that do not come out as they say.

    None where the files cannot be loaded: then the problems of loading are what there is to tell.
    """
    from trialsieve.engine.examples import run_examples

    try:
        book = reading.whole_book()
    except RuleFilesError:
        return []
    failed = run_examples(book)
    places = [path.resolve() for path in paths]
    if not places:
        return failed
    return [each for each in failed if any(Path(each.path).resolve().is_relative_to(at) for at in places)]
