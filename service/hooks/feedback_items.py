"""What became of the cards: each told once or many times, several at once, by clients that write times in many ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from trialsieve.service.hooks.markdown import plain
from trialsieve.service.hooks.override_reasons import DISPLAYS, SYSTEM
from trialsieve.service.storage.kept import Feedback, FeedbackOutcome
from trialsieve.service.text.words import counted
from trialsieve.service.web.errors import IssueCode, ServiceError

MOST_ITEMS: Final = 1_000
LONGEST_ID: Final = 255
LONGEST_TEXT: Final = 255
LONGEST_COMMENT: Final = 4_000
MOST_SUGGESTIONS: Final = 100
MOST_NAMED: Final = 10

_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedbackRead:
    """What could be read of a call, one item for a card, the last that was sent; and what is wrong with the rest."""

    items: tuple[Feedback, ...]
    faults: tuple[str, ...]


def read_feedback(request: Mapping[str, Any], now: datetime) -> FeedbackRead:
    """The feedback of a call. Raises ServiceError: 400 without a list of it, 413 for more than is taken at once."""
    sent = request.get("feedback")
    listed = [sent] if isinstance(sent, dict) else sent
    if not isinstance(listed, list):
        raise ServiceError(400, IssueCode.REQUIRED, "feedback is missing: it has to be an array of objects.")
    if len(listed) > MOST_ITEMS:
        raise ServiceError(
            413, IssueCode.TOO_LONG, f"At most {MOST_ITEMS} items of feedback are taken at once; send the rest apart."
        )
    items: dict[str, Feedback] = {}
    faults: list[str] = []
    for place, item in enumerate(listed):
        read = _item(item, now)
        if isinstance(read, str):
            faults.append(f"feedback[{place}]{read}")
        else:
            items[read.card_uuid] = read
    return FeedbackRead(tuple(items.values()), tuple(faults))


def refusal(read: FeedbackRead) -> ServiceError:
    """The 400 for a call of which some items could not be read: the others are kept, and may be sent again."""
    named = "; ".join(read.faults[:MOST_NAMED])
    more = f"; and {len(read.faults) - MOST_NAMED} more" if len(read.faults) > MOST_NAMED else ""
    kept = f" Taken all the same: {counted(len(read.items), 'other item')}." if read.items else ""
    return ServiceError(400, IssueCode.INVALID, f"{named}{more}.{kept}")


def _item(item: Any, now: datetime) -> Feedback | str:
    """One item, or what is wrong with it."""
    if not isinstance(item, dict):
        return " is not an object"
    card = item.get("card")
    if not isinstance(card, str) or not card.strip() or len(card) > LONGEST_ID:
        return ".card is missing: it has to be the uuid of a card"
    outcomes = {outcome.value: outcome for outcome in FeedbackOutcome}
    outcome = outcomes.get(str(item.get("outcome")).lower())
    if outcome is None:
        return f".outcome has to be {' or '.join(outcomes)}"
    reason = _object(item.get("overrideReason"))
    coding = _object(reason.get("reason"))
    code = _text(coding.get("code"))
    system = _text(coding.get("system"))
    # The sandbox leaves out the system, and never sends the words that were shown.
    if code in DISPLAYS and system is None:
        system = SYSTEM
    known = DISPLAYS.get(code) if code is not None and system == SYSTEM else None
    return Feedback(
        card_uuid=card.strip().lower().removeprefix("urn:uuid:"),
        outcome=outcome,
        at=instant(item.get("outcomeTimestamp"), now),
        reason_code=code,
        reason_system=system,
        reason_display=_text(coding.get("display")) or known,
        comment=_text(reason.get("userComment"), LONGEST_COMMENT),
        accepted_suggestions=_suggestions(item.get("acceptedSuggestions")),
    )


def instant(value: Any, now: datetime) -> datetime:
    """A time as it was meant: without a zone it is UTC; what is no time, or lies ahead, is now."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value / 1000 if value > 1e11 else value  # JavaScript counts in milliseconds
        try:
            told = datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            return now
    elif isinstance(value, str):
        try:
            told = datetime.fromisoformat(value.strip().upper().replace(" ", "T", 1))
        except ValueError:
            return now
        try:
            told = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
        except OverflowError:
            return now
    else:
        return now
    return told if _EARLIEST <= told <= now else now


def _suggestions(value: Any) -> tuple[str, ...]:
    sent: Sequence[Any] = value if isinstance(value, list) else ()
    named = (_text(_object(item).get("id")) for item in sent[:MOST_SUGGESTIONS])
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, longest: int = LONGEST_TEXT) -> str | None:
    return plain(value)[:longest] or None if isinstance(value, str) else None
