"""How sentences of a result are shown to people: the words of the registry, of attestations and of reasons."""

from __future__ import annotations

import pytest

from trialsieve.rules.vocabulary import Reason
from trialsieve.service.shown import registry_text, shown_reasons, told

QUOTES = {
    "NCT1#I06": "6\\. Positive rate \\>80%;",
    "NCT1#I06.a1": "rate \\>80%",
    "NCT1#I06.a2": "60 days",
}
GAP = "(the record of procedures was not all retrieved: not sent)"
PART = "this part of the record was not retrieved"
UNREADABLE = "a resource that bears on it cannot be read"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rate \\>80%", "rate >80%"),
        ("\\<0.01% and \\[HBV\\]", "<0.01% and [HBV]"),
        ("1\\. a \\* b", "1. a * b"),
        ("a \\\\ b", "a \\ b"),
        ("no backslash >80%", "no backslash >80%"),
        ("C:\\temp", "C:\\temp"),
        ("ends in \\", "ends in \\"),
    ],
)
def test_the_sign_behind_a_backslash_is_shown_without_it(text: str, shown: str) -> None:
    assert registry_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("NCT1#I06 holds, attested by Dr A.", "“6. Positive rate >80%;” holds, attested by Dr A."),
        ("NCT1#I06.a1 does not hold, attested by Dr A", "“rate >80%” does not hold, attested by Dr A"),
        ("NCT1#I07 holds, attested by Dr A", "NCT1#I07 holds, attested by Dr A"),
        ("a person has to judge “rate \\>80%”", "a person has to judge “rate >80%”"),
        ("recorded as 'a \\> b'", "recorded as 'a \\> b'"),  # a record's own words stay
        ("Pregnant: unknown (no-data).", "Pregnant: unknown (nothing on record)."),
        ("Pregnant: unknown (no-data, not-retrieved, unusable-data).", f"Pregnant: unknown ({PART})."),
        ("not known (no-data, stale)", "not known (nothing on record; too old, or not of the time asked about)"),
        (
            "Read so, the sentence is unknown of this patient (judgement, no-data).",
            "Read so, the sentence is unknown of this patient (a person has to judge it; nothing on record).",
        ),
        ("unknown (to us)", "unknown (to us)"),
        (f"Pregnant: unknown (no-data). {GAP}", "Pregnant: unknown (nothing on record)."),
        (f"A resource that bears on this could not be used. {GAP}", ""),
        (
            f"A resource that bears on this could not be used. {GAP} (Procedure/p could not be used: no code)",
            "A resource that bears on this could not be used. (Procedure/p could not be used: no code)",
        ),
    ],
)
def test_what_a_sentence_tells(text: str, shown: str) -> None:
    assert told(text, QUOTES) == shown


@pytest.mark.parametrize(
    ("reasons", "explanation", "words", "codes"),
    [
        ("no-data", "", ["nothing on record"], ["no-data"]),
        ("unusable-data", "", [UNREADABLE], ["unusable-data"]),
        ("no-data unusable-data", "", ["nothing on record", UNREADABLE], ["no-data", "unusable-data"]),
        ("no-data not-retrieved unusable-data", GAP, [PART], ["not-retrieved no-data unusable-data"]),
        (
            "no-data not-retrieved unusable-data",
            "(Procedure/p could not be used: no code)",
            [PART, UNREADABLE],
            ["not-retrieved no-data", "unusable-data"],
        ),
        ("judgement not-retrieved", "", ["a person has to judge it", PART], ["judgement", "not-retrieved"]),
    ],
)
def test_what_was_not_retrieved_is_said_once(
    reasons: str, explanation: str, words: list[str], codes: list[str]
) -> None:
    found = shown_reasons(map(Reason, reasons.split()), explanation)
    assert [one.words for one in found] == words
    assert [" ".join(one.codes) for one in found] == codes


def test_a_sentence_that_stands_above_is_not_quoted_again() -> None:
    assert told("NCT1#I06 holds, attested by Dr A.", {"NCT1#I06": ""}) == "this sentence holds, attested by Dr A."
