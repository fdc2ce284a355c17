"""The public word lists in a coordinator's words."""

from __future__ import annotations

from trialsieve.rules.vocabulary import Effect, Reason, Truth

REASON_WORDS = {
    Reason.NO_DATA: "nothing on record",
    Reason.STALE: "too old, or not of the time asked about",
    Reason.UNDATED: "without a date",
    Reason.UNIT: "no unit, or one that cannot be converted",
    Reason.NO_REFERENCE_RANGE: "without its reference range",
    Reason.IMPRECISE: "too imprecise for the limit",
    Reason.UNCONFIRMED: "not confirmed",
    Reason.UNSPECIFIC: "not specific enough for the sentence",
    Reason.CONFLICTING_DATA: "the record contradicts itself",
    Reason.NOT_RETRIEVED: "this part of the record was not retrieved",
    Reason.JUDGEMENT: "a person has to judge it",
    Reason.REGISTRY_ERROR: "the registry's text is wrong or ambiguous",
    Reason.TRUNCATED: "the registry's text is cut off",
    Reason.UNUSABLE_DATA: "a resource that bears on it cannot be read",
    Reason.ENGINE_DISAGREEMENT: "the two evaluators differ; report this",
}

EFFECT_WORDS = {Effect.PASS: "pass", Effect.FAIL: "fails", Effect.REVIEW: "open"}

LIMITING_WORDS = {
    "cohort": "the cohort's own condition",
    "deceased": "the patient is deceased",
    "patient": "the patient's record is inactive or replaced",
}


def reason_words(reasons: tuple[Reason, ...]) -> str:
    """`stale (too old to speak for today), unit (...)`."""
    return ", ".join(f"{reason.value} ({REASON_WORDS[reason]})" for reason in reasons)


def holds_words(holds: bool | None) -> str:
    return Truth.UNKNOWN.value if holds is None else Truth.TRUE.value if holds else Truth.FALSE.value


def counted(number: int, one: str, many: str = "") -> str:
    """`1 patient`, `2 patients`, `0 entries`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
