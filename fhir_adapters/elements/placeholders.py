"""Codes that stand where a code is missing, and those of the patient summary that speak of a whole kind of data.

A null flavor or a reason for absence names nothing. The International Patient Summary tells apart that none is known
(somebody looked) from that there is no information (nobody did), hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips.
"""

from __future__ import annotations

from typing import Final

from trialsieve.rules.vocabulary import Kind

PLACEHOLDERS: Final = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "http://hl7.org/fhir/data-absent-reason",
        "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
        "http://hl7.org/fhir/v3/NullFlavor",
        "urn:oid:2.16.840.1.113883.5.1008",
    }
)
"""Systems whose codes say only why there is no code (FHIR's own, under the addresses of STU3 and of R4 and later)."""

PLACEHOLDER_TEXTS: Final = frozenset({"unknown", "no information"})
"""What people write beside such a code without naming anything."""

_SUMMARY: Final = frozenset(
    {
        "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips",
        "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown",
    }
)


def no_information(system: str | None, code: str | None) -> bool:
    """Whether the coding says that nothing is known of its kind of data: that proves no absence."""
    return system in _SUMMARY and code is not None and code.startswith("no-") and code.endswith("-info")


_NONE_OF_KIND: Final = {
    Kind.ALLERGY: "allergies",
    Kind.CONDITION: "problems",
    Kind.IMMUNIZATION: "immunizations",
    Kind.MEDICATION: "medications",
    Kind.PROCEDURE: "procedures",
}


def none_known_of(kind: Kind, system: str | None, code: str | None) -> bool:
    """Whether the coding says that none of this kind is known, or of allergies none of some sort."""
    return none_known(system, code) and code is not None and code.endswith(f"-{_NONE_OF_KIND.get(kind)}")


def none_known(system: str | None, code: str | None) -> bool:
    """Whether the coding says that none of its kind is known."""
    return system in _SUMMARY and code is not None and code.startswith("no-known-")
