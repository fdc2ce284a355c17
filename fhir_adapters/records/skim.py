"""What a resource is, told from its bytes without building it: its type, its id, whose it is, and its code.

That is all that is asked of most resources of a record. One that is out of the ordinary in anything that bears on this
is not told: it is to be built, and read the plain way, which finds and names every fault. So what is told of a resource
is never other than what the plain way finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Final, Literal, Union

import msgspec

from trialsieve.fhir_adapters.elements.mention_places import MENTIONING, PLACES
from trialsieve.fhir_adapters.elements.resource_types import DSTU2_ONLY, KIND_OF, RESOURCE_TYPES
from trialsieve.fhir_adapters.elements.statuses import DIAGNOSTIC_REPORT, Standing
from trialsieve.fhir_adapters.records.versions import DSTU2_ELEMENTS

ABSENT: Final = msgspec.Raw(b"")
NEVER_READ: Final = (
    *("CarePlan", "CareTeam", "Claim", "ClaimResponse", "Communication", "Coverage", "DiagnosticReport"),
    *("DocumentReference", "Encounter", "ExplanationOfBenefit", "Goal", "ImagingStudy", "Provenance"),
    "SupplyDelivery",
)
"""Types that no facts are taken from, and no reference of a fact leads to; they are most of many a record."""

_Id = Annotated[str, msgspec.Meta(min_length=1)]
# An element that is not there in an ordinary resource: no value is of this type.
_Refused = Annotated[str, msgspec.Meta(min_length=1, max_length=0)]


# None of these can be part of a cycle, and so many of them would keep the garbage collector busy (`gc=False`).


class Seen(msgspec.Struct, gc=False):
    """A resource that rules never read, and that contains nothing which they do."""

    resource_type: ClassVar[str] = ""
    id: _Id


class SeenOfPatient(Seen, gc=False):
    """A resource that may say something of a patient. Nothing in it is of DSTU2.

    Where its type mentions diagnoses, it has an attribute for each element that may (`mention_places`).
    """

    subject: msgspec.Raw = ABSENT
    patient: msgspec.Raw = ABSENT


class SeenMentioning(SeenOfPatient, gc=False):
    """A resource that is read only for the diagnoses that it may mention, and contains nothing that rules read."""

    @property
    def has_place(self) -> bool:
        """Whether it has an element that may mention one."""
        return any(getattr(self, place) is not ABSENT for place in PLACES[self.resource_type])


class SeenFact(SeenOfPatient, gc=False):
    """A resource of a type that facts are taken from. It contains no resource."""

    code: msgspec.Raw = ABSENT
    component: msgspec.Raw = ABSENT
    meta: msgspec.Raw = ABSENT


# Of a report that was not withdrawn, and so takes no result back; the last one is of R5.
_HELD: Final = (*(word for word, stands in DIAGNOSTIC_REPORT.items() if stands is not Standing.DROPPED), "modified")


class _Contained(msgspec.Struct, gc=False):
    """A contained resource that is no data of its own."""

    resourceType: Literal[tuple(sorted(RESOURCE_TYPES - KIND_OF.keys()))]  # type: ignore[valid-type]  # noqa: N815


def _struct(name: str) -> type[Seen]:
    """What is looked at in a resource of this type."""
    elements: list[tuple[str, Any, Any]] = [(element, _Refused, ABSENT) for element in DSTU2_ELEMENTS.get(name, ())]
    if name == "Observation":  # that it mentions a diagnosis is told by its code
        elements.append(("extension", _Refused, ABSENT))  # one of DSTU2 may be among them
    else:
        elements += [(place, msgspec.Raw, ABSENT) for place in PLACES.get(name, ())]
    if name == "DiagnosticReport":
        elements.append(("status", Literal[_HELD] | None, None))
    if name in KIND_OF:
        elements.append(("contained", _Refused, ABSENT))
    else:
        elements.append(("contained", list[_Contained] | None, None))
    return msgspec.defstruct(  # type: ignore[return-value]
        name,
        elements,
        bases=(SeenFact if name in KIND_OF else SeenMentioning if name in MENTIONING else Seen,),
        tag=name,
        tag_field="resourceType",
        gc=False,
        namespace={"resource_type": name},
    )


# Of two names that are the same, that of the type included, the last counts, as it does for the plain way.
_structs: Any = Union[tuple(_struct(name) for name in sorted({*NEVER_READ, *KIND_OF} - DSTU2_ONLY))]  # noqa: UP007
_decoder: msgspec.json.Decoder[Seen] = msgspec.json.Decoder(_structs)


def all_seen_in(resources: Iterable[bytes | msgspec.Raw]) -> list[Seen | None]:
    """What the bytes of each JSON value say, if that is an ordinary resource of a type known here. They are UTF-8."""
    decode = _decoder.decode
    seen: list[Seen | None] = []
    for raw in resources:
        try:
            seen.append(decode(raw))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            seen.append(None)
    return seen


def seen_in_line(line: bytes) -> Seen | None:
    """The same of one line of a file, which may not be UTF-8."""
    try:
        seen = _decoder.decode(line)
        if not line.isascii():
            line.decode()  # what is skipped is not looked at
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return seen
