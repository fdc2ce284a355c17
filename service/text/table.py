"""What a coordinator reads: patients nearest to eligible first, and of each what fails, what is open and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO

from trialsieve.engine.outcome import Evidence
from trialsieve.engine.phrases import in_words
from trialsieve.engine.result import ArmResult, CriterionResult, ReadingResult, ScreeningResult
from trialsieve.rules.atom import SCREENING
from trialsieve.rules.registry_text import quoted
from trialsieve.rules.trial import EVERY_COHORT, Trial
from trialsieve.rules.vocabulary import Effect, Verdict
from trialsieve.service.text.nearness import Nearness, nearness
from trialsieve.service.text.paper import Ink, Paper
from trialsieve.service.text.shortlist import VERDICT_INKS, Row, list_lines, row_of
from trialsieve.service.text.shown import gate_criterion
from trialsieve.service.text.waiting import Waiting, waiting_of
from trialsieve.service.text.words import ADVICE, EFFECT_WORDS, LIMITING_WORDS, limiting_words

EFFECT_INKS = {Effect.PASS: Ink.GOOD, Effect.REVIEW: Ink.OPEN, Effect.FAIL: Ink.BAD}

LABEL = 7  # columns of "fails ", "open ", "pass "

FEW = 5
"""Of up to so many patients everything is shown unless told otherwise."""

HOW_TO_SEE = (
    "Details of {patients} patients are left out: --details shows them, --verdict narrows the list. "
    "`trialsieve batch` and then `trialsieve report` make a worklist page of them."
)


@dataclass(frozen=True, slots=True)
class Section:
    """One patient's part of the table, already laid out: results themselves are too large to keep for many patients."""

    nearness: Nearness
    patient: str
    source: str
    rows: tuple[Row, ...]
    lines: tuple[str, ...]


