"""Checks that the trials' rules cover the registry's texts: `python -m trialsieve.rules.check_coverage`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from trialsieve.rules import rule_files
from trialsieve.rules.coverage import missing_trials, problems_of
from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.inventory_files import load_inventory
from trialsieve.rules.loader import read_rules


def check() -> list[Problem]:
    """Every problem of the packaged rules, those of loading included; a trial without a rule file is one."""
    files = rule_files.gather()
    reading = read_rules(files)
    if reading.problems:
        return sorted(reading.problems)
    texts = {
        file.name.removeprefix("sources/"): file.content.decode("utf-8", errors="replace")
        for file in files
        if file.folder == "sources"
    }
    try:
        inventory = load_inventory(rule_files.PACKAGED / "inventory")
    except RuleFilesError as error:
        return list(error.problems)
    absent = [
        Problem(f"trialsieve/rules/inventory/{name}.yaml", 1, 1, f"there is no rule file for the trial {name}")
        for name in missing_trials(reading, inventory)
    ]
    return [*problems_of(reading, inventory, texts), *absent]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every problem to standard error; 0 if there is none, else 1. 2, and nothing checked, if a path is given."""
    if sys.argv[1:] if arguments is None else arguments:
        print(
            "check_coverage takes no path: rules/inventory holds the shipped trials alone, which this checks.\n"
            "For a directory of your own: trialsieve lint DIR --examples",
            file=sys.stderr,
        )
        return 2
    problems = check()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
