"""What a batch run was asked, in a form that every worker can be handed, and the tools that it screens with."""

from __future__ import annotations

import enum
import gc
import hashlib
import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson

import trialsieve
from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import ScreeningResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.errors import InputError
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy, Kind, Verdict
from trialsieve.service.batch.memory import give_memory_back
from trialsieve.service.batch.program import program_sha256
from trialsieve.service.processes.tuning import GC_THRESHOLD
from trialsieve.service.screening.not_covered import KindsNotCovered


class Explanations(enum.Enum):
    """For whom whole results are written, over 100 KB a patient; `trialsieve explain` makes them again for anyone."""

    NONE = "none"
    NOT_INELIGIBLE = "not-ineligible"
    ALL = "all"

    def wants(self, verdict: Verdict) -> bool:
        """Whether the whole explained result is written."""
        return self is Explanations.ALL or (self is Explanations.NOT_INELIGIBLE and verdict is not Verdict.INELIGIBLE)


@dataclass(frozen=True, slots=True)
class Job:
    """A checked question about a whole population. `rules_sha256` is that of each trial, in the order of `trials`."""

    trials: tuple[str, ...]
    as_of: date
    absence: AbsencePolicy
    anchors: tuple[tuple[str, date], ...]
    covers: frozenset[Kind]
    rules: tuple[str, ...]
    site: str | None
    explanations: Explanations
    rules_sha256: tuple[str, ...]
    rules_version: tuple[str, ...]
    program_sha256: str

    @property
    def circumstances(self) -> Circumstances:
        return Circumstances(self.as_of, self.absence, dict(self.anchors))

    def book(self) -> RuleBook:
        """The rules that answer it; loaded anew, or from the cache."""
        return cached_rules([Path(name) for name in self.rules], None if self.site is None else Path(self.site))

    def asked(self) -> dict[str, object]:
        """The question as the manifest tells it, the versions that answer it included."""
        return {
            "trials": [
                {"trial": trial, "rules_version": version, "rules_sha256": sha256}
                for trial, version, sha256 in zip(self.trials, self.rules_version, self.rules_sha256, strict=True)
            ],
            "as_of": self.as_of.isoformat(),
            "absence": self.absence.value,
            "anchors": {name: day.isoformat() for name, day in self.anchors},
            "covers": sorted(kind.value for kind in self.covers),
            "explanations": self.explanations.value,
            "trialsieve": trialsieve.__version__,
            "program_sha256": self.program_sha256,
            "durable_rules": importlib.metadata.version("durable_rules"),
            "pyarrow": importlib.metadata.version("pyarrow"),
        }

    @property
    def key(self) -> str:
        """Two runs with one key over the same input give the same output."""
        return hashlib.sha256(orjson.dumps(self.asked(), option=orjson.OPT_SORT_KEYS)).hexdigest()


class Bench:
    """What one process screens with: the rules, compiled, and what was learnt of codes."""

    def __init__(self, job: Job) -> None:
        if program_sha256() != job.program_sha256:
            raise InputError(
                "this process runs another trialsieve than the one that began the run: "
                "install the same one for every worker, or begin anew with --restart"
            )
        gc.set_threshold(*GC_THRESHOLD)
        book = job.book()
        self.book: Final = book
        found = tuple(book.trials[trial].rules_sha256 for trial in job.trials)
        if found != job.rules_sha256:
            raise InputError("the rule files have changed since the run began; begin anew with --restart")
        self._circumstances = job.circumstances
        self._screener = Screener(book, job.trials)
        self._builder = ChartBuilder(book, concepts_reached(book, job.trials))
        self.kinds_not_covered = KindsNotCovered(book, job.trials, job.covers)
        give_memory_back()
        gc.freeze()  # rules and modules stay; only patients come and go

    @property
    def quiet(self) -> Quiet:
        return self._builder.quiet_codes()

    @property
    def disagreements(self) -> int:
        return self._screener.disagreements

    def chart(self, record: Record, problems: list[InputProblem]) -> Chart:
        """The chart of one record; what cannot be used is added to `problems`."""
        return self._builder.build(record, problems, as_of=self._circumstances.as_of)

    def screen(self, charts: Sequence[Chart]) -> list[list[ScreeningResult]]:
        """The results of each chart, in the order of the job's trials."""
        return self._screener.screen_all(charts, self._circumstances, findings=False)


@lru_cache(maxsize=1)
def bench_for(job: Job) -> Bench:
    """The bench of this process, set up once."""
    return Bench(job)
