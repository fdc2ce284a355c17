"""The verdict of an arm as rules over one fact that counts its criteria."""

from __future__ import annotations

from trialsieve.engine._durable_rules import Rule
from trialsieve.engine.compile_logic import FALSE, TRUE
from trialsieve.engine.compile_tests import ARM
from trialsieve.engine.conditions import at_least, at_most, either, equal, every, greater
from trialsieve.rules.vocabulary import Verdict

_EXCLUDED = either(equal("d", 1), at_least("f", 1), equal("c", FALSE))
_NOT_EXCLUDED = every(equal("d", 0), equal("f", 0), greater("c", FALSE))

ARM_RULES = (
    Rule(Verdict.INELIGIBLE.value, ARM, _EXCLUDED),
    Rule(
        Verdict.NEEDS_REVIEW.value,
        ARM,
        every(_NOT_EXCLUDED, either(at_least("r", 1), at_most("c", TRUE - 1), equal("s", 1))),
    ),
    Rule(Verdict.ELIGIBLE.value, ARM, every(_NOT_EXCLUDED, equal("r", 0), equal("c", TRUE), equal("s", 0))),
)
