"""Whatever a client sends that the OpenAPI description allows or forbids: the answer is one that it describes."""

from __future__ import annotations

from typing import Any, Final

import pytest
import schemathesis
from hook_client import HookClient, example
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from trialsieve.service.app import create_app
from trialsieve.service.settings import Settings

# Not `positive_data_acceptance`: which trials and anchors there are, and that a Bundle has to hold a patient, is
# nothing that the description can say.
CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]

SCHEMA: Final = schemathesis.openapi.from_dict(create_app(Settings()).openapi())
OPERATIONS: Final[list[Any]] = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
TAKING_SOMETHING: Final = [
    one for one in OPERATIONS if one.path_parameters or one.query or one.body if one.path != "/trials/{trial_id}"
]  # of a trial's name there is none that the description forbids

SHORT = settings(
    max_examples=8,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def named(operation: Any) -> str:
    return f"{operation.method} {operation.path}"


def hold_to_the_description(case: Case[Any], client: HookClient) -> int:
    """The answer's status; AssertionError where it is none that is described."""
    sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8080")
    method, url = sent.pop("method"), sent.pop("url")
    sent["content"] = sent.pop("data", None)
    sent.pop("cookies", None)
    response = client.request(method, url, **{name: value for name, value in sent.items() if value is not None})
    case.validate_response(response, checks=CHECKS)
    return response.status_code


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_what_the_description_allows(client: HookClient, operation: Any) -> None:
    @SHORT
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def check(case: Case[Any]) -> None:
        hold_to_the_description(case, client)

    check()


@pytest.mark.parametrize("operation", TAKING_SOMETHING, ids=named)
def test_what_the_description_forbids(client: HookClient, operation: Any) -> None:
    @SHORT
    @given(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def check(case: Case[Any]) -> None:
        hold_to_the_description(case, client)

    check()


# --- the same with names that there are -------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.path == "/screen"], ids=named)
def test_a_patient_under_any_circumstances(client: HookClient, operation: Any) -> None:
    statuses = set()

    @SHORT
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def check(case: Case[Any]) -> None:
        case.query["trial"] = ["SENL-T7"]
        for name in ("as_of", "covers", "anchor"):
            case.query.pop(name, None)
        assert isinstance(case.body, dict)
        case.body = {**case.body, **example("SENL-T7/eligible-boy")}
        statuses.add(hold_to_the_description(case, client))

    check()
    assert statuses == {200}


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/trials/{trial_id}", "trial_id", "NCT07120607"),
        ("/results/{result_id}", "result_id", ...),
        ("/explanations/{result_id}", "result_id", ...),
    ],
)
def test_what_there_is(client: HookClient, path: str, name: str, value: Any) -> None:
    (operation,) = [one for one in OPERATIONS if one.path == path]
    if value is ...:
        screened = client.post("/screen?trial=NCT07070323", json=example("NCT07070323/child"))
        value = screened.json()["results"][0]["id"]
    case = operation.Case(path_parameters={name: value})
    assert hold_to_the_description(case, client) == 200
