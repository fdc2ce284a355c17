"""What all projections of one rule book share: its concepts and codes, what answers mean, the site's zone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from zoneinfo import ZoneInfo

from trialsieve.fhir_adapters.codes.allergy_words import denies_any, tells_of_one
from trialsieve.fhir_adapters.codes.labels import Labels
from trialsieve.fhir_adapters.codes.recorded_words import denies_it, says_only_none_of, states_said
from trialsieve.fhir_adapters.codes.shared_words import share_a_word
from trialsieve.fhir_adapters.codes.vaccines import Vaccines
from trialsieve.fhir_adapters.elements.codings import Coded, CodeReader, Reading
from trialsieve.fhir_adapters.elements.placeholders import none_known
from trialsieve.fhir_adapters.elements.qualitative import Answers
from trialsieve.rules.atom import Recorded
from trialsieve.rules.codes import DIAGNOSIS_ICD, SNOMED, CodeIndex, Hit
from trialsieve.rules.concept import Concept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind, Role, Timing
from trialsieve.rules.words import Phrases, plain, turned

RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC: Final = "http://www.whocc.no/atc"
_OPS: Final = "http://fhir.de/CodeSystem/bfarm/ops"
# Value sets list SNOMED CT's ancestors, RxNorm's ingredients and the classes of OPS that could be cited, and records
# hold what lies below or beside them.
_LISTED_IN_PART: Final = frozenset({SNOMED, RXNORM, _OPS})
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
    any_vaccine: frozenset[str]  # concepts that any Immunization may stand for
    vaccines: Mapping[str, Vaccines]  # by each of these, how one is recognised
    any_procedure: frozenset[str]  # concepts that any Procedure may stand for
    any_allergy: frozenset[str]  # concepts that any AllergyIntolerance may stand for
    allergies: Mapping[str, bool]  # every concept of allergies, wanted or not: whether any of them may be it
    index_diseases: frozenset[str]  # what some rule asks for in any state: to have none of it now is a remission
    states: frozenset[str]  # every concept of a state of diseases (relapse, remission), wanted or not
    of_no_state: frozenset[str]  # the diseases that none of these is ever of
    descendants: CodeIndex  # names concepts by those words alone that say them outright
    labels: Labels  # how facts name what they say
    _settled: dict[tuple[str, str], bool] = field(default_factory=dict)
    _diseases: dict[str, frozenset[str]] = field(default_factory=dict)
    _names: dict[str, Phrases] = field(default_factory=dict)

    @staticmethod
    def of(book: RuleBook, wanted: frozenset[str] | None) -> Terms:
        """The terms of a rule book, narrowed to the wanted concepts."""
        concepts = {name: concept for name, concept in book.concepts.items() if wanted is None or name in wanted}
        index = CodeIndex(book.concepts, book.terminology)
        reader = CodeReader(index, frozenset(concepts))
        vaccines = {
            name: Vaccines.of(concept, index)
            for name, concept in concepts.items()
            if concept.any_code and Kind.IMMUNIZATION in concept.kinds
        }
        descendants = CodeIndex({name: _outspoken(concept) for name, concept in concepts.items()}, book.terminology)
        return Terms(
            concepts=concepts,
            index=index,
            reader=reader,
            answers=Answers(book.terminology, reader),
            zone=ZoneInfo(book.site.time_zone),
            age_adjusted_ranges=book.site.age_adjusted_ranges,
            any_vaccine=frozenset(vaccines),
            vaccines=vaccines,
            any_procedure=frozenset(name for name, concept in concepts.items() if concept.any_procedure),
            allergies={
                name: concept.any_allergy for name, concept in book.concepts.items() if Kind.ALLERGY in concept.kinds
            },
            any_allergy=frozenset(name for name, concept in concepts.items() if concept.any_allergy),
            index_diseases=_index_diseases(book),
            states=frozenset(name for name, concept in book.concepts.items() if concept.onset_may_be_of),
            of_no_state=frozenset(one for concept in book.concepts.values() for one in concept.never_of),
            descendants=descendants,
            labels=Labels(concepts, index, descendants),
        )

    def tests_named(self, code: Coded) -> frozenset[str]:
        """The tests with open lists that the words of an Observation name while no value set of theirs lists its codes.

        Not other tests: who measures creatinine in urine measures something else.
        """
        return frozenset(name for name in self.unlisted(code, Kind.OBSERVATION) if self.concepts[name].open_list)

    def allergies_meant(self, code: Coded) -> frozenset[str]:
        """The concepts that any AllergyIntolerance may stand for, unless this one says only that there is none."""
        if any(map(tells_of_one, code.texts)):
            return self.any_allergy
        return frozenset() if self._denies_any_allergy(code) else self._meant(self.any_allergy, code)

    def _denies_any_allergy(self, code: Coded) -> bool:
        """Whether words say so, and no code beside them may say another thing."""
        return any(map(denies_any, code.texts)) and not any(
            coding.system and coding.code and self.index.concepts_knowing(coding.system)
            for coding in code.codings
            if not (coding.display and denies_any(coding.display))
        )

    def procedures_meant(self, code: Coded) -> frozenset[str]:
        """The concepts that any Procedure may stand for, unless this one says that there was none."""
        return self._meant(self.any_procedure, code)

    def vaccines_given(self, code: Coded) -> frozenset[str]:
        """The concepts of vaccinations that a drug may stand for whose words call it a vaccine."""
        return frozenset(name for name, vaccines in self.vaccines.items() if vaccines.called_one(code))

    def _meant(self, concepts: frozenset[str], code: Coded) -> frozenset[str]:
        if not concepts or any(none_known(coding.system, coding.code) for coding in code.codings):
            return frozenset()
        return concepts - {concept for concept, found in self.reader.hits_of(code) if found.role is Role.EXCLUDE}

    def named_by(self, text: str, kind: Kind) -> frozenset[str]:
        """The concepts that words alone may name, unless all they say of a diagnosis is that there is none."""
        named = self.index.names(text)
        return frozenset(one for one in named if kind is not Kind.CONDITION or not self._says_only_none_of(one, text))

    def _says_only_none_of(self, concept: str, text: str) -> bool:
        if concept in self.index_diseases:
            return False
        names = self._names_of(concept)
        return says_only_none_of(text if names.stand_in(text) else turned(text), names)

    def _names_of(self, concept: str) -> Phrases:
        names = self._names.get(concept)
        if names is None:
            outspoken = self.descendants.terms(concept) if concept in self.concepts else ()
            names = self._names[concept] = Phrases({*self.index.terms(concept), *outspoken})
        return names

    def unlisted(self, code: Coded, kind: Kind = Kind.CONDITION) -> frozenset[str]:
        """The concepts that the words name while no value set of theirs lists the codes.

        An ICD or ATC code settles it, since those are listed by families; not so for an open list, nor where the words
        of a diagnosis have nothing in common with the name of its code (of R94.31, "Prolonged QT", though it is set
        aside there by its role) or nothing says what that is called, nor where they say a state of the disease that the
        code does not (C91.00, "ALL in remission"). A code that is sure of
        another concept of the same group whose name holds this one's (B-lineage ALL, say, holds leukemia) is
        understood. Words that say more than their code (AML "with CNS involvement") still raise their doubt.
        """
        systems = {self.index.canonical_system(coding.system) for coding in code.codings if coding.system}
        listed_in_full = any("icd" in system for system in systems) or ATC in systems
        unlisted_descendant = not listed_in_full and not systems.isdisjoint(_LISTED_IN_PART)
        listed = {concept for concept, _ in self.reader.hits_of(code)}
        named = frozenset(
            concept
            for text in code.texts
            for concept in self.named_outright(text)
            if not (kind is Kind.CONDITION and self._says_only_none_of(concept, text))
        )
        if not named:
            return frozenset()
        hits = self.every_hit(code)
        contradicting = kind is Kind.CONDITION and listed_in_full and self._is_about_something_else(code)
        if contradicting and all(found.role is Role.EXCLUDE for _, found in hits):  # it means nothing else either
            listed = set()
        if not named - listed:
            return frozenset()
        settling = {concept for concept, found in hits if found.role in _SETTLING}
        return frozenset(
            concept
            for concept in named - listed
            if kind in self.concepts[concept].kinds
            and systems & self.concepts[concept].systems
            and (
                unlisted_descendant
                or (contradicting and not denies_it(code.text or "", self._names_of(concept)))
                or self.concepts[concept].open_list
                or (listed_in_full and self._is_another_state(concept, code))
            )
            and not any(self._settles(other, concept) for other in settling)
        )

    def named_outright(self, text: str) -> frozenset[str]:
        """The concepts that words say outright, and not of something else that is called likewise."""
        named = self.descendants.names(text)
        return frozenset(concept for concept in named if not self._is_of_something_else(concept, text))

    def _is_of_something_else(self, concept: str, text: str) -> bool:
        """Whether a word of it begins what the concept is `not_named_with`: not so `t-cell` of a mast cell."""
        said = f" {plain(text)}"
        return any(f" {plain(start)}" in said for start in self.concepts[concept].not_named_with)

    def _is_about_something_else(self, code: Coded) -> bool:
        """Whether the words of the person who recorded it have not one in common with what the codes are called.

        What nothing here has a name for may be called anything.
        """
        if code.text is None:
            return False
        names = [found.label for _, found in self.every_hit(code)]
        names += [coding.display for coding in code.codings if coding.display]
        return not any(share_a_word(code.text, name) for name in names)

    def _is_another_state(self, concept: str, code: Coded) -> bool:
        """Whether the words say a state of a disease for which the concept has codes, and the codes do not say it."""
        if not any(map(states_said, code.texts)):
            return False
        meant = {name for text in code.texts for name in self.index.names(text)}
        state = self.concepts[concept]
        if self.is_sure_of(code, state.never_of) and meant.isdisjoint(state.onset_may_be_of):
            return False  # it is of that other disease
        meant |= {name for one in code.codes for name in self._meant_by(*one)}
        return not meant.isdisjoint(self._diseases_of(concept))

    def is_sure_of(self, code: Coded, concepts: Collection[str]) -> bool:
        """Whether one of its codes decides for one of the concepts."""
        return bool(concepts) and any(
            found.role is Role.DEFINITIVE and concept in concepts for concept, found in self.every_hit(code)
        )

    def _diseases_of(self, state: str) -> frozenset[str]:
        """What the ICD codes of a state mean beside it: remission is that of acute leukemia, not of a depression."""
        known = self._diseases.get(state)
        if known is None:
            codes = (found for found in self.concepts[state].codes if found.system in DIAGNOSIS_ICD)
            stating = [found for found in codes if states_said(found.label)]
            meant = {name for found in stating for name in self._meant_by(found.system, found.code)}
            known = self._diseases[state] = frozenset(meant - {state})
        return known

    def _meant_by(self, system: str, code: str) -> Iterator[str]:
        return (concept for concept, found in self.index.lookup(system, code) if found.role is not Role.EXCLUDE)

    def _settles(self, settling: str, concept: str) -> bool:
        """Whether what is called the one is bound to sound like the other: its name holds a word of the other's."""
        if settling.partition(".")[0] != concept.partition(".")[0]:
            return False
        known = self._settled.get((settling, concept))
        if known is None:
            names = [f" {term} " for term in self.index.terms(settling)]
            terms = self.concepts[concept].terms
            known = self._settled[settling, concept] = any(f" {term} " in name for term in terms for name in names)
        return known

    def every_hit(self, code: Coded) -> list[Hit]:
        """Its codes in the value sets of all concepts, wanted or not: what is weak must not depend on what is asked."""
        return [hit for one in code.codes for hit in self.index.lookup(*one)]

    def concept_of(self, reading: Reading) -> Concept:
        """The concept; what a code says of its numbers wins over what the concept says."""
        concept = self.concepts[reading.concept]
        means = next((code.number_means for code in reading.codes if code.number_means), None)
        return concept if means is None else replace(concept, number_means=means)


def _index_diseases(book: RuleBook) -> frozenset[str]:
    atoms = [atom for trial in book.trials.values() for criterion in trial.criteria for atom in criterion.atoms]
    atoms += [atom for finding in book.findings.values() for atom in finding.atoms]
    tests = (atom.test for atom in atoms if isinstance(atom.test, Recorded))
    return frozenset[str]().union(*(test.concepts for test in tests if test.timing is Timing.INDEX_DISEASE))


def _outspoken(concept: Concept) -> Concept:
    """The concept with only such words as say it outright: its codes' labels, in place of the broad ones."""
    labels = [_BRACKETS.sub(" ", code.label).strip().lower() for code in concept.codes if code.role in _SAYING]
    terms = [term for term in (*concept.terms, *labels) if term not in _TOO_BROAD]
    return replace(concept, terms=tuple(dict.fromkeys(terms)))
