"""What a batch run left, read back: its manifest, and its tables file by file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trialsieve.rules.atom import SCREENING
from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import Effect, Verdict
from trialsieve.service.batch.claim import manifest_of
from trialsieve.service.batch.manifest import MANIFEST
from trialsieve.service.text.words import LIMITING_WORDS

Effects = npt.NDArray[np.int8]
"""A row a patient, a column a criterion in the protocol's order: an index into `EFFECTS`."""

EFFECTS = (Effect.PASS, Effect.REVIEW, Effect.FAIL)
PASS, REVIEW, FAIL = range(3)
BEFORE: Final = frozenset(LIMITING_WORDS)
"""What limits an arm apart from its criteria: the cohort, death, and a Patient that is no longer in use."""


@dataclass(frozen=True, slots=True)
class CriterionHead:
    """A criterion as the run's manifest tells it."""

    id: str
    kind: str
    stage: str
    cohort: str
    text: str
    atoms: Mapping[str, str]
    """The words of the sentence that each atom stands for, by its id."""


@dataclass(frozen=True, slots=True)
class TrialHead:
    """A trial as the run's manifest tells it."""

    id: str
    title: str
    url: str
    cohorts: tuple[str, ...]
    criteria: tuple[CriterionHead, ...]
    rules_version: str
    rules_sha256: str


@dataclass(frozen=True, slots=True)
class TrialRows:
    """The rows of one trial in one file of each table; a record's rows stand in the same file of each."""

    verdicts: pa.Table
    arms: pa.Table
    effects: Effects
    open_items: pa.Table


_COLUMNS: Final = {
    "verdicts": [
        *("record", "patient", "source", "trial", "verdict", "limiting"),
        *("open_data", "open_judgement", "open_registry", "cautions", "held_data", "would_fail"),
    ],
    "arms": ["trial", "cohort", "stage", "verdict", "limiting", "open"],
    "criteria": ["trial", "effect"],
    "open_items": ["record", "trial", "criterion", "atom", "waits_for", "reasons", "explanation"],
}
_RECURRING: Final = {"trial", "cohort", "stage", "verdict", "effect", "criterion", "atom", "waits_for", "explanation"}
"""Columns of few values: kept as numbers, with the values beside them."""


class ScreenedPopulation:
    """The tables of one finished run. Raises UsageError where there is none."""

    def __init__(self, directory: Path) -> None:
        manifest = manifest_of(directory)
        if manifest is None:
            raise UsageError(
                f"{directory}: holds no finished run (no {MANIFEST} of one); make one with `trialsieve batch`"
            )
        self.directory = directory
        self.manifest = manifest
        versions = {asked["trial"]: asked for asked in self.manifest["asked"]["trials"]}
        self.trials = tuple(
            TrialHead(
                id=protocol["trial"],
                title=protocol["title"],
                url=protocol["url"],
                cohorts=tuple(protocol["cohorts"]),
                criteria=tuple(
                    CriterionHead(
                        each["criterion"], each["kind"], each["stage"], each["cohort"], each["text"], each["atoms"]
                    )
                    for each in protocol["criteria"]
                ),
                rules_version=versions[protocol["trial"]]["rules_version"],
                rules_sha256=versions[protocol["trial"]]["rules_sha256"],
            )
            for protocol in self.manifest["protocols"]
        )

    def words(self, trial: TrialHead, criterion: str, atom: str) -> str:
        """The registry's words for an atom; the whole sentence where there are none."""
        found = next(each for each in trial.criteria if each.id == criterion)
        return found.atoms.get(atom) or found.text

    def rows(self) -> Iterator[dict[str, TrialRows]]:
        """The rows of each trial, by its id, file by file: each file is read once, whatever the number of trials."""
        outputs: Mapping[str, list[str]] = self.manifest["outputs"]
        names = [[name for name in outputs.get(table, ()) if name.endswith(".parquet")] for table in _COLUMNS]
        for files in zip(*names, strict=True):
            tables = {table: self._by_trial(table, file) for table, file in zip(_COLUMNS, files, strict=True)}
            yield {
                trial.id: TrialRows(
                    verdicts=tables["verdicts"][trial.id],
                    arms=tables["arms"][trial.id],
                    effects=_effects(tables["criteria"][trial.id], len(trial.criteria)),
                    open_items=tables["open_items"][trial.id],
                )
                for trial in self.trials
            }

    def _by_trial(self, table: str, name: str) -> dict[str, pa.Table]:
        """The rows of one file, each trial's for themselves, in their order."""
        recurring = [column for column in _COLUMNS[table] if column in _RECURRING]
        try:
            found = pq.read_table(self.directory / name, columns=_COLUMNS[table], read_dictionary=recurring)
        except (OSError, pa.ArrowException) as error:
            raise UsageError(
                f"{self.directory / name}: is damaged, or not there, or of an earlier version; "
                "screen anew with `trialsieve batch --restart`"
            ) from error
        found = found.unify_dictionaries().combine_chunks()
        return {trial.id: found.filter(pc.equal(found["trial"], trial.id)) for trial in self.trials}


def _effects(criteria: pa.Table, width: int) -> Effects:
    names = pa.array([effect.value for effect in EFFECTS])
    codes: Effects = pc.index_in(criteria["effect"].cast(pa.string()), names).to_numpy().astype(np.int8)
    return codes.reshape(-1, width)


def before_criteria(arms: pa.Table, cohort: str) -> npt.NDArray[np.int8]:
    """Of each patient what stands before any criterion of a cohort at screening.

    That is `FAIL` for who is dead or not of the cohort, `REVIEW` where that is unknown or the Patient is no longer in
    use, else `PASS`.
    """
    arm = arms.filter(pc.and_(pc.equal(arms["cohort"], cohort), pc.equal(arms["stage"], SCREENING)))
    limited, unknown = ([bool(BEFORE & set(names)) for names in arm[each].to_pylist()] for each in ("limiting", "open"))
    failed = pc.equal(arm["verdict"], Verdict.INELIGIBLE.value).to_numpy()
    return np.where(
        np.logical_and(limited, failed), FAIL, np.where(np.logical_or(limited, unknown), REVIEW, PASS)
    ).astype(np.int8)
