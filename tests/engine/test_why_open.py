"""Why something is open, in words: where it is what is asked beside it, and in what it is not specific."""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import AS_OF, OTHER, Given, ago, chart, entry, number, result, unreadable
from invented_rules import atom, book, criterion, finding, measured, positive, recorded

from trialsieve.engine import direct
from trialsieve.engine.explanation import Words
from trialsieve.engine.facts import Uncoded
from trialsieve.engine.outcome import Circumstances, Outcome
from trialsieve.rules.atom import Atom, FindingHolds, SameResource, Test
from trialsieve.rules.logic import AtomRef, NotTrue, ReviewWhen
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Result, Role, State, Timing

SHARED = finding("shared", atom(recorded(concepts=(OTHER,)), "seen"), title="Something shared")
HIGH = atom(measured(currency="week"), "high", operand=False)
ALSO = atom(recorded(concepts=(OTHER,)), "other", operand=False)
IF_HIGH = ReviewWhen("the number is high", Reason.UNSPECIFIC, AtomRef("high"))
IF_OTHER = ReviewWhen("something else is on record", Reason.CONFLICTING_DATA, AtomRef("other"))
OLD, OTHER_ENTRY = number(60, ago(8)), entry(ago(1), concept=OTHER)
HIGH_OR_NOT = "perhaps the number is high: too old, or not of the time asked about"
NOT_KNOWN = f"{HIGH_OR_NOT}; on record: number 60"


def _told(asked: Atom, *given: Given) -> str:
    return Words(book(criterion(asked, HIGH, ALSO), findings=[SHARED])).atom(asked).explanation(_outcome(asked, *given))


def _outcome(asked: Atom, *given: Given) -> Outcome:
    rules = book(criterion(asked, HIGH, ALSO), findings=[SHARED])
    return direct.evaluate(rules, ["T"], chart(*given), Circumstances(AS_OF)).criteria["T", "C1"].atoms[asked.id]


@pytest.mark.parametrize(
    ("test", "cases", "given", "words"),
    [
        (recorded(), (IF_HIGH,), [OLD], f"No condition on record; {NOT_KNOWN}."),
        (recorded(), (IF_HIGH,), [OLD, entry(ago(1))], f"Condition on record; {NOT_KNOWN}."),
        (positive(), (IF_HIGH,), [OLD, result(Result.POSITIVE, ago(1))], f"Result positive; {NOT_KNOWN}."),
        (
            FindingHolds("shared"),
            (IF_HIGH,),
            [OLD, OTHER_ENTRY],
            f"Something shared: unknown; on record: other on record ({NOT_KNOWN}).",
        ),
        (
            recorded(),
            (IF_HIGH, IF_OTHER),
            [OLD, OTHER_ENTRY, entry(ago(1))],
            "Condition on record: these contradict each other"
            f" ({HIGH_OR_NOT}; something else is on record; on record: number 60, other on record).",
        ),
    ],
)  # fmt: skip
def test_what_is_asked_beside_it_is_not_said_of_it(
    test: Test, cases: tuple[ReviewWhen, ...], given: list[Given], words: str
) -> None:
    """That the number is too old is said of the number alone."""
    assert _told(atom(test, review_when=cases), *given) == words


STAINED = (("method", "stain"),)
BY_FLOW = (("specimen", "marrow"), ("method", "flow"))
NOT_SPECIFIC = "not specific enough to decide"


@pytest.mark.parametrize(
    ("test", "given", "words"),
    [
        (
            recorded(),
            entry(ago(1), role=Role.SUPPORTING),
            f"Condition on record: {NOT_SPECIFIC}, its code is too broad or not listed.",
        ),
        (
            recorded(facets=(("route", "oral"),)),
            entry(ago(1)),
            f"Condition on record: {NOT_SPECIFIC}, by its code or route.",
        ),
        (
            recorded(skip=STAINED),
            entry(ago(1), role=Role.SUPPORTING),
            f"Condition on record: {NOT_SPECIFIC}, its code is too broad or not listed.",
        ),
        (
            measured(skip=STAINED),
            number(60, ago(1), role=Role.SUPPORTING),
            f"Number 60: {NOT_SPECIFIC}, by its code, method or answer.",
        ),
        (
            positive(skip=STAINED, only=BY_FLOW),
            result(Result.POSITIVE, ago(1), role=Role.SUPPORTING, facets=BY_FLOW),
            f"Result positive: {NOT_SPECIFIC}, by its code, method, specimen or answer.",
        ),
        (
            SameResource("other", "method", ("stain",)),
            OTHER_ENTRY,
            f"Other on record: {NOT_SPECIFIC}, its method is not stated.",
        ),
    ],
)  # fmt: skip
def test_in_what_it_is_not_specific(test: Test, given: Given, words: str) -> None:
    """A condition has no method, nor has an allergy: only what the test asks for is named."""
    assert _told(atom(test), given) == words


