"""`trialsieve batch`: a whole population, into tables."""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialsieve.rules.errors import InputError, UsageError
from trialsieve.rules.interrupts import interrupts_held
from trialsieve.service.commands.installed import require_pyarrow
from trialsieve.service.request.arguments import (
    NO_INPUT,
    SeveralValues,
    add_circumstances,
    add_inputs,
    add_rules,
    add_trials,
    standard_input,
)
from trialsieve.service.request.written_values import chosen, member_of, whole_number

if TYPE_CHECKING:
    from trialsieve.service.batch.job import Job
    from trialsieve.service.batch.pool import LocalPool, Pool

HELP = "screen a whole population into tables, with many processes"

DESCRIPTION = """\
Screen every patient of large inputs for every trial asked for, and leave tables (Parquet) in a directory: verdicts,
arms, criteria, open items and problems, with whole explanations for whom it pays and a manifest. Broken off at any
moment, the same command goes on where it was."""

EXAMPLES = """\
examples:
  trialsieve batch export/ --out screened/
  trialsieve batch export/ --out screened/ --trial NCT04762485 --as-of 2026-11-20 --workers 8
  trialsieve batch bundles.ndjson.gz --out screened/ --also csv --explanations all
  trialsieve report screened/

exit status:
  0  every input was read and every patient has a result for every trial asked for
  1  results were written, but some input could not be used: see the table `problems`
  2  the command line or a rule file is wrong, a path cannot be read, or no input holds usable FHIR"""

ALSO = ("ndjson", "csv")
ENGINES = ("local", "spark")
GOES_ON = "What is finished stays; the same command goes on from there."


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `batch`."""
    add_inputs(parser)
    add_trials(parser)
    add_circumstances(parser)
    add_rules(parser)
    group = parser.add_argument_group("what is written")
    group.add_argument("--out", metavar="DIR", help="the directory for the tables; new, or of the same run")
    group.add_argument(
        "--also",
        metavar="|".join(ALSO),
        nargs="+",
        action=SeveralValues,
        default=[],
        help="write the tables in this format too (may be given several times)",
    )
    group.add_argument(
        "--explanations",
        metavar="not-ineligible|all|none",
        default="not-ineligible",
        help="for whom the whole explained result is written (default: not-ineligible)",
    )
    group = parser.add_argument_group("how it is done")
    group.add_argument("--workers", metavar="N", help="how many processes (default: one a processor)")
    group.add_argument("--restart", action="store_true", help="throw away what an earlier run left in --out")
    group.add_argument("--engine", metavar="|".join(ENGINES), default="local", help="who does it (default: local)")
    group.add_argument("--master", metavar="URL", help="of --engine spark: its master, such as local-cluster[2,1,2048]")


def run(arguments: argparse.Namespace) -> int:
    """Screen; 0 or 1 as in the contract. Raises UsageError, RuleFilesError and InputError for what is 2."""
    if not arguments.inputs:
        raise UsageError(NO_INPUT)
    if arguments.out is None:
        raise UsageError("batch: name a directory for the tables with --out")
    require_pyarrow("batch")
    further = [chosen("--also", name, ALSO) for name in arguments.also]
    chosen("--engine", arguments.engine, ENGINES)
    if arguments.master is not None and arguments.engine != "spark":
        raise UsageError("--master: goes with --engine spark alone")
    workers = workers_asked(arguments.workers)
    local: LocalPool | None = None
    try:
        with interrupts_held():
            from trialsieve.service.batch.pool import LocalPool
        if arguments.engine == "local":
            local = LocalPool(workers)  # it loads while this process does
        with interrupts_held():
            importlib.import_module("trialsieve.service.batch.run")
        job = _job(arguments)
    except BaseException:
        if local is not None:
            local.abandon()
            local.close()
        raise
    return _screen(arguments, job, further, workers, local)


def workers_asked(text: str | None) -> int:
    """How many processes: what was asked for, or one for each processor that this process may use."""
    if text is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return whole_number("--workers", text, 1, 1024)


def _job(arguments: argparse.Namespace) -> Job:
    from trialsieve.service.batch.job import Explanations, Job
    from trialsieve.service.batch.program import program_sha256
    from trialsieve.service.request.screening_request import question_from

    question = question_from(arguments, arguments.trial)
    asked = question.circumstances
    trials = [question.book.trials[name] for name in question.trials]
    return Job(
        trials=question.trials,
        as_of=asked.as_of,
        absence=asked.absence,
        anchors=tuple(sorted(asked.anchors.items())),
        covers=question.covers,
        rules=tuple(str(Path(name).absolute()) for name in arguments.rules),
        site=None if arguments.site is None else str(Path(arguments.site).absolute()),
        explanations=member_of("--explanations", arguments.explanations, Explanations),
        rules_sha256=tuple(trial.rules_sha256 for trial in trials),
        rules_version=tuple(trial.version for trial in trials),
        program_sha256=program_sha256(),
    )


def _screen(arguments: argparse.Namespace, job: Job, also: list[str], workers: int, local: LocalPool | None) -> int:
    from trialsieve.service.batch.claim import RUN
    from trialsieve.service.batch.progress import ProgressLines
    from trialsieve.service.batch.run import BatchRun
    from trialsieve.service.batch.workspace import write_json

    began, clock = datetime.now(UTC), time.monotonic()
    progress = ProgressLines()
    pool: Pool
    if local is not None:
        pool = local
    else:
        from trialsieve.service.batch.spark import SparkPool

        pool = SparkPool(arguments.master)
    out = Path(arguments.out)
    try:
        with ended_by_signal():
            batch = BatchRun(job, arguments.inputs, out, pool, progress, standard_input(), also, arguments.restart)
            manifest = batch.run()
    except OSError as error:
        if not _is_full(error):
            raise
        raise InputError(f"--out {out}: there is no room left on its disk; make some. {GOES_ON}") from error
    except KeyboardInterrupt:
        pool.abandon()
        sys.stderr.write(f"\n{GOES_ON}\n")
        raise
    finally:
        progress.close()
        pool.close()
    took = {
        "began": began.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - clock, 1),
        "engine": arguments.engine,
        "workers": workers,
    }
    if batch.was_finished:
        sys.stderr.write(f"{out} holds this run already, and it is finished\n")
    else:
        write_json(out / RUN, took)
    _tell(manifest, out)
    return 1 if manifest["problems"] else 0


def _is_full(error: OSError) -> bool:
    """What Arrow, or a worker, raises may carry no number."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error)


