"""Coded elements: all codings of a CodeableConcept, matched by system and code, and what each concept makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from trialsieve.fhir_adapters.elements.as_json import as_json, is_key
from trialsieve.fhir_adapters.elements.placeholders import PLACEHOLDER_TEXTS, PLACEHOLDERS
from trialsieve.fhir_adapters.elements.shapes import Json, Malformed, a_text, an_object, objects
from trialsieve.rules.codes import CodeIndex, Hit
from trialsieve.rules.concept import Code
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import ROLE_PRECEDENCE, Role

_CACHE_SIZE: Final = 65536
_RECURRING: Final = 1 << 14

DECIDING: Final = frozenset({Role.DEFINITIVE, Role.HISTORY})
"""The roles of codes that say surely that something is, or was once."""

SURE: Final = DECIDING | {Role.NEGATES}
"""Those that say something surely, be it that it is not."""

ASSERTING: Final = DECIDING | {Role.SUPPORTING}
"""Those that say that something is, surely or perhaps."""


class Coding(Struct, frozen=True, gc=False):
    """One coding as recorded. Without a system or a code it identifies nothing."""

    system: str | None
    code: str | None
    display: str | None


class Coded(Struct, frozen=True, gc=False):
    """A CodeableConcept: its codings and its text."""

    codings: tuple[Coding, ...]
    text: str | None

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """System and code of each coding that has both."""
        return tuple((one.system, one.code) for one in self.codings if one.system is not None and one.code is not None)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every word said about it, the text first."""
        displays = (coding.display for coding in self.codings)
        return tuple(dict.fromkeys(text for text in (self.text, *displays) if text))

    @property
    def shown(self) -> str:
        """How a person would read it."""
        if self.texts:
            return self.texts[0]
        return next((coding.code for coding in self.codings if coding.code), "")


NOTHING: Final = Coded((), None)


_as_written: Final[Kept[bytes, Coded]] = Kept(_RECURRING)
_read: Final[Kept[tuple[object, ...], Coded]] = Kept(_RECURRING)


def read_coded(value: Json, path: str) -> Coded:
    """A CodeableConcept, without codings that only stand for a missing one. Raises Malformed where it is not one.

    Most recur from patient to patient: equal ones are one object.
    """
    written = as_json(value)
    known = _as_written.get(written)
    if known is None:
        known = _read_alike(value, path)
        if is_key(written):
            _as_written.keep(written, known)
    return known


def _read_alike(value: Json, path: str) -> Coded:
    """One of other JSON, which may say the same."""
    key = _key(value)
    known = _read.get(key) if key is not None else None
    if known is None:
        known = _read_anew(value, path)
        if key is not None:
            _read.keep(key, known)
    return known


def _key(value: Json) -> tuple[object, ...] | None:
    """All that reading one looks at; None unless that is well-formed text."""
    codings = value.get("coding", [])
    if type(codings) is not list:
        return None
    key: tuple[object, ...] = (value.get("text"),)
    for coding in codings:
        if type(coding) is not dict or not coding:
            return None
        key += (coding.get("system"), coding.get("code"), coding.get("display"))
    for part in key:
        if part is not None and type(part) is not str:
            return None
    return key


def _read_anew(value: Json, path: str) -> Coded:
    codings = tuple(read_coding(item, path) for item in objects(value, "coding", f"{path}.coding"))
    text = a_text(value, "text")
    missing = [coding for coding in codings if coding.system in PLACEHOLDERS]
    if missing:
        empty = {word.casefold() for coding in missing for word in (coding.code, coding.display) if word}
        text = None if text and text.casefold() in empty | PLACEHOLDER_TEXTS else text
        codings = tuple(coding for coding in codings if coding not in missing)
    return Coded(codings, text)


def read_coding(value: Json, path: str) -> Coding:
    """A Coding. Raises Malformed where it is not one."""
    return Coding(
        a_text(value, "system", f"{path}.coding.system"),
        a_text(value, "code", f"{path}.coding.code"),
        a_text(value, "display", f"{path}.coding.display"),
    )


def canonical(coding: Coding, index: CodeIndex) -> tuple[str, str] | None:
    """The coding as (canonical system, code)."""
    if coding.system is None or coding.code is None:
        return None
    return index.canonical_system(coding.system), coding.code


def coded(parent: Json, key: str) -> Coded:
    """The CodeableConcept under `key`; nothing if it is absent."""
    value = an_object(parent, key)
    return NOTHING if value is None else read_coded(value, key)


def coded_list(parent: Json, key: str) -> tuple[Coded, ...]:
    """The CodeableConcepts under `key`, of which one may stand alone (FHIR versions differ)."""
    return tuple(read_coded(item, key) for item in objects(parent, key, single=True))


