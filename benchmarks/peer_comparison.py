"""What trialsieve and the CQL say of the same patients, value by value, and why they differ where they do.

`cql/differences.yaml` explains the known differences. One that it does not explain is a fault of this benchmark, of the
CQL or of trialsieve, and has to be looked into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from trialsieve.engine.result import CriterionResult, ScreeningResult
from trialsieve.rules.yaml_source import read_yaml

Value = bool | None

UNEXPLAINED = "UNEXPLAINED"

_NAMES: dict[Value, str] = {True: "true", False: "false", None: "unknown"}
_VALUES: dict[object, Value] = {True: True, False: False, "unknown": None}


class Verdict(StrEnum):
    """Who is right where the two differ."""

    OURS = "ours right"
    THEIRS = "theirs right"
    NOT_EXPRESSIBLE = "not expressible"


@dataclass(frozen=True, slots=True)
class Answer:
    """One value of ours: a criterion's, or a reading's of a criterion on hold."""

    value: Value
    reasons: frozenset[str]
    explanation: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One value on which the two differ."""

    patient: str
    criterion: str
    ours: Answer
    theirs: Value

    def __str__(self) -> str:
        why = f" ({', '.join(sorted(self.ours.reasons))})" if self.ours.reasons else ""
        return f"{self.criterion}: ours {_NAMES[self.ours.value]}{why}, theirs {_NAMES[self.theirs]}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A known difference: in these criteria, with these values, where our explanation says these words."""

    criteria: frozenset[str]
    ours: Value
    theirs: Value
    says: str
    verdict: Verdict
    why: str

    def fits(self, difference: Difference) -> bool:
        return (
            difference.criterion in self.criteria
            and difference.ours.value is self.ours
            and difference.theirs is self.theirs
            and self.says in difference.ours.explanation
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it. `same` counts equal values, by criterion and value."""

    same: Mapping[tuple[str, Value], int]
    differences: tuple[Difference, ...]

    def explained(self, known: Iterable[Explanation]) -> dict[Explanation | None, list[Difference]]:
        """The differences by their explanation; None: unexplained."""
        known = tuple(known)
        found: dict[Explanation | None, list[Difference]] = {}
        for difference in self.differences:
            reason = next((one for one in known if one.fits(difference)), None)
            found.setdefault(reason, []).append(difference)
        return found


def read_explanations(path: Path) -> tuple[Explanation, ...]:
    """The known differences."""
    return tuple(
        Explanation(
            frozenset(item["criteria"]),
            _VALUES[item["ours"]],
            _VALUES[item["theirs"]],
            item["says"],
            Verdict(item["verdict"]),
            item["why"],
        )
        for item in read_yaml(str(path), path.read_text(encoding="utf-8")).data
    )


def answers(result: ScreeningResult) -> Iterator[tuple[str, Answer]]:
    """Every value of one result, as the CQL names them: `I06`, `I06 presumed`."""
    for criterion in result.criteria:
        reasons = frozenset(str(reason) for reason in criterion.reasons)
        proof = _proof(criterion)
        yield criterion.id, Answer(criterion.holds, reasons, proof)
        for reading in criterion.readings:
            yield f"{criterion.id} {reading.name}", Answer(reading.holds, reasons, f"{reading.explanation}\n{proof}")


def _proof(criterion: CriterionResult) -> str:
    return "\n".join((criterion.explanation, *criterion.assumptions, *(atom.explanation for atom in criterion.atoms)))


def _sentence(answer: Answer) -> str:
    return answer.explanation.partition("\n")[0]


def compare(ours: Mapping[str, ScreeningResult], theirs: Mapping[str, Mapping[str, Value]]) -> Comparison:
    """Both by patient. Each has to hold the same patients and values."""
    same: Counter[tuple[str, Value]] = Counter()
    differences = []
    for patient, result in ours.items():
        found = dict(answers(result))
        if found.keys() != theirs[patient].keys():
            raise ValueError(f"{patient}: compared are {sorted(found)} with {sorted(theirs[patient])}")
        for criterion, answer in found.items():
            value = theirs[patient][criterion]
            if value is answer.value:
                same[criterion, value] += 1
            else:
                differences.append(Difference(patient, criterion, answer, value))
    return Comparison(same, tuple(differences))


def table(comparison: Comparison, known: Iterable[Explanation]) -> list[str]:
    """The comparison for a person: counts by criterion, then the differences by their explanation."""
    different = Counter(difference.criterion for difference in comparison.differences)
    criteria = sorted({criterion for criterion, _ in comparison.same} | set(different))
    lines = [f"{'criterion':16} {'true':>6} {'false':>6} {'unknown':>8} {'different':>10}"]
    for criterion in criteria:
        true, false, unknown = (comparison.same.get((criterion, value), 0) for value in (True, False, None))
        lines.append(f"{criterion:16} {true:6} {false:6} {unknown:8} {different[criterion]:10}")
    groups: dict[str, list[Difference]] = {}
    for reason, found in comparison.explained(known).items():
        groups.setdefault(UNEXPLAINED if reason is None else f"{reason.verdict}: {reason.why}", []).extend(found)
    for verdict, found in groups.items():
        lines.append(f"{len(found)} x {verdict}")
        counted = Counter(str(difference) for difference in found)
        lines += [f"    {count} x {words}" for words, count in sorted(counted.items())]
        if verdict == UNEXPLAINED:
            first = {str(one): one for one in reversed(found)}
            lines += [f"    {one.patient}: {one.criterion}: {_sentence(one.ours)}" for _, one in sorted(first.items())]
    return lines
