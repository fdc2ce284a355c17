"""Asks whether the two evaluators agree: on every input at hand, for the shipped trials and for 300 random ones.

    PYTHONPATH=benchmarks:tests/properties python tools/agreement.py [--volume N | --all] [--random N] [--seed N]

Inputs are the examples and, where the environment names the folders, TRIALSIEVE_SAMPLES (FHIR of any kind) and
TRIALSIEVE_VOLUME (Bundles, one a line, in `*.ndjson` or `*.ndjson.xz` files; an example patient's resources are put
into every tenth). Each patient is screened twice: with absence presumed and no anchor given, and with nothing presumed
and every anchor given. The random trials are those of the property tests: new criteria over real concepts and findings,
and shipped criteria with other limits and windows. The exit status is 1 if the evaluators disagree anywhere.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

import orjson
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from rule_file_strategies import TrialFile, loaded, trial_files
from screening import AS_OF, EXAMPLES, example_patients, volume_lines, with_example

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.reader import read_records
from trialsieve.fhir_adapters.records.bundle import records_of_bundle
from trialsieve.fhir_adapters.records.record import Record
from trialsieve.rules.atom import SCREENING, UNSTATED
from trialsieve.rules.cache import cached_rules
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import AbsencePolicy, Truth

ANCHOR_DAY = date(2026, 11, 12)
VOLUME, SAMPLES = "TRIALSIEVE_VOLUME", "TRIALSIEVE_SAMPLES"


@dataclass(frozen=True, slots=True)
class Source:
    """Some patients: what they are called, and how they are read anew."""

    name: str
    records: Callable[[], Iterator[Record]]


def sources(patients: int | None) -> list[Source]:
    """The inputs at hand; `patients` is how many of the volume, None all of them."""
    found = [Source("examples", partial(read_records, [str(EXAMPLES)], _ignore))]
    for variable, name in ((SAMPLES, "samples"), (VOLUME, "volume")):
        folder = os.environ.get(variable)
        if not folder or not Path(folder).is_dir():
            print(f"{variable} is not set to a folder: no {name} were screened.")
        elif name == "volume":
            found.append(Source(name, partial(_volume, Path(folder), patients)))
        else:
            found.append(Source(name, partial(read_records, [folder], _ignore)))
    return found


def _volume(folder: Path, patients: int | None) -> Iterator[Record]:
    examples = example_patients()
    for number, line in enumerate(islice(volume_lines(folder, -1), patients)):
        document = with_example(line, examples[number // 10 % len(examples)]) if number % 10 == 0 else line
        for found in records_of_bundle(orjson.loads(document), "volume", _ignore):
            yield found.record


def _ignore(problem: object) -> None:
    """What cannot be read is the tests' matter."""


def random_trials(count: int, with_seed: int) -> list[tuple[TrialFile, str]]:
    """So many random trial files with their texts. The same for the same seed."""
    written: list[tuple[TrialFile, str]] = []

    @seed(with_seed)
    @settings(
        max_examples=count,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def write(data: st.DataObject) -> None:
        written.append(data.draw(trial_files(f"RANDOM-{len(written):03}", shipped=True)))

    write()
    return written


def compare(book: RuleBook, trials: Iterable[str], inputs: Iterable[Source]) -> int:
    """Screens every patient for the trials and prints what came of it: the number of disagreements."""
    screener = Screener(book, sorted(trials))
    builder = ChartBuilder(book)
    anchors = {name for trial in screener.trials for name in book.trials[trial].anchors} - {SCREENING, UNSTATED}
    asked = (
        Circumstances(AS_OF),
        Circumstances(AS_OF, AbsencePolicy.UNKNOWN, dict.fromkeys(sorted(anchors), ANCHOR_DAY)),
    )
    for source in inputs:
        began, before, patients, known = time.process_time(), screener.disagreements, 0, 0
        for record in source.records():
            chart = builder.build(record, [])
            patients += 1
            for circumstances in asked:
                criteria = screener.evaluate(chart, circumstances).criteria.values()
                known += sum(one.outcome.truth is not Truth.UNKNOWN for one in criteria)
        print(
            f"{len(screener.trials):4} trials, {source.name}: {patients} patients,"
            f" {patients * len(screener.trials) * len(asked)} screenings, {known} criteria decided,"
            f" {screener.disagreements - before} disagreements ({time.process_time() - began:.0f} s of CPU)",
            flush=True,
        )
    return screener.disagreements


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--volume", type=int, default=100, help="patients of the volume for random trials (100)")
    parser.add_argument("--all", action="store_true", help="all patients of the volume for random trials, too")
    parser.add_argument("--random", type=int, default=300, help="how many random trials (300)")
    parser.add_argument("--seed", type=int, default=1, help="which random trials (1)")
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")  # names what the evaluators disagree on
    shipped = cached_rules((), None)
    disagreements = compare(shipped, shipped.trials, sources(None))
    book = loaded(*random_trials(options.random, options.seed))
    made = set(book.trials) - set(shipped.trials)
    disagreements += compare(book, made, sources(None if options.all else options.volume))
    print(f"disagreements between the evaluators: {disagreements}")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
