"""The report as one page that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

import trialsieve
from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles
from trialsieve.rules.vocabulary import Kind
from trialsieve.service.output.destination import open_destination
from trialsieve.service.report.attrition import Attrition, Funnel
from trialsieve.service.report.disclosure import Disclosure
from trialsieve.service.report.figures import attrition_rows, missing_rows, worklist_rows, write_figures
from trialsieve.service.report.picture import funnel_svg
from trialsieve.service.report.screened import ScreenedPopulation, TrialHead
from trialsieve.service.report.worklist import Candidate, Missing, MissingData, Worklist
from trialsieve.service.screening.not_covered import not_covered_words
from trialsieve.service.text.reporting import skipped_words, unread_words
from trialsieve.service.text.web_address import web_address
from trialsieve.service.text.words import ADVICE

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = Path(__file__).parents[1] / "pages" / "templates" / "style.css"
MOST_MISSING = 15
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class TrialPart:
    """What the report says of one trial."""

    trial: TrialHead
    verdicts: dict[str, int]
    funnels: list[Funnel]
    pictures: list[Markup]
    missing: list[Missing]
    worklist: list[Candidate]


@dataclass(frozen=True, slots=True)
class Report:
    """One report of one finished run."""

    population: ScreenedPopulation
    disclosure: Disclosure
    worklist_length: int

    def write(self, path: Path, figures: Path) -> None:
        """Writes the page, and its figures beside it."""
        parts = self._parts()
        with open_destination(str(path.absolute())) as stream:
            stream.write(self._html(parts).encode("utf-8"))
        attrition: list[dict[str, Any]] = []
        missing: list[dict[str, Any]] = []
        worklist: list[dict[str, Any]] = []
        for part in parts:
            attrition += attrition_rows(part.trial.id, part.funnels, self.disclosure)
            missing += missing_rows(part.trial.id, part.missing, self.disclosure)
            worklist += worklist_rows(part.trial.id, part.worklist)
        write_figures(figures, "attrition", attrition)
        write_figures(figures, "missing", missing)
        write_figures(figures, "worklist", worklist)

    def _parts(self) -> list[TrialPart]:
        trials = self.population.trials
        attrition = {trial.id: Attrition(trial) for trial in trials}
        missing = {trial.id: MissingData() for trial in trials}
        worklists = {trial.id: Worklist(0 if self.disclosure.deidentify else self.worklist_length) for trial in trials}
        for by_trial in self.population.rows():
            for trial, rows in by_trial.items():
                attrition[trial].add(rows)
                missing[trial].add(rows)
                worklists[trial].add(rows)
        numbers = itertools.count()
        return [
            TrialPart(
                trial=trial,
                verdicts=self.population.manifest["verdicts"][trial.id],
                funnels=(made := attrition[trial.id].funnels),
                pictures=[Markup(funnel_svg(funnel, next(numbers), self.disclosure)) for funnel in made],
                missing=missing[trial.id].most_often(self.population, trial, MOST_MISSING),
                worklist=worklists[trial.id].candidates(),
            )
            for trial in trials
        ]

    def _html(self, parts: list[TrialPart]) -> str:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
        )
        environment.filters["count"] = self.disclosure.words
        environment.filters["share"] = self.disclosure.share_words
        environment.filters["day"] = self.disclosure.day
        environment.filters["web_address"] = web_address
        environment.filters["thousands"] = lambda count: f"{count:,}"
        own = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
        return environment.get_template("report.html").render(
            parts=parts,
            manifest=self.population.manifest,
            unread=self._unread_words(),
            skipped=self._skipped_words(),
            not_covered=self._not_covered_words(),
            problems=self._problems(),
            deidentified=self.disclosure.deidentify,
            asked=self.population.manifest["asked"],
            style=Markup(_STYLE.read_text(encoding="utf-8") + own),
            advice=ADVICE,
            version=trialsieve.__version__,
        )

    def _unread_words(self) -> str:
        """What was never screened, for the top of the page; of a de-identified one the number alone."""
        files = self.population.manifest.get("unread_files", [])  # a run of an earlier version has none
        if files and self.disclosure.deidentify:
            return f"{self.disclosure.words(len(files))} files unread, nobody in them was screened"
        return unread_words(files, "manifest.json", MOST_PROBLEMS) if files else ""

    def _skipped_words(self) -> str:
        """What was left out for its name: perhaps a chart that was saved as something else."""
        number = self.population.manifest["skipped_files"]
        if number and self.disclosure.deidentify:
            return f"{self.disclosure.words(number)} files skipped for their names"
        named = self.population.manifest.get("first_skipped", [])  # a run of an earlier version has none
        return skipped_words(SkippedFiles(number, named)) if number else ""

    def _not_covered_words(self) -> str:
        """Of how many patients a kind of resource is missing, as the command tells it; nothing if de-identified."""
        counts = {} if self.disclosure.deidentify else self.population.manifest.get("not_covered", {})
        words = not_covered_words({Kind(kind): count for kind, count in counts.items()}) if counts else ""
        return words.removeprefix("note: ")

    def _problems(self) -> list[dict[str, Any]]:
        """The first things that could not be used."""
        return [each for each in self.population.manifest["first_problems"] if not each["notice"]][:MOST_PROBLEMS]
