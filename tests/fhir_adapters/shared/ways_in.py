"""The ways in which the same resources are given: in a Bundle, or a line each. Each writes a file, and tells which."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Way = Callable[[Path, list[Json]], Path]

SUBJECT = {"subject": {"reference": "Patient/p1"}}


def write_bundle(path: Path, resources: list[Json], *, base: str = "", kind: str = "collection") -> Path:
    """`base`: of a server; without one no entry has a fullUrl."""
    entries = [{"resource": one} | _full_url(one, base) for one in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}))
    return path


def _full_url(resource: Json, base: str) -> Json:
    return {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}"} if base else {}


def in_a_bundle(folder: Path, resources: list[Json]) -> Path:
    return write_bundle(folder / "one.json", resources)


def in_an_export(folder: Path, resources: list[Json]) -> Path:
    path = folder / "lines.ndjson"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in resources))
    return path
