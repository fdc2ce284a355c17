"""The shapes of the REST interface, as /openapi.json describes them."""

from __future__ import annotations

from copy import deepcopy
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from trialsieve.rules.vocabulary import COVERABLE, AbsencePolicy
from trialsieve.service.output.result_schema import each, result_schema, text

NOT_COVERED: Final[dict[str, Any]] = {
    "type": "object",
    "propertyNames": {"enum": sorted(kind.value for kind in COVERABLE)},
    "additionalProperties": {"type": "integer", "minimum": 1},
    "description": "How many patients wait for a kind of resource of which the body holds nothing; where it holds all "
    "that there is, say so in `covers`.",
}


class ScreenQuery(BaseModel):
    """The question to `POST /screen`; the same words as on the command line."""

    model_config = ConfigDict(extra="forbid")

    trial: Annotated[list[str], Field(description="A trial; may be given several times. Without: all of them.")] = []
    as_of: Annotated[
        str | None, Field(description="Screen as on this day (YYYY-MM-DD). Without: today, in the site's time zone.")
    ] = None
    absence: Annotated[
        AbsencePolicy | None,
        Field(description="`presume`: what a record that covers it does not mention is absent; `unknown`: never."),
    ] = None
    covers: Annotated[
        list[str],
        Field(description="The kinds that the body holds in full: `all`, or kinds separated by commas."),
    ] = []
    anchor: Annotated[
        list[str], Field(description="The day of an anchor, as NAME=YYYY-MM-DD; may be given several times.")
    ] = []


class TrialSummary(BaseModel):
    """One trial that this service screens for."""

    id: str
    title: str
    version: str
    effective: str
    registry_url: str
    criteria: int
    rules_sha256: str


class TrialList(BaseModel):
    """What this service screens for."""

    trials: list[TrialSummary]


class AtomRule(BaseModel):
    """One computable statement of a criterion: the words it stands for, and what it looks for."""

    id: str
    quote: str
    asks: str
    notes: list[str]
    operand: bool


class CriterionRule(BaseModel):
    """One sentence of the registry and the rule that stands for it. `on_hold`: why it cannot be decided as it is."""

    id: str
    kind: str
    stage: str
    cohort: str
    text: str
    on_hold: list[str]
    amendment: str | None
    holds_if: str | None
    readings: dict[str, str]
    atoms: list[AtomRule]
    cautions: list[str]


class CohortRule(BaseModel):
    """A cohort, and the condition for it, if there is one."""

    id: str
    gate: str | None


class TrialRules(TrialSummary):
    """A trial with all its criteria."""

    source_sha256: str
    cohorts: list[CohortRule]
    stages: list[str]
    anchors: list[str]
    registry_issues: list[str]
    rules: list[CriterionRule]


def result_object() -> dict[str, Any]:
    """The schema of a result with nothing but itself in it."""
    schema = deepcopy(result_schema())
    definitions = schema.pop("$defs")
    schema.pop("$schema")
    inlined: dict[str, Any] = _inlined(schema, definitions)
    return inlined


def screened_object() -> dict[str, Any]:
    """The schema of the answer to `POST /screen`."""
    result = result_object()
    uuid = {"type": "string", "format": "uuid"}
    link = text(describe="A page with the full explanation; whoever holds the link can read it until it expires.")
    result["properties"] = {"id": uuid, "link": link, **result["properties"]}
    result["required"] = ["id", "link", *result["required"]]
    problem = {
        "type": "object",
        "required": ["source", "reference", "reason", "notice"],
        "properties": {
            "source": {"type": "string"},
            "reference": {"type": "string", "description": "The resource, or empty for the whole body."},
            "reason": {"type": "string"},
            "notice": {"type": "boolean", "description": "All was read, and yet a person should know this."},
        },
    }
    return {
        "type": "object",
        "required": ["results", "problems", "not_covered"],
        "properties": {"results": each(result), "problems": each(problem), "not_covered": NOT_COVERED},
    }


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with its definitions in place: a part of an OpenAPI document has nowhere else to put them."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema == {"const": None}:
        return {"type": "null"}  # the same, and not lost where members that are null are left out
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(part, definitions) for name, part in schema.items()}


BODY_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string", "minLength": 1, "examples": ["Bundle"]}},
    "description": "A FHIR Bundle, or a single resource.",
}
