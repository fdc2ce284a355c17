"""Sentences, rendered from the proof: what an atom or a criterion says of this patient, and why it is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from trialsieve.engine import direct_logic
from trialsieve.engine.direct_changes import negated
from trialsieve.engine.outcome import CriterionOutcome, Outcome
from trialsieve.rules.model import (
    Age,
    Atom,
    Criterion,
    DatedSince,
    Finding,
    FindingHolds,
    Judgement,
    Limits,
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
    sentence = _atom(atom, outcome, book)
    if outcome.changes_on is None:
        return sentence
    return f"{sentence} This changes on {outcome.changes_on.isoformat()} if nothing new is recorded."


def _atom(atom: Atom, outcome: Outcome, book: RuleBook) -> str:
    if outcome.truth is Truth.UNKNOWN:
        return _unknown(atom.test, outcome, book)
    sentence = _known(atom.test, negated(outcome) if atom.absent else outcome, book)
    if outcome.assumptions and not outcome.decided_by and not outcome.evidence:
        sentence = _sentence("; ".join(outcome.assumptions))
    elif outcome.assumptions:
        sentence += " Assumed: " + _sentence("; ".join(outcome.assumptions))
    return sentence


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
        return _sentence(f"does not apply: {_says(outcome)}")
    if Reason.ENGINE_DISAGREEMENT in outcome.reasons:
        return _why(outcome, "")
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
            return _why(outcome, "")
        return _sentence(_says(outcome) or _reasons(outcome.reasons)) + _notes(outcome.notes)
    sentences = list(dict.fromkeys(said.get(name) or _atom(atoms[name], proof.atoms[name], book) for name in same))
    if outcome.truth is Truth.UNKNOWN:
        settled = [atom for atom in criterion.atoms if atom.operand and proof.atoms[atom.id].truth is not Truth.UNKNOWN]
        shown = [atom for atom in settled if proof.atoms[atom.id].evidence and atom.id not in elsewhere]
        known = [said.get(atom.id) or _atom(atom, proof.atoms[atom.id], book) for atom in shown]
        sentences += [f"Known: {sentence}" for sentence in dict.fromkeys(known) if sentence not in sentences]
    extra = [note for note in outcome.notes if not any(note in proof.atoms[name].notes for name in names)]
    return " ".join(sentences) + _notes(tuple(extra))


def _is_set_aside(when: Logic, proof: CriterionOutcome) -> bool:
    """Whether an atom speaks of other patients, by its `when`: what it says of this one is only that."""
    return direct_logic.value(when, proof.atoms.__getitem__)[0] is Truth.FALSE


def explain_finding(finding: Finding, outcome: Outcome, book: RuleBook) -> str:
    """A finding with what it rests on, or with what was looked for."""
    title = finding.title
    if outcome.truth is Truth.TRUE:
        return _sentence(f"{title}: {_says(outcome)}" if outcome.evidence else title)
    if outcome.truth is Truth.FALSE:
        return _sentence(f"{_not(title)}: {_says(outcome)}" if outcome.evidence else _not(title))
    if outcome.reasons == {Reason.NO_DATA} and not outcome.evidence:
        looked_for = _labels(looked_at(finding, book), book)
        return _sentence(f"{title}: unknown; nothing on record of {looked_for}") + _notes(outcome.notes)
    found = f"; on record: {_says(outcome)}" if outcome.evidence else ""
    return _sentence(f"{title}: unknown ({_reasons(outcome.reasons)}){found}") + _notes(outcome.notes)


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


def phrase(limits: Limits, basis: Basis) -> str:
    """Limits in words: `at least 50 %`, `between 0 and 2`, `above 3 times its upper limit`."""
    times = {Basis.TIMES_UPPER_LIMIT: " times its upper limit", Basis.TIMES_LOWER_LIMIT: " times its lower limit"}
    unit = times.get(basis) or _unit(limits.unit)
    low = None if limits.low is None else f"{'above' if limits.low_open else 'at least'} {limits.low}{unit}"
    high = None if limits.high is None else f"{'below' if limits.high_open else 'at most'} {limits.high}{unit}"
    if low and high and not limits.low_open and not limits.high_open:
        return f"between {limits.low} and {limits.high}{unit}"
    return " and ".join(part for part in (low, high) if part)


def _unit(unit: str) -> str:
    return "" if unit.startswith("{") or unit == "1" else " years" if unit == "a" else f" {unit}"


def _opposite(limits: Limits, basis: Basis) -> str:
    if limits.low is not None and limits.high is not None:
        return f"not {phrase(limits, basis)}"
    return phrase(Limits(limits.high, not limits.high_open, limits.low, not limits.low_open, limits.unit), basis)


def _known(test: Test, outcome: Outcome, book: RuleBook) -> str:
    says = _says(outcome)
    true = outcome.truth is Truth.TRUE
    if isinstance(test, Measurement):
        return _sentence(f"{says} is {(phrase if true else _opposite)(test.limits, test.basis)}")
    if isinstance(test, Age):
        return _sentence(f"{says}, {(phrase if true else _opposite)(test.limits, Basis.VALUE)}")
    if isinstance(test, FindingHolds):
        return explain_finding(book.findings[test.finding], outcome, book)
    if isinstance(test, SameResource):
        wanted = " or ".join(test.values)
        return _sentence(f"{says}: {test.facet} {'is' if true is not test.other else 'is not'} {wanted}")
    if isinstance(test, DatedSince):
        return _sentence(f"{says}: not before {test.anchor}")
    if isinstance(test, Recorded) and not outcome.decided_by and not outcome.assumptions and says:
        return _sentence(says)  # an attestation
    if isinstance(test, Recorded) and not true:
        denied = outcome.decided_by and all(fact.role is Role.NEGATES for fact in outcome.decided_by)
        how = "denied" if denied else "not at the time asked about"
        return _sentence(f"{how}: {says}" if says else f"no {_labels(test.concepts, book)}")
    return _sentence(says or ("yes" if true else "no"))


def _unknown(test: Test, outcome: Outcome, book: RuleBook) -> str:
    if isinstance(test, FindingHolds):
        return explain_finding(book.findings[test.finding], outcome, book)
    if isinstance(test, DatedSince):
        return _why(outcome, f"date of {test.anchor}" if outcome.evidence else "")
    return _why(outcome, "data that would decide" if outcome.evidence else _subject(test, book))


def _why(outcome: Outcome, subject: str) -> str:
    """A sentence for each reason of an unknown; `subject` is what was looked for, if that can be named."""
    says = _says(outcome) or subject or "what is on record"
    beside = f"; on record: {_says(outcome)}" if outcome.evidence else ""
    sentences = [
        _sentence(
            "nothing on record"
            if reason is Reason.NO_DATA and not subject
            else _WHY[reason].format(says=says, subject=subject, beside=beside)
        )
        for reason in sorted(outcome.reasons)
    ]
    return " ".join(sentences) + _notes(outcome.notes)


_WHY = {
    Reason.NO_DATA: "no {subject} on record{beside}",
    Reason.NOT_RETRIEVED: "records of {subject} were not retrieved, so absence proves nothing",
    Reason.STALE: "{says}: too old to speak for today",
    Reason.UNDATED: "{says}: without a date that would decide",
    Reason.UNIT: "{says}: its unit is missing, cannot be converted, or makes the value implausible",
    Reason.NO_REFERENCE_RANGE: "{says}: without a usable reference range",
    Reason.IMPRECISE: "{says}: too imprecise, it could go either way",
    Reason.UNCONFIRMED: "{says}: preliminary or unconfirmed",
    Reason.UNSPECIFIC: "{says}: suggests it, but is not specific enough to decide",
    Reason.CONFLICTING_DATA: "{says}: these contradict each other",
    Reason.JUDGEMENT: "a person has to judge this{beside}",
    Reason.REGISTRY_ERROR: "the registry's text is wrong or ambiguous here{beside}",
    Reason.TRUNCATED: "the registry's text is cut off here",
    Reason.UNUSABLE_DATA: "a resource that bears on this could not be used",
    Reason.ENGINE_DISAGREEMENT: "the two evaluators disagree; this is a fault of the program, please report it",
}


def _subject(test: Test, book: RuleBook) -> str:
    if isinstance(test, (Measurement, QualitativeResult, Recorded)):
        return _labels(test.concepts, book)
    if isinstance(test, Readings):
        return _labels(test.tests[0][1].concepts, book)
    if isinstance(test, Age):
        return "birth date"
    if isinstance(test, RecordedSex):
        return "recorded sex"
    if isinstance(test, SameResource):
        return test.facet
    assert isinstance(test, (Judgement, Unresolved, FindingHolds, DatedSince))
    return ""


def _labels(concepts: Sequence[str], book: RuleBook) -> str:
    labels = list(dict.fromkeys(book.concepts[name].label for name in concepts))
    return labels[0] if len(labels) == 1 else ", ".join(labels[:-1]) + " or " + labels[-1]


def _says(outcome: Outcome) -> str:
    if len(outcome.evidence) == 1:
        return outcome.evidence[0].says
    shown = [item.says for item in outcome.evidence[:_SHOWN]]
    more = len(outcome.evidence) - _SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _notes(notes: Sequence[str]) -> str:
    return "".join(f" ({note})" for note in notes)


def _reasons(reasons: frozenset[Reason]) -> str:
    return ", ".join(sorted(reasons))


def _not(title: str) -> str:
    keeps_its_capital = not title[1:2].islower() and not title[1:2].isspace()  # HIV, T-cell
    return f"not so: {title if keeps_its_capital else title[0].lower() + title[1:]}"


def _value(truth: Truth) -> str:
    return truth.value


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
