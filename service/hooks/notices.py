"""What every card of an answer says of the reading as a whole: which parts of the record could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trialsieve.fhir_adapters.prefetched import KeyAccount


def notices_of(accounts: Iterable[KeyAccount], server_unusable: str | None = None) -> Sequence[str]:
    """A sentence where something was not read in full; it names kinds of resource, and nothing of the record."""
    gaps: dict[str, dict[str, None]] = {}
    for account in accounts:
        if account.is_gap:
            kind = account.kind.value if account.kind is not None else "Patient"
            gaps.setdefault(kind, {})[account.state.value] = None
    if not gaps:
        return ()
    parts = "; ".join(f"{kind} ({', '.join(states)})" for kind, states in gaps.items())
    said = f"Not all of the record could be read: {parts}. What depends on it stays open."
    return (said, server_unusable) if server_unusable else (said,)
