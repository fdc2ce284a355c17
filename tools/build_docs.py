"""Writes docs/reference: a page for each trial, finding and concept, made from the rule files alone.

    python tools/build_docs.py [--check]

With --check nothing is written; pages that are not as the rule files have them are named, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from build_docs_concept import concept_page
from build_docs_finding import finding_page
from build_docs_library import Library, load_library
from build_docs_markdown import concept_link, finding_link, page, plain, table
from build_docs_trial import trial_page

from trialsieve.rules.errors import RuleFilesError

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"


def pages(library: Library) -> dict[str, str]:
    """Every page by its path below docs/reference."""
    book = library.book
    made = {f"trials/{name}.md": trial_page(trial, library) for name, trial in book.trials.items()}
    made |= {f"findings/{name}.md": finding_page(finding, library) for name, finding in book.findings.items()}
    made |= {f"concepts/{name}.md": concept_page(concept, library) for name, concept in book.concepts.items()}
    return made | _indexes(library)


def _indexes(library: Library) -> dict[str, str]:
    book = library.book
    trials = [
        (f"[{name}]({name}.md)", plain(one.title), plain(one.version), str(len(one.criteria)))
        for name, one in sorted(book.trials.items())
    ]
    findings = [(finding_link(name), plain(one.title)) for name, one in sorted(book.findings.items())]
    concepts = [
        (concept_link(name), plain(one.label), ", ".join(sorted(one.kinds)), str(len(one.codes)))
        for name, one in sorted(book.concepts.items())
    ]
    folders = [
        ("[Trials](trials/index.md)", str(len(trials)), "each criterion beside the registry's sentence"),
        ("[Findings](findings/index.md)", str(len(findings)), "clinical inferences that trials share"),
        ("[Concepts](concepts/index.md)", str(len(concepts)), "which codes mean what, and how results are read"),
    ]
    about = (
        "These pages are made from the rule files, and a test fails where one is not as they are. What is meant by "
        "*shown*, *to a person* and the like stands with [`trialsieve show`](../cli.md#show), which prints the same."
    )
    return {
        "index.md": page("rules", "Reference", [about, "", *table(("", "pages", "what they show"), folders)]),
        "trials/index.md": page("rules/trials", "Trials", table(("trial", "title", "version", "criteria"), trials)),
        "findings/index.md": page("rules/findings", "Findings", table(("finding", "title"), findings)),
        "concepts/index.md": page(
            "rules/concepts", "Concepts", table(("concept", "label", "kinds", "codes"), concepts)
        ),
    }


def stale(made: Mapping[str, str], folder: Path) -> list[str]:
    """The pages that are missing from the folder, left over in it, or different there."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.md")}
    changed = [name for name in made if name not in there or there[name].read_text(encoding="utf-8") != made[name]]
    return sorted([*changed, *(there.keys() - made.keys())])


def write(made: Mapping[str, str], folder: Path) -> list[str]:
    """Bring the folder up to date; the pages that were not."""
    found = stale(made, folder)
    for name in found:
        path = folder / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
        else:
            path.unlink()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes docs/reference from the rule files.")
    parser.add_argument("--check", action="store_true", help="write nothing; name the pages that are stale")
    check = parser.parse_args().check
    try:
        made = pages(load_library())
    except RuleFilesError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 1
    found = (stale if check else write)(made, FOLDER)
    for name in found if check else []:
        print(f"docs/reference/{name}: not as the rule files have it; run `make reference`", file=sys.stderr)
    if not check:
        print(f"docs/reference: {len(made)} pages, {len(found)} of them brought up to date")
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
