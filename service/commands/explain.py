"""`trialsieve explain`: one answer with its whole proof."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from typing import TYPE_CHECKING

from trialsieve.rules.errors import UsageError
from trialsieve.service.request.arguments import (
    COLOURS,
    NO_INPUT,
    add_circumstances,
    add_colour,
    add_inputs,
    add_rules,
    standard_input,
)
from trialsieve.service.request.written_values import chosen, one_of

if TYPE_CHECKING:
    from trialsieve.rules.trial import Trial

HELP = "explain one answer with its whole proof"

DESCRIPTION = """\
Show how one verdict came about: the arms, their criteria, the findings and atoms below them, and the facts and
resources that these rest on, each step with the rule (file:line) that made it."""

EXAMPLES = """\
examples:
  trialsieve explain patient.json --patient p1 --trial NCT04762485
  trialsieve explain export/ --patient Patient/p1 --trial NCT04762485 --criterion I05
  trialsieve explain patient.json --patient p1 --trial NCT07120607 --anchor enrollment=2026-12-01"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `explain`."""
    add_inputs(parser)
    parser.add_argument("--patient", metavar="ID", required=True, help="the patient: p1 or Patient/p1")
    parser.add_argument("--trial", metavar="ID", required=True, help="the trial")
    parser.add_argument(
        "--criterion", metavar="ID", help="only this criterion, or cohort: the cohorts' own conditions (default: all)"
    )
    add_circumstances(parser)
    add_rules(parser)
    add_colour(parser)


def run(arguments: argparse.Namespace) -> int:
    """Explain; 1 if some input could not be used. An unknown patient, trial or criterion is a UsageError."""
    from trialsieve.engine.screening import Screener
    from trialsieve.fhir_adapters.chart import build_chart
    from trialsieve.fhir_adapters.inputs.reader import read_records
    from trialsieve.fhir_adapters.records.record import InputProblem
    from trialsieve.rules.vocabulary import Kind
    from trialsieve.service.request.screening_request import question_from
    from trialsieve.service.screening.not_covered import KindsNotCovered, not_covered_words
    from trialsieve.service.text.explain_text import explainer
    from trialsieve.service.text.paper import paper_for
    from trialsieve.service.text.reporting import Reporter

    if not arguments.inputs:
        raise UsageError(NO_INPUT)
    chosen("--colour", arguments.colour, COLOURS)
    question = question_from(arguments, [arguments.trial])
    (name,) = question.trials
    only = arguments.criterion and _part_named(arguments.criterion, question.book.trials[name])
    screener = Screener(question.book, question.trials)
    waiting = KindsNotCovered(question.book, question.trials, question.covers)
    not_covered: Counter[Kind] = Counter()
    reporter = Reporter()
    paper = paper_for(arguments.colour)
    patients: list[str] = []
    lines: list[str] = []
    for record in read_records(arguments.inputs, reporter, covers=question.covers, stdin=standard_input()):
        patients.append(record.patient)
        if not is_asked(arguments.patient, record.patient):
            continue
        unread: list[InputProblem] = []
        chart = build_chart(record, question.book, unread, wanted=question.concepts, as_of=question.circumstances.as_of)
        reporter.all(unread)
        results = screener.screen(chart, question.circumstances)
        not_covered.update(waiting.of(chart, results))
        for result in results:
            lines += [*([""] if lines else []), *explainer(result, chart, question.book, paper).lines(only)]
    if not lines:
        one_of(arguments.patient, sorted(set(patients)), "patient", " in the input")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    if not_covered:
        reporter.say(not_covered_words(not_covered))
    return 1 if reporter.unusable else 0


def _part_named(asked: str, trial: Trial) -> str:
    """The criterion that was asked for, or the cohorts' own conditions; a UsageError where the trial has none such."""
    from trialsieve.service.text.words import GATE

    gates = [GATE] if any(cohort.gate is not None for cohort in trial.cohorts) else []
    known = [*gates, *(criterion.id for criterion in trial.criteria)]
    return one_of(asked, known, "criterion", f" in {trial.id}")


def is_asked(asked: str, patient: str) -> bool:
    """Whether a result's patient is the one asked for, with or without its type."""
    return asked in (patient, patient.removeprefix("Patient/"))
