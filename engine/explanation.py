"""Sentences, rendered from the proof: what an atom or a criterion says of this patient, and why it is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_changes import negated
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.engine.phrases import (
    WHY,
    is_whatever,
    labels,
    opposite_phrase,
    opposite_title,
    phrase,
    sentence,
    too_old,
)
from trialsieve.rules.model import (
    Age,
    Atom,
    Criterion,
    DatedSince,
    Finding,
    FindingHolds,
    Judgement,
    Logic,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    RuleBook,
    SameResource,
    Test,
    Unresolved,
)
from trialsieve.rules.vocabulary import ABSENT, Basis, Reason, Role, Truth

_SHOWN = 3  # facts quoted in one sentence; the rest is in the evidence


def explain_atom(atom: Atom, outcome: Outcome, book: RuleBook) -> str:
    """One atom in one or two sentences, and when a window will change it."""
    said = " ".join(_atom(atom, outcome, book))
    if outcome.changes_on is None:
        return said
    return f"{said} This changes on {outcome.changes_on.isoformat()} if nothing new is recorded."


def _atom(atom: Atom, outcome: Outcome, book: RuleBook) -> list[str]:
    """The sentences of an atom: one, or of what is unknown one for each reason."""
    if outcome.truth is Truth.UNKNOWN:
        return _unknown(atom, outcome, book)
    said = _known(atom.test, negated(outcome) if atom.absent else outcome, book)
    if outcome.assumptions and not outcome.decided_by and not outcome.evidence:
        said = sentence("; ".join(outcome.assumptions))
    elif outcome.assumptions:
        said += " Assumed: " + sentence("; ".join(outcome.assumptions))
    return [said]


def explain_criterion(
    criterion: Criterion, proof: CriterionOutcome, book: RuleBook, said: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The atoms that decide a criterion, or keep it open, and when a window will change it.

    `said` are sentences of atoms that no window will change, as far as they are known already.
    """
    sentences = _criterion(criterion, proof, book, said)
    day = proof.outcome.changes_on
    if day is None:
        return sentences
    return f"{sentences} It passes on {day.isoformat()} if nothing new is recorded."


def _criterion(criterion: Criterion, proof: CriterionOutcome, book: RuleBook, said: Mapping[str, str]) -> str:
    outcome = proof.outcome
    if not proof.applies:
        return sentence(f"does not apply: {_says(outcome)}")
    if Reason.ENGINE_DISAGREEMENT in outcome.reasons:
        return " ".join(_why(outcome, "", "this", too_old(None, book)))
    if outcome.truth is Truth.UNKNOWN and Reason.REGISTRY_ERROR in outcome.reasons and criterion.logic is None:
        values = ", ".join(f"{name}: {_value(reading.truth)}" for name, reading in proof.readings.items())
        note = f" {criterion.note}" if criterion.note else ""
        return f"The registry's text is on hold; its readings say {values}.{note}"
    atoms = {atom.id: atom for atom in criterion.atoms}
    overruled = False  # by something after the logic: an attestation, applicability
    if criterion.logic is None:
        names = [atom.id for atom in criterion.atoms if atom.operand]
    else:
        truth, reasons, deciding = direct_logic.decided(criterion.logic, proof.atoms.__getitem__)
        overruled = truth is not outcome.truth or reasons != outcome.reasons
        names = list(dict.fromkeys(deciding))
    elsewhere = {atom.id for atom in criterion.atoms if atom.when is not None and _is_set_aside(atom.when, proof)}
    names = [name for name in names if name not in elsewhere] or names
    same = [name for name in names if (proof.atoms[name].truth is Truth.UNKNOWN) == (outcome.truth is Truth.UNKNOWN)]
    if not same or overruled:
        if outcome.truth is Truth.UNKNOWN and not outcome.reasons <= ABSENT:
            return " ".join(_why(outcome, "", "this", too_old(None, book)))
        return sentence(_says(outcome) or _reasons(outcome.reasons)) + _notes(outcome)

    def told(name: str) -> list[str]:
        known = said.get(name) if len(proof.atoms[name].reasons) < 2 else None
        return [known] if known else _atom(atoms[name], proof.atoms[name], book)

    telling = [name for name in same if not _is_told_of(atoms[name].test, same) or proof.atoms[name].evidence]
    sentences = list(dict.fromkeys(part for name in telling for part in told(name)))
    if outcome.truth is Truth.UNKNOWN:
        settled = [atom for atom in criterion.atoms if atom.operand and proof.atoms[atom.id].truth is not Truth.UNKNOWN]
        shown = [atom.id for atom in settled if proof.atoms[atom.id].evidence and atom.id not in elsewhere]
        known = dict.fromkeys(part for name in shown for part in told(name))
        sentences += [f"Known: {part}" for part in known if part not in sentences]
    extra = [note for note in outcome.notes if not any(note in proof.atoms[name].notes for name in names)]
    return " ".join(sentences) + _noted(extra)


def _is_told_of(test: Test, names: Sequence[str]) -> bool:
    """Whether a test is of the resources of another atom, and that one is told already."""
    return isinstance(test, (SameResource, DatedSince)) and test.of in names


def _is_set_aside(when: Logic, proof: CriterionOutcome) -> bool:
    """Whether an atom speaks of other patients, by its `when`: what it says of this one is only that."""
    return direct_logic.value(when, proof.atoms.__getitem__)[0] is Truth.FALSE


