"""One stored result as a coordinator reads it: what fails, what is open and what it waits for, what passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from trialsieve.rules.atom import SCREENING
from trialsieve.rules.registry_text import registry_text
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import EVERY_COHORT
from trialsieve.rules.vocabulary import AbsencePolicy, CriterionKind, Effect, Reason, Verdict
from trialsieve.service.storage.kept import KeptScreening
from trialsieve.service.text.shown import ShownReason, shown_reasons
from trialsieve.service.text.web_address import web_address
from trialsieve.service.text.words import GATE, LIMITING_WORDS, counted, holds_words, part_words

WAITS_FOR: Final = {
    "data": ("Open: waits for data", "A newer, clearer or further entry in the record would answer these."),
    "judgement": ("Open: a person has to judge", "No record answers these; somebody who knows the patient does."),
    "registry": ("Open: the registry's text", "The text is wrong, ambiguous or cut off; only its authors can say."),
}

VERDICT_SAYS: Final = {
    Verdict.ELIGIBLE: "Eligible, as far as the record says",
    Verdict.NEEDS_REVIEW: "Needs review",
    Verdict.INELIGIBLE: "Ineligible, as the record stands",
}

# How a criterion stands, by whether its sentence holds.
_WANTED: Final = {True: "met", False: "not met", None: "open"}
_UNWANTED: Final = {True: "excludes the patient", False: "does not exclude", None: "open"}


@dataclass(frozen=True, slots=True)
class Said:
    """One atom or one reading: what it is called, how it stands, and why."""

    name: str
    quote: str
    state: str
    reasons: tuple[ShownReason, ...]
    explanation: str
    evidence: tuple[Mapping[str, str], ...] = ()
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One sentence of the registry, how it stands, and what that rests on."""

    id: str
    kind: str
    effect: str
    state: str
    text: str
    explanation: str
    reasons: tuple[ShownReason, ...]
    evidence: tuple[Mapping[str, str], ...]
    assumptions: tuple[str, ...]
    where: str = ""
    changes_on: str | None = None
    cautions: tuple[str, ...] = ()
    readings: tuple[Said, ...] = ()
    atoms: tuple[Said, ...] = ()
    judged: bool = False
    target: str = ""  # what an attestation of it is coded with


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria under one heading."""

    id: str
    title: str
    hint: str
    criteria: tuple[CriterionView, ...]


@dataclass(frozen=True, slots=True)
class ArmView:
    """A cohort at a stage."""

    cohort: str
    stage: str
    verdict: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """Everything on the page."""

    trial: str
    title: str
    registry_url: str | None
    patient: str
    verdict: str
    verdict_says: str
    summary: str
    as_of: str
    answered_at: str
    arms: tuple[ArmView, ...]
    cautions: tuple[str, ...]
    circumstances: tuple[str, ...]
    groups: tuple[Group, ...]
    passing: Group
    rules_version: str
    rules_sha256: str
    rules_changed: bool


def explanation_view(result_id: str, kept: KeptScreening, book: RuleBook) -> ExplanationView:
    """The page of one result of a screening."""
    stored = next(result for result in kept.results if result.result_id == result_id)
    result: dict[str, Any] = orjson.loads(stored.json)
    trial = book.trials.get(stored.trial)
    criteria = [_criterion(one, stored.trial, result["arms"]) for one in result["criteria"]]
    summary = _summary(criteria)
    gates = [_gate(arm) for arm in result["arms"] if arm["stage"] == SCREENING and arm.get("gate") is not None]
    criteria = [*gates, *criteria]
    failing = tuple(one for one in criteria if one.effect == Effect.FAIL.value)
    passing = tuple(one for one in criteria if one.effect == Effect.PASS.value)
    waits = _waits_for(result["arms"])
    open_groups = [
        Group(f"open-{name}", title, hint, tuple(one for one in criteria if waits.get(one.id) == name))
        for name, (title, hint) in WAITS_FOR.items()
    ]
    groups = [
        Group("fails", "Fails", "Each of these alone keeps the patient out of the arms that it is a part of.", failing),
        *open_groups,
    ]
    return ExplanationView(
        trial=stored.trial,
        title=trial.title if trial is not None else "",
        registry_url=web_address(trial.source_url) if trial is not None else None,
        patient=result["patient"],
        verdict=result["verdict"],
        verdict_says=VERDICT_SAYS[Verdict(result["verdict"])],
        summary=summary,
        as_of=result["as_of"],
        answered_at=f"{stored.at:%Y-%m-%d %H:%M} UTC",
        arms=tuple(_arm(arm) for arm in result["arms"]),
        cautions=tuple(result["cautions"]),
        circumstances=_circumstances(kept),
        groups=tuple(group for group in groups if group.criteria),
        passing=Group("passes", "Passes", "", passing),
        rules_version=result["rules_version"],
        rules_sha256=result["rules_sha256"],
        rules_changed=trial is None or trial.rules_sha256 != result["rules_sha256"],
    )


def _summary(criteria: Sequence[CriterionView]) -> str:
    effects = Counter(one.effect for one in criteria)
    failing, opened = effects[Effect.FAIL.value], effects[Effect.REVIEW.value]
    total = counted(len(criteria), "criterion", "criteria")
    if not failing and not opened:
        return f"{total}: all pass."
    parts = [f"{failing} {'fails' if failing == 1 else 'fail'}"] if failing else ["none fails"]
    parts.append(f"{opened} {'is' if opened == 1 else 'are'} open")
    passing = effects[Effect.PASS.value]
    parts.append(f"{passing} {'passes' if passing == 1 else 'pass'}")
    return f"Of {total}, {', '.join(parts)}."


def _waits_for(arms: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What each open criterion waits for, by its id; a cohort's own condition by that of its view."""
    return {
        _gate_id(arm["cohort"]) if name == GATE else name: what
        for arm in arms
        for what, names in arm["open"].items()
        for name in names
    }


