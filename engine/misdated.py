"""Cautions for what lies after the as-of date though it was done, or noted, by then: a day must be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from trialsieve.engine.facts import Chart, Fact, Unreadable
from trialsieve.rules.vocabulary import Certainty, Kind

_NAMED = 3  # of what lies after the as-of date; a record that is screened for a day long past may hold much of it
_NOT_UNDERSTOOD = "what was not understood"
_GIVEN = "MedicationAdministration/"  # an order, a dispense and a statement may be of what is still to be taken


def lying_after(chart: Chart, as_of: date) -> list[Fact]:
    """The facts that lie after the as-of date, and those that what was not understood would be."""
    strange = [one for item in chart.unreadable for one in _would_be(item)] if chart.unreadable else []
    return [  # not by `starts_by`: every fact is asked
        fact
        for fact in (*chart.facts, *strange)
        if (when := fact.when) is not None and (first := when.first) is not None and first > as_of
    ]


def _would_be(item: Unreadable) -> list[Fact]:
    """One for each concept that it may be of; of no concept where that is not known."""
    if item.would_be is None:
        return []
    return [replace(item.would_be, concept=concept, says=_NOT_UNDERSTOOD) for concept in item.concepts or ("",)]


def misdated(read: frozenset[str], lying_after: Sequence[Fact], as_of: date) -> list[str]:
    """A sentence for each slip, and one for all that was done only after the as-of date, by its own word.

    `read` are the concepts that a trial's rules read, `lying_after` what lies after the as-of date.
    """
    later = [fact for fact in lying_after if not fact.concept or fact.concept in read]
    slips = [fact for fact in later if _is_slip(fact, as_of)]
    done = [fact for fact in later if fact.recorded is None and _was_done(fact)]
    return [
        f"{said} lies after the day on which it was recorded, {_day(fact)}; its own date must be wrong"
        for said, fact in _each(slips).items()
    ] + _told(list(_each(done)))


def _is_slip(fact: Fact, as_of: date) -> bool:
    recorded, when = fact.recorded, fact.when
    return recorded is not None and when is not None and recorded.starts_by(as_of) and recorded.surely_before(when)


def _was_done(fact: Fact) -> bool:
    """Whether its status says that it was done, or is so; a plan and an order do not."""
    given = fact.kind is not Kind.MEDICATION or fact.reference.startswith(_GIVEN)
    return given and fact.certainty is Certainty.FIRM


def _each(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Each resource once, by what is said of it."""
    by_reference: dict[str, Fact] = {}
    for fact in facts:
        by_reference.setdefault(fact.reference, fact)
    return {f"{fact.says} ({fact.reference})": fact for fact in by_reference.values()}


def _day(fact: Fact) -> str:
    return "" if fact.recorded is None or fact.recorded.last is None else fact.recorded.last.isoformat()


def _told(done: Sequence[str]) -> list[str]:
    if not done:
        return []
    more = f", and {len(done) - _NAMED} more" if len(done) > _NAMED else ""
    named = ", ".join(done[:_NAMED])
    return [f"dated after the as-of date, and so not used, though recorded as done: {named}{more}; check the date"]