def test_a_case_in_which_it_is_not_specific_says_in_what() -> None:
    told = _told(atom(recorded(), review_when=(IF_HIGH,)), number(60, ago(1)), entry(ago(1)))
    assert told == f"Condition on record; {NOT_SPECIFIC}: the number is high; on record: number 60."


@pytest.mark.parametrize(
    ("given", "words", "rests_on"),
    [
        ([number(60, ago(8))], "No result on record for number after “Something shared”.", []),
        (
            [number(60, ago(8)), entry(ago(1), concept=OTHER)],
            "No result on record for number after “Something shared”.",
            [],
        ),
        (
            [number(60, ago(8)), entry(None, concept=OTHER)],
            "Number 60: a date that would decide is missing (“Something shared” is undated).",
            ["Observation", "Condition"],
        ),
        (
            [number(60, ago(8)), entry(ago(9), concept=OTHER, certainty=Certainty.WEAK)],
            "Other on record: preliminary or unconfirmed.",
            ["Condition"],
        ),
    ],
)
def test_a_result_that_has_to_follow_something_names_what(given: list[Given], words: str, rests_on: list[str]) -> None:
    asked = atom(measured(after="shared"))
    assert _told(asked, *given) == words
    assert [item.reference.partition("/")[0] for item in _outcome(asked, *given).evidence] == rests_on


def test_what_could_not_be_read_and_may_be_such_a_case_is_named() -> None:
    """Of many the first few; what is wrong with them is told among the input's problems."""
    garbled = [replace(unreadable(Kind.CONDITION, OTHER), reference=f"Condition/{n}") for n in range(5)]
    asked = atom(recorded(), review_when=(IF_OTHER,))
    doubt = "perhaps something else is on record: a resource that bears on it cannot be read"
    assert _told(asked, entry(ago(1)), garbled[0]) == f"Condition on record; {doubt}; not read: Condition/0."
    named = "Condition/0, Condition/1, Condition/2 and 2 more"
    assert _told(asked, entry(ago(1)), *garbled) == f"Condition on record; {doubt}; not read: {named}."


def test_a_result_that_cannot_be_read_is_quoted() -> None:
    unread = number(None, ago(1), problem=Reason.UNUSABLE_DATA)
    assert _told(atom(measured()), unread) == "Number None: its result cannot be read."
    one, another = (result(None, ago(1), problem=Reason.UNUSABLE_DATA) for _ in range(2))
    assert _told(atom(positive()), one) == "Result none: its result cannot be read."
    assert _told(atom(positive()), one, another) == "Result none, result none: a result cannot be read."


def test_what_a_presumed_absence_is_of_is_said_where_something_else_was_left_out() -> None:
    """A mild allergy is an allergy: there is none of the kind that is asked about."""
    mild = (("severity", "not severe"),)
    asked = atom(recorded(skip=mild))
    assert _told(asked, entry(ago(1), facets=mild)) == "No condition on record of the kind asked about."
    assert _told(asked, entry(ago(1), concept=OTHER)) == "No condition on record."
    severe = atom(recorded(facets=(("severity", "severe"),)))
    assert _told(severe, entry(ago(1), facets=mild)) == "No condition on record of the kind asked about."


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 record has no code that the value set knows; its words name none of these"),
        (2, "2 records have no code that the value set knows; their words name none of these"),
    ],
)
def test_records_without_a_known_code_are_counted(count: int, words: str) -> None:
    uncoded = Uncoded(Kind.CONDITION, frozenset({"urn:local"}), count)
    assert _told(atom(recorded()), uncoded) == f"No condition on record ({words})."


def test_what_could_not_be_read_is_named_where_none_that_is_sure_is_such_a_case() -> None:
    """Else it would seem that there is nothing."""
    none_is = ReviewWhen("nothing else is surely on record", Reason.NO_DATA, NotTrue(AtomRef("other")))
    asked = atom(recorded(), review_when=(none_is,))
    garbled = unreadable(Kind.CONDITION, OTHER)
    told = _told(asked, entry(ago(1)), garbled)
    assert f"nothing else is surely on record; not read: {garbled.reference})" in told
    assert "not read" not in _told(asked, entry(ago(1)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            [OTHER_ENTRY],
            "Nothing on record settles whether there is or was condition; "
            "absence is not presumed here (“Something shared” holds).",
        ),
        (
            [entry(ago(1), concept=OTHER, certainty=Certainty.WEAK)],
            "No condition on record; it is open whether “Something shared”: not confirmed.",
        ),
    ],
)
def test_what_forbids_presuming_is_named(given: list[Given], words: str) -> None:
    """Else it would seem that something of the kind is on record."""
    assert _told(atom(recorded(), presume_unless="shared"), *given) == words


def test_what_is_past_is_told_with_what_forbids_presuming() -> None:
    over = entry(ago(90), state=State.RESOLVED)
    told = _told(atom(recorded(Timing.CURRENT), presume_unless="shared"), over, OTHER_ENTRY)
    assert told.endswith("(“Something shared” holds).")
