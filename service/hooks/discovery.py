"""What this service offers: one service for each hook, one for each trial; and what they ask a client to prefetch."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trialsieve.fhir_adapters.servers.prefetch_templates import PrefetchTemplate, prefetch_templates
from trialsieve.rules.rule_book import RuleBook
from trialsieve.service.hooks.markdown import cut, plain
from trialsieve.service.hooks.responses import DiscoveryResponse, ServiceDescription, json_bytes

SPECIFICATION: Final = "3.0.0"
"""Every member of 2.0 that is sent means the same in 3.0, where this one is recommended."""

HOOKS: Final = {"patient-view": "1.0", "encounter-start": "1.0"}
"""The hooks that are served, with the version of each."""

OTHER_HOOKS: Final = frozenset(
    {
        "allergyintolerance-create",
        "appointment-book",
        "encounter-discharge",
        "medication-prescribe",
        "medication-refill",
        "medication-verify",
        "order-dispatch",
        "order-review",
        "order-select",
        "order-sign",
        "problem-list-item-create",
    }
)
"""The hooks of the library that are not served."""

USAGE: Final = (
    "Works from the prefetch alone. A key that is left out is read from fhirServer with the token of the request, if "
    "the service may; what cannot be had stays open and is named. Gives advice, no verdict: a person decides."
)

PREFIX: Final = "trialsieve"


@dataclass(frozen=True, slots=True)
class HookService:
    """One service: its id, the hook that it answers, the trials that it screens for, and what it needs."""

    id: str
    hook: str
    trials: tuple[str, ...]
    title: str
    description: str
    templates: Mapping[str, PrefetchTemplate]

    def described(self) -> ServiceDescription:
        return ServiceDescription(
            hook=self.hook,
            id=self.id,
            title=self.title,
            description=self.description,
            usage_requirements=USAGE,
            prefetch={key: template.query for key, template in self.templates.items()},
            version=SPECIFICATION,
            hook_version=HOOKS[self.hook],
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """All services by id, and the discovery answer with its entity tag."""

    services: Mapping[str, HookService]
    document: bytes
    etag: str


def offer(book: RuleBook, trials: Sequence[str], *, list_trials: bool) -> Offer:
    """The services for these trials, in a fixed order: hook by hook, all trials first, then each trial in its order.

    A service for one trial always answers. Discovery lists it only where that is asked for: some clients call whatever
    is listed, and would show each trial twice.
    """
    services: dict[str, HookService] = {}
    templates = prefetch_templates(book, trials)
    for hook in HOOKS:
        if trials:
            service = HookService(
                id=f"{PREFIX}-{hook}",
                hook=hook,
                trials=tuple(trials),
                title="Clinical trials that may fit",
                description="Screens the patient for clinical trials: which may fit, what is missing, and why. "
                f"Trials: {', '.join(plain(trial) for trial in trials)}.",
                templates=templates,
            )
            services[service.id] = service
    listed = len(services)
    each = {trial: prefetch_templates(book, [trial]) for trial in trials}
    for hook in HOOKS:
        for trial in trials:
            service = HookService(
                id=f"{PREFIX}-{hook}-{_segment(trial)}",
                hook=hook,
                trials=(trial,),
                title=f"Clinical trial {plain(trial)}",
                description=f"Screens the patient for {plain(trial)}: {cut(plain(book.trials[trial].title), 300)}.",
                templates=each[trial],
            )
            services.setdefault(service.id, service)
    told = list(services.values())[: None if list_trials else listed]
    document = json_bytes(DiscoveryResponse(services=tuple(service.described() for service in told)))
    return Offer(services, document, f'"{hashlib.sha256(document).hexdigest()[:32]}"')


def _segment(trial: str) -> str:
    """A trial id as a part of a URL's path."""
    return re.sub(r"[^a-z0-9]+", "-", trial.lower()).strip("-")
