"""Atoms of a criterion or finding as they are written to atoms as they are evaluated; what they name is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trialsieve.rules.atom import Atom
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.facets import facet_fault
from trialsieve.rules.grammar_atom_tests import MeasurementTest, OnRecordTest, ResultTest
from trialsieve.rules.grammar_atoms import AtomSyntax, ReadingsAtom, SameResourceAtom
from trialsieve.rules.known_names import NameCheck
from trialsieve.rules.logic_order import atoms_read, in_reading_order
from trialsieve.rules.translate_atom_tests import AtomTestTranslator
from trialsieve.rules.translate_logic import LogicChecker, logic_of, review_when_of
from trialsieve.rules.vocabulary import AbsenceRule
from trialsieve.rules.yaml_source import Faults, Location


class AtomTranslator:
    """Translates the atoms of one file. Where something is at fault, the atom is made of what is left."""

    def __init__(self, names: NameCheck, faults: Faults) -> None:
        self._names = names
        self._faults = faults
        self._tests = AtomTestTranslator(names, faults)

    def atoms(self, syntaxes: Sequence[AtomSyntax], location: Location) -> tuple[Atom, ...]:
        """All atoms of a criterion or finding."""
        by_id: dict[str, AtomSyntax] = {}
        for index, syntax in enumerate(syntaxes):
            if syntax.id in by_id:
                self._faults.report((*location, index, "id"), f"there are two atoms '{syntax.id}'")
            by_id.setdefault(syntax.id, syntax)
        for index, syntax in enumerate(syntaxes):
            self._refers(syntax, by_id, (*location, index))
        atoms = tuple(self.atom(syntax, (*location, index)) for index, syntax in enumerate(syntaxes))
        self._cycle(atoms, location)
        return atoms

    def atom(self, syntax: AtomSyntax, location: Location) -> Atom:
        return Atom(
            id=syntax.id,
            test=self._tests.test(syntax, location),
            quote=syntax.quote or "",
            absent=syntax.absent,
            absence=syntax.absence if isinstance(syntax, OnRecordTest) else AbsenceRule.UNKNOWN,
            presume_unless=self._presume_unless(syntax, location),
            applies_to=syntax.applies_to,
            when=None if syntax.when is None else logic_of(syntax.when),
            review_when=review_when_of(syntax.review_when),
            operand=syntax.is_operand,
            note=syntax.note or syntax.helper or "",
            line=self._faults.source.line(location),
        )

    def _presume_unless(self, syntax: AtomSyntax, location: Location) -> str | None:
        if not isinstance(syntax, OnRecordTest) or syntax.presume_unless is None:
            return None
        self._names.findings([syntax.presume_unless], (*location, "presume_unless"))
        return syntax.presume_unless

    def conditions(self, syntaxes: Sequence[AtomSyntax], location: Location, checker: LogicChecker) -> set[str]:
        """Check `when` and `review_when` of atoms; the atoms that these and their tests name."""
        named: set[str] = set()
        for index, syntax in enumerate(syntaxes):
            where = (*location, index)
            if syntax.when is not None:
                named |= checker.check(syntax.when, (*where, "when"), deciding=False)
            for number, case in enumerate(syntax.review_when):
                condition = (*where, "review_when", number, "condition")
                named |= checker.check(case.condition, condition, deciding=False, may_use={"not_true"})
            named |= {name for _, name in references(syntax)}
        return named

    def _refers(self, syntax: AtomSyntax, others: Mapping[str, AtomSyntax], location: Location) -> None:
        """Check the atoms that a test names: each is decided by resources, and these can have the facet asked for."""
        for key, name in references(syntax):
            other = self._decided_by_resource(name, others, (*location, *key))
            if other is None or not isinstance(syntax, SameResourceAtom):
                continue
            names = [
                name for kind in ("measurement", "result", "recorded", "negated") for name in getattr(other, kind, ())
            ]
            known = self._names.known.concepts
            concepts = [known[name] for name in names if name in known]
            for value in syntax.in_ or syntax.not_in or ():
                fault = facet_fault(syntax.facet or "", value, concepts)
                if fault is not None:
                    self._faults.report((*location, "facet"), *fault)
                    break

    def _decided_by_resource(
        self, name: str, others: Mapping[str, AtomSyntax], location: Location
    ) -> AtomSyntax | None:
        other = others.get(name)
        if other is None:
            hint = did_you_mean(name, others) or f"the atoms here: {', '.join(others)}"
            self._faults.report(location, f"there is no atom '{name}'", hint)
            return None
        same_as_another = location[-1] == "not_older_than" and isinstance(other, SameResourceAtom)
        if not same_as_another and not isinstance(other, (MeasurementTest, ResultTest, OnRecordTest)):
            hint = "name a measurement, a result or something recorded"
            self._faults.report(location, f"'{other.id}' is not decided by a resource", hint)
            return None
        return other

    def _cycle(self, atoms: Sequence[Atom], location: Location) -> None:
        _, cycle = in_reading_order({atom.id: tuple(atoms_read(atom)) for atom in atoms})
        if cycle:
            index = next(index for index, atom in enumerate(atoms) if atom.id == cycle[0])
            path = " -> ".join(cycle)
            self._faults.report((*location, index), f"these atoms read each other in a circle: {path}")


def references(syntax: AtomSyntax) -> Iterable[tuple[Location, str]]:
    """The other atoms that an atom's test names, each with the key that names it."""
    tests: list[tuple[Location, object]] = [((), syntax)]
    if isinstance(syntax, ReadingsAtom):
        tests += [(("readings", name), test) for name, test in syntax.readings.items()]
    for where, test in tests:
        for key in ("same_resource_as", "at_time_of", "not_older_than"):
            name = getattr(test, key, None)
            if isinstance(name, str):
                yield (*where, key), name
