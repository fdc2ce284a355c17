"""docs/python.md: its examples run, and it names all that is public."""

from __future__ import annotations

import doctest
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import trialsieve

CLASSES = {name: getattr(trialsieve, name) for name in trialsieve.__all__ if inspect.isclass(getattr(trialsieve, name))}


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "python.md").read_text(encoding="utf-8")


def public_members() -> list[str]:
    """Methods and properties of what is called; the members of results have a schema."""
    own = [trialsieve.Screening, trialsieve.Screened, trialsieve.ScreeningStream, trialsieve.ScreeningResult]
    return sorted(
        {
            name
            for each in own
            for name, member in vars(each).items()
            if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
        }
    )


def test_the_examples_of_the_page_are_what_python_says(
    page: str, root: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.chdir(root)
    blocks = re.findall(r"^```pycon\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 5
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "docs/python.md", None, 0)
    said: list[str] = []
    ran = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=said.append)
    assert ran.attempted > 15
    assert ran.failed == 0, "".join(said)


def test_the_page_explains_the_names_of_the_package_once_each_and_no_other(page: str) -> None:
    root = re.findall(r"^All are `(\w+)`", page, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)`", page.partition("## Errors")[2], re.MULTILINE)
    assert sorted([*root, *rows]) == sorted(trialsieve.__all__)


def test_the_page_uses_no_name_that_is_not_there(page: str) -> None:
    used = set(re.findall(r"\btrialsieve\.([A-Z]\w*)", page))
    assert "Screening" in used
    assert used <= set(trialsieve.__all__)


def test_every_public_method_is_on_the_page(page: str) -> None:
    assert {"screen", "screen_files", "raise_for_problems", "criterion", "problems"} <= set(public_members())
    assert [name for name in public_members() if f"`{name}`" not in page] == []


def test_every_argument_is_on_the_page(page: str) -> None:
    arguments = [*inspect.signature(trialsieve.Screening).parameters, "source"]
    assert len(arguments) > 8
    assert [name for name in arguments if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", CLASSES)
def test_every_public_class_says_what_it_is(name: str) -> None:
    documented: Any = vars(CLASSES[name]).get("__doc__")
    assert documented
    assert not documented.startswith(f"{name}("), "what a dataclass says of itself by default"


def test_every_public_method_says_what_it_does() -> None:
    for each in (trialsieve.Screening, trialsieve.Screened, trialsieve.ScreeningStream, trialsieve.ScreeningResult):
        for name, member in vars(each).items():
            if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                assert inspect.getdoc(member), f"{each.__name__}.{name}"


def test_the_page_is_where_readers_look(root: Path) -> None:
    assert "(docs/python.md)" in (root / "README.md").read_text(encoding="utf-8")
    assert "(python.md)" in (root / "docs" / "index.md").read_text(encoding="utf-8")
    assert ": python.md" in (root / "mkdocs.yml").read_text(encoding="utf-8")
