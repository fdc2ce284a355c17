"""How logic is written: an atom's id, or a combination of others; and when a person must look."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Tag

from trialsieve.rules.grammar import Name, Part, Text, by_subject, mistake
from trialsieve.rules.vocabulary import Reason


class All(Part):
    all: list[LogicSyntax] = Field(min_length=1)


class AnyOne(Part):
    any: list[LogicSyntax] = Field(min_length=1)


class Negation(Part):
    not_: LogicSyntax = Field(alias="not")


class Several(Part):
    count: int = Field(ge=1)
    of: list[LogicSyntax] = Field(min_length=1)

    def model_post_init(self, context: Any, /) -> None:
        if self.count > len(self.of):
            raise mistake(f"at least {self.count} of {len(self.of)} can never hold")


class AtLeastSome(Part):
    at_least: Several


class NotKnownTrue(Part):
    not_true: LogicSyntax


class Evidence(Part):
    unless_shown: LogicSyntax


_COMBINATIONS = ("all", "any", "not", "at_least", "not_true", "unless_shown")

LogicSyntax = Annotated[
    Annotated[Name, Tag("<atom>")]
    | Annotated[All, Tag("<all>")]
    | Annotated[AnyOne, Tag("<any>")]
    | Annotated[Negation, Tag("<not>")]
    | Annotated[AtLeastSome, Tag("<at_least>")]
    | Annotated[NotKnownTrue, Tag("<not_true>")]
    | Annotated[Evidence, Tag("<unless_shown>")],
    by_subject("an atom's id or a combination", _COMBINATIONS, of_text="<atom>"),
]
"""An atom's id, or a mapping with one of the combining keys."""

for _model in (All, AnyOne, Negation, Several, AtLeastSome, NotKnownTrue, Evidence):
    _model.model_rebuild()


class ReviewWhenSyntax(Part):
    """A condition under which what the data decided goes to a person."""

    says: Text
    reason: Reason
    condition: LogicSyntax
