"""The one place that knows units: real spellings to UCUM, and values to a concept's canonical unit, exactly.

What is not surely the same quantity is not converted: `convert` answers None and the caller says "unknown, unit".
ucumvert and pint are slow to import; they are reached only for units that neither a concept nor our tables know.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from trialsieve.rules.concept import Code, Concept

_FOLDER: Final = Path(__file__).resolve().parent
EXACT: Final = Context(prec=100)  # more digits than any product of a recorded value and a factor has
SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SUPERSCRIPT_POWER: Final = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_POWER: Final = re.compile(r"(?:[xX×*])?(?<![0-9.])10(?:\^|\\S\\|\*\*|\*|[eE]\+?)0?([0-9]{1,2})(?![0-9])")
# A power whose superscript was lost (109/L for 10⁹/L), or is parted by an x (10x3/uL).
_LOST_POWER: Final = re.compile(r"^[xX×*]?10[xX]?(3|6|9|12)(?=/)")
_LITRE: Final = re.compile(r"(/(?:100)?[dcmunμ]?)l(?![A-Za-z])")
_INTERNATIONAL: Final = re.compile(r"(?<![A-Za-z\[])([kmu]|log|Log|log10|Log10|lg)?I\.?U\.?(?![A-Za-z\]])")
_ANNOTATION: Final = re.compile(r"\{[^}]*\}")
_ARBITRARY: Final = re.compile(r"\[[^\]]*\]")
_EQUIVALENTS: Final = re.compile(r"(?<![A-Za-z])[kmun]?eq(?![A-Za-z])")
# A number that a unit is a multiple of; not the exponent of 10* or of a symbol (mm3, s-2).
_MULTIPLE: Final = re.compile(r"(?<![A-Za-z0-9*^])(?<![A-Za-z]-)[0-9]+")
_POWER_OF_TEN: Final = re.compile(r"10*")
_PHYSICAL: Final = {"[Hg]", "[H2O]"}  # brackets that name a quantity of physics, not an arbitrary unit
_FRACTIONS: Final = frozenset({"1", "{fraction}"})
_LONGEST: Final = 50


# --- spellings --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def normalise(spelling: str) -> str | None:
    """The UCUM unit that a recorded unit means; None if it means none, or could mean two."""
    text = "".join(spelling.split())
    if not text or len(text) > _LONGEST:
        return None
    exact, folded, either, known = _spellings()
    for written in (text, _rewritten(text)):
        if written in either:
            return None
        if written in exact:
            return exact[written]
        if written in known:
            return written
        if written in (written.upper(), written.lower()) and written.lower() in folded:
            return folded[written.lower()]
    written = _rewritten(text)
    return written if is_ucum(written) else None


def is_ucum(unit: str) -> bool:
    """Whether this is a UCUM unit as it stands. Case counts; `{...}` alone is one."""
    if unit in _spellings()[3]:
        return True
    return _is_ucum(unit)


def _rewritten(text: str) -> str:
    text = text.replace("µ", "u").replace("μ", "u").replace("mcL", "uL").replace("mcl", "uL")
    text = _SUPERSCRIPT_POWER.sub(lambda match: "10*" + match[1].translate(SUPERSCRIPTS), text)
    text = _LOST_POWER.sub(r"10*\1", _POWER.sub(r"10*\1", text.translate(SUPERSCRIPTS)))
    text = _LITRE.sub(r"\1L", text).replace("[iU]", "[IU]")
    return _INTERNATIONAL.sub(lambda match: f"{match[1] or ''}[IU]", text)


@lru_cache(maxsize=1)
def _spellings() -> tuple[dict[str, str], dict[str, str], dict[str, list[str]], frozenset[str]]:
    """Spelling -> unit; small letters -> unit; spelling -> the units it could be; the UCUM units of our tables."""
    exact: dict[str, str] = {}
    folded: dict[str, set[str]] = {}
    either: dict[str, list[str]] = {}
    units: set[str] = set()
    for line in _lines("unit_spellings.txt"):
        unit, *spellings = line
        if unit == "?":
            meant, written = spellings[: spellings.index("=")], spellings[spellings.index("=") + 1 :]
            either.update(dict.fromkeys(written, meant))
            continue
        units.add(unit)
        for spelling in (unit, *spellings):
            exact[spelling] = unit
            folded.setdefault(spelling.lower(), set()).add(unit)
    for canonical, given in _table():
        units.update((canonical, given))
        folded.setdefault(given.lower(), set()).add(given)
        folded.setdefault(canonical.lower(), set()).add(canonical)
    single = {letters: next(iter(found)) for letters, found in folded.items() if len(found) == 1}
    return exact, single, either, frozenset(units)


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, str], Decimal]:
    """(to, from) -> factor."""
    return {(canonical, given): Decimal(factor) for canonical, given, factor in _lines("unit_factors.txt")}


def _lines(name: str) -> list[list[str]]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [words for line in text.splitlines() if not line.startswith("#") and (words := line.split())]


# --- conversion -------------------------------------------------------------------------------------------------------


def convert(value: Decimal, unit: str, concept: Concept, code: Code | None = None) -> Decimal | None:
    """The value in the concept's canonical unit; None where that would be a guess.

    `unit` is a UCUM code or a recorded spelling of one. `code`, the code that the result was recorded with, may say
    which factor holds (urea is not urea nitrogen). A fraction must lie between 0 and 1.
    """
    if concept.unit is None or (code is not None and ("scale", "log10") in code.facets):
        return None
    found = normalise(unit) or _of_the_quantity(unit, concept)
    if found is None:
        return None
    if found in _FRACTIONS and concept.unit == "%" and not 0 <= value <= 1:
        return None
    if found in _FRACTIONS and concept.unit in _FRACTIONS:
        return value
    factor = _factor(found, concept, code)
    return None if factor is None else EXACT.multiply(value, factor)


def _of_the_quantity(spelling: str, concept: Concept) -> str | None:
    """Of the units that a spelling could be, the one that the concept can be measured in; None if it is not one."""
    meant = [unit for unit in _spellings()[2].get(spelling, ()) if _factor(unit, concept, None) is not None]
    return meant[0] if len(meant) == 1 else None


def factor_to(unit: str, concept: Concept) -> Decimal | None:
    """What a value in `unit` is multiplied by to be in the concept's unit; None where there is no such number."""
    found = normalise(unit)
    return None if found is None or concept.unit is None else _factor(found, concept, None)


