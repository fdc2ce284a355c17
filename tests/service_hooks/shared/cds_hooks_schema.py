"""The CDS Hooks specification as JSON Schemas and checks, written from its text (2.0, and 3.0.0-ballot where it adds).

`check_discovery`, `check_cards`, `check_feedback_answer` and `check_outcome` raise AssertionError for what the
specification does not allow. The words in brackets are its own: SHALL is a fault, SHOULD is a fault of ours too.
"""

from __future__ import annotations

import re
from typing import Any, Final

import jsonschema

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string", "minLength": 1}
# Types uuid and url of the logical models (CDSHooksResponse): FHIR's uuid is in lower case.
UUID: Final[Schema] = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
}
ABSOLUTE_URL: Final[Schema] = {"type": "string", "pattern": r"^https?://[^\s/]+\S*$"}
SEMVER: Final[Schema] = {"type": "string", "pattern": r"^\d+\.\d+(\.\d+)?$"}
# "Extensions": an object, whose keys are reverse domain names.
EXTENSION: Final[Schema] = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": r"^[a-z0-9-]+(\.[A-Za-z0-9-]+)+$"},
}


def closed(required: dict[str, Schema], optional: dict[str, Schema] | None = None, **more: Any) -> Schema:
    """An object with these members, and `extension`, and no others."""
    properties = {**required, **(optional or {}), "extension": EXTENSION}
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
        **more,
    }


# "Coding": code and system are REQUIRED; display as well in an override reason.
CODING: Final = closed({"code": TEXT, "system": TEXT}, {"display": TEXT})
OVERRIDE_REASON: Final = closed({"code": TEXT, "system": TEXT, "display": TEXT})

# "Discovery", Response: hook, description and id are REQUIRED, title is RECOMMENDED; version and hookVersion are 3.0.
SERVICE: Final = closed(
    {
        "hook": {"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$"},
        "id": {"type": "string", "pattern": "^[A-Za-z0-9._~-]+$"},  # a segment of a URL's path
        "description": TEXT,
        "title": TEXT,
    },
    {
        "prefetch": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[A-Za-z0-9_-]+$"},
            "additionalProperties": TEXT,
        },
        "usageRequirements": TEXT,
        "version": SEMVER,
        "hookVersion": SEMVER,
    },
)
DISCOVERY: Final = closed({"services": {"type": "array", "items": SERVICE}})

# "Source": label is REQUIRED; a topic of ours is alphanumeric and no longer than 100 characters, since Epic says so.
SOURCE: Final = closed(
    {"label": TEXT},
    {
        "url": ABSOLUTE_URL,
        "icon": ABSOLUTE_URL,
        "topic": closed(
            {"code": {"type": "string", "pattern": "^[A-Za-z0-9]{1,100}$"}, "system": TEXT}, {"display": TEXT}
        ),
    },
)
# "Action" and "Suggestion".
ACTION: Final = closed(
    {"type": {"enum": ["create", "update", "delete"]}, "description": TEXT},
    {
        "resource": {"type": "object", "required": ["resourceType"]},
        "resourceId": {"type": "string", "pattern": r"^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$"},
    },
    allOf=[
        {
            "if": {"properties": {"type": {"const": "delete"}}},
            "then": {"required": ["resourceId"]},
            "else": {"required": ["resource"]},
        }
    ],
)
SUGGESTION: Final = closed(
    {"label": TEXT},
    {"uuid": UUID, "isRecommended": {"type": "boolean"}, "actions": {"type": "array", "minItems": 1, "items": ACTION}},
)
# "Link": label, url and type are REQUIRED; appContext only with type smart.
LINK: Final = closed(
    {"label": TEXT, "url": ABSOLUTE_URL, "type": {"enum": ["absolute", "smart"]}},
    {"appContext": TEXT, "autolaunchable": {"type": "boolean"}},
    allOf=[
        {"if": {"properties": {"type": {"const": "absolute"}}}, "then": {"properties": {"appContext": False}}},
    ],
)
# "Card Attributes": summary, indicator and source are REQUIRED; selectionBehavior is where there are suggestions.
# Feedback needs the uuid, so that every card of ours has one.
CARD: Final = closed(
    {
        "uuid": UUID,
        "summary": {"type": "string", "minLength": 1, "maxLength": 139, "pattern": r"\A[^\r\n]+\Z"},
        "indicator": {"enum": ["info", "warning", "critical"]},
        "source": SOURCE,
    },
    {
        "detail": TEXT,
        "suggestions": {"type": "array", "minItems": 1, "items": SUGGESTION},
        "selectionBehavior": {"enum": ["at-most-one", "any"]},
        "overrideReasons": {"type": "array", "minItems": 1, "items": OVERRIDE_REASON},
        "links": {"type": "array", "minItems": 1, "items": LINK},
    },
    # "If suggestions are present, this field MUST be populated"; without them it selects nothing.
    dependentRequired={"suggestions": ["selectionBehavior"], "selectionBehavior": ["suggestions"]},
)
# "HTTP Response": cards is REQUIRED and may be empty; systemActions is absent when there are none.
CARDS: Final = closed(
    {"cards": {"type": "array", "items": CARD}}, {"systemActions": {"type": "array", "minItems": 1, "items": ACTION}}
)

