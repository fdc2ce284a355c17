"""The hash of all that a trial's rules say: of its file, its text, and every finding, concept and setting they read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from trialsieve.rules.atom import Atom
from trialsieve.rules.concept import Concept, with_diseases
from trialsieve.rules.logic_order import concepts_read, findings_beneath
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.rule_files import RuleFile
from trialsieve.rules.trial import Trial


def rules_sha256(trial: Trial, book: RuleBook, files: Sequence[RuleFile], text: RuleFile | None) -> str:
    """Of the `files` that a trial reaches, of those that all trials share, and of its registry `text`."""
    by_shown = {file.shown: file for file in files}
    reached = [by_shown[path] for path in _files_reached(trial, book) if path in by_shown]
    reached += [file for file in files if file.folder in {"shared", "site"}]
    reached += [] if text is None else [text]
    lines = sorted({f"{file.name}\0{file.sha256}\n" for file in reached})
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _files_reached(trial: Trial, book: RuleBook) -> frozenset[str]:
    """The trial's file and those of every finding and concept that it reads, directly or through findings."""
    findings = [book.findings[name] for name in findings_beneath(trial.atoms, book.findings)]
    atoms = [*trial.atoms, *(atom for finding in findings for atom in finding.atoms)]
    concepts = _concepts_of(atoms, book.concepts)
    paths = [trial.path, *(finding.path for finding in findings), *(concept.path for concept in concepts)]
    return frozenset(paths)


def _concepts_of(atoms: Iterable[Atom], concepts: Mapping[str, Concept]) -> list[Concept]:
    """The concepts that these atoms read, and those by which it is told that a state is not of their diseases."""
    names = with_diseases((name for atom in atoms for name in concepts_read(atom)), concepts)
    names = names.union(*(concepts[name].never_of for name in names)).intersection(concepts)
    return [concepts[name] for name in sorted(names)]
