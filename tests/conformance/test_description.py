"""Whatever a client sends that the OpenAPI description allows or forbids: the answer is one that it describes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest
import schemathesis
from guarded import CLIENTS, PUBLIC, Guarded, sign
from hook_client import HookClient, example
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from trialsieve.service.app import create_app
from trialsieve.service.settings.service_settings import Settings

# `make fuzz` takes these too, with a tenth of its examples: each is a request.
pytestmark = pytest.mark.fuzz
EXAMPLES: Final = max(8, int(os.environ.get("TRIALSIEVE_FUZZ_EXAMPLES", "0")) // 10)

# Not `positive_data_acceptance`: which trials and anchors there are, and that a Bundle has to hold a patient, is
# nothing that the description can say.
CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
REJECTING: Final = [*CHECKS, checks.negative_data_rejection]

Description = Any  # an operation of a schema; the library has no public name for it


def operations(service: Settings) -> list[Description]:
    schema = schemathesis.openapi.from_dict(create_app(service).openapi())
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


OPEN: Final = operations(Settings())
GUARDED: Final = operations(Settings(public_url=PUBLIC, clients=CLIENTS))
TAKING_SOMETHING: Final = [
    one for one in OPEN if one.path_parameters or one.query or one.body if one.path != "/trials/{trial_id}"
]  # of a trial's name there is none that the description forbids


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def named(operation: Description) -> str:
    return f"{operation.method} {operation.path}"


def send(case: Case[Any], client: HookClient, token: Callable[[str], str] | None = None) -> httpx.Response:
    """The answer to a request that was made up; with a token for where it goes."""
    sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8080")
    method, url = sent.pop("method"), sent.pop("url")
    sent["content"] = sent.pop("data", None)
    sent.pop("cookies", None)
    parts = {name: value for name, value in sent.items() if value is not None}
    if token is not None:
        path = httpx.URL(url).path
        parts["headers"] = {**dict(parts.get("headers", {})), "Authorization": f"Bearer {token(path)}"}
    return client.request(method, url, **parts)


@pytest.mark.parametrize("operation", OPEN, ids=named)
def test_what_the_description_allows(client: HookClient, operation: Description) -> None:
    @bounded(EXAMPLES)
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def check(case: Case[Any]) -> None:
        case.validate_response(send(case, client), checks=CHECKS)

    check()


@pytest.mark.parametrize("operation", TAKING_SOMETHING, ids=named)
def test_what_the_description_forbids(client: HookClient, operation: Description) -> None:
    @bounded(EXAMPLES)
    @given(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def check(case: Case[Any]) -> None:
        case.validate_response(send(case, client), checks=REJECTING)

    check()


@pytest.mark.parametrize("operation", GUARDED, ids=named)
def test_what_a_guarded_service_answers_with_a_token_and_without(guarded: Guarded, operation: Description) -> None:
    @bounded(max(3, EXAMPLES // 3))
    @given(operation.as_strategy())
    def check(case: Case[Any]) -> None:
        case.headers.pop("Authorization", None)
        answered = send(case, guarded.client, sign)
        case.validate_response(answered, checks=CHECKS)
        refused = send(case, guarded.client)
        case.validate_response(refused, checks=CHECKS)
        if operation.definition.raw.get("security"):
            assert answered.status_code != 401
            assert refused.status_code in {401, 404, 405}, "404, 405: a path that is no longer the operation's"

    check()


def test_an_answer_that_has_not_changed_is_described(client: HookClient) -> None:
    (operation,) = [one for one in OPEN if named(one) == "get /cds-services"]
    case = operation.Case(headers={"If-None-Match": "*"})
    response = send(case, client)
    assert response.status_code == 304
    case.validate_response(response, checks=CHECKS)


# --- the same with names that there are -------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [one for one in OPEN if one.path == "/screen"], ids=named)
def test_a_patient_under_any_circumstances(client: HookClient, operation: Description) -> None:
    statuses = set()

    @bounded(EXAMPLES)
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def check(case: Case[Any]) -> None:
        case.query["trial"] = ["SENL-T7"]
        for name in ("as_of", "covers", "anchor"):
            case.query.pop(name, None)
        assert isinstance(case.body, dict)
        case.body = {**case.body, **example("SENL-T7/eligible-boy")}
        response = send(case, client)
        case.validate_response(response, checks=CHECKS)
        statuses.add(response.status_code)

    check()
    assert statuses == {200}


SERVICES: Final = [one for one in OPEN if one.path.startswith("/cds-services/{")]


@pytest.mark.parametrize("operation", SERVICES, ids=named)
def test_a_service_that_there_is(client: HookClient, operation: Description) -> None:
    @bounded(2 * EXAMPLES)
    @given(operation.as_strategy())
    def check(case: Case[Any]) -> None:
        case.path_parameters["service_id"] = "trialsieve-patient-view"
        response = send(case, client)
        case.validate_response(response, checks=CHECKS)
        assert response.status_code != 404

    check()


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/trials/{trial_id}", "trial_id", "NCT07120607"),
        ("/results/{result_id}", "result_id", ...),
        ("/explanations/{result_id}", "result_id", ...),
    ],
)
def test_what_there_is(client: HookClient, path: str, name: str, value: Any) -> None:
    (operation,) = [one for one in OPEN if one.path == path]
    if value is ...:
        screened = client.post("/screen?trial=NCT07070323", json=example("NCT07070323/child"))
        value = screened.json()["results"][0]["id"]
    case = operation.Case(path_parameters={name: value})
    response = send(case, client)
    case.validate_response(response, checks=CHECKS)
    assert response.status_code == 200
