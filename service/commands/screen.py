"""`trialsieve screen`: every patient of the inputs against every trial asked for."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.processes.tuning import GC_THRESHOLD
from trialsieve.service.request.arguments import (
    COLOURS,
    NO_INPUT,
    SeveralValues,
    add_circumstances,
    add_colour,
    add_inputs,
    add_rules,
    add_trials,
)
from trialsieve.service.request.written_values import chosen, member_of

HELP = "screen patients for trials"

DESCRIPTION = """\
Screen every patient of the inputs for every trial asked for: eligible, ineligible or needs-review, and why.
Missing, stale or unreadable data never decides: what it leaves open is needs-review, with the reason."""

EXAMPLES = """\
examples:
  trialsieve screen patient.json
  trialsieve screen export/ --trial NCT04762485 --as-of 2026-11-20
  trialsieve screen export/ --trial NCT07120607 --anchor enrollment=2026-12-01
  trialsieve screen export/ --format ndjson --out results.ndjson
  trialsieve screen export/ --verdict eligible needs-review --format csv
  zcat export.ndjson.gz | trialsieve screen - --covers all

exit status:
  0  every input was read and every patient has a result for every trial asked for
  1  results were written, but some input could not be used: each is named on standard error
  2  the command line or a rule file is wrong, a path cannot be read, or no input holds usable FHIR"""

PROBLEMS = ("grouped", "all")
FORMATS = ("table", "json", "ndjson", "csv")
FORMAT_OF_SUFFIX = {".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv"}
NOT_WRITTEN = frozenset({".xlsx", ".xls", ".ods", ".pdf", ".html", ".docx", ".parquet", ".gz", ".zip"})
"""Endings that promise a format which is not written; a table under such a name could not be opened."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `screen`."""
    add_inputs(parser)
    add_trials(parser)
    add_circumstances(parser)
    add_rules(parser)
    group = parser.add_argument_group("what is written")
    group.add_argument(
        "--format",
        metavar="|".join(FORMATS),
        help="table for people, json, ndjson or csv for programs (default: by the name given to --out, else table)",
    )
    group.add_argument(
        "--out", metavar="PATH", help="write the results to this file, which appears only once it is complete"
    )
    group.add_argument(
        "--verdict",
        metavar="|".join(verdict.value for verdict in Verdict),
        nargs="+",
        action=SeveralValues,
        default=[],
        help="write only results with this verdict (may be given several times)",
    )
    group.add_argument(
        "--verbose",
        action="store_true",
        help="in the table, also show the criteria that pass and what was assumed",
    )
    group.add_argument(
        "--details",
        action="store_true",
        help="in the table, show each patient however many there are (default: of up to 5 patients; of more, the list)",
    )
    group.add_argument(
        "--problems",
        metavar="grouped|all",
        default="grouped",
        help="on standard error, tell what could not be used once per file and cause, with a count, or all of it "
        "(default: grouped)",
    )
    add_colour(group)


def run(arguments: argparse.Namespace) -> int:
    """Screen; 0 or 1 as in the contract. Raises UsageError, RuleFilesError and InputError for what is 2."""
    from trialsieve.rules.cache import uncollected

    with uncollected():
        from trialsieve.service.output.destination import check_is_no_input
        from trialsieve.service.request.screening_request import question_from
        from trialsieve.service.screening.run import ScreeningRun

        if not arguments.inputs:
            raise UsageError(NO_INPUT)
        check_is_no_input(arguments.out, arguments.inputs)
        asked_verdicts = frozenset(member_of("--verdict", name, Verdict) for name in arguments.verdict)
        chosen("--colour", arguments.colour, COLOURS)
        chosen("--problems", arguments.problems, PROBLEMS)
        question = question_from(arguments, arguments.trial)
        asked_format = output_format(arguments.format, arguments.out)
        screening = ScreeningRun(arguments, question, asked_verdicts or frozenset(Verdict), asked_format)
        gc.freeze()  # rules and modules stay; only patients come and go
    gc.set_threshold(*GC_THRESHOLD)
    return screening.screen()


def output_format(asked: str | None, out: str | None) -> str:
    """The format asked for; without one, what the name of the file says, else a table."""
    if asked is not None:
        return chosen("--format", asked, FORMATS)
    suffix = Path(out).suffix.lower() if out else ""
    if suffix in NOT_WRITTEN:
        raise UsageError(
            f"--out {out}: nothing is written as {suffix}; name it .csv for a spreadsheet, .txt for people"
        )
    return FORMAT_OF_SUFFIX.get(suffix, "table")
