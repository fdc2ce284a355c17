"""The shipped trials hold every sentence, criterion and atom of their inventory."""

from __future__ import annotations

import hashlib
import re

import pytest

from trialsieve.rules import rule_files
from trialsieve.rules.inventory_files import AtomRole, load_inventory
from trialsieve.rules.logic import AllOf, AtomRef
from trialsieve.rules.logic_equivalence import is_same_logic
from trialsieve.rules.sentences import account

PACKAGED = rule_files.PACKAGED

SHIPPED = load_inventory(PACKAGED / "inventory")


def test_the_inventory_holds_every_criterion_and_atom() -> None:
    criteria = [each for trial in SHIPPED.trials.values() for each in trial.criteria]
    assert (len(SHIPPED.trials), len(criteria), sum(len(each.atoms) for each in SHIPPED.trials.values())) == (
        5,
        106,
        262,
    )


@pytest.mark.parametrize("name", SHIPPED.trials)
def test_the_inventory_was_made_from_the_text_and_accounts_for_every_sentence(name: str) -> None:
    trial = SHIPPED.trials[name]
    content = (PACKAGED / "sources" / trial.source.file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == trial.source.sha256
    texts = {criterion: entry.text for criterion, entry in trial.criteria.items()}
    found = account(content.decode("utf-8"), SHIPPED.sections[name], texts)
    assert (found.not_found, found.headings_not_found) == ((), ())
    assert [sentence.text for sentence in found.sentences if sentence.missing] == []


def test_every_logic_of_the_inventory_names_its_deciding_atoms() -> None:
    shown = {AtomRole.HINT, AtomRole.CARVE_OUT, AtomRole.ALLOWANCE, AtomRole.EVIDENCE_REQUIREMENT}
    for trial in SHIPPED.trials.values():
        for name, criterion in trial.criteria.items():
            deciding = {atom for atom, entry in criterion.atoms.items() if entry.role not in shown}
            for words in criterion.logics:
                named = set(re.findall(r"[a-z0-9]+", words)) - {"and", "or", "not"}
                assert named == deciding, f"{trial.trial}#{name}"
                assert is_same_logic(words, AllOf(tuple(AtomRef(atom) for atom in deciding))) in {True, False}
