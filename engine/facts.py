"""What the engine reasons about: one patient's chart of typed, unit-normalised, dated statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.engine.interval import DateInterval, NumberInterval
from trialsieve.rules.concept import Facets
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Result, Role, Sex, State

NOT_AMONG_CONDITIONS: Final = "not among the Conditions"
"""How what is said of a diagnosis that is only mentioned elsewhere ends."""

_ANY_TIME: Final = DateInterval(None, None, None, None)


class Fact(Struct, frozen=True, gc=False):
    """What one resource says about one concept; a resource that matches two concepts makes two facts.

    `when`: an observation's effective time, a condition's onset, a procedure's or dose's time; None if undated.
    `recorded`: when a condition was last asserted (recordedDate). `ended`: it is said to be over. `ended_when`: the day
    of its abatement, or the last one of what took time. `end_unknown`: of what is not said to be over, nobody knows
    whether it goes on, or how long ago it was.
    `value` is in the concept's canonical unit; where there is none, `value_problem` says why. `times_upper_limit` is
    the value as a multiple of its own reference range's upper limit, else `limit_problem`; `times_lower_limit` is
    likewise of the lower one. `result` is the qualitative result, else `result_problem`; NO_DATA in any of these means
    that the resource gives no such value at all, UNSPECIFIC that it gives a value of another sort.
    `assumptions` are those without which it would not count; of a limit of its range, where its multiple is asked for.
    """

    kind: Kind
    reference: str
    concept: str
    role: Role
    says: str
    certainty: Certainty = Certainty.FIRM
    when: DateInterval | None = None
    recorded: DateInterval | None = None
    ended: bool = False
    ended_when: DateInterval | None = None
    state: State = State.UNSTATED
    value: NumberInterval | None = None
    value_problem: Reason | None = None
    times_upper_limit: NumberInterval | None = None
    limit_problem: Reason | None = None
    times_lower_limit: NumberInterval | None = None
    lower_limit_problem: Reason | None = None
    result: Result | None = None
    result_problem: Reason | None = None
    facets: Facets = ()
    assumptions: tuple[str, ...] = ()
    upper_limit_assumed: str | None = None
    lower_limit_assumed: str | None = None
    end_unknown: bool = False

    def facet(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.facets if key == name)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A resource that bears on the answer but could not be read or understood.

    `concepts` None: it bears on everything of its kind; `kind` None: on everything. `was_read`: it could be read, but
    what its code means could not be told, so it may be what is sought, but denies nothing. `is_gap`: no resource, but a
    question about this patient that was not answered in full; what was not retrieved may be what is sought. `would_be`:
    the fact that one that was read would be if it is what is sought (its concept and words count for nothing), by whose
    dates it may be of another time than is asked about; None: it may be of any time.
    """

    reference: str
    kind: Kind | None
    concepts: frozenset[str] | None
    problem: str
    was_read: bool = False
    is_gap: bool = False
    would_be: Fact | None = None

    @property
    def may_be(self) -> Fact:
        """What it is if it is what is sought; of any time where nobody knows when."""
        sought = self.would_be or Fact(self.kind or Kind.CONDITION, self.reference, "", Role.SUPPORTING, "")
        return sought if sought.when or sought.recorded else replace(sought, when=_ANY_TIME)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A condition or allergy that was refuted, or is over, beside others of its code of which that is not said.

    `of`: the references of these others. `when`: when that was said, as far as the record tells.
    """

    reference: str
    says: str
    of: frozenset[str]
    refuted: bool
    when: DateInterval | None = None
    ended_when: DateInterval | None = None


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A condition or allergy that is refuted or was entered in error: no fact, and told where nothing else is."""

    reference: str
    concepts: frozenset[str]
    says: str


@dataclass(frozen=True, slots=True)
class Uncoded:
    """How many readable resources of a kind are coded only in these systems (none: text only) and name no concept."""

    kind: Kind
    systems: frozenset[str]
    count: int


@dataclass(frozen=True, slots=True)
class Attestation:
    """A person's answer to a criterion (`NCT04762485#X09`) or atom (`NCT04762485#I01.a2`)."""

    target: str
    answer: bool
    reference: str
    when: DateInterval
    until: DateInterval | None
    by: str
    says: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who the chart is about. `unusable` marks a Patient whose birth date or gender is present but unreadable."""

    reference: str | None
    birth: DateInterval | None = None
    sex: Sex = Sex.UNKNOWN
    deceased: bool = False
    deceased_when: DateInterval | None = None
    unusable: frozenset[str] = frozenset()  # "birthDate", "gender"
    set_aside: str | None = None  # inactive, or replaced by another record: the sentence for the caution


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient's record as far as rules can read it. `patient` is the relative reference that results carry.

    `covered` are the kinds of which all is here; of the others, `in_full` False, the source itself shows that there may
    be more than it gave.
    """

    patient: str
    source: str
    person: Person
    facts: tuple[Fact, ...] = ()
    covered: frozenset[Kind] = frozenset()
    unreadable: tuple[Unreadable, ...] = ()
    uncoded: tuple[Uncoded, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    cautions: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    dismissed: tuple[Dismissed, ...] = ()
    allergies_assessed: bool = False  # an allergy is on record; or, in what is no fact, that there is none of any kind
    in_full: bool = True
