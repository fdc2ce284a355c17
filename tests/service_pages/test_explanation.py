"""The page that explains a result: all is there, each thing under what it waits for, and nothing is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import pytest
from hook_client import PATIENT_VIEW, HookClient, call, example, patient_of, prefetch_of, templates
from shown_pages import Page, screened

from trialsieve.rules.registry_text import registry_text

SHOWN = [
    "NCT04762485/needs-review",
    "NCT04762485/ineligible-embolism",
    "NCT07120607/faulty-results",
    "NCT07120607/enrollment-too-late",
    "NCT07070323/washout-running",
    "NCT07476027/cleared-but-truncated",
    "SENL-T7/eligible-boy",
]


@pytest.mark.parametrize("name", SHOWN)
def test_everything_of_a_result_is_on_its_page(client: HookClient, name: str) -> None:
    result, path = screened(client, name)
    response = client.get(path)
    assert response.status_code == 200
    text = Page(response.text).text

    def holds(part: str) -> bool:
        return re.sub(r"\s+", " ", part) in text

    assert holds(result["patient"])
    assert holds(result["rules_sha256"])
    assert holds(result["rules_version"])
    assert holds("a person decides")
    for caution in result["cautions"]:
        assert holds(caution)
    for criterion in result["criteria"]:
        assert holds(registry_text(criterion["text"]))
        assert holds(criterion["explanation"])
        for said in [*criterion["assumptions"], *criterion["cautions"]]:
            assert holds(said)
        for evidence in [*criterion["evidence"], *(one for atom in criterion["atoms"] for one in atom["evidence"])]:
            assert holds(evidence["says"])
            assert holds(evidence["reference"])
        for reading in criterion["readings"] if "registry-error" not in criterion["reasons"] else []:
            assert holds(f"{reading['name']}: {reading['explanation']}")
        for atom in criterion["atoms"]:
            assert holds(atom["explanation"])
            assert holds(registry_text(atom["quote"]))
        if criterion["changes_on"]:
            assert holds(f"Look again on {criterion['changes_on']}")


def test_of_an_unknown_part_of_what_is_settled_the_page_says_that_nothing_waits_for_it(client: HookClient) -> None:
    result, path = screened(client, "NCT04762485/needs-review")
    text = Page(client.get(path).text).text
    (passes,) = [one for one in result["criteria"] if one["id"] == "I01"]
    (helper,) = [atom for atom in passes["atoms"] if atom["id"] == "two-lineages"]
    assert (passes["effect"], helper["holds"]) == ("pass", None)
    assert "two-lineages (beside the sentence) unknown (nothing waits for it)" in text
    unknown = [one["holds"] for one in result["criteria"] for atom in one["atoms"] if atom["holds"] is None]
    assert text.count("unknown (nothing waits for it)") == len(unknown) - unknown.count(None)
    assert unknown.count(None) > 0  # parts of what is itself open


def test_a_cohorts_own_condition_stands_among_what_its_page_says_is_open(client: HookClient) -> None:
    result, path = screened(client, "NCT07070323/donor-not-stated")
    gate = next(arm["gate"] for arm in result["arms"] if arm["gate"] is not None)
    text = Page(client.get(path).text).text
    begin = text.index("Open: waits for data", text.index("By cohort and stage"))
    told = text[begin : text.index("Show the", begin)]
    assert "cohort-prior_sct_donor the cohort's own condition: open" in told
    assert re.sub(r"\s+", " ", gate["quote"]) in told
    assert gate["explanation"] in told
    assert gate["evidence"][0]["reference"] in told


def test_what_was_not_read_is_a_caution_of_the_result_on_its_card_and_on_its_page(client: HookClient) -> None:
    bundle = example("NCT07120607/eligible-man")
    prefetch = prefetch_of(bundle, templates(client))
    prefetch = {key: value for key, value in prefetch.items() if not key.startswith(("observations-", "procedures"))}
    prefetch["conditions"] = None
    cards = client.post(PATIENT_VIEW, json=call(patient_of(bundle), prefetch)).json()["cards"]
    assert cards
    for card in cards:
        path = urlsplit(card["links"][0]["url"]).path
        result = client.get(path.replace("explanations", "results")).json()
        missing, null, *answers = result["cautions"]
        assert all(each.endswith(" does not settle it: this part of the record was not retrieved") for each in answers)
        assert "(not sent: procedures, results and other observations)" in missing
        assert "For diagnoses, the record's system answered with null" in null
        response = client.get(path)
        for text in (card["detail"], Page(response.text).text):
            assert (text.count(missing), text.count(null)) == (1, 1)
            assert text.count("was not all retrieved") == text.count("observations-") == 0
            assert "a resource that bears on it cannot be read" not in text
        codes = re.sub("<small>.*?</small>", "", response.text)
        assert not re.findall("no-data|not-retrieved|unusable-data", codes), "a code stands in small beside its words"
        assert "this part of the record was not retrieved <small>(<code>not-retrieved</code>" in response.text


def test_an_attestation_is_shown_with_what_it_answers(client: HookClient) -> None:
    _, path = screened(client, "NCT07070323/eligible-autologous")
    text = Page(client.get(path).text).text
    assert "This sentence holds, attested by" in text
    assert "“no frozen PBMC available” does not hold, attested by" in text
    assert not re.findall(r"#\S+ (?:holds|does not hold), attested by", text)


def test_the_registrys_backslashes_are_not_shown(client: HookClient) -> None:
    result, path = screened(client, "NCT07070323/eligible-autologous")
    assert "\\>80%" in next(one["text"] for one in result["criteria"] if one["id"] == "I07"), "kept in the data"
    text = Page(client.get(path).text).text
    assert ">80%" in text
    assert "\\" not in text


@pytest.mark.parametrize("name", SHOWN)
def test_criteria_stand_under_what_they_wait_for(client: HookClient, name: str) -> None:
    result, path = screened(client, name)
    page = client.get(path).text
    waits = {one: what for arm in result["arms"] for what, names in arm["open"].items() for one in names}
    heading = {"fail": "fails", "pass": "passes"}
    for criterion in result["criteria"]:
        above = re.findall(r'<h2 id="([a-z-]+)">', page[: page.index(f'id="{criterion["id"]}"')])
        assert above[-1] == heading.get(criterion["effect"], f"open-{waits.get(criterion['id'])}")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("SENL-T7/eligible-boy", "24 criteria: all pass."),
        ("NCT04762485/needs-review", "Of 15 criteria, none fails, 2 are open, 13 pass."),
        ("NCT04762485/ineligible-embolism", "Of 15 criteria, 2 fail, 2 are open, 11 pass."),
    ],
)
def test_the_first_sentence_counts(client: HookClient, name: str, says: str) -> None:
    assert says in Page(client.get(screened(client, name)[1]).text).text


def test_what_passes_is_folded_away(client: HookClient) -> None:
    page = client.get(screened(client, "NCT04762485/needs-review")[1]).text
    folded = page[page.index('<details class="passing">') :]
    assert 'id="I05"' in folded
    assert 'id="X09"' not in folded


def test_a_judgement_says_how_to_answer_it(client: HookClient) -> None:
    text = Page(client.get(screened(client, "NCT04762485/needs-review")[1]).text).text
    assert "an Observation coded NCT04762485#X09" in text


def test_several_arms_are_shown_in_a_table(client: HookClient) -> None:
    result, path = screened(client, "NCT07476027/not-ready-for-infusion")
    page = Page(client.get(path).text)
    assert len(result["arms"]) > 1
    assert len(page.named("tr")) == len(result["arms"]) + 1


HOSTILE = "<script>alert('x')</script><img src=//evil.example onerror=alert(1)> \"' {{ 7*7 }}"


REVERSING = "\u202e\u2066\u200b\x1b[31m\ufeff"


def with_hostile_texts(value: Any) -> Any:
    """A result all of whose sentences and references carry markup."""
    if isinstance(value, list):
        return [with_hostile_texts(part) for part in value]
    if not isinstance(value, dict):
        return value
    told = {"text", "quote", "explanation", "says", "reference", "patient", "name"}
    return {
        name: f"{part} {REVERSING} {HOSTILE}" if name in told else with_hostile_texts(part)
        for name, part in (value | {"cautions": [HOSTILE]} if "cautions" in value else value).items()
    }


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_record_says_is_never_markup(client: HookClient, name: str) -> None:
    store = client.app.state.service.store
    kept = store.screening_of(screened(client, name)[0]["id"])
    hostile = orjson.dumps(with_hostile_texts(orjson.loads(kept.results[0].json)))
    result = replace(kept.results[0], result_id=str(uuid4()), json=hostile)
    store.keep_screening(replace(kept, screening_id=str(uuid4()), results=(result,)))
    text = client.get(f"/explanations/{result.result_id}").text
    page = Page(text)
    assert page.named("script") == page.named("img") == []
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert HOSTILE in page.text
    assert "{{ 7*7 }}" in page.text
    assert "[31m" in page.text
    assert not {*REVERSING.replace("[31m", "")} & {*text}


@pytest.mark.parametrize(
    ("url", "is_offered"),
    [("https://registry.example/1", True), ("http://registry.example/1", True), ("javascript:alert(1)", False)],
)
def test_start_page_and_explanation_offer_the_registrys_page_alike(
    client: HookClient, monkeypatch: pytest.MonkeyPatch, url: str, is_offered: bool
) -> None:
    _, path = screened(client, "SENL-T7/eligible-boy")
    state = client.app.state.service
    trials = {**state.book.trials, "SENL-T7": replace(state.book.trials["SENL-T7"], source_url=url)}
    monkeypatch.setitem(client.app.state._state, "service", replace(state, book=replace(state.book, trials=trials)))
    for text in (client.get("/").text, client.get(path).text):
        assert (url in [link.get("href") for link in Page(text).named("a")]) is is_offered


def test_a_result_whose_rules_have_changed_says_so(client: HookClient, monkeypatch: pytest.MonkeyPatch) -> None:
    _, path = screened(client, "SENL-T7/eligible-boy")
    assert "The rules have changed since" not in client.get(path).text
    state = client.app.state.service
    trials = {**state.book.trials, "SENL-T7": replace(state.book.trials["SENL-T7"], rules_sha256="f" * 64)}
    changed = replace(state, book=replace(state.book, trials=trials))
    monkeypatch.setitem(client.app.state._state, "service", changed)
    assert "The rules have changed since" in client.get(path).text
    del trials["SENL-T7"]
    page = client.get(path)
    assert page.status_code == 200
    assert "The rules have changed since" in page.text
