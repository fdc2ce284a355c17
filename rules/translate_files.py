"""Trial and finding files to the model, with the checks that need more than one place of a file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trialsieve.rules.atom import SCREENING, UNSTATED, Atom
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem
from trialsieve.rules.facets import facet_fault
from trialsieve.rules.finding import Finding
from trialsieve.rules.grammar_atoms import AtomSyntax
from trialsieve.rules.grammar_examples import ExampleSyntax, Never
from trialsieve.rules.grammar_files import AmendmentSyntax, CriterionSyntax, FindingFile, TrialFile
from trialsieve.rules.logic import Logic
from trialsieve.rules.logic_order import atoms_read, in_reading_order
from trialsieve.rules.registry_text import comparable
from trialsieve.rules.translate_atoms import AtomTranslator, Known, references
from trialsieve.rules.translate_logic import LogicChecker, logic_of, review_when_of
from trialsieve.rules.trial import Amendment, Aside, Cohort, Criterion, Trial
from trialsieve.rules.vocabulary import CriterionKind
from trialsieve.rules.worked_example import Example, GivenFact
from trialsieve.rules.yaml_source import Location, SourceFile


class _FileTranslator:
    """What trial and finding files have in common: atoms, their logic, and examples."""

    def __init__(self, source: SourceFile, known: Known, anchors: Sequence[str], problems: list[Problem]) -> None:
        self.source = source
        self.known = known
        self.anchors = anchors
        self.problems = problems
        self.atom_translator = AtomTranslator(source, known, anchors, problems)

    def report(self, location: Location, message: str, hint: str = "") -> None:
        self.problems.append(self.source.problem(location, message, hint))

    def line(self, location: Location) -> int:
        return self.source.position(location)[0]

    def atoms(self, syntaxes: Sequence[AtomSyntax], location: Location) -> tuple[Atom, ...]:
        by_id: dict[str, AtomSyntax] = {}
        for index, syntax in enumerate(syntaxes):
            if syntax.id in by_id:
                self.report((*location, index, "id"), f"there are two atoms '{syntax.id}'")
            by_id.setdefault(syntax.id, syntax)
        for index, syntax in enumerate(syntaxes):
            self.atom_translator.refers(syntax, by_id, (*location, index))
        return tuple(self.atom_translator.atom(syntax, (*location, index)) for index, syntax in enumerate(syntaxes))

    def conditions(self, syntaxes: Sequence[AtomSyntax], location: Location, checker: LogicChecker) -> set[str]:
        """Check `when` and `review_when` of atoms; the atoms that these name."""
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

    def cycle(self, atoms: Sequence[Atom], location: Location) -> None:
        _, cycle = in_reading_order({atom.id: tuple(atoms_read(atom)) for atom in atoms})
        if cycle:
            index = next(index for index, atom in enumerate(atoms) if atom.id == cycle[0])
            path = " -> ".join(cycle)
            self.report((*location, index), f"these atoms read each other in a circle: {path}")

    def examples(self, syntaxes: Sequence[ExampleSyntax], location: Location) -> tuple[Example, ...]:
        return tuple(self._example(syntax, (*location, index)) for index, syntax in enumerate(syntaxes))

    def _example(self, syntax: ExampleSyntax, location: Location) -> Example:
        given = [
            self._given(fact.model_dump(exclude_unset=True, mode="json"), (*location, "given", index))
            for index, fact in enumerate(syntax.given)
        ]
        for name in syntax.anchors:
            where = (*location, "anchors", name)
            if name in {SCREENING, UNSTATED}:
                hint = "it is the as-of date" if name == SCREENING else "the registry names none, so it stays open"
                self.report(where, f"the anchor '{name}' cannot be given a day", hint)
            elif name not in self.anchors:
                declared = [each for each in self.anchors if each not in {SCREENING, UNSTATED}]
                hint = did_you_mean(name, declared) or "declare it in the trial's 'anchors'"
                self.report(where, f"the anchor '{name}' is not declared", hint)
        return Example(
            name=syntax.name,
            given=tuple(given),
            expect=syntax.expect,
            reasons=tuple(syntax.reasons),
            absence=syntax.absence,
            line=self.line(location),
            anchors=dict(syntax.anchors),
        )

    def _given(self, values: Mapping[str, Any], location: Location) -> GivenFact:
        for key in ("concept", "unreadable_concept"):
            name = values.get(key)
            if name is not None and name not in self.known.concept_ids:
                hint = did_you_mean(name, self.known.concept_ids)
                self.report((*location, key), f"there is no concept '{name}'", hint)
        if "attests" in values:
            self._attested(str(values["attests"]), (*location, "attests"))
        concept = self.known.concepts.get(values.get("concept", ""))
        for facet, value in (values.get("facets") or {}).items():
            fault = facet_fault(facet, value, [concept]) if concept is not None else None
            if fault is not None:
                self.report((*location, "facets", facet), *fault)
        return GivenFact(values, self.line(location))

    def _attested(self, name: str, location: Location) -> None:
        """Check what an answer is said to answer."""

    def never(self, never: Never, examples: Sequence[ExampleSyntax], location: Location) -> dict[str, str]:
        for index, example in enumerate(examples):
            if example.expect in never:
                where = (*location, "examples", index, "expect")
                self.report(where, f"expects {example.expect}, which 'never' says cannot be")
        return {str(outcome): why for outcome, why in never.items()}


# --- findings ---------------------------------------------------------------------------------------------------------


def finding_of(source: SourceFile, syntax: FindingFile, known: Known, problems: list[Problem]) -> Finding:
    """A finding file's model. Faults are added to `problems`."""
    file = _FileTranslator(source, known, [SCREENING], problems)
    atoms = file.atoms(syntax.atoms, ("atoms",))
    checker = LogicChecker(source, {atom.id: True for atom in syntax.atoms}, problems)
    named = checker.check(syntax.true_when, ("true_when",), deciding=True)
    if syntax.false_when is not None:
        named |= checker.check(syntax.false_when, ("false_when",), deciding=True)
    for index, case in enumerate(syntax.suspicions):
        named |= checker.check(case.condition, ("suspicions", index, "condition"), deciding=False)
    named |= file.conditions(syntax.atoms, ("atoms",), checker)
    for index, name in enumerate(syntax.date_from or []):
        checker.check(name, ("date_from", index), deciding=False)
    for index, atom in enumerate(syntax.atoms):
        if atom.id not in named:
            file.report(
                ("atoms", index, "id"), f"nothing uses the atom '{atom.id}'", "name it in true_when, or drop it"
            )
        for key in ("quote", "helper", "role"):
            if getattr(atom, key) is not None:
                file.report(("atoms", index, key), f"an atom of a finding has no '{key}'", "it stands for no sentence")
    file.cycle(atoms, ("atoms",))
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
        examples=file.examples(syntax.examples, ("examples",)),
        never=file.never(syntax.never, syntax.examples, ()),
        path=source.path,
        line=file.line(("finding",)),
    )


