"""The detail of a card: what fails or is open and what it waits for, what passes and on what that rests; in GFM.

Everything that comes from a chart or a rule file is escaped. What a person must see comes first; where the detail grows
too long, whole lines are left out at its end, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from trialsieve.engine.phrases import REASON_WORDS
from trialsieve.engine.result import ArmResult, CriterionResult, ScreeningResult
from trialsieve.rules.atom import SCREENING
from trialsieve.rules.kept import Kept
from trialsieve.rules.registry_text import registry_text
from trialsieve.rules.trial import EVERY_COHORT
from trialsieve.rules.vocabulary import Effect, Reason, Verdict
from trialsieve.service.hooks.markdown import cut, escaped, excerpt
from trialsieve.service.text.nearness import nearest_arm
from trialsieve.service.text.shown import gate_criterion, is_answered, shown_reasons
from trialsieve.service.text.waiting import open_count
from trialsieve.service.text.words import ADVICE, LIMITING_WORDS, counted

LONGEST: Final = 8_000
SENTENCE: Final = 200
EXPLANATION: Final = 260
EVIDENCE: Final = 120
MOST_EVIDENCE: Final = 4
CAUTION: Final = 500
MOST_CAUTIONS: Final = 10

_LEFT_OUT: Final = "More is in the full explanation; it did not fit here."
_RESERVED: Final = len(_LEFT_OUT) + len(ADVICE) + 200  # and what further trials there are

# Reasons that the explanation gives in words of its own.
_EXPLAINED: Final = frozenset(
    REASON_WORDS[reason] for reason in (Reason.NOT_RETRIEVED, Reason.NO_DATA, Reason.UNUSABLE_DATA)
)

# Of criteria that rest on no resource, and so recur as the same object: the object, and what is said of it.
_recurring: Kept[int, tuple[CriterionResult, tuple[str, str]]] = Kept(1_000)


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    lines: tuple[str, ...]


def shown_criteria(result: ScreeningResult, arm: ArmResult) -> list[CriterionResult]:
    """The criteria that an arm at screening is decided by."""
    return [
        criterion
        for criterion in result.criteria
        if criterion.stage == SCREENING and criterion.cohort in {arm.cohort, EVERY_COHORT}
    ]


def detail(result: ScreeningResult, title: str, notices: Sequence[str] = (), further: Sequence[str] = ()) -> str:
    """The detail of one trial's card. `notices` are said of the whole reading; `further` are trials without a card."""
    arm = nearest_arm(result)
    criteria = shown_criteria(result, arm)
    gate = gate_criterion(arm)
    limits = criteria if gate is None else [gate, *criteria]
    sections = [
        _Section("Cautions", _cautions(result, criteria, notices)),
        _Section("Does not fit", _failing(arm, limits)),
        _Section("Waits for data", _open(arm.open.data, limits)),
        _Section("Waits for a person's judgement", _open(arm.open.judgement, limits)),
        _Section("Waits for the registry (its text is wrong or cut off)", _open(arm.open.registry, limits)),
        _Section("Passes", _passing(criteria)),
        _Section("Assumed", _assumptions(criteria)),
        _Section("Other cohorts and later stages", _other_arms(result, arm)),
    ]
    return _bounded(_headline(result, arm, criteria, title), sections, further)


def waits(arm: ArmResult) -> str:
    """`3 for data, 1 for judgement`."""
    kinds = ((arm.open.data, "data"), (arm.open.judgement, "judgement"), (arm.open.registry, "the registry"))
    return ", ".join(f"{len(names)} for {what}" for names, what in kinds if names)


def _headline(result: ScreeningResult, arm: ArmResult, criteria: Sequence[CriterionResult], title: str) -> str:
    number = sum(criterion.effect is Effect.PASS for criterion in criteria)
    passing = f"{number} of {counted(len(criteria), 'criterion', 'criteria')}"
    if result.verdict is Verdict.ELIGIBLE:
        said = f"**May fit**: {passing} at screening pass"
    elif result.verdict is Verdict.NEEDS_REVIEW:
        said = f"**Needs review**: no criterion fails; {passing} pass, {open_count(arm)} open ({waits(arm)})"
        said = said if open_count(arm) else f"**Needs review**: {passing} pass, none is open"
    else:
        said = f"**Does not fit** on the record as it stands: {passing} pass"
    cohort = f", cohort {_item(arm.cohort, 80)}" if arm.cohort != EVERY_COHORT else ""
    named = f"{_item(title, 300)} ({escaped(result.trial)}{cohort})"
    return f"{said}; as of {escaped(result.as_of)}.\n\nTrial: {named}"


def _cautions(result: ScreeningResult, criteria: Sequence[CriterionResult], notices: Sequence[str]) -> tuple[str, ...]:
    said = [*notices, *result.cautions]
    said += [f"{criterion.id}: {caution}" for criterion in criteria for caution in criterion.cautions]
    lines = [f"- {_item(caution, CAUTION)}" for caution in dict.fromkeys(said)]
    more = len(lines) - MOST_CAUTIONS
    return (*lines[:MOST_CAUTIONS], *((f"- and {more} more",) if more > 0 else ()))


def _failing(arm: ArmResult, criteria: Sequence[CriterionResult]) -> tuple[str, ...]:
    if arm.verdict is not Verdict.INELIGIBLE:
        return tuple(f"- {LIMITING_WORDS[name]}" for name in arm.limiting if name == "patient")
    return _open(arm.limiting, criteria)


