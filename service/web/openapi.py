"""The description of the service at /openapi.json: what FastAPI derives, with the errors as they really are."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from trialsieve.service.web.errors import IssueCode

DESCRIPTION: Final = """\
Screens patients for clinical trials, by CDS Hooks and by REST. Every answer is advice: a patient *may* fit; a person
decides, on the record itself. Missing, stale or unreadable data never decides.

Every error is a FHIR OperationOutcome, but those of pages are pages."""

_OUTCOME: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["resourceType", "issue"],
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
                    "code": {"enum": [code.value for code in IssueCode]},
                    "diagnostics": {"type": "string"},
                },
            },
        },
    },
}

_EVERYWHERE: Final = {
    400: "The request is wrong; the diagnostics say where",
    401: "The caller is not known",
    404: "There is nothing of that name",
    405: "The address does not take this method",
    408: "The body arrived too slowly",
    413: "The body is too large",
    415: "The body is compressed, or not JSON",
    500: "A fault of the service",
    503: "Too much to do, or too slow; ask again",
}

_SOMEWHERE: Final = {
    412: "Nothing can be known: the data is neither in the request nor to be had from the FHIR server",
    422: "The program hung or broke down at this record before, and does not try it again for a while",
}

_OF_FRAMEWORK: Final = "Validation Error"


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How to document errors for a router or an endpoint; without statuses, those that any request may meet."""
    content = {"application/fhir+json": {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}}
    chosen = statuses or tuple(_EVERYWHERE)
    texts = _EVERYWHERE | _SOMEWHERE
    return {status: {"description": texts[status], "content": content} for status in chosen}


def json_request(schema: dict[str, Any]) -> dict[str, Any]:
    """How an endpoint that reads its body itself documents it."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def describe(app: FastAPI, *, authenticated: bool) -> None:
    """Makes the application describe itself: 400 where FastAPI would say 422, and tokens where they are needed."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _description(app, authenticated=authenticated)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _description(app: FastAPI, *, authenticated: bool) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    for path in schema.get("paths", {}).values():
        for operation in path.values():
            responses = operation.get("responses", {})
            if responses.get("422", {}).get("description") == _OF_FRAMEWORK:
                del responses["422"]
            if not authenticated:
                operation.pop("security", None)
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["OperationOutcome"] = _OUTCOME
    if not authenticated:
        components.pop("securitySchemes", None)
    return schema
