"""Whether a token was used before: it counts once, for all processes of the service."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from typing import Final, Protocol

YOUNG_SECONDS: Final = 60.0
"""Where the other processes cannot be asked, a token counts for so long after it was issued, and clients are answered
although the database is locked or gone. What somebody else has caught can be used again within that time alone, and
once in each other process."""


class Met(Enum):
    """What is known of a token."""

    NOW = auto()
    """For the first time by any process."""
    BEFORE = auto()
    NOT_HERE = auto()
    """For the first time by this process; of the others nothing is known."""


class SeenTokens(Protocol):
    """Where tokens are remembered until they expire."""

    def seen(self, issuer: str, jti: str, expires: datetime) -> Met:
        """Whether this token was met before; from now on it was."""
        ...

    def forget_token(self, issuer: str, jti: str) -> None:
        """A token that did not count, since nothing is known of it: it may be sent again."""
        ...
