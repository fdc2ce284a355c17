"""What the trials of a run ask, kept with its manifest: a report is made without the rule files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trialsieve.rules.rule_book import RuleBook


def protocols(book: RuleBook, trials: Sequence[str]) -> list[dict[str, Any]]:
    """Of each trial its title, registry link, cohorts, and criteria in the order of the protocol."""
    return [
        {
            "trial": trial.id,
            "title": trial.title,
            "url": trial.source_url,
            "cohorts": [cohort.id for cohort in trial.cohorts],
            "criteria": [
                {
                    "criterion": criterion.id,
                    "kind": criterion.kind.value,
                    "stage": criterion.stage,
                    "cohort": criterion.cohort,
                    "text": criterion.text,
                    "atoms": {atom.id: atom.quote for atom in criterion.atoms},
                }
                for criterion in trial.criteria
            ],
        }
        for trial in (book.trials[name] for name in trials)
    ]
