"""For which kinds of resource an export vouches, and for whom.

A line that names its patient by an identifier or urn that no Patient has may be about whoever has none of that system:
its kind is not vouched for of them. One that names a Patient who is not here says nothing of those who are, and one
that names nobody is a problem alone, unless its file holds nothing else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Final

import msgspec

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, RESOURCE_TYPES
from trialsieve.fhir_adapters.records.record import InputProblem, Resource
from trialsieve.fhir_adapters.records.replaced import aliases
from trialsieve.fhir_adapters.records.subject_names import BY_IDENTIFIER, URN, subject_reference
from trialsieve.fhir_adapters.records.targets import identifiers_of
from trialsieve.rules.vocabulary import Kind

Owners = Mapping[str, Collection[str]]
"""By each name by identifier or urn that lines give, the Patients of the export that have it."""

_NOBODYS: Final = ""
"""The type of a line that would be a fact, and does not tell whose, or not in a way that can be followed."""
_KIND_BY_NAME: Final = {name.lower(): kind for name, kind in KIND_OF.items()}
_MAY_BE_MISSING: Final = frozenset(name.lower() for name in RESOURCE_TYPES if name not in ("Patient", "Bundle"))
_ENDINGS: Final = frozenset({"ndjson", "jsonl", "gz"})


class Vouched(msgspec.Struct, frozen=True):
    """What an export vouches for: the `kinds` that its files show, and `covers`, for which the caller does.

    `of_anybody`: kinds of lines that may be about everybody who has no identifier of a system, by that; empty: about
    everybody. `in_full`: the server says of nothing that it went wrong. Else it may have more than it gave, as of an
    answer with a fault: its files vouch for nothing, and what a record holds shows no kind to be all there.
    """

    covers: frozenset[Kind]
    kinds: frozenset[Kind] = frozenset()
    of_anybody: Mapping[str, Collection[Kind]] = {}
    in_full: bool = True

    def of(self, name: str, patient: Resource | None) -> frozenset[Kind]:
        """For one patient, as named by lines. One who is so named that it may be another here has only a part."""
        if leads_to_nobody(name):
            return self.covers
        systems = {one.system for one in identifiers_of((patient or {}).get("identifier"))} - {""}
        unsure = {kind for system, kinds in self.of_anybody.items() if system not in systems for kind in kinds}
        return self.covers | (self.kinds - unsure)


def type_told(resource: Resource) -> str:
    """What a line counts as in `kinds_vouched`: its resource type, or `_NOBODYS`."""
    resource_type: str = resource["resourceType"]
    names_nobody = resource_type in KIND_OF and not isinstance(subject_reference(resource, {}), str)
    return _NOBODYS if names_nobody else resource_type


def kinds_vouched(name: str, types: Mapping[str, int]) -> frozenset[Kind]:
    """The kinds that a file shows to have been exported: the one that its name says, unless it holds only others.

    `types` counts what `type_told` says of its lines; an empty file vouches by its name, one without a telling name if
    all its lines are of one kind. One of whose lines none can be given to a patient vouches for nothing: they are
    missing from every record.
    """
    kinds = {KIND_OF.get(told) for told in types if told != _NOBODYS}
    vouched = {kind for kind in kinds_named(name) if not types or kind in kinds}
    if len(kinds) == 1 and (only := next(iter(kinds))) is not None:
        vouched.add(only)
    return frozenset(vouched)


def kinds_named(name: str) -> frozenset[Kind]:
    """The kinds that a file's name tells: `Condition.000.ndjson`, `1.condition.ndjson.gz`."""
    words = re.split(r"[^a-z]+", PurePath(name).name.lower())
    return frozenset(_KIND_BY_NAME[word] for word in words if word in _KIND_BY_NAME)


def may_be_empty(name: str) -> bool:
    """Whether a file of an export may hold no line: its name says of what type nothing was found.

    Not of patients: who has none has no export.
    """
    words = [word for word in re.split(r"[^a-z]+", PurePath(name).name.lower()) if word and word not in _ENDINGS]
    return bool(kinds_named(name)) or (len(words) == 1 and words[0] in _MAY_BE_MISSING)


def leads_to_nobody(name: str) -> bool:
    """Is the patient named by an identifier or urn, which leads nowhere unless a Patient has it?"""
    return name.startswith((BY_IDENTIFIER, "urn:"))


def other_names(name: str, patient: Resource) -> Iterator[str]:
    """What else lines may call a Patient (`Patient/p1`)."""
    yield URN + name.removeprefix("Patient/").lower()
    for one in identifiers_of(patient.get("identifier")):
        yield f"{BY_IDENTIFIER}{one.system}|{one.value}"


def may_be_anybodys(
    named: Mapping[str, Collection[Kind]], owners: Owners, formers: Iterable[str], source: str
) -> tuple[dict[str, set[Kind]], InputProblem | None]:
    """What lines that name their patient by what no Patient has may be about, as `Vouched` has it, and the problem.

    `named`: by such a name, the kinds of its lines. `formers` are replaced, and what names them is another's.
    """
    of_anybody: defaultdict[str, set[Kind]] = defaultdict(set)
    known = {alias for former in formers for alias in aliases(former)}
    nobodys = sorted(
        name for name, kinds in named.items() if kinds and len(set(owners.get(name, ()))) != 1 and name not in known
    )
    for name in nobodys:
        # Who has another identifier of the system is another; not so if two have the very one.
        by_system = name.startswith(BY_IDENTIFIER) and not owners.get(name)
        system = name.removeprefix(BY_IDENTIFIER).rpartition("|")[0] if by_system else ""
        of_anybody[system].update(named[name])
    if not nobodys:
        return of_anybody, None
    others = len(nobodys) - 1
    more = f" (as {'does 1 other name' if others == 1 else f'do {others} other names'})" if others else ""
    reason = (
        f"leads to no Patient here, or to several{more}: nobody can tell whose the lines are that name their patient "
        "so; nothing of their kinds is presumed absent of those who may be meant (name the subject as 'Patient/' and "
        "the id)"
    )
    return of_anybody, InputProblem(source, nobodys[0], reason)
