"""Which concepts a coding belongs to. Always by system and code; a code without its system means nothing.

The index is built once per rule book and asked for every coding of every resource, most of which mean nothing to any
rule: an answer is remembered, and a repeated miss costs one dictionary look-up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from trialsieve.rules.concept import Code, Concept, Terminology
from trialsieve.rules.vocabulary import ROLE_PRECEDENCE, Kind, Match, Role
from trialsieve.rules.words import Phrases, plain, substance, turned, without_dots, words

Hit = tuple[str, Code]
"""A concept's id and the code of its value set that applies."""

SNOMED: Final = "http://snomed.info/sct"
LOINC: Final = "http://loinc.org"
ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
AMERICAN_ICD10: Final = "http://hl7.org/fhir/sid/icd-10-cm"
GERMAN_ICD10: Final = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
CHINESE_ICD10: Final = "urn:oid:2.16.156.10011.2.3.3.11"
DIAGNOSIS_ICD: Final = frozenset({ICD10, AMERICAN_ICD10, GERMAN_ICD10, CHINESE_ICD10})
"""Systems whose codes are written with or without their dot. ICD-10-PCS never has one."""

_REMEMBERED: Final = 1 << 16
_OID: Final = re.compile(r"[0-2](?:\.[0-9]+){3,}")
_ROLE_RANK: Final = {role: rank for rank, role in enumerate((*ROLE_PRECEDENCE, Role.COMPONENT))}
_EXACT_RANK: Final = 1000  # above any prefix length; a range ranks 0
_NATIONAL_ICD10: Final = (AMERICAN_ICD10, GERMAN_ICD10)  # whose own codes value sets list
_READ_AS_WHO: Final = frozenset({GERMAN_ICD10, CHINESE_ICD10})
_WHO_LENGTH: Final = len("C91.0")
_WORD: Final = re.compile(r"\w+")
_WORDS_TOO: Final = frozenset({("all",)})  # in small letters, amid others, it is no abbreviation
_NAME_OF_SUBSTANCE: Final = 7  # letters that it has at least: shorter words may be alike by chance
_NOT_DOUBTED: Final = frozenset({Role.EXCLUDE, Role.SUPPORTING, Role.STATUS, Role.COMPONENT})


