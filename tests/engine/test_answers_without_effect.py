"""A person's answer that counts for nothing is told: lapsed, dated ahead, older than a doubt, or settling nothing."""

from __future__ import annotations

import pytest
from charts import AS_OF, Given, ago, attestation, chart, entry, number, refuted
from invented_rules import atom, book, criterion, finding, measured, recorded

from trialsieve.engine.interval import DateInterval
from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import ScreeningResult
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import Judgement, Unresolved
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Certainty, Reason, Timing

JUDGED = book(criterion(atom(Judgement())))
LAPSED = "has lapsed, and has to be given anew"
LATER = "is dated after the as-of date, and so not used; check the date"


def screened(rules: RuleBook, *given: Given) -> ScreeningResult:
    (result,) = Screener(rules, ["T"]).screen(chart(*given), Circumstances(AS_OF))
    return result


@pytest.mark.parametrize(
    ("given", "cautions"),
    [
        ([attestation("T#C1", True, ago(31))], [LAPSED]),
        ([attestation("T#C1.a", True, ago(31))], [LAPSED]),
        ([attestation("T#C1", True, ago(30))], []),
        ([attestation("T#C1", True, ago(9), until=ago(1))], [LAPSED]),
        ([attestation("T#C1", True, ago(31)), attestation("T#C1", False, ago(2))], []),
        ([attestation("T#C1", True, ago(-1))], [LATER]),
        ([attestation("T#C1", True, ago(0))], []),
        ([attestation("T#C1", True, ago(-1)), attestation("T#C1", False, ago(2))], []),
        ([attestation("T#C1", True, ago(31)), attestation("T#C1", True, ago(-1))], [LAPSED, LATER]),
        ([attestation("OTHER#C1", True, ago(31)), attestation("OTHER#C1", True, ago(-1))], []),
    ],
)
def test_an_answer_that_does_not_count_is_told_where_the_question_is_open(
    given: list[Given], cautions: list[str]
) -> None:
    result = screened(JUDGED, *given)
    assert [says for caution in result.cautions for says in (LAPSED, LATER) if caution.endswith(says)] == cautions
    assert len(result.cautions) == len(cautions)
    for caution, answer in zip(result.cautions, given, strict=False):
        assert answer.reference in caution  # type: ignore[union-attr]


ANSWERED = attestation("T#C1", True, ago(2))


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (Reason.REGISTRY_ERROR, "the registry's text is wrong or ambiguous"),
        (Reason.TRUNCATED, "the registry's text is cut off"),
    ],
)
def test_an_answer_to_what_no_person_settles_is_told(reason: Reason, why: str) -> None:
    rules = book(criterion(atom(Unresolved(reason))))
    (caution,) = screened(rules, ANSWERED).cautions
    assert caution.startswith("the answer to C1 of ")
    assert caution.endswith(f"({ANSWERED.reference}) does not settle it: {why}")
    part = attestation("T#C1.a", True, ago(2))
    (caution,) = screened(rules, part).cautions
    assert caution.startswith("the answer to C1.a of ")
    assert caution.endswith(f"does not settle it: {why}")


# --- older than what keeps it open ----------------------------------------------------------------------------------

MEASURED = book(criterion(atom(measured())))
CLOT = entry(ago(9), recorded=ago(9))


def _doubt(days_ago: int, value: float = 40) -> Given:
    return number(value, ago(days_ago), certainty=Certainty.WEAK)


@pytest.mark.parametrize("part", ["", ".a"])
@pytest.mark.parametrize(
    ("given", "newer"),
    [
        pytest.param([number(60, ago(9)), _doubt(1)], "number 40", id="a doubt"),
        pytest.param([number(60, ago(9)), _doubt(2)], None, id="of that day"),
        pytest.param([number(60, ago(9)), _doubt(3)], None, id="an older one"),
        pytest.param([number(60, ago(9)), _doubt(3), _doubt(1, 30)], "number 30", id="a newer one alone"),
        pytest.param([number(60, ago(9)), _doubt(1), _doubt(0)], "number 40", id="two of the same words"),
        pytest.param([number((40, 60), ago(1))], "number (40, 60)", id="what it rests on"),
        pytest.param([number(40, ago(9))], None, id="it conflicts with an older one"),
        pytest.param([number(60, ago(9)), number(40, ago(1))], None, id="a newer one decides"),
    ],
)
def test_an_answer_that_is_older_than_what_keeps_it_open_is_told_with_that(
    given: list[Given], newer: str | None, part: str
) -> None:
    answer = attestation(f"T#C1{part}", True, ago(2))
    cautions = screened(MEASURED, *given, answer).cautions
    said = f"the answer to C1{part} of {ago(2).first} ({answer.reference}) does not settle it: newer than it: {newer}"
    assert cautions == (() if newer is None else (said,))


def test_so_is_one_that_is_older_than_a_finding_that_it_has_to_follow() -> None:
    relapsed = finding("relapsed", atom(recorded(), "coded"), date_from=("coded",))
    rules = book(criterion(atom(measured(not_before=("relapsed",)))), findings=[relapsed])
    result = screened(rules, number(60, ago(9)), entry(ago(1)), attestation("T#C1", True, ago(2)))
    (caution,) = result.cautions
    assert caution.endswith("does not settle it: newer than it: “Relapsed”")
    assert result.criteria[0].holds is None


@pytest.mark.parametrize(("when", "is_told"), [(ago(3), False), (ago(2), False), (ago(1), True), (None, False)])
def test_so_is_one_that_is_older_than_a_refutation(when: DateInterval | None, is_told: bool) -> None:
    rules = book(criterion(atom(recorded(timing=Timing.CURRENT))))
    result = screened(rules, CLOT, refuted(CLOT, when=when), attestation("T#C1.a", True, ago(2)))
    assert result.criteria[0].holds is (None if is_told else True)
    assert [caution.endswith("does not settle it: newer than it: refuted") for caution in result.cautions] == (
        [True] if is_told else []
    )


def test_answers_are_told_in_one_order_whatever_that_of_the_input() -> None:
    rules = book(criterion(atom(Unresolved(Reason.TRUNCATED)), atom(Unresolved(Reason.TRUNCATED), "b")))
    of_one_instant = [attestation("T#C1.a", True, ago(2)), attestation("T#C1.a", False, ago(2))]
    given = [attestation("T#C1.b", True, ago(2)), *of_one_instant, attestation("T#C1", True, ago(-1))]
    told = {screened(rules, *order).cautions for order in (given, given[::-1])}
    (cautions,) = told
    assert [caution.split()[3] for caution in cautions] == ["C1", "C1.a", "C1.b"]


def test_an_answer_to_one_part_is_not_blamed_for_another() -> None:
    rules = book(criterion(atom(Judgement()), atom(Unresolved(Reason.TRUNCATED), "b")))
    result = screened(rules, attestation("T#C1.a", True, ago(2)))
    assert (result.criteria[0].holds, result.cautions) == (None, ())


def test_an_answer_to_what_is_settled_is_not_told() -> None:
    rules = book(criterion(atom(measured())))
    given = (number(60, ago(1)), attestation("T#C1", True, ago(-1)), attestation("T#C1", True, ago(31)))
    result = screened(rules, *given)
    assert (result.criteria[0].holds, result.cautions) == (True, ())
