"""How an Immunization is known to be a vaccine, or one of the other things that are recorded as Immunizations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import Role
from trialsieve.rules.words import Phrases

# The word itself: English, French, Italian; Spanish; Portuguese; German; Chinese.
_VACCINE: Final = re.compile(r"vaccin|vacuna|vacina|impfung|impfstoff|immuni[sz]ation|\u75ab\u82d7")


@dataclass(frozen=True, slots=True)
class Vaccines:
    """What the rules know of vaccines. `systems`: those of which they list what is no vaccine."""

    systems: frozenset[str]
    names: Phrases
    terms: Phrases
    names_of_others: Phrases
    index: CodeIndex

    @staticmethod
    def of(concept: Concept, index: CodeIndex) -> Vaccines:
        """Of a concept that any Immunization stands for."""
        others = [code for code in concept.codes if code.role is Role.EXCLUDE]
        return Vaccines(
            frozenset(code.system for code in others),
            Phrases(concept.product_names),
            Phrases(concept.terms),
            Phrases((*concept.other_meanings, *(code.label for code in others))),
            index,
        )

    def are_all_of(self, code: Coded) -> bool:
        """Whether it has a code of a system whose codes are vaccines, but for those that are listed as none."""
        return any(self.index.canonical_system(system) in self.systems for system, _ in code.codes)

    def called_one(self, code: Coded) -> bool:
        """Whether its words call it a vaccine, as those of a drug may."""
        said = [self.names_of_others.left_out_of(text) for text in code.texts]
        return any(_VACCINE.search(rest) or self.terms.stand_in(rest) for rest in said)

    def named_in(self, code: Coded) -> tuple[bool, bool]:
        """Whether its words name a vaccine, and whether they name something else that is given."""
        said = [self.names_of_others.left_out_of(text) for text in code.texts]
        named = any(self.names.stand_in(rest) or _VACCINE.search(rest) for rest in said)
        return named, any(self.names_of_others.stand_in(text) for text in code.texts)
