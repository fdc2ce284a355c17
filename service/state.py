"""What a running service holds: made once when it starts, shared by all requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

if TYPE_CHECKING:
    import httpx

    from trialsieve.rules.rule_book import RuleBook
    from trialsieve.service.processes.refusals import Refusals
    from trialsieve.service.screening.desk import ScreeningDesk
    from trialsieve.service.security.authenticator import Authenticator
    from trialsieve.service.settings.service_settings import Settings
    from trialsieve.service.storage.store import Store
    from trialsieve.service.web.metrics import Metrics


@dataclass(frozen=True, slots=True)
class ServiceState:
    """`trials` are the ids that this service screens for, in order; `fhir` is the client for FHIR servers."""

    settings: Settings
    book: RuleBook
    trials: tuple[str, ...]
    desk: ScreeningDesk
    refusals: Refusals
    store: Store
    metrics: Metrics
    authenticator: Authenticator
    fhir: httpx.AsyncClient


def state_of(request: Request) -> ServiceState:
    """The state of the service that answers this request."""
    state: ServiceState = request.app.state.service
    return state


async def _state(request: Request) -> ServiceState:
    """As a dependency: what is no coroutine would be sent to a thread, for each request."""
    return state_of(request)


StateDependency = Annotated["ServiceState", Depends(_state)]
