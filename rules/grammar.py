"""The pieces that all rule files are written with: names, numbers, windows, bounds and facets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from trialsieve.rules.atom import Span, Window
from trialsieve.rules.error_sentences import NAME_PATTERN, subjects_message


class Part(BaseModel):
    """A mapping of a rule file; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def mistake(message: str, hint: str = "") -> PydanticCustomError:
    """A fault in our own words, raised by validators."""
    text = message.replace("{", "(").replace("}", ")")
    return PydanticCustomError("mistake", "{own}", {"own": text, "hint": hint})  # type: ignore[arg-type, unused-ignore]


def one_or_many(item: Any) -> BeforeValidator:
    """For a list: a single item may be written without brackets. `item` is what JSON Schema calls an item."""
    return BeforeValidator(_listed, json_schema_input_type=item | list[item])


def by_subject(what: str, subjects: Sequence[str], *, of_text: str | None = None) -> Discriminator:
    """Chooses the model with the tag `<subject>`, by the one of these keys that is there; of mere text, `of_text`."""

    def tag(given: Any) -> str | None:
        if isinstance(given, str):
            return of_text
        found = [key for key in subjects if key in given] if isinstance(given, Mapping) else []
        return f"<{found[0]}>" if len(found) == 1 else None

    return Discriminator(tag, custom_error_type="no_subject", custom_error_message=subjects_message(what, subjects))


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _number(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise mistake(f"must be a number, not {given!r}")
    return given


Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""An id of ours: letters, digits, `-`, `_` and `.`."""

Names = Annotated[list[Name], one_or_many(str), Field(min_length=1)]
Number = Annotated[Decimal, BeforeValidator(_number, json_schema_input_type=float)]
FacetMap = Annotated[dict[Name, Text], Field(min_length=1)]
FacetSets = Annotated[dict[Name, Annotated[list[Text], one_or_many(str)]], Field(min_length=1)]


# --- windows and limits -----------------------------------------------------------------------------------------------

_SPAN = re.compile(r"([1-9][0-9]{0,3}) (day|week|month|year)s?")


def _span(given: Any) -> Any:
    if not isinstance(given, str) or not _SPAN.fullmatch(given):
        message = f"must be a number of days, weeks, months or years such as '6 months', not {given!r}"
        raise mistake(message, "72 hours are '3 days'" if str(given).endswith("hours") else "")
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
