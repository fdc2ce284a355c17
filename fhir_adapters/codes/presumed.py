"""What a code without words may mean though other rules know its system: what a criterion would presume absent."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.rules.atom import Recorded
from trialsieve.rules.codes import SNOMED
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsenceRule, Kind

_OF_PROCEDURES: Final = frozenset(
    {
        SNOMED,
        "http://www.cms.gov/Medicare/Coding/ICD10",
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "http://www.ama-assn.org/go/cpt",
        "http://fhir.de/CodeSystem/bfarm/ops",
    }
)


class PresumedAbsent:
    """The concepts that a criterion presumes absent, and the diagnoses that it looks for together with each.

    Not those that a finding does: what it weighs beside others, or held against a result, would leave every record in
    doubt that has one such code of any time.
    """

    def __init__(self, book: RuleBook, terms: Terms) -> None:
        self._together: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
        self._concepts = terms.concepts
        diagnoses = frozenset(name for name, concept in book.concepts.items() if Kind.CONDITION in concept.kinds)
        criteria = (criterion for trial in book.trials.values() for criterion in trial.criteria)
        for atom in (atom for criterion in criteria for atom in criterion.atoms):
            test = atom.test
            if isinstance(test, Recorded) and not test.negated and atom.absence is AbsenceRule.PRESUME:
                for name in test.concepts:
                    self._together[name].add(diagnoses.intersection(test.concepts))

    def among(self, strangers: frozenset[str], knowing: frozenset[str], kind: Kind) -> frozenset[str]:
        """Of the concepts that do not know the system of a code without words, those that it may mean.

        Those that are never presumed absent (a gap) are not: they stay unknown, and a person's answer counts. Nor are
        vaccines, which have a kind of their own: a doubt by every operation would be one that no answer lifts.
        A procedure may be any that is told by codes of procedures. A diagnosis is one only where nothing that is looked
        for together with it knows the system: one concept often holds in one system what its neighbour has in another.
        """
        return frozenset(name for name in strangers if self._may_be_meant(name, knowing, kind))

    def _may_be_meant(self, name: str, knowing: frozenset[str], kind: Kind) -> bool:
        concept = self._concepts[name]
        if concept.gap or concept.any_code or name not in self._together:
            return False
        if kind is Kind.PROCEDURE:
            return not concept.systems.isdisjoint(_OF_PROCEDURES)
        return any(knowing.isdisjoint(together) for together in self._together[name])
