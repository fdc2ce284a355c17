"""Which cards are made of results, in which order, and what stands in them."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest
from cds_hooks_schema import check_cards
from foreign_text import AUTOLINK, seen, texts, tokens
from hook_client import EXAMPLES, example
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from trialsieve.engine.outcome import Circumstances, Evidence
from trialsieve.engine.result import ArmResult, OpenItems, ReadingResult, ScreeningResult, result_json
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.bundle import records_of_bundle
from trialsieve.fhir_adapters.chart import build_chart
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.vocabulary import Effect, Reason, Verdict
from trialsieve.service.hooks.card_detail import LONGEST, detail, nearest_arm
from trialsieve.service.hooks.cards import CardChoices, MadeCard, Shown, cards_for, summary, topic
from trialsieve.service.hooks.markdown import length
from trialsieve.service.hooks.override_reasons import OverrideReason
from trialsieve.service.hooks.responses import CardsResponse, json_bytes
from trialsieve.service.hooks.worth import is_worth_a_look

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


def test_what_is_old_or_unclear_speaks_for_a_trial_too() -> None:
    base = next(one for one in of_resources() if one.trial == "NCT04762485")
    assert not is_worth_a_look(base)
    for reason in Reason:
        criterion = base.criteria[0]
        atom = replace(criterion.atoms[0], holds=None, reasons=(reason,), evidence=())
        changed = replace(base, criteria=(replace(criterion, atoms=(atom,)), *base.criteria[1:]))
        silent = {"no-data", "not-retrieved", "judgement", "registry-error", "truncated"}
        assert is_worth_a_look(changed) == (reason.value not in silent), reason


# --- what stands in them ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_examples_cards_are_sound(name: str) -> None:
    for card in made(results(name), ineligible=True):
        text = card.card.detail or ""
        assert len(text) <= LONGEST
        assert text.endswith("Advice, not a decision: a person decides, on the record itself.")
        assert card.card.indicator == "info"
        assert not re.search(r"must enrol|is eligible|shall", text)
        assert (card.card.links or ())[0].url.startswith("http://x.example/result-")
        assert card.kept.card_uuid == card.card.uuid
        only_own(text)


@pytest.mark.parametrize("name", NAMES)
def test_every_open_or_failing_criterion_of_the_nearest_cohort_is_named(name: str) -> None:
    for one in results(name):
        arm = nearest_arm(one)
        text = detail(one, "title")
        if "did not fit here" not in text:
            for criterion in (*arm.limiting, *arm.open.data, *arm.open.judgement, *arm.open.registry):
                assert criterion in {"cohort", "deceased", "patient"} or f"**{criterion}** “" in text


def test_an_open_criterion_says_what_it_waits_for_and_on_what_evidence() -> None:
    text = detail(result("NCT04762485/needs-review", "NCT04762485"), "title")
    judgement = text.index("**Waits for a person's judgement**")
    registry = text.index("**Waits for the registry")
    passes = text.index("**Passes**")
    assert judgement < text.index("**X09**") < registry < text.index("**I06**") < passes
    assert "AST 31 U/L (upper limit 40 U/L) on 2026-11-16" in text
    assert "as-written: would fail; presumed: would pass" in text
    assert "LVEF 58 % on 2026-11-03 is at least 50 %." in text
    assert "no pulmonary embolism, venous thrombosis or arterial thrombosis or embolism on record" in text
    assert "Waits for data" not in text


def test_a_failing_criterion_says_why() -> None:
    text = detail(result("NCT04762485/ineligible-age", "NCT04762485"), "title")
    assert text.startswith("**Does not fit** on the record as it stands")
    assert "**Does not fit**\n\n- **I02** “2\\. " in text


def test_a_trial_with_cohorts_shows_the_nearest_and_names_the_others() -> None:
    text = detail(result("NCT07070323/eligible-autologous", "NCT07070323"), "title")
    assert "cohort autologous" in text
    assert "- new\\_matched\\_donor at screening: ineligible" in text
    assert "**I09**" not in text, "a criterion of another cohort"


def test_what_an_attestation_answers_is_quoted() -> None:
    text = detail(result("NCT07070323/eligible-autologous", "NCT07070323"), "title")
    assert (
        "- **I06** “6\\. Patients are expected to live for at least 60 days;” This sentence holds, attested by" in text
    )
    assert "“no frozen PBMC available” does not hold, attested by" in text
    assert not re.findall(r"\S+\\#\S+ (?:holds|does not hold)", text)


def test_what_an_attestation_answers_is_not_said_twice() -> None:
    for one in (result(name, trial) for name in NAMES for trial in [name.partition("/")[0]]):
        text = detail(one, "title")
        assert not re.findall(r"\\#\S+ (?:holds|does not hold), attested", text)


def test_the_registrys_backslashes_are_not_shown() -> None:
    text = detail(next(one for one in of_resources() if one.trial == "NCT07120607"), "title")
    assert "shows &gt;5% blast" in text
    assert "\\\\" not in text


def test_cautions_and_what_was_not_read_come_before_everything() -> None:
    one = replace(result("SENL-T7/eligible-boy", "SENL-T7"), cautions=("recorded as replaced by another",))
    text = detail(one, "title", ["Not all of the record could be read (reading failed: procedures)."])
    assert (
        "**Cautions**\n\n- Not all of the record could be read (reading failed: procedures).\n- recorded as replaced"
        in text
    )
    assert text.index("**Cautions**") < text.index("**Passes**")


def test_what_is_too_long_is_left_out_line_by_line_and_said() -> None:
    base = result("NCT07120607/only-the-diagnosis", "NCT07120607")
    long = tuple(replace(one, explanation="word " * 400, text="text " * 400) for one in base.criteria)
    unknown: dict[str, Any] = {"applies": True, "holds": None, "effect": Effect.REVIEW, "reasons": (Reason.NO_DATA,)}
    wide = tuple(replace(long[number % len(long)], id=f"I{number}", **unknown) for number in range(60))
    arm = replace(base.arms[0], open=OpenItems(data=tuple(one.id for one in wide)))
    text = detail(replace(base, criteria=wide, arms=(arm,)), "title " * 200, ["notice " * 200] * 3, ["T"] * 300)
    assert len(text) <= LONGEST
    assert "did not fit here" in text
    assert text.endswith("a person decides, on the record itself.")
    assert all(line.endswith((".", "**", ",")) or "…" in line for line in text.splitlines() if line.startswith("- **I"))


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
    for url in ("javascript:alert(1)", "/study/1", "", "https:"):
        trials = {"SENL-T7": dataclasses.replace(BOOK.trials["SENL-T7"], source_url=url)}
        (card,) = cards_for([Shown(one, "r")], trials, CardChoices(), lambda name: "http://x.example/r")
        assert card.card.source.url is None


def test_each_card_offers_the_reasons_of_our_code_system() -> None:
    (card, *_) = made(results("SENL-T7/eligible-boy"))
    reasons = card.card.override_reasons or ()
    assert [(one.code, one.display) for one in reasons] == [(one.code, one.display) for one in OverrideReason]
    assert {one.system for one in reasons} == {"urn:trialsieve:override-reason"}


def test_the_page_for_users_lists_the_same_reasons() -> None:
    page = (EXAMPLES.parent / "docs" / "cards.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", page.partition("## Override reasons")[2], re.MULTILINE)
    assert rows == [(one.code, one.display) for one in OverrideReason]


# --- foreign text -----------------------------------------------------------------------------------------------------


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


def strong(markdown: str) -> int:
    return sum(token.type == "strong_open" for token in tokens(markdown))


def infected(base: ScreeningResult, text: str) -> ScreeningResult:
    """The result with foreign text wherever a chart or a rule file could bring it."""
    foreign = text.encode("utf-8", "ignore").decode() or "x"  # JSON brings no half of a surrogate pair
    return replace(
        base,
        cautions=(foreign,),
        criteria=tuple(
            replace(
                criterion,
                text=foreign,
                explanation=foreign,
                evidence=(Evidence("Observation/o", foreign), *criterion.evidence),
                assumptions=(foreign, *criterion.assumptions),
                cautions=(foreign,),
                readings=(ReadingResult(foreign, None, foreign),),
            )
            for criterion in base.criteria
        ),
    )


@given(texts, st.sampled_from(["NCT04762485/needs-review", "SENL-T7/eligible-boy", "NCT04762485/ineligible-age"]))
@settings(max_examples=60)
def test_foreign_text_brings_no_markup_into_a_detail(text: str, name: str) -> None:
    for base in results(name)[:2]:
        plain = detail(infected(base, "x"), "x", ["x"], ["x"])
        hostile = detail(infected(base, text), text, [text], [text])
        only_own(hostile)
        if "did not fit here" not in hostile + plain:
            assert strong(hostile) == strong(plain)
        assert len(hostile) <= LONGEST


def test_the_public_json_of_the_results_here_is_real() -> None:
    assert result_json(result("SENL-T7/eligible-boy", "SENL-T7"))["verdict"] == "eligible"


# --- each thing once --------------------------------------------------------------------------------------------------


def test_what_one_unreadable_resource_leaves_open_is_said_once_with_each_sentence() -> None:
    text = detail(result("NCT07476027/unreadable-diagnosis", "SENL-T7"), "")
    (line,) = [line for line in text.splitlines() if line.startswith("- **X03**")]
    assert re.findall(r"\*\*(X\d+)\*\* \u201c", line)[:4] == ["X03", "X04", "X05", "X06"]
    assert line.count("could not be read (Condition/unreadable-diagnosis-2") == 1
    assert "Unknown:" not in line


def test_what_differs_is_not_put_together() -> None:
    text = detail(result("NCT07476027/unreadable-diagnosis", "SENL-T7"), "")
    for own in ("X01", "X02", "I05", "I08"):
        (line,) = [line for line in text.splitlines() if f"**{own}** " in line]
        assert set(re.findall(r"\*\*([IX]\d+)\*\*", line)) == ({"I05", "I08"} if own[0] == "I" else {own})


@pytest.mark.parametrize(
    ("reason", "is_told"), [(Reason.NO_DATA, False), (Reason.NOT_RETRIEVED, False), (Reason.STALE, True)]
)
def test_a_reason_that_the_explanation_says_is_not_said_again(reason: Reason, is_told: bool) -> None:
    base = open_result("SENL-T7", data=1)
    first = replace(base.criteria[0], evidence=(), atoms=(), explanation="No CD7 on record.", reasons=(reason,))
    assert ("Unknown: " in detail(replace(base, criteria=(first,)), "")) is is_told
    assert "Unknown: " in detail(replace(base, criteria=(replace(first, explanation=""),)), "")


def test_the_readings_of_a_text_on_hold_are_told_once() -> None:
    text = detail(result("NCT04762485/needs-review", "NCT04762485"), "")
    (line,) = [line for line in text.splitlines() if line.startswith("- **I06**")]
    assert line.count("as-written: ") == line.count("presumed: ") == 1


def test_a_cohorts_own_condition_is_told_with_what_is_missing() -> None:
    screened = result("NCT07070323/donor-not-stated", "NCT07070323")
    arms = tuple(arm for arm in screened.arms if arm.gate is not None)
    (gate,) = [arm.gate for arm in arms]
    assert gate is not None
    text = detail(replace(screened, arms=arms), "")
    (line,) = [line for line in text.splitlines() if line.startswith("- **cohort**")]
    assert "its donor is not stated" in line
    assert gate.evidence[0].says in line
    assert text.index("**Waits for data**") < text.index(line)