def _gate_id(cohort: str) -> str:
    return f"{GATE}-{cohort}"


def _gate(arm: Mapping[str, Any]) -> CriterionView:
    """A cohort's own condition, which has to be met as an inclusion has."""
    gate = arm["gate"]
    effects = {True: Effect.PASS, False: Effect.FAIL, None: Effect.REVIEW}
    return CriterionView(
        id=_gate_id(arm["cohort"]),
        kind=LIMITING_WORDS[GATE],
        effect=effects[gate["holds"]].value,
        state=_WANTED[gate["holds"]],
        text=registry_text(gate["quote"]),
        explanation=gate["explanation"],
        reasons=_reasons(gate),
        evidence=tuple(gate["evidence"]),
        assumptions=tuple(gate["assumptions"]),
    )


def _arm(arm: Mapping[str, Any]) -> ArmView:
    because = tuple(LIMITING_WORDS.get(name, name) for name in arm["limiting"])
    cohort = "all patients" if arm["cohort"] == EVERY_COHORT else arm["cohort"]
    return ArmView(cohort, arm["stage"], arm["verdict"], because)


def _circumstances(kept: KeptScreening) -> tuple[str, ...]:
    """Under what the question was asked, where it is not the usual."""
    said = []
    if kept.absence == AbsencePolicy.UNKNOWN.value:
        said.append("Nothing was presumed absent for not being on record.")
    said += [f"The day of {name} was given as {day.isoformat()}." for name, day in sorted(kept.anchors.items())]
    return tuple(said)


def _criterion(one: Mapping[str, Any], trial: str, arms: Sequence[Mapping[str, Any]]) -> CriterionView:
    wanted = one["kind"] != CriterionKind.EXCLUSION.value
    state = (_WANTED if wanted else _UNWANTED)[one["holds"]]
    where = [f"cohort {one['cohort']}"] if one["cohort"] != EVERY_COHORT else []
    where += [f"at {one['stage']}"] if len({arm["stage"] for arm in arms}) > 1 else []
    return CriterionView(
        id=one["id"],
        kind=one["kind"],
        where=", ".join(where),
        effect=one["effect"],
        state=state if one["applies"] else "does not apply to this patient",
        text=registry_text(one["text"]),
        explanation=one["explanation"],
        reasons=_reasons(one),
        changes_on=one["changes_on"],
        cautions=tuple(one["cautions"]),
        evidence=tuple(one["evidence"]),
        assumptions=tuple(one["assumptions"]),
        readings=tuple(
            Said(reading["name"], "", holds_words(reading["holds"]), (), reading["explanation"])
            for reading in (() if Reason.REGISTRY_ERROR.value in one["reasons"] else one["readings"])
        ),
        atoms=tuple(_atom(atom, one["holds"]) for atom in one["atoms"]),
        judged=one["reasons"] == [Reason.JUDGEMENT.value],
        target=f"{trial}#{one['id']}",
    )


def _atom(atom: Mapping[str, Any], criterion: bool | None) -> Said:
    name = atom["id"] if atom["operand"] else f"{atom['id']} (beside the sentence)"
    return Said(
        name,
        registry_text(atom["quote"]),
        part_words(atom["holds"], settled=criterion is not None),
        _reasons(atom),
        atom["explanation"],
        tuple(atom["evidence"]),
        tuple(atom["assumptions"]),
    )


def _reasons(one: Mapping[str, Any]) -> tuple[ShownReason, ...]:
    return shown_reasons(map(Reason, one["reasons"]))
