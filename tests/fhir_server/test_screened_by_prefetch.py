"""What a screening leaves unknown by what the keys of a prefetch could not tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from prefetch_accounts import cd7, key_of, lvef
from prefetching import ABSENT, Templates, gather
from stand_in import outcome, searchset

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.result import AtomResult
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.fhir_adapters.servers.prefetched import Gathered
from trialsieve.rules.atom import Measurement, QualitativeResult, Recorded
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy, Kind


@pytest.fixture(scope="module")
def screener(book: RuleBook) -> Screener:
    return Screener(book, ["NCT04762485", "NCT07120607"])


def atoms(gathered: Gathered, book: RuleBook, screener: Screener) -> dict[str, AtomResult]:
    circumstances = Circumstances(date(2026, 11, 20), AbsencePolicy.PRESUME)
    results = screener.screen(build_chart(gathered.record, book, []), circumstances)
    assert screener.disagreements == 0
    return {
        f"{result.trial}#{criterion.id}.{atom.id}": atom
        for result in results
        for criterion in result.criteria
        for atom in criterion.atoms
    }


def reading(book: RuleBook, concept: str) -> list[str]:
    """The atoms of NCT04762485 that test results of this concept."""
    trial = book.trials["NCT04762485"]
    return [
        f"{trial.id}#{criterion.id}.{atom.id}"
        for criterion in trial.criteria
        for atom in criterion.atoms
        if isinstance(atom.test, Measurement | QualitativeResult) and concept in atom.test.concepts
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (searchset(), ["no-data"]),
        (None, ["no-data"]),
        (searchset(lvef(70, "2026-11-10")), []),
        (ABSENT, ["not-retrieved", "unusable-data"]),
        (outcome("exception"), ["not-retrieved", "unusable-data"]),
        (outcome("forbidden"), ["not-retrieved", "unusable-data"]),
        (searchset(lvef(70, "2026-11-10"), total=2), ["not-retrieved", "unusable-data"]),
    ],
)
def test_an_observation_query_without_answer_is_not_no_data(
    value: Any,
    expected: list[str],
    empty: dict[str, Any],
    templates: Templates,
    book: RuleBook,
    screener: Screener,
) -> None:
    prefetch = {**empty, key_of(templates, "cardiac.lvef"): value}
    gathered = gather({key: given for key, given in prefetch.items() if given is not ABSENT}, templates)
    told = atoms(gathered, book, screener)
    tested = reading(book, "cardiac.lvef")
    assert tested
    for name in tested:
        assert [reason.value for reason in told[name].reasons] == expected
        assert (told[name].holds is None) == bool(expected)


def test_another_list_of_results_is_not_touched(
    empty: dict[str, Any], templates: Templates, book: RuleBook, screener: Screener
) -> None:
    asking = key_of(templates, "cardiac.lvef")
    others = [key for key in templates if key.startswith("observations") and key != asking]
    concepts = frozenset().union(*(templates[key].concepts for key in others)) - templates[asking].concepts
    given = {**empty, **dict.fromkeys(others, outcome("exception"))}
    told = atoms(gather(given, templates), book, screener)
    for name in reading(book, "cardiac.lvef"):
        assert [reason.value for reason in told[name].reasons] == ["no-data"]
    touched = [name for concept in concepts for name in reading(book, concept)]
    assert touched
    assert all("not-retrieved" in told[name].reasons for name in touched if not told[name].holds)


@pytest.mark.parametrize("kind", sorted(COVERABLE))
@pytest.mark.parametrize("value", [ABSENT, None, outcome("exception"), outcome("forbidden")])
def test_nothing_is_presumed_absent_of_a_kind_that_was_not_retrieved(
    kind: Kind, value: Any, empty: dict[str, Any], templates: Templates, book: RuleBook, screener: Screener
) -> None:
    before = atoms(gather(empty, templates), book, screener)
    keys = [key for key, template in templates.items() if template.kind is kind]
    prefetch = {**empty, **dict.fromkeys(keys, value)}
    after = atoms(gather({k: given for k, given in prefetch.items() if given is not ABSENT}, templates), book, screener)
    presumed = [name for name in before if _presumes(book, name, kind) and before[name].assumptions]
    assert presumed or kind is Kind.ALLERGY
    for name in presumed:
        assert after[name].holds is None
        assert "not-retrieved" in after[name].reasons
        assert after[name].assumptions == ()


@pytest.mark.parametrize(("procedures", "expected"), [(searchset(), []), (None, ["not-retrieved"])])
def test_a_result_stays_open_where_procedures_since_were_not_given(
    procedures: Any,
    expected: list[str],
    empty: dict[str, Any],
    templates: Templates,
    book: RuleBook,
    screener: Screener,
) -> None:
    """Cells directed at CD7 may have been given: null says neither that there were none nor that they are known."""
    keys = [key for key, template in templates.items() if template.kind is Kind.PROCEDURE]
    marker = searchset(cd7(85, "2026-11-10"))
    given = {**empty, **dict.fromkeys(keys, procedures), key_of(templates, "marker.cd7"): marker}
    told = atoms(gather(given, templates), book, screener)
    assert [reason.value for reason in told["NCT04762485#I04.a1"].reasons] == expected


def _presumes(book: RuleBook, name: str, kind: Kind) -> bool:
    trial, _, rest = name.partition("#")
    criterion, _, atom = rest.partition(".")
    found = next(one for one in book.trials[trial].criteria if one.id == criterion)
    test = next(one for one in found.atoms if one.id == atom).test
    return isinstance(test, Recorded) and any(kind in book.concepts[name].kinds for name in test.concepts)
