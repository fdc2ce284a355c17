"""`trialsieve show`: one trial as its reviewers read it, sentence beside rule."""

from __future__ import annotations

from trialsieve.engine.phrases import REASON_WORDS
from trialsieve.rules.atom import SCREENING, Atom, Readings, Unresolved
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic_order import findings_beneath
from trialsieve.rules.registry_text import quoted, registry_text
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import EVERY_COHORT, Criterion, Trial
from trialsieve.service.text.coverage_text import coverage_lines
from trialsieve.service.text.paper import Ink, Paper
from trialsieve.service.text.rule_words import amendment_words, atom_notes, logic_words, what_it_asks
from trialsieve.service.text.words import ADVICE


def why_on_hold(criterion: Criterion) -> list[str]:
    """Why a criterion is on hold, in sentences; empty if it is not."""
    found = []
    if criterion.readings and criterion.amendment is None:
        names = ", ".join(name for name, _ in criterion.readings)
        found.append(f"its text is read in {len(criterion.readings)} ways ({names}); it counts only where they agree")
    for atom in criterion.atoms:
        if not atom.operand:
            continue
        if isinstance(atom.test, Readings):
            names = ", ".join(name for name, _ in atom.test.tests)
            found.append(f"{atom.id} is read in {len(atom.test.tests)} ways ({names}); it counts only where they agree")
        elif isinstance(atom.test, Unresolved):
            found.append(f"{atom.id}: {REASON_WORDS[atom.test.reason]}")
    return found


def show_lines(trial: Trial, book: RuleBook, paper: Paper) -> list[str]:
    """The whole page."""
    lines = paper.block(trial.title, label=f"{trial.id} ", inks=(Ink.STRONG,))
    lines += paper.block(f"version {trial.version}, effective {trial.effective.isoformat()}", indent=2)
    lines += paper.block(
        f"{trial.path}, SHA-256 over every file it reaches: {trial.rules_sha256}", indent=2, label="rules:"
    )
    lines += paper.block(f"{trial.source}, SHA-256 {trial.source_sha256}", indent=2, label="source text:")
    lines += paper.block(trial.source_url, indent=2, label="registry:")
    lines += paper.block(", ".join(trial.stages), indent=2, label="stages:")
    lines += paper.block(", ".join(trial.anchors), indent=2, label="anchors:")
    for cohort in trial.cohorts:
        if cohort.id != EVERY_COHORT or cohort.gate is not None:
            gate = f"{cohort.id}, only where {what_it_asks(cohort.gate, book)}" if cohort.gate else cohort.id
            lines += paper.block(gate, indent=2, label="cohort:")
    lines += ["", *coverage_lines(trial, paper)]
    for caution in trial.cautions:
        lines += paper.block(caution, indent=2, label="caution:", inks=(Ink.OPEN,))
    if trial.registry_issues:
        lines += ["", *paper.block("What is wrong with the registry's text", inks=(Ink.STRONG,))]
        for issue in trial.registry_issues:
            lines += paper.block(registry_text(issue), indent=2, label="-")
    for criterion in trial.criteria:
        lines += ["", *criterion_lines(criterion, trial, book, paper)]
    reached = findings_of(trial, book)
    if reached:
        lines += ["", *paper.block("Shared findings that these build on", inks=(Ink.STRONG,))]
    for finding in reached:
        lines += ["", *finding_lines(finding, book, paper)]
    return [*lines, "", *paper.block(ADVICE)]


def criterion_lines(criterion: Criterion, trial: Trial, book: RuleBook, paper: Paper) -> list[str]:
    """A sentence, its rule, and all that is to know about it."""
    where = "" if criterion.stage == SCREENING else f", stage {criterion.stage}"
    where += "" if criterion.cohort == EVERY_COHORT else f", cohort {criterion.cohort}"
    where += "" if criterion.applies_to is None else f", applies to: {criterion.applies_to.value}"
    place = f"{trial.path}:{criterion.line}" if criterion.line else f"in {trial.source} only"
    lines = paper.block(f"{criterion.kind.value}{where} ({place})", label=f"{criterion.id} ", inks=(Ink.STRONG,))
    lines += paper.block(quoted(criterion.text), indent=2)
    for why in why_on_hold(criterion):
        lines += paper.block(why, indent=2, label="on hold:", inks=(Ink.OPEN,))
    if criterion.amendment is not None:
        lines += paper.block(amendment_words(criterion.amendment), indent=2, label="amended:")
    if criterion.readings:
        for name, logic in criterion.readings:
            lines += paper.block(logic_words(logic), indent=2, label=f"reading {name}:")
    elif criterion.logic is not None:
        lines += paper.block(logic_words(criterion.logic), indent=2, label="holds if:")
    for atom in criterion.atoms:
        lines += atom_lines(atom, book, paper)
    for aside in criterion.asides:
        text = f"{quoted(aside.quote)}: {aside.role.value} of {aside.of}; {aside.note}"
        lines += paper.block(text, indent=4, label=f"{aside.id} (aside):")
    for outcome, why in criterion.never.items():
        lines += paper.block(why, indent=2, label=f"never {outcome}:")
    for caution in criterion.cautions:
        lines += paper.block(caution, indent=2, label="caution:", inks=(Ink.OPEN,))
    if criterion.note:
        lines += paper.block(criterion.note, indent=2, label="note:")
    return lines


def atom_lines(atom: Atom, book: RuleBook, paper: Paper) -> list[str]:
    """An atom's quote and test, then what else holds for it."""
    label = f"{atom.id}:" if atom.operand else f"{atom.id} (helper):"
    quote = f"{quoted(atom.quote)}: " if atom.quote and atom.operand else ""
    lines = paper.block(f"{quote}{what_it_asks(atom, book)}", indent=4, label=label)
    for note in atom_notes(atom, book):
        lines += paper.block(note, indent=8)
    if atom.note:
        lines += paper.block(atom.note, indent=8, label="note:")
    return lines


def findings_of(trial: Trial, book: RuleBook) -> list[Finding]:
    """The findings that the trial's atoms read, directly or through another, in the rule book's order."""
    names = findings_beneath(trial.atoms, book.findings)
    return [finding for name, finding in book.findings.items() if name in names]


def finding_lines(finding: Finding, book: RuleBook, paper: Paper) -> list[str]:
    """A shared finding: when it is true, when false, when open, and its atoms."""
    lines = paper.block(f"{finding.title} ({finding.path}:{finding.line})", label=f"{finding.id} ", inks=(Ink.STRONG,))
    lines += finding_rule_lines(finding, paper, 2)
    for atom in finding.atoms:
        lines += atom_lines(atom, book, paper)
    for outcome, why in finding.never.items():
        lines += paper.block(why, indent=2, label=f"never {outcome}:")
    return lines


def finding_rule_lines(finding: Finding, paper: Paper, indent: int) -> list[str]:
    """When a finding is true, false or open, what dates it, and what it takes for granted."""
    lines = paper.block(logic_words(finding.true_when), indent=indent, label="true if:")
    if finding.false_when is not None:
        lines += paper.block(logic_words(finding.false_when), indent=indent, label="false if:")
    for case in finding.suspicions:
        text = f"{case.says} ({REASON_WORDS[case.reason]}), if {logic_words(case.condition)}"
        lines += paper.block(text, indent=indent, label="open if:")
    if finding.date_from:
        text = f"the {finding.date_is} of {', '.join(finding.date_from)}"
        lines += paper.block(text, indent=indent, label="dated by:")
    if finding.assumes:
        lines += paper.block(finding.assumes, indent=indent, label="assumed where true:")
    return lines
