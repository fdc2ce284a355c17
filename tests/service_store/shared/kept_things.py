"""Things to keep in a store."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from trialsieve.service.storage.kept import Feedback, FeedbackOutcome, KeptCard, KeptResult, KeptScreening

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
LATER = datetime(2120, 1, 1, tzinfo=UTC)  # a token that is valid until then is not tidied away meanwhile


def screening(caller: str = "hospital", at: datetime = NOW, **changes: object) -> KeptScreening:
    """One screening with one result and one card."""
    result = KeptResult(str(uuid4()), "NCT04762485", "needs-review", b'{"verdict":"needs-review"}', at)
    card = KeptCard(str(uuid4()), result.result_id, "NCT04762485", "needs-review", ("I06", "X09"))
    fields: dict[str, object] = {
        "screening_id": str(uuid4()),
        "caller": caller,
        "hook": "patient-view",
        "at": at,
        "patient": "Patient/p1",
        "input_sha256": "0" * 64,
        "references": ("Patient/p1", "Observation/o1"),
        "results": (result,),
        "cards": (card,),
    }
    return KeptScreening(**{**fields, **changes})  # type: ignore[arg-type]


def said(card_uuid: str, at: datetime = NOW, **changes: object) -> Feedback:
    """Feedback that overrides a card."""
    fields: dict[str, object] = {"card_uuid": card_uuid, "outcome": FeedbackOutcome.OVERRIDDEN, "at": at}
    return Feedback(**{**fields, **changes})  # type: ignore[arg-type]
