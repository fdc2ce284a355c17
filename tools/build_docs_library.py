"""What the reference is made from: the rule book, what rule files say beyond it, and who reads what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from build_docs_markdown import criterion_link, finding_link

from trialsieve.rules.atom import Atom
from trialsieve.rules.concept_files import ConceptNode, ConceptsFile
from trialsieve.rules.errors import RuleFilesError
from trialsieve.rules.loader import read_rules
from trialsieve.rules.logic_order import concepts_read, findings_read
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.rule_files import gather
from trialsieve.rules.yaml_source import validate


@dataclass(frozen=True)
class ConceptSource:
    """A concept as its file has it, with notes and the standing of its codes; `line` is where it begins."""

    node: ConceptNode
    line: int


@dataclass(frozen=True)
class Reader:
    """A criterion or a finding and what its atoms read. `trial` is empty for a finding, `id` for a cohort's gate."""

    trial: str
    id: str
    findings: frozenset[str]
    concepts: frozenset[str]


@dataclass(frozen=True)
class Library:
    book: RuleBook
    finding_notes: Mapping[str, str]
    concept_sources: Mapping[str, ConceptSource]

    @cached_property
    def readers(self) -> tuple[Reader, ...]:
        """Everything that reads findings or concepts, trials first."""
        found = []
        for name, trial in sorted(self.book.trials.items()):
            found += [_reader(name, "", [cohort.gate]) for cohort in trial.cohorts if cohort.gate is not None]
            found += [_reader(name, criterion.id, criterion.atoms) for criterion in trial.criteria]
        return (*found, *(_reader("", name, finding.atoms) for name, finding in sorted(self.book.findings.items())))

    def used_by(self, *, finding: str = "", concept: str = "") -> list[str]:
        """A list of what reads this finding or this concept: criteria by trial, then findings."""
        readers = [one for one in self.readers if finding in one.findings or concept in one.concepts]
        trials: dict[str, list[str]] = {}
        for one in readers:
            if one.trial:
                where = criterion_link(one.trial, one.id) if one.id else "a cohort's gate"
                trials.setdefault(one.trial, []).append(where)
        lines = [f"- [{name}](../trials/{name}.md): {', '.join(places)}" for name, places in trials.items()]
        findings = [finding_link(one.id) for one in readers if not one.trial]
        return lines + ([f"- findings: {', '.join(findings)}"] if findings else [])


def _reader(trial: str, name: str, atoms: Iterable[Atom]) -> Reader:
    listed = list(atoms)
    return Reader(
        trial,
        name,
        frozenset(name for atom in listed for name in findings_read(atom)),
        frozenset(name for atom in listed for name in concepts_read(atom)),
    )


def load_library() -> Library:
    """The packaged rules. Raises RuleFilesError with all that is wrong with them."""
    reading = read_rules(gather())
    if reading.problems:
        raise RuleFilesError(reading.problems)
    concepts = {}
    for source in reading.concepts:
        for place, node in enumerate(validate(ConceptsFile, source).concepts):
            concepts[node.id] = ConceptSource(node, source.position(("concepts", place))[0])
    notes = {syntax.finding: syntax.note for _, syntax in reading.findings}
    return Library(reading.book, notes, concepts)
