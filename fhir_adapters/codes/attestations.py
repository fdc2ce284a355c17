"""Attestations: a person's signed answer to a criterion or atom, as an Observation that rules fire on."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from trialsieve.engine.facts import Attestation
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.elements.shapes import (
    Json,
    Malformed,
    Unusable,
    a_text,
    an_object,
    choice,
    objects,
    only_one,
    refuse_modifiers,
)
from trialsieve.fhir_adapters.elements.statuses import OBSERVATION, Standing, standing
from trialsieve.rules.kept import Kept
from trialsieve.rules.registry_text import quoted
from trialsieve.rules.rule_book import RuleBook

SYSTEM: Final = "urn:trialsieve:criterion"
_NAME: Final = "trialsieve"
_TARGET: Final = re.compile(r"([^#.\s]+)#([^#.\s]+)(?:\.([^#\s]+))?")
_ROLES: Final = ("Practitioner", "PractitionerRole")
_LONGEST_QUOTE: Final = 120
_REMEMBERED: Final = 1 << 12
_STATUSES: Final = frozenset({"final", "amended"})
_ANSWER: Final = "valueBoolean"
_DATES: Final = choice("effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant")


class TakenBack(Unusable):
    """Why an answer does not count that somebody has withdrawn: nothing is wrong with the input."""


def is_attestation(code: Coded) -> bool:
    """Whether the Observation answers one of our criteria."""
    return any(coding.system == SYSTEM for coding in code.codings)


def is_misnamed(code: Coded) -> bool:
    """Whether it is meant to, by a code system that is ours in all but its spelling."""
    return any(coding.system is not None and _NAME in coding.system.casefold() for coding in code.codings)


def attestations_of(
    reference: str, resource: Json, code: Coded, sentences: Sentences, clock: Clock
) -> tuple[Attestation, ...]:
    """The answers that an Observation gives, one for each criterion or atom that its code names.

    Raises Unusable with the reason if it lacks anything that an attestation needs; TakenBack if it was withdrawn.
    """
    refuse_modifiers(resource, "Observation")
    status = a_text(resource, "status")
    if standing(status, OBSERVATION) is Standing.DROPPED:
        raise TakenBack(f"an answer that was taken back (status {status}); it does not count")
    if not is_attestation(code):
        systems = ", ".join(f"'{coding.system}'" for coding in code.codings)
        raise Unusable(f"the system of the attestation's code is {systems}; write {SYSTEM}")
    if status not in _STATUSES:
        raise Unusable(f"the attestation's status is {status or 'missing'}; only final and amended count")
    answer = _answer(resource)
    by = _performer(resource)
    when, until = _when(resource, clock)
    dated = resource.get("effectiveDateTime") or resource["effectivePeriod"].get("start")
    words = f"{'holds' if answer else 'does not hold'}, attested by {by} on {dated}"
    return tuple(
        Attestation(target, answer, reference, when, until, by, f"{asked} {words}")
        for coding in code.codings
        if coding.system == SYSTEM
        for target, asked in (sentences.answered_by(coding.code),)
    )


class Sentences:
    """The sentences of a book that people answer: the same of many patients."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._known: Kept[str | None, tuple[str, str]] = Kept(_REMEMBERED)

    def answered_by(self, code: str | None) -> tuple[str, str]:
        """What a code stands for, by its ids as the rules write them, and in words. Raises Unusable."""
        known = self._known.get(code)
        if known is None:
            known = _target(code, self._book)
            self._known.keep(code, known)
        return known


def _target(code: str | None, book: RuleBook) -> tuple[str, str]:
    """What is answered, by its ids as the rules write them, and in words."""
    match = None if code is None else _TARGET.fullmatch(code)
    if code is None or match is None:
        raise Unusable(f"the attestation's code {code!r} is not TRIAL#CRITERION or TRIAL#CRITERION.ATOM")
    asked_trial, asked_criterion, asked_atom = match.groups()
    if (trial := _named(asked_trial, book.trials)) is None:
        raise Unusable(f"the attestation answers {code}, and no trial {asked_trial} is loaded")
    criteria = {item.id: item for item in book.trials[trial].criteria}
    if (criterion := _named(asked_criterion, criteria)) is None:
        raise Unusable(f"the attestation answers {code}, and {trial} has no criterion {asked_criterion}")
    if asked_atom is None:
        return f"{trial}#{criterion}", "this sentence"
    quotes = {item.id: item.quote for item in criteria[criterion].atoms}
    if (atom := _named(asked_atom, quotes)) is None:
        raise Unusable(f"the attestation answers {code}, and criterion {criterion} has no atom {asked_atom}")
    said = quotes[atom]
    return f"{trial}#{criterion}.{atom}", quoted(said, _LONGEST_QUOTE) if said else "this part of the sentence"


def _named(asked: str, known: Collection[str]) -> str | None:
    """The id that is meant: this one, or else the only one that differs from it in case alone."""
    if asked in known:
        return asked
    alike = [name for name in known if name.casefold() == asked.casefold()]
    return alike[0] if len(alike) == 1 else None


def _answer(resource: Json) -> bool:
    """What is answered. Whatever stands beside it, readable or not, may say the contrary: then it is no answer."""
    answer = resource.get(_ANSWER)
    if answer is None:
        raise Unusable("the attestation has no valueBoolean")
    if not isinstance(answer, bool):
        raise Malformed("the attestation's valueBoolean", answer, "true or false, without quotation marks")
    values = sorted(name for name in resource if name.lstrip("_").startswith("value") and resource[name] is not None)
    if beside := " and ".join(name for name in values if name.lstrip("_") != _ANSWER)[:120]:
        raise Unusable(f"the attestation has {beside} beside its valueBoolean; it may have no other value")
    if resource.get("dataAbsentReason") is not None:
        raise Unusable("the attestation has a valueBoolean, and a dataAbsentReason why it has none")
    if (about := an_object(resource, f"_{_ANSWER}")) is not None:
        refuse_modifiers(about, _ANSWER)
    return answer


def _performer(resource: Json) -> str:
    """Who answers: a Practitioner, by the reference or by the type that it states."""
    for performer in objects(resource, "performer"):
        reference, kind = a_text(performer, "reference") or "", a_text(performer, "type")
        if kind in _ROLES or any(part in _ROLES for part in reference.split("/")[:-1]):
            return a_text(performer, "display") or reference or str(kind)
    raise Unusable("the attestation has no performer that is a Practitioner or PractitionerRole")


def _when(resource: Json, clock: Clock) -> tuple[DateInterval, DateInterval | None]:
    """When it was given, and when it lapses."""
    when = until = None
    only_one(resource, _DATES)  # of two dates nobody can tell from which it counts
    if resource.get("effectiveDateTime") is not None:
        when = clock.read(resource, "effectiveDateTime")
    elif (period := an_object(resource, "effectivePeriod")) is not None:
        when, until = clock.read(period, "start"), clock.read(period, "end")
        if until is None and period.get("end") is not None:
            when = None
    if when is None:
        raise Unusable("the attestation has no effectiveDateTime, or effectivePeriod with a start, that can be read")
    return when, until
