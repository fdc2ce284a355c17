"""Why the code of a resource was not understood, in words that say what is there, and how to put it right."""

from __future__ import annotations

from typing import Final

from trialsieve.fhir_adapters.codes.nameless import is_nameless, without_empty_words
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.fhir_adapters.records.references import Resolver
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.vocabulary import Kind

_ELEMENT: Final = {Kind.MEDICATION: "medication", Kind.IMMUNIZATION: "vaccineCode"}
_LONGEST_SHOWN: Final = 200  # of what the input itself says
_STANDARD: Final = "add a code in a standard system"


def code_fault(kind: Kind, resource: Json, code: Coded, resolver: Resolver, index: CodeIndex) -> str:
    """What is wrong with a code that leaves some concept in doubt. Quotes systems and references, and never words."""
    element = _ELEMENT.get(kind, "code")
    if is_nameless(kind, code, index):
        return f"its {element} names nothing (unknown, not applicable or the like); {_STANDARD}"
    code = without_empty_words(code)
    if code.codes:
        return _unknown_systems(element, code, index)
    if any(coding.code is not None for coding in code.codings):
        return f"its {element} has no system, and a code means nothing without one; add the system"
    if any(coding.system is not None for coding in code.codings):
        return f"its {element} names a system and no code in it; add the code"
    if kind is Kind.MEDICATION and (reference := _medication_reference(resource)):
        if resolver.find(reference) is None:
            return (
                f"it names {reference[:_LONGEST_SHOWN]} as its medication, which this record does not hold; "
                "put that Medication into the same Bundle or export"
            )
        if not code.texts:
            return f"the Medication that it names, {reference[:_LONGEST_SHOWN]}, has no code; {_STANDARD} to it"
    if not code.texts:
        return f"it has no {element}; {_STANDARD}"
    return f"its {element} is in words alone{_unsearchable(code, index)}; {_STANDARD}"


def _unknown_systems(element: str, code: Coded, index: CodeIndex) -> str:
    systems = [system for system, _ in code.codes]
    named = ", ".join(dict.fromkeys(systems))[:_LONGEST_SHOWN]
    if not any(index.concepts_knowing(system) for system in systems):
        fault = f"its {element} is in no system that the rules know ({named})"
    elif unsearchable := _unsearchable(code, index):
        fault = f"its {element} is in a system that the rules know in part ({named}), and its words are{unsearchable}"
    elif not code.texts:
        fault = f"its {element} is in a system that the rules know in part ({named}), and it has no words"
    else:
        # Mostly a narrower code than the value set has, in a system that it knows well.
        return (
            f"its words name what the rules look for, whose value set does not list its {element} ({named}); "
            "add a code that it lists, or this one to the site file"
        )
    return f"{fault}; {_STANDARD}, or its own to the site file"


def _unsearchable(code: Coded, index: CodeIndex) -> str:
    covered = all(index.covered_script(text) for text in code.texts)
    return "" if covered else " in a script that the rules have no words in"


def _medication_reference(resource: Json) -> str:
    """The reference of R4's medicationReference, or of R5's medication."""
    for name in ("medicationReference", "medication"):
        element = resource.get(name)
        if name == "medication" and isinstance(element, dict):
            element = element.get("reference")
        if isinstance(element, dict) and isinstance(reference := element.get("reference"), str):
            return reference
    return ""
