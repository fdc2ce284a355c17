"""Which facets the resources of a concept can have, to tell a misspelt one."""

from __future__ import annotations

from collections.abc import Sequence

from trialsieve.rules.concept import Concept
from trialsieve.rules.error_sentences import did_you_mean


def facet_fault(facet: str, value: str, concepts: Sequence[Concept]) -> tuple[str, str] | None:
    """What is wrong with a facet and its value, with a hint; None if one of the concepts has it (or none is known)."""
    if not concepts:
        return None
    known: dict[str, set[str]] = {}
    for concept in concepts:
        pairs = [(found.facet, found.value) for found in concept.facets]
        pairs += [pair for code in concept.codes for pair in code.facets]
        if concept.assume is not None:
            pairs.append(concept.assume[:2])
        for name, found_value in pairs:
            known.setdefault(name, set()).add(found_value)
    names = " or ".join(concept.id for concept in concepts)
    if facet not in known:
        hint = did_you_mean(facet, known) or (f"known here: {', '.join(sorted(known))}" if known else "")
        return f"{names} has no facet '{facet}'", hint
    if value not in known[facet]:
        hint = did_you_mean(value, known[facet]) or f"known here: {', '.join(sorted(known[facet]))}"
        return f"the facet '{facet}' of {names} has no value '{value}'", hint
    return None
