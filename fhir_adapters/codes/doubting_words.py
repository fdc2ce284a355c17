"""What the words of a code do to it: they may take it back, doubt it, or say another state of the disease than it does.

The text is what was meant; the codes stand for it (https://hl7.org/fhir/R4/datatypes.html#CodeableConcept).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from trialsieve.fhir_adapters.codes.allergy_words import says_disproved
from trialsieve.fhir_adapters.codes.naming import Named
from trialsieve.fhir_adapters.codes.recorded_words import (
    contests,
    denies_a_state,
    denies_each,
    doubts,
    ends_a_state,
    is_of_a_relative,
    leaves_open,
    loses_a_state,
    says_past,
    states_said,
    takes_back,
    takes_back_remission,
)
from trialsieve.fhir_adapters.codes.shared_words import share_a_word
from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.codes.undone_words import leaves_undone, leaves_untaken
from trialsieve.fhir_adapters.elements.codings import ASSERTING, DECIDING, Coded, Coding
from trialsieve.rules.codes import DIAGNOSIS_ICD, Hit
from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.vocabulary import Kind, Result, Role
from trialsieve.rules.words import Phrases


def words_against_diagnosis(code: Coded, named: Sequence[Named], terms: Terms) -> str | None:
    """The words of Condition.code that leave in doubt what its codes say."""
    if named and all(one.reading.role is Role.NEGATES for one in named):  # the code says the same
        return None
    # Of what is done, not had, a past is what is asked for ("s/p bone marrow transplant").
    diagnosed = any(one.reading.role is Role.DEFINITIVE and Kind.PROCEDURE not in one.concept.kinds for one in named)
    hits = terms.every_hit(code)
    for text in code.texts:
        taken_back = denied_or_doubted(text) or contests(text) or _denies_name(text, hits, terms)
        if taken_back or _says_another_state(text, hits) or (diagnosed and says_past(text)):
            return text
        if _names_another(text, hits, terms):
            return text
        # Nobody's clinical status of it says so, and it may be cured; a leukemia's remission is a state of its own.
        if "remission" in states_said(text) and terms.is_sure_of(code, terms.of_no_state):
            return text
    return _another_state_by_a_code(code, terms) if len(code.codings) > 1 else None


def words_deny_diagnosis(text: str, code: Coded, terms: Terms) -> bool:
    """Whether these words of it deny or doubt the diagnosis; not so words that contradict the code in another way."""
    return denied_or_doubted(text) or _denies_name(text, terms.every_hit(code), terms)


def words_against_allergy(code: Coded, named: Sequence[Named], terms: Terms) -> str | None:
    """The words of an allergy that leave it in doubt, where a code says what it is. A past changes nothing."""
    if all(one.reading.role not in DECIDING for one in named):
        return None
    hits = terms.every_hit(code)
    return next((text for text in code.texts if allergy_doubted(text) or _denies_name(text, hits, terms)), None)


def allergy_doubted(text: str) -> bool:
    """Whether words of an allergy deny or doubt it, or say that it was found to be none."""
    return denied_or_doubted(text) or says_disproved(text)


def denied_or_doubted(text: str) -> bool:
    """Whether it is so in words, whatever it is."""
    return takes_back(text) or doubts(text)


def words_against_what_is_done(code: Coded, named: Sequence[Named]) -> str | None:
    """The words of a procedure or vaccine that leave open whether it was done, where a code says what it is."""
    return _first(leaves_undone, code, named)


def words_against_what_is_taken(code: Coded, named: Sequence[Named]) -> str | None:
    """The words of a drug that leave open whether it was taken, where a code says what it is."""
    return _first(leaves_untaken, code, named)


def words_against_state(answer: Coded, state: Concept, terms: Terms) -> str | None:
    """The words of an answer, or what codes beside it are called, that leave in doubt the state that its code says."""
    said = [(one, found) for one in answer.codings for found in _of_state(one, state, terms)]
    if another := _another_answer(answer, state, said, terms):
        return another
    labels = tuple(found.label for _, found in said if found.role is not Role.EXCLUDE)
    facets = {found.facets for _, found in said}
    called = tuple(one.label for one in state.codes if not one.observation and one.facets in facets)
    coded = frozenset[str]().union(*map(states_said, labels))
    names = _phrases((*terms.index.terms(state.id), *labels))
    for text in answer.texts:
        if text in called:
            continue
        states = states_said(text)
        if leaves_open(text) or is_of_a_relative(text) or ends_a_state(text):
            return text
        if coded and (not states <= coded or ("remission" in coded and takes_back_remission(text))):
            return text
        if states and denies_a_state(text):
            return text
        if not states and (denies_each(text, names) or loses_a_state(text) or _is_a_no(text, terms)):
            return text
        if _is_of_another_disease(_phrases(called).left_out_of(text), state, terms):
            return text
    return None


def _is_a_no(text: str, terms: Terms) -> bool:
    return terms.answers.of_words(text) is Result.NEGATIVE


def _of_state(coding: Coding, state: Concept, terms: Terms) -> Iterator[Code]:
    if coding.system is not None and coding.code is not None:
        for concept, found in terms.index.lookup(coding.system, coding.code):
            if concept == state.id and not found.observation:
                yield found


def _another_answer(answer: Coded, state: Concept, said: Sequence[tuple[Coding, Code]], terms: Terms) -> str | None:
    """What a coding is called that says another answer than the others: a partial remission, or a relapse."""
    facets: dict[str, str] = {}
    for coding, found in said:
        if found.role is Role.EXCLUDE or any(facets.setdefault(facet, value) != value for facet, value in found.facets):
            return coding.display or found.label
    own = {coding for coding, _ in said}
    for coding in answer.codings:
        if coding in own or coding.system is None or coding.code is None:
            continue
        for concept, found in terms.index.lookup(coding.system, coding.code):
            if concept in terms.states and concept != state.id and not found.observation:
                return coding.display or found.label
    return None


def _is_of_another_disease(text: str, state: Concept, terms: Terms) -> bool:
    """Whether it names a disease of a group that the state is never of, and none that it is of."""
    groups = {concept.partition(".")[0] for concept in state.never_of}
    named = terms.index.names(text)
    return named.isdisjoint(state.onset_may_be_of) and any(one.partition(".")[0] in groups for one in named)


def _first(speaks_against: Callable[[str], bool], code: Coded, named: Sequence[Named]) -> str | None:
    if all(one.reading.role not in DECIDING for one in named):
        return None
    return next(filter(speaks_against, code.texts), None)


def _another_state_by_a_code(code: Coded, terms: Terms) -> str | None:
    """What one of its codes is called that says remission, where another says relapse."""
    by_state: dict[str, str] = {}
    for one in code.codes:
        labels = [found.label for _, found in terms.index.lookup(*one) if found.role in ASSERTING]
        said = frozenset[str]().union(*map(states_said, labels))
        if len(said) == 1:  # of one code that says both nobody knows better
            by_state[next(iter(said))] = next(label for label in labels if states_said(label))
    return by_state["remission"] if {"remission", "relapse"} <= by_state.keys() else None


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
