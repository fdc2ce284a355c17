"""What is asked of a client or a FHIR server about one patient, derived from the rules that will read it.

Each template is one query of the restricted subset that CDS Hooks clients must understand: a read, or a search of one
type with reference and token parameters by equality and `_count`. The choices:

* `patient` is a search parameter of every type asked for, in STU3, R4 and R5; `subject` is not.
* Conditions, procedures, medications, immunizations and allergies are asked for whole. Rules read those without a
  usable code too, by their words, and what is presumed absent needs an answer that holds all of them. A medication
  stands in any of four types, each a query of its own.
* Observations are asked for by code: a patient may have tens of thousands. Listed are the exact codes of the value sets
  that results are read by, the site's own among them. Not listed are codes of role `exclude` and answer codes, which
  make no result, and what a search cannot express: code prefixes and ranges (ICD categories, which code no result).
  So an Observation that has words or an unknown local code alone is not found by these queries; a site that has such
  codes adds them to its settings.
* The panels whose components are read are found by their own codes, which are in the same value sets (the oxygen
  saturation that carries flow and concentration). `component-code` is left out, since few servers know it.
* LOINC, SNOMED CT and ICD codes are asked for without their system, which servers must understand (US Core says so): it
  finds every spelling of the system that records have, and codes that happen to be equal are told apart when they are
  read. Any other code is asked for under its system and under each alias of it.
* The lists are cut so that no URL is longer than many servers and proxies take. All codes of a concept stay together,
  so that a list that was not answered leaves few concepts unknown. The key of a list holds a digest of it: a client
  that was set up with an older list does not answer for a newer one.
* No date bounds: much of what rules read is of any age. `_count` is high, since not every client follows pages.
* Attestations, people's answers to criteria, are the Observations of one code system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from trialsieve.fhir_adapters.codes.attestations import SYSTEM
from trialsieve.fhir_adapters.elements.resource_types import DSTU2_ONLY, KIND_OF
from trialsieve.rules.atom import Atom, Measurement, QualitativeResult, Recorded
from trialsieve.rules.codes import DIAGNOSIS_ICD, LOINC, SNOMED
from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.logic_order import atoms_reached
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import COVERABLE, Kind, Match, Role

PATIENT_TOKEN: Final = "{{context.patientId}}"
PATIENT_KEY: Final = "patient"
ATTESTATIONS_KEY: Final = "attestations"

LONGEST_QUERY: Final = 1_800
"""Of the query alone, as sent. With a base URL before it, it stays below 2,000 characters."""

_PAGE: Final = 1_000
_UNMISTAKABLE: Final = frozenset({LOINC, SNOMED}) | DIAGNOSIS_ICD
_NO_RESULT: Final = frozenset({Role.EXCLUDE, Role.COMPONENT})
_KEYS: Final = {
    "Condition": "conditions",
    "Procedure": "procedures",
    "MedicationRequest": "medication-requests",
    "MedicationStatement": "medication-statements",
    "MedicationAdministration": "medication-administrations",
    "MedicationDispense": "medication-dispenses",
    "Immunization": "immunizations",
    "AllergyIntolerance": "allergies",
}


@dataclass(frozen=True, slots=True)
class PrefetchTemplate:
    """One query. `kind` is the kind of resource that it asks for; None for the Patient.

    `covers`: an answer in full vouches for the kind, so that what it does not hold may be presumed absent. `concepts`
    are those that an Observation query asks for; empty for attestations, and for a query of a kind as a whole.
    """

    key: str
    query: str
    kind: Kind | None = None
    covers: bool = False
    concepts: frozenset[str] = frozenset()

    @property
    def resource_type(self) -> str:
        """The type of the resources asked for."""
        return self.query.partition("?")[0].partition("/")[0]

    @property
    def is_search(self) -> bool:
        return "?" in self.query

    def query_for(self, patient: str) -> str:
        """The query about the patient with this id, as it is sent."""
        return self.query.replace(PATIENT_TOKEN, quote(patient, safe=""))


def prefetch_templates(book: RuleBook, trials: Sequence[str]) -> dict[str, PrefetchTemplate]:
    """By key, what the rules of these trials need to know of a patient."""
    atoms = atoms_reached(book, trials)
    templates = [PrefetchTemplate(PATIENT_KEY, f"Patient/{PATIENT_TOKEN}")]
    kinds = frozenset().union(*(book.concepts[name].kinds for atom in atoms for name in _recorded(atom))) & COVERABLE
    for resource_type, key in _KEYS.items():
        if (kind := KIND_OF[resource_type]) in kinds:
            templates.append(PrefetchTemplate(key, f"{_search(resource_type)}&_count={_PAGE}", kind, covers=True))
    names = sorted({name for atom in atoms for name in _measured(atom)})
    templates += _observations([book.concepts[name] for name in names], book)
    code = quote(f"{SYSTEM}|", safe=":")
    templates.append(
        PrefetchTemplate(ATTESTATIONS_KEY, f"{_search('Observation')}&code={code}&_count={_PAGE}", Kind.OBSERVATION)
    )
    return {template.key: template for template in templates}


def _search(resource_type: str) -> str:
    return f"{resource_type}?patient={PATIENT_TOKEN}"


def _recorded(atom: Atom) -> Sequence[str]:
    """The concepts that an atom looks for on record."""
    return atom.test.concepts if isinstance(atom.test, Recorded) else ()


def _measured(atom: Atom) -> frozenset[str]:
    """The concepts whose results an atom looks at."""
    return frozenset(
        name for test in atom.tests if isinstance(test, Measurement | QualitativeResult) for name in test.concepts
    )


def _observations(concepts: Iterable[Concept], book: RuleBook) -> list[PrefetchTemplate]:
    """The code lists, each of as many concepts as go into one query."""
    room = LONGEST_QUERY - len(f"{_search('Observation')}&code=&_count={_PAGE}")
    lists: list[tuple[dict[str, None], set[str]]] = [({}, set())]
    for concept in concepts:
        own = dict.fromkeys(token for code in concept.codes if _makes_a_result(code) for token in _tokens(code, book))
        for part in _parts(list(own), room):
            tokens, asked_for = lists[-1]
            if _length([*tokens, *(token for token in part if token not in tokens)]) > room:
                lists.append(({}, set()))
                tokens, asked_for = lists[-1]
            tokens.update(dict.fromkeys(part))
            asked_for.add(concept.id)
    templates = []
    for number, (tokens, asked_for) in enumerate(lists, start=1):
        if tokens:
            query = f"{_search('Observation')}&code={','.join(tokens)}&_count={_PAGE}"
            key = f"observations-{number}-{hashlib.sha256(query.encode()).hexdigest()[:8]}"
            templates.append(PrefetchTemplate(key, query, Kind.OBSERVATION, concepts=frozenset(asked_for)))
    return templates


def _makes_a_result(code: Code) -> bool:
    return code.match is Match.EXACT and code.role not in _NO_RESULT


def _tokens(code: Code, book: RuleBook) -> list[str]:
    """The search tokens for a code, ready for a URL."""
    written = _escaped(code.code)
    if code.system in _UNMISTAKABLE:
        return [quote(written, safe="")]
    systems = [code.system, *(alias for alias, system in book.terminology.aliases.items() if system == code.system)]
    return [quote(f"{_escaped(system)}|{written}", safe=":/") for system in systems]


def _escaped(text: str) -> str:
    """What separates values in a search is escaped by a backslash (FHIR search, escaping)."""
    for sign in "\\,|$":
        text = text.replace(sign, f"\\{sign}")
    return text


def _length(tokens: Sequence[str]) -> int:
    return sum(len(token) + 1 for token in tokens)


def _parts(tokens: list[str], room: int) -> list[list[str]]:
    """A concept's tokens in one piece, or in several where it alone has too many for one query."""
    parts: list[list[str]] = [[]]
    for token in tokens:
        if parts[-1] and _length([*parts[-1], token]) > room:
            parts.append([])
        parts[-1].append(token)
    return [part for part in parts if part]


assert _KEYS.keys() | DSTU2_ONLY | {"Observation"} >= KIND_OF.keys()
