"""Of several cohorts the nearest to eligible, by one order (docs/cli.md, *table*), in list, cards and batch runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise, permutations
from typing import Any

import pytest
from msgspec.structs import replace

from trialsieve.engine.result import ArmResult, CriterionResult, OpenItems, ReadingResult, ScreeningResult
from trialsieve.rules.vocabulary import Effect, Reason, Verdict
from trialsieve.service.batch.rows import Rows
from trialsieve.service.hooks.card_detail import detail
from trialsieve.service.hooks.cards import summary
from trialsieve.service.text.nearness import nearest_arm, nearness
from trialsieve.service.text.shortlist import row_of

Result = Callable[..., ScreeningResult]
Criterion = Callable[..., CriterionResult]

ELIGIBLE, REVIEW, INELIGIBLE = Verdict.ELIGIBLE, Verdict.NEEDS_REVIEW, Verdict.INELIGIBLE


def arm(cohort: str, verdict: Verdict, *failing: str, stage: str = "screening", **opened: Sequence[str]) -> ArmResult:
    waiting = OpenItems(**{name: tuple(ids) for name, ids in opened.items()})
    limiting = failing or (*waiting.data, *waiting.judgement, *waiting.registry)
    return ArmResult(cohort, stage, verdict, limiting, waiting)


NEAREST_FIRST = [
    arm("eligible", ELIGIBLE),
    arm("set-aside", REVIEW, "patient"),
    arm("two-to-judge", REVIEW, judgement=["X1", "X2"]),
    arm("three-to-judge", REVIEW, judgement=["X1", "X2", "X3"]),
    arm("one-to-find-one-to-judge", REVIEW, data=["I1"], judgement=["X1"]),
    arm("on-hold-and-to-find-and-two-to-judge", REVIEW, registry=["H1"], judgement=["X1", "X2"]),
    arm("two-to-find", REVIEW, data=["I1", "I2"]),
    arm("would-fail-as-presumed", REVIEW, registry=["H2"]),
    arm("one-fails-and-two-are-open", INELIGIBLE, "I3", data=["I1", "I2"]),
    arm("two-fail", INELIGIBLE, "I3", "I4"),
    arm("two-fail-and-one-is-open", INELIGIBLE, "I3", "I4", judgement=["X1"]),
    arm("deceased", INELIGIBLE, "deceased"),
]


def pair_id(one: ArmResult) -> str:
    return one.cohort


@pytest.fixture
def of_arms(result: Result, criterion: Criterion) -> Callable[..., ScreeningResult]:
    """A result with these cohorts. H1 is on hold and lacks data; H2 is on hold and fails as presumed."""
    held = replace(criterion("H1", Effect.REVIEW), reasons=(Reason.REGISTRY_ERROR, Reason.NO_DATA))
    presumed = ReadingResult("presumed", False, "As presumed: would fail.")
    failing = replace(criterion("H2", Effect.REVIEW, reasons=[Reason.REGISTRY_ERROR]), readings=(presumed,))
    others = [criterion(name, Effect.REVIEW) for name in ("I1", "I2", "I3", "I4", "X1", "X2", "X3")]

    def make(*arms: ArmResult) -> ScreeningResult:
        verdicts = {one.verdict for one in arms if one.stage == "screening"}
        verdict = next(one for one in (ELIGIBLE, REVIEW, INELIGIBLE) if one in verdicts)
        return replace(result(held, failing, *others), verdict=verdict, arms=arms)

    return make


@pytest.mark.parametrize(("near", "far"), [*pairwise(NEAREST_FIRST)], ids=pair_id)
def test_the_order_is_that_of_the_table(
    of_arms: Callable[..., ScreeningResult], near: ArmResult, far: ArmResult
) -> None:
    assert nearness(of_arms(near)) < nearness(of_arms(far))
    for arms in permutations((near, far)):
        assert nearest_arm(of_arms(*arms)) is near
        assert nearness(of_arms(*arms)) == nearness(of_arms(near))


def test_of_equally_near_cohorts_it_is_the_first(of_arms: Callable[..., ScreeningResult]) -> None:
    for one, other in permutations([arm("a", REVIEW, data=["I1"]), arm("b", REVIEW, data=["I2"])]):
        assert nearest_arm(of_arms(one, other)) is one


def test_later_stages_do_not_count(of_arms: Callable[..., ScreeningResult]) -> None:
    now, later = arm("all", REVIEW, data=["I1"]), arm("all", ELIGIBLE, stage="infusion")
    assert nearest_arm(of_arms(later, now)) is now


@pytest.mark.parametrize(("near", "far"), [*pairwise(NEAREST_FIRST[2:])], ids=pair_id)
def test_list_card_and_batch_run_tell_of_the_same_cohort(
    of_arms: Callable[..., ScreeningResult], near: ArmResult, far: ArmResult
) -> None:
    for arms in permutations((near, far)):
        one = of_arms(*arms)
        assert f", cohort {near.cohort})" in detail(one, "title").replace("\\", "")
        assert f"- {far.cohort} at screening" in detail(one, "title").replace("\\", "")
        if near.verdict is REVIEW:
            assert row_of(one).because.startswith(f"{near.cohort}: ")
            opened = re.search(r", (\d+) open \(", summary(one, ""))
            assert opened is not None
            assert int(opened[1]) == len(near.limiting)
        assert batch_row(one)["limiting"] == [*near.limiting]


def batch_row(one: ScreeningResult) -> dict[str, Any]:
    rows = Rows()
    rows.add(0, [one], in_use=True)
    (row,) = rows.tables()["verdicts"].to_pylist()
    told: dict[str, Any] = row
    return told
