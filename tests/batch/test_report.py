"""The page of a report: what it shows, and that it needs nothing else."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batches import EXAMPLES, batch

from trialsieve.service.cli import main


def test_each_file_is_read_once(screened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many trials there are: a population's tables are large."""
    read: list[str] = []
    whole = pq.read_table

    def counted(path: Path, **options: object) -> pa.Table:
        read.append(str(path.relative_to(screened)))
        return whole(path, **options)

    monkeypatch.setattr(pq, "read_table", counted)
    assert main(["report", str(screened), "--out", str(tmp_path / "report.html")]) == 0
    files = [str(path.relative_to(screened)) for path in screened.glob("*/*.parquet")]
    assert len([path for path in files if path.startswith("verdicts")]) > 1
    assert sorted(read) == sorted(path for path in files if not path.startswith("problems"))


def test_the_page_needs_nothing_else(screened: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["report", str(screened), "--out", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<img|@import|url\((?!#)", text)
    assert "Patient/attested" in text
    assert "a person decides" in text
    assert {path.name for path in (tmp_path / "report-figures").iterdir()} == {
        f"{name}.{suffix}" for name in ("attrition", "missing", "worklist") for suffix in ("csv", "parquet")
    }


def test_text_of_the_record_is_escaped(screened: Path, tmp_path: Path) -> None:
    source = tmp_path / "<b>in<b>"
    source.mkdir()
    bundle = (EXAMPLES / "NCT04762485" / "needs-review.json").read_text(encoding="utf-8")
    (source / "p.json").write_text(bundle.replace("Patient/needs-review", "Patient/<i>x</i>"))
    batch([source], tmp_path / "out")
    main(["report", str(tmp_path / "out")])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<b>" not in text.replace("<b>0</b>", "").replace("<b>1</b>", "")
    assert "&lt;b&gt;in&lt;b&gt;" in text


def test_a_registrys_link_that_is_none_of_the_web_is_no_link(screened: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(screened, out)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    web, script = manifest["protocols"][:2]
    web["url"], script["url"] = "http://registry.example/1", "javascript:alert(1)"
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["report", str(out)]) == 0
    text = (out / "report.html").read_text(encoding="utf-8")
    assert '<a href="http://registry.example/1">' in text
    assert text.count("javascript:alert(1)") == 1
    assert '"javascript:' not in text


def test_long_paths_can_be_broken_at_their_folders(tmp_path: Path) -> None:
    """Without it they push what is open out of a narrow window, and off the paper."""
    for name in ("a", "<b>"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.json").write_bytes((EXAMPLES / "NCT04762485" / "needs-review.json").read_bytes())
        (tmp_path / name / "q.json").write_bytes((EXAMPLES / "NCT04762485" / "attested.json").read_bytes())
    batch([tmp_path / "a", tmp_path / "<b>"], tmp_path / "out")
    main(["report", str(tmp_path / "out")])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "/<wbr>a/<wbr>p.json" in text
    assert "/<wbr>&lt;b&gt;/<wbr>q.json" in text


def test_one_patient_is_not_called_patients(tmp_path: Path) -> None:
    batch([EXAMPLES / "NCT04762485" / "needs-review.json"], tmp_path / "out")
    main(["report", str(tmp_path / "out")])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "1 patient, screened as of" in text
    assert "−0" not in text  # who is lost nowhere
    main(["report", str(tmp_path / "out"), "--deidentify"])
    assert "&lt;11 patients, screened as of" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_the_page_says_for_what_the_command_vouched(tmp_path: Path) -> None:
    """`--covers` presumes absent what is not on record; `--anchor` moves windows. De-identified, no day is told."""
    chart = EXAMPLES / "NCT04762485" / "needs-review.json"
    batch([chart], tmp_path / "plain")
    main(["report", str(tmp_path / "plain")])
    text = (tmp_path / "plain" / "report.html").read_text(encoding="utf-8")
    assert "<dt>held in full, by --covers</dt><dd>nothing</dd>" in text
    assert "<dt>day of" not in text
    vouched = ("--covers", "Procedure,Condition", "--anchor", "enrollment=2026-12-01")
    assert main(["batch", str(chart), "--workers", "1", "--out", str(tmp_path / "out"), *vouched]) == 0
    main(["report", str(tmp_path / "out")])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<dt>held in full, by --covers</dt><dd>Condition, Procedure</dd>" in text
    assert "<dt>day of enrollment</dt><dd>2026-12-01</dd>" in text
    main(["report", str(tmp_path / "out"), "--deidentify"])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<dt>day of enrollment</dt><dd>2026-12</dd>" in text


def test_the_page_says_what_was_not_used_and_what_may_exist_elsewhere(tmp_path: Path) -> None:
    """Whoever is handed the page alone has not read what the command told."""
    source = tmp_path / "in"
    source.mkdir()
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1990-05-04"}
    broken = [{"resourceType": "Observation", "id": f"o{n}", "code": n} for n in range(21)]
    entries = [{"resource": each} for each in (patient, *broken)]
    (source / "p.json").write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    batch([source], tmp_path / "out")
    assert main(["report", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert text.count("p.json: Observation/o") == 20
    assert "p.json: Observation/o0: code is a number" in text
    assert "… and 1 more, in the table of problems." in text
    assert "1 patient has no Condition on record" in text
    main(["report", str(tmp_path / "out"), "--deidentify"])
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Observation/o0" not in text
    assert "no Condition on record" not in text
