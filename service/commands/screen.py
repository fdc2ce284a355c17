"""`trialsieve screen`: every patient of the inputs against every trial asked for."""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING

from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.arguments import (
    NO_INPUT,
    SeveralValues,
    add_circumstances,
    add_colour,
    add_inputs,
    add_rules,
    add_trials,
    chosen,
    standard_input,
)
from trialsieve.service.tuning import GC_THRESHOLD

if TYPE_CHECKING:
    from trialsieve.engine.result import ScreeningResult
    from trialsieve.fhir_adapters.record import InputProblem
    from trialsieve.fhir_adapters.sources import SkippedFiles
    from trialsieve.service.output import ResultWriter
    from trialsieve.service.reporting import Reporter
    from trialsieve.service.request import Request

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
    add_colour(group)


def run(arguments: argparse.Namespace) -> int:
    """Screen; 0 or 1 as in the contract. Raises UsageError, RuleFilesError and InputError for what is 2."""
    from trialsieve.service.request import request_from

    if not arguments.inputs:
        raise UsageError(NO_INPUT)
    verdicts = {verdict.value: verdict for verdict in Verdict}
    wanted = frozenset(chosen("--verdict", name, verdicts) for name in arguments.verdict) or frozenset(Verdict)
    chosen("--colour", arguments.colour, dict.fromkeys(("auto", "always", "never")))
    request = request_from(arguments, arguments.trial)
    return Run(arguments, request, wanted).screen()


class Run:
    """One run over the inputs: reads, screens, writes and reports patient by patient."""

    def __init__(self, arguments: argparse.Namespace, request: Request, wanted: frozenset[Verdict]) -> None:
        self._arguments = arguments
        self._request = request
        self._wanted = wanted
        self._format = output_format(arguments.format, arguments.out)
        self._verdicts: Counter[Verdict] = Counter()
        self._patients = 0

    def screen(self) -> int:
        """Everything; the exit status."""
        from trialsieve.rules.cache import uncollected

        request = self._request
        with uncollected():
            from trialsieve.engine.screening import Screener
            from trialsieve.fhir_adapters.chart import build_chart, quiet_codes
            from trialsieve.fhir_adapters.reader import read_records
            from trialsieve.fhir_adapters.sources import SkippedFiles
            from trialsieve.service.destination import open_destination
            from trialsieve.service.reporting import Reporter

            screener = Screener(request.book, request.trials)
        concepts = request.concepts
        reporter = Reporter()
        gc.freeze()  # rules and modules stay; only patients come and go
        gc.set_threshold(*GC_THRESHOLD)
        skipped = SkippedFiles()
        with open_destination(self._arguments.out) as stream:
            writer: ResultWriter | None = None
            for record in read_records(
                self._arguments.inputs,
                reporter,
                covers=request.covers,
                stdin=standard_input(),
                skipped=skipped,
                quiet=quiet_codes(request.book, concepts),
            ):
                unread: list[InputProblem] = []
                chart = build_chart(record, request.book, unread, wanted=concepts, as_of=request.circumstances.as_of)
                del record  # parsing the next one is slower while the garbage collector still has this one to visit
                reporter.all(unread)
                results = screener.screen(chart, request.circumstances, findings=False)
                writer = writer or self._writer(stream)
                writer.write(self._counted(results))
                self._patients += 1
                reporter.progress(self._patients)
            if writer is not None:  # without any record, read_records has raised
                writer.close()
        self._say_what_was_done(reporter, skipped)
        return 1 if reporter.unusable else 0

    def _counted(self, results: list[ScreeningResult]) -> list[ScreeningResult]:
        for result in results:
            self._verdicts[result.verdict] += 1
        return [result for result in results if result.verdict in self._wanted]

    def _writer(self, stream: IO[bytes]) -> ResultWriter:
        from trialsieve.service.output import CsvWriter, JsonWriter, NdjsonWriter
        from trialsieve.service.paper import paper_for
        from trialsieve.service.table import TableWriter

        if self._format == "json":
            return JsonWriter(stream)
        if self._format == "ndjson":
            return NdjsonWriter(stream)
        if self._format == "csv":
            return CsvWriter(stream)
        to_file = self._arguments.out not in (None, "-")
        paper = paper_for(self._arguments.colour, to_file=to_file)
        return TableWriter(stream, paper, self._request.book.trials, verbose=self._arguments.verbose)

    def _say_what_was_done(self, reporter: Reporter, skipped: SkippedFiles) -> None:
        from trialsieve.service.reporting import skipped_words, summary
        from trialsieve.service.words import counted

        if skipped.count:
            reporter.say(skipped_words(skipped))
        unused = f"; {counted(reporter.unusable, 'input problem')}, named above" if reporter.unusable else ""
        reporter.say(f"{summary(self._patients, len(self._request.trials), self._verdicts)}{unused}")


def output_format(asked: str | None, out: str | None) -> str:
    """The format asked for; without one, what the name of the file says, else a table."""
    if asked is not None:
        chosen("--format", asked, dict.fromkeys(FORMATS))
        return asked
    suffix = Path(out).suffix.lower() if out else ""
    if suffix in NOT_WRITTEN:
        raise UsageError(
            f"--out {out}: nothing is written as {suffix}; name it .csv for a spreadsheet, .txt for people"
        )
    return FORMAT_OF_SUFFIX.get(suffix, "table")
