"""Settings: where they come from, what is told of a wrong one, and with which the service does not start."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr, ValidationError

from trialsieve.rules.errors import UsageError
from trialsieve.service.security.link_secret import with_link_secret
from trialsieve.service.settings.service_settings import Settings, state_folder
from trialsieve.service.settings.sources import load_settings
from trialsieve.service.trusted.trusted_client import TrustedClient

PAGE: Final = (Path(__file__).resolve().parents[2] / "docs" / "service-settings.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without settings of whoever runs the tests."""
    import os

    for name in [name for name in os.environ if name.upper().startswith("TRIALSIEVE_")]:
        monkeypatch.delenv(name)
    return monkeypatch


# --- the page -------------------------------------------------------------------------------------------------------


def documented(text: str) -> dict[str, str]:
    """The rows of the tables: names and defaults."""
    return dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", text, re.MULTILINE))


def page_parts() -> tuple[str, str]:
    """The tables of settings, and the one of a client."""
    before, _, rest = PAGE.partition("### A trusted client")
    client, heading, after = rest.partition("## What one request may cost")
    return before + heading + after, client


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(documented(page_parts()[0])) == set(Settings.model_fields)
    assert set(documented(page_parts()[1])) == set(TrustedClient.model_fields)


@pytest.mark.parametrize(("name", "default"), documented(page_parts()[0]).items())
def test_every_documented_default_is_the_default(name: str, default: str) -> None:
    shown = re.fullmatch(r"`(.*)`", default)
    value = Settings.model_fields[name].get_default(call_default_factory=True, validated_data={})
    if shown is None:  # said in words
        assert value in {None, ()} or name == "data_folder"
    elif name == "cors_origins":
        assert value == (shown[1],)
    else:
        assert Settings(**{name: shown[1]}) == Settings()  # type: ignore[arg-type]


