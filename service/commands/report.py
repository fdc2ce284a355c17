"""`trialsieve report`: one page about a population that `trialsieve batch` screened."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trialsieve.rules.errors import UsageError
from trialsieve.service.commands.installed import require_pyarrow
from trialsieve.service.request.written_values import whole_number

HELP = "make a page about a screened population"

DESCRIPTION = """\
Make one self-contained HTML page about a population that `trialsieve batch` screened: per trial where patients are
lost, with those who are unknown as a band of their own; the data that is missing most often; and whom to look at first.
The same figures are written as CSV and Parquet; worklist.csv is the list for a spreadsheet, one row a patient and
trial."""

EXAMPLES = """\
examples:
  trialsieve report screened/
  trialsieve report screened/ --out report.html --worklist 100
  trialsieve report screened/ --deidentify --out for-the-sponsor.html

exit status:
  0  the report was written
  2  the directory holds no finished run, or the report cannot be written"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `report`."""
    parser.add_argument("directory", metavar="DIR", help="what `trialsieve batch --out DIR` left")
    parser.add_argument("--out", metavar="PATH", help="the page (default: DIR/report.html)")
    parser.add_argument(
        "--worklist", metavar="N", default="50", help="how many patients a trial's worklist names (default: 50)"
    )
    parser.add_argument(
        "--deidentify",
        action="store_true",
        help="leave out patients, sentences about them and days; hide counts below 11",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the page and its figures. Raises UsageError."""
    require_pyarrow("report")
    worklist = whole_number("--worklist", arguments.worklist, 0, 100_000)
    from trialsieve.service.report.disclosure import Disclosure
    from trialsieve.service.report.page import Report
    from trialsieve.service.report.screened import ScreenedPopulation

    directory = Path(arguments.directory)
    population = ScreenedPopulation(directory)
    page = Path(arguments.out) if arguments.out else directory / "report.html"
    figures = page.with_name(f"{page.stem}-figures")
    try:
        Report(population, Disclosure(arguments.deidentify), worklist).write(page, figures)
    except OSError as error:
        raise UsageError(f"--out {page}: cannot be written: {error.strerror or error}; give another place") from error
    listed = "; worklist.csv there has one row a patient and trial" if (figures / "worklist.csv").exists() else ""
    sys.stderr.write(f"{page} and its figures in {figures}/{listed}\n")
    return 0
