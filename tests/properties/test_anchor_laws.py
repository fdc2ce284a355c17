"""What must hold of anchors: the as-of date is one of them, and time that may still pass never makes a window true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from chart_strategies import ANCHORS, AS_OF, circumstances
from hypothesis import given, settings
from hypothesis import strategies as st
from narrow_strategies import narrow_books, narrow_charts

from trialsieve.engine import direct
from trialsieve.engine.facts import Chart
from trialsieve.engine.outcome import Circumstances, Outcome
from trialsieve.rules.atom import SCREENING, UNSTATED, Atom, DatedSince, Readings, Recorded, Test
from trialsieve.rules.logic import AllOf, AtomRef
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy, Timing, Truth

_days = st.dates(date(2026, 10, 15), AS_OF)
_later = st.integers(0, 400).map(lambda after: AS_OF + timedelta(days=after))


def atoms_of(book: RuleBook, chart: Chart, asked: Circumstances) -> Mapping[str, Outcome]:
    return direct.evaluate(book, ["T"], chart, asked).criteria["T", "C0"].atoms


def shown(atoms: Mapping[str, Outcome]) -> list[object]:
    return [(name, outcome.truth, outcome.reasons, outcome.decided_by) for name, outcome in atoms.items()]


def before_screening(test: Test) -> Test:
    """The same test with `screening` in the place of every anchor that may be given."""
    match test:
        case Readings(tests):
            changed = tuple((name, before_screening(inner)) for name, inner in tests)
            return replace(test, tests=changed)  # type: ignore[arg-type]
        case DatedSince():
            return replace(test, anchor=SCREENING)
    window = getattr(test, "window", None)
    if window is None or window.anchor == UNSTATED:
        return test
    return replace(test, window=replace(window, anchor=SCREENING, back_from=None))


def _before_screening_by(test: Test, **changes: object) -> Test:
    window = getattr(test, "window", None)
    if window is None or window.anchor != SCREENING:
        return test
    return replace(test, window=replace(window, **changes))


def from_enrollment(test: Test) -> Test:
    """The same test with its window before screening counted back from the day of enrollment, where that is earlier."""
    return _before_screening_by(test, back_from="enrollment")


def from_screening_alone(test: Test) -> Test:
    """The same test with its window before screening counted back from no other day."""
    return _before_screening_by(test, back_from=None)


def with_tests(book: RuleBook, atoms: tuple[Atom, ...]) -> RuleBook:
    (criterion,) = book.trials["T"].criteria
    logic = AllOf(tuple(AtomRef(atom.id) for atom in atoms))
    trial = replace(book.trials["T"], criteria=(replace(criterion, atoms=atoms, logic=logic),))
    return replace(book, trials={"T": trial})


@settings(max_examples=400)
@given(narrow_books(), narrow_charts(), st.sampled_from(list(AbsencePolicy)))
def test_an_anchor_on_the_as_of_date_is_screening(book: RuleBook, chart: Chart, absence: AbsencePolicy) -> None:
    (criterion,) = book.trials["T"].criteria
    other = with_tests(book, tuple(replace(atom, test=before_screening(atom.test)) for atom in criterion.atoms))
    today = atoms_of(book, chart, Circumstances(AS_OF, absence, dict.fromkeys(ANCHORS, AS_OF)))
    assert shown(today) == shown(atoms_of(other, chart, Circumstances(AS_OF, absence)))


@settings(max_examples=200)
@given(narrow_books(), narrow_charts(), circumstances(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_date_given_for_screening_or_for_an_anchor_of_another_trial_changes_nothing(
    book: RuleBook, chart: Chart, asked: Circumstances, day: date
) -> None:
    more = replace(asked, anchors={**asked.anchors, SCREENING: day, "another": day})
    assert shown(atoms_of(book, chart, more)) == shown(atoms_of(book, chart, asked))


@settings(max_examples=300)
@given(narrow_books(), narrow_charts(), st.sampled_from(list(AbsencePolicy)), st.integers(1, 3), st.integers(1, 40))
def test_a_window_counted_back_from_an_earlier_day_is_longer_by_the_days_between(
    book: RuleBook, chart: Chart, absence: AbsencePolicy, length: int, earlier: int
) -> None:
    (criterion,) = book.trials["T"].criteria
    back, longer = (
        with_tests(
            book, tuple(replace(atom, test=_before_screening_by(atom.test, **window)) for atom in criterion.atoms)
        )
        for window in (
            {"amount": length, "unit": "day", "back_from": "enrollment"},
            {"amount": length + earlier, "unit": "day", "back_from": None},
        )
    )
    asked = Circumstances(AS_OF, absence, {"enrollment": AS_OF - timedelta(days=earlier)})
    assert shown(atoms_of(back, chart, asked)) == shown(atoms_of(longer, chart, asked))


@settings(max_examples=200)
@given(narrow_books(), narrow_charts(), st.sampled_from(list(AbsencePolicy)), st.none() | _later)
def test_a_window_counted_back_from_no_earlier_day_is_as_it_was(
    book: RuleBook, chart: Chart, absence: AbsencePolicy, day: date | None
) -> None:
    (criterion,) = book.trials["T"].criteria
    back, plain = (
        with_tests(book, tuple(replace(atom, test=counting(atom.test)) for atom in criterion.atoms))
        for counting in (from_enrollment, from_screening_alone)
    )
    asked = Circumstances(AS_OF, absence, {} if day is None else {"enrollment": day})
    assert shown(atoms_of(back, chart, asked)) == shown(atoms_of(plain, chart, asked))


def _waits(atom: Atom, asked: Circumstances) -> bool:
    """Whether it asks for something on record in a window whose anchor is still open."""
    test = atom.test
    if not isinstance(test, Recorded) or test.window is None:
        return False
    counted_from = asked.anchors.get(test.window.back_from or "")
    settled = counted_from is not None and counted_from <= AS_OF
    return _is_open(test.window.anchor, asked) and not settled


def _is_open(anchor: str, asked: Circumstances) -> bool:
    return anchor == UNSTATED or asked.is_open(anchor)


@settings(max_examples=400)
@given(narrow_books(), narrow_charts(), circumstances())
def test_nothing_is_surely_on_record_in_a_window_that_may_still_move(
    book: RuleBook, chart: Chart, asked: Circumstances
) -> None:
    found = atoms_of(book, chart, asked)
    for atom in book.trials["T"].criteria[0].atoms:
        if _waits(atom, asked):
            assert found[atom.id].truth is not (Truth.FALSE if atom.absent else Truth.TRUE), atom.id


@settings(max_examples=400)
@given(narrow_books(), narrow_charts(), st.sampled_from(list(AbsencePolicy)), _later)
def test_what_lies_before_a_window_already_lies_before_it_when_the_anchor_comes(
    book: RuleBook, chart: Chart, absence: AbsencePolicy, day: date
) -> None:
    now, then = (
        atoms_of(book, chart, Circumstances(AS_OF, absence, anchors)) for anchors in ({}, dict.fromkeys(ANCHORS, day))
    )
    for atom in book.trials["T"].criteria[0].atoms:
        test = atom.test
        if isinstance(test, Recorded) and test.window is not None and test.at_time_of is None:
            none = Truth.TRUE if atom.absent else Truth.FALSE
            assert now[atom.id].truth is not none or then[atom.id].truth is none, atom.id


@settings(max_examples=300)
@given(narrow_books(), narrow_charts(), _days, st.integers(0, 60))
def test_what_is_dated_since_an_anchor_is_dated_since_any_day_before_it(
    book: RuleBook, chart: Chart, day: date, earlier: int
) -> None:
    dated = Atom("a0", Recorded(("x.condition", "x.drug"), Timing.EVER))
    book = with_tests(book, (dated, Atom("a1", DatedSince("a0", "enrollment"))))
    now, before = (
        atoms_of(book, chart, Circumstances(AS_OF, anchors={"enrollment": each}))["a1"].truth
        for each in (day, day - timedelta(days=earlier))
    )
    assert before is Truth.TRUE or now is not Truth.TRUE
