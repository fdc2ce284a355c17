"""Worked examples of rule files: given these facts, expect that outcome.

`trialsieve lint --examples` and the tests run them. An example's facts are written in the words of the fact types. `on`
and `recorded` are days before the as-of date (`60 d`), a FHIR date, or null for undated; `anchors` gives the days of
the trial's anchors likewise. The as-of date of every example is `EXAMPLES_AS_OF`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from trialsieve.engine import direct
from trialsieve.engine.facts import Attestation, Chart, Fact, Person, Unreadable
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.engine.outcome import Circumstances, CriterionOutcome, Outcome
from trialsieve.engine.screening import Screener
from trialsieve.rules.errors import Problem
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import (
    AbsencePolicy,
    Certainty,
    Kind,
    Reason,
    Result,
    Role,
    Sex,
    State,
    Truth,
)
from trialsieve.rules.worked_example import Example, FailedExample, GivenFact

EXAMPLES_AS_OF = date(2026, 11, 21)
_DAY_SECONDS = 86_400
_NAMING = frozenset({Role.DEFINITIVE, Role.HISTORY, Role.SUPPORTING})


def run_examples(book: RuleBook) -> list[FailedExample]:
    """Every worked example of a criterion or finding that does not come out as it says.

    Criteria are run through both evaluators, which must agree.
    """
    of_trials = [each for name in book.trials for each in _failed_of_trial(book, name)]
    return of_trials + [each for name in book.findings for each in _failed_of_finding(book, name)]


def _failed_of_trial(book: RuleBook, name: str) -> Iterator[FailedExample]:
    trial = book.trials[name]
    screener = Screener(book, [name])
    for criterion in trial.criteria:
        for example in criterion.examples:
            chart = example_chart(book, example.given)
            evaluation = screener.evaluate(chart, example_circumstances(example))
            proof = evaluation.criteria[name, criterion.id]
            if wrong := _compare(example, proof.outcome):
                atoms = "; ".join(_atoms_told(screener, chart, example, criterion.id, proof))
                problem = _problem(trial.path, f"{name} {criterion.id}", example, wrong, atoms)
                yield FailedExample(trial.path, criterion.id, proof.outcome.truth, problem)


def _failed_of_finding(book: RuleBook, name: str) -> Iterator[FailedExample]:
    finding = book.findings[name]
    for example in finding.examples:
        outcome = direct.evaluate_finding(
            book, name, example_chart(book, example.given), example_circumstances(example)
        )
        if wrong := _compare(example, outcome):
            yield FailedExample(finding.path, name, outcome.truth, _problem(finding.path, name, example, wrong))


def _atoms_told(
    screener: Screener, chart: Chart, example: Example, criterion: str, proof: CriterionOutcome
) -> Iterator[str]:
    """What each atom came to, and why, of those that came to what the criterion did."""
    (result,) = screener.screen(chart, example_circumstances(example))
    why = {atom.id: atom.explanation for each in result.criteria if each.id == criterion for atom in each.atoms}
    for name, outcome in proof.atoms.items():
        told = why.get(name, "").removesuffix(".") if outcome.truth is proof.outcome.truth else ""
        yield f"{name} is {outcome.truth.value}{f': {told}' if told else ''}"


def _compare(example: Example, outcome: Outcome) -> str:
    """What was expected and what came out; empty where they are the same."""
    expected = Truth(example.expect)
    if outcome.truth is not expected:
        why = f" ({', '.join(sorted(outcome.reasons))})" if outcome.reasons else ""
        return f"expected {expected.value}, got {outcome.truth.value}{why}"
    if example.reasons and frozenset(example.reasons) != outcome.reasons:
        wanted = ", ".join(sorted(reason.value for reason in example.reasons))
        got = ", ".join(sorted(reason.value for reason in outcome.reasons))
        return f"expected the reasons {wanted}, got {got}"
    return ""


def _problem(path: str, what: str, example: Example, wrong: str, atoms: str = "") -> Problem:
    return Problem(path, example.line, 1, f"{what}, example '{example.name}': {wrong}", atoms)


def example_circumstances(example: Example) -> Circumstances:
    """Under what an example is evaluated."""
    return Circumstances(
        EXAMPLES_AS_OF,
        AbsencePolicy(example.absence),
        {name: _day(text) for name, text in example.anchors.items()},
    )


def example_chart(book: RuleBook, given: Sequence[GivenFact]) -> Chart:
    """The chart that an example's facts make."""
    facts: list[Fact] = []
    attestations: list[Attestation] = []
    unreadable: list[Unreadable] = []
    covered: set[Kind] = set()
    birth: DateInterval | None = None
    sex = Sex.UNKNOWN
    deceased = False
    for number, item in enumerate(given, start=1):
        values = item.values
        if "concept" in values:
            facts.append(_fact(book, values, number))
        if "attests" in values:
            attestations.append(_attestation(values, number))
        if "unreadable" in values:
            concept = values.get("unreadable_concept")
            concepts = None if concept is None else frozenset({str(concept)})
            unreadable.append(Unreadable(f"Resource/{number}", Kind(str(values["unreadable"])), concepts, "unreadable"))
        if "covered" in values:
            covered |= _kinds(values["covered"])
        if "born" in values:
            birth = interval(str(values["born"]))
        if "sex" in values:
            sex = Sex(str(values["sex"]))
        if "deceased" in values:
            deceased = bool(values["deceased"])
    return Chart(
        patient="Patient/example",
        source="example",
        person=Person("Patient/example", birth, sex, deceased),
        facts=tuple(facts),
        covered=frozenset(covered).union(fact.kind for fact in facts),
        unreadable=tuple(unreadable),
        attestations=tuple(attestations),
        allergies_assessed=any(_names_an_allergy(fact) for fact in facts),
    )


