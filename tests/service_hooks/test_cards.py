"""Which cards are made of results, in which order, and how they are summed up."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hook_client import EXAMPLES, example
from hypothesis import given
from hypothesis import strategies as st
from made_cards import BOOK, NAMES, made, of_resources, only_own, open_result, result, results
from msgspec.structs import replace

from trialsieve.engine.result import UnreadResult
from trialsieve.rules.vocabulary import Reason, Verdict
from trialsieve.service.hooks.cards import CardChoices, Shown, cards_for, summary, topic
from trialsieve.service.hooks.markdown import length
from trialsieve.service.hooks.override_reasons import DISPLAYS
from trialsieve.service.hooks.worth import is_worth_a_look

# --- which, and in which order ----------------------------------------------------------------------------------------


def test_eligible_comes_first_then_the_fewest_open_data_items() -> None:
    eligible = result("SENL-T7/eligible-boy", "SENL-T7")
    far = open_result("NCT04762485", data=3)
    near = open_result("NCT07120607", data=1, judgement=8)
    nearest = open_result("NCT07476027", data=0, judgement=9, registry=1)
    cards = made([far, near, nearest, eligible])
    assert [card.kept.trial for card in cards] == ["SENL-T7", "NCT07476027", "NCT07120607", "NCT04762485"]


@pytest.mark.parametrize(("most", "shown"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_there_are_no_more_than_configured_and_the_last_names_the_rest(most: int, shown: int) -> None:
    found = [open_result(trial, data) for data, trial in enumerate(("SENL-T7", "NCT04762485", "NCT07120607"), start=1)]
    cards = made(found, most=most)
    assert len(cards) == shown
    details = [card.card.detail or "" for card in cards]
    hidden = [one.trial for one in found[shown:]]
    assert all("Not shown" not in text for text in details[:-1])
    for trial in hidden:
        assert f"{trial} (needs review)" in details[-1]
    assert bool(hidden) == ("Not shown" in details[-1])


def test_ineligible_is_shown_on_request_and_last() -> None:
    found = results("SENL-T7/eligible-boy")
    assert {card.kept.verdict for card in made(found)} == {"eligible", "needs-review"}
    verdicts = [card.kept.verdict for card in made(found, ineligible=True)]
    assert verdicts == ["eligible", "needs-review", "ineligible", "ineligible", "ineligible"]


def test_outside_every_trial_there_is_nothing_or_one_card() -> None:
    found = [one for one in results("SENL-T7/eligible-boy") if one.verdict is Verdict.INELIGIBLE]
    assert made(found) == []
    (card,) = made(found, when_outside=True)
    assert card.card.summary == "None of the 3 trials screened for fit this patient, on the record as it stands"
    assert (card.kept.result_id, card.kept.trial, card.kept.verdict) == (None, "", "ineligible")
    incomplete = replace(found[0], cautions=("Not all of the record could be read (not sent: diagnoses).",))
    (card,) = made([incomplete], when_outside=True)
    assert (card.card.detail or "").count("Not all of the record could be read (not sent: diagnoses)") == 1
    (card,) = made(found[:1], ["Not all of the record could be read (access refused: diagnoses)."], when_outside=True)
    assert card.card.summary == "The trial screened for does not fit this patient, on the record as it stands"
    assert "access refused: diagnoses" in (card.card.detail or "")
    assert made([], when_outside=True) == []


# --- what is worth a look ---------------------------------------------------------------------------------------------


def test_of_a_patient_of_whom_nothing_is_known_there_is_one_card_for_all_trials() -> None:
    found = of_resources()
    unknown = [one.trial for one in found if one.verdict is Verdict.NEEDS_REVIEW]
    assert len(unknown) > 1
    (card,) = made(found, ["Not all of the record could be read (reading failed: diagnoses)."])
    summary_text = f"Too little is on record to screen for {len(unknown)} trials; nothing rules the patient out"
    assert card.card.summary == summary_text
    assert (card.kept.result_id, card.kept.trial, card.kept.verdict) == (None, "", "needs-review")
    for trial in unknown:
        assert trial in (card.card.detail or "")
    assert "reading failed: diagnoses" in (card.card.detail or "")
    assert len(card.card.links or ()) == len(unknown)
    assert len(made(found, most=1)[0].card.links or ()) == 1
    only_own(card.card.detail or "")


def test_one_trial_alone_is_named() -> None:
    (card,) = made([one for one in of_resources() if one.trial == "NCT04762485"])
    assert card.card.summary == (
        "Too little is on record to screen for trial NCT04762485; nothing rules the patient out"
    )


def test_a_trial_that_something_on_record_speaks_for_has_its_card_and_the_others_are_named() -> None:
    marker = next(
        f"Observation/{entry['resource']['id']}"
        for entry in example("NCT04762485/needs-review")["entry"]
        if entry["resource"].get("code", {}).get("text", "").startswith("CD7")
        or any("CD7" in str(coding) for coding in entry["resource"].get("code", {}).get("coding", []))
    )
    cards = made(of_resources(marker))
    assert "NCT04762485" in {card.kept.trial for card in cards}
    assert "NCT07070323" not in {card.kept.trial for card in cards}, "which asks for CD5"
    assert "NCT07070323 (needs review)" in (cards[-1].card.detail or "")


def is_worth_a_look_where_a_part_is_open_for(*reasons: Reason, unread: tuple[UnreadResult, ...] = ()) -> bool:
    base = next(one for one in of_resources() if one.trial == "NCT04762485")
    assert not is_worth_a_look(base)
    criterion = base.criteria[0]
    atom = replace(criterion.atoms[0], holds=None, reasons=reasons, evidence=())
    opened = replace(criterion, atoms=(atom,))
    return is_worth_a_look(replace(base, criteria=(opened, *base.criteria[1:]), unread=unread))


def test_what_is_old_or_unclear_speaks_for_a_trial_too() -> None:
    silent = {"no-data", "not-retrieved", "judgement", "registry-error", "truncated"}
    for reason in Reason:
        assert is_worth_a_look_where_a_part_is_open_for(reason) == (reason.value not in silent), reason


def test_what_was_not_retrieved_speaks_for_no_trial() -> None:
    """A gap has these reasons together (docs/semantics.md, 3.2, *Gap*)."""
    gap = (Reason.NOT_RETRIEVED, Reason.UNUSABLE_DATA)
    assert not is_worth_a_look_where_a_part_is_open_for(*gap)
    assert is_worth_a_look_where_a_part_is_open_for(*gap, Reason.STALE)


def test_but_a_resource_beside_it_that_could_not_be_read_does() -> None:
    gap = (Reason.NOT_RETRIEVED, Reason.UNUSABLE_DATA)
    criterion = next(one for one in of_resources() if one.trial == "NCT04762485").criteria[0]
    of_this, of_another = (UnreadResult(criterion.id, atom, ("Condition/c1",)) for atom in (criterion.atoms[0].id, "x"))
    assert is_worth_a_look_where_a_part_is_open_for(*gap, unread=(of_this,))
    assert not is_worth_a_look_where_a_part_is_open_for(*gap, unread=(of_another,))


# --- the summary ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_summary_is_one_short_sentence(name: str) -> None:
    for one in results(name):
        text = summary(one, BOOK.trials[one.trial].title)
        assert 0 < len(text) < 140
        assert one.trial in text
        assert "\n" not in text


@given(st.text(max_size=300), st.text(min_size=1, max_size=80))
def test_a_summary_is_short_whatever_the_titles_and_ids(title: str, trial: str) -> None:
    for base in (result("SENL-T7/eligible-boy", "SENL-T7"), open_result("SENL-T7", 9, 9, 9)):
        text = summary(replace(base, trial=trial), title)
        assert length(text) < 140
        text.encode()


def test_a_title_is_cut_after_a_word() -> None:
    one = result("SENL-T7/eligible-boy", "SENL-T7")
    title = "immunotherapy " * 20
    text = summary(one, title)
    assert re.fullmatch(r"May fit trial SENL-T7: .* \u2013 (immunotherapy )+immunotherapy…", text)
    assert summary(one, "x" * 200) == "May fit trial SENL-T7: all screening criteria pass; a person decides"


def test_the_summary_says_how_near_the_patient_is() -> None:
    assert summary(open_result("SENL-T7", 3, 1, 2), "").startswith(
        "Review for trial SENL-T7: no criterion fails, 6 open (3 for data, 1 for judgement, 2 for the registry)"
    )
    failing = result("NCT04762485/ineligible-age", "NCT04762485")
    assert summary(failing, "").startswith("Does not fit trial NCT04762485: criterion I02")


# --- source, topic, reasons -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trial", "verdict", "code"),
    [
        ("NCT04762485", Verdict.NEEDS_REVIEW, "NCT04762485NEEDSREVIEW"),
        ("NCT04762485", Verdict.ELIGIBLE, "NCT04762485ELIGIBLE"),
        ("SENL-T7", Verdict.INELIGIBLE, "SENLT7INELIGIBLE"),
        ("x" * 200, Verdict.NEEDS_REVIEW, "X" * 89 + "NEEDSREVIEW"),
    ],
)
def test_a_topic_is_alphanumeric_and_the_same_for_the_same_advice(trial: str, verdict: Verdict, code: str) -> None:
    assert topic(trial, verdict).code == code
    assert len(code) <= 100


def test_the_source_leads_to_the_registry_and_nowhere_else() -> None:
    (card, *_) = made(results("SENL-T7/eligible-boy"))
    assert card.card.source.url == "https://clinicaltrials.gov/study/NCT05626400"
    assert card.card.source.label == "SENL-T7"  # no registry number: the registry does not know it by this name
    one = result("SENL-T7/eligible-boy", "SENL-T7")
    for url in ("javascript:alert(1)", "/study/1", "", "https:", "https://[study"):
        trials = {"SENL-T7": dataclasses.replace(BOOK.trials["SENL-T7"], source_url=url)}
        (card,) = cards_for([Shown(one, "r")], trials, CardChoices(), lambda name: "http://x.example/r")
        assert card.card.source.url is None


def test_each_card_offers_the_reasons_of_our_code_system() -> None:
    (card, *_) = made(results("SENL-T7/eligible-boy"))
    reasons = card.card.override_reasons or ()
    assert [(one.code, one.display) for one in reasons] == [*DISPLAYS.items()]
    assert {one.system for one in reasons} == {"urn:trialsieve:override-reason"}


def test_the_page_for_users_lists_the_same_reasons() -> None:
    page = (EXAMPLES.parent / "docs" / "cards.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", page.partition("## Override reasons")[2], re.MULTILINE)
    assert rows == [*DISPLAYS.items()]
