"""Which outcomes the atoms of a criterion or finding can have together, as far as their limits and windows tell.

Two atoms that look at the same result cannot both be true if no value lies within both limits; what was within a month
was within a year. Every such combination is a *world*. Atoms that have nothing to do with each other combine freely.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, combinations, permutations, product
from math import prod
from operator import and_, or_

from trialsieve.rules.atom import Age, Atom, Recorded, RecordedSex
from trialsieve.rules.concept import Concept
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.logic_order import atoms_in
from trialsieve.rules.tied_tests import MOST_ROWS, Row, TooManyError, are_tied, known_alike, rows_of, selection
from trialsieve.rules.value_points import ages_between
from trialsieve.rules.vocabulary import Sex

_SEX = "the recorded sex"
Outcomes = tuple[int, int]
"""The worlds in which something is true, and those in which it is false: a bit for each."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """Every combination of outcomes; in neither of an atom's two sets: it is unknown there."""

    every: int
    atoms: Mapping[str, Outcomes]

    def of(self, logic: Logic) -> Outcomes:
        """Where a logic is true, and where false, by Kleene's rules."""
        match logic:
            case AtomRef(id=name):
                return self.atoms[name]
            case AllOf(of=parts):
                return _all([self.of(part) for part in parts])
            case AnyOf(of=parts):
                return _swapped(_all([_swapped(self.of(part)) for part in parts]))
            case AtLeast(count=count, of=parts):
                each = [self.of(part) for part in parts]
                some = [_all(chosen) for chosen in combinations(each, count)]
                return _swapped(_all([_swapped(one) for one in some]))
            case NotTrue(of=inner):
                true, _ = self.of(inner)
                return self.every & ~true, true
            case Not(of=inner) | UnlessShown(of=inner):
                return _swapped(self.of(inner))


def _all(parts: Sequence[Outcomes]) -> Outcomes:
    return reduce(and_, (true for true, _ in parts)), reduce(or_, (false for _, false in parts))


def _swapped(outcomes: Outcomes) -> Outcomes:
    return outcomes[1], outcomes[0]


