"""What means nothing to the rules, told by the bytes of its code, so that it need not be built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import orjson

from trialsieve.fhir_adapters.elements.mention_places import PLACES
from trialsieve.fhir_adapters.elements.resource_types import KIND_OF
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.fhir_adapters.records.skim import ABSENT, SeenFact, SeenOfPatient
from trialsieve.rules.vocabulary import Kind

_MOST_KNOWN: Final = 20_000
# Of data that no rule asks for, what is most of it.
_UNASKED: Final = "MedicationRequest"


class _Component(msgspec.Struct, gc=False):
    code: msgspec.Raw


_components_decoder = msgspec.json.Decoder(list[_Component])


class _QuietCodes(dict[bytes, bool]):
    """By the bytes of an Observation's code, whether it means nothing; each is judged once, for most recur."""

    def __init__(self, means_nothing: Callable[[Json], bool]) -> None:
        super().__init__()
        self._means_nothing = means_nothing

    def __missing__(self, raw: bytes) -> bool:
        try:
            code: Any = orjson.loads(raw)
        except orjson.JSONDecodeError:  # none, or one that the plain way has to name
            return False
        if len(self) >= _MOST_KNOWN:
            self.clear()
        known = self[raw] = isinstance(code, dict) and self._means_nothing(code)
        return known


@dataclass(frozen=True, slots=True)
class Quiet:
    """What means nothing to the rules, whatever was read before.

    `means_nothing`: whether an Observation's `code` does. `may_mention`: whether a resource of a type that mentions
    diagnoses may mention one. `kinds`: those of which no wanted concept speaks.
    """

    means_nothing: Callable[[Json], bool]
    may_mention: Callable[[Json], bool]
    kinds: frozenset[Kind]
    _codes: _QuietCodes = field(init=False)
    _mentions: dict[tuple[str, bytes], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_codes", _QuietCodes(self.means_nothing))

    def holds(self, seen: SeenFact) -> bool:
        """Whether the resource means nothing to the rules, whoever's it is."""
        name = seen.resource_type
        if name != "Observation":
            return name == _UNASKED and KIND_OF[name] in self.kinds and not self.mentions(seen)
        return self._codes[bytes(seen.code)] and (seen.component is ABSENT or self._components(seen.component))

    def mentions(self, seen: SeenOfPatient) -> bool:
        """Whether the resource may mention a diagnosis, whoever's it is."""
        for place in PLACES[seen.resource_type]:
            raw = getattr(seen, place)
            if raw is not ABSENT:
                key = (seen.resource_type, bytes(raw))
                known = self._mentions.get(key)
                if self._judge_mention(place, key) if known is None else known:
                    return True
        return False

    def _components(self, components: msgspec.Raw) -> bool:
        try:
            codes = [bytes(component.code) for component in _components_decoder.decode(components)]
        except msgspec.MsgspecError:
            return False
        return all(self._codes[raw] for raw in codes)

    def _judge_mention(self, place: str, key: tuple[str, bytes]) -> bool:
        name, raw = key
        try:
            value: Any = orjson.loads(raw)
        except orjson.JSONDecodeError:  # the plain way has to name it
            return True
        if len(self._mentions) >= _MOST_KNOWN:
            self._mentions.clear()
        known = self._mentions[key] = self.may_mention({"resourceType": name, place: value})
        return known
