"""The pieces that all rule files are written with: names, numbers, windows, facets and logic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from trialsieve.rules.atom import Span, Window
from trialsieve.rules.error_sentences import NAME_PATTERN, subjects_message
from trialsieve.rules.vocabulary import Reason


class Part(BaseModel):
    """A mapping of a rule file; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def mistake(message: str, hint: str = "") -> PydanticCustomError:
    """A fault in our own words, raised by validators."""
    text = message.replace("{", "(").replace("}", ")")
    return PydanticCustomError("mistake", "{own}", {"own": text, "hint": hint})  # type: ignore[arg-type, unused-ignore]


def _one_or_many(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _number(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise mistake(f"must be a number, not {given!r}")
    return given


Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""An id of ours: letters, digits, `-`, `_` and `.`."""

Names = Annotated[
    list[Name], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str]), Field(min_length=1)
]
"""One or several ids; a single one may be written without brackets."""

Number = Annotated[Decimal, BeforeValidator(_number, json_schema_input_type=float)]
FacetMap = Annotated[dict[Name, Text], Field(min_length=1)]
FacetSets = Annotated[
    dict[Name, Annotated[list[Text], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])]],
    Field(min_length=1),
]


# --- windows and limits -----------------------------------------------------------------------------------------------

_SPAN = re.compile(r"([1-9][0-9]{0,3}) (day|week|month|year)s?")


def _span(given: Any) -> Any:
    if not isinstance(given, str) or not _SPAN.fullmatch(given):
        raise mistake(f"must be a number of days, weeks, months or years such as '6 months', not {given!r}")
    return given


SpanText = Annotated[
    str, BeforeValidator(_span, json_schema_input_type=str), Field(json_schema_extra={"pattern": _SPAN.pattern})
]
"""A length of time in calendar units: `6 months`."""


def span(text: str) -> Span:
    """The length of time that a rule file states."""
    found = _SPAN.fullmatch(text)
    assert found is not None
    return Span(int(found[1]), found[2])


def window(text: str, *, inclusive: bool, anchor: str, back_from: str | None = None) -> Window:
    """The look-back window of this length before an anchor."""
    length = span(text)
    return Window(length.amount, length.unit, inclusive, anchor, back_from)


class Bounds(Part):
    """A lower and an upper bound, of which one may be missing."""

    above: Number | None = None
    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None

    def model_post_init(self, context: Any, /) -> None:
        if self.above is not None and self.at_least is not None:
            raise mistake("'above' and 'at_least' cannot both be the lower bound")
        if self.below is not None and self.at_most is not None:
            raise mistake("'below' and 'at_most' cannot both be the upper bound")
        low, high = self.low, self.high
        if low is None and high is None:
            raise mistake("needs a bound: above, at_least, below or at_most")
        is_open = self.above is not None or self.below is not None
        if low is not None and high is not None and (low > high or (low == high and is_open)):
            raise mistake(f"no number lies between {low} and {high}")

    @property
    def low(self) -> Decimal | None:
        return self.at_least if self.above is None else self.above

    @property
    def high(self) -> Decimal | None:
        return self.at_most if self.below is None else self.below


class UnitBounds(Bounds):
    """Bounds in a UCUM unit."""

    unit: Text


# --- logic ------------------------------------------------------------------------------------------------------------


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


def _logic_kind(given: Any) -> str | None:
    if isinstance(given, str):
        return "<atom>"
    found = [key for key in _COMBINATIONS if key in given] if isinstance(given, Mapping) else []
    return f"<{found[0]}>" if len(found) == 1 else None


LogicSyntax = Annotated[
    Annotated[Name, Tag("<atom>")]
    | Annotated[All, Tag("<all>")]
    | Annotated[AnyOne, Tag("<any>")]
    | Annotated[Negation, Tag("<not>")]
    | Annotated[AtLeastSome, Tag("<at_least>")]
    | Annotated[NotKnownTrue, Tag("<not_true>")]
    | Annotated[Evidence, Tag("<unless_shown>")],
    Discriminator(
        _logic_kind,
        custom_error_type="no_subject",
        custom_error_message=subjects_message("an atom's id or a combination", _COMBINATIONS),
    ),
]
"""An atom's id, or a mapping with one of the combining keys."""

for _model in (All, AnyOne, Negation, Several, AtLeastSome, NotKnownTrue, Evidence):
    _model.model_rebuild()


class ReviewWhenSyntax(Part):
    """A condition under which what the data decided goes to a person."""

    says: Text
    reason: Reason
    condition: LogicSyntax
