"""`trialsieve show`: one trial, sentence beside rule."""

from __future__ import annotations

import argparse
import sys

from trialsieve.service.request.arguments import COLOURS, add_colour, add_rules
from trialsieve.service.request.written_values import chosen

HELP = "show one trial: its criteria, their rules, what is on hold and why"

DESCRIPTION = """\
Show one trial: each criterion's sentence as registered, the rule that stands for it in readable form, what is on hold
and why, what is wrong with the registry's text, and which outcomes a criterion can never have."""

EXAMPLES = """\
examples:
  trialsieve show NCT04762485
  trialsieve show NCT04762485 --no-colour | less"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `show`."""
    parser.add_argument("trial", metavar="TRIAL", help="the trial, as `trialsieve trials` lists it")
    add_rules(parser)
    add_colour(parser)


def run(arguments: argparse.Namespace) -> int:
    """The page; an unknown trial is a UsageError."""
    from trialsieve.service.request.screening_request import OWN_RULES, RULES_GIVEN, book_from, chosen_trials
    from trialsieve.service.text.paper import paper_for
    from trialsieve.service.text.show_text import show_lines

    chosen("--colour", arguments.colour, COLOURS)
    book = book_from(arguments)
    (name,) = chosen_trials([arguments.trial], book, RULES_GIVEN if arguments.rules else OWN_RULES)
    trial = book.trials[name]
    sys.stdout.write("".join(f"{line}\n" for line in show_lines(trial, book, paper_for(arguments.colour))))
    return 0
