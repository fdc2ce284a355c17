"""Worked examples as they are written to examples as they are run; what they name is checked on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trialsieve.rules.atom import SCREENING, UNSTATED
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.facets import facet_fault
from trialsieve.rules.grammar_examples import ExampleSyntax, Never
from trialsieve.rules.known_names import NameCheck
from trialsieve.rules.worked_example import Example, GivenFact
from trialsieve.rules.yaml_source import Faults, Location


class ExampleTranslator:
    """Translates the examples of one file. `attested` checks what an answer is said to answer, where that can be."""

    def __init__(
        self, names: NameCheck, faults: Faults, attested: Callable[[str, Location], None] | None = None
    ) -> None:
        self._names = names
        self._faults = faults
        self._attested = attested

    def examples(self, syntaxes: Sequence[ExampleSyntax], location: Location) -> tuple[Example, ...]:
        return tuple(self._example(syntax, (*location, index)) for index, syntax in enumerate(syntaxes))

    def _example(self, syntax: ExampleSyntax, location: Location) -> Example:
        given = [
            self._given(fact.model_dump(exclude_unset=True, mode="json"), (*location, "given", index))
            for index, fact in enumerate(syntax.given)
        ]
        for name in syntax.anchors:
            where = (*location, "anchors", name)
            if name in {SCREENING, UNSTATED}:
                hint = "it is the as-of date" if name == SCREENING else "the registry names none, so it stays open"
                self._faults.report(where, f"the anchor '{name}' cannot be given a day", hint)
            elif name not in self._names.anchors:
                declared = [each for each in self._names.anchors if each not in {SCREENING, UNSTATED}]
                hint = did_you_mean(name, declared) or "declare it in the trial's 'anchors'"
                self._faults.report(where, f"the anchor '{name}' is not declared", hint)
        return Example(
            name=syntax.name,
            given=tuple(given),
            expect=syntax.expect,
            reasons=tuple(syntax.reasons),
            absence=syntax.absence,
            line=self._faults.source.line(location),
            anchors=dict(syntax.anchors),
        )

    def _given(self, values: Mapping[str, Any], location: Location) -> GivenFact:
        for key in ("concept", "unreadable_concept"):
            name = values.get(key)
            if name is not None and name not in self._names.known.concept_ids:
                hint = did_you_mean(name, self._names.known.concept_ids)
                self._faults.report((*location, key), f"there is no concept '{name}'", hint)
        if "attests" in values and self._attested is not None:
            self._attested(str(values["attests"]), (*location, "attests"))
        concept = self._names.known.concepts.get(values.get("concept", ""))
        for facet, value in (values.get("facets") or {}).items():
            fault = facet_fault(facet, value, [concept]) if concept is not None else None
            if fault is not None:
                self._faults.report((*location, "facets", facet), *fault)
        return GivenFact(values, self._faults.source.line(location))

    def never(self, never: Never, examples: Sequence[ExampleSyntax], location: Location) -> dict[str, str]:
        """Why each of these outcomes cannot be; reports an example that expects one."""
        for index, example in enumerate(examples):
            if example.expect in never:
                where = (*location, "examples", index, "expect")
                self._faults.report(where, f"expects {example.expect}, which 'never' says cannot be")
        return {str(outcome): why for outcome, why in never.items()}
