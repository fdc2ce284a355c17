"""Trial files as they are written to trials as they are evaluated; held word by word to the registry's text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from trialsieve.rules.atom import SCREENING, UNSTATED
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem
from trialsieve.rules.grammar_files import AmendmentSyntax, CriterionSyntax, TrialFile
from trialsieve.rules.known_names import Known, NameCheck
from trialsieve.rules.logic import Logic
from trialsieve.rules.registry_text import comparable
from trialsieve.rules.translate_atoms import AtomTranslator, references
from trialsieve.rules.translate_examples import ExampleTranslator
from trialsieve.rules.translate_logic import LogicChecker, logic_of
from trialsieve.rules.trial import EVERY_COHORT, Amendment, Aside, Cohort, Criterion, Trial
from trialsieve.rules.vocabulary import CriterionKind
from trialsieve.rules.yaml_source import Faults, Location, SourceFile


class TrialTranslator:
    """Translates one trial file; `registry_text` is the text it was written from (None: missing, told elsewhere)."""

    def __init__(
        self,
        source: SourceFile,
        syntax: TrialFile,
        known: Known,
        registry_text: str | None,
        problems: list[Problem],
    ) -> None:
        self._source = source
        self._syntax = syntax
        self._registry_text = None if registry_text is None else comparable(registry_text)
        self._faults = Faults(source, problems)
        names = NameCheck(known, list(dict.fromkeys([SCREENING, *syntax.anchors, UNSTATED])), self._faults)
        self._atoms = AtomTranslator(names, self._faults)
        self._examples = ExampleTranslator(names, self._faults, self._attested)

    def trial(self) -> Trial:
        syntax = self._syntax
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
            path=self._source.path,
        )

    def _attested(self, name: str, location: Location) -> None:
        trial, _, place = name.partition("#")
        criterion, _, atom = place.partition(".")
        atoms = {each.id: [atom.id for atom in each.atoms] for each in self._syntax.criteria}
        if trial != self._syntax.trial or criterion not in atoms:
            here = self._syntax.trial
            hint = did_you_mean(place, atoms) or f"write {here}#I01, or one atom as {here}#I01.a1"
            self._faults.report(location, f"this trial has no criterion '{name}'", hint)
        elif atom and atom not in atoms[criterion]:
            hint = f"its atoms: {', '.join(atoms[criterion])}"
            self._faults.report(location, f"{criterion} has no atom '{atom}'", hint)

    def _anchors(self) -> None:
        anchors = self._syntax.anchors
        self._unique(anchors, "anchor", ("anchors",))
        if SCREENING not in anchors:
            hint = "it is the as-of date, before which a window lies that names no anchor"
            self._faults.report(("anchors",), f"'{SCREENING}' is missing from the anchors", hint)
        if UNSTATED in anchors:
            hint = f"write 'anchor: {UNSTATED}' at a window for which the registry names none"
            self._faults.report(("anchors", anchors.index(UNSTATED)), f"'{UNSTATED}' is no anchor of a trial", hint)

    def _cohorts(self) -> Iterable[Cohort]:
        for index, cohort in enumerate(self._syntax.cohorts):
            where: Location = ("cohorts", index, "gate")
            if cohort.gate is None:
                yield Cohort(cohort.id)
                continue
            if cohort.gate.quote is None:
                self._faults.report(where, f"the gate of cohort {cohort.id} needs a 'quote' of the registry's text")
            else:
                self._verbatim(cohort.gate.quote, (*where, "quote"))
            if cohort.gate.when is not None or cohort.gate.review_when or any(references(cohort.gate)):
                self._faults.report(where, "a gate is a single atom and cannot refer to others")
            yield Cohort(cohort.id, self._atoms.atom(cohort.gate, where))

    def _criterion(self, syntax: CriterionSyntax, location: Location) -> Criterion:
        self._declared(syntax.stage, "stage", self._syntax.stages, location)
        cohorts = [cohort.id for cohort in self._syntax.cohorts]
        self._declared(syntax.cohort, "cohort", [*cohorts, EVERY_COHORT], location)
        self._quotes(syntax, location, verbatim=self._verbatim(syntax.text, (*location, "text")))
        atoms = self._atoms.atoms(syntax.atoms, (*location, "atoms"))
        self._check_logic(syntax, location)
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
            examples=self._examples.examples(syntax.examples, (*location, "examples")),
            never=self._examples.never(syntax.never, syntax.examples, location),
            asides=self._asides(syntax, location),
            line=self._source.line(location),
        )

    def _asides(self, syntax: CriterionSyntax, location: Location) -> tuple[Aside, ...]:
        atoms = [atom.id for atom in syntax.atoms]
        taken = list(atoms)
        for index, aside in enumerate(syntax.asides):
            where = (*location, "asides", index)
            if aside.id in taken:
                self._faults.report((*where, "id"), f"'{aside.id}' is already an atom or aside of {syntax.id}")
            taken.append(aside.id)
            if aside.of not in atoms:
                self._faults.report((*where, "of"), f"there is no atom '{aside.of}'", did_you_mean(aside.of, atoms))
            if comparable(aside.quote) not in comparable(syntax.text):
                self._not_quoted(aside.quote, syntax, where)
        return tuple(Aside(aside.id, aside.quote, aside.role, aside.of, aside.note) for aside in syntax.asides)

    def _check_logic(self, syntax: CriterionSyntax, location: Location) -> None:
        checker = LogicChecker(self._faults, {atom.id: atom.is_operand for atom in syntax.atoms})
        may_use = {"unless_shown"} if syntax.kind is CriterionKind.EXCLUSION else set()
        named: set[str] = set()
        if syntax.logic is not None:
            named |= checker.check(syntax.logic, (*location, "logic"), deciding=True, may_use=may_use)
        for name, logic in (syntax.readings or {}).items():
            named |= checker.check(logic, (*location, "readings", name), deciding=True, may_use=may_use)
        self._atoms.conditions(syntax.atoms, (*location, "atoms"), checker)
        for index, atom in enumerate(syntax.atoms):
            if atom.is_operand and atom.quote is not None and atom.id not in named:
                hint = "name it in the logic, or label it with 'helper' instead of 'quote'"
                self._faults.report(
                    (*location, "atoms", index, "id"), f"the logic does not use the atom '{atom.id}'", hint
                )

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
            self._faults.report((*location, "amendment", "reading"), f"there is no reading '{chosen}'", hint)
        return dict(readings).get(chosen)

    def _quotes(self, syntax: CriterionSyntax, location: Location, *, verbatim: bool) -> None:
        text = comparable(syntax.text)
        for index, atom in enumerate(syntax.atoms):
            where = (*location, "atoms", index)
            if atom.quote is None and atom.helper is None:
                self._faults.report(where, f"the atom '{atom.id}' needs a 'quote' of the sentence, or a 'helper' label")
            elif atom.quote is not None and atom.helper is not None:
                self._faults.report((*where, "helper"), "an atom has either a 'quote' or a 'helper' label")
            elif atom.quote is not None and verbatim and comparable(atom.quote) not in text:
                self._not_quoted(atom.quote, syntax, where)

    def _not_quoted(self, quote: str, syntax: CriterionSyntax, where: Location) -> None:
        hint = f"{_difference(comparable(quote), comparable(syntax.text))}; a quote is a part of it, word by word"
        self._faults.report((*where, "quote"), f"this quote is not in the text of {syntax.id}", hint)

    def _verbatim(self, text: str, location: Location) -> bool:
        sought = comparable(text)
        if self._registry_text is None or sought in self._registry_text:
            return True
        hint = f"{_difference(sought, self._registry_text)}; copy it word by word, only white space may differ"
        self._faults.report(location, f"this is not in the registry's text ({self._syntax.source.file})", hint)
        return False

    def _declared(self, name: str, what: str, declared: Sequence[str], location: Location) -> None:
        if name not in declared:
            hint = did_you_mean(name, declared) or f"declared: {', '.join(declared)}"
            self._faults.report((*location, what), f"there is no {what} '{name}' in this trial", hint)

    def _unique(self, names: Sequence[str], what: str, location: Location, *key: str) -> None:
        for index, name in enumerate(names):
            if name in names[:index]:
                self._faults.report((*location, index, *key), f"there are two of {what} '{name}'")


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
