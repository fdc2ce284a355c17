"""What rules may name: concepts, facets, findings, currency classes and anchors; and the check that each is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from trialsieve.rules.atom import UNSTATED
from trialsieve.rules.concept import Concept, Facets
from trialsieve.rules.error_sentences import did_you_mean, own_part
from trialsieve.rules.facets import facet_fault
from trialsieve.rules.vocabulary import Kind
from trialsieve.rules.words import plain
from trialsieve.rules.yaml_source import Faults, Location


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may refer to: the concepts, the ids of all findings, and the currency classes.

    `concept_ids` also holds those of concepts that are wrong themselves and missing in `concepts`; that is told once.
    """

    concepts: Mapping[str, Concept]
    concept_ids: Collection[str]
    findings: Collection[str]
    currency: Collection[str]


class NameCheck:
    """Looks up what one file names, and reports what is not there."""

    def __init__(self, known: Known, anchors: Sequence[str], faults: Faults) -> None:
        self.known = known
        self.anchors = anchors
        self._faults = faults

    def findings(self, names: Sequence[str], location: Location) -> None:
        """Reports the names of no finding."""
        for index, name in enumerate(names):
            if name not in self.known.findings:
                hint = did_you_mean(name, self.known.findings) or "docs/reference/findings lists them"
                self._faults.report((*location, index), f"there is no finding '{name}'", hint)

    def observed(self, names: Sequence[str], location: Location) -> list[Concept]:
        """Concepts that Observations carry: of any other no result could ever count."""
        concepts = self.concepts(names, location)
        fit = [concept for concept in concepts if Kind.OBSERVATION in concept.kinds]
        self._unfit(names, concepts, fit, "no Observation carries", "use 'recorded'", location)
        return fit

    def on_record(self, names: Sequence[str], location: Location) -> list[Concept]:
        """Concepts that more than Observations carry: any other would count as absent from every record."""
        concepts = self.concepts(names, location)
        fit = [concept for concept in concepts if concept.kinds - {Kind.OBSERVATION}]
        for concept in concepts:
            if beside := set(names).intersection(concept.onset_may_be_of):  # one resource may give them two dates
                message = f"'{concept.id}' is looked for together with '{min(beside)}', whose onset its own may be"
                self._faults.report((*location, names.index(concept.id)), message, "write an atom for each")
        hint = "use 'measurement' for a number, 'result' for positive or negative"
        self._unfit(names, concepts, fit, "nothing but Observations carries", hint, location)
        return fit

    def _unfit(
        self,
        names: Sequence[str],
        concepts: list[Concept],
        fit: list[Concept],
        message: str,
        hint: str,
        location: Location,
    ) -> None:
        for concept in concepts:
            if concept not in fit:
                self._faults.report((*location, names.index(concept.id)), f"{message} {concept.id}", hint)

    def concepts(self, names: Sequence[str], location: Location) -> list[Concept]:
        """Those of the names that there are; reports the others."""
        for index, name in enumerate(names):
            if name not in self.known.concept_ids:
                hint = self._by_label(name) or did_you_mean(name, self.known.concept_ids) or self._of_code(name)
                hint = hint or "docs/reference/concepts lists them; one of your own goes into a file of 'concepts/'"
                self._faults.report((*location, index), f"there is no concept '{name}'", hint)
        return [self.known.concepts[name] for name in names if name in self.known.concepts]

    def _by_label(self, words: str) -> str:
        """A hint for whom writes what a concept is called."""
        said = {plain(words), plain(own_part(words))}
        concepts = self.known.concepts.values()
        meant = [each.id for each in concepts if not said.isdisjoint(map(plain, [each.label, *each.terms]))]
        return f"that is {' or '.join(meant)}" if meant else ""

    def _of_code(self, code: str) -> str:
        """A hint for whom writes a code where a concept is wanted."""
        meant = [
            concept.id for concept in self.known.concepts.values() if any(each.code == code for each in concept.codes)
        ]
        return f"that is a code of {' and '.join(meant)}" if meant else ""

    def facets(
        self, given: Mapping[str, str | list[str]] | None, concepts: list[Concept], location: Location
    ) -> Facets:
        """The facets and their values in pairs; reports what no resource of the concepts could have."""
        pairs: list[tuple[str, str]] = []
        for facet, values in (given or {}).items():
            for value in [values] if isinstance(values, str) else values:
                pairs.append((facet, value))
                fault = facet_fault(facet, value, concepts)
                if fault is not None:
                    self._faults.report((*location, facet), *fault)
        return tuple(sorted(pairs))

    def currency(self, name: str, location: Location) -> None:
        """Reports the name of no currency class."""
        if name not in self.known.currency:
            hint = did_you_mean(name, [*self.known.currency, "none"])
            self._faults.report(location, f"there is no currency class '{name}'", hint)

    def anchor(self, name: str, location: Location, what: str) -> bool:
        """Whether it is declared. `what` names it where it is not: `a window before the anchor 'infuson'`."""
        if name in self.anchors:
            return True
        declared = [each for each in self.anchors if each != UNSTATED]
        hint = did_you_mean(name, declared) or f"declared here: {', '.join(declared)}"
        self._faults.report(location, f"{what}, which is not declared", hint)
        return False
