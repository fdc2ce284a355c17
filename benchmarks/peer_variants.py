"""Example patients with one thing changed: what the two engines say of them is compared too, since ordinary records
seldom come near a limit."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import orjson

Json = dict[str, Any]
Change = Callable[[Json], None]

_DATE = re.compile(r"20\d\d-\d\d-\d\d")
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_OLDER = (35, 95, 200, 400)
_NUMBERS = (0, 1, 2, 3, 4, 30, 31, 49, 50, 400)
_BIRTHS = ("2014-11-20", "2014-11-21", "1960-11-20", "1960-11-21", "2014")
_CLINICAL = ("active", "recurrence", "relapse", "remission", "resolved", "inactive")
_VERIFICATION = ("provisional", "refuted", "entered-in-error")


def variants(name: str, example: bytes) -> Iterator[tuple[str, bytes]]:
    """The example's Bundle with each resource left out, and with each change to each resource, by name."""
    bundle = orjson.loads(example)
    for place, entry in enumerate(bundle["entry"]):
        resource = entry["resource"]
        what = f"{name}, {resource['resourceType']}/{resource['id']}"
        if resource["resourceType"] != "Patient":
            without = {**bundle, "entry": [*bundle["entry"][:place], *bundle["entry"][place + 1 :]]}
            yield f"{what} left out", orjson.dumps(without) + b"\n"
        for words, change in _changes(resource):
            changed = copy.deepcopy(bundle)
            change(changed["entry"][place]["resource"])
            yield f"{what} {words}", orjson.dumps(changed) + b"\n"


def _changes(resource: Json) -> Iterator[tuple[str, Change]]:
    kind = resource["resourceType"]
    if kind == "Patient":
        yield from ((f"born {born}", _setting("birthDate", born)) for born in _BIRTHS)
        yield from ((f"gender {gender}", _setting("gender", gender)) for gender in ("male", "female", "unknown"))
        yield "without birth date", _without("birthDate")
        yield "without gender", _without("gender")
        return
    yield from ((f"{days} days older", _older(days)) for days in _OLDER)
    yield "undated", _without("effective", "issued", "onset", "recordedDate", "performed")
    if kind == "Observation":
        yield from ((f"status {status}", _setting("status", status)) for status in ("preliminary", "entered-in-error"))
        yield "without reference range", _without("referenceRange")
        yield "without method", _without("method")
        yield "by MRI", _setting("method", {"text": "cardiac MRI"})
        if "valueQuantity" in resource:
            quantity = resource["valueQuantity"]
            for number in _NUMBERS:
                yield f"value {number}", _setting("valueQuantity", {**quantity, "value": number})
            yield "with <", _setting("valueQuantity", {**quantity, "comparator": "<"})
            yield "without unit", _setting("valueQuantity", {"value": quantity["value"]})
    if kind == "Condition":
        for status in _CLINICAL:
            yield f"clinical status {status}", _setting("clinicalStatus", _coded("condition-clinical", status))
        for status in _VERIFICATION:
            yield f"verification {status}", _setting("verificationStatus", _coded("condition-ver-status", status))
        yield "without clinical status", _without("clinicalStatus")
        yield "without verification", _without("verificationStatus")
        yield "abated", _setting("abatementDateTime", "2026-11-01")


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": _TERMINOLOGY + system, "code": code}]}


def _setting(key: str, value: object) -> Change:
    def change(resource: Json) -> None:
        resource[key] = value

    return change


def _without(*starts: str) -> Change:
    """Without the elements whose names begin so: onset is onsetDateTime, onsetPeriod and all others."""

    def change(resource: Json) -> None:
        for key in [key for key in resource if key.startswith(starts)]:
            del resource[key]

    return change


def _older(days: int) -> Change:
    def change(resource: Json) -> None:
        for key, value in resource.items():
            if isinstance(value, str) and _DATE.match(value):
                day = date.fromisoformat(value[:10]) - timedelta(days=days)
                resource[key] = day.isoformat() + value[10:]

    return change
