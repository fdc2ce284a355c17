"""When a shared finding was: by the facts that it rests on, and as far as what may be so leaves it open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import (
    AS_OF,
    CONDITION,
    OTHER,
    PROCEDURE,
    Given,
    ago,
    at,
    between,
    by,
    denial,
    entry,
    on,
    refuted,
    result,
    unreadable,
)
from found import found
from invented_rules import Evaluate, atom, finding, positive, recorded

from trialsieve.engine.facts import Unreadable
from trialsieve.engine.interval import DateInterval
from trialsieve.rules.atom import Atom, FindingHolds, SameResource, Window
from trialsieve.rules.concept import Facets
from trialsieve.rules.logic import AnyOf, AtomRef
from trialsieve.rules.vocabulary import AbsenceRule, Certainty, Kind, Result, Role, Take

DIAGNOSIS = atom(recorded(), "diagnosis", absence=AbsenceRule.UNKNOWN)
TEST = atom(positive(), "test")
BY_ANY = atom(positive(take=Take.ANY), "test")
OPERATION = atom(recorded(concepts=(PROCEDURE,)), "operation", absence=AbsenceRule.UNKNOWN)
EITHER = AnyOf((AtomRef("diagnosis"), AtomRef("operation")))
LATEST = finding("f", DIAGNOSIS, OPERATION, true_when=EITHER)
FIRST = finding("f", DIAGNOSIS, OPERATION, true_when=EITHER, date_is="first")


def _operated(when: DateInterval | None) -> Given:
    return entry(when, concept=PROCEDURE, kind=Kind.PROCEDURE)


@pytest.mark.parametrize(
    ("given", "latest", "first"),
    [
        ([entry(ago(9))], ago(9), ago(9)),
        ([entry(ago(9)), entry(ago(3))], ago(3), ago(9)),
        ([entry(ago(9)), _operated(ago(3))], ago(3), ago(9)),
        ([_operated(at(3, 8))], at(3, 8), at(3, 8)),
        ([entry(None, recorded=ago(9))], by(9), by(9)),
        ([entry(ago(9), recorded=ago(3))], ago(9), ago(9)),
        ([entry(ago(9)), entry(None)], None, None),
        ([entry(None)], None, None),
        ([entry(ago(9)), entry(None, recorded=ago(3))], between(9, 3), by(9)),
        (
            [entry(on("2026-10")), entry(on("2026-10-15"))],
            DateInterval(on("2026-10-15").first, on("2026-10").last, on("2026-10-15").start, on("2026-10").end),
            DateInterval(on("2026-10").first, on("2026-10-15").last, on("2026-10").start, on("2026-10-15").end),
        ),
    ],
)
def test_a_true_finding_is_dated_by_the_evidence_of_its_true_atoms(
    evaluate: Evaluate, given: list[Given], latest: DateInterval | None, first: DateInterval | None
) -> None:
    assert found(evaluate, [LATEST], *given).when == latest
    assert found(evaluate, [FIRST], *given).when == first


WEAK_OPERATION = entry(ago(3), concept=PROCEDURE, kind=Kind.PROCEDURE, certainty=Certainty.WEAK)
FIRM = entry(ago(9))


@pytest.mark.parametrize(
    ("given", "latest", "first"),
    [
        ([FIRM, entry(ago(3), certainty=Certainty.WEAK)], between(9, 3), ago(9)),
        ([FIRM, entry(ago(3), role=Role.SUPPORTING)], between(9, 3), ago(9)),
        ([FIRM, WEAK_OPERATION], between(9, 3), ago(9)),
        ([FIRM, entry(None, recorded=ago(3), certainty=Certainty.WEAK)], between(9, 3), by(9)),
        ([FIRM, entry(ago(9), certainty=Certainty.WEAK)], ago(9), ago(9)),
        ([FIRM, entry(ago(20), certainty=Certainty.WEAK)], ago(9), between(20, 9)),
        ([FIRM, entry(None, certainty=Certainty.WEAK)], None, None),
        ([FIRM, refutable := entry(ago(3)), refuted(refutable)], between(9, 3), ago(9)),
        ([_operated(ago(9)), entry(ago(5)), denial(ago(3))], between(9, 5), ago(9)),
    ],
)
def test_what_may_be_so_leaves_open_when_a_finding_was(
    evaluate: Evaluate, given: list[Given], latest: DateInterval | None, first: DateInterval | None
) -> None:
    assert found(evaluate, [LATEST], *given).when == latest
    assert found(evaluate, [FIRST], *given).when == first


def _strange(when: DateInterval | None, *concepts: str, recorded: DateInterval | None = None) -> Unreadable:
    """A condition of which nobody can tell from its code whether it is one of these; None: of any."""
    fact = entry(when, concept="", reference="Condition/strange", recorded=recorded)
    of = frozenset(concepts) or None
    return Unreadable("Condition/strange", Kind.CONDITION, of, "strange", was_read=True, would_be=fact)


SINCE_9 = DateInterval(ago(9).first, AS_OF, ago(9).start, None)
A_GAP = replace(_strange(None), is_gap=True, would_be=None)


@pytest.mark.parametrize(
    ("given", "latest", "first"),
    [
        ([FIRM, _strange(ago(3))], between(9, 3), ago(9)),
        ([FIRM, _strange(ago(3), CONDITION)], between(9, 3), ago(9)),
        ([FIRM, _strange(ago(3), OTHER)], ago(9), ago(9)),
        ([FIRM, _strange(ago(9))], ago(9), ago(9)),
        ([FIRM, _strange(ago(20))], ago(9), between(20, 9)),
        ([FIRM, _strange(None, recorded=ago(3))], between(9, 3), by(9)),
        ([FIRM, _strange(None)], SINCE_9, by(9)),
        ([FIRM, _strange(ago(-1))], ago(9), ago(9)),
        ([FIRM, A_GAP], SINCE_9, by(9)),
        ([FIRM, unreadable(Kind.CONDITION, OTHER)], ago(9), ago(9)),
        ([FIRM, unreadable(Kind.OBSERVATION)], ago(9), ago(9)),
        ([_operated(ago(9)), unreadable(Kind.CONDITION)], SINCE_9, by(9)),
        ([_operated(ago(9)), _strange(ago(3))], between(9, 3), ago(9)),
    ],
)
def test_what_could_not_be_read_or_understood_leaves_it_open(
    evaluate: Evaluate, given: list[Given], latest: DateInterval | None, first: DateInterval | None
) -> None:
    assert found(evaluate, [LATEST], *given).when == latest
    assert found(evaluate, [FIRST], *given).when == first


def test_it_does_not_where_it_is_of_another_time_and_the_atom_false(evaluate: Evaluate) -> None:
    lately = atom(recorded(concepts=(OTHER,), window=Window(14, "day", True)), "lately")
    rule = finding("f", DIAGNOSIS, lately, true_when=AtomRef("diagnosis"), date_is="first")
    assert found(evaluate, [rule], FIRM, _strange(ago(60), OTHER, recorded=ago(60))).when == ago(9)
    assert found(evaluate, [rule], FIRM, _strange(ago(10), OTHER, recorded=ago(10))).when == between(10, 9)


AT_ANY_TIME = finding("f", BY_ANY)
NEWEST = finding("f", TEST)
KNOWN = result(Result.POSITIVE, ago(9))


@pytest.mark.parametrize(
    ("newer", "at_any_time", "newest"),
    [
        (result(Result.POSITIVE, ago(3), certainty=Certainty.WEAK), between(9, 3), between(9, 3)),
        (result(Result.POSITIVE, ago(3), role=Role.SUPPORTING), between(9, 3), between(9, 3)),
        (result(Result.NEGATIVE, ago(3), certainty=Certainty.WEAK), ago(9), None),
        (result(Result.INDETERMINATE, ago(3)), between(9, 3), None),
        (result(Result.NEGATIVE, ago(3)), ago(9), None),
        (result(None, ago(3)), ago(9), ago(9)),
        (result(Result.POSITIVE, ago(20), certainty=Certainty.WEAK), ago(9), ago(9)),
    ],
)
def test_results_that_may_be_so_leave_it_open_too(
    evaluate: Evaluate, newer: Given, at_any_time: DateInterval, newest: DateInterval | None
) -> None:
    assert found(evaluate, [AT_ANY_TIME], KNOWN, newer).when == at_any_time
    assert found(evaluate, [NEWEST], KNOWN, newer).when == newest


@pytest.mark.parametrize(
    ("result_on_record", "expected"),
    [
        (result(Result.POSITIVE, ago(3), certainty=Certainty.WEAK), between(9, 3)),
        (result(Result.NEGATIVE, ago(3), certainty=Certainty.WEAK), ago(9)),
        (result(Result.INDETERMINATE, ago(3)), between(9, 3)),
    ],
)
@pytest.mark.parametrize("take", [Take.ANY, Take.LATEST])
def test_so_do_results_by_which_alone_nothing_is_decided(
    evaluate: Evaluate, take: Take, result_on_record: Given, expected: DateInterval
) -> None:
    either = AnyOf((AtomRef("diagnosis"), AtomRef("test")))
    rule = finding("f", DIAGNOSIS, atom(positive(take=take), "test"), true_when=either)
    assert found(evaluate, [rule], FIRM, result_on_record).when == expected


@pytest.mark.parametrize(
    ("take", "certainty", "expected"),
    [
        (Take.ANY, Certainty.FIRM, ago(9)),
        (Take.ANY, Certainty.WEAK, ago(9)),
        (Take.LATEST, Certainty.FIRM, ago(9)),
        (Take.LATEST, Certainty.WEAK, between(9, 8)),  # doubts about the latest are heeded whatever their time
    ],
)
def test_what_is_too_old_to_be_so_leaves_nothing_open(
    evaluate: Evaluate, take: Take, certainty: Certainty, expected: DateInterval
) -> None:
    rule = finding("f", DIAGNOSIS, atom(positive(take=take, currency="week"), "test"), true_when=AtomRef("diagnosis"))
    assert found(evaluate, [rule], FIRM, result(Result.POSITIVE, ago(8), certainty=certainty)).when == expected


def test_of_the_latest_result_no_older_doubt_leaves_it_open(evaluate: Evaluate) -> None:
    older = result(Result.POSITIVE, ago(20), certainty=Certainty.WEAK)
    first_of_any, first = finding("f", BY_ANY, date_is="first"), finding("f", TEST, date_is="first")
    assert found(evaluate, [first_of_any], KNOWN, older).when == between(20, 9)
    assert found(evaluate, [first], KNOWN, older).when == ago(9)


ONE, TWO = (("assay", "one"),), (("assay", "two"),)
OF_ONE, NOT_OF_ONE = (atom(SameResource("test", "assay", ("one",)), "same", absent=absent) for absent in (False, True))


@pytest.mark.parametrize(("asked", "facets"), [(OF_ONE, ONE), (NOT_OF_ONE, TWO)])
def test_what_is_asked_of_the_same_resource_is_as_open_as_what_that_is(
    evaluate: Evaluate, asked: Atom, facets: Facets
) -> None:
    rule = finding("f", BY_ANY, asked, true_when=AtomRef("same"), date_from=("same",))
    known = result(Result.POSITIVE, ago(9), facets=facets)
    newer = result(Result.POSITIVE, ago(3), certainty=Certainty.WEAK)
    assert found(evaluate, [rule], known).when == ago(9)
    assert found(evaluate, [rule], known, newer).when == between(9, 3)


def test_so_it_is_where_nothing_decides_of_which_resource_it_is_asked(evaluate: Evaluate) -> None:
    rule = finding("f", DIAGNOSIS, BY_ANY, OF_ONE, true_when=AtomRef("diagnosis"), date_from=("diagnosis", "same"))
    assert found(evaluate, [rule], FIRM, result(Result.POSITIVE, ago(3), certainty=Certainty.WEAK)).when == between(
        9, 3
    )
    assert found(evaluate, [rule], FIRM, result(Result.NEGATIVE, ago(3), certainty=Certainty.WEAK)).when == ago(9)


def test_only_the_named_atoms_date_a_finding(evaluate: Evaluate) -> None:
    rule = finding("f", DIAGNOSIS, OPERATION, true_when=EITHER, date_from=("operation",))
    assert found(evaluate, [rule], entry(ago(9))).when is None
    assert found(evaluate, [rule], entry(ago(9)), _operated(ago(30))).when == ago(30)


def test_what_rests_on_a_finding_has_its_date(evaluate: Evaluate) -> None:
    base = finding("base", DIAGNOSIS, date_is="first")
    built = finding("built", atom(FindingHolds("base"), "base"))
    assert found(evaluate, [base, built], entry(ago(9)), entry(ago(3))).when == ago(9)
    assert found(evaluate, [base, built], entry(None)).when is None
    older = entry(ago(20), certainty=Certainty.WEAK)
    assert found(evaluate, [base, built], entry(ago(9)), older).when == between(20, 9)


def test_a_finding_that_may_be_so_has_no_date_by_which_another_could_be_dated(evaluate: Evaluate) -> None:
    base = finding("base", DIAGNOSIS)
    either = AnyOf((AtomRef("base"), AtomRef("operation")))
    built = finding("built", atom(FindingHolds("base"), "base"), OPERATION, true_when=either)
    done, weak = _operated(ago(9)), entry(ago(3), certainty=Certainty.WEAK)
    assert found(evaluate, [base, built], done).when == ago(9)
    assert found(evaluate, [base, built], done, weak).when is None
    assert found(evaluate, [finding("base", atom(recorded(), "diagnosis")), built], done).when == ago(9)


def test_it_has_its_date_where_it_counts_on_a_condition_that_is_so(evaluate: Evaluate) -> None:
    base = finding("base", DIAGNOSIS)
    counted = atom(FindingHolds("base"), "base", when=AtomRef("operation"))
    built = finding("built", counted, OPERATION, true_when=AtomRef("base"), date_from=("base",))
    assert found(evaluate, [base, built], entry(ago(9)), _operated(ago(20))).when == ago(9)


def test_a_finding_that_is_not_true_has_no_date(evaluate: Evaluate) -> None:
    assert found(evaluate, [finding("f", atom(recorded()))]).when is None
    assert found(evaluate, [finding("f", DIAGNOSIS)], entry(ago(9), certainty=Certainty.WEAK)).when is None


def test_what_is_true_by_no_resource_leaves_a_finding_undated(evaluate: Evaluate) -> None:
    without = atom(recorded(concepts=(OTHER,)), "without", absent=True)
    assert found(evaluate, [finding("f", DIAGNOSIS, without)], FIRM).when is None
    assert found(evaluate, [finding("f", DIAGNOSIS, without, date_from=("diagnosis",))], FIRM).when == ago(9)
