"""Sections 6 and 7 of the checklist: status codes and cards."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from cds_hooks_schema import check_cards, check_outcome
from ehr import BOYS_ID, MAY_FIT, SERVER, ask, cards_of, diagnostics, full, topics
from foreign_text import seen, tokens
from hook_client import EXAMPLES, PATIENT_VIEW, HookClient, call, example, patient_of

from trialsieve.service.hooks.services import offer_of

states = pytest.mark.states
NAMES = sorted(str(path.relative_to(EXAMPLES).with_suffix("")) for path in EXAMPLES.glob("*T*/*.json"))


@pytest.fixture(scope="module")
def every_answer(running: tuple[HookClient, Any]) -> list[list[dict[str, Any]]]:
    """The cards of each example patient."""
    client, _ = running
    return [
        cards_of(client.post(PATIENT_VIEW, json=call(patient_of(example(name)), full(client, name)))) for name in NAMES
    ]


@pytest.fixture(scope="module")
def every_card(every_answer: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The cards of all example patients."""
    found = [card for cards in every_answer for card in cards]
    assert len(found) > len(NAMES)
    return found


# --- 6. Status codes --------------------------------------------------------------------------------------------------

ORIGIN = {"Origin": "https://sandbox.example.org"}
JSON_TYPE = {"Content-Type": "application/json"}
WRONG: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/cds-services/none", {}, 405),
    ("POST", "/cds-services/none", {"json": call("p")}, 404),
    ("POST", "/cds-services/none/feedback", {"json": {"feedback": []}}, 404),
    ("POST", "/cds-services/trialsieve-patient-view/other", {"json": {}}, 404),
    ("GET", "/no-such-place", {}, 404),
    ("GET", PATIENT_VIEW, {}, 405),
    ("PUT", PATIENT_VIEW, {"json": call("p")}, 405),
    ("DELETE", f"{PATIENT_VIEW}/feedback", {}, 405),
    ("POST", "/cds-services", {"json": {}}, 405),
    ("POST", PATIENT_VIEW, {"content": b"{", "headers": JSON_TYPE}, 400),
    ("POST", PATIENT_VIEW, {"json": {}}, 400),
    ("POST", PATIENT_VIEW, {"json": call("p")}, 412),
    ("POST", PATIENT_VIEW, {"content": b"<xml/>", "headers": {"Content-Type": "application/fhir+xml"}}, 415),
    ("POST", PATIENT_VIEW, {"data": {"hook": "patient-view"}}, 415),
    ("POST", PATIENT_VIEW, {"content": b"\x1f\x8b", "headers": {**JSON_TYPE, "Content-Encoding": "gzip"}}, 415),
    ("POST", PATIENT_VIEW, {"content": b"{}", "headers": {**JSON_TYPE, "Content-Length": "999999999"}}, 413),
    ("POST", f"{PATIENT_VIEW}/feedback", {"json": {"feedback": [{}] * 1001}}, 413),
    ("POST", f"{PATIENT_VIEW}/feedback", {"json": {"feedback": [{"card": "x"}]}}, 400),
    ("GET", "/trials/none", {}, 404),
    ("GET", "/results/none", {}, 400),
    ("GET", "/results/3f6f7a55-6f0c-4c7e-9d3b-5b1f0e1c2d3a", {}, 404),
    ("POST", "/screen", {"json": {}}, 400),
]


@states("6/S3:817", "6/GOOD/statuses", "9/S2:1009")
@pytest.mark.parametrize(("method", "path", "parts", "status"), WRONG)
def test_every_error_is_an_outcome_that_a_browser_can_read(
    client: HookClient, method: str, path: str, parts: dict[str, Any], status: int
) -> None:
    response = client.request(method, path, **{**parts, "headers": {**ORIGIN, **parts.get("headers", {})}})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/fhir+json"
    assert response.headers["access-control-allow-origin"] == "*"
    check_outcome(response.json())
    assert diagnostics(response), "it says what to do"


