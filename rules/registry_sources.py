"""The registry's texts that trials were written from: found, known by their hash, and held against the criteria."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trialsieve.rules import rule_files
from trialsieve.rules.errors import Problem
from trialsieve.rules.grammar_files import TrialFile
from trialsieve.rules.rule_files import RuleFile
from trialsieve.rules.unwritten import MOST_UNWRITTEN, Unwritten, check_text
from trialsieve.rules.yaml_source import SourceFile


class RegistrySources:
    """The registry's texts among these files. What is wrong with them is added to `problems`.

    By trial, but for the packaged ones, which an inventory holds: `unwritten`, the sentences that no criterion accounts
    for, and `paths`, the text's path for messages.
    """

    def __init__(self, files: Sequence[RuleFile], problems: list[Problem]) -> None:
        self.unwritten: dict[str, tuple[Unwritten, ...]] = {}
        self.paths: dict[str, str] = {}
        self._files = files
        self._problems = problems
        self._packaged = {file.shown for file in files if Path(file.location).is_relative_to(rule_files.PACKAGED)}

    def file(self, name: str) -> RuleFile | None:
        """The registry text of this name; one of `--rules` comes before a packaged one."""
        named = [file for file in self._files if file.folder == "sources" and file.name == f"sources/{name}"]
        return named[-1] if named else None

    def text(self, source: SourceFile, syntax: TrialFile) -> str | None:
        """The text that a trial was written from; None where there is none."""
        file = self.file(syntax.source.file)
        if file is None:
            message = f"there is no registry text '{syntax.source.file}'"
            self._problems.append(source.problem(("source", "file"), message, "put it into the folder 'sources'"))
            return None
        if file.sha256 != syntax.source.sha256:
            message = f"this is not the SHA-256 of {syntax.source.file}"
            hint = f"that is {file.sha256}; change it here only after reading what changed there"
            self._problems.append(source.problem(("source", "sha256"), message, hint))
        text = file.content.decode("utf-8", errors="replace")
        if source.path not in self._packaged:
            self._hold_against(text, file.shown, source, syntax)
        return text

    def _hold_against(self, text: str, path: str, source: SourceFile, syntax: TrialFile) -> None:
        check = check_text(syntax, text)
        self.paths[syntax.trial] = path
        self.unwritten[syntax.trial] = check.unwritten
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
