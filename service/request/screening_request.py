"""What a command was asked: the rules, the trials and the circumstances, all checked before anything is screened."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from trialsieve.engine.outcome import Circumstances
from trialsieve.rules.atom import SCREENING
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.errors import UsageError
from trialsieve.rules.logic_order import concepts_reached
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.vocabulary import AbsencePolicy, Kind
from trialsieve.service.request.written_values import anchor_days, covered_kinds, day, member_of, one_of, trial_named

OWN_RULES = "a trial of your own needs --rules DIR"
RULES_GIVEN = "`trialsieve lint DIR` says what is read of your rules"


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question, on the command line or over HTTP."""

    book: RuleBook
    trials: tuple[str, ...]
    circumstances: Circumstances
    covers: frozenset[Kind]

    @property
    def concepts(self) -> frozenset[str]:
        """What the trials' rules look at, directly or through findings; the rest of a record need not be read."""
        return concepts_reached(self.book, self.trials)


def question_from(arguments: argparse.Namespace, trials: Sequence[str]) -> Question:
    """The question that the arguments of `screen` or `explain` ask; no trials: all of them.

    Raises UsageError for a wrong value and RuleFilesError for wrong rule files.
    """
    covers = covered_kinds(arguments.covers)
    absence = member_of("--absence", arguments.absence, AbsencePolicy)
    asked_day = None if arguments.as_of is None else day("--as-of", arguments.as_of)
    asked_anchors = anchor_days(arguments.anchors)
    book = book_from(arguments)
    as_of = asked_day or today(book.site)
    names = chosen_trials(trials, book, RULES_GIVEN if arguments.rules else OWN_RULES)
    anchors = declared_anchors(asked_anchors, names, book)
    return Question(book, names, Circumstances(as_of, absence, anchors), covers)


def book_from(arguments: argparse.Namespace) -> RuleBook:
    """The shipped rules and what `--rules` and `--site` add; a path that is not there is a UsageError."""
    site = None if arguments.site is None else Path(arguments.site)
    return rule_book([Path(name) for name in arguments.rules], site)


def rule_book(extra: Sequence[Path], site: Path | None, prefix: str = "--") -> RuleBook:
    """The same of paths. `prefix`: what stands before the names of the options where they are asked for."""
    for path in extra:
        if not path.exists():
            raise UsageError(f"{prefix}rules {path}: no such directory")
    if site is not None and not site.is_file():
        raise UsageError(f"{prefix}site {site}: no such file")
    return cached_rules(extra, site)


def chosen_trials(asked: Sequence[str], book: RuleBook, hint: str = "") -> tuple[str, ...]:
    """The trials asked for, each once, in the order asked; all of the rule book's where none is named.

    `hint`: why one that somebody is sure of may be missing.
    """
    if not asked:
        return tuple(book.trials)
    return tuple(dict.fromkeys(trial_named(name, tuple(book.trials), hint) for name in asked))


def declared_anchors(
    asked: Mapping[str, date], trials: Sequence[str], book: RuleBook, option: str = "--anchor"
) -> dict[str, date]:
    """The days of `--anchor` under the names that the trials declare; one that none of them has is a UsageError."""
    known = dict.fromkeys(name for trial in trials for name in book.trials[trial].anchors if name != SCREENING)
    where = f" in {trials[0]}" if len(trials) == 1 else " in the trials asked for"
    days: dict[str, date] = {}
    for written, asked_day in asked.items():
        name = one_of(written, tuple(known), "anchor", where)
        if name in days:
            raise UsageError(f"{option} {written}={asked_day}: {name!r} is given twice")
        days[name] = asked_day
    return days


def today(site: Site, now: datetime | None = None) -> date:
    """The calendar day in the site's time zone, now or at the instant that counts as now."""
    return (now or datetime.now(UTC)).astimezone(ZoneInfo(site.time_zone)).date()
