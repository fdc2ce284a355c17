"""The results that tests of the direct evaluator go by, whatever they compare them with."""

from __future__ import annotations

from msgspec import Struct

from trialsieve.engine.facts import Fact
from trialsieve.engine.outcome import Evidence, Outcome
from trialsieve.rules.vocabulary import Reason


class Selector:
    """Stands for what tests have in common that differ in their limits, or in the result that they expect.

    That is all that tells which results of a record they go by.
    """


class Selected(Struct, frozen=True, gc=False):
    """The results that decide, and those that only raise a doubt (weak ones, and those of supporting codes).

    Each is with the doubts whether it speaks for the time asked about.

    `undecided`: what every such test comes to where none decides. `evidence` is that of those that decide. `uncalled`
    are the newer numbers that keep an answer open.
    """

    deciders: tuple[Fact, ...] = ()
    doubts: tuple[frozenset[Reason], ...] = ()
    raising: tuple[Fact, ...] = ()
    raising_doubts: tuple[frozenset[Reason], ...] = ()
    undecided: Outcome | None = None
    evidence: tuple[Evidence, ...] = ()
    uncalled: tuple[Fact, ...] = ()
