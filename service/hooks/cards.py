"""Which trials a clinician is shown for a patient, and how: few cards, the one most worth a look first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

from trialsieve.engine.result import ScreeningResult
from trialsieve.rules.trial import Trial
from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.hooks.card_detail import CAUTION, MOST_CAUTIONS, detail, waits
from trialsieve.service.hooks.markdown import cut, escaped, excerpt, length, plain
from trialsieve.service.hooks.override_reasons import DISPLAYS, SYSTEM
from trialsieve.service.hooks.responses import SUMMARY_LENGTH, Card, Coding, Link, Source
from trialsieve.service.hooks.worth import is_worth_a_look
from trialsieve.service.storage.kept import KeptCard
from trialsieve.service.text.nearness import nearest_arm, nearness
from trialsieve.service.text.waiting import open_count
from trialsieve.service.text.web_address import web_address
from trialsieve.service.text.words import ADVICE, LIMITING_WORDS

TOPIC_SYSTEM: Final = "urn:trialsieve:card-topic"
LONGEST_TOPIC: Final = 100
LONGEST_ID: Final = 40
OUTSIDE: Final = Coding(code="NOTRIALFITS", system=TOPIC_SYSTEM, display="No trial fits")
TOO_LITTLE: Final = Coding(code="TOOLITTLEONRECORD", system=TOPIC_SYSTEM, display="Too little is on record")

# Clients sort by indicator and may interrupt for it; of a trial nothing is urgent, and the order of the cards says
# which is nearest.
INDICATOR: Final[Literal["info"]] = "info"

REASONS: Final = tuple(Coding(code=code, system=SYSTEM, display=display) for code, display in DISPLAYS.items())

_BEFORE_TITLE: Final = " \u2013 "

_VERDICT_WORDS: Final = {
    Verdict.ELIGIBLE: "may fit",
    Verdict.NEEDS_REVIEW: "needs review",
    Verdict.INELIGIBLE: "does not fit",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A result that a card may be made of, and the id under which it is kept."""

    result: ScreeningResult
    result_id: str


@dataclass(frozen=True, slots=True)
class CardChoices:
    """How many cards at most; whether one is made of a trial that does not fit, and one where none fits."""

    most: int = 5
    ineligible: bool = False
    when_outside: bool = False


@dataclass(frozen=True, slots=True)
class MadeCard:
    """A card, and what is kept of it."""

    card: Card
    kept: KeptCard


def cards_for(
    answers: Sequence[Shown],
    trials: Mapping[str, Trial],
    choices: CardChoices,
    link: Callable[[str], str],
    notices: Sequence[str] = (),
) -> list[MadeCard]:
    """One card for each trial that is worth a look: eligible, then nearest to it. `link` leads to a kept result.

    Where of no trial enough is known, one card for all of them that are not ruled out. `notices` are sentences about
    the whole reading, which each card repeats.
    """
    ordered = sorted(answers, key=lambda answer: nearness(answer.result))
    worth = [answer for answer in ordered if is_worth_a_look(answer.result)]
    little = [answer for answer in ordered if answer.result.verdict is Verdict.NEEDS_REVIEW and answer not in worth]
    if choices.ineligible:
        worth += [answer for answer in ordered if answer.result.verdict is Verdict.INELIGIBLE]
    shown, hidden = worth[: choices.most], [*worth[choices.most :], *little]
    if not shown and little:
        return [_too_little(little, link, notices, choices.most)]
    if not shown:
        return [_outside(answers, notices)] if answers and choices.when_outside else []
    further = [f"{answer.result.trial} ({_VERDICT_WORDS[answer.result.verdict]})" for answer in hidden]
    return [
        _card(answer, trials[answer.result.trial], link, notices, further if answer is shown[-1] else ())
        for answer in shown
    ]


def topic(trial: str, verdict: Verdict) -> Coding:
    """The same for the same advice about the same trial, so that a client can remember what was overridden."""
    suffix = _alphanumeric(verdict.value)
    code = f"{_alphanumeric(trial)[: LONGEST_TOPIC - len(suffix)]}{suffix}"
    return Coding(code=code, system=TOPIC_SYSTEM, display=f"{_shown_id(trial)}: {_VERDICT_WORDS[verdict]}")