class JointOutcomes:
    """The worlds of the atoms of one criterion or finding."""

    def __init__(self, atoms: Iterable[Atom], concepts: Mapping[str, Concept], ages: Sequence[int] = ()) -> None:
        """`ages`: the ages that a patient may have (none given: any)."""
        self.atoms = {atom.id: atom for atom in atoms}
        self._concepts = concepts
        tests = [atom.test for atom in self.atoms.values()]
        self._ages = ages or ages_between(test.limits for test in tests if isinstance(test, Age))
        self._known: dict[frozenset[str], Worlds | None] = {}

    def known(self, names: Iterable[str]) -> Worlds | None:
        """The worlds in which each of these atoms is true or false. None: there are too many."""
        wanted = frozenset(names)
        if wanted not in self._known:
            rows = self._rows(sorted(wanted))
            self._known[wanted] = None if rows is None else _worlds(sorted(wanted), sorted(rows))
        return self._known[wanted]

    def partly_known(self, names: Iterable[str], known: Iterable[str] = ()) -> Worlds | None:
        """The worlds in which each of these atoms may be unknown too, but for those of `known`, before their review."""
        ordered, fixed = sorted({*names, *known}), set(known)
        rows = self._rows(ordered)
        if rows is None:
            return None
        partly: set[tuple[bool | None, ...]] = set(rows)
        for index, name in enumerate(ordered):
            if name not in fixed:
                partly |= {(*row[:index], None, *row[index + 1 :]) for row in partly}
            if len(partly) > MOST_ROWS:
                return None
        for one, by, other in self._settled(ordered, rows, fixed):
            partly = {row for row in partly if row[one] is not by or row[other] is not None}
        return _worlds(ordered, list(partly))

    def _settled(
        self, names: Sequence[str], rows: Collection[Row], before_review: Collection[str]
    ) -> Iterator[tuple[int, bool, int]]:
        """By which outcome of one atom another one cannot be unknown: a value above 200 is above 100."""
        for one, other in permutations(range(len(names)), 2):
            if not self.known_alike(names[one], names[other], before_review):
                continue
            is_recorded = isinstance(self.atoms[names[one]].test, Recorded)
            for by in (True, False):
                if is_recorded and by is self.atoms[names[one]].absent:
                    continue  # that nothing counts is presumed of each for itself
                if len({row[other] for row in rows if row[one] is by}) == 1:
                    yield one, by, other

    def known_alike(self, one: str, other: str, before_review: Collection[str] = ()) -> bool:
        """Whether two atoms look at the same thing, and whatever keeps it from one keeps it from the other.

        `before_review`: atoms that are looked at before their own `review_when` is.
        """
        steps = []
        for name in (one, other):
            atom = self.atoms[name]
            steps.append((() if name in before_review else atom.review_when, atom.when, atom.applies_to))
        same = self.selection(one) == self.selection(other) and steps[0] == steps[1]
        return same and known_alike(self.atoms[one].test, self.atoms[other].test)

    def are_free(self, names: Iterable[str]) -> bool:
        """Whether these atoms, as often as they are named, look at different things: any outcomes can be together."""
        named = list(names)
        simple = all(self.atoms[name].when is None and self.atoms[name].applies_to is None for name in named)
        return simple and len(self._grouped(named)) == len(named)

    def selection(self, name: str) -> Hashable:
        """What an atom's test looks at: two atoms of the same selection cannot have just any outcomes together."""
        return selection(name, self.atoms[name].test)

    def _rows(self, names: Sequence[str]) -> set[Row] | None:
        reached = sorted(self._reached(names))
        try:
            groups = list(self._rows_together(reached))
        except TooManyError:
            return None
        if prod(len(rows) for _, rows in groups) > MOST_ROWS:
            return None
        members = list(chain.from_iterable(keys for keys, _ in groups))
        found: set[Row] = set()
        for parts in product(*(rows for _, rows in groups)):
            tests = dict(zip(members, chain.from_iterable(parts), strict=True))
            values = {name: self._value(name, tests) for name in names}
            found.add(tuple(values[name] for name in names))
        return found

    def _reached(self, names: Iterable[str]) -> set[str]:
        """These atoms and those that their `when` names."""
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            when = self.atoms[name].when
            if name not in reached:
                reached.add(name)
                waiting += [] if when is None else atoms_in(when)
        return reached

    def _value(self, name: str, tests: Mapping[str, bool]) -> bool:
        """An atom's outcome from those of the tests (docs/semantics.md, 3): `absent`, `applies_to` and `when`."""
        atom = self.atoms[name]
        value = tests[name] is not atom.absent
        if atom.applies_to is not None:
            value = value and tests[f"{_SEX}: {atom.applies_to}"]
        if atom.when is None or not value:
            return value
        inner = {other: self._value(other, tests) for other in atoms_in(atom.when)}
        true, _ = Worlds(1, {other: (int(is_true), int(not is_true)) for other, is_true in inner.items()}).of(atom.when)
        return bool(true)

    def _grouped(self, names: Iterable[str]) -> list[list[str]]:
        """The atoms by what they look at; of what is on record only those together that settle one another."""
        groups: dict[Hashable, list[list[str]]] = {}
        for name in names:
            parts = groups.setdefault(self.selection(name), [])
            near = [part for part in parts if any(self._are_tied(name, other) for other in part)]
            parts[:] = [part for part in parts if part not in near] + [[*chain.from_iterable(near), name]]
        return list(chain.from_iterable(groups.values()))

    def _are_tied(self, one: str, other: str) -> bool:
        return are_tied(self.atoms[one].test, self.atoms[other].test)

    def _rows_together(self, names: Sequence[str]) -> Iterator[tuple[list[str], Sequence[Row]]]:
        """Each group of atoms, and the outcomes of its tests together; the sexes asked for are in a group too."""
        wanted = [sex for sex in (Sex.MALE, Sex.FEMALE) if any(self.atoms[name].applies_to is sex for name in names)]
        by_sex = [name for name in names if self.selection(name) is RecordedSex]
        if by_sex or wanted:
            tests = [self.atoms[name].test for name in by_sex]
            among = [test.among for test in tests if isinstance(test, RecordedSex)] + [
                frozenset({sex}) for sex in wanted
            ]
            rows = dict.fromkeys(tuple(sex in each for each in among) for sex in Sex)
            yield [*by_sex, *(f"{_SEX}: {sex}" for sex in wanted)], list(rows)
        for members in self._grouped(name for name in names if name not in by_sex):
            yield members, rows_of([self.atoms[name].test for name in members], self._concepts, self._ages)


def _worlds(names: Sequence[str], rows: Sequence[tuple[bool | None, ...]]) -> Worlds:
    atoms = {
        name: (
            sum(1 << number for number, row in enumerate(rows) if row[index] is True),
            sum(1 << number for number, row in enumerate(rows) if row[index] is False),
        )
        for index, name in enumerate(names)
    }
    return Worlds((1 << len(rows)) - 1, atoms)
