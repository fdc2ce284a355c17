"""Coded elements as short as they can be."""

from __future__ import annotations

from typing import Any

SNOMED = "http://snomed.info/sct"


def code(value: str, system: str = SNOMED, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value}], **more}
