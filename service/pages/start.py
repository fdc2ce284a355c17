"""What the start page says: what runs here, by which rules, and how to connect to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Trial
from trialsieve.service.hooks.discovery import HookService
from trialsieve.service.settings.service_settings import Settings
from trialsieve.service.text.show_text import why_on_hold
from trialsieve.service.text.web_address import web_address


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A trial in the list."""

    id: str
    title: str
    version: str
    criteria: int
    on_hold: tuple[str, ...]
    rules_sha256: str
    registry_url: str | None


@dataclass(frozen=True, slots=True)
class StartView:
    """Everything on the page."""

    base_url: str
    open: bool
    on_loopback: bool
    for_all: tuple[HookService, ...]
    for_one: tuple[HookService, ...]
    trials: tuple[TrialLine, ...]


def start_view(settings: Settings, book: RuleBook, trials: Iterable[str], services: Iterable[HookService]) -> StartView:
    """The start page of a service."""
    offered = list(services)
    every = tuple(trials)
    for_all = tuple(service for service in offered if service.trials == every)
    return StartView(
        base_url=settings.base_url,
        open=settings.open,
        on_loopback=settings.on_loopback,
        for_all=for_all,
        for_one=tuple(service for service in offered if service not in for_all),
        trials=tuple(_line(book.trials[name]) for name in every),
    )


def _line(trial: Trial) -> TrialLine:
    return TrialLine(
        id=trial.id,
        title=trial.title,
        version=trial.version,
        criteria=len(trial.criteria),
        on_hold=tuple(criterion.id for criterion in trial.criteria if why_on_hold(criterion)),
        rules_sha256=trial.rules_sha256,
        registry_url=web_address(trial.source_url),
    )
