"""Every error that trialsieve raises on purpose; nothing from a library below leaks past these.

* TrialsieveError
  x UsageError               the command line or a setting is wrong
  x RuleFilesError           rule files are wrong; carries every problem as path:line:column
  x InputError               a path cannot be read, or no input holds usable FHIR
  x EngineError              the rule engine failed or answered something impossible
    + EngineLimitError       compiling would exceed a limit of the rule engine
"""

from __future__ import annotations

from dataclasses import dataclass


class TrialsieveError(Exception):
    """The root of the tree: `str()` says what is wrong, where, and how to put it right."""


class UsageError(TrialsieveError):
    """A wrong command line, setting or argument."""


class InputError(TrialsieveError):
    """An input path that cannot be read, or input without usable FHIR."""


class EngineError(TrialsieveError):
    """The rule engine failed; the caller turns this into `engine-disagreement`, never into a verdict."""


class EngineLimitError(EngineError):
    """Rules that would exceed a measured limit of durable_rules."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of a rule file, printed as `path:line:column: message`.

    Lines and columns count from 1. `hint` says how to put it right and may be empty.
    """

    path: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.path}:{self.line}:{self.column}: {self.message}{hint}"


class RuleFilesError(TrialsieveError):
    """One or more faults in rule files, all of them listed."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[RuleFilesError], tuple[list[Problem]]]:
        return (RuleFilesError, (list(self.problems),))
