"""`GET cds-services`: what is offered, always in the same words and order (2.0, "Discovery")."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from cds_hooks_schema import check_template
from hook_client import HookClient, serving

from trialsieve.rules.cache import cached_rules
from trialsieve.service.hooks.discovery import HOOKS, OTHER_HOOKS, offer

# Checklist: the hooks of the library.
LIBRARY = {
    *("patient-view", "encounter-start", "encounter-discharge", "order-select", "order-sign", "order-dispatch"),
    *("appointment-book", "problem-list-item-create", "allergyintolerance-create", "medication-refill"),
    *("medication-verify", "medication-prescribe", "order-review"),
}


def test_there_is_one_service_for_each_hook_under_an_id_of_its_own(client: HookClient) -> None:
    services = client.get("/cds-services").json()["services"]
    assert [(one["hook"], one["id"]) for one in services] == [
        ("patient-view", "trialsieve-patient-view"),
        ("encounter-start", "trialsieve-encounter-start"),
    ]
    for one in services:
        assert one["version"] == "3.0.0"
        assert one["hookVersion"] == "1.0"
        assert "person decides" in one["usageRequirements"]


def test_every_hook_of_the_library_is_known() -> None:
    assert HOOKS.keys() | OTHER_HOOKS == LIBRARY


def test_what_is_asked_for_is_derived_and_in_the_restricted_subset(client: HookClient) -> None:
    for service in client.get("/cds-services").json()["services"]:
        assert service["prefetch"]["patient"] == "Patient/{{context.patientId}}"
        assert any(
            query.startswith("Condition?patient={{context.patientId}}") for query in service["prefetch"].values()
        )
        for query in service["prefetch"].values():
            check_template(query)


@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/"])
def test_a_slash_at_the_end_makes_no_difference(client: HookClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.content == client.get("/cds-services").content


def test_it_can_be_kept_and_asked_whether_it_changed(client: HookClient) -> None:
    response = client.get("/cds-services")
    etag = response.headers["etag"]
    assert response.headers["cache-control"] == "private, max-age=300"
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        assert client.get("/cds-services", headers={"If-None-Match": known}).status_code == 304
    assert client.get("/cds-services", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_same_rules_give_the_same_bytes() -> None:
    book = cached_rules([], None)
    trials = tuple(book.trials)
    first = offer(book, trials, list_trials=True)
    again = offer(book, trials, list_trials=True)
    assert (first.document, first.etag) == (again.document, again.etag)
    fewer = offer(book, trials[:1], list_trials=True)
    assert fewer.etag != first.etag


def test_services_for_single_trials_are_listed_on_request(tmp_path: Path) -> None:
    with serving(tmp_path, list_trial_services=True, trials=("SENL-T7", "NCT04762485")) as client:
        services = client.get("/cds-services").json()["services"]
    assert [one["id"] for one in services] == [
        "trialsieve-patient-view",
        "trialsieve-encounter-start",
        "trialsieve-patient-view-senl-t7",
        "trialsieve-patient-view-nct04762485",
        "trialsieve-encounter-start-senl-t7",
        "trialsieve-encounter-start-nct04762485",
    ]
    assert services[0]["description"].endswith("Trials: SENL-T7, NCT04762485.")


def test_a_single_trial_asks_for_what_its_own_rules_read() -> None:
    book = cached_rules([], None)
    services = offer(book, tuple(book.trials), list_trials=True).services
    for trial, hook in itertools.product(book.trials, HOOKS):
        alone = services[f"trialsieve-{hook}-{trial.lower()}"]
        assert alone.trials == (trial,)
        every = services[f"trialsieve-{hook}"].templates.values()
        asked = frozenset().union(*(template.concepts for template in alone.templates.values()))
        assert asked
        assert asked < frozenset().union(*(template.concepts for template in every))


def test_without_trials_nothing_is_offered() -> None:
    nothing = offer(cached_rules([], None), (), list_trials=True)
    assert nothing.document == b'{"services":[]}'
    assert nothing.services == {}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_takes_no_other_method(client: HookClient, method: str) -> None:
    response = client.request(method, "/cds-services")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]
