"""What a code means to the wanted concepts: named by it, perhaps meant by it, or not recognisable by it.

The policy, for the code of one resource and its words (docs/semantics.md, 1, *Code without words*):

- It *names* the concepts whose value sets list it, and by its kind or its words perhaps more.
- *Strangers* to it are the concepts of its kind that have no code of its systems: they could not have recognised it.
- It leaves *doubted* the strangers that its words name; all of them where nothing of it can be read; and where it has
  no words, those that a code of its kind may mean by itself.
- Where nothing is named or doubted, and there are strangers, it stays *uncoded*, and its systems are told.

What is particular to one kind of resource stands in one table, `_ways_of_the_kinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from msgspec import Struct

from trialsieve.fhir_adapters.codes.attestations import is_attestation, is_misnamed
from trialsieve.fhir_adapters.codes.nameless import is_nameless, nothing_is_known, without_empty_words
from trialsieve.fhir_adapters.codes.presumed import PresumedAbsent
from trialsieve.fhir_adapters.codes.terms import ATC, RXNORM, Terms
from trialsieve.fhir_adapters.codes.words_of_other_languages import mainly_in_other_letters
from trialsieve.fhir_adapters.elements.codings import ASSERTING, NOTHING, Coded
from trialsieve.fhir_adapters.elements.placeholders import none_known_of
from trialsieve.rules.codes import SNOMED, CodeIndex, Hit
from trialsieve.rules.concept import Code
from trialsieve.rules.vocabulary import COVERABLE, Kind, Role

_NONE: Final[frozenset[str]] = frozenset()
# A drug's code without words is one that is not understood; any vaccine counts; a result is never presumed absent.
_NARROWED: Final = frozenset({Kind.CONDITION, Kind.PROCEDURE})


class Meaning(Struct, frozen=True, gc=False):
    """What one code, with its words, means.

    `named`: concepts whose value sets hold the code. `doubted`: concepts that it may mean, since no coding is in a
    system that they know. `uncoded`: its systems, where that leaves concepts that could not have recognised it.
    `says_something`: it has a complete coding, or words, and not only such as stand for a name. `no_information`: it
    says that nothing is known of its kind.
    `untold`: it has no words, and a code that no value set lists, of a system of which value sets hold parts.
    `code`: the code itself; nothing where several were thought about together, or where it means nothing.
    """

    named: frozenset[str] = _NONE
    doubted: frozenset[str] = _NONE
    uncoded: frozenset[str] | None = None
    says_something: bool = True
    attestation: bool = False
    no_information: bool = False
    in_other_letters: bool = False
    untold: bool = False
    code: Coded = NOTHING

    @property
    def quiet(self) -> bool:
        """Nothing that any rule could see."""
        unknown = self.doubted or self.uncoded is not None or self.untold
        return not self.named and not unknown and not self.attestation


QUIET: Final = Meaning()


class _Asked(NamedTuple):
    """A code whose meaning is asked for, and which of the wanted concepts could tell it.

    `hits`: what its codes are in the value sets. `knowing`: the concepts that have codes of their systems. `strangers`:
    those of the kind that have none. `none_known`: it says that there is none of the kind.
    """

    kind: Kind
    code: Coded
    hits: tuple[Hit, ...]
    knowing: frozenset[str]
    strangers: frozenset[str]
    none_known: bool

    @property
    def lacks_words(self) -> bool:
        """Whether codes alone say what it is."""
        return not self.code.texts and not self.none_known


_Concepts = Callable[[_Asked], frozenset[str]]


def _no_more(_: _Asked) -> frozenset[str]:
    return _NONE


class _Ways(NamedTuple):
    """What is particular to the codes of one kind of resource.

    `asserts`: whether a code of a concept's value set says that it is. `any_one`: the concepts for which any resource
    of the kind may stand; none is a stranger. `also_named`: what it names besides. `perhaps_named`: likewise, of what
    says too little for the code to be understood by it. `doubted_by_words`: what its words leave in doubt besides the
    strangers that they name. `doubted_without_words`: what it may mean where it has none.
    """

    asserts: Callable[[str, Code], bool]
    any_one: frozenset[str] = _NONE
    also_named: _Concepts = _no_more
    perhaps_named: _Concepts = _no_more
    doubted_by_words: _Concepts = _no_more
    doubted_without_words: _Concepts = _no_more


class Meanings:
    """What codes mean to the wanted concepts."""

    def __init__(self, terms: Terms, presumed: PresumedAbsent) -> None:
        self._terms = terms
        self._presumed = presumed
        self._concepts = {
            kind: frozenset(name for name, concept in terms.concepts.items() if kind in concept.kinds) for kind in Kind
        }
        self._drugs = frozenset(name for name, concept in terms.concepts.items() if ATC in concept.systems)
        self._ways = self._ways_of_the_kinds()

    def _ways_of_the_kinds(self) -> Mapping[Kind, _Ways]:
        terms = self._terms
        return {
            Kind.OBSERVATION: _Ways(
                _names_what_is_measured,
                also_named=lambda asked: terms.tests_named(asked.code),
            ),
            Kind.CONDITION: _Ways(
                _says_of_a_disease,
                also_named=self._unlisted,
                doubted_without_words=self._presumed_absent,
            ),
            Kind.PROCEDURE: _Ways(
                _says_that_it_is,
                any_one=terms.any_procedure,
                perhaps_named=lambda asked: terms.procedures_meant(asked.code),
                doubted_by_words=self._unlisted,
                doubted_without_words=self._presumed_absent,
            ),
            Kind.MEDICATION: _Ways(
                _says_that_it_is,
                perhaps_named=lambda asked: terms.vaccines_given(asked.code) | self._unlisted(asked),
                doubted_without_words=self._drugs_meant,
            ),
            Kind.IMMUNIZATION: _Ways(
                _says_that_it_is,
                any_one=terms.any_vaccine,
                also_named=self._any_vaccine,
            ),
            Kind.ALLERGY: _Ways(
                self._says_of_an_allergy,
                any_one=terms.any_allergy,
                perhaps_named=lambda asked: terms.allergies_meant(asked.code),
            ),
        }

    def of(self, kind: Kind, code: Coded) -> Meaning:
        """The meaning of a code in a resource of this kind, without the code itself."""
        if kind is Kind.OBSERVATION and is_attestation(code):
            return Meaning(attestation=True)
        index = self._terms.index
        if nothing_is_known(kind, code, index):
            return Meaning(no_information=True)
        if kind in COVERABLE and kind is not Kind.ALLERGY:  # no absence rests on that of an allergy
            code = NOTHING if is_nameless(kind, code, index) else without_empty_words(code)
        meaning = self._understood(self._asked(kind, code))
        if meaning.quiet and kind is Kind.OBSERVATION and is_misnamed(code):
            return Meaning(attestation=True)  # only to be told of: it would mean nothing otherwise
        return QUIET if meaning.quiet and meaning.says_something else meaning

    def _asked(self, kind: Kind, code: Coded) -> _Asked:
        knowing = _NONE.union(*(self._terms.index.concepts_knowing(system) for system, _ in code.codes))
        return _Asked(
            kind,
            code,
            hits=tuple(self._terms.reader.hits_of(code)),
            knowing=knowing,
            strangers=self._concepts[kind] - knowing - self._ways[kind].any_one,
            none_known=bool(code.codes) and all(none_known_of(kind, *one) for one in code.codes),
        )

    def _understood(self, asked: _Asked) -> Meaning:
        ways = self._ways[asked.kind]
        surely = self._listed_by(asked) | ways.also_named(asked)
        named = surely | ways.perhaps_named(asked)
        doubted = self._doubted(asked, named)
        return Meaning(
            named,
            doubted,
            uncoded=None if doubted else self._uncoded(asked, surely),
            says_something=bool(asked.code.codes or asked.code.texts),
            in_other_letters=bool(named) and _is_hardly_read(asked),
            untold=not (named - self._terms.any_procedure or doubted) and self._is_untold(asked),
        )

    def _listed_by(self, asked: _Asked) -> frozenset[str]:
        """The concepts whose value sets list one of the codes, as what says that it is."""
        asserts = self._ways[asked.kind].asserts
        return frozenset(concept for concept, found in asked.hits if asserts(concept, found))

    def _doubted(self, asked: _Asked, named: frozenset[str]) -> frozenset[str]:
        """The concepts that it may mean, though none of its codes says so."""
        ways = self._ways[asked.kind]
        by_words = ways.doubted_by_words(asked) - named
        if _may_be_anything(asked):
            return asked.strangers | by_words
        if asked.lacks_words:
            return ways.doubted_without_words(asked)
        by_name = (self._terms.named_by(text, asked.kind) for text in asked.code.texts)
        return by_words | (asked.strangers & _NONE.union(*by_name))

    def _uncoded(self, asked: _Asked, surely_named: frozenset[str]) -> frozenset[str] | None:
        """Its systems, where it names nothing, and strangers are left that could not have recognised it.

        What any resource of a kind may be does not say what this one is.
        """
        if asked.kind not in COVERABLE or asked.none_known or not asked.strangers:
            return None
        if surely_named - self._terms.any_procedure - self._terms.any_allergy:
            return None
        return frozenset(self._terms.index.canonical_system(system) for system, _ in asked.code.codes)

    def _is_untold(self, asked: _Asked) -> bool:
        """Whether it may be a narrower code of what is asked for: SNOMED CT's alone, in no value set, without words.

        Of the ICD classifications whole families are listed, so that what is not listed is something else.
        """
        systems = {self._terms.index.canonical_system(system) for system, _ in asked.code.codes}
        return (
            asked.kind in _NARROWED and asked.lacks_words and systems == {SNOMED} and not self._in_any_value_set(asked)
        )

    # --- what the kinds do in their own ways --------------------------------------------------------------------------

    def _says_of_an_allergy(self, name: str, found: Code) -> bool:
        return Kind.ALLERGY in self._terms.concepts[name].kinds and _says_that_it_is(name, found)

    def _any_vaccine(self, asked: _Asked) -> frozenset[str]:
        """What any Immunization is, unless one of its codes is listed as none."""
        return self._terms.any_vaccine - {concept for concept, found in asked.hits if found.role is Role.EXCLUDE}

    def _unlisted(self, asked: _Asked) -> frozenset[str]:
        """What the words name, of concepts that know the systems of the codes and do not list them."""
        return self._terms.unlisted(asked.code, asked.kind)

    def _presumed_absent(self, asked: _Asked) -> frozenset[str]:
        """Of the strangers those that a criterion presumes absent; none if a value set, asked or not, has the code."""
        if any(found.role in ASSERTING for found in self._in_any_value_set(asked)):
            return _NONE
        return self._presumed.among(asked.strangers, asked.knowing, asked.kind)

    def _drugs_meant(self, asked: _Asked) -> frozenset[str]:
        """Of the strangers any drug, or what the name is that some value set, asked or not, has for the code.

        A bare code says nothing to a value set of drugs that does not know its system, whoever else knows it. Nor does
        RxNorm's to one that does: value sets have its ingredients, and records the products of them.
        """
        listed = self._in_any_value_set(asked)
        names = [found.label for found in listed if found.role is Role.DEFINITIVE]
        if names:
            return self._drugs & asked.strangers & _NONE.union(*map(self._terms.index.names, names))
        systems = {self._terms.index.canonical_system(system) for system, _ in asked.code.codes}
        return self._drugs & (self._concepts[asked.kind] if RXNORM in systems and not listed else asked.strangers)

    def _in_any_value_set(self, asked: _Asked) -> list[Code]:
        return [found for _, found in self._terms.every_hit(asked.code)]


def _names_what_is_measured(_: str, found: Code) -> bool:
    return found.role not in {Role.EXCLUDE, Role.COMPONENT}


def _says_that_it_is(_: str, found: Code) -> bool:
    return found.role not in {Role.EXCLUDE, Role.COMPONENT} and not found.observation


def _says_of_a_disease(name: str, found: Code) -> bool:
    """A class that is diagnosed (NYHA) is the answer to what is measured otherwise."""
    return isinstance(found.value, int) if found.role is Role.COMPONENT else _says_that_it_is(name, found)


def _may_be_anything(asked: _Asked) -> bool:
    """Whether nobody could say what it is: a bare code of systems that none knows, or a script that no term is in."""
    if asked.kind not in COVERABLE:
        return False
    if asked.lacks_words and not asked.knowing:
        return True
    return any(not CodeIndex.covered_script(text) for text in asked.code.texts)


def _is_hardly_read(asked: _Asked) -> bool:
    """Whether all of its words are mainly in letters in which few of the words that take something back are known."""
    texts = asked.code.texts
    return asked.kind in COVERABLE and bool(texts) and all(map(mainly_in_other_letters, texts))
