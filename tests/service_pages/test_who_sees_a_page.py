"""Who sees the page of a result: on this machine everybody, elsewhere who has the link, until it expires."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hook_client import NOW, HookClient
from shown_pages import screened

from trialsieve.service.storage.database_faults import StoreError
from trialsieve.service.web.request_time import clock


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
