"""How much of the registry's text a trial's rules cover, in words."""

from __future__ import annotations

from trialsieve.rules.inventory_files import Computability
from trialsieve.rules.tally import Standing, TextTally, tally
from trialsieve.rules.trial import Trial
from trialsieve.service.text.paper import Ink, Paper
from trialsieve.service.text.words import counted

_STANDINGS = {
    Standing.EXECUTED: "executed on data",
    Standing.ATTESTED: "attested by a person",
    Standing.ON_HOLD: "on hold",
    Standing.TRUNCATED: "truncated",
}

_COMPUTABILITY = {
    Computability.COMPUTABLE: "computable",
    Computability.PARTIAL: "computable in part",
    Computability.JUDGEMENT: "a matter of judgement",
}


def coverage_lines(trial: Trial, paper: Paper) -> list[str]:
    """The criteria by who can answer them, with the ids of those that data alone cannot; then sentences and atoms."""
    found = tally(trial)
    parts = ", ".join(
        f"{len(ids)} {_STANDINGS[each]}" + (f" ({', '.join(ids)})" if ids and each is not Standing.EXECUTED else "")
        for each, ids in found.criteria.items()
    )
    total = counted(len(trial.criteria), "criterion", "criteria")
    lines = paper.block(f"{total}: {parts}", inks=(Ink.STRONG,))
    if found.judged_in_part:
        judged = ", ".join(found.judged_in_part)
        lines += paper.block(f"executed, but for a part that a person judges: {judged}", indent=2)
    return lines + (text_lines(found.text, paper) if found.text is not None else [])


def text_lines(text: TextTally, paper: Paper) -> list[str]:
    """The sentences of the registry's eligibility section, and the atoms by computability."""
    missing = text.sentences - text.by_criteria - text.headings
    accounted = "all accounted for" if not missing else f"{missing} not accounted for"
    total = counted(text.sentences, "sentence", "sentences")
    parts = f"{text.by_criteria} by criteria, {text.headings} headings and header lines"
    lines = paper.block(f"{total} of the eligibility section, {accounted}: {parts}", indent=2)
    atoms = ", ".join(f"{number} {_COMPUTABILITY[each]}" for each, number in text.atoms.items())
    return lines + paper.block(f"{counted(sum(text.atoms.values()), 'atom', 'atoms')}: {atoms}", indent=2)
