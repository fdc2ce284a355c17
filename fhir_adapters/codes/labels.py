"""How facts name what they say: by the concept, or by its code, and as the record calls it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trialsieve.fhir_adapters.codes.shared_words import overlap, words_in
from trialsieve.fhir_adapters.elements.codings import Coded, Reading
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Concept
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Kind, Match, Role

_REMEMBERED: Final = 1 << 14
_SAID_BY_CODE: Final = frozenset({Role.NEGATES, Role.STATUS, Role.SUPPORTING})  # the concept's name would say too much
_MEASURED: Final = frozenset({Kind.OBSERVATION})


class Labels:
    """The labels of some concepts. `outspoken` names them by those words alone that say them outright."""

    def __init__(self, concepts: Mapping[str, Concept], index: CodeIndex, outspoken: CodeIndex) -> None:
        self._concepts = concepts
        self._index = index
        self._outspoken = outspoken
        self._known: Kept[tuple[object, ...], str] = Kept(_REMEMBERED)

    def of(self, reading: Reading, element: Coded) -> str:
        """The concept's name, or the code's where that denies it or only suggests it; and what the record calls it."""
        recorded = next((coding.display for coding in reading.codings if coding.display), None) or element.text
        if not reading.codes:  # it was known by words: by these
            naming = (text for text in element.texts if reading.concept in self._outspoken.names(text))
            recorded = next(naming, recorded)
        # Two systems may have one code, and call it differently (ICD-10, ICD-10-CM).
        codes = tuple([(code.label, code.match) for code in reading.codes])
        key = (reading.concept, reading.role, codes, bool(reading.codings), recorded)
        label = self._known.get(key)
        if label is None:
            label = self._new(reading, recorded)
            self._known.keep(key, label)
        return label

    def _new(self, reading: Reading, recorded: str | None) -> str:
        concept = self._concepts[reading.concept]
        label = concept.label
        if reading.role in _SAID_BY_CODE and reading.codes and reading.codes[0].match is not Match.RANGE:
            label = reading.codes[0].label
        label = label[:1].upper() + label[1:]
        if not reading.codes:
            parts = [f"as '{recorded[:80]}'"] if recorded else []
            if reading.codings:
                parts.append("with a code that its value set does not list")
            return f"{label} (recorded {', '.join(parts) or 'without a code'})"
        if recorded is None or self._agrees(recorded, concept, reading, label):
            return label
        return f"{label} (recorded as '{recorded[:80]}')"

    def _agrees(self, recorded: str, concept: Concept, reading: Reading, label: str) -> bool:
        if concept.kinds != _MEASURED:  # a value set of diagnoses is no diagnosis: what was recorded is told
            if " or " in label:  # which of them it is
                return words_in(recorded) == words_in(label)
            return overlap(recorded, (label,))
        names = tuple(code.label for code in reading.codes)
        if reading.role is not Role.SUPPORTING:
            if concept.id in self._index.names(recorded):
                return True
            names = (concept.label, *names)
        return overlap(recorded, names)
