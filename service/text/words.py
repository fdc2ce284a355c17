"""The public word lists in a coordinator's words."""

from __future__ import annotations

from collections.abc import Iterable

from trialsieve.rules.vocabulary import Effect, Truth

ADVICE = "Advice, not a decision: a person decides, on the record itself."

EFFECT_WORDS = {Effect.PASS: "pass", Effect.FAIL: "fails", Effect.REVIEW: "open"}

GATE = "cohort"  # what a cohort's own condition is called where criteria are named

LIMITING_WORDS = {
    GATE: "the cohort's own condition",
    "deceased": "the patient is deceased",
    "patient": "the patient's record is inactive or replaced",
}


def limiting_words(names: Iterable[str]) -> str:
    """What decides an arm, or is open in it, each once: `I03, the cohort's own condition`."""
    return ", ".join(dict.fromkeys(LIMITING_WORDS.get(name, name) for name in names))


def part_words(holds: bool | None, *, settled: bool) -> str:
    """The value of a part. One that is unknown keeps nothing open where what it is a part of is settled without it."""
    return "unknown (nothing waits for it)" if holds is None and settled else holds_words(holds)


def holds_words(holds: bool | None) -> str:
    return Truth.UNKNOWN.value if holds is None else Truth.TRUE.value if holds else Truth.FALSE.value


def counted(number: int, one: str, many: str = "") -> str:
    """`1 patient`, `2 patients`, `0 entries`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