def _factor(unit: str, concept: Concept, code: Code | None) -> Decimal | None:
    canonical = concept.unit
    assert canonical is not None
    for given, factor in code.factors if code is not None else ():
        if given == unit:
            return factor
    if unit in concept.factors:
        return concept.factors[unit]
    if unit == canonical:
        return Decimal(1)
    known = _table().get((canonical, unit))
    if known is not None:
        return known
    return _ucum_factor(unit, canonical) or _molar_factor(unit, canonical, concept.molar_mass)


def _molar_factor(unit: str, canonical: str, molar_mass: Decimal | None) -> Decimal | None:
    """From an amount of substance per volume to a mass per volume, or back, by the analyte's molar mass in g/mol."""
    if molar_mass is None:
        return None
    moles, mass = _ucum_factor(unit, "mol/L"), _ucum_factor("g/L", canonical)
    if moles is not None and mass is not None:
        return EXACT.multiply(EXACT.multiply(moles, molar_mass), mass)
    mass, moles = _ucum_factor(unit, "g/L"), _ucum_factor("mol/L", canonical)
    if moles is not None and mass is not None:
        return EXACT.divide(EXACT.multiply(mass, moles), molar_mass)
    return None


# --- the UCUM library -------------------------------------------------------------------------------------------------


def load_library() -> None:
    """Loads now what the first unit that no table knows would need: a second, and some 35 MB."""
    _registry()
    _library().get_ucum_parser()


@lru_cache(maxsize=1)
def _registry() -> Any:
    return _library().PintUcumRegistry(non_int_type=Decimal)


def _library() -> ModuleType:
    return import_module("ucumvert")  # 0.15 s, and its registry 0.4 s


@lru_cache(maxsize=4096)
def _is_ucum(unit: str) -> bool:
    from lark.exceptions import LarkError

    try:
        _library().get_ucum_parser().parse(unit)
    except LarkError:
        return False
    return "+" not in unit  # the parser accepts 10+3, which UCUM does not


@lru_cache(maxsize=4096)
def _ucum_factor(unit: str, canonical: str) -> Decimal | None:
    """By UCUM's definitions. Refused: what UCUM calls commensurable without its being the same clinical quantity.

    Arbitrary units ([IU]) and annotations ({copies}, {1.73_m2}) must be the same on both sides; equivalents need a
    valence; pure numbers (%, 10*-4, [ppm]) need the concept to say what they are parts of; a multiple of a unit must be
    a power of ten, for others (104/uL, 10.9/L) are what is left of one; offsets (Cel) are refused.
    """
    if unit == canonical:
        return Decimal(1)
    if not _same_kind(unit, canonical):
        return None
    import pint
    from lark.exceptions import LarkError

    registry = _registry()
    try:
        given, wanted = registry.from_ucum(unit), registry.from_ucum(canonical)
        if given.dimensionless or given.dimensionality != wanted.dimensionality:
            return None
        one, two = (registry.Quantity(Decimal(n), given.units).to(wanted.units).magnitude for n in (1, 2))
        scale = Decimal(given.magnitude) / Decimal(wanted.magnitude)
        if abs(two - 2 * one) > abs(one) * Decimal("1e-9"):
            return None
        return _tidy(Decimal(one) * scale)
    except (LarkError, pint.PintError, AttributeError, TypeError, ArithmeticError, InvalidOperation, ValueError):
        return None


def _same_kind(unit: str, canonical: str) -> bool:
    if sorted(_ANNOTATION.findall(unit)) != sorted(_ANNOTATION.findall(canonical)):
        return False
    if not all(map(_POWER_OF_TEN.fullmatch, _MULTIPLE.findall(_ARBITRARY.sub("", _ANNOTATION.sub("", unit))))):
        return False
    arbitrary = [sorted(set(_ARBITRARY.findall(text)) - _PHYSICAL) for text in (unit, canonical)]
    return arbitrary[0] == arbitrary[1] and not any(_EQUIVALENTS.search(text) for text in (unit, canonical))


def _tidy(factor: Decimal) -> Decimal:
    """Without the last digits, in which the library's binary constants leave their rounding."""
    return factor.normalize(Context(prec=15))
