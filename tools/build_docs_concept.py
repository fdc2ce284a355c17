"""The page of a concept: how its results are read, its codes with their sources, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping

from build_docs_library import Library
from build_docs_markdown import code, facts, line_link, page, plain, rule_file, section, table

from trialsieve.rules.concept import Concept
from trialsieve.rules.concept_files import CodeNode, ConceptNode, FacetNode
from trialsieve.rules.vocabulary import Match
from trialsieve.service.text.rule_words import number, unit_words

ROLES = (
    "What a role says is in [What a rule means](../../semantics.md), "
    "and what a key says in [The rule language](../../rule-language.md)."
)
NOTES = "For whoever edits the value set; what decides is in [What a rule means](../../semantics.md)."
TERMS = (
    "Labels are our own or shortened. The terminologies have owners and terms of their own: [NOTICE](../../../NOTICE)."
)


def concept_page(concept: Concept, library: Library) -> str:
    source = library.concept_sources[concept.id]
    node = source.node
    numbers = {each: place for place, each in enumerate(sorted({one.source for one in concept.codes}), 1)}
    lines = [" · ".join([*([plain(node.title)] if node.title else []), line_link(concept.path, source.line)]), ""]
    lines += facts(_facts(concept, library))
    lines += section("Facets", _facet_lines(node))
    lines += section("Authors' notes", [NOTES, "", *(f"- {plain(note)}" for note in node.notes)] if node.notes else [])
    codes = [ROLES, *(line for system, listed in node.codes.items() for line in _system(system, listed, numbers))]
    lines += section("Codes", codes if concept.codes else [])
    sources = [f"{place}. {plain(each)}" for each, place in numbers.items()]
    lines += section("Sources", [*sources, "", TERMS] if sources else [])
    lines += section("Used by", library.used_by(concept=concept.id) or ["No rule reads it."])
    return page(rule_file(concept.path), f"{plain(concept.id)}: {plain(concept.label)}", lines)


def _facts(concept: Concept, library: Library) -> list[tuple[str, str]]:
    rows = [("kinds", ", ".join(sorted(concept.kinds)) or "none")]
    if concept.unit is not None:
        rows.append(("unit", code(concept.unit)))
    if concept.factors:
        factors = [
            f"1 {code(unit)} = {number(factor)} {code(concept.unit or '')}" for unit, factor in concept.factors.items()
        ]
        rows.append(("other units", ", ".join(factors)))
    if concept.molar_mass is not None:
        rows.append(("molar mass", f"{number(concept.molar_mass)} g/mol"))
    if concept.plausible is not None:
        low, high = concept.plausible
        rows.append(("plausible", f"{number(low)} to {number(high)}{_unit(concept)}"))
    if concept.currency is not None:
        rows.append(("currency", f"{plain(concept.currency)}: {library.book.currency[concept.currency]} days"))
    if concept.number_means is not None:
        rows.append(("a number without an interpretation means", plain(concept.number_means)))
    if concept.assume is not None:
        rows.append(("assumed", plain(f"{concept.assume[0]} {concept.assume[1]}: {concept.assume[2]}")))
    if concept.gap:
        rows.append(("gap: why absence proves nothing", plain(concept.gap)))
    flags = ("any_code", "any_procedure", "any_allergy", "open_list", "ordered_ahead")
    rows += [(name.replace("_", " "), "yes") for name in flags if getattr(concept, name)]
    if concept.onset_may_be_of:
        rows.append(("its onset may be that of", ", ".join(map(code, concept.onset_may_be_of))))
    if concept.never_of:
        rows.append(("says nothing where it is told of", ", ".join(map(code, concept.never_of))))
    if concept.terms:
        rows.append(("terms that raise a doubt", ", ".join(map(code, concept.terms))))
    if concept.not_named_with:
        rows.append(("but not beside", ", ".join(map(code, concept.not_named_with))))
    if concept.other_meanings:
        rows.append(("words for something else", ", ".join(map(code, concept.other_meanings))))
    if concept.product_names:
        rows.append(("names of what is given", ", ".join(map(code, concept.product_names))))
    if concept.number_names:
        rows.append(("names that may stand before a number or an answer", ", ".join(map(code, concept.number_names))))
    return rows


def _unit(concept: Concept) -> str:
    words = unit_words(concept.unit or "1").strip()
    return f" {plain(words)}" if words else ""


def _facet_lines(node: ConceptNode) -> list[str]:
    rows = [
        (
            f"{plain(facet.facet)} {plain(facet.value)}",
            _by_system(facet),
            ", ".join(map(code, facet.texts)),
        )
        for facet in node.facets
    ]
    return table(("facet", "by code", "by a text that holds"), rows)


def _by_system(facet: FacetNode) -> str:
    systems = dict.fromkeys(each.system for each in facet.codes)
    return "<br>".join(
        f"{code(system)}: {', '.join(code(each.code) for each in facet.codes if each.system == system)}"
        for system in systems
    )


def _system(system: str, codes: list[CodeNode], numbers: Mapping[str, int]) -> list[str]:
    rows = [
        (code(one.code), plain(one.label), one.role.value, _details(one), str(numbers[one.source]))
        for one in sorted(codes, key=lambda one: one.code)
    ]
    return ["", f"### {code(system)}", "", *table(("code", "label", "role", "more", "source"), rows)]


def _details(one: CodeNode) -> str:
    parts = [one.match.value] if one.match is not Match.EXACT else []
    parts += ["observation"] if one.observation else []
    parts += [f"value {one.value}"] if one.value is not None else []
    parts += [f"{name} {value}" for name, value in sorted(one.facets.items())]
    parts += [f"factor {number(factor)} from {unit}" for unit, factor in sorted(one.factors.items())]
    parts += [f"number means {one.number_means}"] if one.number_means else []
    parts += ["with descendants"] if one.with_descendants else []
    parts += [f"source tier {one.tier}"] if one.tier != "A" else []
    return "; ".join(map(plain, [*parts, *([one.note] if one.note else [])]))
