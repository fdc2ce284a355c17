"""Small rules over the vocabulary of the invented charts (`charts`), and what they say of one.

A case's expectation is a phrase: `true`, `false`, or the reasons of an unknown, as in `stale` or `no-data, undated`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from charts import AS_OF, CONCEPTS, CONDITION, NUMBER, RESULT

from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances, Evaluation, Outcome
from trialsieve.rules.atom import Atom, Limits, Measurement, QualitativeResult, Recorded, Test
from trialsieve.rules.concept import Terminology
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AtomRef, Logic
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.trial import Cohort, Criterion, Trial
from trialsieve.rules.vocabulary import (
    AbsencePolicy,
    AbsenceRule,
    CriterionKind,
    Result,
    Timing,
    Truth,
)

Evaluate = Callable[[RuleBook, Chart, AbsencePolicy], Evaluation]
EvaluateUnder = Callable[[RuleBook, Chart, Circumstances], Evaluation]

CURRENCY = {"week": 7, "month": 30}


def limits(
    *, low: str | None = None, above: str | None = None, high: str | None = None, below: str | None = None
) -> Limits:
    """`low` and `high` are included, `above` and `below` are not."""
    lower, upper = low or above, high or below
    return Limits(
        None if lower is None else Decimal(lower),
        above is not None,
        None if upper is None else Decimal(upper),
        below is not None,
        "%",
    )


AT_LEAST_50 = limits(low="50")


def measured(**keys: object) -> Measurement:
    """`x.number` at least 50, the latest, however old, unless the keys say otherwise."""
    return Measurement(**{"concepts": (NUMBER,), "limits": AT_LEAST_50, **keys})  # type: ignore[arg-type]


def positive(**keys: object) -> QualitativeResult:
    """`x.result` positive, the latest, however old, unless the keys say otherwise."""
    return QualitativeResult(**{"concepts": (RESULT,), "expected": Result.POSITIVE, **keys})  # type: ignore[arg-type]


def recorded(timing: Timing | None = None, **keys: object) -> Recorded:
    """`x.condition` on record at any time, unless the keys say otherwise; in a window, as one is loaded, no timing."""
    timing = timing or (Timing.EVER if keys.get("window") is None else Timing.UNSTATED)
    return Recorded(**{"concepts": (CONDITION,), "timing": timing, **keys})  # type: ignore[arg-type]


def atom(test: Test, id: str = "a", **keys: object) -> Atom:
    """An atom; nothing on record is presumed absent unless the keys say otherwise."""
    return Atom(**{"id": id, "test": test, "absence": AbsenceRule.PRESUME, **keys})  # type: ignore[arg-type]


def finding(id: str, *atoms: Atom, **keys: object) -> Finding:
    """A finding that is true where all its atoms are, dated by all of them, unless the keys say otherwise."""
    names = tuple(each.id for each in atoms)
    given: dict[str, object] = {
        "id": id,
        "title": id.capitalize(),
        "atoms": atoms,
        "true_when": all_of(*names),
        "date_from": names,
        **keys,
    }
    return Finding(**given)  # type: ignore[arg-type]


def all_of(*names: str) -> Logic:
    return AtomRef(names[0]) if len(names) == 1 else AllOf(tuple(AtomRef(name) for name in names))


def criterion(*atoms: Atom, id: str = "C1", **keys: object) -> Criterion:
    """An inclusion at screening, for all cohorts, that holds where all its atoms do, unless the keys say otherwise."""
    operands = [each.id for each in atoms if each.operand]
    given: dict[str, object] = {
        "id": id,
        "kind": CriterionKind.INCLUSION,
        "stage": "screening",
        "cohort": "all",
        "text": "A sentence of the registry.",
        "atoms": atoms,
        "logic": all_of(*operands) if "readings" not in keys else None,
        **keys,
    }
    return Criterion(**given)  # type: ignore[arg-type]


def book(
    *criteria: Criterion,
    findings: Sequence[Finding] = (),
    cohorts: tuple[Cohort, ...] = (Cohort("all"),),
    stages: tuple[str, ...] = ("screening",),
) -> RuleBook:
    """A rule book of one trial, `T`."""
    trial = Trial(
        id="T",
        title="A trial",
        version="1",
        effective=AS_OF,
        source="",
        source_sha256="",
        source_url="",
        cohorts=cohorts,
        stages=stages,
        anchors=("screening",),
        criteria=criteria,
        registry_issues=(),
        path="tests",
        rules_sha256="0" * 64,
    )
    return RuleBook(
        trials={"T": trial},
        findings={each.id: each for each in findings},
        concepts=CONCEPTS,
        currency=CURRENCY,
        terminology=Terminology({}, {}, frozenset(), {}),
        site=Site(),
    )


# --- answers --------------------------------------------------------------------------------------------------------


def said(outcome: Outcome) -> str:
    """An outcome as a phrase: `true`, `false`, or why it is unknown."""
    if outcome.truth is Truth.UNKNOWN:
        return ", ".join(sorted(reason.value for reason in outcome.reasons))
    value: str = outcome.truth.value
    return value


def ask(
    evaluate: Evaluate,
    question: Atom | Test,
    patient: Chart,
    findings: Sequence[Finding] = (),
    policy: AbsencePolicy = AbsencePolicy.PRESUME,
) -> str:
    """What an atom, alone in its criterion, is of a chart."""
    asked = question if isinstance(question, Atom) else atom(question)
    evaluation = evaluate(book(criterion(asked), findings=findings), patient, policy)
    return said(evaluation.criteria["T", "C1"].atoms[asked.id])


def anchored(**days_ahead: int) -> Circumstances:
    """The as-of date, and the days of anchors: so many days after it (negative: before it)."""
    return Circumstances(AS_OF, anchors={name: AS_OF + timedelta(days=ahead) for name, ahead in days_ahead.items()})


def atoms_under(
    evaluate: EvaluateUnder,
    circumstances: Circumstances,
    atoms: Sequence[Atom],
    patient: Chart,
    findings: Sequence[Finding] = (),
) -> Mapping[str, Outcome]:
    """What the atoms of one criterion are of a chart, under these circumstances."""
    return evaluate(book(criterion(*atoms), findings=findings), patient, circumstances).criteria["T", "C1"].atoms
