"""Finding files as they are written to findings as they are evaluated."""

from __future__ import annotations

from trialsieve.rules.atom import SCREENING
from trialsieve.rules.errors import Problem
from trialsieve.rules.finding import Finding
from trialsieve.rules.grammar_files import FindingFile
from trialsieve.rules.known_names import Known, NameCheck
from trialsieve.rules.translate_atoms import AtomTranslator
from trialsieve.rules.translate_examples import ExampleTranslator
from trialsieve.rules.translate_logic import LogicChecker, logic_of, review_when_of
from trialsieve.rules.yaml_source import Faults, SourceFile


def finding_of(source: SourceFile, syntax: FindingFile, known: Known, problems: list[Problem]) -> Finding:
    """A finding file's model. Faults are added to `problems`."""
    faults = Faults(source, problems)
    names = NameCheck(known, [SCREENING], faults)
    translator, examples = AtomTranslator(names, faults), ExampleTranslator(names, faults)
    atoms = translator.atoms(syntax.atoms, ("atoms",))
    checker = LogicChecker(faults, {atom.id: True for atom in syntax.atoms})
    named = checker.check(syntax.true_when, ("true_when",), deciding=True)
    if syntax.false_when is not None:
        named |= checker.check(syntax.false_when, ("false_when",), deciding=True)
    for index, case in enumerate(syntax.suspicions):
        named |= checker.check(case.condition, ("suspicions", index, "condition"), deciding=False)
    named |= translator.conditions(syntax.atoms, ("atoms",), checker)
    for index, name in enumerate(syntax.date_from or []):
        checker.check(name, ("date_from", index), deciding=False)
    for index, atom in enumerate(syntax.atoms):
        if atom.id not in named:
            hint = "name it in true_when, or drop it"
            faults.report(("atoms", index, "id"), f"nothing uses the atom '{atom.id}'", hint)
        for key in ("quote", "helper", "role"):
            if getattr(atom, key) is not None:
                hint = "it stands for no sentence"
                faults.report(("atoms", index, key), f"an atom of a finding has no '{key}'", hint)
    return Finding(
        id=syntax.finding,
        title=syntax.title,
        atoms=atoms,
        true_when=logic_of(syntax.true_when),
        false_when=None if syntax.false_when is None else logic_of(syntax.false_when),
        suspicions=review_when_of(syntax.suspicions),
        date_from=tuple(syntax.date_from or ()),
        date_is=syntax.date_is,
        assumes=syntax.assumes or "",
        examples=examples.examples(syntax.examples, ("examples",)),
        never=examples.never(syntax.never, syntax.examples, ()),
        path=source.path,
        line=source.line(("finding",)),
    )
