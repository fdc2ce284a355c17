"""Rule files parsed: by folder, one for each id, and valid by the grammar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.rule_files import RuleFile
from trialsieve.rules.yaml_source import SourceFile, read_yaml, validate

M = TypeVar("M", bound=BaseModel)

_KINDS = {"trial": "trials", "finding": "findings", "concepts": "concepts"}


class ParsedFiles:
    """All rule files but the registry's texts. What is wrong with them is added to `problems`."""

    def __init__(self, files: Sequence[RuleFile], problems: list[Problem]) -> None:
        self._problems = problems
        self._by_folder: dict[str, list[SourceFile]] = {}
        for file in files:
            if file.folder != "sources":
                self._read(file)

    def _read(self, file: RuleFile) -> None:
        try:
            text = file.content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = file.content.count(b"\n", 0, error.start) + 1
            column = error.start - file.content.rfind(b"\n", 0, error.start)
            self._problems.append(Problem(file.shown, line, column, "not UTF-8 text", "save the file as UTF-8"))
            return
        try:
            source = read_yaml(file.shown, text)
        except RuleFilesError as error:
            self._problems += error.problems
            return
        folder = file.folder
        if not folder:
            first = next(iter(source.data), None) if isinstance(source.data, dict) else None
            folder = _KINDS.get(str(first), "")
            if not folder:
                message = "the first key of a rule file says what it is: trial, finding or concepts"
                self._problems.append(source.problem((), message))
                return
        self._by_folder.setdefault(folder, []).append(source)

    def of(self, folder: str) -> list[SourceFile]:
        """The files of a folder, in the order given."""
        return self._by_folder.get(folder, [])

    def shared(self, name: str) -> SourceFile | None:
        """A file that there is once, such as `currency.yaml`."""
        return next((source for source in self.of("shared") if source.path.endswith(name)), None)

    def named(self, folder: str, key: str) -> list[SourceFile]:
        """The files of a folder that at least say their id."""
        return [
            source
            for source in self.of(folder)
            if isinstance(source.data, dict) and isinstance(source.data.get(key), str)
        ]

    def validated(self, model: type[M], folder: str, key: str) -> tuple[tuple[SourceFile, M], ...]:
        """The valid files of a folder by id; a later one takes an earlier one's place only if it says so."""
        chosen: dict[str, SourceFile] = {}
        for source in self.named(folder, key):
            name = source.data[key]
            if name in chosen and source.data.get("replaces") is not True:
                message = f"the {key} '{name}' is already in {chosen[name].path}"
                self._problems.append(source.problem((key,), message, "say 'replaces: true' if this takes its place"))
                continue
            if name not in chosen and source.data.get("replaces") is True:
                message = f"no earlier file has a {key} '{name}' that this could replace"
                self._problems.append(source.problem(("replaces",), message, did_you_mean(name, chosen)))
            chosen[name] = source
        unnamed = [source for source in self.of(folder) if source not in self.named(folder, key)]
        valid: list[tuple[SourceFile, M]] = []
        for source in [*chosen.values(), *unnamed]:
            try:
                valid.append((source, validate(model, source)))
            except RuleFilesError as error:
                self._problems += error.problems
        return tuple(valid)

    def concept_ids(self) -> set[str]:
        """The ids of all concepts, also of those that are wrong."""
        data = [source.data for source in self.of("concepts") if isinstance(source.data, dict)]
        listed = [concept for file in data for concept in file.get("concepts") or [] if isinstance(concept, dict)]
        return {str(concept.get("id")) for concept in listed}
