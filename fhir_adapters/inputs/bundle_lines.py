"""Bundles in one line each: whom they are about, told without parsing them."""

from __future__ import annotations

import re
from typing import Final

from trialsieve.fhir_adapters.inputs.signatures import SeenPatient, patients_within

_BUNDLE_LINE: Final = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"Bundle"')
_PATIENT: Final = re.compile(rb'Patient"')  # begins with a letter, and a rare one: quotes are everywhere
_TYPE_BEFORE: Final = re.compile(rb'"resourceType"\s*:\s*"\Z')
_ENTRY_BEFORE: Final = re.compile(rb'"resource"\s*:\s*\{\s*"resourceType"\s*:\s*"\Z')
_END: Final = re.compile(rb"\]\s*\}\s*\Z")  # that of a whole Bundle, nearly always
_LOOK_BACK: Final = 80


def is_bundle_line(raw: bytes) -> bool:
    """Does this line begin as a Bundle does?"""
    return _BUNDLE_LINE.match(raw) is not None


def patients_told(raw: bytes) -> list[SeenPatient]:
    """The Patients that a Bundle in one line is about, where these can be told without parsing it.

    They can if it ends as a Bundle does, and every Patient in it is the resource of an entry and has an id.
    """
    if _END.search(raw[-_LOOK_BACK:]) is None:
        return []
    seen = patients_within(raw)
    patients = entries = 0
    for name in _PATIENT.finditer(raw):
        before = raw[max(0, name.start() - _LOOK_BACK) : name.start()]
        patients += _TYPE_BEFORE.search(before) is not None
        entries += _ENTRY_BEFORE.search(before) is not None
    return seen if entries == patients == len(seen) else []
