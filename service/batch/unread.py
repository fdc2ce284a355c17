"""The files of a run of which nothing could be read, so that whoever is in them was never screened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from trialsieve.service.text.reporting import file_of, files_of, unread_files


def unread_in(out: Path, problems: Sequence[str], verdicts: Sequence[str]) -> list[str]:
    """Those files, in the order of the input, by what the run's tables of these names say."""
    whole = dict.fromkeys(source for source in _unusable(out, problems) if file_of(source) == source)
    return unread_files(whole, set(_screened(out, verdicts))) if whole else []


def _unusable(out: Path, tables: Sequence[str]) -> Iterator[str]:
    of_whole = [("notice", "=", False), ("reference", "=", "")]
    for name in tables:
        yield from pq.read_table(out / name, columns=["source"], filters=of_whole)["source"].to_pylist()


def _screened(out: Path, tables: Sequence[str]) -> Iterator[str]:
    for name in tables:
        for source in pq.read_table(out / name, columns=["source"])["source"].unique().to_pylist():
            yield from files_of(source)
