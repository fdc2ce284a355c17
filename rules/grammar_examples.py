"""How worked examples are written: given these facts, that outcome."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from trialsieve.rules.grammar import Name, Part, Text, mistake, one_or_many
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Result, Role, Sex, State

_WHEN = re.compile(r"[0-9]{1,5} d|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_DAY = re.compile(r"[0-9]{1,5} d|[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _moment(given: Any) -> Any:
    if given is not None and not (isinstance(given, str) and _WHEN.fullmatch(given) and _is_there(given)):
        raise mistake(f"must be days before the as-of date ('60 d'), a date ('2026-05-21') or null, not {given!r}")
    return given


def _is_there(given: str) -> bool:
    """Whether the calendar has such a day, month or year."""
    if given.endswith(" d"):
        return True
    try:
        date.fromisoformat(f"{given}-01-01"[: len("2026-05-21")])
    except ValueError:
        return False
    return True


def _day(given: Any) -> Any:
    if isinstance(given, str) and _DAY.fullmatch(given) and _is_there(given):
        return given
    raise mistake(f"must be days before the as-of date ('5 d') or a whole date ('2026-05-21'), not {given!r}")


def _outcome(given: Any) -> Any:
    return str(given).lower() if isinstance(given, bool) else given


Moment = Annotated[str | None, BeforeValidator(_moment, json_schema_input_type=str | None)]
Day = Annotated[str, BeforeValidator(_day, json_schema_input_type=str)]
TruthWord = Annotated[
    Literal["true", "false", "unknown"],
    BeforeValidator(_outcome, json_schema_input_type=bool | Literal["unknown"]),
]
Figure = Annotated[float | tuple[float, float], Field(union_mode="left_to_right")]
_ABOUT = ("concept", "born", "sex", "deceased", "covered", "attests", "unreadable", "unreadable_concept")


class GivenSyntax(Part):
    """One fact of an example. A result defaults to a definitive code, confirmed, of the concept's own kind."""

    concept: Name | None = None
    kind: Kind | None = None
    role: Role | None = None
    state: State | None = None
    ended: bool | Moment = None
    value: Figure | None = None
    comparator: Literal["<", "<=", ">", ">="] | None = None
    times_upper_limit: Figure | None = None
    times_lower_limit: Figure | None = None
    result: Result | None = None
    facets: dict[Name, Text] | None = None
    on: Moment = None
    recorded: Moment = None
    certainty: Certainty | None = None
    born: Moment = None
    sex: Sex | None = None
    deceased: bool | Moment = None
    covered: Annotated[list[Kind], one_or_many(Kind)] | None = None
    attests: Text | None = None
    answer: bool | None = None
    unreadable: Kind | None = None
    unreadable_concept: Name | None = None

    def model_post_init(self, context: Any, /) -> None:
        if not self.model_fields_set & set(_ABOUT):
            raise mistake(f"says nothing: needs one of {', '.join(_ABOUT)}")
        if (self.attests is None) != (self.answer is None):
            raise mistake("'attests' and 'answer' belong together")


class ExampleSyntax(Part):
    """Given these facts, that outcome. `anchors`: the days of the trial's anchors; what is left out is not given."""

    name: Text
    given: list[GivenSyntax]
    anchors: dict[Name, Day] = Field(default={})
    expect: TruthWord
    reasons: list[Reason] = Field(default=[])
    absence: Literal["presume", "unknown"] = "presume"

    def model_post_init(self, context: Any, /) -> None:
        if self.reasons and self.expect != "unknown":
            raise mistake("only 'expect: unknown' has reasons")


Never = dict[Literal["true", "false", "unknown"], Text]