@contextlib.contextmanager
def ended_by_signal() -> Iterator[None]:
    """Being told to end (SIGTERM) is the same as Ctrl+C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(manifest: dict[str, Any], out: Path) -> None:
    from trialsieve.fhir_adapters.inputs.input_files import SkippedFiles
    from trialsieve.rules.vocabulary import Kind
    from trialsieve.service.screening.not_covered import not_covered_words
    from trialsieve.service.text.paper import printable
    from trialsieve.service.text.reporting import skipped_words, unread_words
    from trialsieve.service.text.words import counted

    for trial, verdicts in manifest["verdicts"].items():
        counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
        sys.stderr.write(f"{trial}: {counts}\n")
    if number := manifest["skipped_files"]:
        skipped = SkippedFiles(number, manifest.get("first_skipped", []))
        sys.stderr.write(f"{printable(skipped_words(skipped))}\n")
    problems = manifest["problems"]
    unused = f"; {counted(problems, 'input problem')}, listed in {out}/problems" if problems else ""
    patients = counted(manifest["patients"], "patient")
    sys.stderr.write(f"{patients} screened for {counted(len(manifest['verdicts']), 'trial')} into {out}{unused}\n")
    if not_covered := manifest["not_covered"]:
        told = not_covered_words({Kind(kind): count for kind, count in not_covered.items()})
        sys.stderr.write(f"{told}\n")
    if unread := manifest["unread_files"]:
        sys.stderr.write(f"{printable(unread_words(unread, f'{out}/manifest.json'))}\n")
