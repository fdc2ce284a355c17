"""The rule files as they are, and the model of one changed criterion, gate or finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mutation.files import of_finding, of_trial
from mutation.places import Change, label
from trialsieve.rules.coverage import problems_of
from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.finding import Finding
from trialsieve.rules.grammar_files import FindingFile, TrialFile
from trialsieve.rules.inventory_files import load_inventory
from trialsieve.rules.known_names import Known
from trialsieve.rules.loader import Reading, read_rules
from trialsieve.rules.logic_order import findings_beneath, findings_reached
from trialsieve.rules.rule_files import PACKAGED, gather
from trialsieve.rules.translate_findings import finding_of
from trialsieve.rules.translate_trials import TrialTranslator
from trialsieve.rules.trial import Criterion, Trial
from trialsieve.rules.yaml_source import SourceFile, validate

_NOT_USED = ("the logic does not use the atom", "nothing uses the atom")
"""What loading refuses, and a change must not be caught by: an operand that was dropped is idle."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a rule file. `key` names it in equivalent.yaml: it holds while lines move."""

    file: str
    line: int
    column: int
    key: str
    change: Change


class Rules:
    """The packaged rule files."""

    def __init__(self) -> None:
        files = gather()
        reading = read_rules(files)
        if reading.problems:
            raise RuleFilesError(reading.problems)
        self.book = book = reading.book
        self._sources: dict[str, SourceFile] = {_short(source.path): source for source, _ in reading.trials}
        self._sources |= {_short(source.path): source for source, _ in reading.findings}
        self._known = Known(book.concepts, set(book.concepts), set(book.findings), book.currency)
        self._inventory = load_inventory(PACKAGED / "inventory")
        self._texts = {Path(file.name).name: file.content.decode() for file in files if file.folder == "sources"}
        self._parts: dict[tuple[str, int], Trial | None] = {}

    @property
    def files(self) -> list[str]:
        return sorted(self._sources)

    def mutants(self, file: str) -> Iterator[Mutant]:
        """Every change of a file, in the order of the file; those that change nothing or make no rule included."""
        source = self._sources[file]
        changes = of_trial if self.is_trial(file) else of_finding
        for change in changes(source.data, self.book.concepts):
            line, column = source.position(change.where)
            yield Mutant(file, line, column, f"{label(source.data, change.where)}: {change.what}", change)

    @staticmethod
    def is_trial(file: str) -> bool:
        return file.startswith("trials/")

    # --- changed models -----------------------------------------------------------------------------------------------

    def changed_trial(self, mutant: Mutant) -> Trial | None:
        """The whole trial after the change; None where it makes no rule, or changes nothing."""
        source = self._sources[mutant.file]
        whole = self.book.trials[source.data["trial"]]
        part, number, *_ = mutant.change.where
        assert isinstance(number, int)
        index = number if part == "criteria" else 0
        if (mutant.file, index) not in self._parts:
            self._parts[mutant.file, index] = self._trial(source, source.data, index)
        before = self._parts[mutant.file, index]
        after = self._trial(source, mutant.change.data, index)
        if before is None or after is None or after == before:
            return None
        criteria = [after.criteria[0] if number == index else each for number, each in enumerate(whole.criteria)]
        return replace(whole, cohorts=after.cohorts, criteria=tuple(criteria))

    def _trial(self, source: SourceFile, data: Any, index: int) -> Trial | None:
        """A trial with this criterion alone."""
        cut = {**data, "criteria": [_bare(data["criteria"][index])]}
        problems: list[Problem] = []
        try:
            syntax = validate(TrialFile, replace(source, data=cut))
        except RuleFilesError:
            return None
        trial = TrialTranslator(source, syntax, self._known, None, problems).trial()
        return None if _refused(problems) else trial

    def changed_finding(self, mutant: Mutant) -> Finding | None:
        """The finding after the change; None where it makes no rule, or changes nothing."""
        source = self._sources[mutant.file]
        before = self._finding(source, source.data)
        after = self._finding(source, mutant.change.data)
        return None if after is None or after == before else after

    def _finding(self, source: SourceFile, data: Any) -> Finding | None:
        problems: list[Problem] = []
        try:
            syntax = validate(FindingFile, replace(source, data=_bare(data)))
        except RuleFilesError:
            return None
        finding = finding_of(source, syntax, self._known, problems)
        return None if _refused(problems) else finding

    # --- the inventory ------------------------------------------------------------------------------------------------

    def inventory_problems(self, file: str, data: Any, trial: Trial) -> set[str]:
        """In what a trial differs from the inventory of the registry's text."""
        source = self._sources[file]
        syntax = validate(TrialFile, replace(source, data=data))
        book = replace(self.book, trials={trial.id: trial})
        reading = Reading(book, [], ((source, syntax),), (), ())
        return {str(problem) for problem in problems_of(reading, self._inventory, self._texts)}

    def data(self, file: str) -> Any:
        return self._sources[file].data

    # --- who reads what -----------------------------------------------------------------------------------------------

    def criteria_reading(self, finding: str) -> list[tuple[str, str]]:
        """The criteria that read a finding, directly or through others."""
        return [
            (trial.id, criterion.id)
            for trial in self.book.trials.values()
            for criterion in trial.criteria
            if finding in findings_beneath(criterion.atoms, self.book.findings)
        ]

    def findings_reading(self, finding: str) -> list[str]:
        """The finding, and the findings that read it."""
        return [name for name in self.book.findings if finding in findings_reached([name], self.book.findings)]

    def trials_reading(self, finding: str) -> list[str]:
        """The trials that read a finding, in their gates too."""
        trials, findings = self.book.trials, self.book.findings
        return [name for name, trial in trials.items() if finding in findings_beneath(trial.atoms, findings)]


def alone(trial: Trial, criterion: Criterion) -> Trial:
    """The trial with this criterion and without gates."""
    return replace(trial, criteria=(criterion,), cohorts=tuple(replace(each, gate=None) for each in trial.cohorts))


def _bare(part: Mapping[str, Any]) -> dict[str, Any]:
    """A criterion or finding without its worked examples, which are held to it apart."""
    return {key: value for key, value in part.items() if key not in {"examples", "never"}}


def _refused(problems: Sequence[Problem]) -> bool:
    return any(not problem.message.startswith(_NOT_USED) for problem in problems)


def _short(path: str) -> str:
    """`trials/NCT00000000.yaml`."""
    return "/".join(Path(path).parts[-2:])
