"""The command line itself: help, usage errors, exit statuses, and what goes to which stream."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from trialsieve import __version__
from trialsieve.service import cli
from trialsieve.service.cli import COMMANDS, build_parser, main

ROOT = Path(__file__).resolve().parents[2]
CLI_PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

Run = Callable[..., Any]


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    parser = build_parser()
    yield "trialsieve", parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def options() -> list[tuple[str, str]]:
    return [
        (command, option) for command, parser in parsers() for one in parser._actions for option in one.option_strings
    ]


@pytest.mark.parametrize(("command", "option"), options())
def test_every_option_is_documented(command: str, option: str) -> None:
    assert re.search(rf"`[^`\n]*(?<![\w-]){re.escape(option)}(?![\w-])", CLI_PAGE), f"{command} {option}: docs/cli.md"


def test_every_option_that_the_page_documents_exists() -> None:
    documented = set(re.findall(r"^\| `(--[a-z-]+)", CLI_PAGE, re.MULTILINE))
    assert len(documented) > 10
    assert documented <= {option for _, option in options()}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str, run: Run) -> None:
    shown = run(command, "--help")
    assert (shown.status, shown.err) == (0, "")
    assert f"examples:\n  trialsieve {command}" in shown.out
    assert f"## {command}\n" in CLI_PAGE


def test_version(run: Run) -> None:
    shown = run("--version")
    assert (shown.status, shown.out, shown.err) == (0, f"trialsieve {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no command given"),
        (["sift"], "sift"),
        (["screen"], "no INPUT"),
        (["screen", "--trial", "NCT04762485"], "no INPUT"),
        (["screen", "x.json", "--nonsense"], "--nonsense"),
        (["screen", "x.json", "--form", "csv"], "--form"),  # no abbreviations
        (["screen", "x.json", "--format", "xml"], "--format 'xml': choose from table, json, ndjson, csv"),
        (["screen", "x.json", "--verdict", "maybe"], "eligible, ineligible, needs-review"),
        (["screen", "x.json", "--absence", "no"], "--absence 'no': choose from presume, unknown"),
        (["screen", "x.json", "--as-of", "yesterday"], "--as-of 'yesterday'"),
        (["screen", "x.json", "--covers", "Patient"], "--covers 'Patient'"),
        (["screen", "x.json", "--trial", "NCT00000000"], "no trial 'NCT00000000'"),
        (["screen", "x.json", "--rules", "no-such-folder"], "no-such-folder"),
        (["screen", "x.json", "--site", "no-such-file"], "no-such-file"),
        (["screen", "x.json", "--colour", "red"], "--colour 'red'"),
        (["explain", "x.json", "--patient", "p1"], "--trial"),
        (["explain", "--patient", "p1", "--trial", "NCT04762485"], "no INPUT"),
        (
            ["explain", "x.json", "--patient", "p1", "--trial", "NCT04762485", "--criterion", "Z99"],
            "no criterion 'Z99'",
        ),
        (["show"], "TRIAL"),
        (["trials", "--nonsense"], "--nonsense"),
        (["lint", "no-such-path"], "no-such-path"),
    ],
)
def test_a_wrong_command_line_is_2_with_one_message_and_no_output(run: Run, arguments: list[str], told: str) -> None:
    ended = run(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("trialsieve: ")
    assert told in ended.err
    assert ended.err.count("\n") == 1


def test_trials_lists_each_with_its_title(run: Run) -> None:
    listed = run("trials")
    assert (listed.status, listed.err) == (0, "")
    assert re.search(r"^NCT04762485 .*15 criteria  Humanized CD7 CAR T-cell Therapy", listed.out, re.MULTILINE)


def test_the_shipped_rules_have_no_problem(run: Run) -> None:
    linted = run("lint")
    assert (linted.status, linted.out) == (0, "")
    assert re.fullmatch(r"checked 5 trials, \d\d findings, \d\d concept files: 0 problems\n", linted.err)


def test_a_wrong_rule_file_is_told_by_place_and_ends_every_command(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "wrong.yaml"
    rules.write_text("finding: wrong\ntitle: Wrong\ntrue_when: nowhere\natoms: []\n", encoding="utf-8")
    place = re.compile(rf"^{re.escape(str(rules))}:\d+:\d+: \S", re.MULTILINE)
    linted = run("lint", rules)
    assert linted.status == 2
    assert place.search(linted.out)
    for arguments in (["trials"], ["show", "NCT04762485"], ["screen", "x.json"]):
        ended = run(*arguments, "--rules", rules)
        assert (ended.status, ended.out) == (2, "")
        assert place.search(ended.err)
        assert "Traceback" not in ended.err


def raising(error: BaseException) -> Callable[[argparse.Namespace], int]:
    def command(arguments: argparse.Namespace) -> int:
        raise error

    return command


def test_a_fault_of_ours_names_its_class_and_nothing_of_the_record(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.COMMANDS["trials"], "run", raising(KeyError("Ignatius Winterbottom")))
    monkeypatch.delenv("TRIALSIEVE_DEBUG", raising=False)
    ended = run("trials")
    assert ended.status == 2
    assert "internal error (KeyError)" in ended.err
    assert "TRIALSIEVE_DEBUG=1" in ended.err
    assert "Winterbottom" not in ended.err
    monkeypatch.setenv("TRIALSIEVE_DEBUG", "1")
    assert "Traceback" in run("trials").err


def test_a_full_disk_is_told_as_such(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.COMMANDS["trials"], "run", raising(OSError(28, "No space left on device")))
    ended = run("trials")
    assert (ended.status, ended.err) == (2, "trialsieve: No space left on device\n")


def test_an_interruption_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.COMMANDS["trials"], "run", raising(KeyboardInterrupt()))
    ended = run("trials")
    assert (ended.status, ended.err) == (130, "trialsieve: interrupted\n")


def test_main_reads_the_arguments_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["trialsieve", "--version"])
    assert main() == 0


def test_a_closed_pipe_is_quiet() -> None:
    command = [sys.executable, "-m", "trialsieve.service.cli", "show", "NCT04762485"]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        ended = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_terminal_without_quotation_marks_is_no_reason_to_fail() -> None:
    command = [sys.executable, "-m", "trialsieve.service.cli", "show", "NCT04762485"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(command, capture_output=True, env=environment, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert rb"\u201c" in ended.stdout
