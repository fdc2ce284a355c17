"""Numbers the distinct tests and selectors of all trials, and writes the rules that test numbers."""

from __future__ import annotations

from trialsieve.engine._durable import Network
from trialsieve.engine._durable_limits import RULES_OF_A_SET
from trialsieve.engine._durable_rules import Rule
from trialsieve.engine.compile_tests import (
    Marks,
    entry_rules,
    number_rules,
    result_rules,
    sex_fact,
    sex_rules,
)
from trialsieve.engine.forward_fold import Absence
from trialsieve.engine.forward_record import RecordSelector
from trialsieve.engine.forward_results import ObservationSelector
from trialsieve.engine.program import (
    AgeTest,
    Observations,
    ObservationTest,
    Probe,
    ReadingsTest,
    RecordTest,
    SexTest,
    TestPlan,
    TestRules,
)
from trialsieve.rules.atom import (
    Age,
    Atom,
    DatedSince,
    FindingHolds,
    Judgement,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    SameResource,
    Unresolved,
)
from trialsieve.rules.logic_order import atoms_named
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsenceRule, Kind, Reason, Sex, Truth

_IMPRECISE, _UNSPECIFIC = frozenset({Reason.IMPRECISE}), frozenset({Reason.UNSPECIFIC})
_LIMITS_OF_A_SELECTOR = 16  # more are tested on a second fact with the same number


class TestCompiler:
    """Numbers the distinct tests and selectors; equal ones are one."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self.plans: list[TestPlan] = []
        self._known: dict[object, int] = {}
        self.observations: dict[ObservationSelector, Observations] = {}
        self._observation_numbers: dict[ObservationSelector, int] = {}
        self.records: dict[tuple[Recorded, str | None], int] = {}
        self.record_selectors: list[RecordSelector] = []
        self.ages: list[Probe] = []
        self.compared: dict[int, set[float]] = {}
        self.sexes: dict[RecordedSex, SexTest] = {}
        self._marks: list[list[tuple[Rule, int, Truth]]] = [[]]
        self._add(result_rules())
        self._add(entry_rules())
        self._add(sex_rules())
        self._selectors = 0
        self._subjects = 0
        self._limits: dict[tuple[object, Limits], tuple[int, int]] = {}
        self._last_probe: dict[object, tuple[int, int]] = {}

    def _add(self, marks: Marks, subject: int = 0) -> None:
        self._marks[-1].extend((rule, subject, truth) for rule, truth in marks)

    def rule_sets(self) -> tuple[TestRules, ...]:
        return tuple(
            TestRules(
                Network(f"tests-{number}", [rule for rule, _, _ in marks]),
                [(subject, truth) for _, subject, truth in marks],
            )
            for number, marks in enumerate(self._marks)
        )

    def plan(self, atom: Atom, scope: str) -> int | None:
        """The number of the atom's test plan; atoms with equal tests have the same.

        A test that names another atom is its criterion's or finding's own (`scope`).
        """
        test = atom.test
        if isinstance(test, FindingHolds | SameResource | DatedSince | Judgement | Unresolved):
            return None
        absent = (atom.absence, atom.presume_unless) if isinstance(test, Recorded) else None
        own = scope if any(atoms_named(test)) else None
        key = (test, absent, own)
        if key not in self._known:
            plan = self._plan(test, atom.absence, atom.presume_unless, scope)
            self.plans.append(plan)
            self._known[key] = len(self.plans) - 1
        return self._known[key]

    def _plan(
        self,
        test: Age | RecordedSex | Measurement | QualitativeResult | Recorded | Readings,
        absence: AbsenceRule,
        presume_unless: str | None,
        scope: str,
    ) -> TestPlan:
        match test:
            case Age(limits):
                place, subject = self._number(test.__class__, "age", limits, self.ages)
                return AgeTest(self.ages[place], subject)
            case RecordedSex():
                if test not in self.sexes:
                    self.sexes[test] = SexTest({sex: sex_fact(test.among, sex) for sex in Sex})
                return self.sexes[test]
            case Recorded():
                place_of = (test, None if test.at_time_of is None else scope)
                if place_of not in self.records:
                    self.records[place_of] = len(self.record_selectors)
                    self.record_selectors.append(RecordSelector(test, self._book.currency))
                concepts = [self._book.concepts[name] for name in test.concepts]
                kinds: frozenset[Kind] = frozenset().union(*(concept.kinds for concept in concepts))
                return RecordTest(
                    self.records[place_of],
                    Absence.of(absence, presume_unless, concepts, self._book),
                    frozenset(test.concepts),
                    kinds - {Kind.OBSERVATION},
                )
            case Readings(tests):
                plans = tuple(self._observation(one, scope) for _, one in tests)
                return ReadingsTest(plans, frozenset().union(*(plan.concepts for plan in plans)))
            case _:
                return self._observation(test, scope)

    def _observation(self, test: Measurement | QualitativeResult, scope: str) -> ObservationTest:
        selector = ObservationSelector.of(test, self._book, scope)
        if selector not in self.observations:
            self._observation_numbers[selector] = len(self.observations)
            self.observations[selector] = Observations(selector)
        number = self._observation_numbers[selector]
        probes = self.observations[selector].probes
        concepts = frozenset(test.concepts)
        if isinstance(test, Measurement):
            label = f"{'/'.join(test.concepts)} {test.basis.value}"
            place, subject = self._number(selector, label, test.limits, probes)
            return ObservationTest(number, place, subject, _IMPRECISE, concepts)
        probe = Probe(0, expected=test.expected)
        if probe not in probes:
            probes.append(probe)
        return ObservationTest(number, probes.index(probe), 0, _UNSPECIFIC, concepts)

    def _number(self, owner: object, label: str, limits: Limits, probes: list[Probe]) -> tuple[int, int]:
        """Which probe of its owner, and which subject, stand for these limits."""
        limits = Limits(limits.low, limits.low_open, limits.high, limits.high_open, "")
        if (owner, limits) not in self._limits:
            place, used = self._last_probe.get(owner, (-1, _LIMITS_OF_A_SELECTOR))
            if used == _LIMITS_OF_A_SELECTOR or probes[place].rule_set != len(self._marks) - 1:
                if len(self._marks[-1]) >= RULES_OF_A_SET:
                    self._marks.append([])
                place, used = len(probes), 0
                probes.append(Probe(len(self._marks) - 1, number=self._selectors))
                self._selectors += 1
            self._last_probe[owner] = (place, used + 1)
            self._subjects += 1
            self._limits[owner, limits] = (place, self._subjects)
            compared = self.compared.setdefault(probes[place].number, set())
            compared.update(float(limit) for limit in (limits.low, limits.high) if limit is not None)
            self._add(number_rules(f"{label} {_range(limits)}", probes[place].number, limits), self._subjects)
        return self._limits[owner, limits]


def _range(limits: Limits) -> str:
    low = "" if limits.low is None else f"{'>' if limits.low_open else '>='} {limits.low}"
    high = "" if limits.high is None else f"{'<' if limits.high_open else '<='} {limits.high}"
    return " ".join(part for part in (low, high) if part)
