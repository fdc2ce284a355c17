"""What a site's own file changes: how long results speak for today, and local codes added to concepts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem
from trialsieve.rules.facets import facet_fault
from trialsieve.rules.grammar_files import LocalCode
from trialsieve.rules.yaml_source import SourceFile


def with_site_currency(currency: dict[str, int], own: Mapping[str, int], source: SourceFile) -> list[Problem]:
    """Put the site's days into `currency`; what is wrong with them."""
    problems = [
        source.problem(
            ("currency", name),
            f"there is no currency class '{name}'",
            did_you_mean(name, currency) or f"one of: {', '.join(sorted(currency))}",
        )
        for name in own
        if name not in currency
    ]
    currency.update({name: days for name, days in own.items() if name in currency})
    return problems


def with_site_codes(
    concepts: Mapping[str, Concept],
    concept_ids: Collection[str],
    own: Mapping[str, Sequence[LocalCode]],
    source: SourceFile,
) -> tuple[dict[str, Concept], list[Problem]]:
    """The concepts with the site's codes added; what is wrong with those."""
    extended = dict(concepts)
    problems: list[Problem] = []
    for name, codes in own.items():
        if name not in concepts:
            if name not in concept_ids:
                hint = did_you_mean(name, concept_ids)
                problems.append(source.problem(("concepts", name), f"there is no concept '{name}'", hint))
            continue
        taken = {(code.system, code.code) for code in concepts[name].codes}
        for index, code in enumerate(codes):
            location = ("concepts", name, index)
            if (code.system, code.code) in taken:
                message = f"the code {code.code} of {code.system} is already in {name}"
                problems.append(source.problem((*location, "code"), message))
            taken.add((code.system, code.code))
            for facet, value in code.facets.items():
                fault = facet_fault(facet, value, [concepts[name]])
                if fault is not None:
                    problems.append(source.problem((*location, "facets", facet), *fault))
        extended[name] = replace(concepts[name], codes=(*concepts[name].codes, *map(_code, codes)))
    return extended, problems


def _code(syntax: LocalCode) -> Code:
    return Code(
        system=syntax.system,
        code=syntax.code,
        label=syntax.label,
        role=syntax.role,
        source=syntax.source,
        match=syntax.match,
        observation=syntax.observation,
        value=syntax.value,
        facets=tuple(sorted(syntax.facets.items())),
    )
