"""Small charts over an invented vocabulary, written so that tables of cases read like the specification."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from trialsieve.engine.facts import Attestation, Chart, Contradiction, Fact, Person, Uncoded, Unreadable
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.concept import Code, Concept, Facets
from trialsieve.rules.vocabulary import (
    COVERABLE,
    Certainty,
    Kind,
    Reason,
    Result,
    Role,
    Sex,
    State,
)

AS_OF = date(2026, 11, 21)
DAY_SECONDS = 86_400

NUMBER, RESULT = "x.number", "x.result"
CONDITION, OTHER, MIXED = "x.condition", "x.other", "x.mixed"
PROCEDURE, DRUG, ALLERGY, GAP = "x.procedure", "x.drug", "x.allergy", "x.gap"

_KINDS = {
    NUMBER: {Kind.OBSERVATION},
    RESULT: {Kind.OBSERVATION},
    CONDITION: {Kind.CONDITION},
    OTHER: {Kind.CONDITION},
    MIXED: {Kind.CONDITION, Kind.PROCEDURE, Kind.OBSERVATION},
    PROCEDURE: {Kind.PROCEDURE},
    DRUG: {Kind.MEDICATION},
    ALLERGY: {Kind.ALLERGY},
    GAP: {Kind.CONDITION},
}
CONCEPTS = {
    name: Concept(
        id=name,
        label=name.removeprefix("x."),
        kinds=frozenset(kinds),
        codes=(Code("urn:x", name, name, Role.DEFINITIVE, "invented"),),
        unit="%",
        gap="no code says so" if name == GAP else None,
    )
    for name, kinds in _KINDS.items()
}

# --- dates ----------------------------------------------------------------------------------------------------------


def on(text: str) -> DateInterval:
    """A FHIR date: `2026`, `2026-05` or `2026-05-21`, as the interval of its days."""
    parts = [int(part) for part in text.split("-")]
    year, month, day = (*parts, None, None)[:3]
    assert year is not None
    first = date(year, month or 1, day or 1)
    if day is not None:
        last = first
    elif month is not None:
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    else:
        last = date(year, 12, 31)
    return DateInterval(first, last, _seconds(first), _seconds(last) + DAY_SECONDS - 1)


def ago(number: int) -> DateInterval:
    """The whole day so many days before the as-of date; negative: after it."""
    return on((AS_OF - timedelta(days=number)).isoformat())


def between(first: int | None, last: int | None) -> DateInterval:
    """From so many days before the as-of date to so many; open where nobody knows."""
    unknown = DateInterval(None, None, None, None)
    begin, end = (unknown if number is None else ago(number) for number in (first, last))
    return DateInterval(begin.first, end.last, begin.start, end.end)


def since(number: int) -> DateInterval:
    """From so many days before the as-of date on."""
    return between(number, None)


def at(number: int, hour: int) -> DateInterval:
    """An instant so many days before the as-of date."""
    day = AS_OF - timedelta(days=number)
    return DateInterval(day, day, _seconds(day) + hour * 3600, _seconds(day) + hour * 3600)


def by(number: int) -> DateInterval:
    """Only an upper bound, as `issued` gives: not after that day."""
    return between(None, number)


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


# --- facts ----------------------------------------------------------------------------------------------------------


class _References:
    count = 0


def _reference(kind: Kind, given: str | None) -> str:
    _References.count += 1
    return given or f"{kind.value}/{_References.count}"


def number(
    value: float | tuple[float, float] | NumberInterval | None,
    when: DateInterval | None,
    *,
    problem: Reason | None = Reason.NO_DATA,
    times: float | None = None,
    role: Role = Role.DEFINITIVE,
    certainty: Certainty = Certainty.FIRM,
    facets: Facets = (),
    concept: str = NUMBER,
) -> Fact:
    """A measured number, or None for a reason. `times`: as a multiple of its own upper limit."""
    measured = (
        NumberInterval(*value)
        if isinstance(value, tuple)
        else NumberInterval.exactly(value)
        if isinstance(value, (int, float))
        else value
    )
    return Fact(
        kind=Kind.OBSERVATION,
        reference=_reference(Kind.OBSERVATION, None),
        concept=concept,
        role=role,
        says=f"number {value}",
        certainty=certainty,
        when=when,
        value=measured,
        value_problem=None if measured is not None else problem,
        times_upper_limit=None if times is None else NumberInterval.exactly(times),
        limit_problem=None if times is not None else Reason.NO_REFERENCE_RANGE,
        result_problem=Reason.UNSPECIFIC,
        facets=facets,
    )


def result(
    value: Result | None,
    when: DateInterval | None,
    *,
    problem: Reason | None = Reason.NO_DATA,
    role: Role = Role.DEFINITIVE,
    certainty: Certainty = Certainty.FIRM,
    facets: Facets = (),
    concept: str = RESULT,
) -> Fact:
    """A qualitative result, or None for a reason."""
    return Fact(
        kind=Kind.OBSERVATION,
        reference=_reference(Kind.OBSERVATION, None),
        concept=concept,
        role=role,
        says=f"result {value.value if value else 'none'}",
        certainty=certainty,
        when=when,
        value_problem=Reason.UNSPECIFIC,
        limit_problem=Reason.NO_REFERENCE_RANGE,
        result=value,
        result_problem=None if value is not None else problem,
        facets=facets,
    )


def entry(
    when: DateInterval | None = None,
    *,
    concept: str = CONDITION,
    kind: Kind = Kind.CONDITION,
    reference: str | None = None,
    recorded: DateInterval | None = None,
    state: State = State.ACTIVE,
    role: Role = Role.DEFINITIVE,
    certainty: Certainty = Certainty.FIRM,
    ended: DateInterval | bool = False,
    facets: Facets = (),
) -> Fact:
    """Something on record: a condition unless `kind` says otherwise."""
    return Fact(
        kind=kind,
        reference=_reference(kind, reference),
        concept=concept,
        role=role,
        says=f"{concept.removeprefix('x.')} on record",
        certainty=certainty,
        when=when,
        recorded=recorded,
        ended=ended is not False,
        ended_when=ended if isinstance(ended, DateInterval) else None,
        state=state if kind is Kind.CONDITION else State.UNSTATED,
        facets=facets,
    )


def denial(
    when: DateInterval | None = None, *, concept: str = CONDITION, certainty: Certainty = Certainty.FIRM
) -> Fact:
    """What denies it, recorded on the day from which that is so."""
    return entry(when, recorded=when, concept=concept, role=Role.NEGATES, certainty=certainty)


def unreadable(kind: Kind | None, *concepts: str) -> Unreadable:
    reference = f"{kind.value if kind else 'Resource'}/garbled"
    return Unreadable(reference, kind, frozenset(concepts) if concepts else None, "garbled")


def attestation(target: str, answer: bool, when: DateInterval, until: DateInterval | None = None) -> Attestation:
    says = f"attested {'yes' if answer else 'no'}"
    return Attestation(target, answer, _reference(Kind.OBSERVATION, None), when, until, "Practitioner/1", says)


def refuted(*others: Fact, when: DateInterval | None = None) -> Contradiction:
    """A resource of the code of these others that was refuted, recorded then."""
    return Contradiction("Condition/refuted", "refuted", frozenset(each.reference for each in others), True, when)


def over(*others: Fact, when: DateInterval | None = None, ended: DateInterval | None = None) -> Contradiction:
    """A resource of the code of these others that is over, as was said then."""
    of = frozenset(each.reference for each in others)
    return Contradiction("Condition/over", "over", of, False, when, ended)


Given = Fact | Unreadable | Attestation | Uncoded | Contradiction


def chart(
    *given: Given,
    covered: Iterable[Kind] | None = None,
    in_full: bool = True,
    sex: Sex = Sex.UNKNOWN,
    birth: str | None = None,
    unusable: Iterable[str] = (),
    deceased: bool = False,
    deceased_when: DateInterval | None = None,
    set_aside: str | None = None,
    cautions: tuple[str, ...] = (),
) -> Chart:
    """A chart of these; every kind is covered unless `covered` says which (a kind that is present always is)."""
    facts = tuple(item for item in given if isinstance(item, Fact))
    return Chart(
        patient="Patient/p1",
        source="test",
        person=Person(
            "Patient/p1",
            None if birth is None else on(birth),
            sex,
            deceased,
            deceased_when,
            frozenset(unusable),
            set_aside,
        ),
        facts=facts,
        covered=(COVERABLE if covered is None else frozenset(covered)).union(fact.kind for fact in facts),
        unreadable=tuple(item for item in given if isinstance(item, Unreadable)),
        uncoded=tuple(item for item in given if isinstance(item, Uncoded)),
        attestations=tuple(item for item in given if isinstance(item, Attestation)),
        cautions=cautions,
        contradictions=tuple(item for item in given if isinstance(item, Contradiction)),
        allergies_assessed=any(
            fact.kind is Kind.ALLERGY and fact.certainty is Certainty.FIRM and fact.role is not Role.NEGATES
            for fact in facts
        ),
        in_full=in_full,
    )
