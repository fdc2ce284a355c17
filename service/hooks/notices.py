"""What cards say to whoever runs the service; what people must know of the record is a caution of the result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trialsieve.fhir_adapters.prefetched import KeyAccount


def notices_of(accounts: Iterable[KeyAccount], server_unusable: str | None = None) -> Sequence[str]:
    """Why the client's FHIR server was not asked for what is missing, where something is."""
    if server_unusable is None or not any(account.is_gap for account in accounts):
        return ()
    return (f"For whoever runs this service: {server_unusable}",)
