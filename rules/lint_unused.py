"""Shared parts of the shipped rules that no trial uses: findings, concepts, and classes of currency."""

from __future__ import annotations

from collections.abc import Iterator

from trialsieve.rules.atom import Atom
from trialsieve.rules.concept import with_diseases
from trialsieve.rules.errors import Problem
from trialsieve.rules.loader import Reading
from trialsieve.rules.logic_order import concepts_read, findings_beneath
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.rule_files import RuleFile
from trialsieve.rules.yaml_source import read_yaml


def unused_parts(reading: Reading, currency: RuleFile | None) -> Iterator[Problem]:
    """What nothing uses. A concept may say why under `unused`; one that is used all the same is told too."""
    book = reading.book
    atoms = [atom for trial in book.trials.values() for atom in trial.atoms]
    reached = findings_beneath(atoms, book.findings)
    for source, syntax in reading.findings:
        if syntax.finding not in reached:
            message = f"no trial uses the finding '{syntax.finding}'"
            yield source.problem(("finding",), message, "name it in a criterion, or drop it")
    atoms += [atom for finding in book.findings.values() for atom in finding.atoms]
    read = with_diseases((name for atom in atoms for name in concepts_read(atom)), book.concepts)
    for source in reading.concepts:
        for index, concept in enumerate(source.data["concepts"]):
            name, excuse = concept["id"], concept.get("unused")
            if name not in read and excuse is None:
                hint = "use it in a rule, drop it, or say under 'unused' why it is kept"
                yield source.problem(("concepts", index, "id"), f"no rule uses the concept '{name}'", hint)
            elif name in read and excuse is not None:
                yield source.problem(
                    ("concepts", index, "unused"), f"a rule uses the concept '{name}'", "drop this line"
                )
    if currency is not None:
        yield from _idle_classes(book, atoms, currency)


def _idle_classes(book: RuleBook, atoms: list[Atom], file: RuleFile) -> Iterator[Problem]:
    used = {concept.currency for concept in book.concepts.values()}
    for atom in atoms:
        used |= {getattr(test, "currency", None) for test in atom.tests}
    source = read_yaml(file.shown, file.content.decode("utf-8"))
    for name in source.data:
        if name not in used:
            yield source.problem((name,), f"nothing has the currency '{name}'", "name it in a concept, or drop it")
