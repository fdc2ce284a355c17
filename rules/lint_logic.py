"""Conditions that contradict themselves, can never hold, or decide nothing: told by what atoms can be together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

from msgspec.structs import replace

from trialsieve.rules.atom import Age, Atom, Measurement, QualitativeResult, Recorded
from trialsieve.rules.concept import Concept
from trialsieve.rules.errors import Problem
from trialsieve.rules.finding import Finding
from trialsieve.rules.grammar_atoms import AtomSyntax
from trialsieve.rules.grammar_files import CriterionSyntax, FindingFile
from trialsieve.rules.grammar_logic import NotKnownTrue, ReviewWhenSyntax
from trialsieve.rules.joint_outcomes import JointOutcomes, Outcomes, Worlds
from trialsieve.rules.logic import AllOf, AnyOf, AtomRef, Logic, Not
from trialsieve.rules.logic_order import atoms_in
from trialsieve.rules.translate_logic import logic_of, parts_of
from trialsieve.rules.trial import EVERY_COHORT, Criterion, Trial
from trialsieve.rules.value_points import ages_between
from trialsieve.rules.vocabulary import CriterionKind, Take
from trialsieve.rules.yaml_source import Location, SourceFile

_COMPARE = "compare their limits and windows"


def contradictions_of_finding(
    source: SourceFile, syntax: FindingFile, finding: Finding, concepts: Mapping[str, Concept]
) -> Iterator[Problem]:
    """What is wrong with the logic of a finding."""
    check = _Check(source, JointOutcomes(finding.atoms, concepts))
    yield from check.logic(syntax.true_when, ("true_when",))
    if syntax.false_when is not None:
        yield from check.logic(syntax.false_when, ("false_when",))
        yield from check.overlap(finding)
    yield from check.suspicions(syntax.suspicions, finding.true_when)
    yield from check.atoms(syntax.atoms, ("atoms",))


def contradictions_of_trial(
    source: SourceFile, syntaxes: Sequence[CriterionSyntax], trial: Trial, concepts: Mapping[str, Concept]
) -> Iterator[Problem]:
    """What is wrong with the logic of a trial's criteria; one at a time, but for the ages that the trial admits."""
    admitted = {cohort: admitted_ages(trial, cohort) for cohort in {each.cohort for each in trial.criteria}}
    for index, (syntax, criterion) in enumerate(zip(syntaxes, trial.criteria, strict=True)):
        location: Location = ("criteria", index)
        check = _Check(source, JointOutcomes(criterion.atoms, concepts), syntax.overlaps)
        if syntax.logic is not None:
            yield from check.logic(syntax.logic, (*location, "logic"))
        for name, reading in (syntax.readings or {}).items():
            yield from check.logic(reading, (*location, "readings", name))
        yield from check.atoms(syntax.atoms, (*location, "atoms"))
        for name in {atom.id for atom in syntax.atoms} & set(syntax.overlaps) - check.overlapping:
            message = f"'{name}' decides by itself, whatever the other atoms here say"
            yield source.problem((*location, "overlaps", name), message, "drop this line")
        ages = admitted[criterion.cohort]
        if ages:
            yield from check.outside(JointOutcomes(criterion.atoms, concepts, ages), syntax.atoms, location)
        elif defines_ages(criterion):
            hint = "compare the ages of the inclusion criteria"
            yield source.problem((*location, "id"), f"no age meets {criterion.id} and the other criteria", hint)


def admitted_ages(trial: Trial, cohort: str) -> Sequence[int]:
    """The ages, of those that make a difference in the trial, that the inclusion criteria of a cohort admit."""
    tests = [atom.test for criterion in trial.criteria for atom in criterion.atoms]
    ages = ages_between(test.limits for test in tests if isinstance(test, Age))
    for criterion in trial.criteria:
        if criterion.cohort in {EVERY_COHORT, cohort} and defines_ages(criterion):
            ages = [age for age in ages if _admits(criterion, age)]
    return ages


def defines_ages(criterion: Criterion) -> bool:
    """Whether it is an inclusion criterion that looks at the age."""
    return criterion.kind is CriterionKind.INCLUSION and any(isinstance(atom.test, Age) for atom in criterion.atoms)


