"""What a code means to the wanted concepts at all: named by it, possibly named by its words alone, or something else.

Most resources of a record mean nothing to any rule, and their codes recur; each distinct code is thought about once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from trialsieve.fhir_adapters.allergy_denials import denied_outright
from trialsieve.fhir_adapters.as_json import as_json, is_key
from trialsieve.fhir_adapters.attestations import is_attestation, is_misnamed
from trialsieve.fhir_adapters.codings import ASSERTING, NOTHING, Coded, Coding
from trialsieve.fhir_adapters.nameless import is_nameless, nothing_is_known
from trialsieve.fhir_adapters.placeholders import none_known_of
from trialsieve.fhir_adapters.presumed import PresumedAbsent
from trialsieve.fhir_adapters.terms import Terms
from trialsieve.fhir_adapters.words_of_other_languages import mainly_in_other_letters
from trialsieve.rules.concept import Code
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import COVERABLE, Kind, Role

_REMEMBERED: Final = 1 << 16
_WRITTEN: Final = 1 << 13
_NONE: Final[frozenset[str]] = frozenset()
_ATC: Final = "http://www.whocc.no/atc"


class Meaning(Struct, frozen=True, gc=False):
    """What one code, with its words, means.

    `named`: concepts whose value sets hold the code. `doubted`: concepts that it may mean, since no coding is in a
    system that they know. `uncoded`: its systems, where that leaves concepts that could not have recognised it.
    `says_something`: it has a complete coding, or words, and not only such as stand for a name. `no_information`: it
    says that nothing is known of its kind.
    `code`: the code itself; nothing where several were thought about together, or where it means nothing.
    """

    named: frozenset[str] = _NONE
    doubted: frozenset[str] = _NONE
    uncoded: frozenset[str] | None = None
    says_something: bool = True
    attestation: bool = False
    no_information: bool = False
    in_other_letters: bool = False
    code: Coded = NOTHING

    @property
    def quiet(self) -> bool:
        """Nothing that any rule could see."""
        return not self.named and not self.doubted and self.uncoded is None and not self.attestation


QUIET: Final = Meaning()


class Understanding:
    """Finds what codes mean to the wanted concepts, remembering each."""

    def __init__(self, terms: Terms, presumed: PresumedAbsent) -> None:
        self._terms = terms
        self._presumed = presumed
        # By (kind's value, text, then system, code, display of each coding), as the raw JSON has them when well-formed.
        self._remembered: dict[tuple[object, ...], Meaning] = {}
        # By kind's value, then the JSON of a code that was met.
        self._met: dict[str, Kept[bytes, Meaning]] = {kind.value: Kept(_WRITTEN) for kind in Kind}
        self._concepts = {
            kind: frozenset(name for name, concept in terms.concepts.items() if kind in concept.kinds) for kind in Kind
        }
        # A drug's bare code says nothing to a value set of drugs that does not know its system, whoever else knows it.
        self._drugs = frozenset(name for name, concept in terms.concepts.items() if _ATC in concept.systems)

    def met(self, kind: str, element: object) -> Meaning | None:
        """The meaning of a code as it stands in a resource's JSON, if it was met before. `kind` is the kind's value."""
        if type(element) is not dict:
            return None
        written = as_json(element)
        known = self._met[kind].get(written)
        if known is None:
            known = self._met_otherwise(kind, element)
            if known is not None and is_key(written):
                self._met[kind].keep(written, known)
        return known

    def _met_otherwise(self, kind: str, element: Mapping[str, object]) -> Meaning | None:
        """As `met`, of other JSON that says the same."""
        codings = element.get("coding")
        if type(codings) is not list:
            return None
        key: tuple[object, ...] = (kind, element.get("text"))
        for coding in codings:
            if type(coding) is not dict:
                return None
            key += (coding.get("system"), coding.get("code"), coding.get("display"))
        try:
            return self._remembered.get(key)
        except TypeError:  # something that is no text
            return None

    def of(self, kind: Kind, code: Coded) -> Meaning:
        """The meaning of a code in a resource of this kind."""
        key: tuple[object, ...] = (kind.value, code.text)
        for coding in code.codings:
            key += (coding.system, coding.code, coding.display)
        found = self._remembered.get(key)
        if found is None:
            found = self._think(kind, code)
            if found is not QUIET:
                found = replace(found, code=code)
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = found
        return found

    def of_allergy_with_reaction(self, code: Coded) -> Meaning:
        """As `of`; one that denies allergies, and yet has a reaction, may be any allergy."""
        meaning, any_allergy = self.of(Kind.ALLERGY, code), self._terms.any_allergy
        if meaning.no_information or any_allergy <= meaning.named or not denied_outright(code, self._terms):
            return meaning
        return replace(meaning, named=meaning.named | any_allergy, code=code)

    def _think(self, kind: Kind, code: Coded) -> Meaning:
        if kind is Kind.OBSERVATION and is_attestation(code):
            return Meaning(attestation=True)
        index = self._terms.index
        if nothing_is_known(kind, code, index):
            return Meaning(no_information=True)
        if kind is not Kind.ALLERGY and is_nameless(kind, code, index):  # no absence rests on that of an allergy
            code = NOTHING
        complete = [coding for coding in code.codings if coding.system is not None and coding.code is not None]
        named = frozenset(
            name
            for coding in complete
            for name, found in self._terms.reader.hits(coding)
            if self._asserts(kind, name, found)
        )
        knowing = _NONE.union(*(index.concepts_knowing(coding.system) for coding in complete if coding.system))
        strangers = self._concepts[kind] - knowing
        if kind is Kind.IMMUNIZATION:
            strangers -= self._terms.any_vaccine
            excluded = {
                name
                for coding in complete
                for name, found in self._terms.reader.hits(coding)
                if found.role is Role.EXCLUDE
            }
            named |= self._terms.any_vaccine - excluded
        if kind is Kind.ALLERGY:
            strangers -= self._terms.any_allergy
            named |= self._terms.allergies_meant(code)
        if kind is Kind.PROCEDURE:
            strangers -= self._terms.any_procedure
            named |= self._terms.procedures_meant(code)
        if kind is Kind.CONDITION:
            named |= self._terms.unlisted(code)
        doubted = strangers & _NONE.union(*(index.names(text) for text in code.texts))
        if kind in {Kind.PROCEDURE, Kind.MEDICATION}:
            doubted |= self._terms.unlisted(code, kind) - named
        vaccines = self._terms.vaccines_given(code) - named if kind is Kind.MEDICATION else _NONE
        named |= vaccines
        none_known = bool(complete) and all(none_known_of(kind, one.system, one.code) for one in complete)
        if kind is Kind.MEDICATION and not code.texts and not none_known:
            doubted |= strangers & self._perhaps_drugs(complete)
        if kind in {Kind.PROCEDURE, Kind.CONDITION} and not (code.texts or none_known or self._is_listed(complete)):
            doubted |= self._presumed.among(strangers, knowing, kind)
        if kind in COVERABLE and (
            (not code.texts and not knowing and not none_known)
            or any(not index.covered_script(text) for text in code.texts)
        ):
            doubted = strangers
        uncoded = None
        # Not what any resource of its kind may be, nor a doubt.
        said = named - self._terms.any_procedure - self._terms.any_allergy - vaccines
        if kind in COVERABLE and strangers and not doubted and not said and not none_known:
            uncoded = frozenset(index.canonical_system(coding.system) for coding in complete if coding.system)
        unread = kind in COVERABLE and bool(named and code.texts) and all(map(mainly_in_other_letters, code.texts))
        meaning = Meaning(named, doubted, uncoded, bool(complete or code.texts), in_other_letters=unread)
        if meaning.quiet and kind is Kind.OBSERVATION and is_misnamed(code):
            return Meaning(attestation=True)  # only to be told of: it would mean nothing otherwise
        return QUIET if meaning.quiet and meaning.says_something else meaning

    def _perhaps_drugs(self, codings: list[Coding]) -> frozenset[str]:
        """What a drug without words may be: any, or what the name is that some value set, asked or not, has for it."""
        names = [found.label for found in self._listed(codings) if found.role is Role.DEFINITIVE]
        return self._drugs & _NONE.union(*map(self._terms.index.names, names)) if names else self._drugs

    def _is_listed(self, codings: list[Coding]) -> bool:
        """Whether some value set, of a rule that is asked or not, has one of the codes."""
        return any(found.role in ASSERTING for found in self._listed(codings))

    def _listed(self, codings: list[Coding]) -> Iterator[Code]:
        complete = ((one.system, one.code) for one in codings if one.system and one.code)
        return (found for system, code in complete for _, found in self._terms.index.lookup(system, code))

    def _asserts(self, kind: Kind, name: str, code: Code) -> bool:
        if code.role is Role.EXCLUDE:
            return False
        if kind is Kind.OBSERVATION:
            return code.role is not Role.COMPONENT
        if code.role is Role.COMPONENT:
            return kind is Kind.CONDITION and isinstance(code.value, int)
        if kind is Kind.ALLERGY and Kind.ALLERGY not in self._terms.concepts[name].kinds:
            return False
        return not code.observation
