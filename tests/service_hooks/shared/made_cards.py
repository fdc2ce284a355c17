"""Cards made of the results of example patients, held to the specification."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from cds_hooks_schema import check_cards
from foreign_text import AUTOLINK, seen, tokens
from hook_client import EXAMPLES, example
from msgspec.structs import replace

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import ArmResult, OpenItems, ScreeningResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.hooks.cards import CardChoices, MadeCard, Shown, cards_for
from trialsieve.service.hooks.responses import CardsResponse, json_bytes

BOOK = cached_rules([], None)
NAMES = sorted(
    f"{path.parent.name}/{path.stem}" for path in EXAMPLES.glob("*/*.json") if path.parent.name in BOOK.trials
)


@cache
def screener() -> Screener:
    return Screener(BOOK, tuple(BOOK.trials))


@cache
def results(name: str) -> tuple[ScreeningResult, ...]:
    """An example patient's results, for every trial."""
    record = records_of_bundle(example(name), "prefetch", lambda problem: None)[0].record
    chart = build_chart(record, BOOK, [])
    return tuple(screener().screen(chart, Circumstances(date(2026, 11, 20)), findings=False))


def result(name: str, trial: str) -> ScreeningResult:
    return next(one for one in results(name) if one.trial == trial)


def made(found: Sequence[ScreeningResult], notices: Sequence[str] = (), **choices: Any) -> list[MadeCard]:
    """The cards of some results, held to the specification."""
    answers = [Shown(one, f"result-{number}") for number, one in enumerate(found)]
    cards = cards_for(answers, BOOK.trials, CardChoices(**choices), lambda name: f"http://x.example/{name}", notices)
    check_cards(json.loads(json_bytes(CardsResponse(cards=tuple(card.card for card in cards)))))
    return cards


def open_result(trial: str, data: int, judgement: int = 0, registry: int = 0) -> ScreeningResult:
    """A needs-review result with so many open criteria."""
    base = result("NCT04762485/missing-data", trial)
    names = [criterion.id for criterion in base.criteria]
    kinds = names[:data], names[data : data + judgement], names[data + judgement : data + judgement + registry]
    opened = OpenItems(*(tuple(kind) for kind in kinds))
    limiting = tuple(names[: data + judgement + registry])
    return replace(
        base,
        verdict=Verdict.NEEDS_REVIEW,
        arms=(ArmResult("all", "screening", Verdict.NEEDS_REVIEW, limiting, opened),),
    )


@cache
def of_resources(*chosen: str) -> tuple[ScreeningResult, ...]:
    """Results for the Patient and those resources of an example of which the references are given; nothing covered."""
    bundle = example("NCT04762485/needs-review")
    kept = [one for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"]
    kept += [one for one in bundle["entry"] if f"{one['resource']['resourceType']}/{one['resource']['id']}" in chosen]
    record = records_of_bundle({**bundle, "entry": kept}, "prefetch", lambda problem: None)[0].record
    record.in_full = False
    chart = build_chart(record, BOOK, [])
    return tuple(screener().screen(chart, Circumstances(date(2026, 11, 20)), findings=False))


OWN = {
    *("inline", "text", "text_special", "softbreak"),
    *("paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close", "list_item_open"),
    *("list_item_close", "strong_open", "strong_close"),
}


def only_own(markdown: str) -> None:
    """Nothing in a detail but paragraphs, lists and bold: no tag, link or image, since we write none."""
    assert {token.type for token in tokens(markdown)} <= OWN
    assert not AUTOLINK.search(seen(markdown))
    assert not AUTOLINK.search(markdown)
    assert not re.search(r"<[A-Za-z/!?]", markdown)
