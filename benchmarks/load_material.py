"""What the requests of the load are made of: patients under ever new numbers, and what spoils them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson
from load_session import Session
from service_patients import PatientMaker

SIZES: Final = (15_000, 60_000, 133_000, 500_000)
TEMPLATE: Final = 777_777
JUNK: Final[tuple[Any, ...]] = (
    *(None, True, -1, 1e308, "", "\u0000", "<script>alert(1)</script>", "x" * 3_000, [], {}, [[]], [None], {"": None}),
    *("2026-13-45", "Patient/", "../../etc/passwd", {"resourceType": "Bundle", "entry": [{}]}, {"resource": 1}),
)


class Patients:
    """Requests about patients whom nobody has seen before: patients made once, under ever new numbers.

    Of the last size there is a sixth as many as of each other.
    """

    def __init__(self, maker: PatientMaker, sizes: Sequence[int] = SIZES) -> None:
        made = [maker.patient(TEMPLATE, size, example=place) for place in range(maker.examples) for size in sizes[:-1]]
        made += [maker.patient(TEMPLATE, sizes[-1], example=place) for place in range(0, maker.examples, 6)]
        self._hooks = [orjson.dumps(one.call()) for one in made]
        self._bundles = [orjson.dumps(one.bundle) for one in made]

    def hook_body(self, session: Session, number: int) -> bytes:
        return stamped(session.random.choice(self._hooks), number)

    def bundle_body(self, session: Session, number: int) -> bytes:
        return stamped(session.random.choice(self._bundles), number)

    def call(self, session: Session, number: int) -> dict[str, Any]:
        parsed: dict[str, Any] = orjson.loads(self.hook_body(session, number))
        return parsed


def stamped(body: bytes, number: int) -> bytes:
    """A patient's request under another number."""
    own = body.replace(f"zq{TEMPLATE}zq".encode(), f"zq{number:06d}zq".encode())
    return own.replace(f"9{TEMPLATE}".encode(), f"9{number:06d}".encode())


def entries_of(call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resources of a request, as the entries of a Bundle."""
    for value in call["prefetch"].values():
        if isinstance(value, dict):
            yield from value.get("entry", [{"resource": value}])


def spoil(value: Any, session: Session) -> None:
    """Puts something else in some place of a JSON value."""
    while True:
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not places:
            return
        place = session.random.choice(places)
        if isinstance(value[place], dict | list) and value[place] and session.random.random() < 0.85:
            value = value[place]
            continue
        value[place] = copy.deepcopy(session.random.choice(JUNK))
        return
