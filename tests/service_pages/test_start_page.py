"""The start page: what runs, who may ask, and how to connect."""

from __future__ import annotations

from hook_client import HookClient
from shown_pages import Page


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
