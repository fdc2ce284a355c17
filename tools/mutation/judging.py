"""Whether the tests notice a change: the worked examples, the end-to-end tables, and the inventory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from mutation.recording import Case, Owner, Recording, Replay
from mutation.rules import Mutant, Rules, alone
from trialsieve.engine.direct import DirectEngine, evaluate_finding
from trialsieve.engine.examples import example_chart, example_circumstances
from trialsieve.engine.outcome import Outcome
from trialsieve.engine.screening import Screener
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Truth
from trialsieve.rules.worked_example import Example

_Failure = (Exception, pytest.fail.Exception)


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a change. `by` is what noticed it; None: nothing did; empty: it is none (no rule, or the same)."""

    mutant: Mutant
    by: str | None


class Judge:
    """Holds changed rules to what is expected of the rules. The direct evaluator alone answers."""

    def __init__(self, rules: Rules, recording: Recording) -> None:
        self._rules = rules
        self._cases: defaultdict[Owner, list[Case]] = defaultdict(list)
        for case in [*_examples(rules.book), *recording.cases]:
            self._cases[case.owner].append(case)
        self._player = _Player()
        self._replays: defaultdict[str, list[Replay]] = defaultdict(list)
        self.unusable: list[str] = []
        self._keep_what_holds(recording.replays)

    def _keep_what_holds(self, replays: Sequence[Replay]) -> None:
        """Nothing is expected that does not hold of the rules as they are; it is named."""
        book = self._rules.book
        for owner, cases in self._cases.items():
            outcome = _answers(book, owner)
            wrong = [case for case in cases if not _holds(case, outcome)]
            self.unusable += [case.name for case in wrong]
            self._cases[owner] = [case for case in cases if case not in wrong]
        for replay in replays:
            if self._player.notices(replay, book):
                self.unusable.append(replay.name)
            else:
                self._replays[replay.trial].append(replay)

    def judge(self, mutant: Mutant) -> Judged:
        return Judged(mutant, self._trial(mutant) if self._rules.is_trial(mutant.file) else self._finding(mutant))

    def _trial(self, mutant: Mutant) -> str | None:
        trial = self._rules.changed_trial(mutant)
        if trial is None:
            return ""
        book = replace(self._rules.book, trials={**self._rules.book.trials, trial.id: trial})
        part, index = mutant.change.where[:2]
        owners: list[Owner] = []
        if part == "criteria" and isinstance(index, int):
            owners = [(trial.id, trial.criteria[index].id)]
        if found := self._noticed(book, owners) or self._replayed(book, [trial.id], owners):
            return found
        data = self._rules.data(mutant.file)
        before = self._rules.inventory_problems(mutant.file, data, self._rules.book.trials[trial.id])
        after = self._rules.inventory_problems(mutant.file, mutant.change.data, trial)
        return "inventory" if after - before else None

    def _finding(self, mutant: Mutant) -> str | None:
        finding = self._rules.changed_finding(mutant)
        if finding is None:
            return ""
        book = replace(self._rules.book, findings={**self._rules.book.findings, finding.id: finding})
        findings: list[Owner] = [("", name) for name in self._rules.findings_reading(finding.id)]
        criteria = self._rules.criteria_reading(finding.id)
        found = self._noticed(book, [*findings, *criteria])
        return found or self._replayed(book, self._rules.trials_reading(finding.id), criteria)

    def _noticed(self, book: RuleBook, owners: Iterable[Owner]) -> str | None:
        for owner in owners:
            outcome = _answers(book, owner)
            for case in self._cases[owner]:
                if not _holds(case, outcome):
                    return case.name
        return None

    def _replayed(self, book: RuleBook, trials: Iterable[str], changed: Sequence[Owner]) -> str | None:
        for trial in trials:
            criteria = {name for owner, name in changed if owner == trial}
            for replay in self._replays[trial]:
                if replay.criteria is not None and replay.criteria.isdisjoint(criteria):
                    continue
                if self._player.notices(replay, book):
                    return replay.name
        return None


def _examples(book: RuleBook) -> Iterator[Case]:
    owned: list[tuple[Owner, Sequence[Example]]] = [
        ((trial.id, criterion.id), criterion.examples) for trial in book.trials.values() for criterion in trial.criteria
    ]
    owned += [(("", name), finding.examples) for name, finding in book.findings.items()]
    for owner, examples in owned:
        for example in examples:
            yield Case(
                f"example '{example.name}'",
                owner,
                example_chart(book, example.given),
                example_circumstances(example),
                Truth(example.expect),
                frozenset(example.reasons) or None,
            )


def _answers(book: RuleBook, owner: Owner) -> Callable[[Case], Outcome]:
    """What a criterion or finding of these rules answers."""
    trial, name = owner
    if not trial:
        return lambda case: evaluate_finding(book, name, case.chart, case.circumstances)
    criterion = next(each for each in book.trials[trial].criteria if each.id == name)
    only = replace(book, trials={trial: alone(book.trials[trial], criterion)})
    engine = DirectEngine(only, [trial])
    return lambda case: engine.evaluate(case.chart, case.circumstances).criteria[owner].outcome


def _holds(case: Case, answer: Callable[[Case], Outcome]) -> bool:
    try:
        outcome = answer(case)
    except Exception:
        return False
    return outcome.truth is case.truth and (case.reasons is None or case.reasons == outcome.reasons)


class _Player:
    """Runs recorded tests again with other rules: what they screen is answered by a screener of these."""

    def __init__(self) -> None:
        self._book: RuleBook | None = None
        self._criteria: frozenset[str] | None = None
        self._screeners: dict[tuple[str, frozenset[str] | None], Screener] = {}
        original = Screener.screen

        def screen(screener: Screener, chart: object, circumstances: object) -> object:
            return original(self._screener(screener), chart, circumstances)  # type: ignore[arg-type]

        Screener.screen = screen  # type: ignore[method-assign, assignment]

    def _screener(self, of_test: Screener) -> Screener:
        """A screener of the other rules, with the criteria alone that the test looks at."""
        if self._book is None:
            return of_test
        (name,) = of_test.trials
        key = (name, self._criteria)
        if key not in self._screeners:
            trial = self._book.trials[name]
            if self._criteria is not None:
                trial = replace(trial, criteria=tuple(each for each in trial.criteria if each.id in self._criteria))
            self._screeners[key] = Screener(replace(self._book, trials={name: trial}), [name])
        return self._screeners[key]

    def notices(self, replay: Replay, book: RuleBook) -> bool:
        if book is not self._book:
            self._book, self._screeners = book, {}
        self._criteria = replay.criteria
        try:
            replay.run()
        except _Failure:
            return True
        return False
