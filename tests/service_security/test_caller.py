"""Which FHIR servers a caller may name, and who is answered where nobody has to say who they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trialsieve.service.security.caller import Caller

LISTED = "https://ehr.example.org/fhir/r4"


@pytest.mark.parametrize(
    ("server", "allowed"),
    [
        (LISTED, True),
        (LISTED + "/", True),
        (LISTED + "/tenant-1", True),
        ("https://EHR.example.org/fhir/r4", True),
        ("https://ehr.example.org:443/fhir/r4", True),
        ("HTTPS://ehr.example.org/fhir/r4", True),
        ("https://ehr.example.org/fhir", False),
        ("https://ehr.example.org/fhir/r4x", False),
        ("https://ehr.example.org/FHIR/r4", False),
        ("http://ehr.example.org/fhir/r4", False),
        ("https://ehr.example.org:8443/fhir/r4", False),
        ("https://ehr.example.org.evil.org/fhir/r4", False),
        ("https://evil.org/https://ehr.example.org/fhir/r4", False),
        ("https://ehr.example.org@evil.org/fhir/r4", False),
        ("https://user@ehr.example.org/fhir/r4", False),
        ("https://ehr.example.org/fhir/r4/../../admin", False),
        ("https://ehr.example.org/fhir/r4/%2e%2e/admin", False),
        ("https://ehr.example.org/fhir/r4/./x", False),
        ("https://ehr.example.org/fhir//r4", False),
        ("https://ehr.example.org\\@evil.org/fhir/r4", False),
        ("https://ehr.example.org/fhir/r4/..\\..\\admin", False),
        ("https://ehr.example.org/fhir/r4?x=1", False),
        ("https://ehr.example.org/fhir/r4?", False),
        ("https://ehr.example.org/fhir/r4#x", False),
        ("https://ehr.example.org/fhir/r4 ", False),
        ("https://ehr.example.org/fhir/r4\n", False),
        ("https://ehr.example.org:x/fhir/r4", False),
        ("https://[ehr/fhir/r4", False),
        ("//ehr.example.org/fhir/r4", False),
        ("ehr.example.org/fhir/r4", False),
        ("ftp://ehr.example.org/keys", False),
        ("http://169.254.169.254/fhir/r4", False),
        ("", False),
    ],
)
def test_which_servers_may_be_read(server: str, allowed: bool) -> None:
    assert Caller("ehr", fhir_servers=(LISTED,)).may_read(server) is allowed


def test_without_a_list_no_server_may_be_read() -> None:
    assert not Caller("ehr").may_read(LISTED)


def test_a_client_has_its_own_servers_and_those_of_all(service: Callable[..., Any], sign: Callable[..., str]) -> None:
    made = service({"fhir_servers": [LISTED]}, fhir_servers=("https://shared.example.org/fhir",))
    assert made.ask(sign()).json()["fhir_servers"] == [LISTED, "https://shared.example.org/fhir"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_loopback_everybody_is_answered_as_nobody_in_particular(service: Callable[..., Any], host: str) -> None:
    made = service(host=host, public_url=None, clients=(), fhir_servers=("http://127.0.0.1:8081/fhir",))
    caller = made.ask(headers=[("Authorization", "Bearer whatever")]).json()
    assert (caller["name"], caller["issuer"]) == ("anonymous", None)
    assert caller["fhir_servers"] == ["http://127.0.0.1:8081/fhir"]


def test_with_a_trusted_client_nobody_else_is_answered_even_on_loopback(service: Callable[..., Any]) -> None:
    assert service(host="127.0.0.1", public_url=None).ask().status_code == 401
