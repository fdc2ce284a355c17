"""How sure an ICD-10-GM code is (Diagnosesicherheit): German records say it in an extension of the coding.

What each code means for the statuses is HL7 Deutschland's: extension icd-10-gm-diagnosesicherheit of its base profiles
(package de.basisprofil.r4), invariants icd-4 to icd-7. The codes are those of the physicians' association (KBV).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final

from trialsieve.fhir_adapters.elements.shapes import Json


class DiagnosticCertainty(Enum):
    """A code of it, or one that is not understood."""

    EXCLUDED = "A"  # ausgeschlossen: refuted
    CONFIRMED = "G"  # gesichert
    SUSPECTED = "V"  # Verdacht auf, zum Ausschluss von: provisional
    STATE_AFTER = "Z"  # Zustand nach: resolved
    NOT_UNDERSTOOD = ""


Said = tuple[DiagnosticCertainty, str]
"""What it means, and the codes as recorded."""

_URL: Final = "/icd-10-gm-diagnosesicherheit"
# The code system, its value set (which some name instead), and its OIDs, the older of which is the health insurers'.
_SYSTEMS: Final = ("kbv_cs_sfhir_icd_diagnosesicherheit", "kbv_vs_sfhir_icd_diagnosesicherheit")
_OIDS: Final = frozenset({"1.2.276.0.76.3.1.1.5.1.21", "2.16.840.1.113883.3.7.1.8"})
_KNOWN: Final = {certainty.value: certainty for certainty in DiagnosticCertainty if certainty.value}


def diagnostic_certainty(resource: Json) -> Said | None:
    """That of a Condition, by all its codings together; None if it states none. Never raises."""
    code = resource.get("code")
    if type(code) is not dict:
        return None
    codings = code.get("coding")
    parts = [part for part in codings if type(part) is dict] if type(codings) is list else []
    said = [each for part in (*parts, code, resource) if "extension" in part for each in _said(part["extension"])]
    if not said:
        return None
    found = {certainty for certainty, _ in said}
    shown = ", ".join(dict.fromkeys(word for _, word in said))
    return (found.pop() if len(found) == 1 else DiagnosticCertainty.NOT_UNDERSTOOD), shown


def _said(extensions: object) -> Iterator[Said]:
    for extension in extensions if type(extensions) is list else ():
        url = extension.get("url") if type(extension) is dict else None
        if isinstance(url, str) and url.lower().endswith(_URL):
            yield _read(extension)


def _read(extension: Mapping[str, Any]) -> Said:
    coding = extension.get("valueCoding", {"code": extension.get("valueCode")})
    system, code = (coding.get("system"), coding.get("code")) if isinstance(coding, dict) else (None, None)
    word = code.strip() if isinstance(code, str) else ""
    known = _KNOWN.get(word.upper()) if _is_known(system) else None
    return known or DiagnosticCertainty.NOT_UNDERSTOOD, word[:20] or "?"


def _is_known(system: object) -> bool:
    if system is None:
        return True
    written = system.strip().lower() if isinstance(system, str) else ""
    return written.endswith(_SYSTEMS) or written.removeprefix("urn:oid:") in _OIDS
