"""In which order things are concluded: what a finding reads comes before it, what is windowed on a finding after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from trialsieve.rules.errors import EngineError
from trialsieve.rules.model import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    AtomRef,
    Finding,
    FindingHolds,
    Logic,
    Measurement,
    Not,
    NotTrue,
    QualitativeResult,
    Readings,
    Recorded,
    SameResource,
    Test,
    UnlessShown,
)

T = TypeVar("T")


def operands(logic: Logic) -> Iterator[str]:
    """The atoms that an expression names, in the order of the text."""
    match logic:
        case AtomRef(identifier):
            yield identifier
        case Not(of) | NotTrue(of) | UnlessShown(of):
            yield from operands(of)
        case AllOf(of) | AnyOf(of) | AtLeast(_, of):
            for part in of:
                yield from operands(part)


def window_findings(test: Test) -> tuple[str, ...]:
    """The findings that decide which facts a test selects."""
    match test:
        case Measurement() | QualitativeResult():
            return test.not_before if test.after is None else (*test.not_before, test.after)
        case Recorded():
            return () if test.after is None else (test.after,)
        case Readings(tests):
            return tuple(name for _, one in tests for name in window_findings(one))
        case _:
            return ()


def read_findings(atom: Atom) -> tuple[str, ...]:
    """Every finding that an atom reads."""
    names = list(window_findings(atom.test))
    if isinstance(atom.test, FindingHolds):
        names.append(atom.test.finding)
    if atom.presume_unless is not None:
        names.append(atom.presume_unless)
    return tuple(names)


def in_order(items: Sequence[T], key: Callable[[T], str], needs: Callable[[T], Iterable[str]]) -> list[T]:
    """Items so that each comes after those that it needs; needs that are not among the items are not looked at."""
    by_key = {key(item): item for item in items}
    done: dict[str, T] = {}
    open_: set[str] = set()

    def visit(name: str) -> None:
        if name in done:
            return
        if name in open_:
            raise EngineError(f"{name} reads itself through {', '.join(sorted(open_ - {name})) or 'nothing else'}")
        open_.add(name)
        for needed in needs(by_key[name]):
            if needed in by_key:
                visit(needed)
        open_.discard(name)
        done[name] = by_key[name]

    for name in by_key:
        visit(name)
    return list(done.values())


def atoms_in_order(atoms: Sequence[Atom]) -> list[Atom]:
    """The atoms of a criterion or finding, each after those that its own conditions name."""

    def needs(atom: Atom) -> Iterator[str]:
        if isinstance(atom.test, SameResource):
            yield atom.test.of
        if atom.when is not None:
            yield from operands(atom.when)
        for case in atom.review_when:
            yield from operands(case.condition)

    return in_order(atoms, lambda atom: atom.id, needs)


def reached_findings(atoms: Iterable[Atom], findings: Mapping[str, Finding]) -> list[Finding]:
    """The findings that atoms reach, directly or through other findings, each after those that it reads."""
    reached: dict[str, Finding] = {}
    waiting = [name for atom in atoms for name in read_findings(atom)]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        if name not in findings:
            raise EngineError(f"no finding is called {name}")
        reached[name] = findings[name]
        waiting.extend(other for atom in findings[name].atoms for other in read_findings(atom))
    listed = [reached[name] for name in sorted(reached)]
    return in_order(
        listed, lambda finding: finding.id, lambda finding: [n for atom in finding.atoms for n in read_findings(atom)]
    )


def selection_stratum(test: Test, strata: Mapping[str, int]) -> int:
    """The stratum in which a test's facts are asserted: after the findings that its windows need."""
    return max((strata[name] + 1 for name in window_findings(test)), default=0)


def finding_strata(findings: Sequence[Finding]) -> dict[str, int]:
    """The stratum at whose end each finding is known; the findings are in order."""
    strata: dict[str, int] = {}
    for finding in findings:
        strata[finding.id] = max(
            (
                max([selection_stratum(atom.test, strata), *(strata[name] for name in read_findings(atom))])
                for atom in finding.atoms
            ),
            default=0,
        )
    return strata
