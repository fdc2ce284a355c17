"""Where settings come from: the command line, then the environment, then a TOML file; else the default.

Every wrong value is told with where it stands and what may stand there. Nothing starts with a setting that was not
understood, and no message repeats a secret.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource

from trialsieve.rules.errors import UsageError
from trialsieve.service.settings.service_settings import PREFIX, Settings
from trialsieve.service.trusted.trusted_client import TrustedClient

FILE_VARIABLE: Final = f"{PREFIX}SETTINGS"

# Other variables of ours, which are no settings of the service.
_NO_SETTINGS: Final = frozenset({FILE_VARIABLE, f"{PREFIX}CACHE", f"{PREFIX}DEBUG"})

_PATHS: Final = ("site", "data_folder")

_OPTION_NAMES: Final = {"trials": "trial"}


def load_settings(file: Path | None = None, options: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process. `file` wins over TRIALSIEVE_SETTINGS, `options` of the command line over all.

    Raises UsageError.
    """
    given = dict(options or {})
    named_by = "--settings"
    if file is None and os.environ.get(FILE_VARIABLE):
        file, named_by = Path(os.environ[FILE_VARIABLE]), FILE_VARIABLE
    from_file = {} if file is None else _read(file, named_by)
    from_environment = EnvSettingsSource(Settings)()
    _refuse_unknown_variables(os.environ)
    try:
        return Settings(**{**from_file, **from_environment, **given})
    except ValidationError as error:
        problems = [_problem(one, given, from_environment, file) for one in error.errors(include_input=False)]
    raise UsageError("\ntrialsieve: ".join(problems))


def _read(file: Path, named_by: str) -> dict[str, Any]:
    if not file.is_file():
        raise UsageError(f"{named_by} {file}: no such file")
    try:
        read = TomlConfigSettingsSource(Settings, toml_file=file)()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not TOML: {error}") from error
    return _from_folder(read, file.absolute().parent)


def _from_folder(read: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same settings, with relative paths taken from the settings file's own folder."""
    settled = dict(read)
    for name in _PATHS:
        if isinstance(settled.get(name), str):
            settled[name] = folder / settled[name]
    if isinstance(settled.get("rules"), list):
        settled["rules"] = [folder / path if isinstance(path, str) else path for path in settled["rules"]]
    if isinstance(settled.get("clients"), list):
        settled["clients"] = [
            {**client, "jwks_file": folder / client["jwks_file"]}
            if isinstance(client, dict) and isinstance(client.get("jwks_file"), str)
            else client
            for client in settled["clients"]
        ]
    return settled


def _refuse_unknown_variables(environment: Iterable[str]) -> None:
    """A misspelt variable is not passed over: it may be the one that was meant to keep somebody out."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} | _NO_SETTINGS
    for name in environment:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            close = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
            if close:
                raise UsageError(f"{name} in the environment: no such setting; did you mean {close[0]}?")


def _problem(error: ErrorDetails, options: Mapping[str, Any], environment: Mapping[str, Any], file: Path | None) -> str:
    """One fault: where the value stands, and what is wrong with it."""
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:  # the message names the settings itself
        return f"settings: {message}"
    name, *below = (str(part) for part in error["loc"])
    if name == "clients" and below:
        below[0] = f"client {int(below[0]) + 1}"
    if error["type"] == "extra_forbidden":
        known = TrustedClient.model_fields if below else Settings.model_fields
        close = difflib.get_close_matches((name, *below)[-1], known, n=1, cutoff=0.6)
        message = "no such setting" + (f"; did you mean {close[0]}?" if close else "; see docs/service-settings.md")
    inside = f" ({', '.join(below)})" if below else ""
    if name in options:
        return f"--{_OPTION_NAMES.get(name, name).replace('_', '-')}{inside}: {message}"
    if name in environment:
        return f"{PREFIX}{name.upper()} in the environment{inside}: {message}"
    return f"{name} in {file}{inside}: {message}"
