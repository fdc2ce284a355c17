"""Markdown that GitHub and the site's renderer show alike: escaped text, tables, folds, links between pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from trialsieve.rules.rule_book import RuleBook

ROOT = "../../.."
"""From a page in docs/reference/KIND to the root of the repository."""

_SPECIAL = re.compile(r"[\\`*_{}\[\]#]|^[-+](?= )|(?<=^\d)\.(?= )|(?<=^\d\d)\.(?= )")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "~": "&#126;", "$": "&#36;"}


def escaped(text: str) -> str:
    """One line of text that shows as it stands, also in a table."""
    entities = "".join(_ENTITIES.get(char, char) for char in text.strip())
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", entities)


def plain(text: str) -> str:
    """Text of a rule file in one line, escaped."""
    return escaped(" ".join(text.split()))


def code(text: str) -> str:
    """As code; in a table, too."""
    marks = "``" if "`" in text else "`"
    return f"{marks}{text}{marks}".replace("|", "\\|")


def quoted(text: str) -> list[str]:
    """A sentence of the registry as a block quotation, its lines kept."""
    lines = [escaped(line) for line in text.split("\n")]
    return [f"> {line}<br>" if place < len(lines) else f"> {line}" for place, line in enumerate(lines, 1)]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, its cells given as Markdown; nothing where there are no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines] if lines else []


def facts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """What is to know of something, a line each, given as Markdown."""
    return [f"- **{name}**: {value}" for name, value in pairs]


def fold(summary: str, lines: Sequence[str]) -> list[str]:
    """Lines behind a summary to click on; nothing where there are none."""
    return ["", f'<details markdown="1"><summary>{summary}</summary>', "", *lines, "", "</details>"] if lines else []


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A headed part of a page; nothing where it is empty."""
    return ["", f"## {title}", "", *lines] if lines else []


def page(path: str, title: str, lines: Iterable[str]) -> str:
    """A whole page; `path` is the rule file that it is made from."""
    made = f"<!-- Made from {path} by `make reference`: change that, not this. -->"
    return "\n".join([f"# {title}", "", made, "", *lines]) + "\n"


def rule_file(shown: str) -> str:
    """The path in the repository of a rule file that is shown as `trialsieve/rules/...`."""
    return shown.removeprefix("trialsieve/")


def line_link(shown: str, line: int) -> str:
    """A link to a line of a rule file."""
    path = rule_file(shown)
    return f"[{path.rpartition('/')[2]}:{line}]({ROOT}/{path}#L{line})"


def concept_link(name: str) -> str:
    return f"[{code(name)}](../concepts/{name}.md)"


def finding_link(name: str) -> str:
    return f"[{code(name)}](../findings/{name}.md)"


def criterion_link(trial: str, criterion: str) -> str:
    return f"[{criterion}](../trials/{trial}.md#{criterion.lower()})"


# Where the words of a rule name a concept or a finding (service/text/rule_words.py).
_NAMED = re.compile(
    r"\[(?P<concept>[a-z]+\.[a-z0-9_]+)\]"
    r"|(?:(?<=^finding )|(?<=^absent: finding )|(?<=, not from before )|(?<= after )|(?<=, unless ))"
    r"(?P<finding>[a-z0-9]+(?:-[a-z0-9]+)*)(?=[,:;]|$)"
)


def linked(words: str, book: RuleBook) -> str:
    """The words of a rule with links to the concepts and findings that they name."""
    parts, end = [], 0
    for found in _NAMED.finditer(words):
        concept, finding = found["concept"], found["finding"]
        if concept in book.concepts:
            link = f"({concept_link(concept)})"
        elif finding in book.findings:
            link = finding_link(finding)
        else:
            continue
        parts += [_between(words[end : found.start()]), link]
        end = found.end()
    return "".join([*parts, _between(words[end:])])


def _between(text: str) -> str:
    """Escaped, with the blanks at its ends, which part it from a link."""
    lead = " " if text[:1] == " " else ""
    return f"{lead}{plain(text)}{' ' if text.strip() and text[-1:] == ' ' else ''}"
