"""What is on record and does not count (refuted, entered in error), told where it would read as never recorded."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from trialsieve.engine.explanation_findings import looked_at
from trialsieve.engine.facts import Dismissed
from trialsieve.engine.phrases import few
from trialsieve.engine.result import AtomResult, CriterionResult
from trialsieve.rules.atom import Atom, FindingHolds, Recorded
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Criterion


def telling_dismissed(
    rule: Criterion, result: CriterionResult, dismissed: Sequence[Dismissed], book: RuleBook
) -> CriterionResult:
    """The explained criterion, with what was dismissed of the concepts of which nothing else is on record."""
    if not result.applies:
        return result
    found = {each.id: told for each in rule.atoms if (told := _told(_concepts(each, book), dismissed))}
    atoms = tuple([_with(atom, found.get(atom.id)) for atom in result.atoms])
    if atoms == result.atoms:
        return result
    said = dict.fromkeys(found[atom.id] for atom in result.atoms if atom.operand and _is_silent(atom, found))
    return replace(result, atoms=atoms, explanation=" ".join([result.explanation, *said]))


def _concepts(atom: Atom, book: RuleBook) -> frozenset[str]:
    test = atom.test
    if isinstance(test, FindingHolds):
        return frozenset(looked_at(book.findings[test.finding], book))
    return frozenset(test.concepts) if isinstance(test, Recorded) else frozenset()


def _told(concepts: frozenset[str], dismissed: Sequence[Dismissed]) -> str:
    said = [f"{each.says} ({each.reference})" for each in dismissed if each.concepts & concepts]
    if not said:
        return ""
    return f"Recorded, but it does not count: {few(said)}."


def _is_silent(atom: AtomResult, found: dict[str, str]) -> bool:
    return atom.id in found and not atom.evidence


def _with(atom: AtomResult, told: str | None) -> AtomResult:
    return atom if told is None or atom.evidence else replace(atom, explanation=f"{atom.explanation} {told}")
