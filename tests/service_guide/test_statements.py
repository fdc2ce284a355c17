"""What the guide says of the service is so: its messages, settings, metrics, templates and the example settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from trialsieve.fhir_adapters.servers.gap_words import STATE_WORDS
from trialsieve.fhir_adapters.servers.prefetch_templates import prefetch_templates
from trialsieve.rules.loader import load_rules
from trialsieve.service.hooks.discovery import offer
from trialsieve.service.security.token import Refusal
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.settings.sources import load_settings
from trialsieve.service.web.metrics import REPLACED_WORKERS, Metrics

if TYPE_CHECKING:
    from tests.service_guide.conftest import Guide

ROOT: Final = Path(__file__).resolve().parents[2]
TROUBLE: Final = "When it does not work"

# Where the errors come from that a client of CDS Hooks may meet.
MET_BY_CLIENTS: Final = (
    "service/hooks/requests.py",
    "service/hooks/services.py",
    "service/hooks/feedback_items.py",
    "service/screening/desk.py",
    "service/security/authenticator.py",
    "service/web/faults.py",
    "service/web/health.py",
    "service/web/json_body.py",
    "service/web/limits.py",
    "fhir_adapters/servers/fhir_server.py",
    "fhir_adapters/servers/prefetched.py",
    "fhir_adapters/servers/prefetch_record.py",
)
RAISED: Final = re.compile(r"ServiceError|_overloaded|(WrongPatient|NothingKnown|PatientId|ServerAddress)Error")

# Of faults.py: what an address of ours never answers with, or what a REST parameter alone may meet.
NOT_MET: Final = ("The request cannot be ", "The request is wrong: ")


def texts(node: ast.AST) -> Iterator[str]:
    """The texts in a piece of source, each value within one as an ellipsis."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for part in ast.iter_child_nodes(node):
            yield from texts(part)


def messages(file: str) -> Iterator[str]:
    """What a module raises, and what it holds ready to be raised (`said`)."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        is_raised = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and RAISED.fullmatch(node.func.id)
        is_said = isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["said"]
        if is_raised or is_said:
            yield from (text for text in texts(node) if text.count(" ") >= 3)


def pieces(message: str) -> list[str]:
    """The fixed parts of a message."""
    return [part for piece in message.split("…") if (part := piece.strip(" '.;:,()[]`?"))]


def said_by_the_guide(guide: Guide) -> list[str]:
    """The messages that the tables of troubles quote."""
    section = guide.section(TROUBLE)
    return [text for text in re.findall(r"`([^`]+)`|\*([^*]+)\*", section) for text in text if text.count(" ") >= 3]


def test_every_error_that_a_client_may_meet_is_explained(guide: Guide) -> None:
    section = guide.section(TROUBLE)
    met = {text for file in MET_BY_CLIENTS for text in messages(file) if not text.startswith(NOT_MET)}
    assert len(met) > 25
    unexplained = [text for text in sorted(met) if max(pieces(text), key=len)[:18] not in section]
    assert not unexplained


def test_every_message_that_is_explained_is_one_of_the_service(guide: Guide) -> None:
    quoted = said_by_the_guide(guide)
    assert len(quoted) > 40
    files = [file for folder in ("service", "fhir_adapters") for file in sorted((ROOT / folder).rglob("*.py"))]
    ours = [text for file in files for text in texts(ast.parse(file.read_text(encoding="utf-8")))]
    strange = [(text, piece) for text in quoted for piece in pieces(text) if not any(piece in one for one in ours)]
    assert not strange


def test_every_reason_for_a_refused_token_is_explained(guide: Guide) -> None:
    explained = [name for row in guide.rows("Tokens that are refused") for name in re.findall(r"`([a-z-]+)`", row[0])]
    assert sorted(explained) == sorted(refusal.value for refusal in Refusal)


def test_the_states_of_a_gap_are_those_that_a_card_names(guide: Guide) -> None:
    told = set(re.findall(r"\*[^*]*\u2026 ([a-z' ]+) \u2026\*", guide.section("Cards are not what was expected")))
    assert told == set(STATE_WORDS.values())


def test_every_metric_that_is_named_exists(guide: Guide) -> None:
    named = set(re.findall(r"\btrialsieve_[a-z_]+", guide.text))
    families = text_string_to_metric_families(Metrics().text().decode())
    exist = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    assert named
    assert named <= exist | {f"{REPLACED_WORKERS}_total"}


def test_every_setting_that_is_named_exists(guide: Guide) -> None:
    for name in re.findall(r"`([a-z]+_[a-z_]+)`", guide.text):
        known = (
            name in Settings.model_fields
            or name.startswith("trialsieve_")
            or name in {"request_id", "keys_not_known", "not_known", "jwks_url", "jwks_file"}
        )
        assert known, name


def test_the_example_settings_are_understood(guide: Guide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = guide.blocks("Settings", "toml")
    file = tmp_path / "service.toml"
    file.write_text(text, encoding="utf-8")
    (tmp_path / "site.yaml").write_text("time_zone: Europe/Berlin\n", encoding="utf-8")
    for variable in re.findall(r"^(TRIALSIEVE_\w+)=", guide.blocks("Settings", "sh")[0], re.MULTILINE):
        monkeypatch.setenv(variable, "0123456789abcdef" * 4)
    settings = load_settings(file)
    assert settings.link_secret is not None
    assert settings.metrics_token is not None
    assert not settings.on_loopback
    assert not settings.open
    assert len(settings.clients) == 2


def test_the_templates_and_their_scopes_are_those_of_discovery(guide: Guide) -> None:
    book = load_rules()
    templates = prefetch_templates(book, list(book.trials))
    expected = {
        ("observations-…" if key.startswith("observations-") else key, template.resource_type)
        for key, template in templates.items()
    }
    told = {}
    for row in guide.rows("Prefetch templates and scopes"):
        found = re.fullmatch(r"`patient/(\w+)\.rs`; `patient/\1\.read`", row[2])
        told[row[0].strip("`")] = found[1] if found else row[2]
    assert told.pop("none") == "Medication"  # read by id, for prescriptions that refer to one
    assert told.pop("attestations") == "the same"
    assert {*told.items(), ("attestations", "Observation")} == expected


def test_the_addresses_are_those_of_the_services(guide: Guide) -> None:
    book = load_rules()
    services = offer(book, list(book.trials), list_trials=True).services
    told = re.findall(r"/cds-services/([a-z0-9-]+)`", guide.section("Addresses"))
    assert told
    assert set(told) <= set(services)