def _names_an_allergy(fact: Fact) -> bool:
    return fact.kind is Kind.ALLERGY and fact.certainty is Certainty.FIRM and fact.role in _NAMING


def _fact(book: RuleBook, values: Mapping[str, object], number: int) -> Fact:
    concept = book.concepts[str(values["concept"])]
    measured = any(key in values for key in ("value", "times_upper_limit", "times_lower_limit", "result"))
    others = sorted((kind for kind in concept.kinds if kind is not Kind.OBSERVATION), key=lambda kind: kind.value)
    kind = Kind(str(values["kind"])) if "kind" in values else Kind.OBSERVATION if measured or not others else others[0]
    when, ended = _date(values.get("on")), values.get("ended")
    ended_when = None if ended in (None, True, False) else _date(ended)
    return Fact(
        kind=kind,
        reference=f"{kind.value}/{number}",
        concept=concept.id,
        role=Role(str(values.get("role", "definitive"))),
        says=f"{concept.label} of the example",
        certainty=Certainty(str(values.get("certainty", "firm"))),
        when=_taken(when, ended_when, goes_on=ended is False) if kind is Kind.MEDICATION else when,
        recorded=_date(values.get("recorded")),
        ended=ended not in (None, False),
        ended_when=ended_when,
        state=State(str(values.get("state", "active" if kind is Kind.CONDITION else "unstated"))),
        value=_number(values.get("value")),
        value_problem=None if "value" in values else Reason.UNSPECIFIC if "result" in values else Reason.NO_DATA,
        times_upper_limit=_number(values.get("times_upper_limit")),
        limit_problem=None if "times_upper_limit" in values else Reason.NO_REFERENCE_RANGE,
        times_lower_limit=_number(values.get("times_lower_limit")),
        lower_limit_problem=None if "times_lower_limit" in values else Reason.NO_REFERENCE_RANGE,
        result=Result(str(values["result"])) if "result" in values else None,
        result_problem=None if "result" in values else Reason.UNSPECIFIC if "value" in values else Reason.NO_DATA,
        facets=_facets(values.get("facets")),
    )


def _taken(when: DateInterval | None, ended: DateInterval | None, *, goes_on: bool) -> DateInterval | None:
    """When a drug was taken: until it ended, where that day is given; as far as is known, where it goes on."""
    if when is None or (ended is None and not goes_on):
        return when
    last = ended or DateInterval(None, None, None, None)
    return DateInterval(when.first, last.last, when.start, last.end)


def _kinds(value: object) -> frozenset[Kind]:
    names = value if isinstance(value, (list, tuple)) else [value]
    return frozenset(Kind(str(name)) for name in names)


def _facets(value: object) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(name), str(facet)) for name, facet in value.items())) if isinstance(value, Mapping) else ()


def _number(value: object) -> NumberInterval | None:
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return NumberInterval(float(value[0]), float(value[1]))
    return NumberInterval.exactly(float(str(value)))


def _attestation(values: Mapping[str, object], number: int) -> Attestation:
    when = _date(values.get("on", "0 d"))
    assert when is not None
    answer = bool(values["answer"])
    return Attestation(
        target=str(values["attests"]),
        answer=answer,
        reference=f"Observation/{number}",
        when=when,
        until=None,
        by="Practitioner/example",
        says=f"attested {'yes' if answer else 'no'}",
    )


def _date(value: object) -> DateInterval | None:
    if value is None:
        return None
    text = str(value)
    return interval(_day(text).isoformat() if text.endswith(" d") else text)


def _day(text: str) -> date:
    """A day of an example: so many days before the as-of date, or a date."""
    if text.endswith(" d"):
        return EXAMPLES_AS_OF - timedelta(days=int(text[:-2]))
    return date.fromisoformat(text)


def interval(text: str) -> DateInterval:
    """A date of an example, `2026`, `2026-05` or `2026-05-21`, as the interval of its days in UTC."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        first = last = date(*parts)
    elif len(parts) == 2:
        first = date(parts[0], parts[1], 1)
        last = date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1) - timedelta(days=1)
    else:
        first, last = date(parts[0], 1, 1), date(parts[0], 12, 31)
    start = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
    end = int(datetime(last.year, last.month, last.day, tzinfo=UTC).timestamp()) + _DAY_SECONDS - 1
    return DateInterval(first, last, start, end)
