"""`trialsieve explain`: the whole proof of one answer, from the arms down to the resources, each step with its rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trialsieve.engine.facts import Chart, Fact
from trialsieve.engine.outcome import Evidence
from trialsieve.engine.phrases import in_words
from trialsieve.engine.result import ArmResult, AtomResult, CriterionResult, ScreeningResult
from trialsieve.rules.atom import Atom
from trialsieve.rules.logic_order import findings_read
from trialsieve.rules.registry_text import quoted
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.trial import Criterion, Trial
from trialsieve.service.text.awaited import awaited_findings
from trialsieve.service.text.paper import Ink, Paper
from trialsieve.service.text.rule_words import logic_words, unit_words, what_it_asks
from trialsieve.service.text.shortlist import VERDICT_INKS
from trialsieve.service.text.show_text import finding_rule_lines
from trialsieve.service.text.table import EFFECT_INKS
from trialsieve.service.text.words import ADVICE, EFFECT_WORDS, GATE, holds_words, limiting_words, part_words

HELPERS = "beside the sentence's own words, what the parts above also look at:"
STEP = 2  # columns a level of the proof is set in by


@dataclass(frozen=True, slots=True)
class Explainer:
    """Lays out the proof of one result, each sentence, finding and fact once. `facts` are the chart's, by reference,
    `awaited` the findings that something open waits for.

    `said` are the sentences that were laid out, `shown` where each finding was, `gates` the cohorts whose own
    condition was, `quoted` the resources.
    """

    result: ScreeningResult
    trial: Trial
    book: RuleBook
    paper: Paper
    facts: Mapping[str, tuple[Fact, ...]]
    awaited: frozenset[str]
    said: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    gates: set[str] = field(default_factory=set)
    quoted: set[str] = field(default_factory=set)

    def lines(self, only: str | None = None) -> list[str]:
        """The proof of the verdict, or of one criterion alone."""
        result = self.result
        lines = self.paper.block(result.source, label=f"{result.patient} ", inks=(Ink.STRONG,))
        lines += self.paper.block(
            f"{self.trial.id}  {self.trial.title}",
            label=f"{result.verdict.value} ",
            inks=(VERDICT_INKS[result.verdict], Ink.STRONG),
        )
        lines += self.paper.block(f"as of {result.as_of}; {self.trial.path}, version {result.rules_version}")
        for caution in result.cautions:
            lines += self.paper.block(caution, label="caution:", inks=(Ink.OPEN,))
        if only in (None, GATE):
            arms = [arm for arm in result.arms if only is None or arm.gate is not None]
            lines.append("")
            for arm in arms:
                lines += self.arm(arm)
        for criterion in result.criteria:
            if only is None or criterion.id == only:
                lines += ["", *self.criterion(criterion)]
        return [*lines, "", *self.paper.block(ADVICE)]

    def arm(self, arm: ArmResult) -> list[str]:
        """A cohort at a stage, and the criteria that decide it; its own condition where it is met with first."""
        because = limiting_words(arm.limiting)
        text = f"{arm.verdict.value}{f' because of {because}' if because else ''}"
        lines = self.paper.block(text, label=f"arm {arm.cohort} at {arm.stage}:", inks=(VERDICT_INKS[arm.verdict],))
        gate = next((cohort.gate for cohort in self.trial.cohorts if cohort.id == arm.cohort), None)
        if gate is None or arm.gate is None or arm.cohort in self.gates:
            return lines
        self.gates.add(arm.cohort)
        where = f"cohort {arm.cohort}"
        return lines + self.atom(arm.gate, gate, self.trial.path, STEP, where, name="the cohort's own condition")

    def criterion(self, criterion: CriterionResult) -> list[str]:
        """A sentence, its value, the rule that joins its atoms, and the atoms."""
        rule = next(rule for rule in self.trial.criteria if rule.id == criterion.id)
        word = EFFECT_WORDS[criterion.effect]
        lines = self.paper.block(
            f"{quoted(criterion.text)} [{self.trial.path}:{rule.line}]",
            label=f"{criterion.id} {word} ",
            inks=(EFFECT_INKS[criterion.effect], Ink.STRONG),
        )
        state = holds_words(criterion.holds) if criterion.applies else "does not apply to this patient"
        lines += self.paper.block(f"the {criterion.kind.value} is {state}", indent=STEP)
        if criterion.reasons:
            lines += self.paper.block(in_words(criterion.reasons), indent=STEP, label="unknown:")
        lines += self._sentence(criterion.explanation, STEP)
        lines += self._logic(rule)
        for reading in criterion.readings if rule.amendment is not None else ():  # else its explanation says them
            lines += self.paper.block(reading.explanation, indent=STEP, label=f"under reading {reading.name}:")
        for caution in criterion.cautions:
            lines += self.paper.block(caution, indent=STEP, label="caution:", inks=(Ink.OPEN,))
        rules = {atom.id: atom for atom in rule.atoms}
        proven: set[Evidence] = set()
        parts = [atom for atom in criterion.atoms if atom.operand]
        helpers = [atom for atom in criterion.atoms if not atom.operand]
        for atom in [*parts, *helpers]:
            proven.update(atom.evidence)
            if helpers and atom is helpers[0]:
                lines += self.paper.block(HELPERS, indent=STEP)
            rule_of = rules.get(atom.id)
            settled = criterion.holds is not None
            lines += self.atom(atom, rule_of, self.trial.path, STEP, criterion.id, settled=settled)
        lines += self.evidence((item for item in criterion.evidence if item not in proven), STEP)
        return lines

    def _logic(self, rule: Criterion) -> list[str]:
        lines: list[str] = []
        for name, logic in rule.readings:
            lines += self.paper.block(logic_words(logic), indent=STEP, label=f"reading {name}:")
        if rule.amendment is not None:
            amended = f"reading {rule.amendment.reading} chosen by {rule.amendment.by}: {rule.amendment.why}"
            lines += self.paper.block(amended, indent=STEP, label="amended:")
        if rule.logic is not None and not rule.readings:
            lines += self.paper.block(logic_words(rule.logic), indent=STEP, label="holds if:")
        return lines

    def atom(
        self,
        atom: AtomResult,
        rule: Atom | None,
        path: str,
        indent: int,
        where: str,
        *,
        name: str = "",
        settled: bool = False,
    ) -> list[str]:
        """An atom with its test, then the findings and facts that it rests on.

        `rule` and `path` are where it is written, `where` is what it is a part of, `settled` whether that is known or
        nothing waits for it, `name` what it is called.
        """
        label = f"{name or atom.id}{'' if atom.operand else ' (helper)'} {part_words(atom.holds, settled=settled)} "
        quote = f"{quoted(atom.quote)}: " if atom.quote else ""
        asks = f"{what_it_asks(rule, self.book)} [{path}:{rule.line}]" if rule is not None else ""
        if atom.finding is not None and rule is not None and not rule.absent:  # whose title follows
            asks = f"finding {atom.finding} [{path}:{rule.line}]"
        lines = self.paper.block(f"{quote}{asks}", indent=indent, label=label)
        inner = indent + STEP
        sentence = self._sentence(atom.explanation, inner)
        if atom.reasons and atom.finding is None and not sentence:
            lines += self.paper.block(in_words(atom.reasons), indent=inner, label="unknown:")
        lines += sentence
        for assumption in atom.assumptions:
            told = re.compile(f"(?i)assumed: [^.]*{re.escape(assumption)}")
            if not any(map(told.search, self.said)):
                lines += self.paper.block(assumption, indent=inner, label="assumed:")
        for read in dict.fromkeys(findings_read(rule)) if rule is not None else ():
            lines += self.finding(read, inner, where)
        if atom.finding is None:
            lines += self.evidence(atom.evidence, inner)
        return lines

    def finding(self, name: str, indent: int, where: str) -> list[str]:
        """A shared finding: its value, its rule and its own atoms. Nothing for one that was not needed."""
        finding = next((found for found in self.result.findings if found.id == name), None)
        if finding is None:
            return []
        label = f"finding {finding.id} {part_words(finding.holds, settled=name not in self.awaited)} "
        again = self.shown.get(name)
        if again is not None:
            return self.paper.block(f"(see above, under {again})", indent=indent, label=label)
        lines = self.paper.block(f"{finding.title} [{finding.rule}]", indent=indent, label=label)
        self.shown[name] = where
        inner = indent + STEP
        sentence = self._sentence(finding.explanation, inner)
        if finding.reasons and not sentence:
            lines += self.paper.block(in_words(finding.reasons), indent=inner, label="unknown:")
        lines += sentence
        rule = self.book.findings[name]
        lines += finding_rule_lines(rule, self.paper, inner)
        rules = {atom.id: atom for atom in rule.atoms}
        settled = finding.holds is not None or name not in self.awaited
        for atom in finding.atoms:
            lines += self.atom(atom, rules.get(atom.id), rule.path, inner, where, settled=settled)
        return lines

    def _sentence(self, text: str, indent: int) -> list[str]:
        """A sentence, unless it was said above."""
        if not text or any(text in said for said in self.said):
            return []
        self.said.append(text)
        return self.paper.block(text, indent=indent)

    def evidence(self, evidence: Iterable[Evidence], indent: int) -> list[str]:
        """The resources, and the facts that were read from each."""
        lines: list[str] = []
        for item in dict.fromkeys(evidence):
            lines += self.paper.block(item.says, indent=indent, label=f"{item.reference}:", inks=(Ink.FAINT,))
            if item.reference in self.quoted:
                continue
            self.quoted.add(item.reference)
            for fact in self.facts.get(item.reference, ()):
                lines += self.paper.block(fact_words(fact, self.book), indent=indent + STEP, label="fact:")
        return lines


def explainer(result: ScreeningResult, chart: Chart, book: RuleBook, paper: Paper) -> Explainer:
    """The explainer of a result, with the chart that it was made from."""
    facts: dict[str, tuple[Fact, ...]] = {}
    for fact in chart.facts:
        facts[fact.reference] = (*facts.get(fact.reference, ()), fact)
    trial = book.trials[result.trial]
    return Explainer(result, trial, book, paper, facts, awaited_findings(result, trial, book))


def fact_words(fact: Fact, book: RuleBook) -> str:
    """One fact as the rules see it: concept, role of the code, value in the canonical unit, certainty, facets."""
    concept = book.concepts[fact.concept]
    parts = [f"{concept.label}, {fact.role.value} code, {fact.certainty.value}"]
    if fact.value is not None:
        parts.append(f"value {interval_words(fact.value.low, fact.value.high)}{unit_words(concept.unit or '1')}")
    if fact.times_upper_limit is not None:
        parts.append(f"{interval_words(fact.times_upper_limit.low, fact.times_upper_limit.high)} x upper limit")
    if fact.times_lower_limit is not None:
        parts.append(f"{interval_words(fact.times_lower_limit.low, fact.times_lower_limit.high)} x lower limit")
    if fact.result is not None:
        parts.append(f"result {fact.result.value}")
    if fact.when is not None:
        parts.append(
            f"dated {fact.when.first or '...'}" + (f" to {fact.when.last}" if fact.when.last != fact.when.first else "")
        )
    if fact.state.value != "unstated":
        parts.append(fact.state.value)
    if fact.ended_when is not None:
        parts.append(f"until {fact.ended_when.last or fact.ended_when.first or '...'}")
    elif fact.ended:
        parts.append("ended")
    parts += [f"{name} {value}" for name, value in fact.facets]
    limits_assumed = (fact.upper_limit_assumed, fact.lower_limit_assumed)
    parts += [f"assumed: {each}" for each in (*fact.assumptions, *limits_assumed) if each is not None]
    return "; ".join(parts)


def interval_words(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
