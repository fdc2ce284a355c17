"""What is counted, for Prometheus. Labels are routes, statuses, trials and verdicts: nothing of a patient, ever.

With several workers, each counts in files of the folder PROMETHEUS_MULTIPROC_DIR, which `trialsieve serve` makes, and
whichever worker is asked answers for all of them.
"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MultiProcessValue

REPLACED_WORKERS: Final = "trialsieve_replaced_workers"
FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"

_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Why(StrEnum):
    """Why a worker had to be replaced."""

    HUNG = "hung"
    ENDED = "ended"


class ReplacedWorkers:
    """What the watching process counts, in a file that whichever worker is asked reads with its own."""

    def __init__(self) -> None:
        name, told = REPLACED_WORKERS, "Workers that were replaced: they hung, or had ended."
        value = MultiProcessValue()  # type: ignore[no-untyped-call]
        self._counts = {why: value("counter", name, f"{name}_total", ("why",), (why.value,), told) for why in Why}

    def count(self, why: Why) -> None:
        """One more."""
        self._counts[why].inc(1)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests: Final = self._counter("trialsieve_requests", "Requests answered.", "method", "route", "status")
        self.seconds: Final = Histogram(
            "trialsieve_request_seconds",
            "How long requests took.",
            ("method", "route"),
            registry=self._registry,
            buckets=_SECONDS,
        )
        self.in_progress: Final = self._gauge(
            "trialsieve_requests_in_progress", "Requests being answered.", mode="livesum"
        )
        self.refused_tokens: Final = self._counter("trialsieve_refused_tokens", "Tokens that were refused.", "reason")
        self.refused_inputs: Final = self._counter(
            "trialsieve_refused_inputs",
            "Inputs that were refused: a worker hung or ended at them, or another was at them for too long.",
            "why",
        )
        self.results: Final = self._counter("trialsieve_results", "Results, by trial and verdict.", "trial", "verdict")
        self.cards: Final = self._counter("trialsieve_cards", "Cards shown, by trial and verdict.", "trial", "verdict")
        self.fhir_requests: Final = self._counter(
            "trialsieve_fhir_requests", "Queries to FHIR servers, by outcome.", "outcome"
        )
        self.disagreements: Final = self._gauge(
            "trialsieve_engine_disagreements", "How often the two evaluators differed."
        )
        self.failures: Final = self._gauge(
            "trialsieve_screening_failures", "Screenings in which a trial could not be answered at all."
        )
        self.losses: Final = self._gauge("trialsieve_store_losses", "What could not be kept in the database.")
        self.kept_values: Final = self._gauge(
            "trialsieve_kept_values", "Values kept in memory from patient to patient.", mode="livesum"
        )
        self.remembered_tokens: Final = self._gauge(
            "trialsieve_remembered_tokens", "Tokens remembered in memory.", mode="livesum"
        )
        self.unknown_tokens: Final = self._gauge(
            "trialsieve_unknown_tokens", "Tokens of which the database could not say whether they were used before."
        )

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(name, what, labels, registry=self._registry)

    def _gauge(self, name: str, what: str, mode: Literal["sum", "livesum"] = "sum") -> Gauge:
        """A number as it is now, or that some part counts itself; `sum`: of processes that have ended, too."""
        return Gauge(name, what, registry=self._registry, multiprocess_mode=mode)

    def text(self) -> bytes:
        """All of it, of every worker, in Prometheus' text format."""
        if FOLDER_VARIABLE not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
