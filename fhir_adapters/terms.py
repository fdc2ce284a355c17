"""What all projections of one rule book share: its concepts and codes, what answers mean, the site's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from trialsieve.fhir_adapters.codings import Coded, CodeReader, Reading
from trialsieve.fhir_adapters.qualitative import Answers
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.model import Concept, RuleBook
from trialsieve.rules.vocabulary import Kind, Role

_REMEMBERED = 1 << 14
_LEAST_OVERLAP = 0.5  # of a display's words with our label's, to count as the same thing said


@dataclass(frozen=True, slots=True)
class Terms:
    """The loaded terminology, as the projections use it. `concepts` are only the wanted ones."""

    concepts: Mapping[str, Concept]
    index: CodeIndex
    reader: CodeReader
    answers: Answers
    zone: ZoneInfo
    age_adjusted_ranges: bool
    any_vaccine: frozenset[str]  # concepts that any Immunization stands for
    _labels: dict[tuple[str, str, str, str | None], str] = field(default_factory=dict)

    @staticmethod
    def of(book: RuleBook, wanted: frozenset[str] | None) -> Terms:
        """The terms of a rule book, narrowed to the wanted concepts."""
        concepts = {name: concept for name, concept in book.concepts.items() if wanted is None or name in wanted}
        index = CodeIndex(book.concepts, book.terminology)
        reader = CodeReader(index, frozenset(concepts))
        any_vaccine = (
            name for name, concept in concepts.items() if concept.any_code and Kind.IMMUNIZATION in concept.kinds
        )
        return Terms(
            concepts=concepts,
            index=index,
            reader=reader,
            answers=Answers(book.terminology, reader),
            zone=ZoneInfo(book.site.time_zone),
            age_adjusted_ranges=book.site.age_adjusted_ranges,
            any_vaccine=frozenset(any_vaccine),
        )

    def concept_of(self, reading: Reading) -> Concept:
        """The concept; what a code says of its numbers wins over what the concept says."""
        concept = self.concepts[reading.concept]
        means = next((code.number_means for code in reading.codes if code.number_means), None)
        return concept if means is None else replace(concept, number_means=means)

    def label(self, reading: Reading, element: Coded) -> str:
        """The concept's name, or the code's where that denies it; and what the record calls it, where that differs."""
        recorded = next((coding.display for coding in reading.codings if coding.display), None) or element.text
        key = (reading.concept, reading.role.value, reading.codes[0].code if reading.codes else "", recorded)
        label = self._labels.get(key)
        if label is None:
            if len(self._labels) >= _REMEMBERED:
                self._labels.clear()
            label = self._labels[key] = self._label(reading, recorded)
        return label

    def _label(self, reading: Reading, recorded: str | None) -> str:
        concept = self.concepts[reading.concept]
        label = concept.label
        if reading.role in (Role.NEGATES, Role.STATUS) and reading.codes:
            label = reading.codes[0].label
        label = label[:1].upper() + label[1:]
        if recorded is None or self._agrees(recorded, concept, reading):
            return label
        return f"{label} (recorded as '{recorded[:80]}')"

    def _agrees(self, recorded: str, concept: Concept, reading: Reading) -> bool:
        if concept.id in self.index.names(recorded):
            return True
        said = _words(recorded)
        return any(
            len(said & _words(label)) >= _LEAST_OVERLAP * len(said)
            for label in (concept.label, *(code.label for code in reading.codes))
        )


def _words(text: str) -> set[str]:
    letters = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return set(letters.split()) - {"disorder", "finding", "procedure", "of", "the", "in", "by", "and", "or"}
