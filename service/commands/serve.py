"""`trialsieve serve`: the service for electronic health records, by CDS Hooks and REST."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trialsieve.rules.interrupts import interrupts_held
from trialsieve.service.commands.installed import service_installed
from trialsieve.service.request.arguments import add_rules, add_trials

HELP = "answer electronic health records, by CDS Hooks and REST"

DESCRIPTION = """\
Answer CDS Hooks and REST requests until it is stopped. Without settings it listens on this machine alone, answers
whoever asks, and keeps what it decided in an SQLite database. Beyond this machine it answers nobody but the clients
that its settings trust. All settings: docs/service-settings.md."""

EXAMPLES = """\
examples:
  trialsieve serve
  trialsieve serve --port 9000 --trial NCT04762485
  trialsieve serve --settings /etc/trialsieve/service.toml --workers 4

exit status:
  0  it was told to end
  2  a setting, a rule file or the database is wrong, or it cannot listen where it should"""

# The options that are settings, by the name of the setting.
_SETTINGS = ("host", "port", "workers", "public_url", "data_folder", "site")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `serve`."""
    group = parser.add_argument_group("where it listens")
    group.add_argument("--host", metavar="ADDRESS", help="listen on this address (default: 127.0.0.1)")
    group.add_argument("--port", metavar="NUMBER", help="listen on this port; 0: any free one (default: 8080)")
    group.add_argument("--workers", metavar="NUMBER", help="answer in so many processes (default: 1)")
    group.add_argument("--public-url", metavar="URL", help="by which URL its clients call it (needed beyond loopback)")
    parser.add_argument(
        "--settings", metavar="FILE", help="read settings from this TOML file (default: $TRIALSIEVE_SETTINGS)"
    )
    parser.add_argument(
        "--data-folder", metavar="DIR", help="keep the database here (default: the user's state folder)"
    )
    parser.add_argument(
        "--allow-unauthenticated",
        action="store_true",
        help="answer everybody, also beyond loopback: only where something else lets nobody else through",
    )
    add_trials(parser)
    add_rules(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end. Raises UsageError, RuleFilesError and StoreError for what is 2."""
    with service_installed("serve"), interrupts_held():
        from trialsieve.service.processes.supervisor import serve
        from trialsieve.service.settings.sources import load_settings
    file = None if arguments.settings is None else Path(arguments.settings)
    return serve(load_settings(file, options(arguments)))


def options(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives."""
    given = {name: value for name in _SETTINGS if (value := getattr(arguments, name)) is not None}
    if arguments.allow_unauthenticated:
        given["allow_unauthenticated"] = True
    if arguments.trial:
        given["trials"] = tuple(arguments.trial)
    if arguments.rules:
        given["rules"] = tuple(arguments.rules)
    return given