def explain_finding(finding: Finding, outcome: Outcome, book: RuleBook) -> str:
    """A finding with what it rests on, or with what was looked for."""
    title = finding.title
    if outcome.truth is Truth.TRUE:
        return sentence(f"{title}: {_says(outcome)}" if outcome.evidence else title)
    if outcome.truth is Truth.FALSE:
        return sentence(f"{opposite_title(title)}: {_says(outcome)}" if outcome.evidence else opposite_title(title))
    if outcome.reasons == {Reason.NO_DATA} and not outcome.evidence:
        looked_for = labels(looked_at(finding, book), book)
        return sentence(f"{title}: unknown; nothing on record of {looked_for}") + _notes(outcome)
    found = f"; on record: {_says(outcome)}" if outcome.evidence else ""
    return sentence(f"{title}: unknown ({_reasons(outcome.reasons)}){found}") + _notes(outcome)


def looked_at(finding: Finding, book: RuleBook) -> tuple[str, ...]:
    """The concepts that a finding's operands look for, directly or through the findings they build on."""
    found: dict[str, None] = {}
    for atom in finding.atoms:
        if isinstance(atom.test, FindingHolds):
            found |= dict.fromkeys(looked_at(book.findings[atom.test.finding], book))
        elif isinstance(atom.test, Recorded) and atom.test.states:
            continue  # what is looked for is the status, not the disease
        elif atom.operand and isinstance(atom.test, (Measurement, QualitativeResult, Recorded)):
            found |= dict.fromkeys(atom.test.concepts)
    return tuple(found)


def _known(test: Test, outcome: Outcome, book: RuleBook) -> str:
    says = _says(outcome)
    true = outcome.truth is Truth.TRUE
    if isinstance(test, Measurement):
        if true and says and is_whatever(test, book):
            return sentence(f"measured: {says}")
        return sentence(f"{says} is {(phrase if true else opposite_phrase)(test.limits, test.basis)}")
    if isinstance(test, Age):
        return sentence(f"{says}, {(phrase if true else opposite_phrase)(test.limits, Basis.VALUE)}")
    if isinstance(test, FindingHolds):
        return explain_finding(book.findings[test.finding], outcome, book)
    if isinstance(test, SameResource):
        wanted = " or ".join(test.values)
        return sentence(f"{says}: {test.facet} {'is' if true is not test.other else 'is not'} {wanted}")
    if isinstance(test, DatedSince):
        return sentence(f"{says}: not before {test.anchor}")
    if isinstance(test, Recorded) and not outcome.decided_by and not outcome.assumptions and says:
        return sentence(says)  # an attestation
    if isinstance(test, Recorded) and not true:
        denied = outcome.decided_by and all(fact.role is Role.NEGATES for fact in outcome.decided_by)
        how = "denied" if denied else "not at the time asked about"
        return sentence(f"{how}: {says}" if says else f"no {labels(test.concepts, book)}")
    return sentence(says or ("yes" if true else "no"))


def _unknown(atom: Atom, outcome: Outcome, book: RuleBook) -> list[str]:
    test = atom.test
    judged = f"“{atom.quote}”" if atom.quote else "this"
    if isinstance(test, FindingHolds):
        told = explain_finding(book.findings[test.finding], outcome, book)
        if Reason.JUDGEMENT in outcome.reasons and atom.quote:
            told += " " + sentence(f"a person has to judge {judged}")
        return [told]
    if isinstance(test, (SameResource, DatedSince)) and not outcome.evidence:
        return [sentence(f"of which record this is asked is not known ({_reasons(outcome.reasons)})") + _notes(outcome)]
    if isinstance(test, DatedSince):
        return _why(outcome, f"date of {test.anchor}", judged, too_old(test, book))
    subject = "data that would decide" if outcome.evidence else _subject(test, book)
    return _why(outcome, subject, judged, too_old(test, book))


def _why(outcome: Outcome, subject: str, judged: str, stale: str) -> list[str]:
    """A sentence for each reason of an unknown; `subject` is what was looked for, if that can be named.

    `judged` is what a person would have to say, `stale` why what is on record is of another time.
    """
    says = _says(outcome) or subject or "what is on record"
    beside = f"; on record: {_says(outcome)}" if outcome.evidence else ""
    sentences = [
        sentence(
            "nothing on record"
            if reason is Reason.NO_DATA and not subject
            else WHY[reason].format(
                says=says, subject=subject or "what is asked for", beside=beside, judged=judged, stale=stale
            )
        )
        for reason in sorted(outcome.reasons)
    ]
    sentences[-1] += _notes(outcome)
    return sentences


def _subject(test: Test, book: RuleBook) -> str:
    if isinstance(test, (Measurement, QualitativeResult, Recorded)):
        return labels(test.concepts, book)
    if isinstance(test, Readings):
        return labels(test.tests[0][1].concepts, book)
    if isinstance(test, Age):
        return "birth date"
    if isinstance(test, RecordedSex):
        return "recorded sex"
    if isinstance(test, SameResource):
        return test.facet
    assert isinstance(test, (Judgement, Unresolved, FindingHolds, DatedSince))
    return ""


def _says(outcome: Outcome) -> str:
    if len(outcome.evidence) == 1:
        return outcome.evidence[0].says
    shown = [item.says for item in outcome.evidence[:_SHOWN]]
    more = len(outcome.evidence) - _SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _notes(outcome: Outcome) -> str:
    return _noted(outcome.notes)


def _noted(notes: Sequence[str]) -> str:
    return "".join(f" ({note})" for note in notes)


def _reasons(reasons: frozenset[Reason]) -> str:
    return ", ".join(sorted(reasons))


def _value(truth: Truth) -> str:
    return truth.value
