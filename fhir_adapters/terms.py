"""What all projections of one rule book share: its concepts and codes, what answers mean, the site's zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from zoneinfo import ZoneInfo

from trialsieve.fhir_adapters.codings import Coded, CodeReader, Reading
from trialsieve.fhir_adapters.qualitative import Answers
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.model import Concept, RuleBook
from trialsieve.rules.vocabulary import Kind, Role

_REMEMBERED = 1 << 14
_LEAST_OVERLAP = 0.5  # of a display's words with our label's, to count as the same thing said
SNOMED: Final = "http://snomed.info/sct"
# Words that name many diseases, or none: beside a code they prove nothing.
_TOO_BROAD: Final = frozenset({"lymphoma", "all", "aids"})
_SAYING: Final = frozenset({Role.DEFINITIVE, Role.SUPPORTING})
_SETTLING: Final = frozenset({Role.DEFINITIVE, Role.NEGATES})
_BRACKETS: Final = re.compile(r"\s*[\[(].*?[\])]\s*")


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
    descendants: CodeIndex  # names concepts by those words alone that say them outright
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
            descendants=CodeIndex({name: _outspoken(concept) for name, concept in concepts.items()}, book.terminology),
        )

    def read_condition(self, code: Coded) -> tuple[Reading, ...]:
        """What a diagnosis says: its codes, and what its words say where its code is in no value set.

        SNOMED CT's descendants are not shipped. A diagnosis that a value set does not list, yet whose words name the
        concept, may well be one of them: it raises a doubt, as a supporting code does, and is never presumed absent.
        """
        named = self.unlisted(code)
        words = tuple(Reading(concept, Role.SUPPORTING, (), code.codings) for concept in sorted(named))
        return self.reader.read(code, asserting=True) + words

    def unlisted(self, code: Coded) -> frozenset[str]:
        """The concepts that the words name while no value set of theirs lists the codes.

        An ICD code settles it, since those are listed in full; not so for an open list. A code that says for sure
        another concept of the same group (B-lineage, say, of a leukemia) is understood, whatever its words.
        """
        systems = {self.index.canonical_system(coding.system) for coding in code.codings if coding.system}
        unlisted_descendant = SNOMED in systems and not any("icd" in system for system in systems)
        listed = {concept for coding in code.codings for concept, _ in self.reader.hits(coding)}
        named = frozenset(
            concept
            for text in code.texts
            for concept in self.descendants.names(text)
            if not any(word in text.lower() for word in self.concepts[concept].not_named_with)
        )
        if not named - listed:
            return frozenset()
        settled = {
            concept.split(".")[0]
            for coding in code.codings
            if coding.system and coding.code
            for concept, found in self.index.lookup(coding.system, coding.code)
            if found.role in _SETTLING
        }
        return frozenset(
            concept
            for concept in named - listed
            if Kind.CONDITION in self.concepts[concept].kinds
            and systems & self.concepts[concept].systems
            and (unlisted_descendant or self.concepts[concept].open_list)
            and concept.split(".")[0] not in settled
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
        if not reading.codes:
            return f"{label} (recorded as '{(recorded or '')[:80]}', with a code that its value set does not list)"
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


def _outspoken(concept: Concept) -> Concept:
    """The concept with only such words as say it outright: its codes' labels, in place of the broad ones."""
    labels = [_BRACKETS.sub(" ", code.label).strip().lower() for code in concept.codes if code.role in _SAYING]
    terms = [term for term in (*concept.terms, *labels) if term not in _TOO_BROAD and len(term) > 2]
    return replace(concept, terms=tuple(dict.fromkeys(terms)))


def _words(text: str) -> set[str]:
    letters = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return set(letters.split()) - {"disorder", "finding", "procedure", "of", "the", "in", "by", "and", "or"}