class CodeIndex:
    """Looks up codings (system, code) and free texts among the concepts of a rule book.

    Not for sharing between threads that build it; look-ups may race without harm.
    """

    def __init__(self, concepts: Mapping[str, Concept], terminology: Terminology) -> None:
        self._aliases = terminology.aliases
        self._concepts = concepts
        self._systems: dict[str, _System] = {}
        self._canonical: dict[str, str] = {}
        self._found: dict[tuple[str, str], tuple[Hit, ...]] = {}
        self._names: _Names | None = None
        knowing: dict[str, set[str]] = {}
        for concept in concepts.values():
            for code in concept.codes:
                system = self._systems.get(code.system)
                if system is None:
                    system = self._systems[code.system] = _System()
                system.add(concept.id, code)
                if code.role is not Role.COMPONENT or code.observation:  # to know the answers is not to know the test
                    knowing.setdefault(code.system, set()).add(concept.id)
        self._knowing = {system: frozenset(ids) for system, ids in knowing.items()}

    def canonical_system(self, uri: str) -> str:
        """The URI that value sets use for this code system; an unknown one as it is, without a trailing slash."""
        known = self._canonical.get(uri)
        if known is None:
            known = self._canonicalised(uri)
            if len(self._canonical) >= _REMEMBERED:
                self._canonical.clear()
            self._canonical[uri] = known
        return known

    def _canonicalised(self, uri: str) -> str:
        plain = uri.strip().rstrip("/")
        if _OID.fullmatch(plain):
            plain = f"urn:oid:{plain}"
        if plain.startswith(f"{SNOMED}/"):  # a module, perhaps with a version
            return SNOMED
        return self._aliases.get(plain, plain)

    def lookup(self, system: str, code: str) -> tuple[Hit, ...]:
        """Per concept that has this coding in its value set, the code that says most precisely what it is.

        An exact code wins over a prefix, the longest prefix over shorter ones and over a range. A code of role
        `exclude` is answered too: for that concept the coding is to be ignored.
        """
        found = self._found.get((system, code))
        if found is None:
            found = self._looked_up(self.canonical_system(system), code)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[system, code] = found
        return found

    def _looked_up(self, system: str, code: str) -> tuple[Hit, ...]:
        written = code.strip()
        if not written:
            return ()
        if system not in DIAGNOSIS_ICD:
            return self._hits(system, written)
        written = normalise_icd(written)
        if system == CHINESE_ICD10:  # its extensions mean nothing to WHO's categories, which it keeps
            return self._hits(ICD10, _who_category(written))
        found = self._hits(system, written)
        if system == GERMAN_ICD10:
            return found + self._in_doubt(found, self._hits(ICD10, written[:_WHO_LENGTH]))
        if system == ICD10 and len(written) > _WHO_LENGTH:
            for national in _NATIONAL_ICD10:
                perhaps = [hit for hit in self._hits(national, written) if hit[1].role is not Role.EXCLUDE]
                found += self._in_doubt(found, perhaps)
            return found + self._in_doubt(found, self._hits(ICD10, written[:_WHO_LENGTH]))
        return found

    def _in_doubt(self, decided: Sequence[Hit], perhaps: Sequence[Hit]) -> tuple[Hit, ...]:
        """What a code may mean for those concepts that are not decided: a doubt that never decides.

        A national modification's category is mostly WHO's, but not surely. Longer codes than WHO has are sent under its
        URI too: which modification they are of is not known.
        """
        known = {concept for concept, _ in decided}
        return tuple(
            (concept, found if found.role in _NOT_DOUBTED else replace(found, role=Role.SUPPORTING))
            for concept, found in perhaps
            if concept not in known
        )

    def _hits(self, system: str, code: str) -> tuple[Hit, ...]:
        codes = self._systems.get(system)
        return () if codes is None else codes.matching(code, dotted=system in DIAGNOSIS_ICD)

    def concepts_knowing(self, system: str) -> frozenset[str]:
        """The concepts whose value sets have codes of this system, other than answers."""
        canonical = self.canonical_system(system)
        known = self._knowing.get(canonical, frozenset())
        return known | self._knowing.get(ICD10, frozenset()) if canonical in _READ_AS_WHO else known

    def terms(self, concept: str) -> tuple[str, ...]:
        """The words by which a free text names this concept."""
        return self._concepts[concept].terms

    def called(self, concept: str) -> frozenset[str]:
        """Every word that the names of this concept and of its codes have."""
        of = self._concepts[concept]
        return frozenset(
            word for name in (of.label, *of.terms, *(code.label for code in of.codes)) for word in words(name)
        )

    def kinds(self, concept: str) -> frozenset[Kind]:
        """The kinds of resource that it is told by."""
        return self._concepts[concept].kinds

    def names(self, text: str) -> frozenset[str]:
        """The concepts that a free text may name: one of their terms stands in it, as whole words."""
        if self._names is None:
            self._names = _Names(self._concepts)
        return self._names.of(text)

    @staticmethod
    def covered_script(text: str) -> bool:
        """Whether the terms could have been found in it: it is written in Latin letters, or has no letters at all."""
        letters = [char for char in unicodedata.normalize("NFKC", text) if char.isalpha()]
        latin = [is_latin(char) for char in letters]
        return all(latin) or (
            any(latin) and all(ok or _is_greek(char) for char, ok in zip(letters, latin, strict=True))
        )


def normalise_icd(code: str) -> str:
    """An ICD-10 diagnosis code in capitals, with its dot, without blanks, dagger, asterisk or exclamation mark."""
    text = "".join(code.split()).upper().rstrip("†‡*+!").rstrip("-.")
    return f"{text[:3]}.{text[3:]}" if len(text) > 3 and text[3] != "." else text


def _who_category(code: str) -> str:
    """The part of a Chinese clinical ICD-10 code that is WHO's: C91.000x009 is C91.0, I64.x00 is I64."""
    return code[:3] if code[4:5] in ("", "X") else code[:5]


