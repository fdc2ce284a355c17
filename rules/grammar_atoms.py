"""How one atom is written: exactly one subject key says what it tests, the other keys narrow that."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from trialsieve.rules.grammar import Name, Part, Text, UnitBounds, by_subject, mistake, one_or_many
from trialsieve.rules.grammar_atom_tests import Concepts, MeasurementTest, OnRecordTest, ResultTest
from trialsieve.rules.grammar_logic import LogicSyntax, ReviewWhenSyntax
from trialsieve.rules.vocabulary import Reason, Sex

Sexes = Annotated[list[Sex], one_or_many(Sex), Field(min_length=1)]
Values = Annotated[list[Text], one_or_many(str), Field(min_length=1)]


class AtomSyntax(Part):
    """What every atom has: an id, and the part of the sentence that it stands for or a label."""

    id: Name
    quote: Text | None = None
    helper: Text | None = None
    role: Literal["hint"] | None = None
    absent: bool = False
    applies_to: Literal[Sex.MALE, Sex.FEMALE] | None = None
    when: LogicSyntax | None = None
    review_when: list[ReviewWhenSyntax] = Field(default=[])
    note: str = ""

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        if self.absent and self.applies_to is not None:
            raise mistake("'absent' and 'applies_to' cannot both be given", "put 'applies_to' on the criterion")

    @property
    def is_operand(self) -> bool:
        """Whether it may decide: helpers and hints are shown only."""
        return self.helper is None and self.role is None


class AgeBounds(UnitBounds):
    """Bounds of an age in completed years."""

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        if self.unit != "a":
            raise mistake(f"age is counted in completed years, unit 'a', not '{self.unit}'")


class AgeAtom(AtomSyntax):
    age: AgeBounds


class SexAtom(AtomSyntax):
    sex: Sexes


class MeasurementAtom(AtomSyntax, MeasurementTest):
    pass


class ResultAtom(AtomSyntax, ResultTest):
    pass


class RecordedAtom(AtomSyntax, OnRecordTest):
    recorded: Concepts


class NegatedAtom(AtomSyntax, OnRecordTest):
    negated: Concepts


class FindingAtom(AtomSyntax):
    finding: Name


class SameResourceAtom(AtomSyntax):
    """Says more of the resources that decided another atom: a facet's value, or since when they are dated."""

    same_resource_as: Name
    facet: Name | None = None
    in_: Values | None = Field(default=None, alias="in")
    not_in: Values | None = None
    since: Name | None = None

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        given = [each for each in (self.in_, self.not_in, self.since) if each is not None]
        if len(given) != 1:
            raise mistake("needs one of 'in', 'not_in' (with 'facet') and 'since'")
        if (self.facet is None) != (self.since is not None):
            raise mistake("'in' and 'not_in' need a 'facet', and 'since' has none")


class JudgementAtom(AtomSyntax):
    judgement: Literal[True]


class UnresolvedAtom(AtomSyntax):
    unresolved: Literal[Reason.TRUNCATED, Reason.REGISTRY_ERROR]


_READING_SUBJECTS = ("measurement", "result")

ReadingTest = Annotated[
    Annotated[MeasurementTest, Tag("<measurement>")] | Annotated[ResultTest, Tag("<result>")],
    by_subject("a reading", _READING_SUBJECTS),
]


class ReadingsAtom(AtomSyntax):
    """A defective atom: named tests, of which nobody knows which is meant."""

    readings: dict[Name, ReadingTest] = Field(min_length=2)


SUBJECTS = (
    "age",
    "sex",
    "measurement",
    "result",
    "recorded",
    "negated",
    "finding",
    "same_resource_as",
    "judgement",
    "unresolved",
    "readings",
)

AnyAtom = Annotated[
    Annotated[AgeAtom, Tag("<age>")]
    | Annotated[SexAtom, Tag("<sex>")]
    | Annotated[MeasurementAtom, Tag("<measurement>")]
    | Annotated[ResultAtom, Tag("<result>")]
    | Annotated[RecordedAtom, Tag("<recorded>")]
    | Annotated[NegatedAtom, Tag("<negated>")]
    | Annotated[FindingAtom, Tag("<finding>")]
    | Annotated[SameResourceAtom, Tag("<same_resource_as>")]
    | Annotated[JudgementAtom, Tag("<judgement>")]
    | Annotated[UnresolvedAtom, Tag("<unresolved>")]
    | Annotated[ReadingsAtom, Tag("<readings>")],
    by_subject("an atom", SUBJECTS),
]
"""One atom; which kind it is shows in which subject key it has."""
