"""One run of `screen` over its inputs: reads, screens, writes and reports patient by patient."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import IO

from trialsieve.engine.result import ScreeningResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.record import InputProblem
from trialsieve.rules.vocabulary import Kind, Verdict
from trialsieve.service.output.destination import open_destination
from trialsieve.service.output.writers import CsvWriter, JsonWriter, NdjsonWriter, ResultWriter
from trialsieve.service.request.arguments import standard_input
from trialsieve.service.request.screening_request import Question
from trialsieve.service.screening.not_covered import KindsNotCovered, not_covered_words
from trialsieve.service.text.reporting import Reporter, files_of, skipped_words, summary, unread_words
from trialsieve.service.text.words import counted


class ScreeningRun:
    """Everything that is made before the first patient, and the way over the patients."""

    def __init__(
        self, arguments: argparse.Namespace, question: Question, wanted: frozenset[Verdict], written_as: str
    ) -> None:
        """`wanted`: the verdicts that are written. `written_as`: table, json, ndjson or csv."""
        self._arguments = arguments
        self._question = question
        self._wanted = wanted
        self._format = written_as
        self._screener = Screener(question.book, question.trials)
        self._charts = ChartBuilder(question.book, question.concepts)
        self._quiet = self._charts.quiet_codes()
        self._verdicts: Counter[Verdict] = Counter()
        self._patients = 0
        self._sources: set[str] = set()
        self._kinds_not_covered = KindsNotCovered(question.book, question.trials, question.covers)
        self._not_covered: Counter[Kind] = Counter()

    def screen(self) -> int:
        """Everything; 0 or 1 as in the contract."""
        reporter = Reporter(grouped=self._arguments.problems == "grouped")
        skipped = SkippedFiles()
        try:
            self._screen_all(reporter, skipped)
        finally:
            reporter.close()
        self._say_what_was_done(reporter, skipped)
        return 1 if reporter.unusable else 0

    def _screen_all(self, reporter: Reporter, skipped: SkippedFiles) -> None:
        question = self._question
        records = read_records(  # it lists the files at once, before one more lies among them
            self._arguments.inputs,
            reporter,
            covers=question.covers,
            stdin=standard_input(),
            skipped=skipped,
            quiet=self._quiet,
        )
        with open_destination(self._arguments.out) as stream:
            writer: ResultWriter | None = None
            for record in records:
                unread: list[InputProblem] = []
                chart = self._charts.build(record, unread, as_of=question.circumstances.as_of)
                self._sources |= files_of(record.source)
                del record  # parsing the next one is slower while the garbage collector still has this one to visit
                reporter.all(unread)
                results = self._screener.screen(chart, question.circumstances, findings=False)
                self._not_covered.update(self._kinds_not_covered.of(chart, results))
                writer = writer or self._writer(stream)
                writer.write(self._counted(results))
                self._patients += 1
                reporter.progress(self._patients)
            if writer is not None:  # without any record, read_records has raised
                writer.close()

    def _counted(self, results: list[ScreeningResult]) -> list[ScreeningResult]:
        for result in results:
            self._verdicts[result.verdict] += 1
        return [result for result in results if result.verdict in self._wanted]

    def _writer(self, stream: IO[bytes]) -> ResultWriter:
        if self._format == "json":
            return JsonWriter(stream)
        if self._format == "ndjson":
            return NdjsonWriter(stream)
        if self._format == "csv":
            return CsvWriter(stream)
        from trialsieve.service.text.paper import paper_for
        from trialsieve.service.text.table import TableWriter

        to_file = self._arguments.out not in (None, "-")
        paper = paper_for(self._arguments.colour, to_file=to_file)
        asked = self._arguments
        return TableWriter(stream, paper, self._question.book.trials, verbose=asked.verbose, details=asked.details)

    def _say_what_was_done(self, reporter: Reporter, skipped: SkippedFiles) -> None:
        if skipped.count:
            reporter.say(skipped_words(skipped))
        where = "grouped above (--problems all names each)" if reporter.left_out else "named above"
        unused = f"; {counted(reporter.unusable, 'input problem')}, {where}" if reporter.unusable else ""
        reporter.say(f"{summary(self._patients, len(self._question.trials), self._verdicts)}{unused}")
        if self._not_covered:
            reporter.say(not_covered_words(self._not_covered))
        if unread := reporter.unread(self._sources):
            reporter.say(unread_words(unread, "the lines above"))
