"""Sentences of a registry's text of which a trial's rules say nothing, and criteria under the other heading.

A trial whose rules leave out a sentence must never call anybody eligible. So each such sentence becomes a criterion
that waits for a person (`with_unwritten`). The shipped trials are held to an inventory instead (`coverage.py`).
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from trialsieve.rules.atom import SCREENING, Atom, Judgement, Unresolved
from trialsieve.rules.grammar_files import TrialFile
from trialsieve.rules.logic import AtomRef
from trialsieve.rules.registry_text import squeezed
from trialsieve.rules.sentences import SectionError, Sentence, account_between, line_start
from trialsieve.rules.trial import EVERY_COHORT, Criterion, Trial
from trialsieve.rules.vocabulary import CriterionKind, Reason

MOST_UNWRITTEN = 100
"""A text with more such sentences holds more than the criteria: its end has not been named."""

_MARKUP = r"[ \t\r#*_:\\-]*"
_HEADING = re.compile(
    rf"^{_MARKUP}(?:(?:key|main|major|general|additional|participant|patient)[ ])?(inclusion|exclusion|infusion)"
    rf"(?:[ ]criteria)?{_MARKUP}$"
    r"|^[ \t#*_]*(?:[A-Za-z]+[ ]){0,2}(inclusion|exclusion|infusion)[ ]criteria\b[^.;\n]{0,60}:[ \t\r*_]*$"
    r"|(?:(?<=\n\n)|(?<=\n\r\n)|\A)[ \t#*_]*(inclusion|exclusion|infusion)[ ]criteria\b[^.;:\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that is a heading: no more than the words, or more with a colon at the end or an empty line before it."""

_ITEM = re.compile(r"^[ \t]*(?:[*•–-]|\d+\\?[.)]|\(?(?:\d+|[a-z]|[ivx]+)\))[ \t]|(?<=\n)[ \t\r]*\n", re.MULTILINE)
"""Where an item of a list begins, or a line is empty: what follows does not continue what stood before."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """An item of the registry's lists of which some words are in no criterion; `text` begins with the first of them."""

    text: str
    kind: CriterionKind | None  # None: no heading says
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class TextCheck:
    """What came of holding a trial's criteria against its registry text. `misplaced`: by id, the other heading."""

    unwritten: tuple[Unwritten, ...] = ()
    misplaced: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    """Why the text could not be held against them."""


class _Headings:
    """The headings of a text from where its criteria begin: at that of inclusion, or else at the text's beginning."""

    def __init__(self, text: str) -> None:
        found = [(each, CriterionKind(str(each[each.lastindex or 0]).lower())) for each in _HEADING.finditer(text)]
        self.begin = next((each.start() for each, kind in found if kind is CriterionKind.INCLUSION), 0)
        self._found = [(each, kind) for each, kind in found if each.start() >= self.begin]
        self._starts = [each.start() for each, _ in self._found]

    @property
    def spans(self) -> list[tuple[int, int]]:
        return [each.span() for each, _ in self._found]

    def number_at(self, place: int) -> int:
        return bisect_right(self._starts, place)

    def kind_at(self, place: int) -> CriterionKind | None:
        number = self.number_at(place)
        return self._found[number - 1][1] if number else None

    def words_at(self, place: int) -> str:
        return squeezed(self._found[self.number_at(place) - 1][0][0])


def check_text(trial: TrialFile, text: str) -> TextCheck:
    """Which sentences the criteria leave out, and which criteria are under a heading of another kind."""
    headings = _Headings(text)
    try:
        end = len(text) if trial.source.ends is None else line_start(text, trial.source.ends, headings.begin)
    except SectionError as error:
        return TextCheck(fault=str(error))
    excludes = {criterion.id: criterion.kind is CriterionKind.EXCLUSION for criterion in trial.criteria}

    def fits(name: str, place: int) -> bool:
        kind = headings.kind_at(place)
        return kind is None or (kind is CriterionKind.EXCLUSION) == excludes[name]

    found = account_between(
        text,
        headings.begin,
        end,
        {criterion.id: criterion.text for criterion in trial.criteria},
        [beside.text for beside in trial.source.besides],
        headings=headings.spans,
        fits=fits,
    )
    misplaced = {name: headings.words_at(place) for name, place in found.places.items() if not fits(name, place)}
    unclear = "" if not found.headings_not_found else f"'{found.headings_not_found[0]}' is not in the registry's text"
    return TextCheck(tuple(_items(text, found.sentences, headings)), misplaced, unclear)


def _items(text: str, sentences: Sequence[Sentence], headings: _Headings) -> Iterator[Unwritten]:
    """What is missing, one for each item of a list, however many sentences it has."""
    lines = [0, *(each.end() for each in re.finditer("\n", text))]
    breaks = [each.start() for each in _ITEM.finditer(text)]

    def place(sentence: Sentence) -> int:
        return lines[sentence.line - 1] + sentence.column - 1

    def item(sentence: Sentence) -> tuple[int, int]:
        return bisect_right(breaks, place(sentence)), headings.number_at(place(sentence))

    for _, group in groupby((each for each in sentences if each.missing), item):
        missing = list(group)
        said = " ".join(squeezed(each.missing) for each in missing)
        yield Unwritten(said, headings.kind_at(place(missing[0])), missing[0].line, missing[0].column)


def with_unwritten(trial: Trial, unwritten: Sequence[Unwritten]) -> Trial:
    """The trial with a criterion for each sentence that has none, and a caution that says how many there are."""
    if not unwritten:
        return trial
    stage = SCREENING if SCREENING in trial.stages else trial.stages[0]
    added = {criterion.id: criterion for criterion in (_criterion(each, stage) for each in unwritten)}
    count = f"{len(unwritten)} sentences" if len(unwritten) > 1 else "1 sentence"
    caution = f"The rules say nothing of {count} of the registry's text; a person must judge what they leave out."
    return replace(trial, criteria=(*trial.criteria, *added.values()), cautions=(*trial.cautions, caution))


def _criterion(sentence: Unwritten, stage: str) -> Criterion:
    """Named by its words, so that an answer to it never comes to mean another sentence.

    Where no heading says whether it includes or excludes, nobody's answer to it can be understood.
    """
    digest = hashlib.sha256(f"{sentence.kind}\0{sentence.text}".encode()).hexdigest()[:8]
    test = Judgement() if sentence.kind is not None else Unresolved(Reason.REGISTRY_ERROR)
    return Criterion(
        id=f"unwritten-{digest}",
        kind=sentence.kind or CriterionKind.INCLUSION,
        stage=stage,
        cohort=EVERY_COHORT,
        text=sentence.text,
        atoms=(Atom("a1", test, quote=sentence.text),),
        logic=AtomRef("a1"),
        note="no rule says anything of this sentence",
    )
