"""docs/semantics.md can be cited: its statements are short, each has a name of its own, and what is cited is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path("docs/semantics.md")
MOST_WORDS = 110
SHOWN_BY = {".py", ".md", ".yaml", ".toml"}
OF_ITS_TIME = Path("CHANGELOG.md")
CITES_NOTHING = Path("tests/repository/test_docs_site.py")  # a link that leads nowhere, on purpose

_HEADING = re.compile(r"^(#{2,4}) (.+)$")
_NAMED = re.compile(r'^ *(?:- |\d+\. )?<a id="([^"]*)"></a>\*\*(.+?)\.\*\* (.*)$')
_ITEM = re.compile(r"^ *(?:- |\d+\. )")
_RULE = re.compile(r"^\|[-| ]+\|$")
_QUESTION = re.compile(r"^This section answers: .+\?$")

_NUMBER = r"\d+(?:\.\d+)*"
_CITED = re.compile(
    rf"semantics\.md\)?(?:, (?:sections? )?({_NUMBER}(?:(?:, | and ){_NUMBER})*))?((?:(?:,| and) \*[^*]+\*)*)"
)
_LINKED = re.compile(r"semantics\.md#([\w-]+)")
_WRAPPED = re.compile(r"\s*\n[ #]*")


@dataclass
class Statement:
    """What stands under one name: its section ("3.1"), its anchor, and how many words, lists and tables included."""

    name: str
    section: str
    anchor: str
    words: int = 0


@dataclass
class Specification:
    """The page: headings with the number of their section, statements, and what belongs to neither."""

    headings: list[tuple[str, str]]
    statements: list[Statement]
    questions: list[str]
    strays: list[str]

    @property
    def sections(self) -> list[str]:
        return [number for number, heading in self.headings if heading[0].isdigit()]

    @property
    def anchors(self) -> list[str]:
        return [*(anchor(heading) for _, heading in self.headings), *(each.anchor for each in self.statements)]

    def holds(self, name: str, sections: list[str]) -> bool:
        """Whether a heading or statement of this name is in one of these sections, or in a part of one."""
        named = [*self.headings, *((each.section, each.name) for each in self.statements)]
        return any(found == name and f"{of}.".startswith(f"{each}.") for of, found in named for each in sections)


def anchor(heading: str) -> str:
    """As GitHub and the site name it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def parsed(text: str) -> Specification:
    page, section, current = Specification([], [], [], []), "", None
    for line in text[text.index("\n## ") :].splitlines():
        if heading := _HEADING.match(line):
            number = re.match(_NUMBER, heading[2])
            section, current = number[0] if number else section, None
            page.headings.append((section, heading[2]))
        elif named := _NAMED.match(line):
            current = Statement(named[2], section, named[1], len(named[3].split()))
            page.statements.append(current)
        elif _QUESTION.match(line):
            page.questions.append(section)
        elif current is not None and not _RULE.match(line):
            current.words += len(_ITEM.sub("", line).replace("|", " ").split())
        elif current is None and line:
            page.strays.append(line)
    return page


def astray(text: str, page: Specification) -> list[str]:
    """The references to the page in a text that lead nowhere."""
    found = [f"#{name}" for name in _LINKED.findall(text) if name not in page.anchors]
    for cited in _CITED.finditer(_WRAPPED.sub(" ", text)):
        sections = re.findall(_NUMBER, cited[1] or "")
        names = re.findall(r"\*([^*]+)\*", cited[2])
        found += [each for each in sections if each not in page.sections]
        found += [name for name in names if not page.holds(name, sections or page.sections)]
    return found


def repeated(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    return (root / PAGE).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Specification:
    return parsed(text)


def test_the_sections_are_those_that_others_cite(page: Specification) -> None:
    assert page.sections == ["1", "2", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "4", "5", "6"]


def test_each_section_says_what_it_answers_and_the_rest_stands_under_a_name(page: Specification) -> None:
    assert page.questions == page.sections
    assert page.strays == []


def test_no_statement_is_long(page: Specification) -> None:
    assert len(page.statements) > 150
    assert {each.name: each.words for each in page.statements if each.words > MOST_WORDS} == {}


def test_names_are_unique_and_lead_to_their_statements(page: Specification) -> None:
    assert repeated(page.anchors) == []
    assert [each.name for each in page.statements if each.anchor != anchor(each.name)] == []


def test_the_contents_name_every_heading_in_order(page: Specification, text: str) -> None:
    listed = re.findall(r"\[([^]]+)\]\(#([\w-]+)\)", text[: text.index("\n## ")])
    assert listed == [(heading, anchor(heading)) for _, heading in page.headings]


def test_links_within_the_page_lead_to_its_names(page: Specification, text: str) -> None:
    linked = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(linked) > 80
    assert sorted(set(linked) - set(page.anchors)) == []


def test_what_cites_the_page_cites_what_is_there(root: Path, tracked: list[Path], page: Specification) -> None:
    others = {Path(__file__).relative_to(root), OF_ITS_TIME, CITES_NOTHING}
    shown = [path for path in tracked if path.suffix in SHOWN_BY and path not in others]
    texts = {path: (root / path).read_text(encoding="utf-8") for path in shown}
    cited = [found for each in texts.values() for found in _CITED.findall(_WRAPPED.sub(" ", each)) if any(found)]
    assert len(cited) > 20
    assert {str(path): found for path, each in texts.items() if (found := astray(each, page))} == {}


INVENTED = """# A page

Contents.

## 1. First

This section answers: what comes first?

<a id="one"></a>**One.** Four words stand here.

- And three more.

## 2. Second

This section answers: what comes second?

### 2.1 Part

#### Group

<a id="two"></a>**Two.** By a table:

| case | outcome |
| --- | --- |
| this | that |
"""


def test_a_statement_reaches_to_the_next_name_or_heading() -> None:
    page = parsed(INVENTED)
    assert [(each.section, each.name, each.words) for each in page.statements] == [("1", "One", 7), ("2.1", "Two", 7)]
    assert parsed(INVENTED.replace("\n<a", "\nA stray line.\n<a", 1)).strays == ["A stray line."]


@pytest.mark.parametrize(
    ("cites", "expected"),
    [
        ("docs/semantics.md, section 1", []),
        ("docs/semantics.md, 1, *One*", []),
        ("docs/semantics.md, *One*", []),
        ("[What a rule means](../semantics.md), 2.1.", []),
        ("docs/semantics.md, 2.1, *Two*; sections 2 and 3 of another page", []),
        ("docs/semantics.md, 2, *Two* and *Group*", []),
        ("docs/semantics.md, sections 1 and 2", []),
        ("semantics.md#two, semantics.md#21-part", []),
        ("docs/semantics.md, 3", ["3"]),
        ("docs/semantics.md, 2.1.1", ["2.1.1"]),
        ("[What a rule means](../semantics.md), 21", ["21"]),
        ("docs/semantics.md, *Three*", ["Three"]),
        ("docs/semantics.md, 2.1 and 2.2", ["2.2"]),
        ("docs/semantics.md, 1, *Two*", ["Two"]),
        ("docs/semantics.md, 2.1, *Two* and *Three*", ["Three"]),
        ("# see docs/semantics.md,\n    # 2.1, *Three*", ["Three"]),
        ("semantics.md#three", ["#three"]),
    ],
)
def test_what_is_cited_and_not_there_is_found(cites: str, expected: list[str]) -> None:
    assert astray(cites, parsed(INVENTED)) == expected
