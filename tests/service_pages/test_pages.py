"""The pages: what they say, whom they are shown to, and what a browser may do with them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import pytest
from hook_client import (
    EXAMPLES,
    NOW,
    PATIENT_VIEW,
    HookClient,
    call,
    example,
    patient_of,
    prefetch_of,
    serving,
    templates,
)

from trialsieve.rules.registry_text import registry_text
from trialsieve.service.hooks.services import clock
from trialsieve.service.storage.store import StoreError

SHOWN = [
    "NCT04762485/needs-review",
    "NCT04762485/ineligible-embolism",
    "NCT07120607/faulty-results",
    "NCT07120607/enrollment-too-late",
    "NCT07070323/washout-running",
    "NCT07476027/cleared-but-truncated",
    "SENL-T7/eligible-boy",
]


class Page(HTMLParser):
    """A page's tags, and its text below each heading."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def screened(client: HookClient, name: str, **body: Any) -> tuple[dict[str, Any], str]:
    """A patient's result for the trial of its folder, and the path of its page."""
    trial = name.partition("/")[0]
    response = client.post(f"/screen?trial={trial}&as_of=2026-11-20", json={**example(name), **body})
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()["results"][0]
    link = urlsplit(result["link"])
    return result, f"{link.path}?{link.query}" if link.query else link.path


# --- the explanation --------------------------------------------------------------------------------------------------


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


# --- who sees it ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[HookClient]:
    """A service that others reach."""
    settings: dict[str, Any] = {
        "host": "0.0.0.0",
        "public_url": "https://trials.example.org",
        "allow_unauthenticated": True,
    }
    with serving(tmp_path_factory.mktemp("elsewhere"), **settings) as running:
        yield running


def at(client: HookClient, now: datetime) -> None:
    client.app.dependency_overrides[clock] = lambda: now


def test_elsewhere_the_link_alone_opens_the_page_until_it_expires(elsewhere: HookClient) -> None:
    result, path = screened(elsewhere, "SENL-T7/eligible-boy")
    assert elsewhere.get(path).status_code == 200
    for wrong in (
        path.partition("?")[0],
        path[:-1] + ("0" if path[-1] != "0" else "1"),
        path.replace("expires=", "e="),
    ):
        response = elsewhere.get(wrong)
        assert response.status_code == 403
        assert "This link does not work" in response.text
        assert result["patient"] not in response.text
    at(elsewhere, NOW + timedelta(hours=72, seconds=1))
    response = elsewhere.get(path)
    at(elsewhere, NOW)
    assert response.status_code == 403
    assert "This link has expired" in response.text
    assert result["patient"] not in response.text


@pytest.mark.parametrize("result_id", ["2f057a10-4216-4284-9da6-2387bf04c749", "x", "%22%3E%3Cscript%3E", "%00"])
def test_an_unknown_result_has_a_page_that_says_so(client: HookClient, result_id: str) -> None:
    response = client.get(f"/explanations/{result_id}")
    assert response.status_code == 404
    assert "Nothing is kept under this link" in response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"


def test_a_store_that_cannot_be_read_has_a_page_too(client: HookClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(result_id: str) -> None:
        raise StoreError("/data/trialsieve.sqlite: cannot be read")

    monkeypatch.setattr(client.app.state.service.store, "screening_of", fails)
    response = client.get(f"/explanations/{uuid4()}")
    assert response.status_code == 503
    assert "sqlite" not in response.text


# --- what a browser may do --------------------------------------------------------------------------------------------


@pytest.fixture(params=["/", "/explanations/x", "explanation"])
def any_page(request: pytest.FixtureRequest, client: HookClient) -> Any:
    if request.param != "explanation":
        return client.get(request.param)
    return client.get(screened(client, "NCT07120607/faulty-results")[1])


def test_a_page_is_neither_stored_nor_told_of(any_page: Any) -> None:
    assert any_page.headers["cache-control"] == "no-store"
    assert any_page.headers["referrer-policy"] == "no-referrer"
    assert any_page.headers["x-content-type-options"] == "nosniff"
    policy = any_page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_a_page_fetches_nothing(any_page: Any) -> None:
    page = Page(any_page.text)
    for tag in ("script", "img", "link", "iframe", "form", "object", "embed", "base"):
        assert page.named(tag) == []
    assert not [attributes for _, attributes in page.tags if "style" in attributes or "src" in attributes]
    assert "url(" not in any_page.text
    assert "@import" not in any_page.text
    assert all(link["rel"] == "noopener noreferrer" for link in page.named("a") if "example" in str(link["href"]))


def test_the_style_in_the_page_is_the_one_that_is_allowed(any_page: Any) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", any_page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in any_page.headers["content-security-policy"]


def test_a_page_can_be_read_without_seeing_it(any_page: Any) -> None:
    page = Page(any_page.text)
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("title")) == len(page.named("h1")) == len(page.named("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(below - above <= 1 for above, below in pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [link["href"] for link in page.named("a") if str(link["href"]).startswith("#")]
    assert {str(target)[1:] for target in targets} <= set(ids)
    labels = [str(attributes["aria-labelledby"]) for _, attributes in page.tags if "aria-labelledby" in attributes]
    assert set(labels) <= set(ids)
    assert all(cell.get("scope") in {"col", "row"} for cell in page.named("th"))


def luminance(colour: str) -> float:
    """WCAG 2: relative luminance of #rrggbb."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *((ink, "page") for ink in ("ink", "quiet", "link", "good", "bad", "open")),
        *(("ink", paper) for paper in ("box", "good-box", "bad-box", "open-box")),
        ("good", "good-box"),
        ("bad", "bad-box"),
        ("open", "open-box"),
    ],
)
def test_letters_stand_out_from_what_they_stand_on(theme: int, ink: str, paper: str) -> None:
    style = (EXAMPLES.parent / "service/pages/templates/style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", style.split(":root")[theme + 1]))
    light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


# --- the start page ---------------------------------------------------------------------------------------------------


def test_the_start_page_says_what_runs_and_how_to_connect(client: HookClient) -> None:
    text = Page(client.get("/").text).text
    for trial in client.app.state.service.book.trials.values():
        assert trial.id in text
        assert trial.title in text
        assert trial.rules_sha256[:12] in text
    services = client.get("/cds-services").json()["services"]
    assert services
    for service in services:
        assert service["id"] in text
    assert "http://127.0.0.1:8080/cds-services" in text
    assert "whoever asks on this machine, and nobody else" in text


def test_the_start_page_says_when_it_is_open_to_others(elsewhere: HookClient) -> None:
    text = Page(elsewhere.get("/").text).text
    assert "It answers whoever reaches it" in text
    assert "https://trials.example.org/cds-services" in text
