"""The command line explains itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TRIALSIEVE = Path(sys.executable).parent / "trialsieve"
COMMANDS = ("screen", "explain", "trials", "show", "lint")


def ask(*arguments: str) -> str:
    ran = subprocess.run([str(TRIALSIEVE), *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return ran.stdout


def test_help_names_every_command_and_says_that_a_person_decides() -> None:
    text = ask("--help")
    for command in COMMANDS:
        assert command in text
    assert "decides" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_its_usage(command: str) -> None:
    assert f"usage: trialsieve {command}" in ask(command, "--help")


def test_help_of_screen_names_every_option_of_the_contract() -> None:
    text = ask("screen", "--help")
    for option in ("trial", "as-of", "format", "out", "verdict", "absence", "covers", "rules", "site"):
        assert f"--{option} " in text


def test_the_version_is_the_packages() -> None:
    from trialsieve import __version__

    assert __version__ in ask("--version")
