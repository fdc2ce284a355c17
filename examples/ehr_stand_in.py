#!/usr/bin/env python3
"""An EHR for trying `trialsieve serve` on one machine: docs/connect-ehr.md goes through it step by step.

It serves the example patients by FHIR and publishes its key, both on 127.0.0.1 alone, then opens charts: it discovers
the service, calls it with prefetch that is full, partial or missing, shows the cards, follows their links, and sends
feedback. Do not list it as a client of a service that answers for real patients.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from ehr_parts.cds_client import CdsClient, Filled
from ehr_parts.charts import Charts
from ehr_parts.fhir_server import JWKS_PATH, FhirApi, serving
from ehr_parts.mistakes import mistakes
from ehr_parts.signing import Signer, kept_key
from ehr_parts.terminal import card_lines, heading, outcome, title_of

Json = Any

WRITTEN_FOR: Final = date(2026, 11, 20)
"""The day that the examples are to be read on (examples/snapshots.py)."""

HOOKS: Final = ("patient-view", "encounter-start")
OVERRIDE_REASON: Final = "not-now"
NEW_KEY_SECONDS: Final = 35  # a service looks for new keys every 30 seconds, as it comes


class UnexpectedError(Exception):
    """The service answered in another way than it has to."""


@dataclass(slots=True)
class Visit:
    """One run against one service, and the cards that came."""

    client: CdsClient
    services: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    cards: list[Json] = field(default_factory=list)

    def discover(self, patience: int = 0) -> None:
        """What the service offers. With a new key, it may take so many seconds until it is known."""
        print(heading(f"Discovery: {self.client.public_url}/cds-services"))
        answer = self.client.discover()
        waited = 0
        while answer.status_code == httpx.codes.UNAUTHORIZED and waited < patience:
            print("401: it may have looked for new keys a moment ago (keys_refetch_seconds); asking again")
            time.sleep(1)
            waited += 1
            answer = self.client.discover()
        self.expect(answer)
        for service in answer.json()["services"]:
            self.services.setdefault(service["hook"], service)
            print(f"{service['id']} ({service['hook']}): {service['title']}; prefetch keys: {len(service['prefetch'])}")
        missing = [hook for hook in HOOKS if hook not in self.services]
        if missing:
            raise UnexpectedError(f"discovery lists no service for {', '.join(missing)}")

    def open_chart(self, patient: str, hook: str, filled: Filled) -> None:
        """Calls the service as when this chart is opened, and shows the cards."""
        print(heading(f"{hook}, Patient/{patient}, prefetch: {filled.value}"))
        asked_before = len(self.client.fhir.asked)
        answer = self.expect(self.client.call(self.services[hook], patient, filled))
        asked = len(self.client.fhir.asked) - asked_before
        milliseconds = answer.elapsed.total_seconds() * 1000
        cards = answer.json()["cards"]
        print(f"{len(cards)} cards in {milliseconds:.0f} ms; requests to the FHIR server: {asked}")
        for place, card in enumerate(cards):
            print("\n".join(card_lines(card, whole=place == 0)))
        self.cards += cards

    def follow_link(self) -> None:
        """Opens the explanation that a card leads to, and the same link with a changed signature."""
        print(heading("The link of the first card"))
        if not self.cards:
            raise UnexpectedError("there is no card to follow a link of")
        link = self.client.reached(self.cards[0]["links"][0]["url"])
        page = self.expect(self.client.http.get(link))
        print(f"{page.status_code} {title_of(page.text)}\n{link}")
        forged = self.client.http.get(f"{link}0")
        print(f"with a changed signature: {forged.status_code} {title_of(forged.text)}")
        self.expect(forged, 403)

    def send_feedback(self) -> None:
        """Every card is put off; told twice, as clients do."""
        print(heading("Feedback"))
        service = self.services[HOOKS[0]]
        for _ in range(2):
            self.expect(self.client.override(service, self.cards, OVERRIDE_REASON))
        print(f"{len(self.cards)} cards overridden ({OVERRIDE_REASON}), told twice")

    def make_mistakes(self, patient: str, other: str) -> None:
        """Wrong calls, each of which has to be refused."""
        print(heading("Mistakes, each of which has to be refused"))
        for mistake in mistakes(self.client, self.services[HOOKS[0]], patient, other):
            answer = mistake.make()
            print(f"{mistake.what}: {outcome(answer)}")
            self.expect(answer, mistake.status)

    def expect(self, answer: httpx.Response, status: int = 200) -> httpx.Response:
        """The answer, if it has that status."""
        if answer.status_code != status:
            raise UnexpectedError(f"{status} was expected, and it is {outcome(answer)}")
        return answer


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to open."""

    patient: str
    hook: str
    filled: Filled


