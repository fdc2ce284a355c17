"""Random charts over a small invented vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import strategies as st
from msgspec.structs import replace

from trialsieve.engine.examples import interval
from trialsieve.engine.facts import Attestation, Chart, Contradiction, Fact, Person, Uncoded, Unreadable
from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.vocabulary import (
    AbsencePolicy,
    Certainty,
    Kind,
    Reason,
    Result,
    Role,
    Sex,
    State,
)

AS_OF = date(2026, 11, 21)
_TO_DATE = interval(AS_OF.isoformat())

_KINDS: dict[str, frozenset[Kind]] = {
    "x.number": frozenset({Kind.OBSERVATION}),
    "x.result": frozenset({Kind.OBSERVATION}),
    "x.both": frozenset({Kind.OBSERVATION, Kind.CONDITION}),
    "x.condition": frozenset({Kind.CONDITION}),
    "x.other": frozenset({Kind.CONDITION, Kind.PROCEDURE}),
    "x.gap": frozenset({Kind.CONDITION}),
    "x.drug": frozenset({Kind.MEDICATION}),
    "x.allergy": frozenset({Kind.ALLERGY}),
}
OBSERVED = ("x.number", "x.result", "x.both")
ON_RECORD = ("x.both", "x.condition", "x.other", "x.gap", "x.drug", "x.allergy")
FACETS = (("method", "one"), ("method", "two"), ("course", "chronic"))
CONCEPTS = {
    name: Concept(
        id=name,
        label=name.removeprefix("x."),
        kinds=kinds,
        codes=(Code("urn:x", name, name, Role.DEFINITIVE, "invented"),),
        unit="%",
        gap="proves nothing" if name == "x.gap" else None,
    )
    for name, kinds in _KINDS.items()
}
CURRENCY = {"short": 7, "long": 90}
ANCHORS = ("enrollment", "infusion")
"""The anchors beside screening whose dates may be given."""


@st.composite
def circumstances(draw: st.DrawFn, policy: AbsencePolicy | None = None) -> Circumstances:
    """Either policy; each anchor past, today, to come or not given."""
    days = st.sampled_from([-184, -30, -7, -1, 0, 1, 7, 30])
    given = draw(st.dictionaries(st.sampled_from(ANCHORS), days.map(lambda after: AS_OF + timedelta(days=after))))
    return Circumstances(AS_OF, policy or draw(st.sampled_from(list(AbsencePolicy))), given)


# --- charts ---------------------------------------------------------------------------------------------------------


@st.composite
def dates(draw: st.DrawFn) -> DateInterval:
    """Days around the edges of the windows in use; sometimes a month, a year, a period, or only an upper bound."""
    days_ago = draw(st.sampled_from([-3, 0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91, 183, 184, 185, 400]))
    day = AS_OF - timedelta(days=days_ago)
    text = draw(st.sampled_from([day.isoformat(), day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]))
    when = interval(text)
    if draw(st.integers(0, 9)) == 0:
        return DateInterval(None, when.last, None, when.end)
    if draw(st.integers(0, 9)) == 0:
        until = interval((day + timedelta(days=draw(st.sampled_from([1, 30, 100])))).isoformat())
        return DateInterval(when.first, until.last, when.start, until.end)
    if draw(st.integers(0, 3)) == 0 and when.start is not None and when.first == when.last:
        second = when.start + draw(st.sampled_from([0, 3600, 7200]))
        return DateInterval(when.first, when.last, second, second)
    return when


def numbers() -> st.SearchStrategy[NumberInterval]:
    values = st.sampled_from([0.0, 0.3, 1.0, 2.0, 2.5, 3.0, 49.9, 50.0, 50.1, 1e-5, 1e16, 120.0])
    exact = values.map(NumberInterval.exactly)
    ranges = st.tuples(values, values).map(lambda pair: NumberInterval(min(pair), max(pair)))
    below = values.map(lambda value: NumberInterval(float("-inf"), value, False, True))
    above = values.map(lambda value: NumberInterval(value, float("inf"), True, False))
    return st.one_of(exact, exact, exact, ranges, below, above)


_MAY_END = frozenset({Kind.CONDITION, Kind.PROCEDURE, Kind.MEDICATION})

_PROBLEMS = st.sampled_from([Reason.NO_DATA, Reason.UNSPECIFIC, Reason.UNIT, Reason.UNUSABLE_DATA])


@st.composite
def facts(draw: st.DrawFn, number: int) -> Fact:
    concept = draw(st.sampled_from(sorted(_KINDS)))
    kind = draw(st.sampled_from(sorted(_KINDS[concept], key=lambda kind: kind.value)))
    value = draw(st.none() | numbers()) if kind is Kind.OBSERVATION else None
    multiple = draw(st.none() | numbers()) if kind is Kind.OBSERVATION else None
    result = draw(st.none() | st.sampled_from(list(Result))) if kind is Kind.OBSERVATION else None
    return Fact(
        kind=kind,
        reference=f"{kind.value}/{number - draw(st.sampled_from([0, 0, 0, 1]))}",  # sometimes a version of another
        concept=concept,
        role=draw(st.sampled_from([Role.DEFINITIVE] * 4 + [Role.SUPPORTING, Role.HISTORY, Role.NEGATES, Role.STATUS])),
        says=f"{concept} {number}",
        certainty=draw(st.sampled_from([Certainty.FIRM, Certainty.FIRM, Certainty.FIRM, Certainty.WEAK])),
        when=(when := draw(st.none() | dates() | dates() | dates())),
        recorded=draw(st.none() | dates()) if kind is Kind.CONDITION or is_to_come(when) else None,
        ended=(ended := kind in _MAY_END and draw(st.integers(0, 3)) == 0),
        ended_when=draw(st.none() | dates()) if ended or kind is Kind.MEDICATION else None,
        state=draw(st.sampled_from(list(State))) if kind is Kind.CONDITION else State.UNSTATED,
        value=value,
        value_problem=None if value is not None else draw(_PROBLEMS),
        times_upper_limit=multiple,
        limit_problem=None if multiple is not None else Reason.NO_REFERENCE_RANGE,
        times_lower_limit=multiple,
        lower_limit_problem=None if multiple is not None else Reason.NO_REFERENCE_RANGE,
        result=result,
        result_problem=None if result is not None else draw(_PROBLEMS),
        facets=tuple(sorted(draw(st.sets(st.sampled_from(FACETS), max_size=2)))),
        end_unknown=kind is not Kind.OBSERVATION and draw(st.integers(0, 3)) == 0,
    )


@st.composite
def contradictions(
    draw: st.DrawFn, found: Sequence[Fact], days: st.SearchStrategy[DateInterval]
) -> tuple[Contradiction, ...]:
    """Sometimes one or two that were refuted, or are over, of the codes of conditions and allergies in a chart."""
    of = sorted({fact.reference for fact in found if fact.kind in (Kind.CONDITION, Kind.ALLERGY)})
    if not of or draw(st.integers(0, 2)):
        return ()
    others = st.frozensets(st.sampled_from(of), min_size=1, max_size=2)
    one = st.builds(
        Contradiction,
        st.sampled_from(["Condition/c", *of]),
        st.just("a contradiction"),
        others,
        st.booleans(),
        st.none() | days | days,
        st.none() | days,
    )
    return tuple(draw(st.lists(one, min_size=1, max_size=2)))


@st.composite
def answers(draw: st.DrawFn, targets: Sequence[str], days: st.SearchStrategy[DateInterval]) -> tuple[Attestation, ...]:
    """Half of the time one answer of one day, to a criterion (the first of the targets) or to all that it rests on."""
    if draw(st.booleans()):
        return ()
    yes, when = draw(st.booleans()), draw(days.filter(lambda when: when.start is not None))
    asked = targets[1:] if draw(st.integers(0, 3)) else targets[:1]
    return tuple(
        [Attestation(each, yes, f"Observation/{each}", when, _TO_DATE, "Practitioner/1", "") for each in asked]
    )


def not_understood(
    entries: st.SearchStrategy[Fact], concepts: Sequence[str] = ON_RECORD
) -> st.SearchStrategy[Unreadable]:
    """A resource that was read and not understood: of the dates, ends and state of an entry, of any or few concepts."""
    few = st.none() | st.frozensets(st.sampled_from(list(concepts)), min_size=1, max_size=2)
    return st.builds(_not_understood, entries, few)


def _not_understood(entry: Fact, concepts: frozenset[str] | None) -> Unreadable:
    sought = replace(entry, concept="", says="", role=Role.DEFINITIVE, facets=())
    return Unreadable(f"{entry.kind.value}/u", entry.kind, concepts, "strange", was_read=True, would_be=sought)


def is_to_come(when: DateInterval | None) -> bool:
    """Whether a date lies after the as-of date: then it is looked at when it was recorded, whatever it is."""
    return when is not None and not when.starts_by(AS_OF)


@st.composite
def charts(draw: st.DrawFn, targets: Sequence[str] = ()) -> Chart:
    """A chart of up to eight facts; two of one resource share its dates and statuses, as the adapters make them."""
    found: list[Fact] = []
    for number in range(draw(st.integers(0, 8))):
        fact = draw(facts(number))
        found.append(fact)
        if fact.kind is Kind.CONDITION and draw(st.booleans()):
            others = [name for name, kinds in _KINDS.items() if Kind.CONDITION in kinds and name != fact.concept]
            found.append(
                Fact(
                    kind=fact.kind,
                    reference=fact.reference,
                    concept=draw(st.sampled_from(others)),
                    role=draw(st.sampled_from([Role.DEFINITIVE, Role.SUPPORTING, Role.NEGATES])),
                    says=fact.says,
                    certainty=fact.certainty,
                    when=fact.when,
                    recorded=fact.recorded,
                    ended=fact.ended,
                    ended_when=fact.ended_when,
                    state=fact.state,
                    facets=fact.facets,
                    end_unknown=fact.end_unknown,
                )
            )
    unreadable = draw(
        st.lists(
            st.builds(
                Unreadable,
                st.just("Resource/u"),
                st.none() | st.sampled_from(list(Kind)),
                st.none() | st.frozensets(st.sampled_from(sorted(_KINDS)), min_size=1, max_size=2),
                st.just("garbled"),
                st.booleans(),
                st.booleans(),
            )
            | not_understood(facts(9)),
            max_size=draw(st.sampled_from([0, 0, 0, 1, 2])),
        )
    )
    attestations = draw(
        st.lists(
            st.builds(
                Attestation,
                st.sampled_from(list(targets)),
                st.booleans(),
                st.just("Observation/attested"),
                dates().filter(lambda when: when.start is not None),
                st.none() | dates(),
                st.just("Practitioner/1"),
                st.just("attested"),
            ),
            max_size=2,
        )
        if targets
        else st.just([])
    )
    deceased = draw(st.integers(0, 19)) == 0
    return Chart(
        patient="Patient/p",
        source="generated",
        person=Person(
            "Patient/p",
            draw(st.none() | st.sampled_from(["1960-11-21", "1960-11-22", "2014", "1990-01-01"]).map(interval)),
            draw(st.sampled_from(list(Sex))),
            deceased,
            draw(st.none() | dates()) if deceased else None,
            draw(st.sampled_from([frozenset(), frozenset(), frozenset({"gender"}), frozenset({"birthDate"})])),
            draw(st.sampled_from([None, None, None, "this record is inactive"])),
        ),
        facts=tuple(found),
        covered=draw(st.frozensets(st.sampled_from(list(Kind)))).union(fact.kind for fact in found),
        unreadable=tuple(unreadable),
        uncoded=tuple(draw(st.lists(st.just(Uncoded(Kind.CONDITION, frozenset(), 2)), max_size=1))),
        attestations=tuple(attestations),
        contradictions=draw(contradictions(found, dates())),
        allergies_assessed=draw(st.booleans()),
    )
