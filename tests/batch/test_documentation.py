"""docs/batch.md says what the tables hold, and its queries run on them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from batches import EXAMPLES, job

from trialsieve.service.batch.pool import LocalPool
from trialsieve.service.batch.progress import Progress
from trialsieve.service.batch.run import BatchRun
from trialsieve.service.batch.tables import SCHEMAS
from trialsieve.service.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "batch.md"
QUERIES: list[str] = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def tables_page() -> str:
    """The part of the page about the tables, as the schemas say it."""
    parts: list[str] = []
    for name, schema in SCHEMAS.items():
        parts += [f"### {name}", "", "| column | type | what it says |", "| --- | --- | --- |"]
        for field in schema:
            said = field.metadata[b"description"].decode()
            kind = str(field.type).replace("list<item: string>", "list of string")
            kind = re.sub(r"date32\[day\]", "date", kind)
            parts.append(f"| `{field.name}` | {kind} | {said} |")
        parts.append("")
    return "\n".join(parts)


def test_the_page_shows_every_column() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = re.search(r"<!-- tables: begin [^\n]*-->\n(.*?)<!-- tables: end -->", text, re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == tables_page().strip()


ASK = "import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.stdin.read()).fetchall()))"


def asked(folder: Path, query: str) -> list[list[object]]:
    """The rows of a query; in a process of its own, as DuckDB complains when this one ends."""
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, cwd=folder, input=query, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    rows: list[list[object]] = json.loads(done.stdout)
    return rows


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: re.sub(r"\W+", "-", query.splitlines()[0])[:40])
def test_its_queries_run(screened: Path, query: str) -> None:
    assert asked(screened, query)


def test_the_verdicts_query_counts_everybody(screened: Path) -> None:
    counted = sum(row[2] for row in asked(screened, QUERIES[0]) if isinstance(row[2], int))
    assert counted == 2 * len(list(EXAMPLES.glob("*/*.json")))


def the_query(words: str) -> str:
    """The query of the page whose first line says this."""
    (query,) = (query for query in QUERIES if words in query.splitlines()[0])
    return query


def test_who_is_lost_by_one_thing_alone_is_ineligible(tmp_path: Path) -> None:
    """In a trial of several cohorts many fail a criterion of a cohort that is not theirs."""
    inputs = [str(EXAMPLES)]
    BatchRun(job(["NCT07070323"]), inputs, tmp_path / "out", LocalPool(1), Progress(), io.BytesIO()).run()
    lost = asked(tmp_path / "out", the_query("lost by one thing alone"))
    ((ineligible,),) = asked(tmp_path / "out", "SELECT count(*) FROM 'verdicts/*.parquet' WHERE verdict = 'ineligible'")
    assert 0 < sum(int(str(patients)) for *_, patients in lost) <= int(str(ineligible))


def test_which_results_would_settle_names_no_judgement_as_a_result(screened: Path) -> None:
    rows = asked(screened, the_query("Which results would settle"))
    assert all(reasons != ["judgement"] for *_, reasons, _ in rows)


@pytest.mark.parametrize("name", ["worklist", "missing", "attrition"])
def test_the_page_shows_every_column_of_the_reports_figures(screened: Path, tmp_path: Path, name: str) -> None:
    section = PAGE.read_text(encoding="utf-8").partition(f"### {name}.csv\n")[2].partition("\n#")[0]
    assert main(["report", str(screened), "--out", str(tmp_path / "mine.html")]) == 0
    header, *rows = csv.reader((tmp_path / "mine-figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines())
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == header
    assert rows
