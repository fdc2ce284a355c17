"""Age and recorded sex in the direct evaluator (docs/semantics.md, 3.1 and 3.5), and the evidence for them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from functools import cached_property
from typing import overload

from trialsieve.engine.direct_proof import resting
from trialsieve.engine.facts import Person
from trialsieve.engine.interval import NumberInterval, age_interval
from trialsieve.engine.outcome import NO_REASONS, CriterionOutcome, Evidence, Outcome
from trialsieve.rules.atom import Age, RecordedSex
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import FALSE, TRUE, UNKNOWN, CriterionKind, Reason, Sex

_ANYBODY = "anybody"  # in the place of a person's reference
_AGE = ""  # in the place of what is said of somebody's age


class PersonView:
    """A person as of a day. `anybody` has this age and sex too, and the evidence is for no one in particular."""

    def __init__(self, person: Person, as_of: date, *, anybody: bool = False) -> None:
        self.is_anybody = anybody
        self._person = person
        self._reference = _ANYBODY if anybody and person.reference is not None else person.reference
        self._as_of = as_of
        self._birth_problem, self._age, self._age_says = self._aged()
        self._named: dict[int, tuple[Outcome, Outcome]] = {}  # holds each, so that its identity stays its own

    @cached_property
    def anybody(self) -> PersonView:
        """Somebody like this person, whose name is put in later."""
        return self if self.is_anybody else PersonView(self._person, self._as_of, anybody=True)

    def _aged(self) -> tuple[Outcome | None, NumberInterval, str]:
        nothing = NumberInterval(0, 0)
        if "birthDate" in self._person.unusable:
            return Outcome(UNKNOWN, frozenset({Reason.UNUSABLE_DATA})), nothing, _AGE
        if self._person.birth is None:
            return Outcome(UNKNOWN, frozenset({Reason.NO_DATA})), nothing, _AGE
        age = age_interval(self._person.birth, self._as_of)
        if age is None:
            notes = ("born after the as-of date",)
            return Outcome(UNKNOWN, frozenset({Reason.UNUSABLE_DATA}), notes=notes), nothing, _AGE
        years = f"{age.low:.0f}" if age.low == age.high else f"{age.low:.0f} or {age.high:.0f}"
        says = _AGE if self.is_anybody else f"{years} years old on {self._as_of.isoformat()}"
        return None, age, says

    def evidence(self, says: str) -> tuple[Evidence, ...]:
        """That the person's own record says so."""
        return (Evidence(self._reference, says),) if self._reference is not None else ()

    def age(self, test: Age) -> Outcome:
        """Whether the age lies within limits."""
        if self._birth_problem is not None:
            return self._birth_problem
        truth = self._age.compare(test.limits)
        reasons = frozenset({Reason.IMPRECISE}) if truth is UNKNOWN else NO_REASONS
        return Outcome(truth, reasons, self.evidence(self._age_says))

    def recorded_sex(self, test: RecordedSex) -> Outcome:
        """Whether the recorded sex is among some."""
        sex = self._person.sex
        if test.among == frozenset(Sex):
            return Outcome(TRUE, evidence=self.evidence(f"recorded sex: {sex.value}"))
        if sex is Sex.UNKNOWN:
            return Outcome(UNKNOWN, frozenset({self._sex_problem()}))
        truth = TRUE if sex in test.among else FALSE
        return Outcome(truth, evidence=self.evidence(f"recorded as {sex.value}"))

    def applied(self, wanted: Sex, outcome: Outcome) -> Outcome:
        """An atom that applies to one sex."""
        sex = self._person.sex
        if sex is wanted:
            return outcome
        if sex is Sex.UNKNOWN:
            return outcome if outcome.truth is FALSE else self._sex_unknown(outcome)
        if outcome.truth is TRUE:
            return self._other_sex(outcome)
        if Reason.UNUSABLE_DATA in outcome.reasons:
            return outcome
        return Outcome(FALSE, evidence=self.evidence(f"recorded as {sex.value}"))

    def applies(self, criterion: Criterion, wanted: Sex, outcome: Outcome) -> tuple[Outcome, bool]:
        """A criterion that applies to one sex, and whether it does."""
        sex = self._person.sex
        if sex is wanted:
            return outcome, True
        exclusion = criterion.kind is CriterionKind.EXCLUSION
        passes = FALSE if exclusion else TRUE
        if sex is Sex.UNKNOWN:
            return (outcome if outcome.truth is passes else self._sex_unknown(outcome)), True
        if exclusion and outcome.truth is TRUE:
            return self._other_sex(outcome), True
        if Reason.UNUSABLE_DATA in outcome.reasons:  # what could not be read may contradict the recorded sex
            return outcome, True
        return Outcome(passes, evidence=self.evidence(f"recorded as {sex.value}")), False

    def _sex_problem(self) -> Reason:
        return Reason.UNUSABLE_DATA if "gender" in self._person.unusable else Reason.NO_DATA

    def _sex_unknown(self, outcome: Outcome) -> Outcome:
        problem = self._sex_problem()
        unusable = problem is Reason.UNUSABLE_DATA
        note = "the recorded sex contradicts itself or cannot be read" if unusable else "sex not recorded"
        return resting(UNKNOWN, outcome.reasons | {problem}, [outcome], notes=(note,))

    def _other_sex(self, outcome: Outcome) -> Outcome:
        note = f"recorded as {self._person.sex.value}"
        return resting(UNKNOWN, frozenset({Reason.CONFLICTING_DATA}), [outcome], notes=(note,))

    # --- what is kept of anybody ------------------------------------------------------------------------------------

    def likeness(self) -> Hashable:
        """What anybody's outcomes depend on beside their age."""
        person, problem = self._person, self._birth_problem
        born = None if problem is None else (problem.reasons, problem.notes)
        return person.sex, "gender" in person.unusable, born, person.reference is None

    def years(self) -> tuple[float, float]:
        """The age, which is known to a year or two."""
        return self._age.low, self._age.high

    @overload
    def named(self, kept: Outcome) -> Outcome: ...
    @overload
    def named(self, kept: CriterionOutcome) -> CriterionOutcome: ...
    def named(self, kept: Outcome | CriterionOutcome) -> Outcome | CriterionOutcome:
        """What was kept of anybody, said of this person."""
        if isinstance(kept, Outcome):
            return self._named_outcome(kept)
        outcome = self._named_outcome(kept.outcome) if kept.outcome.evidence else kept.outcome
        return CriterionOutcome(outcome, kept.applies, self.named_atoms(kept.atoms), kept.readings)

    def named_atoms(self, atoms: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """The atoms of a criterion or finding likewise."""
        named = dict(atoms)
        for name, outcome in atoms.items():
            if outcome.evidence:
                named[name] = self._named_outcome(outcome)
        return named

    def _named_outcome(self, kept: Outcome) -> Outcome:
        """With this person's evidence: where nothing is on record there is no other."""
        if not kept.evidence or self.is_anybody:
            return kept
        known = self._named.get(id(kept))
        if known is None:
            assert self._reference is not None
            evidence = tuple([Evidence(self._reference, each.says or self._age_says) for each in kept.evidence])
            outcome = Outcome(kept.truth, kept.reasons, evidence, kept.assumptions, kept.notes, noted=kept.noted)
            known = self._named[id(kept)] = kept, outcome
        return known[1]
