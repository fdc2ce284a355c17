"""Whether a trial's rules cover the registry's text: every sentence, every criterion, every atom, every concept.

The rules are held against `inventory/` (see `inventory_files.py`), which names what the text holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from trialsieve.rules.coverage_concepts import ConceptCheck, concept_use
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem
from trialsieve.rules.grammar_atoms import AtomSyntax, JudgementAtom, UnresolvedAtom
from trialsieve.rules.grammar_files import AsideSyntax, CriterionSyntax, TrialFile
from trialsieve.rules.inventory_files import (
    AtomEntry,
    AtomRole,
    Computability,
    CriterionEntry,
    Inventory,
    Section,
    TrialInventory,
)
from trialsieve.rules.loader import Reading
from trialsieve.rules.logic_equivalence import is_same_logic
from trialsieve.rules.registry_text import shortened, squeezed
from trialsieve.rules.sentences import SectionError, account
from trialsieve.rules.trial import Criterion, Trial
from trialsieve.rules.yaml_source import Location, SourceFile


def problems_of(reading: Reading, inventory: Inventory, texts: Mapping[str, str]) -> list[Problem]:
    """Everything in which the trials differ from the inventory, sorted by place.

    `texts` are the registry texts by file name. Trials that the inventory does not know are told; trials of it that are
    not among the rules are not (`missing_trials`).
    """
    concepts = ConceptCheck(inventory, reading.book)
    problems: list[Problem] = []
    for source, syntax in reading.trials:
        entry = inventory.trials.get(syntax.trial)
        if entry is None:
            hint = did_you_mean(syntax.trial, inventory.trials)
            problems.append(source.problem(("trial",), f"the inventory has no trial '{syntax.trial}'", hint))
            continue
        trial = reading.book.trials[syntax.trial]
        check = _TrialCheck(source, syntax, trial, entry, inventory, concepts, problems)
        check.run(texts.get(syntax.source.file, ""), inventory.sections[syntax.trial])
    problems += concepts.idle_exceptions()
    return sorted(set(problems))


def missing_trials(reading: Reading, inventory: Inventory) -> list[str]:
    """The trials of the inventory for which there is no rule file."""
    present = {syntax.trial for _, syntax in reading.trials}
    return [name for name in inventory.trials if name not in present]


@dataclass(slots=True)
class _TrialCheck:
    source: SourceFile
    syntax: TrialFile
    trial: Trial
    entry: TrialInventory
    inventory: Inventory
    concepts: ConceptCheck
    problems: list[Problem] = field(repr=False)

    def run(self, text: str, section: Section) -> None:
        self._head()
        self._cohorts()
        by_id = {criterion.id: index for index, criterion in enumerate(self.syntax.criteria)}
        for name, entry in self.entry.criteria.items():
            if name not in by_id:
                self._tell(("criteria",), f"the criterion {name} is missing: '{shortened(entry.text)}'")
                continue
            index = by_id[name]
            self._criterion(entry, self.syntax.criteria[index], self.trial.criteria[index], ("criteria", index))
        for name, index in by_id.items():
            if name not in self.entry.criteria:
                self._tell(("criteria", index, "id"), f"the inventory has no criterion {name}")
        self._sentences(text, section, by_id)

    def _tell(self, where: Location, message: str, hint: str = "") -> None:
        self.problems.append(self.source.problem(where, message, hint))

    def _differs(self, where: Location, what: str, given: object, expected: object) -> None:
        if given != expected:
            self._tell(where, f"{what} is {given}, but {expected} in the inventory")

    # --- the trial's head ---------------------------------------------------------------------------------------------

    def _head(self) -> None:
        if self.syntax.source.sha256 != self.entry.source.sha256:
            hint = "read what changed, then build the inventory anew"
            message = f"the inventory was made from another text, SHA-256 {self.entry.source.sha256}"
            self._tell(("source", "sha256"), message, hint)
        self._differs(("source", "file"), "the source", self.syntax.source.file, self.entry.source.file)
        exceptions = self.inventory.exceptions.anchors_too
        more = {name for each in exceptions if each.trial == self.entry.trial for name in each.anchors}
        for key, too in (("stages", set[str]()), ("anchors", more)):
            given, expected = getattr(self.syntax, key), {*getattr(self.entry, key), *too}
            self._differs((key,), f"the list of {key}", ", ".join(sorted(given)), ", ".join(sorted(expected)))

    def _cohorts(self) -> None:
        given = {cohort.id: index for index, cohort in enumerate(self.syntax.cohorts)}
        expected = ", ".join(sorted(self.entry.cohorts))
        self._differs(("cohorts",), "the list of cohorts", ", ".join(sorted(given)), expected)
        for name, entry in self.entry.cohorts.items():
            if name not in given:
                continue
            where: Location = ("cohorts", given[name])
            syntax, gate = self.syntax.cohorts[given[name]].gate, self.trial.cohorts[given[name]].gate
            if syntax is None or gate is None or entry is None:
                if (syntax is None) != (entry is None):
                    self._tell(where, f"the cohort {name} {'lacks its gate' if entry else 'has a gate too many'}")
                continue
            self._quote(entry, syntax.quote, (*where, "gate"))
            self.problems += self.concepts.problems(
                entry.element, concept_use(gate, None, (), self.concepts.book), self.source, (*where, "gate")
            )

    # --- criteria and atoms -------------------------------------------------------------------------------------------

    def _criterion(self, entry: CriterionEntry, syntax: CriterionSyntax, criterion: Criterion, where: Location) -> None:
        for key in ("kind", "stage", "cohort"):
            self._differs((*where, key), f"the {key} of {syntax.id}", getattr(syntax, key), getattr(entry, key))
        if squeezed(syntax.text) != squeezed(entry.text):
            self._tell((*where, "text"), f"the text of {syntax.id} is '{shortened(entry.text)}' in the inventory")
        self._logic(entry, syntax, criterion, where)
        atoms = {atom.id: index for index, atom in enumerate(syntax.atoms)}
        asides = {aside.id: index for index, aside in enumerate(syntax.asides)}
        for name, atom in entry.atoms.items():
            if name in atoms:
                here = (*where, "atoms", atoms[name])
                self._atom(atom, syntax.atoms[atoms[name]], here)
                use = concept_use(criterion.atoms[atoms[name]], criterion, entry.atoms, self.concepts.book)
                self.problems += self.concepts.problems(atom.element, use, self.source, here)
            elif name in asides:
                self._aside(atom, syntax.asides[asides[name]], criterion, (*where, "asides", asides[name]))
            else:
                self._tell((*where, "id"), f"the atom {name} of {syntax.id} is missing: '{shortened(atom.quote)}'")
        self._further(entry, syntax, where)

    def _logic(self, entry: CriterionEntry, syntax: CriterionSyntax, criterion: Criterion, where: Location) -> None:
        if entry.readings and syntax.readings is None:
            hint = "write both down under 'readings'; an amendment releases it"
            self._tell((*where, "id"), f"{syntax.id} can be read in two ways and has no 'readings'", hint)
            return
        place = f"{self.syntax.trial}#{syntax.id}"
        if any(place == each.criterion for each in self.inventory.exceptions.other_logic):
            return
        given = [logic for _, logic in criterion.readings]
        if not given and criterion.logic is not None:
            given = [criterion.logic]
        for words in entry.logics:
            if not any(is_same_logic(words, logic) for logic in given):
                key = "logic" if syntax.readings is None else "readings"
                hint = "or say why in exceptions.yaml under other_logic"
                self._tell((*where, key), f"the logic of {syntax.id} is '{words}' in the inventory", hint)

    def _atom(self, entry: AtomEntry, syntax: AtomSyntax, where: Location) -> None:
        self._quote(entry, syntax.quote, where)
        if entry.role is AtomRole.HINT:
            if syntax.role != "hint":
                self._tell(where, f"{syntax.id} is a hint and must not decide", "role: hint")
        elif not syntax.is_operand and entry.role not in {AtomRole.CARVE_OUT, AtomRole.ALLOWANCE}:
            self._tell(where, f"{syntax.id} must take part in the decision, but is only shown")
        if entry.role is AtomRole.UNRESOLVED and not isinstance(syntax, UnresolvedAtom):
            self._tell(where, f"{syntax.id} stands for words that are cut off or lost", "unresolved: truncated")
        if entry.computability is Computability.COMPUTABLE and isinstance(syntax, JudgementAtom | UnresolvedAtom):
            self._tell(where, f"{syntax.id} can be computed, but is left to a person")

    def _quote(self, entry: AtomEntry, quote: str | None, where: Location) -> None:
        if quote is None or squeezed(quote) != squeezed(entry.quote):
            self._tell((*where, "quote"), f"the quote is '{shortened(entry.quote)}' in the inventory")

    def _aside(self, entry: AtomEntry, syntax: AsideSyntax, criterion: Criterion, where: Location) -> None:
        self._quote(entry, syntax.quote, where)
        if entry.role != syntax.role.value:
            role = "an ordinary atom" if entry.role is None else f"a {entry.role.value}"
            self._tell((*where, "role"), f"{syntax.id} is {role} in the inventory")
        of = next((atom for atom in criterion.atoms if atom.id == syntax.of), None)
        if entry.role is AtomRole.CARVE_OUT and of is not None:
            self.problems += self.concepts.carve_out(entry.element, of, self.source, where)

    def _further(self, entry: CriterionEntry, syntax: CriterionSyntax, where: Location) -> None:
        """Atoms that quote the sentence beyond those of the inventory."""
        place = f"{self.syntax.trial}#{syntax.id}"
        allowed = {
            name for each in self.inventory.exceptions.atoms_too if each.criterion == place for name in each.atoms
        }
        for index, atom in enumerate(syntax.atoms):
            if atom.quote is not None and atom.id not in entry.atoms and atom.id not in allowed:
                hint = "label it with 'helper', or say why in exceptions.yaml under atoms_too"
                self._tell((*where, "atoms", index, "id"), f"the inventory has no atom {atom.id} of {syntax.id}", hint)
        for index, aside in enumerate(syntax.asides):
            if aside.id not in entry.atoms:
                where_aside = (*where, "asides", index, "id")
                self._tell(where_aside, f"the inventory has no atom {aside.id} of {syntax.id}")

    # --- the registry's text ------------------------------------------------------------------------------------------

    def _sentences(self, text: str, section: Section, by_id: Mapping[str, int]) -> None:
        try:
            found = account(text, section, {criterion.id: criterion.text for criterion in self.syntax.criteria})
        except SectionError as error:
            self._tell(("source", "file"), f"{error}", "correct sections.yaml")
            return
        path = str(PurePosixPath(self.source.path).parent.parent / "sources" / self.syntax.source.file)
        hint = "write a criterion, or say in sections.yaml why it is none"
        for sentence in found.sentences:
            if sentence.missing:
                message = f"no criterion accounts for '{shortened(sentence.missing)}'"
                self.problems.append(Problem(path, sentence.line, sentence.column, message, hint))
        for name in found.not_found:
            message = f"the text of {name} is not in the eligibility section, or stands for another criterion already"
            self._tell(("criteria", by_id[name], "text"), message)
        for heading in found.headings_not_found:
            message = f"sections.yaml lists '{shortened(heading)}', which is not in the eligibility section"
            self._tell(("source", "file"), message)
        for entry in section.besides:
            if entry.by is not None and entry.by not in by_id:
                self._tell(("criteria",), f"sections.yaml relies on {entry.by} for '{shortened(entry.text)}'")