def status_of(parent: Json, key: str) -> Coded:
    """A status, which is a code in some FHIR versions and a CodeableConcept in others."""
    value = parent.get(key)
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return Coded((), value.strip() or None)
    if isinstance(value, dict):
        return read_coded(value, key)
    raise Malformed(key, value, "a code or an object")


def joined(parts: Iterable[Coded]) -> Coded:
    """Several elements read as one: the codings of all, and all that is said; the first text is that of the whole."""
    parts = tuple(part for part in parts if part.codings or part.text)
    if len(parts) == 1:
        return parts[0]  # the same object, by which it is remembered
    codings = tuple(coding for part in parts for coding in part.codings)
    text, *others = dict.fromkeys(part.text for part in parts if part.text) or (None,)
    known = {coding.display for coding in codings}
    return Coded((*codings, *(Coding(None, None, words) for words in others if words not in known)), text)


class Reading(Struct, frozen=True, gc=False):
    """What one concept makes of a resource's codings: the first role in precedence, and the codes that have it."""

    concept: str
    role: Role
    codes: tuple[Code, ...]
    codings: tuple[Coding, ...]


def doubts_of(concepts: Iterable[str], code: Coded) -> tuple[Reading, ...]:
    """That a code may be one of these concepts, although no value set of theirs lists it."""
    return tuple(Reading(name, Role.SUPPORTING, (), code.codings) for name in sorted(concepts))


class CodeReader:
    """Looks codings up, remembering each."""

    def __init__(self, index: CodeIndex, wanted: frozenset[str]) -> None:
        self._index = index
        self._wanted = wanted
        self._known: dict[tuple[str, str], tuple[Hit, ...]] = {}
        # By identity, since equal elements are one object mostly; each is held, so that its identity stays its own.
        self._readings: Kept[tuple[int, bool], tuple[Coded, tuple[Reading, ...]]] = Kept(_RECURRING)
        self._sure_codes: Kept[int, tuple[Coded, frozenset[tuple[str, str]]]] = Kept(_RECURRING)

    def sure_codes(self, element: Coded) -> frozenset[tuple[str, str]]:
        """The codings by which a concept is sure: canonical system, and code without its dot, in capitals."""
        known = self._sure_codes.get(id(element))
        if known is None:
            sure = (coding for coding in element.codings if any(hit.role in SURE for _, hit in self.hits(coding)))
            codes = (code for coding in sure if (code := self.canonical(coding)) is not None)
            known = (element, frozenset((system, code.replace(".", "").strip().upper()) for system, code in codes))
            self._sure_codes.keep(id(element), known)
        return known[1]

    def hits(self, coding: Coding) -> tuple[Hit, ...]:
        """The wanted concepts' codes that the coding is."""
        if coding.system is None or coding.code is None:
            return ()
        key = (coding.system, coding.code)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _CACHE_SIZE:
                self._known.clear()
            found = tuple(hit for hit in self._index.lookup(*key) if hit[0] in self._wanted)
            self._known[key] = found
        return found

    def hits_of(self, element: Coded) -> list[Hit]:
        """The wanted concepts' codes that any of its codings is."""
        return [hit for coding in element.codings for hit in self.hits(coding)]

    def canonical(self, coding: Coding) -> tuple[str, str] | None:
        """As the function of this name."""
        return canonical(coding, self._index)

    def read(self, element: Coded, *, asserting: bool = False) -> tuple[Reading, ...]:
        """Per concept the role that counts. A code of role exclude is ignored; component codes assert nothing.

        `asserting`: codes that only say what an Observation measures are left out; they assert nothing in a Condition.
        """
        known = self._readings.get((id(element), asserting))
        if known is None:
            known = (element, self._read(element, asserting=asserting))
            self._readings.keep((id(element), asserting), known)
        return known[1]

    def _read(self, element: Coded, *, asserting: bool) -> tuple[Reading, ...]:
        roles: dict[str, dict[Role, list[tuple[Code, Coding]]]] = {}
        for coding in element.codings:
            for concept, code in self.hits(coding):
                if asserting and code.observation:
                    continue
                roles.setdefault(concept, {}).setdefault(code.role, []).append((code, coding))
        readings = []
        for concept, by_role in roles.items():
            for role in ROLE_PRECEDENCE:
                if role is not Role.EXCLUDE and role in by_role:
                    pairs = by_role[role]
                    readings.append(
                        Reading(concept, role, tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))
                    )
                    break
        return tuple(readings)

    def components(self, element: Coded, concept: str) -> tuple[Code, ...]:
        """The answer codes of a concept among the codings."""
        hits = self.hits_of(element)
        return tuple(code for found, code in hits if found == concept and code.role is Role.COMPONENT)
