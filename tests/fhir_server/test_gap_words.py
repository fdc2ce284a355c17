"""What a result says of the parts of the record that did not come: what kind of data, why, and what to do."""

from __future__ import annotations

from typing import Any

import pytest
from prefetching import ABSENT, Templates, condition, gather
from stand_in import StandIn, outcome, searchset

from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.servers.answers import Answered
from trialsieve.fhir_adapters.servers.gap_words import KIND_WORDS, STATE_WORDS
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind

OPEN = "What depends on it stays open; look in the record itself."


def missing(parts: str) -> list[str]:
    return [f"Not all of the record could be read ({parts}). {OPEN}"]


def nulls(words: str) -> list[str]:
    return [
        f"For {words}, the record's system answered with null, which may mean none or not supported, "
        "so what is not on record could not be presumed absent."
    ]


@pytest.mark.parametrize(
    ("given", "cautions"),
    [
        ({}, []),
        ({"conditions": ABSENT}, missing("not sent: diagnoses")),
        ({"conditions": outcome("forbidden")}, missing("access refused: diagnoses")),
        ({"conditions": outcome("exception")}, missing("reading failed: diagnoses")),
        ({"conditions": condition()}, missing("only a part came: diagnoses")),
        (
            {"conditions": searchset(condition(), outcome("processing", "warning"), total=1)},
            missing("the record's system warns that it may not have shown all: diagnoses"),
        ),
        ({"conditions": outcome("not-supported")}, missing("not offered by the record's system: diagnoses")),
        (
            {"patient": outcome("forbidden"), "conditions": searchset(condition())},
            missing("access refused: the patient's own entry (birth date, sex)"),
        ),
        ({"attestations": ABSENT}, missing("not sent: people's earlier answers to criteria (attestations)")),
        ({"procedures": ABSENT, "conditions": ABSENT}, missing("not sent: diagnoses, procedures")),
        (
            {"procedures": ABSENT, "conditions": outcome("forbidden")},
            missing("not sent: procedures; access refused: diagnoses"),
        ),
        ({"conditions": None}, nulls("diagnoses")),
        ({"conditions": None, "allergies": None}, nulls("diagnoses, allergies")),
        ({"conditions": None, "procedures": ABSENT}, missing("not sent: procedures") + nulls("diagnoses")),
        # One type of medication in full covers them, whatever is null or not supported beside it.
        ({"medication-statements": None, "medication-dispenses": outcome("not-supported")}, []),
        ({"medication-statements": None, "medication-dispenses": ABSENT}, missing("not sent: medications")),
        # No result is ever presumed absent, and people's answers are not either.
        ({"attestations": None}, []),
    ],
)
def test_each_gap_is_said_once(
    given: dict[str, Any], cautions: list[str], empty: dict[str, Any], templates: Templates
) -> None:
    prefetch = {key: value for key, value in {**empty, **given}.items() if value is not ABSENT}
    assert gather(prefetch, templates).record.cautions == cautions


def test_null_is_told_where_a_server_could_have_been_asked(
    empty: dict[str, Any], templates: Templates, stand_in: StandIn
) -> None:
    gathered = gather({**empty, "procedures": None}, templates, stand_in)
    assert gathered.record.cautions == nulls("procedures")


def test_people_read_of_no_key(empty: dict[str, Any], templates: Templates, book: RuleBook) -> None:
    """Neither in the cautions nor in what stands for what is missing; the lists of codes are one kind of data."""
    prefetch = {key: value for key, value in empty.items() if not key.startswith(("observations-", "procedures"))}
    gathered = gather(prefetch, templates)
    assert gathered.record.cautions == missing("not sent: procedures, results and other observations")
    assert {item.reference for item in build_chart(gathered.record, book, []).unreadable} == {
        "the record of results and other observations",
        "the record of procedures",
    }


def test_every_kind_and_every_gap_has_words() -> None:
    assert set(KIND_WORDS) == {*Kind, None}
    assert set(STATE_WORDS) == set(Answered) - {Answered.IN_FULL, Answered.NULL}
