"""Reading a YAML rule file so that every fault in it can be told with its line and column."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from yaml.composer import Composer
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # its stubs do not name it
from yaml.error import MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError
from yaml.resolver import BaseResolver

from trialsieve.rules.error_sentences import problem_of
from trialsieve.rules.errors import Problem, RuleFilesError

Location = tuple[str | int, ...]
"""A path into the data: mapping keys and sequence indices. Parts like `<measurement>` name a union's branch."""

M = TypeVar("M", bound=BaseModel)

_TAG: Final = "tag:yaml.org,2002:"

# libyaml ends a line at these, and YAML 1.2 does not: what follows would be data or not, by the reader.
_OTHER_LINE_ENDS: Final = re.compile("[\x85\u2028\u2029]")

# What a scalar without quotes is, by the core schema of YAML 1.2 (yaml.org/spec/1.2.2, chapter 10.3). All else is text:
# `no`, dates, and the numbers of programmers (hexadecimal, octal, infinite). With its first characters, which find it.
_CORE_SCHEMA: Final = (
    ("null", r"null|Null|NULL|~|", ("n", "N", "~", "")),
    ("bool", r"true|True|TRUE|false|False|FALSE", tuple("tTfF")),
    ("int", r"[-+]?[0-9]+", tuple("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", tuple("-+.0123456789")),
)
_IN_QUOTES: Final = "put a text that begins with '>' or '|' in quotes"

# What PyYAML says. YAML has anchors given twice; but which is meant would hang on what stands above the alias.
_GIVEN_TWICE: Final = re.compile(r"found duplicate anchor ('.*')")
_UNKNOWN_ALIAS: Final = re.compile(r"found undefined alias '(.*)'")

_PLAIN: Final[dict[str, Callable[[str], Any]]] = {
    _TAG + "null": lambda _: None,
    _TAG + "bool": lambda text: text.lower() == "true",
    _TAG + "int": int,
    _TAG + "float": float,
    _TAG + "str": str,
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One YAML file: its text, its plain data (dict, list, str, int, float, bool, None) and where everything stands.

    Keys are always text, dates stay text. `path` is as it is shown to the user; `sha256` is of the text's UTF-8 bytes.
    """

    path: str
    text: str
    sha256: str
    data: Any
    root: Node | None = field(repr=False, compare=False)

    def position(self, location: Location) -> tuple[int, int]:
        """Line and column, from 1, of the key or item at this location; of its nearest parent where there is none."""
        node, mark = self.root, self.root.start_mark if self.root is not None else None
        for part in location:
            step = _step(node, part)
            if step is not None:
                mark, node = step
        return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)

    def problem(self, location: Location, message: str, hint: str = "") -> Problem:
        """A fault at this location."""
        line, column = self.position(location)
        return Problem(self.path, line, column, message, hint)

    def line(self, location: Location) -> int:
        return self.position(location)[0]


@dataclass(frozen=True, slots=True)
class Faults:
    """What is found to be wrong with one file, added to `problems`."""

    source: SourceFile
    problems: list[Problem]

    def report(self, location: Location, message: str, hint: str = "") -> None:
        self.problems.append(self.source.problem(location, message, hint))


def _step(node: Node | None, part: str | int) -> tuple[Any, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark, value
    elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    return None


class _Reader(Composer, CParser, BaseResolver):  # the composer first: CParser has one of its own
    """libyaml reads the text; the tree is put together in Python, where one that is too deep is only an error."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        BaseResolver.__init__(self)


for _name, _pattern, _first in _CORE_SCHEMA:
    _Reader.add_implicit_resolver(_TAG + _name, re.compile(rf"(?:{_pattern})\Z"), _first)


def compose(text: str) -> Node | None:
    """The tree of one YAML document; None for an empty one. Raises yaml.YAMLError, and RecursionError."""
    return _Reader(text).get_single_node()


def read_yaml(path: str, text: str) -> SourceFile:
    """Parse one YAML 1.2 document. Raises RuleFilesError for a syntax error, a duplicate key or an endless alias."""
    if (broken := _OTHER_LINE_ENDS.search(text)) is not None:
        raise RuleFilesError([_character_problem(path, text, broken.start(), "a line ends here for some readers only")])
    try:
        root = compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        told = _told(error, _character(text, line, column))
        raise RuleFilesError([Problem(path, line + 1, column + 1, *told)]) from None
    except ReaderError as error:
        place = len(text.encode()[: error.position].decode())  # libyaml counts bytes
        raise RuleFilesError([_character_problem(path, text, place, error.reason)]) from None
    except RecursionError:
        raise RuleFilesError([Problem(path, 1, 1, "not usable: lists and keys are nested too deep")]) from None
    builder = _Builder(path)
    data = builder.build(root) if root is not None else None
    if builder.problems:
        raise RuleFilesError(builder.problems)
    return SourceFile(path, text, hashlib.sha256(text.encode()).hexdigest(), data, root)


def _character_problem(path: str, text: str, place: int, reason: str) -> Problem:
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    return Problem(path, line, column, f"not valid YAML: {reason}", "take this character out")


def _character(text: str, line: int, column: int) -> str:
    lines = text.split("\n")
    return lines[line][column : column + 1] if line < len(lines) else ""


def _told(error: MarkedYAMLError, character: str) -> tuple[str, str]:
    """What is wrong there, and how to put it right, as far as that is known."""
    anchor, first = _GIVEN_TWICE.match(str(error.context)), error.context_mark
    if anchor is not None and first is not None:
        remedy = f"the first is in line {first.line + 1}; give one of them another name"
        return f"the anchor {anchor[1]} is given twice", remedy
    return f"not valid YAML: {error.problem or error.context}", _remedy(str(error.problem), character)


def _remedy(problem: str, character: str) -> str:
    """For what authors do most often: a tab, a line moved, and a value with signs that mean something to YAML."""
    if "cannot start any token" in problem:
        return "indent with spaces, not tabs" if character == "\t" else "put the value in quotes"
    if "found a tab character" in problem:
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in problem:
        return "put a text that holds ': ' in quotes; or is the line indented too far?"
    if (alias := _UNKNOWN_ALIAS.match(problem)) is not None:
        return f"put a text that begins with '*' in quotes; or mark what is meant, above this line, with &{alias[1]}"
    if "alphabetic or numeric character" in problem:
        return "put a text that begins with '*' or '&' in quotes"
    if "comment or line break" in problem or "chomping or indentation" in problem:
        return _IN_QUOTES
    if "expected ':'" in problem:
        return "a ': ' is missing here, or in the line before"
    if "expected key" in problem or "expected '-' indicator" in problem:
        return "does the line begin in the column of those that it belongs to?"
    if "expected ',' or" in problem and character == ":":
        return "put a text that holds ': ' in quotes; or is a bracket not closed in the line before?"
    if "expected ',' or" in problem:
        return "a bracket is not closed in the line before, or a text that holds ',' is not in quotes"
    return ""


class _Builder:
    """Makes plain containers of a node tree; a node used twice through an alias becomes the same object twice."""

    def __init__(self, path: str) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._built: dict[int, Any] = {}
        self._open: set[int] = set()

    def build(self, node: Node) -> Any:
        if id(node) in self._built:
            return self._built[id(node)]
        if id(node) in self._open:
            hint = "write out what is meant in the place of that alias"
            return self._refuse(node, "this anchor contains an alias of itself", hint)
        self._open.add(id(node))
        built: Any
        if isinstance(node, MappingNode):
            built = self._mapping(node)
        elif isinstance(node, SequenceNode):
            built = [self.build(item) for item in node.value]
        else:
            built = self._scalar(node)
        self._open.discard(id(node))
        self._built[id(node)] = built
        return built

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._refuse(key, "a key must be plain text")
            elif key.value in data:
                self._refuse(key, f"the key '{key.value}' is given twice")
            else:
                data[key.value] = self.build(value)
        return data

    def _scalar(self, node: Node) -> Any:
        if isinstance(node, ScalarNode) and node.style in {"|", ">"} and not node.value:  # such as `>5`
            told = f"'{node.style}' begins a text that stands in the lines below, and none stands there"
            return self._refuse(node, told, _IN_QUOTES)
        plain = _PLAIN.get(node.tag)
        if plain is None:
            return self._refuse(node, f"the tag '{node.tag}' is not used in rule files")
        try:
            return plain(node.value)
        except ValueError:
            return self._refuse(node, f"'{node.value}' is not what its tag '{node.tag}' says")

    def _refuse(self, node: Node, message: str, hint: str = "") -> None:
        mark = node.start_mark
        self.problems.append(Problem(self._path, mark.line + 1, mark.column + 1, message, hint))


def validate(model: type[M], source: SourceFile) -> M:
    """The file's data as this pydantic model. Raises RuleFilesError, one sentence for each mistake."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        problems = [problem_of(model, source.data, detail) for detail in error.errors(include_url=False)]
        raise RuleFilesError([source.problem(*problem) for problem in problems]) from None