def test_the_example_of_the_page_is_right(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    (tmp_path / "service.toml").write_text(example[1], encoding="utf-8")
    (tmp_path / "site.yaml").write_text("", encoding="utf-8")
    settings = load_settings(tmp_path / "service.toml")
    assert (settings.workers, settings.site, settings.clients[0].name) == (4, tmp_path / "site.yaml", "main hospital")


# --- sources --------------------------------------------------------------------------------------------------------


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "service.toml"
    file.write_text("port = 1\nworkers = 2\nmost_cards = 3\n", encoding="utf-8")
    environment.setenv("TRIALSIEVE_SETTINGS", str(file))
    environment.setenv("TRIALSIEVE_WORKERS", "4")
    environment.setenv("TRIALSIEVE_PORT", "5")
    environment.setenv("TRIALSIEVE_SITE", "")
    settings = load_settings(options={"port": "6"})
    assert (settings.port, settings.workers, settings.most_cards, settings.body_seconds) == (6, 4, 3, 10)
    assert load_settings(tmp_path / "service.toml").site is None


def test_lists_in_the_environment(environment: pytest.MonkeyPatch, keys: Any) -> None:
    environment.setenv("TRIALSIEVE_TRIALS", "NCT1, NCT2")
    environment.setenv("TRIALSIEVE_CORS_ORIGINS", "https://a.example.org,https://b.example.org:8443")
    client = {"name": "ehr", "issuer": "https://ehr.example.org", "jwks": keys.jwks("ec")}
    environment.setenv("TRIALSIEVE_CLIENTS", json.dumps([client]))
    settings = load_settings()
    assert settings.trials == ("NCT1", "NCT2")
    assert settings.cors_origins == ("https://a.example.org", "https://b.example.org:8443")
    assert settings.clients[0].issuer == "https://ehr.example.org"


def test_settings_made_in_code_are_what_the_code_says(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TRIALSIEVE_PORT", "5")
    assert Settings().port == 8080


def test_paths_in_a_file_start_at_its_folder(tmp_path: Path, keys: Any) -> None:
    folder = tmp_path / "etc"
    (folder / "rules").mkdir(parents=True)
    (folder / "keys.json").write_text(json.dumps(keys.jwks("ec")), encoding="utf-8")
    (folder / "service.toml").write_text(
        'rules = ["rules"]\ndata_folder = "data"\n[[clients]]\nname = "e"\nissuer = "i"\njwks_file = "keys.json"\n',
        encoding="utf-8",
    )
    settings = load_settings(folder / "service.toml")
    assert (settings.rules, settings.data_folder) == ((folder / "rules",), folder / "data")
    assert settings.clients[0].jwks_file == folder / "keys.json"


def test_they_go_to_the_workers_and_do_not_change_on_the_way(client_settings: Any) -> None:
    settings = client_settings(link_secret="s" * 32)
    assert pickle.loads(pickle.dumps(settings)) == settings
    with pytest.raises(ValidationError):
        settings.port = 1


def test_where_things_are_kept(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("XDG_STATE_HOME", str(tmp_path))
    assert Settings().database_url == f"sqlite:///{tmp_path}/trialsieve/trialsieve.sqlite"
    environment.setenv("XDG_STATE_HOME", "relative")  # which the specification says to ignore
    environment.setenv("HOME", str(tmp_path))
    assert state_folder() == tmp_path / ".local" / "state" / "trialsieve"
    assert Settings(store_url=SecretStr("postgresql://db/t")).database_url == "postgresql://db/t"


# --- what is wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"PORT": "eighty"}, "TRIALSIEVE_PORT in the environment: Input should be a valid integer"),
        ({"CLIENTS": '{"name": "e"}'}, "TRIALSIEVE_CLIENTS in the environment: not a list: begin each client with"),
        ({"PORT": "65536"}, "TRIALSIEVE_PORT in the environment: Input should be less than or equal to 65535"),
        ({"WORKERS": "0"}, "TRIALSIEVE_WORKERS in the environment: Input should be greater than or equal to 1"),
        ({"ALLOW_UNAUTHENTICATD": "1"}, "did you mean TRIALSIEVE_ALLOW_UNAUTHENTICATED?"),
        ({"CLIENTS": "{"}, "TRIALSIEVE_CLIENTS in the environment: not JSON"),
        ({"CLIENTS": '[{"name": "x"}]'}, "TRIALSIEVE_CLIENTS in the environment (client 1, issuer): Field required"),
        ({"FHIR_SERVERS": "ehr.example.org"}, "ehr.example.org: write it as the base URL of a FHIR server"),
        ({"CORS_ORIGINS": "https://a.example.org/"}, "write an origin as https://host"),
        ({"CORS_ORIGINS": "https://a.example.org/x"}, "write an origin as https://host"),
        ({"CORS_ORIGINS": "*,https://a.example.org"}, "* alone"),
        ({"PUBLIC_URL": "trials.example.org"}, "write it as https://host"),
        ({"PUBLIC_URL": "https://trials.example.org/?x=1"}, "write it as https://host"),
        ({"LINK_SECRET": "s" * 31}, "TRIALSIEVE_LINK_SECRET in the environment: use at least 32 random characters"),
        ({"METRICS_TOKEN": "short"}, "use at least 32 random characters"),
        ({"SITE": "no-such-file.yaml"}, "no-such-file.yaml: no such file"),
        ({"RULES": "no-such-folder"}, "no-such-folder: no such file or directory"),
        ({"LOG_LEVEL": "loud"}, "'debug', 'info', 'warning' or 'error'"),
        ({"SETTINGS": "no-such.toml"}, "TRIALSIEVE_SETTINGS no-such.toml: no such file"),
    ],
)
def test_a_wrong_variable(variables: Mapping[str, str], told: str, environment: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        environment.setenv(f"TRIALSIEVE_{name}", value)
    with pytest.raises(UsageError, match=re.escape(told)):
        load_settings()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("port = ", "service.toml: not TOML"),
        ("prot = 1", "prot in {file}: no such setting; did you mean port?"),
        ("something = 1", "something in {file}: no such setting; see docs/service-settings.md"),
        ("port = 'x'", "port in {file}: Input should be a valid integer"),
        ("clients = 7", "clients in {file}: not a list: begin each client with [[clients]] in a file"),
        ("[clients]\nname = 'e'", "clients in {file}: not a list: begin each client with [[clients]] in a file"),
        (
            "[[clients]]\nname = 'e'\nissuer = 'i'",
            "clients in {file} (client 1): the client 'e' has no keys: give exactly one",
        ),
        (
            "[[clients]]\nname = 'e'\nissuer = 'i'\njku = ['https://e.org/k']\njwks_url = 'https://e.org/k'",
            "the client 'e' has jwks_url and jku: give exactly one of jwks, jwks_file, jwks_url, jku",
        ),
        (
            "[[clients]]\nname = 'e'\nissuer = 'i'\njwks_url = 'http://e.org/k?key=x'",
            "http://e.org/k: keys are fetched",
        ),
        ("[[clients]]\nname = 'e'\nissuer = 'i'\njwks_url = 'https://u:x@e.org/k'", "https://…@e.org/k: write it as"),
        ("[[clients]]\nname = 'e'\nissuer = 'i'\njku = ['http://e.org/k']", "by https alone"),
        ("[[clients]]\nname = 'e'\nissuer = 'i'\njwks_file = 'none.json'", "none.json: No such file"),
        ("[[clients]]\nname = 'e'\nissuer = 'i'\njwks = {{ keys = [] }}", "no usable public key"),
        ("[[clients]]\nname = 'e'\nissuer = 'i'\njwks = {{ key = [] }}", "not a JSON Web Key Set"),
        ("[[clients]]\nname = ''\nissuer = 'i'\njku = ['https://e.org/k']", "clients in {file} (client 1, name)"),
        (
            "[[clients]]\nname = 'e'\nissuer = 'i'\njwks_uri = 'https://e.org/k'",
            "(client 1, jwks_uri): no such setting; did you mean jwks_url?",
        ),
        (
            "[[clients]]\nname = 'a'\nissuer = 'i'\njku = ['https://e.org/k']\n[[clients]]\nkeys = 1",
            "clients in {file} (client 2, keys): no such setting; see docs/service-settings.md",
        ),
    ],
)
def test_a_wrong_file(content: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text(content.format(), encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(told.format(file=file))):
        load_settings(file)


def pem(key: Any, *, private: bool) -> bytes:
    if private:
        return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


PRIVATE: Final = "holds a private key: give public keys alone (a JSON Web Key without d), of a new pair"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lambda key, jwk: {"keys": [jwk]}, PRIVATE),
        (lambda key, jwk: jwk, PRIVATE),
        (lambda key, jwk: pem(key, private=True), PRIVATE),
        (
            lambda key, jwk: pem(key, private=False),
            'not a JSON Web Key Set: an object with the array "keys" is needed, not PEM',
        ),
        (lambda key, jwk: b"keys", 'an object with the array "keys" is needed; this is not JSON'),
        (lambda key, jwk: {name: jwk[name] for name in jwk if name != "d"}, "not a JSON Web Key Set"),
        (lambda key, jwk: {"keys": []}, "no usable public key"),
    ],
    ids=["private in a set", "a private key", "private PEM", "public PEM", "no JSON", "a public key", "no key"],
)
def test_a_file_of_keys_that_cannot_be_used(content: Any, told: str, keys: Any, tmp_path: Path) -> None:
    key = keys.private["ec"]
    made = content(key, {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key)), "kid": "ec"})
    file = tmp_path / "keys.json"
    file.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
    clients = [{"name": "e", "issuer": "i", "jwks_file": str(file)}]
    with pytest.raises(UsageError, match=re.escape(told)) as refused:
        load_settings(options={"clients": clients})
    assert f"(client 1, jwks_file): {file}: " in str(refused.value)
    assert keys.jwk("ec")["x"] not in str(refused.value)