class _System:
    """The codes of one code system, in the ways in which they are compared."""

    def __init__(self) -> None:
        self._exact: dict[str, list[Hit]] = {}
        self._prefixes: dict[str, list[Hit]] = {}
        self._ranges: list[tuple[str, str, Hit]] = []
        self._lengths: set[int] = set()

    def add(self, concept: str, code: Code) -> None:
        hit = (concept, code)
        if code.match is Match.EXACT:
            self._exact.setdefault(code.code, []).append(hit)
        elif code.match is Match.PREFIX:
            self._prefixes.setdefault(code.code, []).append(hit)
            self._lengths.add(len(code.code))
        else:
            first, _, last = code.code.partition("-")
            self._ranges.append((first, last, hit))

    def matching(self, code: str, *, dotted: bool) -> tuple[Hit, ...]:
        best: dict[str, tuple[tuple[int, int], Code]] = {}
        for hit in self._exact.get(code, ()):
            _keep_best(best, _EXACT_RANK, hit)
        for length in self._lengths:
            prefix = code[:length]
            if len(prefix) < length or prefix not in self._prefixes:
                continue
            if dotted and length == 3 and len(code) > 3 and code[3] != ".":
                continue
            for hit in self._prefixes[prefix]:
                _keep_best(best, length, hit)
        for first, last, hit in self._ranges:
            if first <= code[:3] <= last:
                _keep_best(best, 0, hit)
        return tuple((concept, found) for concept, (_, found) in best.items())


def _keep_best(best: dict[str, tuple[tuple[int, int], Code]], precision: int, hit: Hit) -> None:
    concept, code = hit
    rank = (precision, -_ROLE_RANK[code.role])
    if concept not in best or rank > best[concept][0]:
        best[concept] = (rank, code)


# --- free texts -------------------------------------------------------------------------------------------------------


class _Names:
    """The terms of all concepts, found word by word."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._substances: dict[str, set[str]] = {}  # as any language writes them
        self._found: dict[str, frozenset[str]] = {}
        self._elsewhere: dict[str, tuple[Phrases, Phrases]] = {}  # what something else is called, and the terms
        for concept in concepts.values():
            for term in concept.terms:
                if sought := words(term):
                    self._by_first.setdefault(sought[0], []).append((sought, concept.id))
                if len(sought) == 1 and len(sought[0]) >= _NAME_OF_SUBSTANCE and Kind.MEDICATION in concept.kinds:
                    self._substances.setdefault(substance(sought[0]), set()).add(concept.id)
            if concept.other_meanings:
                self._elsewhere[concept.id] = (Phrases(concept.other_meanings), Phrases(map(plain, concept.terms)))

    def of(self, text: str) -> frozenset[str]:
        found = self._found.get(text)
        if found is None:
            found = frozenset(
                concept
                for said in (text, turned(text))
                for concept in self._standing_in(said)
                if self._is_meant(concept, said)
            )
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[text] = found
        return found

    def _standing_in(self, text: str) -> set[str]:
        text = without_dots(text)
        said = words(text)
        substances = (substance(word) for word in said if len(word) >= _NAME_OF_SUBSTANCE)
        return set[str]().union(*(self._substances.get(name, ()) for name in substances)) | {
            concept
            for place, word in enumerate(said)
            for term, concept in self._by_first.get(word, ())
            if said[place : place + len(term)] == term
            and (term not in _WORDS_TOO or place in (0, len(said) - 1) or word.upper() in _WORD.findall(text))
        }

    def _is_meant(self, concept: str, text: str) -> bool:
        """Whether a term of it stands outside the phrases in which it would mean something else."""
        if concept not in self._elsewhere:
            return True
        others, terms = self._elsewhere[concept]
        return not others.stand_in(text) or terms.stand_in(others.left_out_of(text))


def is_latin(char: str) -> bool:
    """Whether a letter is one of the Latin script."""
    return char < "\u0250" or "\u1e00" <= char <= "\u1eff"


def _is_greek(char: str) -> bool:
    return "\u0370" <= char <= "\u03ff"