# "Feedback": what a client sends, as the specification has it.
FEEDBACK: Final = closed(
    {
        "feedback": {
            "type": "array",
            "minItems": 1,
            "items": closed(
                {"card": TEXT, "outcome": {"enum": ["accepted", "overridden"]}, "outcomeTimestamp": TEXT},
                {
                    "acceptedSuggestions": {"type": "array", "minItems": 1, "items": closed({"id": TEXT})},
                    "overrideReason": closed({}, {"reason": CODING, "userComment": TEXT}, minProperties=1),
                },
            ),
        }
    }
)

# FHIR R4, value set issue-type, which OperationOutcome.issue.code is bound to (REQUIRED).
ISSUE_TYPES: Final = (
    *("invalid", "structure", "required", "value", "invariant"),
    *("security", "login", "unknown", "expired", "forbidden", "suppressed"),
    *("processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long"),
    *("code-invalid", "extension", "too-costly", "business-rule", "conflict"),
    *("transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled", "informational"),
)
OUTCOME: Final[Schema] = {
    "type": "object",
    "required": ["resourceType", "issue"],
    "additionalProperties": False,
    "properties": {
        "resourceType": {"const": "OperationOutcome"},
        "issue": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["severity", "code"],
                "properties": {
                    "severity": {"enum": ["fatal", "error", "warning", "information"]},
                    "code": {"enum": list(ISSUE_TYPES)},
                    "diagnostics": TEXT,
                },
                "additionalProperties": False,
            },
        },
    },
}

MAY_BE_EMPTY: Final = frozenset({"$.cards", "$.services"})


def check_discovery(body: Any) -> None:
    """The answer of `GET cds-services`."""
    _validate(DISCOVERY, body)
    check_no_empties(body)
    ids = [(service["id"], service["hook"]) for service in body["services"]]
    assert len(set(ids)) == len(ids)
    for service in body["services"]:
        for query in service.get("prefetch", {}).values():
            check_template(query)


def check_cards(body: Any) -> None:
    """The answer of `POST cds-services/{id}`."""
    _validate(CARDS, body)
    check_no_empties(body)
    suggestions = [one for card in body["cards"] for one in card.get("suggestions", [])]
    uuids = [one["uuid"] for one in (*body["cards"], *suggestions) if "uuid" in one]
    assert len(set(uuids)) == len(uuids)
    for card in body["cards"]:
        if card.get("selectionBehavior") == "at-most-one":
            assert sum(one.get("isRecommended", False) for one in card["suggestions"]) <= 1
        assert len(card["summary"].encode("utf-16-le")) // 2 < 140, "clients in JavaScript count UTF-16"
        assert card["indicator"] != "critical", "a trial is nothing to interrupt anybody for"


def check_feedback_answer(body: Any) -> None:
    """The answer of `POST cds-services/{id}/feedback`: the specification defines none."""
    assert body == {}


def check_outcome(body: Any) -> None:
    """The body of any answer but 2xx, where it has one (3.0, SHOULD)."""
    _validate(OUTCOME, body)
    check_no_empties(body)


def check_template(query: str) -> None:
    """A prefetch query in the restricted subset (2.0, "Prefetch query restrictions")."""
    assert re.match(r"[A-Z][A-Za-z]+(/\{\{[^{}]+\}\}$|\?[^?]+$)", query), "a read, or a search of one type; relative"
    tokens = re.findall(r"\{\{(.*?)\}\}", query)
    assert set(tokens) <= {"context.patientId", "context.encounterId", "context.userId"}, tokens
    parameters = query.partition("?")[2].split("&") if "?" in query else []
    names = [parameter.partition("=")[0] for parameter in parameters]
    assert len(set(names)) == len(names), "the sandbox makes one of two"
    for name in names:
        assert re.fullmatch(r"[a-z-]+(:in)?|_count|_sort", name), f"{name} is not of the restricted subset"


def check_no_empties(value: Any, path: str = "$") -> None:
    """ "Null and empty JSON elements": none, unless the specification allows it."""
    assert value is not None, path
    assert value not in ("", [], {}) or path in MAY_BE_EMPTY, path
    if isinstance(value, dict):
        for name, member in value.items():
            check_no_empties(member, f"{path}.{name}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            check_no_empties(item, f"{path}[{place}]")


def _validate(schema: Schema, body: Any) -> None:
    fault = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(body))
    assert fault is None, f"{fault.json_path}: {fault.message[:300]}"
