"""The value sets that the CQL of `benchmarks/cql` uses, taken from the rule files by trialsieve's own loader.

Named "CONCEPT:ROLE" (its codes of that role), "CONCEPT:FACET=VALUE" (its codes of any role, and those of a resource's
own elements, that state the facet), "CONCEPT:answer=N" (answers that stand for a value) and "result:positive".

CQL has no prefixes, ranges, other names of code systems or spellings of codes: a terminology server would expand them.
Here they are expanded to the codings that occur in the Bundles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Match, Role

Coding = tuple[str, str]
ValueSets = dict[str, set[Coding]]

_DECLARED = re.compile(r"^valueset \"([^\"]+)\": '([^']+)'$", re.MULTILINE)


def declared(cql: Path) -> set[str]:
    """The names of the value sets that a CQL file declares."""
    return {identifier for _, identifier in _DECLARED.findall(cql.read_text(encoding="utf-8"))}


def codings_in(lines: Iterable[bytes]) -> set[Coding]:
    """Every coding that occurs in the Bundles."""
    return {found for line in lines for found in _codings(orjson.loads(line))}


def _codings(value: Any) -> Iterator[Coding]:
    if isinstance(value, list):
        for item in value:
            yield from _codings(item)
    elif isinstance(value, dict):
        system, code = value.get("system"), value.get("code")
        if isinstance(system, str) and isinstance(code, str):
            yield system, code
        for item in value.values():
            yield from _codings(item)


def value_sets(book: RuleBook, occurring: Iterable[Coding]) -> ValueSets:
    """All value sets of the book: the codes that are listed one by one, and what occurs of the others."""
    index = CodeIndex(book.concepts, book.terminology)
    found: ValueSets = {}
    for concept in book.concepts.values():
        for code in concept.codes:
            exact = [(code.system, code.code)] if code.match is Match.EXACT else []
            _add(found, concept.id, code, exact)
        for item in concept.facets:
            found.setdefault(f"{concept.id}:{item.facet}={item.value}", set()).update(item.codes)
    for coding, result in book.terminology.results.items():
        found.setdefault(f"result:{result}", set()).add(coding)
    for system, written in occurring:
        for concept_id, code in index.lookup(system, written):
            _add(found, concept_id, code, [(system, written)])
        key = (index.canonical_system(system), written)
        if key in book.terminology.results:
            found[f"result:{book.terminology.results[key]}"].add((system, written))
    return found


def _add(found: ValueSets, concept: str, code: Code, codings: list[Coding]) -> None:
    names = [f"{concept}:{code.role}", *(f"{concept}:{facet}={value}" for facet, value in code.facets)]
    if code.role is Role.COMPONENT:
        names.append(f"{concept}:answer={code.value}")
    for name in names:
        found.setdefault(name, set()).update(codings)


def code_service(found: ValueSets, names: Iterable[str]) -> dict[str, dict[str, list[dict[str, str]]]]:
    """The value sets of these names as cql-execution takes them; a name that the rule files do not give is an error."""
    return {
        name: {"1": [{"system": system, "code": code} for system, code in sorted(found[name])]}
        for name in sorted(names)
    }


def words_of_methods(concepts: Mapping[str, Concept]) -> dict[str, list[str]]:
    """The words by which results name their method, under the names of the CQL's parameters."""
    other = ("magnetic resonance", "radionuclide", "angiography")
    wanted = {
        "Words of echocardiography": ("cardiac.lvef", ("echocardiography",)),
        "Words of other heart methods": ("cardiac.lvef", other),
        "Words of flow cytometry": ("marker.cd7", ("flow cytometry",)),
        "Words of immunohistochemistry": ("marker.cd7", ("immunohistochemistry",)),
    }
    return {
        name: sorted(
            text.casefold()
            for item in concepts[concept].facets
            if item.facet == "method" and item.value in values
            for text in item.texts
        )
        for name, (concept, values) in wanted.items()
    }
