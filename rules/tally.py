"""How much of a trial's registry text is covered, counted for a reader."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trialsieve.rules import rule_files
from trialsieve.rules.atom import Judgement, Readings, Unresolved
from trialsieve.rules.inventory_files import Computability, load_trial_inventory
from trialsieve.rules.sentences import account
from trialsieve.rules.trial import Criterion, Trial
from trialsieve.rules.vocabulary import Reason


class Standing(StrEnum):
    """Who can answer a criterion."""

    EXECUTED = "executed"
    ATTESTED = "attested"
    ON_HOLD = "on hold"
    TRUNCATED = "truncated"


def standing(criterion: Criterion) -> Standing:
    """Truncated: the text is cut off. On hold: it waits for the registry's correction. Attested: by judgement alone."""
    tests = [atom.test for atom in criterion.atoms if atom.operand]
    if any(isinstance(test, Unresolved) and test.reason is Reason.TRUNCATED for test in tests):
        return Standing.TRUNCATED
    waits = any(isinstance(test, Readings | Unresolved) for test in tests)
    if waits or (criterion.readings and criterion.amendment is None):
        return Standing.ON_HOLD
    if all(isinstance(test, Judgement) for test in tests):
        return Standing.ATTESTED
    return Standing.EXECUTED


@dataclass(frozen=True, slots=True)
class TextTally:
    """The sentences of the eligibility section: all, those that criteria stand for, and headings; and the atoms."""

    sentences: int
    by_criteria: int
    headings: int
    atoms: Mapping[Computability, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """The criteria by standing; `judged_in_part` are executed but for a part that only a person can judge.

    `text` is None for a trial that is not shipped, or whose text is not the one that is.
    """

    criteria: Mapping[Standing, Sequence[str]]
    judged_in_part: Sequence[str]
    text: TextTally | None


def tally(trial: Trial) -> Tally:
    """Count what covers the trial's text. Raises RuleFilesError if the inventory cannot be read."""
    criteria = {each: [one.id for one in trial.criteria if standing(one) is each] for each in Standing}
    judged = [
        one.id
        for one in trial.criteria
        if standing(one) is Standing.EXECUTED and any(isinstance(a.test, Judgement) for a in one.atoms if a.operand)
    ]
    return Tally(criteria, judged, _of_text(trial))


def _of_text(trial: Trial) -> TextTally | None:
    found = load_trial_inventory(rule_files.PACKAGED / "inventory", trial.id)
    source = rule_files.PACKAGED / "sources" / trial.source
    if found is None or not source.is_file():
        return None
    content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != trial.source_sha256:
        return None
    inventory, section = found
    sentences = account(content.decode("utf-8"), section, {one.id: one.text for one in trial.criteria}).sentences
    kinds = [atom.computability for atom in inventory.atoms]
    return TextTally(
        sentences=len(sentences),
        by_criteria=sum(not each.missing and each.by_criterion for each in sentences),
        headings=sum(not each.missing and not each.by_criterion for each in sentences),
        atoms={each: kinds.count(each) for each in Computability},
    )
