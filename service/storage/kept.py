"""What is kept of each answer: who asked, what it was decided on, what it said, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum


class FeedbackOutcome(Enum):
    """What a person did with a card."""

    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class KeptResult:
    """One result. `json` are the bytes of the public JSON; `result_id` is a version 4 UUID, not to be guessed."""

    result_id: str
    trial: str
    verdict: str
    json: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptCard:
    """One card that was shown. `criteria` are those that limit the verdict; a card about no one result has no id."""

    card_uuid: str
    result_id: str | None
    trial: str
    verdict: str
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptScreening:
    """One request about one patient: who asked, under which circumstances, on what, and what was answered.

    `hook` is the CDS hook, or `rest`. `input_sha256`, `references` and `resources` come from
    `kept_record.kept_input`; `resources` is None unless the site keeps what was decided on.
    """

    screening_id: str
    caller: str
    hook: str
    at: datetime
    patient: str
    input_sha256: str
    references: tuple[str, ...]
    results: tuple[KeptResult, ...]
    hook_instance: str | None = None
    resources: bytes | None = None
    cards: tuple[KeptCard, ...] = ()
    absence: str = "presume"
    anchors: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a client told of one card."""

    card_uuid: str
    outcome: FeedbackOutcome
    at: datetime
    reason_code: str | None = None
    reason_system: str | None = None
    reason_display: str | None = None
    comment: str | None = None
    accepted_suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptFeedback:
    """Feedback with the card that it is about; `card` is None where no such card is on record."""

    feedback: Feedback
    caller: str
    card: KeptCard | None