# --- trials -----------------------------------------------------------------------------------------------------------


class TrialTranslator(_FileTranslator):
    """Translates one trial file; `registry_text` is the text it was written from (None: missing, told elsewhere)."""

    def __init__(
        self,
        source: SourceFile,
        syntax: TrialFile,
        known: Known,
        registry_text: str | None,
        problems: list[Problem],
    ) -> None:
        super().__init__(source, known, list(dict.fromkeys([SCREENING, *syntax.anchors, UNSTATED])), problems)
        self.syntax = syntax
        self._registry_text = None if registry_text is None else comparable(registry_text)

    def trial(self) -> Trial:
        syntax = self.syntax
        self._unique([cohort.id for cohort in syntax.cohorts], "cohort", ("cohorts",), "id")
        self._unique(syntax.stages, "stage", ("stages",))
        self._anchors()
        self._unique([criterion.id for criterion in syntax.criteria], "criterion", ("criteria",), "id")
        return Trial(
            id=syntax.trial,
            title=syntax.title,
            version=syntax.version,
            effective=syntax.effective,
            source=syntax.source.file,
            source_sha256=syntax.source.sha256,
            source_url=syntax.source.url,
            cohorts=tuple(self._cohorts()),
            stages=tuple(syntax.stages),
            anchors=tuple(syntax.anchors),
            criteria=tuple(
                self._criterion(criterion, ("criteria", index)) for index, criterion in enumerate(syntax.criteria)
            ),
            registry_issues=tuple(syntax.registry_issues),
            path=self.source.path,
        )

    def _attested(self, name: str, location: Location) -> None:
        trial, _, place = name.partition("#")
        criterion, _, atom = place.partition(".")
        atoms = {each.id: [atom.id for atom in each.atoms] for each in self.syntax.criteria}
        if trial != self.syntax.trial or criterion not in atoms:
            hint = (
                did_you_mean(place, atoms)
                or f"write {self.syntax.trial}#I01, or one atom as {self.syntax.trial}#I01.a1"
            )
            self.report(location, f"this trial has no criterion '{name}'", hint)
        elif atom and atom not in atoms[criterion]:
            self.report(location, f"{criterion} has no atom '{atom}'", f"its atoms: {', '.join(atoms[criterion])}")

    def _anchors(self) -> None:
        anchors = self.syntax.anchors
        self._unique(anchors, "anchor", ("anchors",))
        if SCREENING not in anchors:
            hint = "it is the as-of date, before which a window lies that names no anchor"
            self.report(("anchors",), f"'{SCREENING}' is missing from the anchors", hint)
        if UNSTATED in anchors:
            hint = f"write 'anchor: {UNSTATED}' at a window for which the registry names none"
            self.report(("anchors", anchors.index(UNSTATED)), f"'{UNSTATED}' is no anchor of a trial", hint)

    def _cohorts(self) -> Iterable[Cohort]:
        for index, cohort in enumerate(self.syntax.cohorts):
            where: Location = ("cohorts", index, "gate")
            if cohort.gate is None:
                yield Cohort(cohort.id)
                continue
            if cohort.gate.quote is None:
                self.report(where, f"the gate of cohort {cohort.id} needs a 'quote' of the registry's text")
            else:
                self._verbatim(cohort.gate.quote, (*where, "quote"))
            if cohort.gate.when is not None or cohort.gate.review_when or any(references(cohort.gate)):
                self.report(where, "a gate is a single atom and cannot refer to others")
            yield Cohort(cohort.id, self.atom_translator.atom(cohort.gate, where))

    def _criterion(self, syntax: CriterionSyntax, location: Location) -> Criterion:
        self._declared(syntax.stage, "stage", self.syntax.stages, location)
        cohorts = [cohort.id for cohort in self.syntax.cohorts]
        self._declared(syntax.cohort, "cohort", [*cohorts, "all"], location)
        self._quotes(syntax, location, verbatim=self._verbatim(syntax.text, (*location, "text")))
        atoms = self.atoms(syntax.atoms, (*location, "atoms"))
        self._check_logic(syntax, location)
        self.cycle(atoms, (*location, "atoms"))
        readings = tuple((name, logic_of(logic)) for name, logic in (syntax.readings or {}).items())
        return Criterion(
            id=syntax.id,
            kind=syntax.kind,
            stage=syntax.stage,
            cohort=syntax.cohort,
            text=syntax.text,
            atoms=atoms,
            logic=self._chosen_logic(syntax, readings, location),
            readings=readings,
            amendment=_amendment(syntax.amendment),
            applies_to=syntax.applies_to,
            cautions=tuple(syntax.cautions),
            note=syntax.note,
            examples=self.examples(syntax.examples, (*location, "examples")),
            never=self.never(syntax.never, syntax.examples, location),
            asides=self._asides(syntax, location),
            line=self.line(location),
        )

    def _asides(self, syntax: CriterionSyntax, location: Location) -> tuple[Aside, ...]:
        atoms = [atom.id for atom in syntax.atoms]
        taken = list(atoms)
        for index, aside in enumerate(syntax.asides):
            where = (*location, "asides", index)
            if aside.id in taken:
                self.report((*where, "id"), f"'{aside.id}' is already an atom or aside of {syntax.id}")
            taken.append(aside.id)
            if aside.of not in atoms:
                self.report((*where, "of"), f"there is no atom '{aside.of}'", did_you_mean(aside.of, atoms))
            if comparable(aside.quote) not in comparable(syntax.text):
                hint = "a quote is a part of it, word by word"
                self.report((*where, "quote"), f"this quote is not in the text of {syntax.id}", hint)
        return tuple(Aside(aside.id, aside.quote, aside.role, aside.of, aside.note) for aside in syntax.asides)

    def _check_logic(self, syntax: CriterionSyntax, location: Location) -> None:
        checker = LogicChecker(self.source, {atom.id: atom.is_operand for atom in syntax.atoms}, self.problems)
        may_use = {"unless_shown"} if syntax.kind is CriterionKind.EXCLUSION else set()
        named: set[str] = set()
        if syntax.logic is not None:
            named |= checker.check(syntax.logic, (*location, "logic"), deciding=True, may_use=may_use)
        for name, logic in (syntax.readings or {}).items():
            named |= checker.check(logic, (*location, "readings", name), deciding=True, may_use=may_use)
        self.conditions(syntax.atoms, (*location, "atoms"), checker)
        for index, atom in enumerate(syntax.atoms):
            if atom.is_operand and atom.quote is not None and atom.id not in named:
                hint = "name it in the logic, or label it with 'helper' instead of 'quote'"
                self.report((*location, "atoms", index, "id"), f"the logic does not use the atom '{atom.id}'", hint)

    def _chosen_logic(
        self, syntax: CriterionSyntax, readings: Sequence[tuple[str, Logic]], location: Location
    ) -> Logic | None:
        if syntax.logic is not None:
            return logic_of(syntax.logic)
        if syntax.amendment is None:
            return None
        chosen = syntax.amendment.reading
        names = [name for name, _ in readings]
        if chosen not in names:
            hint = did_you_mean(chosen, names) or f"the readings: {', '.join(names)}"
            self.report((*location, "amendment", "reading"), f"there is no reading '{chosen}'", hint)
        return dict(readings).get(chosen)

    def _quotes(self, syntax: CriterionSyntax, location: Location, *, verbatim: bool) -> None:
        text = comparable(syntax.text)
        for index, atom in enumerate(syntax.atoms):
            where = (*location, "atoms", index)
            if atom.quote is None and atom.helper is None:
                self.report(where, f"the atom '{atom.id}' needs a 'quote' of the sentence, or a 'helper' label")
            elif atom.quote is not None and atom.helper is not None:
                self.report((*where, "helper"), "an atom has either a 'quote' or a 'helper' label")
            elif atom.quote is not None and verbatim and comparable(atom.quote) not in text:
                hint = "a quote is a part of it, word by word"
                self.report((*where, "quote"), f"this quote is not in the text of {syntax.id}", hint)

    def _verbatim(self, text: str, location: Location) -> bool:
        sought = comparable(text)
        if self._registry_text is None or sought in self._registry_text:
            return True
        hint = f"{_difference(sought, self._registry_text)}; copy it word by word, only white space may differ"
        self.report(location, f"this is not in the registry's text ({self.syntax.source.file})", hint)
        return False

    def _declared(self, name: str, what: str, declared: Sequence[str], location: Location) -> None:
        if name not in declared:
            hint = did_you_mean(name, declared) or f"declared: {', '.join(declared)}"
            self.report((*location, what), f"there is no {what} '{name}' in this trial", hint)

    def _unique(self, names: Sequence[str], what: str, location: Location, *key: str) -> None:
        for index, name in enumerate(names):
            if name in names[:index]:
                self.report((*location, index, *key), f"there are two of {what} '{name}'")


def _amendment(syntax: AmendmentSyntax | None) -> Amendment | None:
    return None if syntax is None else Amendment(syntax.reading, syntax.by, syntax.on, syntax.why)


def _difference(sought: str, text: str) -> str:
    """Where a text that is not in the other first differs from it."""
    words = sought.split()
    alike = bisect_left(range(len(words)), True, key=lambda count: " ".join(words[: count + 1]) not in text)
    if not alike:
        return f"nowhere does it say '{words[0]}'"
    same = " ".join(words[:alike])
    after = text[text.index(same) + len(same) :].split()
    there = f"goes on '{after[0]}'" if after else "ends"
    return f"after '{' '.join(words[max(0, alike - 4) : alike])}' that {there}, and this '{words[alike]}'"
