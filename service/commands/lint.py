"""`trialsieve lint`: check rule files, and run their worked examples."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from trialsieve.rules.errors import Problem, RuleFilesError, UsageError

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
    from trialsieve.rules.lint import lint
    from trialsieve.service.paper import printable
    from trialsieve.service.words import counted

    paths = [Path(name) for name in arguments.paths]
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or directory")
    problems = set(lint(paths))
    if arguments.examples:
        problems |= set(example_problems(paths))
    for problem in sorted(problems):
        sys.stdout.write(f"{printable(str(problem))}\n")
    sys.stderr.write(f"{counted(len(problems), 'problem')}\n")
    return 2 if problems else 0


def example_problems(paths: Sequence[Path]) -> list[Problem]:
    """The worked examples of these files (none given: of the shipped ones) that do not come out as they say.

    None where the files cannot be loaded: then the problems of loading are what there is to tell.
    """
    from trialsieve.engine.examples import run_examples
    from trialsieve.rules.cache import cached_rules

    try:
        book = cached_rules(paths)
    except RuleFilesError:
        return []
    problems = run_examples(book)
    places = [path.resolve() for path in paths]
    if not places:
        return problems
    return [problem for problem in problems if any(Path(problem.path).resolve().is_relative_to(at) for at in places)]