def summary(result: ScreeningResult, title: str) -> str:
    """One sentence of fewer than 140 characters: the trial, how near the patient is, its title as far as it fits."""
    name = _shown_id(result.trial)
    arm = nearest_arm(result)
    if result.verdict is Verdict.ELIGIBLE:
        said = f"May fit trial {name}: all screening criteria pass; a person decides"
    elif result.verdict is Verdict.NEEDS_REVIEW:
        number = open_count(arm)
        opened = f"no criterion fails, {number} open ({waits(arm)})" if number else LIMITING_WORDS["patient"]
        said = f"Review for trial {name}: {opened}"
    else:
        failing = [LIMITING_WORDS.get(each, f"criterion {plain(each)}") for each in arm.limiting]
        more = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
        said = f"Does not fit trial {name}: {failing[0]}{more}"
    said = cut(said, SUMMARY_LENGTH)
    named = cut(plain(title), SUMMARY_LENGTH - length(said) - len(_BEFORE_TITLE))
    return f"{said}{_BEFORE_TITLE}{named}" if named else said


def _card(
    answer: Shown, trial: Trial, link: Callable[[str], str], notices: Sequence[str], further: Sequence[str]
) -> MadeCard:
    result = answer.result
    card = Card(
        uuid=str(uuid.uuid4()),
        summary=summary(result, trial.title),
        detail=detail(result, trial.title, notices, further),
        indicator=INDICATOR,
        source=_source(trial.id, trial.source_url, result.verdict),
        override_reasons=REASONS,
        links=(Link(label="Full explanation", url=link(answer.result_id)),),
    )
    limiting = nearest_arm(result).limiting
    return MadeCard(card, KeptCard(card.uuid, answer.result_id, result.trial, result.verdict.value, limiting))


def _too_little(
    answers: Sequence[Shown], link: Callable[[str], str], notices: Sequence[str], most_links: int
) -> MadeCard:
    """One card for all trials of which nothing on record says that the patient may fit, nor that not."""
    names = [_shown_id(answer.result.trial) for answer in answers]
    what = f"{len(names)} trials" if len(names) > 1 else f"trial {names[0]}"
    summary_text = f"Too little is on record to screen for {what}; nothing rules the patient out"
    paragraphs = [
        f"**Needs review**: nothing on record speaks for {escaped(cut(', '.join(names), 1_000))}, or against.",
        *_cautions(answers, notices),
    ]
    links = [
        Link(label=f"Full explanation: {name}", url=link(answer.result_id))
        for name, answer in zip(names, answers[:most_links], strict=False)
    ]
    return _general(summary_text, paragraphs, TOO_LITTLE, Verdict.NEEDS_REVIEW, links)


def _outside(answers: Sequence[Shown], notices: Sequence[str]) -> MadeCard:
    """One card that says that there is nothing to look at, for those who want to see that it was looked at."""
    if len(answers) > 1:
        said, why = (
            f"None of the {len(answers)} trials screened for fit",
            "Of each, a criterion fails or no cohort is open.",
        )
    else:
        said, why = "The trial screened for does not fit", "A criterion fails, or no cohort is open."
    paragraphs = [why, *_cautions(answers, notices)]
    return _general(f"{said} this patient, on the record as it stands", paragraphs, OUTSIDE, Verdict.INELIGIBLE)


def _cautions(answers: Sequence[Shown], notices: Sequence[str]) -> list[str]:
    said = dict.fromkeys([*notices, *(caution for answer in answers for caution in answer.result.cautions)])
    return [f"**Caution:** {excerpt(caution, CAUTION)}" for caution in list(said)[:MOST_CAUTIONS]]


def _general(
    said: str, paragraphs: Sequence[str], about: Coding, verdict: Verdict, links: Sequence[Link] = ()
) -> MadeCard:
    """A card that is about no one trial."""
    card = Card(
        uuid=str(uuid.uuid4()),
        summary=said,
        detail="\n\n".join([*paragraphs, ADVICE]),
        indicator=INDICATOR,
        source=Source(label="trialsieve", topic=about),
        override_reasons=REASONS,
        links=tuple(links),
    )
    return MadeCard(card, KeptCard(card.uuid, None, "", verdict.value))


@lru_cache(maxsize=1_000)
def _source(trial: str, url: str, verdict: Verdict) -> Source:
    """The same for every patient."""
    address = web_address(url)
    is_its = address is not None and trial.casefold() in url.casefold()  # else it may have another name there, or none
    registry = "ClinicalTrials.gov" if is_its and urlsplit(url).netloc == "clinicaltrials.gov" else "Trial registry"
    return Source(
        label=f"{registry}: {_shown_id(trial)}" if is_its else _shown_id(trial),
        url=address,
        topic=topic(trial, verdict),
    )


def _shown_id(trial: str) -> str:
    """Trial ids are short; one that is not is cut off rather than left out."""
    return plain(trial)[:LONGEST_ID]


def _alphanumeric(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())
