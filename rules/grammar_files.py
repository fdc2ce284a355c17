"""How whole rule files are written: trials, findings, their worked examples, and a site's own settings."""

from __future__ import annotations

import re
import zoneinfo
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, RootModel, StringConstraints

from trialsieve.rules.grammar import LogicSyntax, Name, Names, Part, ReviewWhenSyntax, Text, mistake
from trialsieve.rules.grammar_atoms import AnyAtom
from trialsieve.rules.vocabulary import (
    AsideRole,
    Certainty,
    CriterionKind,
    Kind,
    Match,
    Reason,
    Result,
    Role,
    Sex,
    State,
)

# --- worked examples --------------------------------------------------------------------------------------------------

_WHEN = re.compile(r"[0-9]{1,5} d|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def _moment(given: Any) -> Any:
    if given is not None and not (isinstance(given, str) and _WHEN.fullmatch(given)):
        raise mistake(f"must be days before the as-of date ('60 d'), a date ('2026-05-21') or null, not {given!r}")
    return given


def _day(given: Any) -> Any:
    if isinstance(given, str) and _WHEN.fullmatch(given):
        if given.endswith(" d"):
            return given
        try:
            date.fromisoformat(given)
        except ValueError:
            pass
        else:
            return given
    raise mistake(f"must be days before the as-of date ('5 d') or a whole date ('2026-05-21'), not {given!r}")


def _outcome(given: Any) -> Any:
    return str(given).lower() if isinstance(given, bool) else given


def _kinds(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


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
    covered: Annotated[list[Kind], BeforeValidator(_kinds, json_schema_input_type=Kind | list[Kind])] | None = None
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


# --- findings ---------------------------------------------------------------------------------------------------------


class FindingFile(Part):
    finding: Name
    title: Text
    note: str = ""
    replaces: bool = False
    true_when: LogicSyntax
    false_when: LogicSyntax | None = None
    suspicions: list[ReviewWhenSyntax] = Field(default=[])
    date_from: Names | None = None
    date_is: Literal["latest", "first"] = "latest"
    assumes: Text | None = None
    atoms: list[AnyAtom] = Field(min_length=1)
    examples: list[ExampleSyntax] = Field(default=[])
    never: Never = Field(default={})


# --- trials -----------------------------------------------------------------------------------------------------------


class BesidesSyntax(Part):
    """A part of the registry's text that is no criterion, such as a heading of its own, and why it is none."""

    text: Text
    why: Text


class SourceSyntax(Part):
    """The registry's text that the rules were written from: a file of `sources/` and its SHA-256.

    `ends` is the first line after the criteria, where the file holds more than these.
    """

    file: Text
    sha256: Text
    url: Text
    ends: Text | None = None
    besides: list[BesidesSyntax] = Field(default=[])


class CohortSyntax(Part):
    id: Name
    gate: AnyAtom | None = None


class AmendmentSyntax(Part):
    """A recorded, signed choice of one reading."""

    reading: Name
    by: Text
    on: date
    why: Text


class AsideSyntax(Part):
    """A part of the sentence that is no condition of its own: it excepts something from an atom, or allows something.

    It never decides; `note` says how the atom `of` honours it.
    """

    id: Name
    quote: Text
    role: AsideRole
    of: Name
    note: Text


class CriterionSyntax(Part):
    id: Name
    kind: CriterionKind
    stage: Name = "screening"
    cohort: Name = "all"
    text: Text
    other_heading: Text | None = None
    note: str = ""
    applies_to: Literal[Sex.MALE, Sex.FEMALE] | None = None
    logic: LogicSyntax | None = None
    readings: Annotated[dict[Name, LogicSyntax], Field(min_length=2)] | None = None
    amendment: AmendmentSyntax | None = None
    atoms: list[AnyAtom] = Field(min_length=1)
    asides: list[AsideSyntax] = Field(default=[])
    cautions: list[Text] = Field(default=[])
    overlaps: dict[Name, Text] = Field(default={})
    examples: list[ExampleSyntax] = Field(default=[])
    never: Never = Field(default={})

    def model_post_init(self, context: Any, /) -> None:
        if (self.logic is None) == (self.readings is None):
            raise mistake(f"criterion {self.id} needs either 'logic' or 'readings'")
        if self.amendment is not None and self.readings is None:
            raise mistake("an amendment chooses one of the 'readings', and there are none")


class TrialFile(Part):
    trial: Name
    title: Text
    version: Annotated[str, StringConstraints(min_length=1)]
    effective: date
    replaces: bool = False
    source: SourceSyntax
    cohorts: list[CohortSyntax] = Field(min_length=1)
    stages: list[Name] = Field(min_length=1)
    anchors: list[Name] = Field(default=["screening"])
    registry_issues: list[Text] = Field(default=[])
    criteria: list[CriterionSyntax] = Field(min_length=1)


# --- a site's own settings --------------------------------------------------------------------------------------------


def _zone(given: Any) -> Any:
    if not isinstance(given, str) or given not in zoneinfo.available_timezones():
        raise mistake(f"{given!r} is not an IANA time zone", "such as Europe/Berlin or UTC")
    return given


class LocalCode(Part):
    """A local code that the site adds to a concept, with the document it was taken from."""

    system: Text
    code: Text
    label: Text
    role: Role
    source: Text
    match: Match = Match.EXACT
    observation: bool = False
    value: int | str | None = None
    facets: dict[Name, Text] = Field(default={})


class SiteFile(Part):
    time_zone: Annotated[str, BeforeValidator(_zone, json_schema_input_type=str)] = "UTC"
    currency: dict[Name, Annotated[int, Field(ge=1)]] = Field(default={})
    age_adjusted_ranges: bool = False
    concepts: dict[Name, Annotated[list[LocalCode], Field(min_length=1)]] = Field(default={})


class CurrencyFile(RootModel[dict[Name, Annotated[int, Field(ge=1)]]]):
    """`rules/currency.yaml`: for how many days each class of result speaks for today."""

    model_config = ConfigDict(frozen=True)
