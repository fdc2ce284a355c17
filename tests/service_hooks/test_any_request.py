"""Whatever JSON a client sends: an answer of the specification, or an OperationOutcome that says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cds_hooks_schema import check_cards
from hook_client import NOW, PATIENT_VIEW, HookClient, call, example, prefetch_of, templates
from hypothesis import given, settings
from hypothesis import strategies as st

from trialsieve.service.hooks.discovery import HookService
from trialsieve.service.hooks.feedback_items import read_feedback, refusal
from trialsieve.service.hooks.requests import hook_call
from trialsieve.service.web.errors import ServiceError

SERVICE = HookService("trialsieve-patient-view", "patient-view", ("T",), "title", "description", {})

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), st.text(max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=10), inner, max_size=4)),
    max_leaves=12,
)


def objects(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of these members, each of which may be anything instead."""
    return st.fixed_dictionaries({}, optional={name: st.one_of(one, values) for name, one in members.items()})


requests = objects(
    hook=st.sampled_from(["patient-view", "order-sign", "x"]),
    hookInstance=st.text(),
    fhirServer=st.text(),
    fhirAuthorization=objects(access_token=st.text()),
    context=objects(patientId=st.one_of(st.text(), st.sampled_from(["p", "Patient/p", "http://x/Patient/p"]))),
    prefetch=st.dictionaries(st.text(), values),
)
feedback = objects(
    feedback=st.lists(
        objects(
            card=st.text(),
            outcome=st.sampled_from(["accepted", "overridden"]),
            acceptedSuggestions=st.lists(objects(id=st.text())),
            overrideReason=objects(
                reason=objects(code=st.text(), system=st.text(), display=st.text()), userComment=st.text()
            ),
            outcomeTimestamp=st.one_of(st.text(), st.floats(), st.datetimes().map(str)),
        )
    )
)


def status_of(read: Callable[[], object]) -> int:
    """200 where a request can be read, else the status that it is refused with."""
    try:
        read()
    except ServiceError as error:
        return error.status
    return 200


@given(requests)
def test_a_call_is_read_or_refused(request: dict[str, Any]) -> None:
    status = status_of(lambda: hook_call(request, SERVICE))
    assert status in {200, 400}
    if status == 200:
        read = hook_call(request, SERVICE)
        assert read.hook_instance
        assert read.patient_id in request["context"]["patientId"]


@given(feedback)
def test_feedback_is_read_or_refused(request: dict[str, Any]) -> None:
    status = status_of(lambda: read_feedback(request, NOW))
    assert status in {200, 400, 413}
    if status == 200:
        read = read_feedback(request, NOW)
        assert len({item.card_uuid for item in read.items}) == len(read.items)
        assert all(item.at <= NOW for item in read.items)
        assert refusal(read).status == 400


@given(st.data())
@settings(max_examples=25)
def test_a_service_answers_whatever_stands_under_its_keys(client: HookClient, data: st.DataObject) -> None:
    bundle = example("NCT04762485/needs-review")
    prefetch = prefetch_of(bundle, templates(client))
    for key in data.draw(st.sets(st.sampled_from(sorted(prefetch)))):
        resource = objects(
            resourceType=st.sampled_from(["Bundle", "Patient", "OperationOutcome", "Condition", "Observation"]),
            id=st.text(),
            entry=st.lists(objects(resource=values, fullUrl=st.text(), search=values), max_size=3),
            issue=values,
            link=st.lists(objects(relation=st.just("next"), url=st.text()), max_size=2),
        )
        prefetch[key] = data.draw(st.one_of(values, resource))
    body = json.dumps(call("needs-review", prefetch))
    response = client.post(PATIENT_VIEW, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {200, 400, 412}
    if response.status_code == 200:
        check_cards(response.json())


@given(values)
@settings(max_examples=25)
def test_an_endpoint_answers_whatever_the_body_is(client: HookClient, body: Any) -> None:
    for path in (PATIENT_VIEW, f"{PATIENT_VIEW}/feedback"):
        content = json.dumps(body)
        response = client.post(path, content=content, headers={"Content-Type": "application/json"})
        assert response.status_code == 400
