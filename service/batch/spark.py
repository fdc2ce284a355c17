"""Another pool: the executors of an Apache Spark cluster, which call the same functions (docs/spark.md).

The input and the directory of the run have to lie where the driver and every executor see them under the same path.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from trialsieve.rules.errors import InputError, UsageError

_Work = TypeVar("_Work")
_Done = TypeVar("_Done")
_PIECES_A_CORE: Final = 8
MISSING: Final = (
    "--engine spark needs more: pip install --editable '.[batch,spark]' and Java 17 (pyspark is not installed)"
)


class SparkPool:
    """Does each piece of work as a Spark task of its own, so that a slow one holds up no other.

    A task whose executor dies is done again by another one, as Spark's settings say (`spark.task.maxFailures`).
    """

    def __init__(self, master: str | None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise UsageError(MISSING) from error
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.appName("trialsieve").config("spark.ui.showConsoleProgress", "false")
        if master is not None:
            builder = builder.master(master)
        try:
            self._session: Any = builder.getOrCreate()
        except Exception as error:
            raise UsageError(
                f"--engine spark: no session could be had ({type(error).__name__}: {_first(error)})"
            ) from error

    def each(self, function: Callable[[_Work], _Done], work: Sequence[_Work]) -> Iterator[_Done]:
        """In rounds of some pieces for each core, since results are seen only when a round is finished."""
        context = self._session.sparkContext
        size = max(1, context.defaultParallelism * _PIECES_A_CORE)
        for start in range(0, len(work), size):
            pieces = work[start : start + size]
            try:
                yield from context.parallelize(pieces, len(pieces)).map(function).collect()
            except Exception as error:
                raise InputError(
                    f"--engine spark: a task failed for good ({_first(error)}); what is finished stays: "
                    "run the same command again to go on"
                ) from error

    def abandon(self) -> None:
        """Gives up the tasks that are under way."""
        self._session.sparkContext.cancelAllJobs()

    def close(self) -> None:
        """Ends the session."""
        self._session.stop()


def _first(error: Exception) -> str:
    """The first line of what Spark says, which names no patient."""
    return str(error).partition("\n")[0][:300]
