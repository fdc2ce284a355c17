"""What the words of a code do to it: they may take it back, doubt it, or say another state of the disease than it does.

The text is what was meant; the codes stand for it (https://hl7.org/fhir/R4/datatypes.html#CodeableConcept).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from trialsieve.fhir_adapters.codes.naming import Named
from trialsieve.fhir_adapters.codes.recorded_words import (
    denies_each,
    doubts,
    leaves_undone,
    leaves_untaken,
    says_past,
    states_said,
    takes_back,
    takes_back_remission,
)
from trialsieve.fhir_adapters.codes.shared_words import share_a_word
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.elements.codings import ASSERTING, DECIDING, Coded
from trialsieve.rules.codes import DIAGNOSIS_ICD, Hit
from trialsieve.rules.vocabulary import Kind, Role
from trialsieve.rules.words import Phrases


def words_against_diagnosis(code: Coded, named: Sequence[Named], terms: Terms) -> str | None:
    """The words of Condition.code that leave in doubt what its codes say."""
    if named and all(one.reading.role is Role.NEGATES for one in named):  # the code says the same
        return None
    # Of what is done, not had, a past is what is asked for ("s/p bone marrow transplant").
    diagnosed = any(one.reading.role is Role.DEFINITIVE and Kind.PROCEDURE not in one.concept.kinds for one in named)
    hits = terms.every_hit(code)
    for text in code.texts:
        taken_back = denied_or_doubted(text) or _denies_name(text, hits, terms)
        if taken_back or _says_another_state(text, hits) or (diagnosed and says_past(text)):
            return text
        if _names_another(text, hits, terms):
            return text
    return None


def words_against_allergy(code: Coded, named: Sequence[Named], terms: Terms) -> str | None:
    """The words of an allergy that leave it in doubt, where a code says what it is. A past changes nothing."""
    if all(one.reading.role not in DECIDING for one in named):
        return None
    hits = terms.every_hit(code)
    return next((text for text in code.texts if denied_or_doubted(text) or _denies_name(text, hits, terms)), None)


def denied_or_doubted(text: str) -> bool:
    """Whether it is so in words, whatever it is."""
    return takes_back(text) or doubts(text)


def words_against_what_is_done(code: Coded, named: Sequence[Named]) -> str | None:
    """The words of a procedure or vaccine that leave open whether it was done, where a code says what it is."""
    return _first(leaves_undone, code, named)


def words_against_what_is_taken(code: Coded, named: Sequence[Named]) -> str | None:
    """The words of a drug that leave open whether it was taken, where a code says what it is."""
    return _first(leaves_untaken, code, named)


def _first(speaks_against: Callable[[str], bool], code: Coded, named: Sequence[Named]) -> str | None:
    if all(one.reading.role not in DECIDING for one in named):
        return None
    return next(filter(speaks_against, code.texts), None)


def _names_another(text: str, hits: Sequence[Hit], terms: Terms) -> bool:
    """Whether it names another diagnosis than an ICD code, with not one word of what that is called.

    What is next to the code's own concepts (of their group) may be another name of the same thing.
    """
    sure = [(concept, found) for concept, found in hits if found.role in DECIDING and found.system in DIAGNOSIS_ICD]
    if not sure or any(Kind.PROCEDURE in terms.index.kinds(concept) for concept, _ in sure):
        return False
    if any(share_a_word(text, found.label) for _, found in hits):
        return False
    named, own = terms.index.names(text), {concept for concept, _ in hits}
    groups = {concept.partition(".")[0] for concept in own}
    others = {one for one in named if Kind.CONDITION in terms.index.kinds(one) and one.partition(".")[0] not in groups}
    return bool(others) and named.isdisjoint(own)


def _denies_name(text: str, hits: Sequence[Hit], terms: Terms) -> bool:
    names = {(*terms.index.terms(concept), found.label) for concept, found in hits if found.role in DECIDING}
    return any(denies_each(text, _phrases(each)) for each in names)


@lru_cache(maxsize=1024)
def _phrases(names: tuple[str, ...]) -> Phrases:
    return Phrases(names)


def _says_another_state(text: str, hits: Sequence[Hit]) -> bool:
    """Whether it says remission of what is coded as a relapse, or the reverse; or of a remission that it is partial."""
    coded = frozenset[str]().union(*(states_said(found.label) for _, found in hits if found.role in ASSERTING))
    return bool(coded) and (not states_said(text) <= coded or ("remission" in coded and takes_back_remission(text)))
