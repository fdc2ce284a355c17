"""What a resource's status does: it decides, it only raises a doubt, or the resource does not count at all.

The words are FHIR's (STU3 to R5: hl7.org/fhir/R4/valueset-observation-status.html and its siblings). The SNOMED twins
are 55561003 (active) and finding contexts of the QI-Core value set qicore-condition-certainty.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from trialsieve.fhir_adapters.elements.codings import Coded, status_of
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable
from trialsieve.rules.codes import SNOMED
from trialsieve.rules.vocabulary import Certainty, State


class Standing(Enum):
    """Whether a resource counts: firmly, weakly, or not at all."""

    FIRM = "firm"
    WEAK = "weak"
    DROPPED = "dropped"

    @property
    def certainty(self) -> Certainty:
        return Certainty.FIRM if self is Standing.FIRM else Certainty.WEAK


def weakest(*standings: Standing) -> Standing:
    """Dropped before weak before firm."""
    return max(standings, key=(Standing.FIRM, Standing.WEAK, Standing.DROPPED).index)


_FIRM, _WEAK, _DROPPED = Standing.FIRM, Standing.WEAK, Standing.DROPPED


def _table(firm: str, weak: str, dropped: str) -> dict[str, Standing]:
    return {
        word: standing
        for words, standing in ((firm, _FIRM), (weak, _WEAK), (dropped, _DROPPED))
        for word in words.split()
    }


OBSERVATION: Final = _table(
    "final amended corrected appended", "preliminary registered unknown", "cancelled entered-in-error"
)
PROCEDURE: Final = _table(
    "completed",
    "in-progress on-hold stopped suspended aborted unknown",  # begun
    "not-done entered-in-error preparation",
)
MEDICATION_REQUEST: Final = _table(
    "active completed stopped ended", "on-hold unknown", "entered-in-error draft cancelled"
)
MEDICATION_STATEMENT: Final = _table(
    "active completed stopped recorded", "on-hold intended unknown", "entered-in-error draft not-taken"
)
MEDICATION_ADMINISTRATION: Final = _table(
    "completed", "in-progress on-hold stopped unknown", "not-done entered-in-error"
)
MEDICATION_DISPENSE: Final = _table(
    "completed", "in-progress on-hold stopped preparation unknown", "cancelled entered-in-error declined"
)
DIAGNOSTIC_REPORT: Final = _table(
    "final amended corrected appended", "preliminary partial registered unknown", "cancelled entered-in-error"
)
ENCOUNTER: Final = _table(
    "arrived triaged in-progress onleave on-hold discharged finished completed",
    "planned unknown",
    "cancelled discontinued entered-in-error",
)
# One that is inactive was there, too.
DEVICE: Final = _table("active inactive available", "unknown", "not-available entered-in-error")
IMMUNIZATION: Final = _table("completed", "", "not-done entered-in-error")
VERIFICATION: Final = _table(
    "confirmed",
    "unconfirmed provisional differential presumed unknown",
    "refuted entered-in-error",
)
_SNOMED_VERIFICATION: Final = {"410515003": _FIRM, "410590009": _WEAK, "410516002": _DROPPED}
_CLINICAL: Final = {
    "active": State.ACTIVE,
    "recurrence": State.RELAPSE,
    "relapse": State.RELAPSE,
    "remission": State.REMISSION,
    "inactive": State.RESOLVED,
    "resolved": State.RESOLVED,
    "unknown": State.UNSTATED,
}
_SNOMED_CLINICAL: Final = {"55561003": State.ACTIVE}
_WITHDRAWN: Final = "entered-in-error"

# Orders; a plan or a proposal is none.
ORDERS: Final = frozenset({"order", "original-order", "instance-order", "filler-order", "reflex-order"})


def standing(status: object, table: dict[str, Standing]) -> Standing:
    """What a code status does. Missing or not in FHIR's list: it can only raise a doubt."""
    return table.get(status.strip().lower(), _WEAK) if isinstance(status, str) else _WEAK


def entered_in_error(resource: Json) -> bool:
    """Whether a resource was withdrawn, by its status or its verificationStatus."""
    status = resource.get("status")
    if isinstance(status, str) and status.strip().lower() == _WITHDRAWN:
        return True
    if resource.get("verificationStatus") is None:
        return False
    try:
        words = _words(status_of(resource, "verificationStatus"))
    except Unusable:
        return False
    return any(word == _WITHDRAWN for _, word in words)


def verification(status: Coded) -> Standing:
    """A verificationStatus. Missing (a third of real data): confirmed. Of several codes the most doubtful counts.

    What one says that it is not so, and another that it is or may be so, is weak: it is no longer known to be refuted.
    """
    words = _words(status)
    if not words:
        return _FIRM
    known = [
        found
        for system, word in words
        if (found := _SNOMED_VERIFICATION.get(word) if system == SNOMED else VERIFICATION.get(word)) is not None
    ]
    if not known:
        return _WEAK
    said = {found for word in _words_beside(status) if (found := VERIFICATION.get(word)) is not None}
    stands = weakest(*known)
    if stands is _DROPPED:
        return stands if {*known, *said} == {stands} else _WEAK
    return weakest(stands, _WEAK) if said - {stands} else stands


def clinical(status: Coded) -> tuple[State, Standing]:
    """A clinicalStatus. One that is not understood, or two that contradict each other, leave it open, and weak."""
    words = _words(status)
    if not words:
        return State.UNSTATED, _FIRM
    states = {
        found
        for system, word in words
        if (found := _SNOMED_CLINICAL.get(word) if system == SNOMED else _CLINICAL.get(word)) is not None
    }
    if states:  # words that contradict the code
        states |= {_CLINICAL[word] for word in _words_beside(status) if word in _CLINICAL} - {State.UNSTATED}
    if {State.ACTIVE, State.RELAPSE} == states:
        return State.RELAPSE, _FIRM
    if {State.REMISSION, State.RESOLVED} == states:
        return State.REMISSION, _FIRM
    if len(states) == 1:
        return states.pop(), _FIRM
    return State.UNSTATED, _WEAK


def _words(status: Coded) -> list[tuple[str | None, str]]:
    """The codes; without any, the text, which counts if it equals a code."""
    words = [(coding.system, coding.code.lower()) for coding in status.codings if coding.code]
    return words or [(None, text.lower()) for text in status.texts[:1]]


def _words_beside(status: Coded) -> list[str]:
    """What is said beside the codes."""
    return [text.strip().lower() for text in status.texts] if any(one.code for one in status.codings) else []
