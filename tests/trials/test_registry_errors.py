"""What the rules leave open as the registry's own error is told among what is wrong with the trial's text."""

from __future__ import annotations

import pytest

from trialsieve.rules.atom import UNSTATED, Atom, Readings, Recorded, Unresolved
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.trial import Criterion
from trialsieve.rules.vocabulary import Reason

ERRORS = {Reason.REGISTRY_ERROR, Reason.TRUNCATED}


def is_open(atom: Atom) -> bool:
    """Whether the rule itself says that the text is wrong, ambiguous or cut off."""
    test = atom.test
    reasons = {case.reason for case in atom.review_when}
    if isinstance(test, Recorded):
        reasons |= {case.reason for case in test.review}
        if test.window is not None and test.window.anchor == UNSTATED:
            return True
    return isinstance(test, Readings | Unresolved) or bool(reasons & ERRORS)


def held_open(trial: str) -> list[Criterion]:
    criteria = cached_rules().trials[trial].criteria
    return [each for each in criteria if each.readings or any(is_open(atom) for atom in each.atoms)]


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        ("NCT04762485", ["I05", "I06", "X07"]),
        ("NCT07070323", ["I02", "X15"]),
        ("NCT07120607", ["X12"]),
        ("NCT07476027", ["I01", "X05"]),
        ("SENL-T7", ["I01", "I07", "X13"]),
    ],
)
def test_what_is_open_as_the_registrys_error_is_listed(trial: str, expected: list[str]) -> None:
    assert [each.id for each in held_open(trial)] == expected
    issues = cached_rules().trials[trial].registry_issues
    for criterion in held_open(trial):
        name = f"{criterion.kind.value} {int(criterion.id[1:])} "
        assert any(name in f"{issue} ".replace(":", " ").replace(",", " ") for issue in issues), name
