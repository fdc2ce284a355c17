"""What is learnt of codes from record to record, by one rule book and for the concepts that are wanted of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trialsieve.fhir_adapters.codes.attestations import Sentences
from trialsieve.fhir_adapters.codes.meaning import Meaning
from trialsieve.fhir_adapters.codes.naming import Names
from trialsieve.fhir_adapters.codes.presumed import PresumedAbsent
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.codes.understanding import Understanding
from trialsieve.fhir_adapters.facts.mentions import Mentions
from trialsieve.fhir_adapters.facts.onsets import StateOnsets
from trialsieve.fhir_adapters.facts.other_malignancies import OtherMalignancies
from trialsieve.fhir_adapters.facts.plain_results import PlainResults
from trialsieve.fhir_adapters.facts.would_be import NamesWhatIsSought
from trialsieve.rules.kept import Kept
from trialsieve.rules.rule_book import RuleBook

_REMEMBERED: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class Learnt:
    """The terms of the wanted concepts, and what was learnt of codes by them.

    `faults`: by identity of a meaning, which is held, what is wrong with its code.
    """

    terms: Terms
    understanding: Understanding
    names: Names
    names_what_is_sought: NamesWhatIsSought
    mentions: Mentions
    plain_results: PlainResults
    state_onsets: StateOnsets
    other_malignancies: OtherMalignancies
    faults: Kept[int, tuple[Meaning, str]]
    sentences: Sentences
    asks_of_allergies: bool

    @staticmethod
    def of(book: RuleBook, wanted: frozenset[str] | None) -> Learnt:
        """Nothing yet."""
        terms = Terms.of(book, wanted)
        names = Names(terms)
        return Learnt(
            terms,
            Understanding(terms, PresumedAbsent(book, terms)),
            names,
            NamesWhatIsSought(terms),
            Mentions(terms, names, book),
            PlainResults(names),
            StateOnsets(terms.concepts),
            OtherMalignancies(book),
            Kept(_REMEMBERED),
            Sentences(book),
            asks_of_allergies=any(name in terms.concepts for name in terms.allergies),
        )
