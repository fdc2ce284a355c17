"""A record as bytes, from which the same record can be made again: what a verdict was decided on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from trialsieve.fhir_adapters.records.record import Record, Resource, SetAside
from trialsieve.rules.errors import TrialsieveError
from trialsieve.rules.vocabulary import Kind

_REFERENCE: Final = re.compile(rb'"reference":("(?:[^"\\]|\\.)*")')


class KeptInputError(TrialsieveError):
    """What was kept of a record is not what was decided on."""


@dataclass(frozen=True, slots=True)
class KeptInput:
    """`sha256` is over the record as it was read; `resources` is None unless it was asked for.

    A record nested too deeply to be written as JSON again has no hash and no resources.
    """

    sha256: str
    references: tuple[str, ...]
    resources: bytes | None


def kept_input(record: Record, *, resources: bool) -> KeptInput:
    """What is kept of a record; `resources`: with all that is needed to decide it again."""
    references = tuple(dict.fromkeys(_references(record)))
    try:
        own = record_bytes(record)
        whole = own + b"\n" + _followed_bytes(record, own) if resources else None
    except TypeError:
        return KeptInput("", references, None)
    return KeptInput(hashlib.sha256(own).hexdigest(), references, whole)


def record_of(kept: bytes, sha256: str) -> Record:
    """The record as it was read. Raises KeptInputError where the bytes are not those that were kept."""
    own, _, followed = kept.partition(b"\n")
    if hashlib.sha256(own).hexdigest() != sha256:
        raise KeptInputError("the resources that were kept are not those that were decided on: their SHA-256 differs")
    shape = orjson.loads(own)
    return Record(
        patient=shape["patient"],
        source=shape["source"],
        patient_resource=shape["patient_resource"],
        resources=[(reference, resource) for reference, resource in shape["resources"]],
        index=_index(shape["resources"], orjson.loads(followed)),
        vouched=frozenset(Kind(kind) for kind in shape["vouched"]),
        set_aside=[
            SetAside(reference, None if kind is None else Kind(kind), reason, resource)
            for reference, kind, reason, resource in shape["set_aside"]
        ],
        cautions=shape["cautions"],
        in_full=shape["in_full"],
        mentioning=[(reference, resource) for reference, resource in shape.get("mentioning", ())],
        taken_back=frozenset(shape.get("taken_back", ())),
    )


def _references(record: Record) -> Iterator[str]:
    if record.patient_resource is not None:
        yield record.patient
    yield from (reference for reference, _ in record.resources)
    yield from (reference for reference, _ in record.mentioning)
    yield from (item.reference for item in record.set_aside)


def record_bytes(record: Record) -> bytes:
    """The record as it was read. Raises TypeError where it is nested too deeply."""
    mentioning = {"mentioning": record.mentioning} if record.mentioning else {}
    taken_back = {"taken_back": sorted(record.taken_back)} if record.taken_back else {}
    return orjson.dumps(
        {
            **mentioning,
            **taken_back,
            "patient": record.patient,
            "source": record.source.encode("utf-8", "backslashreplace").decode(),
            "patient_resource": record.patient_resource,
            "resources": record.resources,
            "vouched": sorted(kind.value for kind in record.vouched),
            "set_aside": [(item.reference, item.kind, item.reason, item.resource) for item in record.set_aside],
            "cautions": record.cautions,
            "in_full": record.in_full,
        }
    )


def _followed_bytes(record: Record, own: bytes) -> bytes:
    """What the record's references name in the same input, and what those name in turn; by place if it is its own."""
    places = {id(resource): place for place, (_, resource) in enumerate(record.resources)}
    followed: dict[str, int | Resource] = {}
    texts = [own]
    while texts:
        for written in set(_REFERENCE.findall(texts.pop())):
            key = orjson.loads(written).split("/_history/", maxsplit=1)[0]
            found = None if key in followed else record.index.get(key)
            if found is None:
                continue
            place = places.get(id(found))
            followed[key] = found if place is None else place
            if place is None:
                texts.append(orjson.dumps(found))
    return orjson.dumps(followed)


def _index(resources: list[tuple[str, Resource]], followed: Mapping[str, Any]) -> dict[str, Resource]:
    return {key: resources[one][1] if isinstance(one, int) else one for key, one in followed.items()}
