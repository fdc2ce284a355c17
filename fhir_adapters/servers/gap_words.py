"""What was asked for and is not in the record, in a coordinator's words: why, what kind of data, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from trialsieve.fhir_adapters.servers.answers import Answered
from trialsieve.rules.vocabulary import Kind

KIND_WORDS: Final[Mapping[Kind | None, str]] = {
    None: "the patient's own entry (birth date, sex)",
    Kind.OBSERVATION: "results and other observations",
    Kind.CONDITION: "diagnoses",
    Kind.PROCEDURE: "procedures",
    Kind.MEDICATION: "medications",
    Kind.IMMUNIZATION: "immunizations",
    Kind.ALLERGY: "allergies",
}
ATTESTATIONS: Final = "people's earlier answers to criteria (attestations)"

STATE_WORDS: Final[Mapping[Answered, str]] = {
    Answered.NOT_ASKED: "not sent",
    Answered.REFUSED: "access refused",
    Answered.FAILED: "reading failed",
    Answered.IN_PART: "only a part came",
    Answered.WARNED: "the record's system warns that it may not have shown all",
    Answered.NOT_SUPPORTED: "not offered by the record's system",
}


def gap_caution(gaps: Iterable[tuple[str, Answered]]) -> str | None:
    """One sentence about all data that is missing, by why it is; each is (kind of data in words, state)."""
    kinds: dict[Answered, dict[str, None]] = {}
    for words, state in gaps:
        kinds.setdefault(state, {})[words] = None
    if not kinds:
        return None
    parts = "; ".join(f"{STATE_WORDS[state]}: {', '.join(kinds[state])}" for state in STATE_WORDS if state in kinds)
    return f"Not all of the record could be read ({parts}). What depends on it stays open; look in the record itself."


def null_caution(kinds: Iterable[Kind]) -> str | None:
    """One sentence about data that was answered for with null, where an answer would have shown what is absent."""
    words = ", ".join(dict.fromkeys(KIND_WORDS[kind] for kind in kinds))
    if not words:
        return None
    return (
        f"For {words}, the record's system answered with null, which may mean none or not supported, "
        "so what is not on record could not be presumed absent."
    )


def gap_reference(kind: Kind) -> str:
    """What stands in place of a resource's reference, where it is a kind of data that was not all retrieved."""
    return f"the record of {KIND_WORDS[kind]}"
