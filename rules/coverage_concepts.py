"""Whether each atom uses the concepts that its clinical element stands for, and no others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from trialsieve.rules.atom import Age, Atom, RecordedSex
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem
from trialsieve.rules.finding import Finding
from trialsieve.rules.inventory_files import Inventory
from trialsieve.rules.logic_order import atoms_read, concepts_read, findings_read
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Criterion
from trialsieve.rules.yaml_source import Location, SourceFile

AGE_AND_SEX = "admin.age_sex"
"""Stands for the patient's own birth date and sex, which no code carries; any atom may look at them."""


@dataclass(frozen=True, slots=True)
class ConceptUse:
    """The concepts that an atom uses, each with the findings that look at it (None: the atom or its helpers do).

    `others` are those of the inventory's other atoms that it reads: enough for what has to be used, but theirs to use.
    """

    own: Mapping[str, frozenset[str | None]]
    others: frozenset[str]


def concept_use(atom: Atom, criterion: Criterion | None, listed: Collection[str], book: RuleBook) -> ConceptUse:
    """What this atom uses, directly, through findings, and through other atoms of the criterion.

    `listed` are the atoms that stand for something themselves.
    """
    by_id = {} if criterion is None else {each.id: each for each in criterion.atoms}
    seen: dict[str, bool] = {atom.id: True}
    waiting = [(atom, True)]
    own: dict[str, set[str | None]] = {}
    others: set[str] = set()
    while waiting:
        current, is_own = waiting.pop()
        used = _used_by(current, book)
        if is_own:
            for concept, findings in used.items():
                own.setdefault(concept, set()).update(findings)
        else:
            others |= set(used)
        for name in atoms_read(current):
            its = is_own and name not in listed
            if name in by_id and not seen.get(name, False) and (its or name not in seen):
                seen[name] = its
                waiting.append((by_id[name], its))
    if atom.applies_to is not None or (criterion is not None and criterion.applies_to is not None):
        others.add(AGE_AND_SEX)
    return ConceptUse({concept: frozenset(findings) for concept, findings in own.items()}, frozenset(others))


def _used_by(atom: Atom, book: RuleBook) -> dict[str, set[str | None]]:
    used: dict[str, set[str | None]] = {concept: {None} for concept in _looked_at(atom)}
    waiting = [name for name in findings_read(atom) if name in book.findings]
    met: set[str] = set()
    while waiting:
        finding: Finding = book.findings[waiting.pop()]
        if finding.id in met:
            continue
        met.add(finding.id)
        for part in finding.atoms:
            waiting += [name for name in findings_read(part) if name in book.findings]
            for concept in _looked_at(part):
                used.setdefault(concept, set()).add(finding.id)
    return used


def _looked_at(atom: Atom) -> Iterator[str]:
    yield from concepts_read(atom)
    if isinstance(atom.test, Age | RecordedSex):
        yield AGE_AND_SEX


@dataclass(slots=True)
class ConceptCheck:
    """Holds the use of concepts against the bindings, and remembers which exceptions were needed."""

    inventory: Inventory
    book: RuleBook
    _met: set[str] = field(default_factory=set)
    _needed: set[tuple[str, str, str]] = field(default_factory=set)

    def problems(self, element: str, use: ConceptUse, source: SourceFile, where: Location) -> Iterator[Problem]:
        """What is bound but not used, or used but not bound."""
        bound = self.inventory.elements[element].concepts
        self._met |= {element, *(name for findings in use.own.values() for name in findings if name is not None)}
        for concept in bound:
            if concept in use.own or concept in use.others or self._excepted("not_used", element, concept):
                continue
            message = f"this is '{element}', but nothing here uses its concept '{concept}'"
            yield source.problem(where, message, "use it, or say why not in exceptions.yaml under not_used")
        for concept, users in sorted(use.own.items()):
            if concept in bound or concept == AGE_AND_SEX or self._excepted("used_too", element, concept):
                continue
            if unexplained := [user for user in users if user is None or not self._excepted("used_too", user, concept)]:
                findings = sorted(user for user in unexplained if user is not None)
                through = f" (through {', '.join(findings)})" if findings else ""
                message = f"this is '{element}', which does not stand for the concept '{concept}'{through}"
                yield source.problem(where, message, "drop it, or say why in exceptions.yaml under used_too")

    def carve_out(self, element: str, of: Atom, source: SourceFile, where: Location) -> Iterator[Problem]:
        """What a carve-out stands for must not count for the atom that it narrows."""
        for concept in self.inventory.elements[element].concepts:
            if concept in getattr(of.test, "concepts", ()):
                message = f"'{concept}' is carved out of {of.id}, which counts it"
                yield source.problem(where, message)

    def idle_exceptions(self) -> Iterator[Problem]:
        """Exceptions that no atom of the trials so far needed, though their element or finding was met."""
        file = self.inventory.exceptions_file
        known = {"elements": set(self.inventory.elements), "findings": set(self.book.findings)}
        for key in ("used_too", "not_used"):
            for index, entry in enumerate(getattr(self.inventory.exceptions, key)):
                for kind, names in known.items():
                    for number, name in enumerate(getattr(entry, kind)):
                        if name not in names:
                            hint = did_you_mean(name, names)
                            yield file.problem((key, index, kind, number), f"there is none of {kind} '{name}'", hint)
                for number, concept in enumerate(entry.concepts):
                    for name in (*entry.elements, *entry.findings):
                        if name in self._met and (key, name, concept) not in self._needed:
                            message = f"nothing needs the exception '{concept}' of '{name}' any more"
                            yield file.problem((key, index, "concepts", number), message, "drop it")

    def _excepted(self, key: str, name: str, concept: str) -> bool:
        entries = getattr(self.inventory.exceptions, key)
        found = any(name in (*entry.elements, *entry.findings) and concept in entry.concepts for entry in entries)
        if found:
            self._needed.add((key, name, concept))
        return found
