"""Deciding again what was decided: the same resources, circumstances and rules must give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

import orjson

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import result_bytes
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy
from trialsieve.service.storage.kept import KeptResult, KeptScreening
from trialsieve.service.storage.kept_record import KeptInputError, record_of


class Agreement(Enum):
    """How an answer of now compares with the one that was given."""

    SAME = "same"
    OTHER_RULES = "other rules"  # the trial's rules are no longer those that decided it
    DIFFERENT = "different"  # the same rules, and yet another answer: a fault


@dataclass(frozen=True, slots=True)
class Replayed:
    """One result decided again. `json` is today's answer, None where the trial is gone."""

    kept: KeptResult
    agreement: Agreement
    json: bytes | None


def replay(kept: KeptScreening, book: RuleBook) -> list[Replayed]:
    """Every result of a screening decided again by these rules.

    Raises KeptInputError where the resources were not kept, or are not those that were decided on.
    """
    if kept.resources is None:
        raise KeptInputError(
            f"screening {kept.screening_id}: its resources were not kept (setting keep_resources), only their SHA-256"
        )
    record = record_of(kept.resources, kept.input_sha256)
    trials = [result.trial for result in kept.results if result.trial in book.trials]
    concepts = concepts_reached(book, trials)
    screener = Screener(book, trials)
    answers = {}
    for day in {_as_of(result) for result in kept.results}:
        chart = build_chart(record, book, [], wanted=concepts, as_of=day)
        circumstances = Circumstances(day, AbsencePolicy(kept.absence), kept.anchors)
        for answer in screener.screen(chart, circumstances, findings=False):
            answers[answer.trial, day] = answer
    replayed = []
    for result in kept.results:
        now = answers.get((result.trial, _as_of(result)))
        json = None if now is None else result_bytes(now)
        rules = None if now is None else now.rules_sha256
        replayed.append(Replayed(result, _agreement(result, json, rules), json))
    return replayed


def _agreement(kept: KeptResult, json: bytes | None, rules_sha256: str | None) -> Agreement:
    if json == kept.json:
        return Agreement.SAME
    return Agreement.DIFFERENT if orjson.loads(kept.json)["rules_sha256"] == rules_sha256 else Agreement.OTHER_RULES


def _as_of(kept: KeptResult) -> date:
    return date.fromisoformat(orjson.loads(kept.json)["as_of"])