STORY: Final = (
    Chart("eligible-autologous", "patient-view", Filled.FULL),
    Chart("needs-review", "patient-view", Filled.PARTLY),
    Chart("eligible-boy", "encounter-start", Filled.NONE),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Visits the service; 0 if all came as it has to."""
    options = _parser().parse_args(arguments)
    charts = Charts.load(WRITTEN_FOR, datetime.now(UTC).date())
    signer = Signer(options.issuer, kept_key(options.folder, renew=options.new_key))
    try:
        with serving(charts, signer.jwks, options.port) as fhir:
            _visit(options, signer, fhir)
    except UnexpectedError as error:
        print(f"\nNot as it has to be: {error}", file=sys.stderr)
        return 1
    except httpx.HTTPError as error:
        print(f"\n{options.reach or options.service} cannot be reached ({type(error).__name__})", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"127.0.0.1:{options.port}: cannot listen there ({error.strerror}); choose --port", file=sys.stderr)
        return 1
    return 0


def _visit(options: argparse.Namespace, signer: Signer, fhir: FhirApi) -> None:
    public_url = options.service.rstrip("/")
    visit = Visit(CdsClient(public_url, (options.reach or public_url).rstrip("/"), signer, fhir))
    print(f"FHIR server {fhir.base}, keys {fhir.base.removesuffix('/fhir')}{JWKS_PATH}")
    visit.discover(NEW_KEY_SECONDS if options.new_key else 0)
    for chart in _charts(options, fhir):
        visit.open_chart(chart.patient, chart.hook, chart.filled)
    if visit.cards:
        visit.follow_link()
        visit.send_feedback()
    if options.mistakes:
        visit.make_mistakes(STORY[0].patient, STORY[1].patient)
    print("\nAll came as it has to.")
    if options.stay:
        input("It goes on serving FHIR and keys; Enter ends it. ")


def _charts(options: argparse.Namespace, fhir: FhirApi) -> Sequence[Chart]:
    if options.patient is None:
        return STORY
    if options.patient not in fhir.charts.of_patient:
        known = ", ".join(sorted(fhir.charts.of_patient))
        raise UnexpectedError(f"there is no patient {options.patient!r}; there are {known}")
    return [Chart(options.patient, options.hook, Filled(options.prefetch))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2], allow_abbrev=False)
    parser.add_argument("--service", required=True, metavar="URL", help="the service's public_url")
    parser.add_argument("--reach", metavar="URL", help="connect to this address instead, as a proxy would")
    parser.add_argument("--issuer", default="https://ehr.example.org", metavar="TEXT", help="the claim iss")
    parser.add_argument("--port", type=int, default=9090, help="of its own FHIR server and keys (default: 9090)")
    parser.add_argument("--folder", type=Path, default=Path("~/connect-ehr").expanduser(), help="where its key is kept")
    parser.add_argument("--new-key", action="store_true", help="make a new key, as when keys are rotated")
    parser.add_argument("--patient", metavar="NAME", help="open this example's chart alone")
    parser.add_argument("--hook", choices=HOOKS, default=HOOKS[0], help="with --patient: the hook")
    parser.add_argument("--prefetch", choices=[one.value for one in Filled], default="full", help="with --patient")
    parser.add_argument("--mistakes", action="store_true", help="then make mistakes, which have to be refused")
    parser.add_argument("--stay", action="store_true", help="go on serving at the end, until Enter is pressed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
