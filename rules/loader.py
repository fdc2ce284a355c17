"""Rule files to the one RuleBook that everything else reads. All faults of all files are told together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from trialsieve.rules import rule_files
from trialsieve.rules.atom import Atom
from trialsieve.rules.concept import Concept, Terminology
from trialsieve.rules.concept_files import load_concepts, load_terminology
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.finding import Finding
from trialsieve.rules.grammar_files import CurrencyFile, FindingFile, SiteFile, TrialFile
from trialsieve.rules.known_names import Known
from trialsieve.rules.logic_order import concepts_read, findings_reached, findings_read, in_reading_order
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.rule_files import RuleFile, gather
from trialsieve.rules.site_settings import with_site_codes, with_site_currency
from trialsieve.rules.translate_findings import finding_of
from trialsieve.rules.translate_trials import TrialTranslator
from trialsieve.rules.trial import Trial
from trialsieve.rules.unwritten import MOST_UNWRITTEN, Unwritten, check_text, with_unwritten
from trialsieve.rules.yaml_source import SourceFile, read_yaml, validate

M = TypeVar("M", bound=BaseModel)

_KINDS = {"trial": "trials", "finding": "findings", "concepts": "concepts"}


def load_rules(extra: Sequence[Path] = (), site: Path | None = None) -> RuleBook:
    """The packaged rules with those of `extra` (files or folders) and a site's settings.

    Raises RuleFilesError with every problem of every file, UsageError for a path that is not there.
    """
    return book_of(gather(extra, site))


def book_of(files: Sequence[RuleFile]) -> RuleBook:
    """The rules that these files hold. Raises RuleFilesError."""
    reading = read_rules(files)
    if reading.problems:
        raise RuleFilesError(reading.problems)
    book = reading.book
    trials = {name: with_unwritten(trial, reading.unwritten.get(name, ())) for name, trial in book.trials.items()}
    return replace(book, trials=trials)


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


def read_rules(files: Sequence[RuleFile]) -> Reading:
    """Read and check all files; faults are collected, not raised."""
    return _Reader(files).read()


class _Reader:
    def __init__(self, files: Sequence[RuleFile]) -> None:
        self._files = files
        self._problems: list[Problem] = []
        self._sources: dict[str, list[SourceFile]] = {}
        self._unwritten: dict[str, tuple[Unwritten, ...]] = {}
        self._text_paths: dict[str, str] = {}
        self._packaged = {file.shown for file in files if Path(file.location).is_relative_to(rule_files.PACKAGED)}

    def read(self) -> Reading:
        for file in self._files:
            if file.folder != "sources":
                self._parse(file)
        currency = self._currency()
        concepts, problems = load_concepts(self._sources.get("concepts", []), currency)
        self._problems += problems
        terminology = self._terminology()
        site = Site()
        for source, settings in self._sites():
            self._problems += with_site_currency(currency, settings.currency, source)
            concepts, problems = with_site_codes(concepts, self._concept_ids(), settings.concepts, source)
            self._problems += problems
            site = Site(settings.time_zone, settings.age_adjusted_ranges, source.path)
        trials = self._validated(TrialFile, "trials", "trial")
        findings = self._validated(FindingFile, "findings", "finding")
        finding_ids = {source.data["finding"] for source in self._named("findings", "finding")}
        known = Known(concepts, self._concept_ids(), finding_ids, currency)
        book = RuleBook(
            trials=self._trials(trials, known),
            findings=self._findings(findings, known),
            concepts=concepts,
            currency=currency,
            terminology=terminology,
            site=site,
        )
        hashed = {name: replace(trial, rules_sha256=self._sha256(trial, book)) for name, trial in book.trials.items()}
        return Reading(
            replace(book, trials=hashed),
            self._problems,
            trials,
            findings,
            tuple(self._sources.get("concepts", [])),
            self._unwritten,
            self._text_paths,
        )

    def _concept_ids(self) -> set[str]:
        """The ids of all concepts, also of those that are wrong."""
        data = [source.data for source in self._sources.get("concepts", []) if isinstance(source.data, dict)]
        listed = [concept for file in data for concept in file.get("concepts") or [] if isinstance(concept, dict)]
        return {str(concept.get("id")) for concept in listed}

    # --- files --------------------------------------------------------------------------------------------------------

    def _parse(self, file: RuleFile) -> None:
        try:
            text = file.content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = file.content.count(b"\n", 0, error.start) + 1
            column = error.start - file.content.rfind(b"\n", 0, error.start)
            self._problems.append(Problem(file.shown, line, column, "not UTF-8 text", "save the file as UTF-8"))
            return
        source = self._collect(lambda: read_yaml(file.shown, text), None)
        if source is None:
            return
        folder = file.folder
        if not folder:
            first = next(iter(source.data), None) if isinstance(source.data, dict) else None
            folder = _KINDS.get(str(first), "")
            if not folder:
                message = "the first key of a rule file says what it is: trial, finding or concepts"
                self._problems.append(source.problem((), message))
                return
        self._sources.setdefault(folder, []).append(source)

    def _named(self, folder: str, key: str) -> list[SourceFile]:
        """The files of a folder that at least say their id."""
        sources = self._sources.get(folder, [])
        return [source for source in sources if isinstance(source.data, dict) and isinstance(source.data.get(key), str)]

    def _validated(self, model: type[M], folder: str, key: str) -> tuple[tuple[SourceFile, M], ...]:
        """The valid files of a folder by id; a later one takes an earlier one's place only if it says so."""
        chosen: dict[str, SourceFile] = {}
        for source in self._named(folder, key):
            name = source.data[key]
            if name in chosen and source.data.get("replaces") is not True:
                message = f"the {key} '{name}' is already in {chosen[name].path}"
                self._problems.append(source.problem((key,), message, "say 'replaces: true' if this takes its place"))
                continue
            if name not in chosen and source.data.get("replaces") is True:
                message = f"no earlier file has a {key} '{name}' that this could replace"
                self._problems.append(source.problem(("replaces",), message, did_you_mean(name, chosen)))
            chosen[name] = source
        unnamed = [source for source in self._sources.get(folder, []) if source not in self._named(folder, key)]
        valid: list[tuple[SourceFile, M]] = []
        for source in [*chosen.values(), *unnamed]:
            try:
                valid.append((source, validate(model, source)))
            except RuleFilesError as error:
                self._problems += error.problems
        return tuple(valid)

    def _collect(self, read: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return read()
        except RuleFilesError as error:
            self._problems += error.problems
            return otherwise

    # --- shared files -------------------------------------------------------------------------------------------------

    def _shared(self, name: str) -> SourceFile | None:
        sources = self._sources.get("shared", [])
        return next((source for source in sources if source.path.endswith(name)), None)

    def _terminology(self) -> Terminology:
        source = self._shared("terminology.yaml")
        if source is None:
            return Terminology({}, {}, frozenset(), {})
        terminology, problems = load_terminology(source)
        self._problems += problems
        return terminology

    def _currency(self) -> dict[str, int]:
        source = self._shared("currency.yaml")
        if source is None:
            return {}
        checked: CurrencyFile | None = self._collect(lambda: validate(CurrencyFile, source), None)
        return {} if checked is None else dict(checked.root)

    def _sites(self) -> Iterator[tuple[SourceFile, SiteFile]]:
        """The site's file; `lint` may be given several. An empty one changes nothing."""
        for source in self._sources.get("site", []):
            if source.data is None:
                yield source, SiteFile()
                continue
            try:
                yield source, validate(SiteFile, source)
            except RuleFilesError as error:
                self._problems += error.problems

    # --- findings and trials ------------------------------------------------------------------------------------------

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
            text = self._registry_text(source, syntax)
            trials[syntax.trial] = TrialTranslator(source, syntax, known, text, self._problems).trial()
        return trials

    def _registry_text(self, source: SourceFile, syntax: TrialFile) -> str | None:
        file = self._text_file(syntax.source.file)
        if file is None:
            message = f"there is no registry text '{syntax.source.file}'"
            self._problems.append(source.problem(("source", "file"), message, "put it into the folder 'sources'"))
            return None
        if file.sha256 != syntax.source.sha256:
            message = f"this is not the SHA-256 of {syntax.source.file}"
            hint = f"that is {file.sha256}; change it here only after reading what changed there"
            self._problems.append(source.problem(("source", "sha256"), message, hint))
        text = file.content.decode("utf-8", errors="replace")
        if source.path not in self._packaged:  # an inventory holds those
            self._hold_against(text, file.shown, source, syntax)
        return text

    def _hold_against(self, text: str, path: str, source: SourceFile, syntax: TrialFile) -> None:
        check = check_text(syntax, text)
        self._text_paths[syntax.trial] = path
        self._unwritten[syntax.trial] = check.unwritten
        if check.fault:
            self._problems.append(source.problem(("source",), check.fault, "copy the line from there"))
        if len(check.unwritten) > MOST_UNWRITTEN:
            message = f"{len(check.unwritten)} sentences of {syntax.source.file} are in no criterion"
            hint = "name under 'ends' the first line after the criteria, or save only these"
            self._problems.append(source.problem(("source",), message, hint))
        for index, criterion in enumerate(syntax.criteria):
            heading = check.misplaced.get(criterion.id)
            if (heading is None) == (criterion.other_heading is None):
                continue
            if heading is None:
                message, hint = "this sentence stands under a heading of its own kind", "drop this line"
                self._problems.append(source.problem(("criteria", index, "other_heading"), message, hint))
            else:
                message = f"{criterion.id} is of kind {criterion.kind.value}, but the registry has it under '{heading}'"
                hint = "correct the kind; or say under 'other_heading' why the sentence means the other"
                self._problems.append(source.problem(("criteria", index, "kind"), message, hint))

    def _text_file(self, name: str) -> RuleFile | None:
        """The registry text of this name; one of `--rules` comes before a packaged one."""
        named = [file for file in self._files if file.folder == "sources" and file.name == f"sources/{name}"]
        return named[-1] if named else None

    # --- what a trial's rules reach -----------------------------------------------------------------------------------

    def _sha256(self, trial: Trial, book: RuleBook) -> str:
        by_shown = {file.shown: file for file in self._files}
        reached = [by_shown[path] for path in files_reached(trial, book) if path in by_shown]
        reached += [file for file in self._files if file.folder in {"shared", "site"}]
        text = self._text_file(trial.source)
        reached += [] if text is None else [text]
        lines = sorted({f"{file.name}\0{file.sha256}\n" for file in reached})
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def files_reached(trial: Trial, book: RuleBook) -> frozenset[str]:
    """The trial's file and those of every finding and concept that it reads, directly or through findings."""
    atoms: list[Atom] = [atom for criterion in trial.criteria for atom in criterion.atoms]
    atoms += [cohort.gate for cohort in trial.cohorts if cohort.gate is not None]
    findings = [
        book.findings[name]
        for name in findings_reached((name for atom in atoms for name in findings_read(atom)), book.findings)
    ]
    atoms += [atom for finding in findings for atom in finding.atoms]
    concepts = concepts_of(atoms, book.concepts)
    paths = [trial.path, *(finding.path for finding in findings), *(concept.path for concept in concepts)]
    return frozenset(paths)


def concepts_of(atoms: Iterable[Atom], concepts: Mapping[str, Concept]) -> list[Concept]:
    """The concepts that these atoms read."""
    names = {name for atom in atoms for name in concepts_read(atom)}
    return [concepts[name] for name in sorted(names) if name in concepts]
