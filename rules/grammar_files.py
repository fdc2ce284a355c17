"""How whole rule files are written: findings, trials, and a site's own settings."""

from __future__ import annotations

import zoneinfo
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, RootModel

from trialsieve.rules.atom import SCREENING
from trialsieve.rules.grammar import Name, Names, Part, Text, mistake
from trialsieve.rules.grammar_atoms import AnyAtom
from trialsieve.rules.grammar_examples import ExampleSyntax, Never
from trialsieve.rules.grammar_logic import LogicSyntax, ReviewWhenSyntax
from trialsieve.rules.trial import EVERY_COHORT
from trialsieve.rules.vocabulary import AsideRole, CriterionKind, Match, Role, Sex

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
    stage: Name = SCREENING
    cohort: Name = EVERY_COHORT
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
    version: Text
    effective: date
    replaces: bool = False
    source: SourceSyntax
    cohorts: list[CohortSyntax] = Field(min_length=1)
    stages: list[Name] = Field(min_length=1)
    anchors: list[Name] = Field(default=[SCREENING])
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
