"""`trialsieve feedback`: what clinicians did with the cards."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from trialsieve.rules.errors import UsageError
from trialsieve.service.commands.installed import service_installed
from trialsieve.service.request.written_values import chosen, day

HELP = "what clinicians did with the cards"

DESCRIPTION = """\
Report what became of the cards that `trialsieve serve` showed: how many were accepted and overridden, and the reasons
given, per trial and per criterion that the cards named as failing or open. Comments are counted, not shown."""

EXAMPLES = """\
examples:
  trialsieve feedback
  trialsieve feedback --since 2026-11-01 --format csv
  trialsieve feedback --settings trialsieve.toml
  trialsieve feedback --data-folder /var/lib/trialsieve"""

FORMATS = ("table", "json", "csv")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+]*:")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `feedback`."""
    parser.add_argument("--since", metavar="YYYY-MM-DD", help="only what was told on this day or later (UTC)")
    parser.add_argument("--format", metavar="|".join(FORMATS), default="table", help="table for people (the default)")
    parser.add_argument(
        "--settings", metavar="FILE", help="the settings of the service (default: TRIALSIEVE_SETTINGS, if set)"
    )
    parser.add_argument("--data-folder", metavar="DIR", help="the data folder, where `serve` was given one")
    parser.add_argument(
        "--database", metavar="PATH|URL", help="the database itself, instead of the one that the settings name"
    )


def run(arguments: argparse.Namespace) -> int:
    """Read the database and report; 0. Raises UsageError, and StoreError where it cannot be read."""
    chosen("--format", arguments.format, FORMATS)
    since = None if arguments.since is None else day("--since", arguments.since)

    with service_installed("feedback"):
        from trialsieve.service.hooks.feedback_report import as_csv, as_json, as_table, feedback_rows
        from trialsieve.service.settings.sources import load_settings
        from trialsieve.service.storage.store import Store
        from trialsieve.service.text.paper import paper_for
    options = {} if arguments.data_folder is None else {"data_folder": arguments.data_folder}
    settings = load_settings(None if arguments.settings is None else Path(arguments.settings), options)
    url = settings.database_url if arguments.database is None else _url(arguments.database)
    _check_exists(url)
    store = Store.open(url)
    try:
        rows = feedback_rows(store.feedback(since))
    finally:
        store.close()
    if arguments.format == "json":
        text = as_json(rows)
    elif arguments.format == "csv":
        text = as_csv(rows)
    else:
        text = as_table(rows, paper_for("auto", to_file=False))
    sys.stdout.write(text)
    return 0


def _url(database: str) -> str:
    """The URL of a database that is named by URL, or by the path of its file."""
    return database if _SCHEME.match(database) else f"sqlite:///{Path(database).absolute()}"


def _check_exists(url: str) -> None:
    """A misspelt path would else be a new, empty database."""
    path = url.partition("sqlite:///")[2].partition("?")[0]
    if url.startswith("sqlite:///") and path and not Path(path).is_file():
        raise UsageError(
            f"{path}: no such file; `trialsieve serve` makes it in its data folder: name that folder with "
            "--data-folder, the service's settings with --settings, or the file itself with --database"
        )
