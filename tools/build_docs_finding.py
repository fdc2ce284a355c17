"""The page of a shared finding: what makes it true, false or open, what dates it, and who builds on it."""

from __future__ import annotations

from build_docs_library import Library
from build_docs_markdown import code, line_link, page, plain, rule_file, section
from build_docs_rules import atom_lines, example_lines, never_lines, reads_lines

from trialsieve.rules.finding import Finding
from trialsieve.service.text.rule_words import logic_words


def finding_page(finding: Finding, library: Library) -> str:
    lines = [f"{code(finding.id)} · {line_link(finding.path, finding.line)}"]
    note = library.finding_notes[finding.id]
    lines += ["", plain(note)] if note else []
    lines += section("When it holds", _rule_lines(finding))
    lines += never_lines(finding.never)
    lines += section("Atoms", [*atom_lines(finding.atoms, library.book), *reads_lines(finding.atoms)])
    lines += example_lines(finding.examples)
    lines += section("Used by", library.used_by(finding=finding.id) or ["No rule reads it."])
    return page(rule_file(finding.path), plain(finding.title), lines)


def _rule_lines(finding: Finding) -> list[str]:
    lines = [f"- **true** if {code(logic_words(finding.true_when))}"]
    if finding.false_when is not None:
        lines.append(f"- **false** if {code(logic_words(finding.false_when))}")
    lines += [
        f"- **open** if {code(logic_words(case.condition))}: {plain(case.says)} ({case.reason.value})"
        for case in finding.suspicions
    ]
    if finding.date_from:
        lines.append(f"- **dated** by the {finding.date_is} of {', '.join(map(code, finding.date_from))}")
    if finding.assumes:
        lines.append(f"- **assumed** where it is true: {plain(finding.assumes)}")
    return lines
