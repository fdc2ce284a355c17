"""Remembers what codes mean to the wanted concepts.

Most resources of a record mean nothing to any rule, and their codes recur; each distinct code is thought about once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from trialsieve.fhir_adapters.codes.allergy_denials import denied_outright
from trialsieve.fhir_adapters.codes.meaning import QUIET, Meaning, Meanings
from trialsieve.fhir_adapters.codes.presumed import PresumedAbsent
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.as_json import as_json, is_key
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Kind

_REMEMBERED: Final = 1 << 16
_WRITTEN: Final = 1 << 13


class Understanding:
    """Finds what codes mean to the wanted concepts, remembering each."""

    def __init__(self, terms: Terms, presumed: PresumedAbsent) -> None:
        self._terms = terms
        self._meanings = Meanings(terms, presumed)
        # By (kind's value, text, then system, code, display of each coding), as the raw JSON has them when well-formed.
        self._remembered: dict[tuple[object, ...], Meaning] = {}
        # By kind's value, then the JSON of a code that was met.
        self._met: dict[str, Kept[bytes, Meaning]] = {kind.value: Kept(_WRITTEN) for kind in Kind}

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
            found = self._meanings.of(kind, code)
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
