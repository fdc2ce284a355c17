"""What `mkdocs build` needs to know of this repository (a hook, named in mkdocs.yml).

Documents link to files outside docs/ as GitHub shows them. On the site such a document gets a page, and any other such
file is shown with numbered lines, so that `#L24` leads to its line. A folder in the navigation stands for its pages.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent

_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
_STYLE = (
    "body{font:14px/1.5 monospace;margin:1.5em}pre{white-space:pre-wrap;margin:0}a{color:#888;text-decoration:none}"
)
_STYLE += "pre:target{background:#fe8}"


def on_config(config: MkDocsConfig) -> None:
    """Put the pages of a folder where the navigation names the folder."""
    config.nav = [_expanded(entry, Path(config.docs_dir)) for entry in config.nav or []]


def _expanded(entry: Any, docs: Path) -> Any:
    if not isinstance(entry, dict):
        return entry
    ((title, value),) = entry.items()
    if isinstance(value, list):
        return {title: [_expanded(each, docs) for each in value]}
    if not value.endswith("/"):
        return entry
    pages = sorted((docs / value).glob("*.md"), key=lambda path: (path.name != "index.md", path.name))
    return {title: [value + path.name for path in pages]}


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add what documents link to outside docs/, and what those link to."""
    waiting = [f"docs/{file.src_uri}" for file in files.documentation_pages()]
    seen: set[str] = set()
    while waiting:
        source = waiting.pop()
        for target in _targets((ROOT / source).read_text(encoding="utf-8"), source):
            if target in seen or target.startswith("docs/") or not (ROOT / target).is_file():
                continue
            seen.add(target)
            content = (ROOT / target).read_text(encoding="utf-8")
            if target.endswith(".md"):
                waiting.append(target)
            else:
                content = _numbered(target, content)
            files.append(File.generated(config, _on_site(target), content=content))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to where their targets are on the site; one that leads nowhere is left for the build to tell."""
    place = page.file.src_uri
    source = _outside().get(place, f"docs/{place}")

    def moved(found: re.Match[str]) -> str:
        target = _on_site(_target(found[1], source))
        known = files.get_file_from_path(target) is not None
        return f"]({posixpath.relpath(target, posixpath.dirname(place) or '.')}" if known else found[0]

    return _LINK.sub(moved, markdown)


def _outside() -> dict[str, str]:
    """Where the documents that are not in docs/ come from."""
    return {_on_site(path.name): path.name for path in ROOT.glob("*.md")}


def _targets(text: str, source: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        yield _target(found[1], source)


def _target(link: str, source: str) -> str:
    """The path in the repository to which a link in this document leads."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), link))


def _on_site(path: str) -> str:
    """Where a file of the repository is on the site."""
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return f"project/{path.lower()}" if path.endswith(".md") else f"files/{path}.html"


def _numbered(name: str, text: str) -> str:
    """A page of its own for a file, each line an anchor."""
    lines = "\n".join(
        f'<pre id="L{place}"><a href="#L{place}">{place}</a> {html.escape(line)}</pre>'
        for place, line in enumerate(text.splitlines(), 1)
    )
    title = html.escape(name)
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f"{head}\n<h1>{title}</h1>\n{lines}\n</html>\n"
