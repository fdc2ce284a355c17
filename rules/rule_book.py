"""All rules that were loaded: frozen values, which the engine and the adapters read.

How rule files are written is `grammar.py`'s. docs/semantics.md says what each value means; both evaluators are written
from that page. What there are thousands of is a Struct: the kept rules are read by every process (`cache.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialsieve.rules.concept import Concept, Terminology
from trialsieve.rules.finding import Finding
from trialsieve.rules.trial import Trial


@dataclass(frozen=True, slots=True)
class Site:
    """A site's own settings (`--site`)."""

    time_zone: str = "UTC"
    age_adjusted_ranges: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything loaded: what is screened for, and the shared parts. `currency` is days by class."""

    trials: Mapping[str, Trial]
    findings: Mapping[str, Finding]  # in an order in which each comes after those that it reads
    concepts: Mapping[str, Concept]
    currency: Mapping[str, int]
    terminology: Terminology
    site: Site