def test_a_private_key_among_the_settings_is_refused(keys: Any) -> None:
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(keys.private["ec"]))
    clients = [{"name": "e", "issuer": "i", "jwks": {"keys": [{**jwk, "kid": "ec"}, keys.jwk("rsa")]}}]
    with pytest.raises(UsageError, match=re.escape(PRIVATE)) as refused:
        load_settings(options={"clients": clients})
    assert jwk["d"] not in str(refused.value)


def test_a_wrong_option_is_named_as_the_option_and_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(UsageError) as told:
        load_settings(options={"workers": "none", "port": "-1"})
    assert "--workers: Input should be a valid integer" in str(told.value)
    assert "--port: Input should be greater than or equal to 0" in str(told.value)


@pytest.mark.parametrize("name", ["link_secret", "metrics_token", "store_url"])
def test_no_message_and_no_rendering_repeats_a_secret(name: str, environment: pytest.MonkeyPatch) -> None:
    secret = "postgresql://u:hunter2-hunter2-hunter2-hunter2@db/t"
    assert "hunter2" not in repr(Settings(**{name: SecretStr(secret)}))  # type: ignore[arg-type]
    environment.setenv(f"TRIALSIEVE_{name.upper()}", "hunter2")
    environment.setenv("TRIALSIEVE_PORT", "hunter2")
    with pytest.raises(UsageError) as told:
        load_settings()
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fhir_servers", "https://…@ehr.example.org/fhir: write it as the base URL"),
        ("cors_origins", "https://…@ehr.example.org/fhir: write an origin"),
        ("public_url", "write it as https://host"),
    ],
)
def test_no_message_repeats_what_a_url_may_hide(name: str, told: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv(f"TRIALSIEVE_{name.upper()}", "https://u@x:hunter2@ehr.example.org/fhir?key=hunter2")
    with pytest.raises(UsageError, match=re.escape(told)) as raised:
        load_settings()
    assert "hunter2" not in str(raised.value)


# --- with what it does not start ------------------------------------------------------------------------------------

OPEN: Final = "allow_unauthenticated"


@pytest.mark.parametrize(
    ("given", "client", "told"),
    [
        ({}, False, None),
        ({"host": "localhost"}, False, None),
        ({"host": "127.0.0." + "5"}, False, None),
        ({"host": "::1", "public_url": "http://[::1]:8080"}, False, None),
        ({"host": "0.0.0.0"}, False, "answer everybody"),
        ({"host": "::"}, False, "answer everybody"),
        ({"host": "192.0.2.7"}, False, "answer everybody"),
        ({"host": "ehr.internal"}, False, "answer everybody"),
        # A proxy on the same machine: the socket is on loopback, the service is not.
        ({"public_url": "https://trials.example.org"}, False, "answer everybody"),
        ({"public_url": "https://trials.example.org"}, True, None),
        ({"public_url": "https://trials.example.org", OPEN: True}, False, None),
        ({"host": "0.0.0.0"}, True, "public_url"),
        ({"host": "0.0.0.0", OPEN: True}, False, "public_url"),
        ({"host": "0.0.0.0", "public_url": "https://trials.example.org"}, True, None),
        ({"host": "0.0.0.0", "public_url": "https://trials.example.org", OPEN: True}, False, None),
        ({"host": "0.0.0.0", "public_url": "https://trials.example.org", OPEN: True}, True, "remove one of the two"),
        ({"host": "0.0.0.0", "public_url": "http://trials.example.org"}, True, "travel in the clear"),
        ({"public_url": "http://192.0.2.7:8080"}, True, "travel in the clear"),
        ({"host": "0.0.0.0", "public_url": "http://localhost:8080"}, True, None),
        ({OPEN: True}, True, "remove one of the two"),
        ({OPEN: True}, False, None),
        ({"host": ""}, False, "at least 1 character"),
    ],
)
def test_whom_it_would_answer(given: dict[str, Any], client: bool, told: str | None, keys: Any) -> None:
    clients = [{"name": "ehr", "issuer": "i", "jwks": keys.jwks("ec")}] if client else []
    if told is None:
        assert load_settings(options={**given, "clients": clients}).open is not client
    else:
        with pytest.raises(UsageError, match=re.escape(told)):
            load_settings(options={**given, "clients": clients})


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"name": "a", "tenants": ["1"]}, {"name": "b", "tenants": ["2"]}, None),
        ({"name": "a"}, {"name": "b", "tenants": ["2"]}, None),
        ({"name": "a"}, {"name": "b", "issuer": "j"}, None),
        ({"name": "a"}, {"name": "b"}, "share a tenant"),
        ({"name": "a", "tenants": ["1"]}, {"name": "b", "tenants": ["2", "1"]}, "share a tenant"),
        ({"name": "a", "tenants": ["1"]}, {"name": "b", "tenants": ["*"]}, "share a tenant"),
        ({"name": "a", "tenants": ["*"]}, {"name": "b"}, "share a tenant"),
        ({"name": "a"}, {"name": "a", "issuer": "j"}, "two have the name 'a'"),
    ],
)
def test_clients_can_be_told_apart(first: Any, second: Any, told: str | None, keys: Any) -> None:
    clients = [{"issuer": "i", "jwks": keys.jwks("ec"), **client} for client in (first, second)]
    if told is None:
        assert len(load_settings(options={"clients": clients}).clients) == 2
    else:
        with pytest.raises(UsageError, match=re.escape(told)):
            load_settings(options={"clients": clients})


