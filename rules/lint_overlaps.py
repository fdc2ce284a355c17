"""Criteria of a trial that ask the same, and criteria that ask for the same thing within different windows.

Either may be what the registry says; then one of the two criteria says so under `overlaps`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from trialsieve.rules.atom import (
    Atom,
    DatedSince,
    FindingHolds,
    Judgement,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    SameResource,
    Test,
    Unresolved,
    Window,
)
from trialsieve.rules.contained import is_apart
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem
from trialsieve.rules.finding import Finding
from trialsieve.rules.grammar_files import CriterionSyntax
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.logic_order import atoms_in
from trialsieve.rules.trial import EVERY_COHORT, Criterion, Trial
from trialsieve.rules.vocabulary import Timing
from trialsieve.rules.yaml_source import Location, SourceFile


def overlaps(
    source: SourceFile, syntaxes: Sequence[CriterionSyntax], trial: Trial, findings: Mapping[str, Finding]
) -> Iterator[Problem]:
    """Duplicates and disagreeing windows that the trial file does not speak of, and what it says in vain."""
    places = {criterion.id: index for index, criterion in enumerate(trial.criteria)}
    said = {(syntax.id, other) for syntax in syntaxes for other in syntax.overlaps}
    found: set[tuple[str, str]] = set()
    asked = {criterion.id: _asked(criterion, findings) for criterion in trial.criteria}
    meanings = {criterion.id: meaning(criterion) for criterion in trial.criteria}
    for first, second in combinations(trial.criteria, 2):
        if not _side_by_side(first, second):
            continue
        location: Location = ("criteria", places[second.id])
        problems: list[Problem] = []
        if meanings[first.id] == meanings[second.id]:
            hint = f"if the registry says it twice, say so: overlaps: {{{first.id}: why}}"
            problems.append(source.problem((*location, "id"), f"{second.id} asks the same as {first.id}", hint))
        else:
            problems += _disagreeing(source, location, (first.id, asked[first.id]), (second.id, asked[second.id]))
        if problems:
            found |= {(first.id, second.id), (second.id, first.id)}
        if not {(first.id, second.id), (second.id, first.id)} & said:
            yield from problems
    for syntax in syntaxes:
        atoms = {atom.id for atom in syntax.atoms}
        for other in syntax.overlaps:
            if (syntax.id, other) not in found and other not in atoms:
                message, hint = f"{syntax.id} and {other} do not overlap", "drop this line"
                if other not in places:
                    message, hint = f"there is no criterion or atom '{other}'", did_you_mean(other, [*places, *atoms])
                yield source.problem(("criteria", places[syntax.id], "overlaps", other), message, hint)


def _side_by_side(one: Criterion, other: Criterion) -> bool:
    """Whether two criteria are checked in the same way, at the same stage, of the same patients."""
    return (one.kind, one.stage) == (other.kind, other.stage) and (
        one.cohort == other.cohort or EVERY_COHORT in {one.cohort, other.cohort}
    )


# --- duplicates -------------------------------------------------------------------------------------------------------


def meaning(criterion: Criterion) -> Hashable:
    """What a criterion asks, whatever its atoms are called and in whatever order they stand."""
    atoms = {atom.id: atom for atom in criterion.atoms}
    return criterion.applies_to, frozenset(_of_logic(logic, atoms) for logic in criterion.deciding)


def _of_logic(logic: Logic, atoms: Mapping[str, Atom]) -> Hashable:
    match logic:
        case AtomRef(id=name):
            atom = atoms[name]
            when = None if atom.when is None else _of_logic(atom.when, atoms)
            return _of_test(atom.test, atom.quote, atoms), atom.absent, atom.applies_to, when
        case AllOf(of=parts) | AnyOf(of=parts):
            each = frozenset(_of_logic(part, atoms) for part in parts)
            return next(iter(each)) if len(each) == 1 else (type(logic), each)
        case AtLeast(count=count, of=parts):
            return AtLeast, count, frozenset(Counter(_of_logic(part, atoms) for part in parts).items())
        case Not(of=inner) | NotTrue(of=inner) | UnlessShown(of=inner):
            return type(logic), _of_logic(inner, atoms)


def _of_test(test: Test, quote: str, atoms: Mapping[str, Atom]) -> Hashable:
    def of_atom(name: str | None) -> Hashable:
        return None if name is None else _of_test(atoms[name].test, atoms[name].quote, atoms)

    match test:
        case Judgement() | Unresolved():
            return test, " ".join(quote.split())  # what a person is asked
        case SameResource(of=name) | DatedSince(of=name):
            return replace(test, of=""), of_atom(name)
        case Measurement() | QualitativeResult():
            anonymous = replace(test, concepts=tuple(sorted(test.concepts)), not_older_than=None)
            return anonymous, of_atom(test.not_older_than)
        case Recorded():
            concepts = tuple(sorted(test.concepts))
            return replace(test, concepts=concepts, review=(), still_active=None, at_time_of=None), of_atom(
                test.at_time_of
            )
        case Readings(tests=tests):
            return frozenset(_of_test(inner, quote, atoms) for _, inner in tests)
        case _:
            return test


# --- windows ----------------------------------------------------------------------------------------------------------

Timed = Measurement | QualitativeResult | Recorded


@dataclass(frozen=True, slots=True)
class _Asked:
    """A test that a criterion makes, of its atom with this number or of a finding that this atom names."""

    number: int
    test: Timed


def _asked(criterion: Criterion, findings: Mapping[str, Finding]) -> list[_Asked]:
    deciding = {name for logic in criterion.deciding for name in atoms_in(logic)}
    return [
        _Asked(number, test)
        for number, atom in enumerate(criterion.atoms)
        if atom.id in deciding
        for test in _timed(atom.test, findings)
    ]


def _timed(test: Test, findings: Mapping[str, Finding]) -> Iterator[Timed]:
    match test:
        case Measurement() | QualitativeResult() | Recorded():
            yield test
        case Readings(tests=tests):
            yield from (inner for _, inner in tests)
        case FindingHolds(finding=name) if name in findings:
            finding = findings[name]
            named = set(atoms_in(finding.true_when))
            for atom in finding.atoms:
                if atom.id in named:
                    yield from _timed(atom.test, findings)


def _disagreeing(
    source: SourceFile, location: Location, first: tuple[str, list[_Asked]], second: tuple[str, list[_Asked]]
) -> Iterator[Problem]:
    told: set[tuple[int, str]] = set()
    for later in second[1]:
        for earlier in first[1]:
            shared = [name for name in later.test.concepts if name in earlier.test.concepts]
            if not shared or (later.number, shared[0]) in told or not _disagree(earlier.test, later.test):
                continue
            told.add((later.number, shared[0]))
            message = f"{second[0]} looks at {shared[0]} {_when(later.test)}, but {first[0]} {_when(earlier.test)}"
            hint = f"if the registry says both, say so: overlaps: {{{first[0]}: why}}"
            yield source.problem((*location, "atoms", later.number, "id"), message, hint)


def _disagree(one: Timed, other: Timed) -> bool:
    """Whether two tests look at the same thing, within windows that differ."""
    if isinstance(one, Recorded) and isinstance(other, Recorded):
        if (one.after, one.negated) != (other.after, other.negated) or is_apart(one, other):
            return False
        if one.window is None or other.window is None:
            return Timing.EVER in {one.timing, other.timing} and (one.window is None) != (other.window is None)
    elif type(one) is not type(other) or one.after != other.after:
        return False
    return one.window is not None and other.window is not None and _differ(one.window, other.window)


def _differ(one: Window, other: Window) -> bool:
    """Windows before two anchors are two questions."""
    return one.anchor == other.anchor and replace(one, inclusive=True) != replace(other, inclusive=True)


def _when(test: Timed) -> str:
    if test.window is None:
        return "at any time"
    length = test.window.length
    words = f"within {length}" if test.window.inclusive else f"less than {length} ago"
    return words if test.window.back_from is None else f"{words} (counted back from {test.window.back_from})"
