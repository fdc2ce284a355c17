"""Inputs at which a worker hung or died: remembered in the database, for all workers, for a while.

Of the input nothing is kept but a fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select

from trialsieve.service.storage.rows import inserting
from trialsieve.service.storage.tables import fatal_inputs
from trialsieve.service.web.metrics import Why

MOST_REMEMBERED: Final = 1_000

CERTAIN: Final = 3
"""The weight of a death of which the input was the cause, as far as can be told: it is refused from then on. Of others
(killed from outside, for want of memory perhaps; at work on several) so many count as much."""


@dataclass(frozen=True, slots=True)
class FatalInput:
    """An input that may be the cause of a death."""

    fingerprint: str
    why: Why
    weight: int
    at: datetime
    expires: datetime


def remember(connection: Connection, fatal: FatalInput) -> None:
    """One death more; what has expired, and the oldest of too many, is forgotten."""
    table = fatal_inputs
    connection.execute(delete(table).where(table.c.expires <= fatal.at))
    added = inserting(connection, table).values({**asdict(fatal), "why": fatal.why.value})
    newer = {name: added.excluded[name] for name in ("why", "at", "expires")}
    both = {**newer, "weight": table.c.weight + added.excluded.weight}
    connection.execute(added.on_conflict_do_update(index_elements=[table.c.fingerprint], set_=both))
    newest = select(table.c.fingerprint).order_by(table.c.at.desc(), table.c.fingerprint).limit(MOST_REMEMBERED)
    connection.execute(delete(table).where(table.c.fingerprint.not_in(newest)))


def refused(connection: Connection, now: datetime) -> Mapping[str, FatalInput]:
    """The inputs that are refused now, by their fingerprints."""
    table = fatal_inputs
    found = connection.execute(select(table).where(table.c.expires > now, table.c.weight >= CERTAIN))
    return {
        row.fingerprint: FatalInput(row.fingerprint, Why(row.why), row.weight, row.at, row.expires) for row in found
    }
