"""What clinicians did with the cards, per trial and per criterion that a card named: accepted, overridden, and why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from trialsieve.service.hooks.override_reasons import SYSTEM
from trialsieve.service.output.writers import SEPARATOR, safe_cell
from trialsieve.service.storage.kept import FeedbackOutcome, KeptFeedback
from trialsieve.service.text.paper import Paper, printable
from trialsieve.service.text.words import counted

COLUMNS: Final = ("trial", "criterion", "accepted", "overridden", "acceptance", "reasons", "without_reason", "comments")

NO_TRIAL: Final = "(no single trial)"
UNKNOWN: Final = "(unknown card)"
_LAST: Final = {NO_TRIAL: 1, UNKNOWN: 2}


@dataclass(slots=True)
class Tally:
    """The outcomes of some cards. `reasons` are codes: our own bare, others with their system before them."""

    accepted: int = 0
    overridden: int = 0
    without_reason: int = 0
    comments: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def count(self, kept: KeptFeedback) -> None:
        """Take one card's outcome into account."""
        told = kept.feedback
        self.comments += told.comment is not None
        if told.outcome is FeedbackOutcome.ACCEPTED:
            self.accepted += 1
            return
        self.overridden += 1
        if told.reason_code is None:
            self.without_reason += 1
            return
        own = told.reason_system in {None, SYSTEM}
        self.reasons[told.reason_code if own else f"{told.reason_system}|{told.reason_code}"] += 1

    @property
    def acceptance(self) -> float:
        """The share of cards that were accepted, of those that anybody told of."""
        return self.accepted / (self.accepted + self.overridden)


@dataclass(frozen=True, slots=True)
class Row:
    """A trial as a whole (no criterion), or one criterion that its cards named as failing or open."""

    trial: str
    criterion: str | None
    tally: Tally

    def values(self) -> dict[str, Any]:
        tally = self.tally
        return {
            "trial": self.trial,
            "criterion": self.criterion,
            "accepted": tally.accepted,
            "overridden": tally.overridden,
            "acceptance": round(tally.acceptance, 3),
            "reasons": dict(sorted(tally.reasons.items(), key=lambda reason: (-reason[1], reason[0]))),
            "without_reason": tally.without_reason,
            "comments": tally.comments,
        }


def feedback_rows(kept: Iterable[KeptFeedback]) -> list[Row]:
    """Each trial, followed by its criteria; ordered by id. Cards about no single trial, or not on record, come last."""
    tallies: dict[tuple[int, str, str], Tally] = {}
    for one in kept:
        trial = UNKNOWN if one.card is None else one.card.trial or NO_TRIAL
        criteria = () if one.card is None else one.card.criteria
        for criterion in ("", *dict.fromkeys(criteria)):
            tallies.setdefault((_LAST.get(trial, 0), trial, criterion), Tally()).count(one)
    return [
        Row(trial, criterion or None, tallies[rank, trial, criterion]) for rank, trial, criterion in sorted(tallies)
    ]


def as_json(rows: Iterable[Row]) -> str:
    """One array of objects; `criterion` is null for the trial as a whole."""
    return orjson.dumps([row.values() for row in rows], option=orjson.OPT_INDENT_2).decode() + "\n"


def as_csv(rows: Iterable[Row]) -> str:
    """The same columns; an empty criterion stands for the trial as a whole."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        values = row.values()
        values["criterion"] = row.criterion or ""
        values["reasons"] = SEPARATOR.join(f"{code}={number}" for code, number in values["reasons"].items())
        writer.writerow([safe_cell(str(values[column])) for column in COLUMNS])
    return text.getvalue()


def as_table(rows: Iterable[Row], paper: Paper) -> str:
    """For people: each trial, and below it the criteria that its cards named."""
    lines: list[str] = []
    for row in rows:
        tally = row.tally
        share = f"{tally.accepted} of {counted(tally.accepted + tally.overridden, 'card')} accepted"
        reasons = ", ".join(f"{code} ({number})" for code, number in row.values()["reasons"].items())
        unsaid = f"{tally.without_reason} overridden without a reason" if tally.without_reason else ""
        comments = counted(tally.comments, "comment") if tally.comments else ""
        said = [share, f"overridden for {reasons}" if reasons else "", unsaid, comments]
        name = printable(row.criterion or row.trial)
        text = "; ".join(part for part in said if part)
        lines += paper.block(text, indent=0 if row.criterion is None else 2, label=f"{name}: ")
    return "".join(f"{line}\n" for line in lines or ["No feedback yet."])
