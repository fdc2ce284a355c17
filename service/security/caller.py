"""Who calls, and what the caller may make this service read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trialsieve.service.trusted.addresses import lies_below, place

ANONYMOUS: Final = "anonymous"


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that this service trusts. `issuer`, `tenant` and `jti` are those of its token, None without one."""

    name: str
    issuer: str | None = None
    tenant: str | None = None
    jti: str | None = None
    fhir_servers: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """Whose it is that is kept of an answer: two tenants of one client do not see each other's."""
        return self.name if self.tenant is None else f"{self.name}#{self.tenant}"

    def may_read(self, server: str) -> bool:
        """Whether this service may send requests to that FHIR server for this caller.

        A listed base URL allows itself and what lies below its path, on the same scheme, host and port.
        """
        asked = place(server)
        return asked is not None and any(lies_below(asked, place(listed)) for listed in self.fhir_servers)
