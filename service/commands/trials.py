"""`trialsieve trials`: what can be screened for."""

from __future__ import annotations

import argparse
import sys

from trialsieve.service.request.arguments import add_rules

HELP = "list the trials that can be screened for"

DESCRIPTION = "List the trials that can be screened for: id, version, number of criteria, title."

EXAMPLES = """\
examples:
  trialsieve trials
  trialsieve trials --rules our-trials/"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `trials`."""
    add_rules(parser)


def run(arguments: argparse.Namespace) -> int:
    """One trial a line, ordered by id."""
    from trialsieve.service.request.screening_request import book_from
    from trialsieve.service.text.paper import printable
    from trialsieve.service.text.words import counted

    book = book_from(arguments)
    width = max(map(len, book.trials), default=0)
    for name, trial in sorted(book.trials.items()):
        criteria = counted(len(trial.criteria), "criterion", "criteria")
        sys.stdout.write(f"{name:<{width}}  {trial.version}  {criteria:>11}  {printable(trial.title)}\n")
    return 0
