"""The charts of the stand-in: the example patients, with every date moved as far as today lies from their day.

The examples are written to be read as of one day. A service screens as of today, and would soon find their results old.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

Resource = Mapping[str, Any]

EXAMPLES: Final = Path(__file__).resolve().parent.parent

_DATE: Final = re.compile(r"(\d{4})(-\d{2})?(-\d{2})?(T.*)?")


@dataclass(frozen=True, slots=True)
class Charts:
    """All resources, by the id of the patient they are about."""

    of_patient: Mapping[str, Sequence[Resource]]

    @staticmethod
    def load(written_for: date, today: date, folder: Path = EXAMPLES) -> Charts:
        """The examples of every trial, as they would read today."""
        days = today - written_for
        charts = {}
        for file in sorted(folder.glob("*/*.json")):
            resources = [entry["resource"] for entry in json.loads(file.read_text(encoding="utf-8"))["entry"]]
            patient = next(one["id"] for one in resources if one["resourceType"] == "Patient")
            charts[patient] = [moved(one, days) for one in resources]
        return Charts(charts)

    def read(self, resource_type: str, identity: str) -> tuple[str, Resource] | None:
        """A resource by its id, and whose it is."""
        for patient, resources in self.of_patient.items():
            for one in resources:
                if one["resourceType"] == resource_type and one["id"] == identity:
                    return patient, one
        return None

    def search(self, resource_type: str, patient: str, codes: Sequence[str] = ()) -> list[Resource]:
        """The patient's resources of a type; with codes (`code`, `system|code`, `system|`), those that have one."""
        return [
            one
            for one in self.of_patient.get(patient, ())
            if one["resourceType"] == resource_type and (not codes or any(_has(one, code) for code in codes))
        ]


def moved(value: Any, days: timedelta) -> Any:
    """The same JSON, with every date in it that many days later. A month or a year stays one."""
    if isinstance(value, dict):
        return {name: member if name == "id" else moved(member, days) for name, member in value.items()}
    if isinstance(value, list):
        return [moved(member, days) for member in value]
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None or (not found[2] and not 1900 <= int(found[1]) <= 2100):
        return value
    year, month, day, time = found.groups()
    later = date(int(year), int((month or "-07")[1:]), int((day or "-15")[1:])) + days
    return later.isoformat()[: len(year + (month or "") + (day or ""))] + (time or "")


def _has(resource: Resource, token: str) -> bool:
    system, bar, code = token.rpartition("|")
    codings = resource.get("code", {}).get("coding", ())
    return any((not bar or one.get("system") == system) and (not code or one.get("code") == code) for one in codings)
