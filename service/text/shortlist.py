"""The list that goes before the patients: who is nearest to eligible, in which file, and what stands in between."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from trialsieve.engine.result import ScreeningResult
from trialsieve.rules.atom import SCREENING
from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.text.nearness import nearest_arm
from trialsieve.service.text.paper import Ink, Paper
from trialsieve.service.text.reporting import places_of
from trialsieve.service.text.waiting import waiting_of
from trialsieve.service.text.words import LIMITING_WORDS, limiting_words

VERDICT_INKS = {Verdict.ELIGIBLE: Ink.GOOD, Verdict.NEEDS_REVIEW: Ink.OPEN, Verdict.INELIGIBLE: Ink.BAD}
LONGEST_VERDICT = max(len(verdict.value) for verdict in Verdict)


@dataclass(frozen=True, slots=True)
class Row:
    """A patient and trial, and what decides it."""

    patient: str
    source: str
    trial: str
    verdict: Verdict
    because: str


def row_of(result: ScreeningResult) -> Row:
    """The row of one result."""
    return Row(result.patient, result.source, result.trial, result.verdict, _because(result))


def list_lines(rows: Sequence[Row], paper: Paper) -> list[str]:
    """The rows in their order. The folder that holds all files is named once; so is the only file."""
    sources = list(dict.fromkeys(row.source for row in rows))
    folder = _folder([place for source in sources for place in places_of(source)]) if len(sources) > 1 else ""
    within = f"{folder}/" if folder else ""
    where = f"; all are in {sources[0]}" if len(sources) == 1 else f"; files are in {folder}" if folder else ""
    lines = paper.block(f"Nearest to eligible first{where}", inks=(Ink.STRONG,))
    for row in rows:
        files = ", ".join(place.removeprefix(within) for place in places_of(row.source))
        who = [row.patient, row.trial, *([files] if len(sources) > 1 else [])]
        lines += paper.block(
            f"{' '.join(who)}{f': {row.because}' if row.because else ''}",
            indent=2,
            label=f"{row.verdict.value:<{LONGEST_VERDICT}} ",
            hang=LONGEST_VERDICT + 1,
            inks=(VERDICT_INKS[row.verdict],),
        )
    return lines


def _folder(places: Sequence[str]) -> str:
    try:
        return os.path.commonpath(places).rstrip("/")
    except ValueError:  # some are absolute, some are not
        return ""


def _because(result: ScreeningResult) -> str:
    if result.verdict is Verdict.NEEDS_REVIEW:
        return _open_words(result)
    if result.verdict is Verdict.INELIGIBLE:
        arms = [arm for arm in result.arms if arm.stage == SCREENING]
        return limiting_words(name for arm in arms for name in arm.limiting)
    return ""


def _open_words(result: ScreeningResult) -> str:
    arm = nearest_arm(result)
    waiting = waiting_of(arm, result.criteria)
    parts = [f"waiting for {', '.join(words)}"] if (words := waiting.words()) else []
    if waiting.would_fail:
        parts.append(f"would fail as presumed ({', '.join(waiting.would_fail)})")
    if "patient" in arm.limiting:
        parts.append(LIMITING_WORDS["patient"])
    several = sum(other.stage == SCREENING for other in result.arms) > 1
    return f"{arm.cohort}: {'; '.join(parts)}" if several else "; ".join(parts)
