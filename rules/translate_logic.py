"""Logic as it is written to logic as it is evaluated, and where in the file each part of it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.grammar_logic import All, AnyOne, AtLeastSome, Evidence, Negation, NotKnownTrue, ReviewWhenSyntax
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, ReviewWhen, UnlessShown
from trialsieve.rules.yaml_source import Faults, Location


def logic_of(syntax: Any) -> Logic:
    """A `LogicSyntax` (an atom's id or one of the combinations) as the model's logic."""
    match syntax:
        case str():
            return AtomRef(syntax)
        case All():
            return AllOf(tuple(logic_of(part) for part in syntax.all))
        case AnyOne():
            return AnyOf(tuple(logic_of(part) for part in syntax.any))
        case Negation():
            return Not(logic_of(syntax.not_))
        case AtLeastSome():
            return AtLeast(syntax.at_least.count, tuple(logic_of(part) for part in syntax.at_least.of))
        case NotKnownTrue():
            return NotTrue(logic_of(syntax.not_true))
        case Evidence():
            return UnlessShown(logic_of(syntax.unless_shown))
    raise TypeError(f"not logic: {syntax!r}")


def review_when_of(cases: Sequence[ReviewWhenSyntax]) -> tuple[ReviewWhen, ...]:
    return tuple(ReviewWhen(case.says, case.reason, logic_of(case.condition)) for case in cases)


def parts_of(syntax: Any, location: Location) -> Iterator[tuple[Any, Location]]:
    """Every part of a logic, itself included, with its location."""
    yield syntax, location
    inner: list[tuple[Any, Location]]
    match syntax:
        case All():
            inner = [(part, ("all", index)) for index, part in enumerate(syntax.all)]
        case AnyOne():
            inner = [(part, ("any", index)) for index, part in enumerate(syntax.any)]
        case AtLeastSome():
            inner = [(part, ("at_least", "of", index)) for index, part in enumerate(syntax.at_least.of)]
        case Negation():
            inner = [(syntax.not_, ("not",))]
        case NotKnownTrue():
            inner = [(syntax.not_true, ("not_true",))]
        case Evidence():
            inner = [(syntax.unless_shown, ("unless_shown",))]
        case _:
            inner = []
    for part, steps in inner:
        yield from parts_of(part, (*location, *steps))


class LogicChecker:
    """Checks each logic of one criterion or finding against the atoms that it has; notes which atoms are named."""

    def __init__(self, faults: Faults, atoms: Mapping[str, bool]) -> None:
        """`atoms`: id -> whether the atom may decide (helpers and hints may not)."""
        self._faults = faults
        self._atoms = atoms

    def check(
        self,
        syntax: Any,
        location: Location,
        *,
        deciding: bool,
        may_use: Collection[str] = (),
    ) -> set[str]:
        """Report what is wrong with a logic; the atoms it names. `may_use`: not_true, unless_shown, if allowed here."""
        named: set[str] = set()
        for part, where in parts_of(syntax, location):
            if isinstance(part, NotKnownTrue) and "not_true" not in may_use:
                hint = "anywhere else it would turn missing data into an answer"
                self._faults.report(
                    (*where, "not_true"), "'not_true' can only be used in conditions of review_when", hint
                )
            elif isinstance(part, Evidence) and "unless_shown" not in may_use:
                hint = "there, missing evidence can only keep the criterion open"
                self._faults.report(
                    (*where, "unless_shown"), "'unless_shown' can only be used in an exclusion's logic", hint
                )
            elif isinstance(part, str):
                named.add(part)
                if part not in self._atoms:
                    hint = did_you_mean(part, self._atoms) or f"the atoms here: {', '.join(self._atoms)}"
                    self._faults.report(where, f"there is no atom '{part}'", hint)
                elif deciding and not self._atoms[part]:
                    self._faults.report(where, f"'{part}' is a helper or hint and cannot decide", "give it a 'quote'")
        return named
