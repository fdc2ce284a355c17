"""Rules in readable form, rendered from what was loaded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import assert_never

from trialsieve.engine.phrases import REASON_WORDS
from trialsieve.rules.atom import (
    UNSTATED,
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
    Test,
    Unresolved,
    Window,
)
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Amendment
from trialsieve.rules.vocabulary import AbsenceRule, Basis, Kind, Take, Timing

TAKE_WORDS = {Take.LATEST: "the latest", Take.ANY: "any", Take.ALL: "every"}

TIMING_WORDS = {
    Timing.EVER: "ever",
    Timing.CURRENT: "current",
    Timing.UNSTATED: "not known to be over",
    Timing.INDEX_DISEASE: "whatever its clinical status",
}

ABSENCE_WORDS = {
    AbsenceRule.PRESUME: "nothing on record in a record that covers it: presumed absent",
    AbsenceRule.UNKNOWN: "nothing on record: unknown",
    AbsenceRule.ASSESSED_ONLY: "nothing on record: absent only where allergies were assessed",
}


def logic_words(logic: Logic, *, top: bool = True) -> str:
    """`a1 and (a2 or not a3)`."""
    match logic:
        case AtomRef():
            return logic.id
        case AllOf():
            return _joined(" and ", logic.of, top=top)
        case AnyOf():
            return _joined(" or ", logic.of, top=top)
        case AtLeast():
            return f"at least {logic.count} of ({', '.join(logic_words(part, top=False) for part in logic.of)})"
        case Not(of=NotTrue() as doubted):
            return _aside(f"{logic_words(doubted.of, top=False)} shown", top=top)
        case Not():
            return f"not {logic_words(logic.of, top=False)}"
        case NotTrue():
            return _aside(f"{logic_words(logic.of, top=False)} not shown", top=top)
        case UnlessShown():
            return _aside(f"open unless {logic_words(logic.of, top=False)} is shown", top=top)
    assert_never(logic)


def _joined(word: str, parts: tuple[Logic, ...], *, top: bool) -> str:
    return _aside(word.join(logic_words(part, top=False) for part in parts), top=top or len(parts) == 1)


def _aside(text: str, *, top: bool) -> str:
    return text if top else f"({text})"


def number(value: Decimal) -> str:
    return f"{value:f}"


def unit_words(unit: str) -> str:
    """A UCUM unit as people write it; annotations such as `{score}` say nothing."""
    return "" if unit.startswith("{") or unit == "1" else " completed years" if unit == "a" else f" {unit}"


def limits_words(limits: Limits) -> str:
    """`at least 50 %`, `above 2 and at most 3 mg/dL`; as the rule file has it first, where that is in another unit."""
    if limits.written is not None:
        return f"{limits_words(limits.written)} ({limits_words(replace(limits, written=None))})"
    unit = unit_words(limits.unit)
    if limits.low is not None and limits.low == limits.high:
        return f"exactly {number(limits.low)}{unit}"
    parts = []
    if limits.low is not None:
        parts.append(f"{'above' if limits.low_open else 'at least'} {number(limits.low)}")
    if limits.high is not None:
        parts.append(f"{'below' if limits.high_open else 'at most'} {number(limits.high)}")
    return f"{' and '.join(parts) or 'any number'}{unit}"


def window_words(window: Window) -> str:
    """`within 6 months before screening`; an edge that does not count is `less than 6 months before screening`."""
    anchor = "a day that the registry omits" if window.anchor == UNSTATED else window.anchor
    words = f"{'within' if window.inclusive else 'less than'} {window.length} before {anchor}"
    if window.back_from is None:
        return words
    return f"{words}, counted back from {window.back_from} where that is given and earlier"


def concept_words(concepts: tuple[str, ...], book: RuleBook) -> str:
    """Labels with the ids of the value sets behind them."""
    return " or ".join(f"{book.concepts[name].label} [{name}]" if name in book.concepts else name for name in concepts)


def facet_words(facets: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facets)


def what_it_asks(atom: Atom, book: RuleBook) -> str:
    """What an atom looks for, in one clause."""
    clause = words_of_test(atom.test, book)
    return f"absent: {clause}" if atom.absent else clause


def words_of_test(test: Test, book: RuleBook) -> str:
    """What a test looks for, in one clause."""
    match test:
        case Age():
            return f"age {limits_words(test.limits)}"
        case RecordedSex():
            return f"recorded sex is {' or '.join(sorted(sex.value for sex in test.among))}"
        case Measurement():
            limits = limits_words(test.limits)
            if test.basis is not Basis.VALUE:
                side = "upper" if test.basis is Basis.TIMES_UPPER_LIMIT else "lower"
                times = f"{limits_words(replace(test.limits, unit='1'))} times"
                limits = f"{times.removesuffix(' 1 times')} its own {side} limit of normal"
            lead = f"{TAKE_WORDS[test.take]} {concept_words(test.concepts, book)} is {limits}"
            return _clauses(lead, _result_clauses(test, book))
        case QualitativeResult():
            lead = f"{TAKE_WORDS[test.take]} {concept_words(test.concepts, book)} is {test.expected.value}"
            only = [f"only {facet_words(test.only)}"] if test.only else []
            heeding = ["open beside a newer number that nobody calls positive or negative"] if test.heed_numbers else []
            return _clauses(lead, [*only, *_result_clauses(test, book), *heeding])
        case Recorded():
            return _recorded_words(test, book)
        case FindingHolds():
            title = book.findings[test.finding].title if test.finding in book.findings else test.finding
            return f"finding {test.finding}: {title}"
        case SameResource():
            values = f"{'other than ' if test.other else ''}{' or '.join(test.values)}"
            return f"the resource that decides {test.of} states {test.facet} {values}"
        case DatedSince():
            return f"the resource that decides {test.of} is dated since {test.anchor}"
        case Judgement():
            return "a person judges it (attestation)"
        case Unresolved():
            return f"always open: {REASON_WORDS[test.reason]}"
        case Readings():
            return "readings that have to agree: " + "; ".join(
                f"{name}: {words_of_test(reading, book)}" for name, reading in test.tests
            )
    assert_never(test)


def _clauses(lead: str, clauses: list[str]) -> str:
    return ", ".join([lead, *clauses])


def _result_clauses(test: Measurement | QualitativeResult, book: RuleBook) -> list[str]:
    clauses = []
    if test.window is not None:
        clauses.append(window_words(test.window))
    elif test.currency is not None:
        clauses.append(f"at most {book.currency[test.currency]} days old ({test.currency})")
    clauses += [f"not from before {name}" for name in test.not_before]
    clauses += _after_words(test)
    if test.not_older_than is not None:
        clauses.append(f"not older than what decides {test.not_older_than}")
    if test.skip:
        clauses.append(f"leaving out {facet_words(test.skip)}")
    return clauses


def _after_words(test: Measurement | QualitativeResult | Recorded) -> list[str]:
    if test.after is None:
        return []
    return [f"{'after' if test.within_after is None else f'within {test.within_after.length} after'} {test.after}"]


def _recorded_words(test: Recorded, book: RuleBook) -> str:
    clauses = [window_words(test.window) if test.window is not None else TIMING_WORDS[test.timing]]
    if test.currency is not None:
        is_condition = any(Kind.CONDITION in book.concepts[name].kinds for name in test.concepts)
        how = "asserted" if is_condition else "given or still going on"
        clauses.append(f"{how} in the last {book.currency[test.currency]} days ({test.currency})")
    clauses += _after_words(test)
    if test.first:
        clauses.append("the first on record")
    if test.at_time_of is not None:
        clauses.append(f"at the time of what decides {test.at_time_of}")
    if test.states:
        clauses.append(f"clinical status {' or '.join(sorted(state.value for state in test.states))}")
    if test.facets:
        clauses.append(f"with {facet_words(test.facets)}")
    if test.skip:
        clauses.append(f"leaving out {facet_words(test.skip)}")
    if test.all_supporting:
        clauses.append("which no code decides by itself")
    if test.still_active is not None:
        clauses.append("older ones that are still active go to a person")
    lead = "asks for, as a denial: " if test.negated else "asks for: "
    return _clauses(lead + concept_words(test.concepts, book), clauses)


def atom_notes(atom: Atom, book: RuleBook) -> list[str]:
    """What else holds for an atom: absence, when it goes to a person, to whom it applies."""
    notes = []
    if isinstance(atom.test, Recorded):
        notes.append(absence_words(atom, atom.test, book))
        notes += [f"to a person: {case.says} ({REASON_WORDS[case.reason]})" for case in atom.test.review]
    notes += [
        f"to a person: {case.says} ({REASON_WORDS[case.reason]}), when {logic_words(case.condition)}"
        for case in atom.review_when
    ]
    if atom.applies_to is not None:
        notes.append(f"applies to: {atom.applies_to.value}")
    if atom.when is not None:
        notes.append(f"counts only when {logic_words(atom.when)}")
    return notes


def absence_words(atom: Atom, test: Recorded, book: RuleBook) -> str:
    """What nothing on record means; where codes cannot say all, never that it is absent."""
    gaps = [concept.gap for concept in (book.concepts.get(name) for name in test.concepts) if concept and concept.gap]
    if gaps and atom.absence is AbsenceRule.PRESUME:
        return f"{ABSENCE_WORDS[AbsenceRule.UNKNOWN]} ({'; '.join(dict.fromkeys(gaps))})"
    unless = f", unless {atom.presume_unless}" if atom.presume_unless else ""
    return ABSENCE_WORDS[atom.absence] + unless


def amendment_words(amendment: Amendment) -> str:
    """Which reading was chosen, on what grounds, by whom and when."""
    return f"read as {amendment.reading}: {amendment.why} ({amendment.by}, {amendment.on.isoformat()})"
