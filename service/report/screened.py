"""What a batch run left, read back: its manifest, and its tables file by file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trialsieve.rules.errors import UsageError
from trialsieve.rules.vocabulary import Effect
from trialsieve.service.batch.manifest import MANIFEST

Effects = npt.NDArray[np.int8]
"""A row a patient, a column a criterion in the protocol's order: an index into `EFFECTS`."""

EFFECTS = (Effect.PASS, Effect.REVIEW, Effect.FAIL)
PASS, REVIEW, FAIL = range(3)
BEFORE = frozenset({"cohort", "deceased", "patient"})
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


class ScreenedPopulation:
    """The tables of one finished run. Raises UsageError where there is none."""

    def __init__(self, directory: Path) -> None:
        path = directory / MANIFEST
        if not path.is_file():
            raise UsageError(f"{directory}: holds no finished run (no {MANIFEST}); make one with `trialsieve batch`")
        self.directory = directory
        self.manifest: dict[str, Any] = orjson.loads(path.read_bytes())
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

    def files(self, table: str, trial: str, columns: list[str]) -> Iterator[pa.Table]:
        """The rows of one trial, file by file."""
        for name in self.manifest["outputs"].get(table, ()):
            if name.endswith(".parquet"):
                yield pq.read_table(self.directory / name, columns=columns, filters=[("trial", "=", trial)])

    def effects(self, trial: TrialHead) -> Iterator[tuple[pa.Array, Effects]]:
        """The patients of each file, and what each criterion does to each of them."""
        names = pa.array([effect.value for effect in EFFECTS])
        for rows in self.files("criteria", trial.id, ["patient", "trial", "effect"]):
            width = len(trial.criteria)
            codes = pc.index_in(rows["effect"].combine_chunks(), names).to_numpy(zero_copy_only=False)
            patients = rows["patient"].combine_chunks().take(pa.array(range(0, len(rows), width)))
            yield patients, codes.astype(np.int8).reshape(-1, width)

    def arms(self, trial: TrialHead) -> Iterator[Mapping[str, npt.NDArray[np.int8]]]:
        """For each file and cohort at screening: of each patient what stands before any criterion.

        That is `FAIL` for who is dead or not of the cohort, `REVIEW` where that is unknown, else `PASS`. Results do
        not tell that it is unknown of somebody for whom a criterion fails.
        """
        columns = ["trial", "cohort", "stage", "verdict", "limiting"]
        for rows in self.files("arms", trial.id, columns):
            before: dict[str, npt.NDArray[np.int8]] = {}
            for cohort in trial.cohorts:
                here = pc.and_(pc.equal(rows["cohort"], cohort), pc.equal(rows["stage"], "screening"))
                arm = rows.filter(here)
                gate = [bool(BEFORE & set(names)) for names in arm["limiting"].to_pylist()]
                failed = pc.equal(arm["verdict"], "ineligible").to_numpy(zero_copy_only=False)
                before[cohort] = np.where(gate, np.where(failed, FAIL, REVIEW), PASS).astype(np.int8)
            yield before
