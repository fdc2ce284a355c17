"""What a Patient says of sex beside `gender`: at birth, for clinical use. Gender identity is no sex, and not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trialsieve.fhir_adapters.elements.shapes import Json, objects_in
from trialsieve.rules.vocabulary import Sex

# By the end of the extension's address: US Core's and Argonaut's, and https://hl7.org/fhir/extensions. In words.
_SAYING: Final = {
    "us-core-birthsex": "a sex at birth",
    "argo-birthsex": "a sex at birth",
    "us-core-sex": "a sex",
    "us-core-individual-sex": "a sex",
    "patient-sexParameterForClinicalUse": "a sex for clinical use",
    "sex-for-clinical-use": "a sex for clinical use",
}
# v3's administrative gender, FHIR's own, the sex parameter for clinical use, SNOMED CT.
_SEXES: Final = {
    **dict.fromkeys(("m", "male", "male-typical", "248153007"), Sex.MALE),
    **dict.fromkeys(("f", "female", "female-typical", "248152002"), Sex.FEMALE),
}


def contradicting(patient: Json, sex: Sex) -> str | None:
    """What the Patient says of another sex than this one, in words. Never raises; what it cannot read says nothing."""
    for extension in objects_in(patient.get("extension")):
        url = extension.get("url")
        says = _SAYING.get(url.rpartition("/")[2]) if isinstance(url, str) else None
        if says is None:
            continue
        for word in _words(extension):
            if _SEXES.get(word.strip().lower(), sex) is not sex:
                return f"{says} of '{word[:40]}'"
    return None


def _words(extension: Mapping[str, Any]) -> Iterator[str]:
    """The codes and words of its value; a complex extension has it in a part of its own."""
    for part in (extension, *objects_in(extension.get("extension"))):
        if part is not extension and part.get("url") != "value":
            continue
        for name, value in part.items():
            if not name.startswith("value"):
                continue
            coded = objects_in(value.get("coding")) if isinstance(value, dict) else []
            plain = value.get("text") or value.get("code") if isinstance(value, dict) else value
            yield from (word for word in (*(one.get("code") for one in coded), plain) if isinstance(word, str))
