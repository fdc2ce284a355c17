"""A shared clinical inference as it is loaded, such as `relapsed`: any criterion and any other finding may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trialsieve.rules.atom import Atom
from trialsieve.rules.logic import Logic, ReviewWhen
from trialsieve.rules.worked_example import Example


@dataclass(frozen=True, slots=True)
class Finding:
    """A shared clinical inference.

    True where `true_when` is true, false where `false_when` is (without one: where `true_when` is false). Both:
    conflicting. `suspicions` make an otherwise undecided finding unknown for their reason. `date_from` names the atoms
    whose evidence dates the finding, the first or the latest of them. `assumes` is told as an assumption where it is
    true.
    """

    id: str
    title: str
    atoms: tuple[Atom, ...]
    true_when: Logic
    false_when: Logic | None = None
    suspicions: tuple[ReviewWhen, ...] = ()
    date_from: tuple[str, ...] = ()
    date_is: str = "latest"  # or "first"
    assumes: str = ""
    examples: tuple[Example, ...] = ()
    never: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    line: int = 0
