"""The page of a trial: what it is, what waits and why, and each criterion beside the registry's sentence."""

from __future__ import annotations

from build_docs_library import Library
from build_docs_markdown import code, criterion_link, facts, line_link, linked, page, plain, quoted, rule_file, section
from build_docs_rules import atom_lines, example_lines, never_lines, reads_lines

from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import EVERY_COHORT, Cohort, Criterion, Trial
from trialsieve.service.text.coverage_text import coverage_lines
from trialsieve.service.text.paper import Paper
from trialsieve.service.text.rule_words import logic_words, what_it_asks
from trialsieve.service.text.show_text import why_on_hold

UNWRAPPED = Paper(width=100_000)


def trial_page(trial: Trial, library: Library) -> str:
    book = library.book
    path = rule_file(trial.path)
    lines = facts(_facts(trial, book))
    lines += section("Coverage", [f"- {plain(line)}" for line in coverage_lines(trial, UNWRAPPED)])
    lines += section("What is on hold, and why", _on_hold(trial))
    lines += section("What is wrong with the registry's text", [f"- {plain(issue)}" for issue in trial.registry_issues])
    for kind in dict.fromkeys(criterion.kind for criterion in trial.criteria):
        lines += ["", f"## {kind.value.capitalize()}"]
        for criterion in trial.criteria:
            lines += _criterion_lines(criterion, trial, book) if criterion.kind is kind else []
    return page(path, f"{trial.id}: {plain(trial.title)}", lines)


def _facts(trial: Trial, book: RuleBook) -> list[tuple[str, str]]:
    return [
        ("registry", f"<{trial.source_url}>"),
        (
            "rules",
            f"version {plain(trial.version)}, effective {trial.effective.isoformat()}, {line_link(trial.path, 1)}",
        ),
        (
            "source text",
            f"[{trial.source}](../../../rules/sources/{trial.source}), SHA-256 {code(trial.source_sha256)}",
        ),
        ("cohorts", "<br>".join(_cohort(cohort, book) for cohort in trial.cohorts)),
        ("stages", ", ".join(map(plain, trial.stages))),
        ("anchors of windows", ", ".join(map(plain, trial.anchors))),
    ]


def _cohort(cohort: Cohort, book: RuleBook) -> str:
    gate = f", only where {linked(what_it_asks(cohort.gate, book), book)}" if cohort.gate is not None else ""
    return f"{plain(cohort.id)}{gate}"


def _on_hold(trial: Trial) -> list[str]:
    return [
        f"- {criterion_link(trial.id, criterion.id)}: {plain('; '.join(reasons))}."
        + (f" {plain(criterion.note)}" if criterion.note else "")
        for criterion in trial.criteria
        if (reasons := why_on_hold(criterion))
    ]


def _criterion_lines(criterion: Criterion, trial: Trial, book: RuleBook) -> list[str]:
    where = [f"stage {criterion.stage}"] if criterion.stage != "screening" else []
    where += [f"cohort {criterion.cohort}"] if criterion.cohort != EVERY_COHORT else []
    where += [f"applies to: {criterion.applies_to.value}"] if criterion.applies_to is not None else []
    lines = ["", f"### {criterion.id}", "", *quoted(criterion.text)]
    lines += ["", " · ".join([*map(plain, where), line_link(trial.path, criterion.line)])]
    lines += [line for why in why_on_hold(criterion) for line in ("", f"**On hold:** {plain(why)}.")]
    if criterion.amendment is not None:
        one = criterion.amendment
        lines += [
            "",
            f"**Amended:** read as {plain(one.reading)}: {plain(one.why)} ({plain(one.by)}, {one.on.isoformat()})",
        ]
    lines += [*_logic_lines(criterion), "", *atom_lines(criterion.atoms, book)]
    lines += [
        f"- {code(aside.id)} (aside) “{plain(aside.quote)}”: {aside.role.value} of {code(aside.of)}; "
        f"{plain(aside.note)}"
        for aside in criterion.asides
    ]
    lines += never_lines(criterion.never)
    lines += [line for caution in criterion.cautions for line in ("", f"**Caution:** {plain(caution)}")]
    lines += ["", f"**Note:** {plain(criterion.note)}"] if criterion.note else []
    return lines + reads_lines(criterion.atoms) + example_lines(criterion.examples)


def _logic_lines(criterion: Criterion) -> list[str]:
    if criterion.readings:
        rows = [f"- reading {plain(name)}: {code(logic_words(logic))}" for name, logic in criterion.readings]
        return ["", "Holds if, in its readings:", "", *rows]
    return ["", f"Holds if {code(logic_words(criterion.logic))}:"] if criterion.logic is not None else []
