"""What a service needs before it answers: rules, store, desk, keys. Made once, and closed when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx

from trialsieve.rules.cache import cached_rules
from trialsieve.rules.errors import UsageError
from trialsieve.rules.rule_book import RuleBook
from trialsieve.service.processes.refusals import Refusals
from trialsieve.service.request.screening_request import chosen_trials
from trialsieve.service.screening.desk import ScreeningDesk
from trialsieve.service.security.authenticator import Authenticator
from trialsieve.service.security.link_secret import make_private_folder, with_link_secret
from trialsieve.service.settings.service_settings import MEGABYTE, Settings
from trialsieve.service.state import ServiceState
from trialsieve.service.storage.store import Store
from trialsieve.service.web.metrics import Metrics

TOO_LONG_PART: Final = 0.5
"""Of `request_seconds`. Who asks again at the deadline finds what began late, too; the largest records take less."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Settings that have been acted upon, and what they led to."""

    settings: Settings
    book: RuleBook
    trials: tuple[str, ...]
    store: Store


def open_for(settings: Settings) -> Opened:
    """Loads the rules and opens the store. Raises a TrialsieveError that says which setting is wrong."""
    book = cached_rules(list(settings.rules), settings.site)
    try:
        trials = chosen_trials(settings.trials, book)
    except UsageError as error:
        raise UsageError(f"trials: {error}") from error
    settings = with_link_secret(settings)
    if settings.store_url is None:
        try:
            make_private_folder(settings.data_folder)
        except OSError as error:
            raise UsageError(
                f"data_folder {settings.data_folder}: cannot be made ({error.strerror}); set another data_folder"
            ) from error
    retention = None if settings.keep_days is None else timedelta(days=settings.keep_days)
    store = Store.open(settings.database_url, retention=retention)
    return Opened(settings, book, trials, store)


@asynccontextmanager
async def serving(settings: Settings, metrics: Metrics, notes: Path | None = None) -> AsyncIterator[ServiceState]:
    """The state of a service, for as long as it runs. `notes`: the folder that the workers of a service share."""
    opened = open_for(settings)
    settings = opened.settings
    desk: ScreeningDesk | None = None
    try:
        desk = ScreeningDesk(opened.book, opened.trials, most_kept=settings.kept_megabytes * MEGABYTE)
        refusals = Refusals(
            opened.store,
            [opened.book.trials[name].rules_sha256 for name in opened.trials],
            lasts=timedelta(hours=settings.refused_hours),
            too_long=settings.request_seconds * TOO_LONG_PART,
            refused=metrics.refused_inputs,
            folder=notes,
        )
        refusals.refresh()
        connections = httpx.Limits(max_connections=settings.requests_at_once * settings.fhir_parallel)
        async with (
            httpx.AsyncClient(timeout=settings.fhir_seconds, follow_redirects=False, limits=connections) as fhir,
            httpx.AsyncClient(timeout=settings.fhir_seconds, follow_redirects=False) as keys,
        ):
            authenticator = Authenticator(
                settings, opened.store, keys, refused=lambda reason: metrics.refused_tokens.labels(reason).inc()
            )
            await desk.warmed_up()
            yield ServiceState(
                settings, opened.book, opened.trials, desk, refusals, opened.store, metrics, authenticator, fhir
            )
    finally:
        if desk is not None:
            desk.close()
        opened.store.close()
