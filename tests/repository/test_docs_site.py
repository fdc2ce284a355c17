"""The site of `make docs` builds without a warning, needs no network, and leads from a rule to its line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "mkdocs"), "build", "--strict", "--site-dir", str(site)],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    ran = build(root, folder)
    assert ran.returncode == 0, ran.stderr
    assert "WARNING" not in ran.stderr
    return folder


def test_every_document_is_on_the_site(root: Path, site: Path) -> None:
    documents = [path.relative_to(root / "docs").with_suffix(".html") for path in (root / "docs").rglob("*.md")]
    assert len(documents) > 100
    assert [str(path) for path in documents if not (site / path).is_file()] == []
    for name in ("project/readme.html", "project/contributing.html", "project/changelog.html", "files/NOTICE.html"):
        assert (site / name).is_file()


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    loaded = re.compile(
        r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"']?(?:https?:)?//|<link\b[^>]*\bhref=[\"']?(?:https?:)?//"
    )
    pages = list(site.rglob("*.html"))
    assert pages
    assert [str(page.relative_to(site)) for page in pages if loaded.search(page.read_text(encoding="utf-8"))] == []


def test_a_criterion_leads_to_its_line_of_the_rule_file(site: Path) -> None:
    page = site / "reference" / "trials" / "NCT04762485.html"
    links = re.findall(r'href="([^"#]+)#(L\d+)"', page.read_text(encoding="utf-8"))
    assert len(links) > 10
    for target, line in links:
        assert f'id="{line}"' in (page.parent / target).resolve().read_text(encoding="utf-8")


def test_every_link_between_pages_leads_somewhere(site: Path) -> None:
    broken = set()
    for page in site.rglob("*.html"):
        for target in re.findall(r'href="([^"#?]+)', page.read_text(encoding="utf-8")):
            if page.name != "404.html" and not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                broken.add(f"{page.relative_to(site)}: {target}")
    assert sorted(broken) == []


def test_links_that_lead_nowhere_stop_the_build(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for folder in ("docs", "rules", "tools"):
        shutil.copytree(root / folder, copy / folder)
    for path in (*root.glob("*.md"), root / "mkdocs.yml", root / "NOTICE", root / "LICENSE"):
        shutil.copy(path, copy)
    shutil.rmtree(copy / "docs" / "reference" / "concepts")
    (copy / "docs" / "reference" / "concepts").mkdir()
    (copy / "docs" / "not-in-the-navigation.md").write_text("# A page\n", encoding="utf-8")
    links = ("no-page.md", "../no-document.md", "../rules/no-file.yaml", "semantics.md#no-heading")
    with (copy / "docs" / "cli.md").open("a", encoding="utf-8") as page:
        page.writelines(f"\n[a link]({link})\n" for link in links)
    ran = build(copy, tmp_path / "site")
    assert ran.returncode == 1
    warnings = "\n".join(re.findall(r"^WARNING.*(?:\n  .*)*", ran.stderr, re.MULTILINE))
    assert [name for name in (*links, "not-in-the-navigation.md") if name not in warnings] == []
