"""Whom to look at first, and what is missing most often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from trialsieve.rules.vocabulary import Verdict
from trialsieve.service.report.screened import ScreenedPopulation, TrialHead, TrialRows
from trialsieve.service.report.to_find import ToFind, to_find
from trialsieve.service.text.waiting import NOT_DATA

_ORDER: Final = {Verdict.ELIGIBLE.value: 0, Verdict.NEEDS_REVIEW.value: 1}
_BETWEEN: Final = " "
_NOT_DATA: Final = frozenset(reason.value for reason in NOT_DATA)
_Place = tuple[int, int, int, int, str, str, int]
_What = tuple[str, str, tuple[str, ...]]
"""Criterion, atom, and why it is unknown."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something unknown about a patient. `says` is the sentence that tells what is missing; empty where left out."""

    criterion: str
    waits_for: str
    reasons: tuple[str, ...]
    says: str

    @property
    def wants_data(self) -> bool:
        """Whether a new result may settle it. The criterion may wait for the registry's correction beside that."""
        return self.waits_for == "data" or (self.waits_for == "registry" and not _NOT_DATA.issuperset(self.reasons))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient who is not ineligible, and what stands between them and eligible.

    `limiting`, the numbers and those on hold are of the nearest cohort at screening, the items of all. `held_data` are
    on hold and lack data too, which `open_data` does not count; `would_fail`, as their text is presumed to be meant.
    `cautions`: what a person must see although it changes nothing.
    """

    patient: str
    source: str
    verdict: str
    limiting: tuple[str, ...]
    open_data: int
    open_judgement: int
    open_registry: int
    items: tuple[OpenItem, ...]
    cautions: tuple[str, ...]
    held_data: tuple[str, ...]
    would_fail: tuple[str, ...]

    @property
    def to_find(self) -> ToFind:
        """The data that the patient's criteria wait for."""
        return to_find((item.criterion, item.says) for item in self.items if item.wants_data)


@dataclass(frozen=True, slots=True)
class Missing:
    """Data that is missing for `patients` who are not ineligible; for `nearly` of them little else is open.

    `words` are the registry's, of what it is wanted for.
    """

    criterion: str
    atom: str
    reasons: tuple[str, ...]
    patients: int
    nearly: int
    words: str


NEARLY = 3
"""Few enough criteria that wait for data: finding it brings the patient near a decision."""


class Worklist:
    """Those nearest to eligible, best first, as `screen` lists them (`trialsieve.service.text.nearness`).

    Of those equally near the order is that of their names.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._nearest: list[tuple[_Place, Candidate]] = []

    def add(self, rows: TrialRows) -> None:
        """The patients of one file."""
        nearest = self._nearest_of(rows.verdicts)
        items = _items(rows.open_items, [row["record"] for row in nearest])
        for row in nearest:
            found = Candidate(
                patient=row["patient"],
                source=row["source"],
                verdict=row["verdict"],
                limiting=tuple(row["limiting"]),
                open_data=row["open_data"],
                open_judgement=row["open_judgement"],
                open_registry=row["open_registry"],
                items=tuple(items.get(row["record"], ())),
                cautions=tuple(row["cautions"]),
                held_data=tuple(row["held_data"]),
                would_fail=tuple(row["would_fail"]),
            )
            self._nearest.append((_place(found, row["record"]), found))
        self._nearest = sorted(self._nearest, key=lambda each: each[0])[: self._most]

    def candidates(self) -> list[Candidate]:
        """The list."""
        return [found for _, found in self._nearest]

    def _nearest_of(self, verdicts: pa.Table) -> list[dict[str, Any]]:
        order = pc.index_in(verdicts["verdict"].cast(pa.string()), pa.array(list(_ORDER)))
        would_fail = pc.list_value_length(verdicts["would_fail"])
        data = pc.add(verdicts["open_data"], pc.list_value_length(verdicts["held_data"]))
        others = pc.add(verdicts["open_judgement"], verdicts["open_registry"])
        opened = pc.add(verdicts["open_data"], others)
        kept = pc.is_valid(order)
        names = [verdicts[column] for column in ("patient", "source", "record")]
        sorting = pa.table([order, would_fail, data, opened, *names], names=list("abcdefg")).filter(kept)
        best = pc.sort_indices(sorting, [(name, "ascending") for name in "abcdefg"])[: self._most]
        found: list[dict[str, Any]] = verdicts.filter(kept).take(best).to_pylist()
        return found


class MissingData:
    """What is missing most often among those who are not ineligible, in the making."""

    def __init__(self) -> None:
        self._patients: Counter[_What] = Counter()
        self._nearly: Counter[_What] = Counter()

    def add(self, rows: TrialRows) -> None:
        """The patients of one file."""
        verdicts = rows.verdicts.filter(pc.equal(rows.verdicts["verdict"], Verdict.NEEDS_REVIEW.value))
        waiting = rows.open_items.filter(rows_that_want_data(rows.open_items))
        who = pc.index_in(waiting["record"], verdicts["record"])
        waiting, who = waiting.filter(pc.is_valid(who)), pc.drop_null(who)
        nearly = pc.less_equal(verdicts["open_data"].take(who), NEARLY).cast(pa.int64())
        items = pa.table(
            {
                "criterion": waiting["criterion"].cast(pa.string()),
                "atom": waiting["atom"].cast(pa.string()),
                "reasons": pc.binary_join(waiting["reasons"], _BETWEEN),
                "nearly": nearly,
            }
        )
        counted = items.group_by(["criterion", "atom", "reasons"]).aggregate([("nearly", "sum"), ("nearly", "count")])
        for row in counted.to_pylist():
            what = (row["criterion"], row["atom"], tuple(row["reasons"].split(_BETWEEN)))
            self._patients[what] += row["nearly_count"]
            self._nearly[what] += row["nearly_sum"]

    def most_often(self, population: ScreenedPopulation, trial: TrialHead, most: int) -> list[Missing]:
        """The first so many, those first that would bring most patients near a decision."""
        best = sorted(self._patients, key=lambda what: (-self._nearly[what], -self._patients[what], what))[:most]
        return [
            Missing(*what, self._patients[what], self._nearly[what], population.words(trial, what[0], what[1]))
            for what in best
        ]


def _place(found: Candidate, record: int) -> _Place:
    opened = found.open_data + found.open_judgement + found.open_registry
    data = found.open_data + len(found.held_data)
    return (_ORDER[found.verdict], len(found.would_fail), data, opened, found.patient, found.source, record)


def rows_that_want_data(open_items: pa.Table) -> pa.Array:
    """Of each row what `OpenItem.wants_data` says."""
    waits_for = open_items["waits_for"].cast(pa.string())
    reasons = open_items["reasons"].combine_chunks()
    others = pc.is_in(reasons.flatten(), pa.array(sorted(_NOT_DATA), reasons.type.value_type))
    of_data = pc.list_parent_indices(reasons).filter(pc.invert(others))
    some = pc.is_in(pa.array(range(len(open_items)), of_data.type), of_data)
    return pc.or_(pc.equal(waits_for, "data"), pc.and_(pc.equal(waits_for, "registry"), some))


def _items(open_items: pa.Table, records: list[int]) -> dict[int, list[OpenItem]]:
    found: dict[int, list[OpenItem]] = {}
    wanted = pc.is_in(open_items["record"], pa.array(records, pa.int64()))
    for row in open_items.filter(wanted).to_pylist():
        item = OpenItem(row["criterion"], row["waits_for"], tuple(row["reasons"]), row["explanation"])
        items = found.setdefault(row["record"], [])
        if item not in items:
            items.append(item)
    return found
