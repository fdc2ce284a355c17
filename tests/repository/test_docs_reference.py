"""docs/reference says what the rule files say: no page is stale, nothing of a rule is missing, every link leads on."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from build_docs import pages, stale, write
from build_docs_library import Library, load_library
from build_docs_markdown import escaped, linked, quoted
from build_docs_rules import atom_lines

from trialsieve.rules.atom import Atom, Measurement, QualitativeResult, Recorded
from trialsieve.rules.logic_order import findings_read
from trialsieve.service.text.show_text import why_on_hold


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def shown(page: str) -> str:
    """What a reader of the rendered page sees, blanks evened out."""
    reader = _Text()
    reader.feed(markdown.markdown(page, extensions=["tables", "md_in_html"]))
    return evened("".join(reader.parts))


def evened(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def made(library: Library) -> dict[str, str]:
    return pages(library)


@pytest.fixture(scope="module")
def seen(made: dict[str, str]) -> dict[str, str]:
    return {name: shown(text) for name, text in made.items()}


# --- no page is stale -------------------------------------------------------------------------------------------------


def test_no_page_is_stale(made: dict[str, str], root: Path) -> None:
    assert stale(made, root / "docs" / "reference") == [], "run `make reference`"


def test_there_is_a_page_for_each_trial_finding_and_concept(made: dict[str, str], library: Library) -> None:
    book = library.book
    expected = {f"trials/{name}.md" for name in book.trials} | {f"findings/{name}.md" for name in book.findings}
    expected |= {f"concepts/{name}.md" for name in book.concepts}
    indexes = {"index.md", "trials/index.md", "findings/index.md", "concepts/index.md"}
    assert set(made) == expected | indexes


def test_a_changed_a_missing_and_a_left_over_page_are_stale_until_they_are_written(tmp_path: Path) -> None:
    made = {"index.md": "# Reference\n", "trials/A.md": "# A\n", "trials/B.md": "# B\n"}
    assert write(made, tmp_path) == ["index.md", "trials/A.md", "trials/B.md"]
    assert stale(made, tmp_path) == []
    (tmp_path / "index.md").write_text("# Reference, edited\n", encoding="utf-8")
    (tmp_path / "trials/A.md").unlink()
    (tmp_path / "trials/gone.md").write_text("# A trial that is no more\n", encoding="utf-8")
    assert stale(made, tmp_path) == ["index.md", "trials/A.md", "trials/gone.md"]
    assert write(made, tmp_path) == ["index.md", "trials/A.md", "trials/gone.md"]
    assert stale(made, tmp_path) == []
    assert (tmp_path / "trials/B.md").read_text(encoding="utf-8") == "# B\n"


DIGEST = """
import hashlib
from build_docs import load_library, pages
print(hashlib.sha256(repr(sorted(pages(load_library()).items())).encode()).hexdigest())
"""


def test_pages_do_not_depend_on_the_order_of_sets(root: Path) -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root / "tools")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


# --- nothing is missing -----------------------------------------------------------------------------------------------


def test_each_sentence_of_the_registry_is_shown_verbatim(made: dict[str, str], library: Library) -> None:
    for trial in library.book.trials.values():
        page = made[f"trials/{trial.id}.md"]
        for criterion in trial.criteria:
            part = page.partition(f"\n### {criterion.id}\n")[2].partition("\n### ")[0]
            quotation = "\n".join(line for line in part.splitlines() if line.startswith("> "))
            assert shown(quotation) == evened(criterion.text), f"{trial.id} {criterion.id}"


def test_a_trials_page_shows_every_part_of_its_rules(seen: dict[str, str], library: Library) -> None:
    for trial in library.book.trials.values():
        parts = [trial.title, trial.source_url, trial.source_sha256, *trial.stages, *trial.anchors]
        parts += [*trial.registry_issues, *(cohort.id for cohort in trial.cohorts)]
        for one in trial.criteria:
            parts += [*why_on_hold(one), *(name for name, _ in one.readings)]
            parts += [one.note, *one.cautions, *one.never.values()]
            parts += [part for aside in one.asides for part in (aside.quote, aside.note)]
            parts += [example.name for example in one.examples]
            parts += [part for atom in one.atoms for part in (atom.note, atom.quote if atom.operand else atom.id)]
        missing = [part for part in parts if evened(part) not in seen[f"trials/{trial.id}.md"]]
        assert missing == [], trial.id


def test_a_findings_page_shows_every_part_of_it(seen: dict[str, str], library: Library) -> None:
    for one in library.book.findings.values():
        parts = [one.title, library.finding_notes[one.id], *one.date_from, *one.never.values()]
        parts += [case.says for case in one.suspicions] + [example.name for example in one.examples]
        parts += [part for atom in one.atoms for part in (atom.id, atom.note)]
        missing = [part for part in parts if evened(part) not in seen[f"findings/{one.id}.md"]]
        assert missing == [], one.id


def test_a_concepts_page_shows_every_code_with_its_label_role_and_source(
    made: dict[str, str], seen: dict[str, str], library: Library
) -> None:
    for one in library.book.concepts.values():
        page = made[f"concepts/{one.id}.md"]
        for each in one.codes:
            (row,) = re.findall(
                rf"^\| `{re.escape(each.code)}` \| .*$",
                page.partition(f"### `{each.system}`")[2].partition("\n##")[0],
                re.M,
            )
            _, _, label, role, _, source, _ = re.split(r"(?<!\\) ?\| ?", row)
            assert shown(label) == evened(each.label)
            assert role == each.role.value
            assert shown(page.partition(f"\n{source}. ")[2].partition("\n")[0]) == evened(each.source)
        parts = [one.label, one.unit or "", one.gap or "", *one.terms, *library.concept_sources[one.id].node.notes]
        assert [part for part in parts if evened(part) not in seen[f"concepts/{one.id}.md"]] == [], one.id


def test_who_uses_a_finding_or_a_concept_is_told(made: dict[str, str]) -> None:
    """What a criterion says that it reads names it back."""
    for name, page in made.items():
        if not name.startswith("trials/") or name.endswith("index.md"):
            continue
        for criterion, part in re.findall(r"^### (\S+)\n(.*?)(?=^### |\Z)", page, re.MULTILINE | re.DOTALL):
            for target in re.findall(r"\]\(\.\./((?:findings|concepts)/\S+?\.md)\)", part):
                used_by = made[target].partition("## Used by")[2]
                assert f"({'../' + name}#{criterion.lower()})" in used_by, f"{target} does not name {name} {criterion}"


# --- links ------------------------------------------------------------------------------------------------------------


def test_every_link_leads_to_a_page_a_heading_or_a_line(made: dict[str, str], root: Path) -> None:
    folder = root / "docs" / "reference"
    lines: dict[Path, int] = {}
    for name, page in made.items():
        for target, anchor in re.findall(r"\]\(([^)#\s]+)(?:#([^)\s]+))?\)", page):
            path = (folder / name).parent.joinpath(target).resolve()
            inside = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""
            assert inside in made or path.is_file(), f"{name}: {target}"
            if anchor.startswith("L"):
                lines.setdefault(path, len(path.read_text(encoding="utf-8").splitlines()))
                assert 1 <= int(anchor[1:]) <= lines[path], f"{name}: {target}#{anchor}"
            elif anchor:
                text = made[inside] if inside in made else path.read_text(encoding="utf-8")
                assert anchor in {found.lower() for found in re.findall(r"^###? (\S+)$", text, re.MULTILINE)}


def test_a_line_link_leads_to_where_the_rule_begins(made: dict[str, str], root: Path, library: Library) -> None:
    for name, source in library.concept_sources.items():
        (target,) = re.findall(r"\]\(\.\./\.\./\.\./(rules/concepts/[^)]+)\)", made[f"concepts/{name}.md"])
        path, _, line = target.partition("#L")
        assert (root / path).read_text(encoding="utf-8").splitlines()[
            int(line) - 1
        ].strip() == f"- id: {source.node.id}"
    for trial in library.book.trials.values():
        text = (root / trial.path.removeprefix("trialsieve/")).read_text(encoding="utf-8").splitlines()
        for criterion in trial.criteria:
            assert text[criterion.line - 1].strip() == f"- id: {criterion.id}"


def _atoms(library: Library) -> Iterator[Atom]:
    for trial in library.book.trials.values():
        for criterion in trial.criteria:
            yield from criterion.atoms
    for finding in library.book.findings.values():
        yield from finding.atoms


def test_an_atoms_words_link_to_each_finding_and_concept_that_they_name(library: Library) -> None:
    for atom in _atoms(library):
        words = "\n".join(atom_lines([atom], library.book))
        concepts = atom.test.concepts if isinstance(atom.test, Measurement | QualitativeResult | Recorded) else ()
        for name in findings_read(atom):
            assert f"[`{name}`](../findings/{name}.md)" in words, words
        for name in concepts:
            assert f"([`{name}`](../concepts/{name}.md))" in words, words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("finding pregnant: Pregnant", "finding [`pregnant`](../findings/pregnant.md): Pregnant"),
        ("absent: finding pregnant: Pregnant", "absent: finding [`pregnant`](../findings/pregnant.md): Pregnant"),
        ("ever, after relapsed", "ever, after [`relapsed`](../findings/relapsed.md)"),
        ("within 6 months after relapsed, ever", "within 6 months after [`relapsed`](../findings/relapsed.md), ever"),
        ("finding x: blood, after relapsed disease", "finding x: blood, after relapsed disease"),
        ("the latest LVEF [cardiac.lvef] is", "the latest LVEF ([`cardiac.lvef`](../concepts/cardiac.lvef.md)) is"),
        ("note [not.known] of it", r"note \[not.known\] of it"),
    ],
)
def test_only_what_a_rule_names_becomes_a_link(library: Library, words: str, expected: str) -> None:
    assert linked(words, library.book) == expected


# --- text shows as it stands ------------------------------------------------------------------------------------------

AWKWARD = [
    "1. a number first",
    "12. two digits first",
    "- a dash first",
    "+ a plus first",
    "# a hash first",
    r"a backslash \>5%",
    "less < than & more > than",
    "<b>no markup</b> &lt;",
    "stars *a* **b**, lines _c_ __d__, code `e`",
    "[brackets](not a link) {braces}",
    "a | b",
    "~~struck~~ $x$",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_text_shows_as_it_stands(text: str) -> None:
    assert shown(escaped(text)) == text
    assert shown("\n".join(quoted(text))) == text


@pytest.mark.parametrize("text", AWKWARD)
def test_text_shows_as_it_stands_in_a_table(text: str) -> None:
    assert shown(f"| a |\n| --- |\n| {escaped(text)} |") == f"a {text}"


def test_the_lines_of_a_sentence_are_kept() -> None:
    assert markdown.markdown("\n".join(quoted("either:\n  • 1. one\n  • 2. two"))).count("<br") == 2