def _open(names: Iterable[str], criteria: Sequence[CriterionResult]) -> tuple[str, ...]:
    """The lines of what fails or is open, each reason once: an unreadable resource may concern ten criteria."""
    said: dict[str, list[str]] = {}
    for name in names:
        sentence, why = _criterion(name, criteria)
        said.setdefault(why or sentence, []).append(sentence)
    lines = ((sentences, "" if sentences == [why] else f" {why}") for why, sentences in said.items())
    return tuple(f"- {'; '.join(sentences)}{why}" for sentences, why in lines)


def _criterion(name: str, criteria: Sequence[CriterionResult]) -> tuple[str, str]:
    """A criterion that fails or is open, or what else limits a cohort; and why."""
    criterion = next((criterion for criterion in criteria if criterion.id == name), None)
    if criterion is None:
        return escaped(LIMITING_WORDS.get(name, name)), ""
    known = _recurring.get(id(criterion))
    if known is not None and known[0] is criterion:
        return known[1]
    described = _described(criterion)
    if not criterion.evidence and not any(atom.evidence for atom in criterion.atoms):
        _recurring.keep(id(criterion), (criterion, described))
    return described


def _described(criterion: CriterionResult) -> tuple[str, str]:
    """The registry's sentence; why it fails or is open, and what is on record."""
    sentence = f"**{escaped(criterion.id)}** \u201c{_sentence(criterion.text)}\u201d"
    parts = []
    if criterion.explanation:
        parts.append(_item(criterion.explanation, EXPLANATION))
    if criterion.reasons and criterion.reasons != (Reason.JUDGEMENT,):  # which the heading says
        reasons = [reason.words for reason in shown_reasons(criterion.reasons)]
        if criterion.evidence or not (parts and _EXPLAINED.issuperset(reasons)):
            parts.append(f"Unknown: {', '.join(reasons)}.")
    said = list(dict.fromkeys(item.says for item in criterion.evidence))
    if said:
        more = f" (and {len(said) - MOST_EVIDENCE} more)" if len(said) > MOST_EVIDENCE else ""
        parts.append(f"On record: {'; '.join(_item(one, EVIDENCE) for one in said[:MOST_EVIDENCE])}{more}.")
    if criterion.readings and Reason.REGISTRY_ERROR not in criterion.reasons:  # else the explanation says them
        read = (f"{_item(reading.name, 40)}: {_item(reading.explanation, 80)}" for reading in criterion.readings)
        parts.append(f"Its readings: {' '.join(read)}")
    return sentence, " ".join(parts)


def _passing(criteria: Sequence[CriterionResult]) -> tuple[str, ...]:
    """What the record itself decided, with its dates; then the ids of what passes for want of a record."""
    passing = [criterion for criterion in criteria if criterion.effect is Effect.PASS]
    lines = [_passed(criterion) for criterion in passing if criterion.evidence or not criterion.assumptions]
    presumed = [criterion.id for criterion in passing if not criterion.evidence and criterion.assumptions]
    if presumed:
        lines.append(f"- Presumed, for want of a record: {', '.join(escaped(name) for name in presumed)}")
    return tuple(lines)


def _passed(criterion: CriterionResult) -> str:
    """Where a person answered the sentence, it stands beside the answer."""
    sentence = f"\u201c{_sentence(criterion.text)}\u201d " if is_answered(criterion) else ""
    said = criterion.explanation or registry_text(criterion.text)
    return f"- **{escaped(criterion.id)}** {sentence}{_item(said, EXPLANATION)}"


def _assumptions(criteria: Sequence[CriterionResult]) -> tuple[str, ...]:
    said = dict.fromkeys(assumption for criterion in criteria for assumption in criterion.assumptions)
    return tuple(f"- {_item(assumption, EXPLANATION)}" for assumption in said)


def _other_arms(result: ScreeningResult, shown: ArmResult) -> tuple[str, ...]:
    return tuple(_other_arm(arm) for arm in result.arms if arm is not shown)


def _other_arm(arm: ArmResult) -> str:
    """A cohort at a stage; of one that the patient does not fit, what fails."""
    cohort = "" if arm.cohort == EVERY_COHORT else f"{escaped(arm.cohort)} "
    failing = arm.limiting if arm.verdict is Verdict.INELIGIBLE else ()
    because = ", ".join(escaped(LIMITING_WORDS.get(name, name)) for name in failing)
    return f"- {cohort}at {escaped(arm.stage)}: {arm.verdict.value}{f' (fails: {because})' if because else ''}"


def _item(text: str, longest: int) -> str:
    """A piece of foreign text: bounded, and escaped."""
    return excerpt(text, longest) or "(too long to show)"


@lru_cache(maxsize=2_000)
def _sentence(text: str) -> str:
    """The registry's sentence, which is the same for every patient."""
    return _item(registry_text(text), SENTENCE)


def _bounded(headline: str, sections: Iterable[_Section], further: Sequence[str]) -> str:
    parts, size, full = [headline], len(headline), False
    for section in sections:
        fitting: list[str] = []
        for line in section.lines:
            full = full or size + len(section.title) + len(line) + 8 > LONGEST - _RESERVED
            if full:
                break
            fitting.append(line)
            size += len(line) + 1
        if fitting:
            parts.append(f"**{section.title}**\n\n" + "\n".join(fitting))
            size += len(section.title) + 8
    if full:
        parts.append(_LEFT_OUT)
    if further:
        named = cut(", ".join(further), 120) or str(len(further))
        parts.append(f"Not shown: {escaped(named)}.")
    parts.append(ADVICE)
    return "\n\n".join(parts)