def _admits(criterion: Criterion, age: int) -> bool:
    """Whether the criterion can be true at this age."""
    if criterion.logic is None:
        return True
    worlds = JointOutcomes(criterion.atoms, {}, [age]).known(atoms_in(criterion.logic))
    return worlds is None or worlds.of(criterion.logic)[0] != 0


class _Check:
    """The checks of one criterion or finding. `acknowledged`: atoms that the file says overlap with others."""

    def __init__(self, source: SourceFile, outcomes: JointOutcomes, acknowledged: Collection[str] = ()) -> None:
        self._source = source
        self._outcomes = outcomes
        self._acknowledged = acknowledged
        self.overlapping: set[str] = set()
        """The acknowledged atoms of which a branch was found that decides nothing."""

    def logic(self, syntax: Any, location: Location) -> Iterator[Problem]:
        """Parts that can only be true or only be false, and branches that add nothing; the innermost are told."""
        told: list[Location] = []
        for part, where in reversed(list(parts_of(syntax, location))):
            if isinstance(part, str) or any(inner[: len(where)] == where for inner in told):
                continue
            if any(isinstance(inner, NotKnownTrue) for inner, _ in parts_of(part, where)):
                continue
            problems = list(self._part(part, where))
            told += [where] if problems else []
            yield from problems

    def _part(self, syntax: Any, location: Location) -> Iterator[Problem]:
        whole = logic_of(syntax)
        logic = self._narrowed(whole)
        names = ", ".join(dict.fromkeys(atoms_in(logic)))
        true, false = self._varying(logic) or (1, 1)
        if not true:
            yield self._source.problem(location, f"these can never be true together: {names}", _COMPARE)
        elif not false:
            yield self._source.problem(location, f"whatever the values, this is true: {names}", _COMPARE)
        elif isinstance(whole, (AllOf, AnyOf)):
            key = "all" if isinstance(whole, AllOf) else "any"
            yield from self._idle_branches(whole, (*location, key))

    def _narrowed(self, logic: Logic) -> Logic:
        """Of `all` and `any` only the branches that have to do with another one: the others contradict nothing."""
        if not isinstance(logic, (AllOf, AnyOf)):
            return logic
        tied: set[int] = set()
        for (one, left), (other, right) in combinations(enumerate(logic.of), 2):
            if not self._outcomes.are_free([*atoms_in(left), *atoms_in(right)]):
                tied |= {one, other}
        return replace(logic, of=tuple(branch for index, branch in enumerate(logic.of) if index in tied))

    def _varying(self, logic: Logic) -> Outcomes | None:
        """Where a logic is true, and where false. None: it can be both, or nobody can tell."""
        named = list(atoms_in(logic))
        worlds = None if self._outcomes.are_free(named) else self._outcomes.known(named)
        if worlds is None or any(not true or not false for true, false in worlds.atoms.values()):
            return None
        return worlds.of(logic)

    def _idle_branches(self, logic: AllOf | AnyOf, location: Location) -> Iterator[Problem]:
        """Branches that are true wherever another one is (of `all`), or only there (of `any`)."""
        idle: set[int] = set()
        for one, other in permutations(reversed(range(len(logic.of))), 2):
            narrow, wide = (other, one) if isinstance(logic, AllOf) else (one, other)
            if one in idle or other in idle or not self._known_alike(logic.of[one], logic.of[other]):
                continue
            outcomes = self._varying(AllOf((logic.of[narrow], Not(logic.of[wide]))))
            if outcomes is not None and not outcomes[0]:
                idle.add(one)
                said = {name for part in (one, other) for name in atoms_in(logic.of[part])} & set(self._acknowledged)
                self.overlapping |= said
                if said:
                    continue
                message = f"{_named(logic.of[narrow])} is true only where {_named(logic.of[wide])} is"
                hint = (
                    f"so {_named(logic.of[one])} decides nothing; if the sentence says both, say why under 'overlaps'"
                )
                yield self._source.problem((*location, one), message, hint)

    def _known_alike(self, one: Logic, other: Logic) -> bool:
        """Whether what makes one branch unknown makes the other one unknown; else it may decide where that cannot."""
        return all(any(self._outcomes.known_alike(left, right) for right in atoms_in(other)) for left in atoms_in(one))

    def atoms(self, syntaxes: Sequence[AtomSyntax], location: Location) -> Iterator[Problem]:
        """The `when` and `review_when` of atoms."""
        for index, syntax in enumerate(syntaxes):
            where = (*location, index)
            if syntax.when is not None:
                yield from self.logic(syntax.when, (*where, "when"))
                yield from self._never_with_when(syntax.id, (*where, "when"))
            for number, case in enumerate(syntax.review_when):
                condition = (*where, "review_when", number, "condition")
                problems = list(self.logic(case.condition, condition))
                if not problems and not self._can_hold(case.condition, [syntax.id]):
                    message = f"this condition can never hold where '{syntax.id}' is known"
                    problems.append(self._source.problem(condition, message, _COMPARE))
                yield from problems

    def _never_with_when(self, name: str, location: Location) -> Iterator[Problem]:
        when = self._outcomes.atoms[name].when
        assert when is not None
        worlds = self._outcomes.known([name, *atoms_in(when)])
        if worlds is not None and worlds.of(when)[0] and not worlds.atoms[name][0]:
            yield self._source.problem(location, f"where this holds, '{name}' can never be true", _COMPARE)

    def _can_hold(self, condition: Any, known: Sequence[str]) -> bool:
        logic = logic_of(condition)
        worlds = self._outcomes.partly_known(atoms_in(logic), known)
        return worlds is None or worlds.of(logic)[0] != 0

    def outside(self, admitted: JointOutcomes, syntaxes: Sequence[AtomSyntax], location: Location) -> Iterator[Problem]:
        """Each `when` that holds at no age that the trial admits, though it does at others."""
        for index, syntax in enumerate(syntaxes):
            when = self._outcomes.atoms[syntax.id].when
            if when is None:
                continue
            anybody, admitted_ones = (each.known(atoms_in(when)) for each in (self._outcomes, admitted))
            if anybody is None or admitted_ones is None or not anybody.of(when)[0]:
                continue
            if not admitted_ones.of(when)[0]:
                message = f"nobody of an age that the trial admits can meet this, so '{syntax.id}' is never true"
                yield self._source.problem((*location, "atoms", index, "when"), message, "compare the ages")

    def suspicions(self, cases: Sequence[ReviewWhenSyntax], true_when: Logic) -> Iterator[Problem]:
        """Suspicions that hold only where the finding is true already, or never."""
        for index, case in enumerate(cases):
            where: Location = ("suspicions", index, "condition")
            condition = logic_of(case.condition)
            problems = list(self.logic(case.condition, where))
            worlds = self._outcomes.partly_known([*atoms_in(condition), *atoms_in(true_when)])
            if not problems and worlds is not None and not worlds.of(condition)[0] & ~worlds.of(true_when)[0]:
                message = "this suspicion can never hold unless the finding is true already"
                problems.append(self._source.problem(where, message, _COMPARE))
            yield from problems

    def overlap(self, finding: Finding) -> Iterator[Problem]:
        """Single values that make a finding both true and false."""
        assert finding.false_when is not None
        both = [finding.true_when, finding.false_when]
        names = [list(dict.fromkeys(atoms_in(logic))) for logic in both]
        for shared in dict.fromkeys(map(self._outcomes.selection, names[0])):
            group = [name for name in dict.fromkeys(names[0] + names[1]) if self._outcomes.selection(name) == shared]
            if not set(group) & set(names[1]) or not all(_one_value(self._outcomes.atoms[name]) for name in group):
                continue
            worlds = self._outcomes.partly_known(names[0] + names[1], group)
            if worlds is None:
                continue
            without = Worlds(worlds.every, {**worlds.atoms, **dict.fromkeys(group, (0, 0))})
            at_once = worlds.of(both[0])[0] & worlds.of(both[1])[0]
            if at_once & ~without.of(both[0])[0] & ~without.of(both[1])[0]:
                message = f"'true_when' and 'false_when' hold together for some value: {', '.join(group)}"
                yield self._source.problem(("false_when",), message, "let their limits meet without overlapping")


def _one_value(atom: Atom) -> bool:
    """Whether the patient has one value of what the atom looks at, and not several at once."""
    test = atom.test
    if isinstance(test, (Measurement, QualitativeResult)):
        return test.take is Take.LATEST
    return not isinstance(test, Recorded)


def _named(logic: Logic) -> str:
    names = list(dict.fromkeys(atoms_in(logic)))
    return f"'{names[0]}'" if isinstance(logic, AtomRef) else f"the part with {', '.join(names)}"
