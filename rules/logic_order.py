"""What reads what: atoms, findings and concepts, and an order in which each comes after what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from trialsieve.rules.atom import (
    Atom,
    DatedSince,
    FindingHolds,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    SameResource,
    Test,
)
from trialsieve.rules.concept import with_diseases
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, Kind


def atoms_in(logic: Logic) -> Iterator[str]:
    """The ids of the atoms that a logic names, in the order in which it names them."""
    match logic:
        case AtomRef(id=name):
            yield name
        case AllOf(of=parts) | AnyOf(of=parts) | AtLeast(of=parts):
            for part in parts:
                yield from atoms_in(part)
        case Not(of=inner) | NotTrue(of=inner) | UnlessShown(of=inner):
            yield from atoms_in(inner)


def atoms_read(atom: Atom) -> Iterator[str]:
    """The other atoms of the same criterion or finding whose outcomes this one needs."""
    yield from atoms_named(atom.test)
    if atom.when is not None:
        yield from atoms_in(atom.when)
    for case in atom.review_when:
        yield from atoms_in(case.condition)


def atoms_named(test: Test) -> Iterator[str]:
    """The other atoms that a test itself names."""
    match test:
        case SameResource(of=name) | DatedSince(of=name):
            yield name
        case Measurement(not_older_than=str(name)) | QualitativeResult(not_older_than=str(name)):
            yield name
        case Recorded(at_time_of=str(name)):
            yield name
        case Readings(tests=tests):
            for _, inner in tests:
                yield from atoms_named(inner)


def findings_read(atom: Atom) -> Iterator[str]:
    """The findings that an atom needs."""
    yield from findings_named(atom.test)
    if atom.presume_unless is not None:
        yield atom.presume_unless


def findings_named(test: Test) -> Iterator[str]:
    """The findings that a test itself names."""
    match test:
        case FindingHolds(finding=name):
            yield name
        case Measurement() | QualitativeResult():
            yield from test.not_before
            if test.after is not None:
                yield test.after
        case Recorded(after=str(name)):
            yield name
        case Readings(tests=tests):
            for _, inner in tests:
                yield from findings_named(inner)


def concepts_read(atom: Atom) -> Iterator[str]:
    """The concepts that an atom looks at, those of its review cases included."""
    for test in atom.tests:
        if isinstance(test, (Measurement, QualitativeResult, Recorded)):
            yield from test.concepts
        if isinstance(test, Recorded):
            for case in test.review:
                yield from case.concepts


def in_reading_order(reads: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names, each after those that it reads, else in the order given; and the first cycle found, if there is one.

    A cycle is told as the names along it, its first name repeated at the end. Names that are only read are left out.
    """
    ordered: dict[str, None] = {}
    trail: list[str] = []
    cycle: tuple[str, ...] = ()

    def visit(name: str) -> None:
        nonlocal cycle
        if name in trail:
            cycle = cycle or (*trail[trail.index(name) :], name)
        elif name in reads and name not in ordered:
            trail.append(name)
            for other in reads[name]:
                visit(other)
            trail.pop()
            ordered[name] = None

    for name in reads:
        visit(name)
    return tuple(ordered), cycle


def atoms_in_reading_order(atoms: Sequence[Atom]) -> tuple[Atom, ...]:
    """The atoms of a criterion or finding, each after those whose outcomes it needs."""
    reads = {atom.id: tuple(atoms_read(atom)) for atom in atoms}
    if not any(reads.values()):
        return tuple(atoms)
    by_id = {atom.id: atom for atom in atoms}
    ordered, _ = in_reading_order(reads)
    return tuple(by_id[name] for name in ordered)


def findings_reached(names: Iterable[str], findings: Mapping[str, Finding]) -> frozenset[str]:
    """These findings and all that they read, directly or through others."""
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in findings and name not in reached:
            reached.add(name)
            waiting += [other for atom in findings[name].atoms for other in findings_read(atom)]
    return frozenset(reached)


def findings_beneath(atoms: Iterable[Atom], findings: Mapping[str, Finding]) -> frozenset[str]:
    """The findings that these atoms need, directly or through others."""
    return findings_reached((name for atom in atoms for name in findings_read(atom)), findings)


def with_findings(atoms: Sequence[Atom], findings: Mapping[str, Finding]) -> tuple[Atom, ...]:
    """These atoms and those of all findings beneath them."""
    beneath = sorted(findings_beneath(atoms, findings))
    return (*atoms, *(atom for name in beneath for atom in findings[name].atoms))


def kinds_telling_of(finding: str, book: RuleBook) -> frozenset[Kind]:
    """The kinds of resource that may tell of a finding, through others too; Observations need no covering."""
    atoms = [atom for name in findings_reached((finding,), book.findings) for atom in book.findings[name].atoms]
    concepts = [book.concepts[name] for atom in atoms for name in concepts_read(atom)]
    return COVERABLE & frozenset().union(*(concept.kinds for concept in concepts))


def concepts_tested(book: RuleBook, trial: str, sorts: tuple[type[Test], ...]) -> frozenset[str]:
    """The concepts at which a trial's tests of these sorts look, those of the findings that it reads included."""
    tests = [test for atom in atoms_reached(book, [trial]) for test in atom.tests if isinstance(test, sorts)]
    looking = [test for test in tests if isinstance(test, (Measurement, QualitativeResult, Recorded))]
    return frozenset(name for test in looking for name in test.concepts)


def atoms_reached(book: RuleBook, trials: Iterable[str]) -> tuple[Atom, ...]:
    """Every atom of the trials' criteria and gates, and of the findings that these read."""
    return with_findings([atom for name in trials for atom in book.trials[name].atoms], book.findings)


def concepts_reached(book: RuleBook, trials: Iterable[str]) -> frozenset[str]:
    """The concepts that the trials' rules look at, directly or through findings, and those that date one of these."""
    return with_diseases((name for atom in atoms_reached(book, trials) for name in concepts_read(atom)), book.concepts)
