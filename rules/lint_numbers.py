"""Limits of which the quoted words do not speak: a number mistyped, of another unit, or compared by another sign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trialsieve.rules.atom import Age, Atom, Limits, Measurement
from trialsieve.rules.concept import Concept
from trialsieve.rules.errors import Problem
from trialsieve.rules.grammar import Bounds
from trialsieve.rules.grammar_atoms import AgeAtom, MeasurementAtom
from trialsieve.rules.grammar_files import CriterionSyntax
from trialsieve.rules.units import SUPERSCRIPTS, convert
from trialsieve.rules.yaml_source import Location, SourceFile

_NUMBER = re.compile(
    r"(?<![\w.,])(?<![A-Za-z]-)"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)"
    r"(?:\s*[x×*]\s*10\s*(?:\^|\*\*|\*)?\s*(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d+))?"
    r"(?P<words>\s*(?P<unit>%|[A-Za-zµμ]*/[A-Za-zµμ0-9]+|(?:hour|day|week|month|year)s?\b)?)"
)
_SIGNS = {
    "above": (">", "＞"),
    "at_least": (">=", "=>", "≥", "≧"),
    "below": ("<", "＜"),
    "at_most": ("<=", "=<", "≤", "≦"),
}
_MEANT = {sign: key for key, signs in _SIGNS.items() for sign in signs}
_SIGN = re.compile(rf"({'|'.join(sorted(_MEANT, key=len, reverse=True))})\s*$")
_TIMES = ("hour", "day", "week", "month", "year")
_KEYS = ("value", "times_upper_limit", "times_lower_limit", "age")
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class _Said:
    """A number that a quote names: as it stands there, without and with its power of ten, and its unit.

    `sign`: what stands before it, if it says how to compare; `key`: the bound which that is.
    """

    words: str
    number: Decimal
    powered: Decimal
    unit: str
    sign: str = ""

    @property
    def key(self) -> str | None:
        return _MEANT.get(self.sign)

    def is_limit(self, bound: Decimal, canonical: Decimal, concepts: Sequence[Concept]) -> bool:
        """Whether this is the limit, which is `canonical` in the unit of the concepts."""
        units = [self.unit] if self.unit else ["1"] if any(each.unit == "%" for each in concepts) else []
        converted = [convert(self.powered, unit, concept) for unit in units for concept in concepts]
        if self.unit and any(each is not None for each in converted):
            return canonical in converted
        if not concepts and self.unit.startswith("month"):
            return bound * _MONTHS_A_YEAR == self.number
        return bound in {self.number, self.powered} or canonical in converted


def other_numbers(
    source: SourceFile,
    criterion: CriterionSyntax,
    atoms: Sequence[Atom],
    location: Location,
    concepts: Mapping[str, Concept],
) -> Iterator[Problem]:
    """Limits that are none of the numbers of their quote, or not compared as it says, and that no note explains."""
    for index, (syntax, atom) in enumerate(zip(criterion.atoms, atoms, strict=True)):
        if isinstance(syntax, (MeasurementAtom, AgeAtom)) and isinstance(atom.test, (Measurement, Age)):
            explained = {each.number for each in said_numbers(f"{syntax.note} {criterion.note}")}
            where = (*location, "atoms", index)
            yield from _of_atom(source, syntax, atom.test, explained, where, concepts)


def _of_atom(
    source: SourceFile,
    syntax: MeasurementAtom | AgeAtom,
    test: Measurement | Age,
    explained: set[Decimal],
    location: Location,
    concepts: Mapping[str, Concept],
) -> Iterator[Problem]:
    said = said_numbers(syntax.quote or "")
    if isinstance(test, Measurement):  # whose windows are looked at elsewhere
        said = [each for each in said if not each.unit.startswith(_TIMES)]
    key = next(key for key in _KEYS if getattr(syntax, key, None) is not None)
    bounds: Bounds = getattr(syntax, key)
    in_units = [concepts[name] for name in test.concepts] if isinstance(test, Measurement) and key == "value" else []
    for name, bound, canonical in _both(bounds, test.limits):
        if not said or not bound or bound in explained:  # every number is at least 0
            continue
        unit = getattr(bounds, "unit", "")
        limit = f"{bound} {unit}".strip() if unit not in {"1", "a"} else f"{bound}"
        meant = [each for each in said if each.is_limit(bound, canonical, in_units)]
        if meant and all(each.key not in {None, name} for each in meant) and not syntax.absent:
            first = meant[0]
            message = f"the quote says '{first.sign} {first.words}', and the limit is {name}: {limit}"
            hint = f"that is '{first.key}'; or say in a note why it is {name} {bound}"
            yield source.problem((*location, key, name), message, hint)
        if not meant:
            message = f"the quote says {' and '.join(repr(each.words) for each in said)}, and the limit is {limit}"
            hint = f"correct the number or its unit; or say in a note what {bound} is"
            yield source.problem((*location, key, name), message, hint)


def _both(bounds: Bounds, limits: Limits) -> Iterator[tuple[str, Decimal, Decimal]]:
    """The key of each bound, as it is written, and as it is compared."""
    for keys, written, canonical in (
        (("above", "at_least"), bounds.low, limits.low),
        (("below", "at_most"), bounds.high, limits.high),
    ):
        if written is not None and canonical is not None:
            yield next(key for key in keys if key in bounds.model_fields_set), written, canonical


def said_numbers(text: str) -> list[_Said]:
    """The numbers that a text names. Those that are a part of a name (CD7, IL-2) are none."""
    found = []
    for each in _NUMBER.finditer(text):
        number = Decimal(each["number"].replace(",", ""))
        power = int((each["power"] or "0").translate(SUPERSCRIPTS))
        powered = number.scaleb(min(power, 30))
        sign = _SIGN.search(text[: each.start()])
        found.append(_Said(each[0].strip(), number, powered, each["unit"] or "", sign[1] if sign else ""))
    return found
