"""The EHR stand-in is strict where the service must not be trusted to be: tokens, whose data, pages, codes, dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from ehr_parts.charts import Charts, moved
from ehr_parts.fhir_server import PAGE, FhirApi, serving
from ehr_parts.signing import Signer, kept_key
from ehr_parts.terminal import unmarked

DAY = date(2026, 11, 20)


def observation(number: int, code: str, system: str = "http://loinc.org") -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "code": {"coding": [{"system": system, "code": code}]},
    }


@pytest.fixture
def fhir() -> Iterator[FhirApi]:
    results = [observation(number, "718-7") for number in range(PAGE + 2)]
    local = observation(99, "7", "urn:trialsieve:criterion")
    charts = Charts(
        {
            "mine": [{"resourceType": "Patient", "id": "mine"}, *results, local],
            "other": [{"resourceType": "Patient", "id": "other"}],
        }
    )
    with serving(charts, {"keys": []}, 0) as api:
        yield api


def get(fhir: FhirApi, query: str, token: str | None) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{fhir.base}/{query}", headers=headers, trust_env=False)


def test_a_token_opens_one_chart_as_long_as_the_call_lasts(fhir: FhirApi) -> None:
    with fhir.access("mine") as token:
        assert get(fhir, "Patient/mine", token).json()["id"] == "mine"
        assert get(fhir, "Patient/other", token).status_code == 403
        assert get(fhir, "Observation?patient=other", token).status_code == 403
        assert get(fhir, "Observation?patient=mine", "another").status_code == 401
        assert get(fhir, "Observation?patient=mine", None).status_code == 401
    assert get(fhir, "Patient/mine", token).status_code == 401


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ("718-7", PAGE + 2),
        ("http://loinc.org|718-7", PAGE + 2),
        ("http://snomed.info/sct|718-7", 0),
        ("urn:trialsieve:criterion|", 1),
        ("2160-0,7", 1),
        ("2160-0", 0),
    ],
)
def test_a_search_by_code_takes_systems_and_lists(fhir: FhirApi, codes: str, found: int) -> None:
    with fhir.access("mine") as token:
        bundle = get(fhir, f"Observation?patient=mine&code={codes}&_count=1000", token).json()
    assert bundle["total"] == found
    assert "entry" in bundle or not found


def test_pages_are_short_and_their_links_lead_to_all(fhir: FhirApi) -> None:
    with fhir.access("mine") as token:
        first = get(fhir, "Observation?patient=mine&code=718-7&_count=1000", token).json()
        (further,) = [link["url"] for link in first["link"] if link["relation"] == "next"]
        second = get(fhir, further.removeprefix(f"{fhir.base}/"), token).json()
    assert [len(page["entry"]) for page in (first, second)] == [PAGE, 2]
    assert not [link for link in second["link"] if link["relation"] == "next"]


def test_what_it_cannot_search_by_it_refuses(fhir: FhirApi) -> None:
    with fhir.access("mine") as token:
        assert get(fhir, "Observation?patient=mine&date=ge2026", token).status_code == 400
        assert get(fhir, "Patient?patient=mine", token).status_code == 400


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-20", "2026-12-31"),
        ("2026-11-20T08:00:00+01:00", "2026-12-31T08:00:00+01:00"),
        ("2026-11", "2026-12"),
        ("2026", "2026"),
        ("9999", "9999"),
        ("29603-8", "29603-8"),
        (20261120, 20261120),
        ({"id": "2026-11-20", "onset": ["2026-11-20"]}, {"id": "2026-11-20", "onset": ["2026-12-31"]}),
    ],
)
def test_dates_are_moved_and_nothing_else(written: Any, read: Any) -> None:
    assert moved(written, timedelta(days=41)) == read


def test_the_charts_are_the_examples_by_patient() -> None:
    charts = Charts.load(DAY, DAY)
    assert {"needs-review", "eligible-autologous", "eligible-boy", "child"} <= charts.of_patient.keys()


def test_a_key_is_kept_and_replaced_on_request_alone(tmp_path: Path) -> None:
    kids = [Signer("i", kept_key(tmp_path, renew=renew)).jwk["kid"] for renew in (False, False, True, False)]
    assert kids[0] == kids[1] != kids[2] == kids[3]
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [0o600]


def test_no_private_member_is_published_and_the_published_key_verifies(tmp_path: Path) -> None:
    signer = Signer("https://ehr.example.org", kept_key(tmp_path))
    (published,) = signer.jwks["keys"]
    assert "d" not in published
    token = signer.token("https://trials.example.org/cds-services")
    key = jwt.PyJWK(published, "ES384")
    claims = jwt.decode(token, key, ["ES384"], audience="https://trials.example.org/cds-services")
    assert {"iss", "aud", "exp", "iat", "jti"} == claims.keys()
    assert jwt.get_unverified_header(token) == {"alg": "ES384", "kid": published["kid"], "typ": "JWT"}


def test_a_card_is_shown_without_its_marks() -> None:
    assert unmarked(r"**I04** “1\. CD7 &gt;30% a\*b”") == "I04 “1. CD7 >30% a*b”"