# --- the secret of links --------------------------------------------------------------------------------------------


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path / "data", public_url="https://t.example.org", allow_unauthenticated=True)
    first, second = with_link_secret(settings).link_secret, with_link_secret(settings).link_secret
    assert first is not None
    assert first == second
    assert len(first.get_secret_value()) == 64
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["link-secret"]
    assert (tmp_path / "data" / "link-secret").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_no_secret_is_made_where_one_is_set_or_none_is_needed(tmp_path: Path) -> None:
    local = Settings(data_folder=tmp_path / "data")
    assert with_link_secret(local).link_secret is None
    given = Settings(
        data_folder=tmp_path / "data",
        public_url="https://t.example.org",
        allow_unauthenticated=True,
        link_secret=SecretStr("s" * 32),
    )
    assert with_link_secret(given) == given
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40])
def test_a_broken_secret_is_not_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "link-secret").write_bytes(content)
    settings = Settings(data_folder=tmp_path, public_url="https://t.example.org", allow_unauthenticated=True)
    with pytest.raises(UsageError, match="link-secret: "):
        with_link_secret(settings)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings = Settings(data_folder=tmp_path / "file", public_url="https://t.example.org", allow_unauthenticated=True)
    with pytest.raises(UsageError, match="set link_secret, or another data_folder"):
        with_link_secret(settings)
