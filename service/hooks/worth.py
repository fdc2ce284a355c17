"""Whether a trial is worth a clinician's look: a card for every patient of whom little is known helps nobody."""

from __future__ import annotations

from typing import Final

from trialsieve.engine.phrases import told_reasons
from trialsieve.engine.result import AtomResult, ScreeningResult
from trialsieve.rules.vocabulary import CriterionKind, Reason, Verdict

# Reasons that say nothing of the patient: nothing was found, or nothing was looked for.
_SILENT: Final = frozenset(
    {Reason.NO_DATA, Reason.NOT_RETRIEVED, Reason.JUDGEMENT, Reason.REGISTRY_ERROR, Reason.TRUNCATED}
)


def is_worth_a_look(result: ScreeningResult) -> bool:
    """Eligible; or needs-review, and something on record speaks for it.

    That is: part of an inclusion criterion is true by a resource other than the Patient, or something bears on it that
    does not suffice (old, unclear, unreadable).
    """
    if result.verdict is not Verdict.NEEDS_REVIEW:
        return result.verdict is Verdict.ELIGIBLE
    unread = {(each.criterion, each.atom) for each in result.unread}
    return any(
        _speaks_for(atom, is_unread=(criterion.id, atom.id) in unread)
        for criterion in result.criteria
        if criterion.kind is CriterionKind.INCLUSION
        for atom in criterion.atoms
    )


def _speaks_for(atom: AtomResult, *, is_unread: bool) -> bool:
    if atom.holds is False:
        return False
    found = any(not item.reference.startswith("Patient/") for item in atom.evidence)
    # By its reasons, what was not retrieved is unusable, too; but it is no resource, and says nothing of the patient.
    return found or is_unread or not _SILENT.issuperset(told_reasons(atom.reasons))
