"""Limits that no result can reach: outside the range of what the concept's values can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from trialsieve.rules.atom import Age, Atom, Limits, Measurement, Readings
from trialsieve.rules.concept import Concept
from trialsieve.rules.errors import Problem
from trialsieve.rules.grammar_atom_tests import MeasurementTest
from trialsieve.rules.grammar_atoms import AgeAtom, AtomSyntax, ReadingsAtom
from trialsieve.rules.value_points import OLDEST, is_within, points_between, range_of
from trialsieve.rules.vocabulary import Basis
from trialsieve.rules.yaml_source import Location, SourceFile

MOST_TIMES = 100
"""No sentence asks for more than so many times a limit of normal."""

_KEYS = {
    Basis.VALUE: "value",
    Basis.TIMES_UPPER_LIMIT: "times_upper_limit",
    Basis.TIMES_LOWER_LIMIT: "times_lower_limit",
}
_LOW, _HIGH = ("above", "at_least"), ("below", "at_most")


def implausible_limits(
    source: SourceFile,
    syntaxes: Sequence[AtomSyntax],
    atoms: Sequence[Atom],
    location: Location,
    concepts: Mapping[str, Concept],
) -> Iterator[Problem]:
    """The limits of these atoms that lie outside what is plausible, or that leave no plausible value."""
    for index, (syntax, atom) in enumerate(zip(syntaxes, atoms, strict=True)):
        where = (*location, index)
        if isinstance(syntax, AgeAtom) and isinstance(atom.test, Age):
            within = (Decimal(0), Decimal(OLDEST))
            yield from _outside(
                source, (*where, "age"), syntax.age.model_fields_set, atom.test.limits, within, "an age"
            )
        tests: list[tuple[Location, object, object]] = [(where, syntax, atom.test)]
        if isinstance(syntax, ReadingsAtom) and isinstance(atom.test, Readings):
            tests = [((*where, "readings", name), syntax.readings[name], test) for name, test in atom.test.tests]
        for place, written, test in tests:
            if isinstance(written, MeasurementTest) and isinstance(test, Measurement):
                yield from _of_measurement(source, place, written, test, concepts)


def _of_measurement(
    source: SourceFile, location: Location, syntax: MeasurementTest, test: Measurement, concepts: Mapping[str, Concept]
) -> Iterator[Problem]:
    least, most = range_of(test, concepts)
    what = " or ".join(concepts[name].label for name in test.concepts if name in concepts)
    if test.basis is not Basis.VALUE:
        most, what = Decimal(MOST_TIMES), f"a multiple of a limit of {what}"
    given = syntax.bounds.model_fields_set
    yield from _outside(source, (*location, _KEYS[test.basis]), given, test.limits, (least, most), what)


def _outside(
    source: SourceFile,
    location: Location,
    given: set[str],
    limits: Limits,
    within: tuple[Decimal | None, Decimal | None],
    what: str,
) -> Iterator[Problem]:
    least, most = within
    if least is None or most is None:
        return
    unit = "" if limits.unit in {"1", ""} else f" {limits.unit}"
    hint = f"{what} lies between {_number(least)} and {_number(most)}{unit}; is the unit right?"
    told = False
    for keys, bound in ((_LOW, limits.low), (_HIGH, limits.high)):
        any_value = keys is _LOW and bound == 0  # nothing in any unit is below
        if bound is not None and not any_value and not least <= bound <= most:
            told = True
            key = next(key for key in keys if key in given)
            yield source.problem((*location, key), f"{_number(bound)}{unit} is no plausible limit", hint)
    if not told and not any(is_within(point, limits) for point in points_between([limits], within)):
        yield source.problem(location, "no plausible value lies within these limits", hint)


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"
