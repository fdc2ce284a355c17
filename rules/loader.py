"""Rule files to the one RuleBook that everything else reads. All faults of all files are told together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from trialsieve.rules.concept import Terminology
from trialsieve.rules.concept_files import load_concepts, load_terminology
from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.finding import Finding
from trialsieve.rules.grammar_files import CurrencyFile, FindingFile, SiteFile, TrialFile
from trialsieve.rules.known_names import Known
from trialsieve.rules.logic_order import findings_read, in_reading_order
from trialsieve.rules.parsed_files import ParsedFiles
from trialsieve.rules.registry_sources import RegistrySources
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.rule_files import RuleFile, gather
from trialsieve.rules.rules_hash import rules_sha256
from trialsieve.rules.site_settings import with_site_codes, with_site_currency
from trialsieve.rules.translate_findings import finding_of
from trialsieve.rules.translate_trials import TrialTranslator
from trialsieve.rules.trial import Trial
from trialsieve.rules.unwritten import Unwritten, with_unwritten
from trialsieve.rules.yaml_source import SourceFile, validate


def load_rules(extra: Sequence[Path] = (), site: Path | None = None) -> RuleBook:
    """The packaged rules with those of `extra` (files or folders) and a site's settings.

    Raises RuleFilesError with every problem of every file, UsageError for a path that is not there.
    """
    return book_of(gather(extra, site))


def book_of(files: Sequence[RuleFile]) -> RuleBook:
    """The rules that these files hold. Raises RuleFilesError."""
    return read_rules(files).whole_book()


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading rule files: the book (of use only without problems), and what is wrong.

    `unwritten`: by trial, the sentences of its registry text that no criterion accounts for; not in the book yet.
    """

    book: RuleBook
    problems: list[Problem]
    trials: tuple[tuple[SourceFile, TrialFile], ...]
    findings: tuple[tuple[SourceFile, FindingFile], ...]
    concepts: tuple[SourceFile, ...]
    unwritten: Mapping[str, tuple[Unwritten, ...]] = field(default_factory=dict)
    text_paths: Mapping[str, str] = field(default_factory=dict)
    """By trial, the registry text's path for messages."""

    def whole_book(self) -> RuleBook:
        """The book, with what waits for a person because no criterion accounts for it. Raises RuleFilesError."""
        if self.problems:
            raise RuleFilesError(self.problems)
        trials = {name: with_unwritten(each, self.unwritten.get(name, ())) for name, each in self.book.trials.items()}
        return replace(self.book, trials=trials)


def read_rules(files: Sequence[RuleFile]) -> Reading:
    """Read and check all files; faults are collected, not raised."""
    return _Reader(files).read()


class _Reader:
    def __init__(self, files: Sequence[RuleFile]) -> None:
        self._files = files
        self._problems: list[Problem] = []
        self._parsed = ParsedFiles(files, self._problems)
        self._texts = RegistrySources(files, self._problems)

    def read(self) -> Reading:
        currency = self._currency()
        concepts, problems = load_concepts(self._parsed.of("concepts"), currency)
        self._problems += problems
        terminology = self._terminology()
        site = Site()
        for source, settings in self._sites():
            self._problems += with_site_currency(currency, settings.currency, source)
            concepts, problems = with_site_codes(concepts, self._parsed.concept_ids(), settings.concepts, source)
            self._problems += problems
            site = Site(settings.time_zone, settings.age_adjusted_ranges, source.path)
        trials = self._parsed.validated(TrialFile, "trials", "trial")
        findings = self._parsed.validated(FindingFile, "findings", "finding")
        finding_ids = {source.data["finding"] for source in self._parsed.named("findings", "finding")}
        known = Known(concepts, self._parsed.concept_ids(), finding_ids, currency)
        book = RuleBook(
            trials=self._trials(trials, known),
            findings=self._findings(findings, known),
            concepts=concepts,
            currency=currency,
            terminology=terminology,
            site=site,
        )
        hashed = {name: replace(trial, rules_sha256=self._hash(trial, book)) for name, trial in book.trials.items()}
        return Reading(
            replace(book, trials=hashed),
            self._problems,
            trials,
            findings,
            tuple(self._parsed.of("concepts")),
            self._texts.unwritten,
            self._texts.paths,
        )

    def _terminology(self) -> Terminology:
        source = self._parsed.shared("terminology.yaml")
        if source is None:
            return Terminology({}, {}, frozenset(), {})
        terminology, problems = load_terminology(source)
        self._problems += problems
        return terminology

    def _currency(self) -> dict[str, int]:
        source = self._parsed.shared("currency.yaml")
        if source is None:
            return {}
        try:
            return dict(validate(CurrencyFile, source).root)
        except RuleFilesError as error:
            self._problems += error.problems
            return {}

    def _sites(self) -> Iterator[tuple[SourceFile, SiteFile]]:
        """The site's file; `lint` may be given several. An empty one changes nothing."""
        for source in self._parsed.of("site"):
            if source.data is None:
                yield source, SiteFile()
                continue
            try:
                yield source, validate(SiteFile, source)
            except RuleFilesError as error:
                self._problems += error.problems

    def _findings(self, files: Iterable[tuple[SourceFile, FindingFile]], known: Known) -> dict[str, Finding]:
        findings = {
            syntax.finding: (source, finding_of(source, syntax, known, self._problems)) for source, syntax in files
        }
        reads = {
            name: tuple(other for atom in finding.atoms for other in findings_read(atom))
            for name, (_, finding) in findings.items()
        }
        ordered, cycle = in_reading_order(reads)
        if cycle:
            path = " -> ".join(cycle)
            message = f"these findings read each other in a circle: {path}"
            self._problems.append(findings[cycle[0]][0].problem(("finding",), message))
        return {name: findings[name][1] for name in ordered}

    def _trials(self, files: Iterable[tuple[SourceFile, TrialFile]], known: Known) -> dict[str, Trial]:
        trials: dict[str, Trial] = {}
        for source, syntax in files:
            text = self._texts.text(source, syntax)
            trials[syntax.trial] = TrialTranslator(source, syntax, known, text, self._problems).trial()
        return trials

    def _hash(self, trial: Trial, book: RuleBook) -> str:
        return rules_sha256(trial, book, self._files, self._texts.file(trial.source))