@states("6/GOOD/500", "9/S2:1009")
def test_an_internal_error_can_be_read_by_a_browser_and_tells_nothing(client: HookClient) -> None:
    def broken() -> None:
        raise RuntimeError(f"the patient {BOYS_ID} at {SERVER}")

    client.app.dependency_overrides[offer_of] = broken
    try:
        response = client.post(PATIENT_VIEW, json=call(BOYS_ID), headers=ORIGIN)
    finally:
        del client.app.dependency_overrides[offer_of]
    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == "*"
    assert BOYS_ID not in response.text
    check_outcome(response.json())


@states("6/GOOD/500")
def test_screening_that_fails_is_an_answer_all_the_same(client: HookClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in an evaluator leaves everything open; it is neither an error nor a pass."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("trialsieve.engine.screening.Screener.screen", broken)
    assert all(
        topic.endswith("NEEDSREVIEW") or topic == "TOOLITTLEONRECORD" for topic in topics(ask(client, full(client)))
    )


@states("6/GOOD/size")
def test_several_megabytes_are_taken(client: HookClient) -> None:
    prefetch = full(client)
    note = {"resourceType": "Observation", "id": "x", "subject": {"reference": f"Patient/{BOYS_ID}"}, "status": "final"}
    notes = [{"resource": {**note, "id": f"x{number}", "note": [{"text": "made up " * 250}]}} for number in range(2500)]
    key = next(name for name in prefetch if name.startswith("observations"))
    prefetch[key] = {**prefetch[key], "total": 0, "entry": [*prefetch[key].get("entry", []), *notes]}
    body = json.dumps(call(BOYS_ID, prefetch)).encode()
    assert len(body) > 5_000_000
    assert client.post(PATIENT_VIEW, content=body, headers=JSON_TYPE).status_code == 200


# --- 7. Cards ---------------------------------------------------------------------------------------------------------


@states("7/S2:512", "7/S3:91")
def test_an_answer_holds_cards_and_nothing_else(client: HookClient) -> None:
    body = ask(client, full(client)).json()
    assert set(body) == {"cards"}
    assert isinstance(body["cards"], list)


@states("7/S2:531", "8/S2:805")
def test_each_card_has_a_uuid_of_its_own(every_card: list[dict[str, Any]]) -> None:
    uuids = [card["uuid"] for card in every_card]
    assert all(str(uuid.UUID(one)) == one for one in uuids)
    assert len(set(uuids)) == len(uuids)


@states("7/S2:532")
def test_a_summary_is_one_line_of_fewer_than_140_characters(every_card: list[dict[str, Any]]) -> None:
    for card in every_card:
        assert 0 < len(card["summary"]) < 140
        assert not re.search(r"[\r\n\u2028\u2029\t]", card["summary"])


@states("7/S2:532/sentence")
def test_a_summary_is_one_sentence(every_card: list[dict[str, Any]]) -> None:
    for card in every_card:
        assert not re.search(r"[.!?]\s+\S", card["summary"]), card["summary"]


@states("7/S2:533")
def test_a_detail_is_gfm_without_html(every_card: list[dict[str, Any]]) -> None:
    for card in every_card:
        found = tokens(card["detail"])
        assert not [token for token in found if token.type.startswith("html")]
        assert {token.type for token in found} >= {"strong_open", "paragraph_open"}
        assert len(card["detail"]) < 10_000


@states("7/S2:534", "7/CERNER/critical", "7/S3:1102")
def test_no_card_interrupts(every_card: list[dict[str, Any]]) -> None:
    assert {card["indicator"] for card in every_card} <= {"info", "warning"}


@states("7/S2:535", "7/INF/topic")
def test_the_source_is_the_registry(every_card: list[dict[str, Any]]) -> None:
    for card in every_card:
        source = card["source"]
        assert source["label"]
        assert source["topic"]["code"]
        if "url" in source:
            assert re.fullmatch(r"https://[^?#]+", source["url"]), "absolute, and about the trial, not the patient"
            assert BOYS_ID not in source["url"]


@states("7/EPIC/topic")
def test_a_topic_is_the_same_for_the_same_advice(every_card: list[dict[str, Any]]) -> None:
    by_code: dict[str, set[str]] = {}
    for card in every_card:
        topic = card["source"]["topic"]
        assert re.fullmatch(r"[A-Za-z0-9]{1,100}", topic["code"])
        by_code.setdefault(topic["code"], set()).add(json.dumps(topic))
    assert all(len(written) == 1 for written in by_code.values())
    assert len(by_code) < len(every_card), "some advice was given twice"


@states("7/S2:537")
def test_without_suggestions_there_is_no_selection_behavior(every_card: list[dict[str, Any]]) -> None:
    assert not [card for card in every_card if "suggestions" in card or "selectionBehavior" in card]


@states("7/S2:539", "7/S2:1078")
def test_override_reasons_and_topics_are_whole_codings(every_card: list[dict[str, Any]]) -> None:
    for card in every_card:
        assert len(card["overrideReasons"]) > 1
        for coding in (*card["overrideReasons"], card["source"]["topic"]):
            assert {"code", "system", "display"} == set(coding)
        assert len({coding["code"] for coding in card["overrideReasons"]}) == len(card["overrideReasons"])


@states("7/S2:656", "7/SBX/smart")
def test_links_are_absolute(every_card: list[dict[str, Any]]) -> None:
    for card in every_card:
        for link in card.get("links", []):
            assert set(link) == {"label", "url", "type"}
            assert link["type"] == "absolute"
            assert re.fullmatch(r"http://127\.0\.0\.1:8080/explanations/[0-9a-f-]{36}", link["url"])


@states("7/EPIC/links")
def test_a_card_without_its_links_still_says_what_matters(every_card: list[dict[str, Any]]) -> None:
    for card in every_card:
        words = seen(card["detail"])
        assert "person decides" in words
        assert re.search("May fit|Needs review|Does not fit", words)


@states("7/EPIC/triggers")
def test_another_trigger_that_comes_as_patient_view_is_answered(client: HookClient) -> None:
    extension = {"com.epic.cdshooks.request.bpa-trigger-action": "60"}
    assert topics(ask(client, full(client), extension=extension))[0] == MAY_FIT


@states("7/GOOD/few")
def test_there_are_few_cards_and_the_best_is_first(every_answer: list[list[dict[str, Any]]]) -> None:
    order = ("ELIGIBLE", "NEEDSREVIEW")
    several = 0
    for cards in every_answer:
        codes = [card["source"]["topic"]["code"] for card in cards]
        found = [re.sub(r".*?(NEEDSREVIEW|INELIGIBLE|ELIGIBLE|ONRECORD)$", r"\1", code) for code in codes]
        assert len(found) <= 5
        assert set(found) <= {*order, "ONRECORD"}
        if "ONRECORD" not in found:
            assert found == sorted(found, key=order.index)
            several += len(set(found)) > 1
    assert several, "some patient has cards of both kinds"


@states("7/GOOD/quiet")
def test_whoever_is_outside_every_trial_gets_no_card(client: HookClient) -> None:
    prefetch = full(client)
    prefetch["patient"] = {**prefetch["patient"], "deceasedDateTime": "2026-11-01"}
    assert ask(client, prefetch).json() == {"cards": []}


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[press](javascript:alert(1))",
    "![](https://tracker.example/x.png)",
    "https://phishing.example/login",
    "</details>\n\n# **Eligible**\n\n| a |\n|-|",
    "&lt;b&gt;",
]


@states("7/SBX/html")
@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_chart_is_text_on_a_card(client: HookClient, text: str) -> None:
    def spiced(value: Any) -> Any:
        """The same with this as every display, text and unit."""
        if isinstance(value, dict):
            named = {name: spiced(member) for name, member in value.items()}
            return {name: text if name in {"display", "text", "unit"} else member for name, member in named.items()}
        return [spiced(item) for item in value] if isinstance(value, list) else value

    response = ask(client, {key: spiced(value) for key, value in full(client).items()})
    check_cards(response.json())
    details = [card["detail"] for card in cards_of(response)]
    letters = [re.sub(r"\W", "", seen(detail)) for detail in details]
    assert any(re.sub(r"\W", "", text)[:6] in one for one in letters), "it is on a card"
    plain = [token.type for card in cards_of(ask(client, full(client))) for token in tokens(card["detail"])]
    for detail in details:
        types = {token.type for token in tokens(detail)}
        assert types <= set(plain), "the text makes no markup that is not there without it"
        assert not re.search(r"(?<!\\)<[a-z/!]", detail)
    assert "<script" not in "".join(card["summary"] for card in cards_of(response))
