#!/usr/bin/env python3
"""Writes people's answers into copies of the charts that they are about: docs/coordinator.md shows how.

ANSWERS is the table that `trialsieve screen --format csv` wrote, with three columns more: `answer` (true or false: does
the sentence of that row hold of this patient?), `by` (who says so) and `on` (when, YYYY-MM-DD). Rows without an answer
are passed over. CHARTS is a directory of FHIR Bundles, one a file. A copy of each goes to OUT; CHARTS stays as it is.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Resource = dict[str, Any]
Answer = tuple[str, Resource]
"""Where in the table it stands, and the Observation."""
ANSWERS = {"true": True, "false": False}
NEEDED = ("patient", "trial", "criterion", "answer", "by", "on")
READ = (".json", ".ndjson", ".jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the copies; 0. What is wrong with the table or a chart ends it (status 2) before anything is written."""
    options = _parser().parse_args(arguments)
    try:
        answers = answers_by_patient(options.answers)
        charts = charts_in(options.charts, options.out)
        number = add(answers, charts)
    except (OSError, ValueError) as error:
        print(f"add_answers: {error}", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    for path, chart in charts.items():
        copy = json.dumps(chart)  # escaped, as half a `\u` pair has to be
        (options.out / path.name).write_text(copy, encoding="ascii")
    print(f"{number} answer{'' if number == 1 else 's'}; {len(charts)} charts written to {options.out}")
    if missed := left_out(options.charts, charts):
        print(f"add_answers: not copied, so not among {options.out}: {', '.join(missed)}", file=sys.stderr)
    return 0


def answers_by_patient(table: Path) -> dict[str, list[Answer]]:
    """The answers, by the patient's reference. Raises ValueError with the line that is wrong."""
    try:
        text = table.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{table}: is not UTF-8; save the table as CSV in UTF-8") from None
    # What spreadsheets write where the comma is a decimal one.
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    found = defaultdict(list)
    rows = csv.DictReader(io.StringIO(text, newline=""), restval="", delimiter=delimiter)
    if missing := [name for name in NEEDED if name not in (rows.fieldnames or ())]:
        raise ValueError(f"{table}: no column {', '.join(missing)}; add it to the table of `screen --format csv`")
    for row in rows:
        if row["answer"].strip():
            where = f"{table}:{rows.line_num}"
            found[row["patient"]].append((where, _observation(row, where)))
    return dict(found)


def charts_in(folder: Path, out: Path) -> dict[Path, Any]:
    """The charts, by their files. Raises ValueError where some are no JSON, or OUT holds others, screened too."""
    if not folder.is_dir():
        raise ValueError(f"{folder}: no such directory; name the one that holds the charts")
    if out.resolve() == folder.resolve():
        raise ValueError(f"--out {out}: holds the charts themselves; name another directory for the copies")
    for path in _charts(out):
        if not (folder / path.name).exists():
            raise ValueError(
                f"--out {out}: holds {path.name}, which is not in {folder}; empty that directory, or name another"
            )
    charts = {}
    unread = []
    for path in _charts(folder):
        try:
            charts[path] = json.loads(path.read_bytes())
        except ValueError as error:
            unread.append(f"{path}: is no JSON ({error}); put it right, or out of the folder")
    if unread:
        raise ValueError("\n".join(unread))
    return charts


def left_out(folder: Path, charts: Mapping[Path, Resource]) -> list[str]:
    """What `screen` reads in the directory of the charts and no copy is made of."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path not in charts)
    return [
        str(path)
        for path in files
        if path.name.lower().removesuffix(".gz").endswith(READ)
        and not any(name.startswith(".") for name in path.relative_to(folder).parts)
    ]


def _charts(folder: Path) -> list[Path]:
    """By the names that `screen` reads: in any case (`CHART.JSON`), and none that is hidden (`._chart.json`)."""
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    files = (path for path in names if path.is_file() and not path.name.startswith("."))
    return [path for path in files if path.name.lower().endswith(".json")]


def add(answers: Mapping[str, Sequence[Answer]], charts: Mapping[Path, Resource]) -> int:
    """Puts each answer into the chart that holds its patient; how many. Raises ValueError where none or two do."""
    holding = defaultdict(list)
    for path, chart in charts.items():
        for patient in _patients(chart):
            holding[patient].append(path)
    for patient, given in answers.items():
        paths = holding[patient]
        where = given[0][0]
        if not paths:
            raise ValueError(
                f"{where}: no chart has an entry with the resource {patient}; put the chart back, or empty the answer"
            )
        if len(paths) > 1:
            names = ", ".join(path.name for path in paths)
            raise ValueError(f"{where}: {patient} is in {names}; leave one of them in the folder, or empty the answer")
        charts[paths[0]]["entry"] += [{"resource": observation} for _, observation in given]
    return sum(map(len, answers.values()))


def _patients(chart: Any) -> Iterator[str]:
    entries = chart.get("entry") if isinstance(chart, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == "Patient":
            yield f"Patient/{resource.get('id')}"


def _observation(row: Mapping[str, str], where: str) -> Resource:
    holds, by, on = (row[name].strip() for name in ("answer", "by", "on"))
    if holds.casefold() not in ANSWERS:
        raise ValueError(f"{where}: the answer is {holds!r}; write true or false: does the sentence hold?")
    if not by:
        raise ValueError(f"{where}: nobody is named in 'by'; an answer counts by the name of who gives it")
    try:
        day = date.fromisoformat(on)
    except ValueError:
        fault = f"the day 'on' is {on!r}; write it as 2026-11-19 (in a spreadsheet, in a column of text)"
        raise ValueError(f"{where}: {fault}") from None
    target = f"{row['trial']}#{row['criterion']}"
    return {
        "resourceType": "Observation",
        "id": str(uuid5(NAMESPACE_URL, f"{row['patient']} {target} {holds.casefold()} {by} {day}")),
        "status": "final",
        "code": {"coding": [{"system": "urn:trialsieve:criterion", "code": target}]},
        "subject": {"reference": row["patient"]},
        "performer": [{"type": "Practitioner", "display": by}],
        "effectiveDateTime": str(day),
        "valueBoolean": ANSWERS[holds.casefold()],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2], allow_abbrev=False)
    parser.add_argument("answers", type=Path, metavar="ANSWERS", help="the table with the answers (CSV, UTF-8)")
    parser.add_argument("charts", type=Path, metavar="CHARTS", help="the directory of the charts")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="where the copies go")
    return parser


if __name__ == "__main__":
    sys.exit(main())