class TableWriter:
    """Collects the patients' sections and writes them in order when it is closed."""

    def __init__(
        self,
        stream: IO[bytes],
        paper: Paper,
        trials: Mapping[str, Trial],
        *,
        verbose: bool = False,
        details: bool = False,
    ) -> None:
        """`details`: of each patient, however many there are. `verbose` adds what passes, and asks for details too."""
        self._stream = stream
        self._paper = paper
        self._trials = trials
        self._verbose = verbose
        self._details = details or verbose
        self._sections: list[Section] = []

    def write(self, results: Iterable[ScreeningResult]) -> None:
        """Take the results of one patient."""
        ordered = sorted(results, key=nearness)
        if not ordered:
            return
        first = ordered[0]
        lines: list[str] = []
        if self._shown(len(self._sections) + 1):
            lines = patient_lines(ordered, self._trials, self._paper, verbose=self._verbose)
        rows = tuple(row_of(result) for result in ordered)
        self._sections.append(Section(nearness(first), first.patient, first.source, rows, tuple(lines)))

    def close(self) -> None:
        lines: list[str] = []
        sections = sorted(self._sections, key=lambda section: (section.nearness, section.patient, section.source))
        if len(sections) > 1:
            lines += [*list_lines([row for section in sections for row in section.rows], self._paper), ""]
        if self._shown(len(sections)):
            for section in sections:
                lines += [*section.lines, ""]
        else:
            lines += [*self._paper.block(HOW_TO_SEE.format(patients=len(sections))), ""]
        if not sections:
            lines += ["Nobody has a verdict that --verdict asks for.", ""]
        lines += self._paper.block(ADVICE)
        self._stream.write("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
        self._stream.flush()

    def _shown(self, patients: int) -> bool:
        return self._details or patients <= FEW


def patient_lines(
    results: Iterable[ScreeningResult], trials: Mapping[str, Trial], paper: Paper, *, verbose: bool
) -> list[str]:
    """One patient, trial by trial, under the patient's reference and source (never a name)."""
    lines: list[str] = []
    for result in results:
        if not lines:
            lines += [paper.rule(), *paper.block(result.source, label=f"{result.patient} ", inks=(Ink.STRONG,)), ""]
        else:
            lines.append("")
        lines += trial_lines(result, trials[result.trial], paper, verbose=verbose)
    return lines


def trial_lines(result: ScreeningResult, trial: Trial, paper: Paper, *, verbose: bool) -> list[str]:
    """One trial: the verdict, cautions and arms, then stage by stage what fails or is open, and the counts."""
    lines = paper.block(
        f"{trial.id}  {trial.title} (as of {result.as_of})",
        indent=2,
        label=f"{result.verdict.value} ",
        inks=(VERDICT_INKS[result.verdict], Ink.STRONG),
    )
    for caution in result.cautions:
        lines += paper.block(caution, indent=4, label="caution:", inks=(Ink.OPEN,))
    if len(result.arms) > 1 or any(name in LIMITING_WORDS for arm in result.arms for name in arm.limiting):
        for arm in result.arms:
            lines += arm_lines(arm, paper)
    for stage in dict.fromkeys(criterion.stage for criterion in result.criteria):
        criteria = [criterion for criterion in result.criteria if criterion.stage == stage]
        arms = [arm for arm in result.arms if arm.stage == stage]
        gates = [gate for arm in arms if stage == SCREENING and (gate := gate_criterion(arm)) is not None]
        if stage != SCREENING:
            lines += paper.block(f"Only at the stage {stage}:", indent=4)
        for effect in (Effect.FAIL, Effect.REVIEW, Effect.PASS):
            if effect is Effect.PASS and not verbose:
                continue
            for criterion in (*gates, *criteria):
                if criterion.effect is effect:
                    lines += criterion_lines(criterion, paper, verbose=verbose)
        lines += counts_lines(criteria, [(arm.cohort, waiting_of(arm, result.criteria)) for arm in arms], paper)
    return lines


def arm_lines(arm: ArmResult, paper: Paper) -> list[str]:
    """A cohort at a stage, and what decides it."""
    because = limiting_words(arm.limiting)
    verb = "fails" if arm.verdict is Verdict.INELIGIBLE else "open"
    label = f"{arm.cohort} at {arm.stage}:" if arm.cohort != EVERY_COHORT else f"at {arm.stage}:"
    return paper.block(f"{arm.verdict.value}{f' ({verb}: {because})' if because else ''}", indent=4, label=label)


def criterion_lines(criterion: CriterionResult, paper: Paper, *, verbose: bool) -> list[str]:
    """The registry's sentence, then why it fails or is open and on what that rests."""
    word = EFFECT_WORDS[criterion.effect]
    cohort = f"{criterion.cohort}: " if criterion.cohort != EVERY_COHORT else ""
    label = f"{word:<{LABEL - 1}} {criterion.id} "
    indent, column = 4, LABEL + 5
    lines = paper.block(
        f"{cohort}{quoted(criterion.text)}",
        indent=indent,
        label=label,
        hang=column,
        inks=(EFFECT_INKS[criterion.effect],),
    )
    inner = indent + column
    if criterion.explanation:
        lines += paper.block(criterion.explanation, indent=inner)
    if criterion.reasons:
        lines += paper.block(in_words(criterion.reasons), indent=inner, label="unknown:")
    lines += evidence_lines(criterion.evidence, paper, inner)
    for reading in criterion.readings:
        if not _is_told(reading, criterion.explanation):
            lines += paper.block(reading.explanation, indent=inner, label=f"reading {reading.name}:")
    for caution in criterion.cautions:
        lines += paper.block(caution, indent=inner, label="caution:", inks=(Ink.OPEN,))
    if verbose:
        for assumption in criterion.assumptions:
            lines += paper.block(assumption, indent=inner, label="assumed:")
    return lines


def _is_told(reading: ReadingResult, explanation: str) -> bool:
    """Whether the criterion's own sentence says the reading's outcome, as `as-written: would fail` does."""
    return f"{reading.name}: {reading.explanation.rstrip('.')}".casefold() in explanation.casefold()


def evidence_lines(evidence: Iterable[Evidence], paper: Paper, indent: int) -> list[str]:
    """Each resource once, with what it says."""
    lines: list[str] = []
    for item in dict.fromkeys(evidence):
        lines += paper.block(item.says, indent=indent, label=f"{item.reference}:", inks=(Ink.FAINT,))
    return lines


def counts_lines(criteria: list[CriterionResult], waiting: list[tuple[str, Waiting]], paper: Paper) -> list[str]:
    """`9 pass, 1 fail, 2 review; waiting for data (I03), judgement (X09)`; of several cohorts, each one's in a line."""
    number = {effect: sum(criterion.effect is effect for criterion in criteria) for effect in Effect}
    text = f"{number[Effect.PASS]} pass, {number[Effect.FAIL]} fail, {number[Effect.REVIEW]} review"
    ids = [criterion.id for criterion in criteria]
    waits = [(cohort, ", ".join(words)) for cohort, each in waiting if (words := each.words(ids))]
    if len(waiting) == 1 and waits:
        return paper.block(f"{text}; waiting for {waits[0][1]}", indent=4, inks=(Ink.STRONG,))
    lines = paper.block(text, indent=4, inks=(Ink.STRONG,))
    for cohort, told in waits:
        lines += paper.block(f"waiting for {told}", indent=4, label=f"{cohort}:", inks=(Ink.STRONG,))
    return lines
