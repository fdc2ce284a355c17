"""benchmarks/multiply.py makes as many patients as it says, or stops."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import multiply
import pytest


def volume(folder: Path, *ids: str) -> Path:
    """Bundles of a Patient and a Condition each, one a line."""
    folder.mkdir()
    lines = []
    for one in ids:
        url = f"urn:uuid:{one}"
        patient = {"fullUrl": url, "resource": {"resourceType": "Patient", "id": one}}
        condition = {"resource": {"resourceType": "Condition", "id": one, "subject": {"reference": url}}}
        lines.append(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [patient, condition]}) + "\n")
    (folder / "volume.ndjson").write_text("".join(lines), encoding="utf-8")
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["multiply.py", *map(str, arguments)])
    return multiply.main()


@pytest.mark.parametrize("patients", [1, 2, 7])
def test_there_are_as_many_patients_as_were_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patients: int
) -> None:
    made_of = [f"0a1b2c3d-0000-0000-0000-{number:012x}" for number in (0xA1000000, 0xB2000000)]
    source = volume(tmp_path / "in", *made_of)
    assert run(monkeypatch, source, tmp_path / "out", "--patients", str(patients)) == 0
    lines = (tmp_path / "out" / "Patient.ndjson").read_text(encoding="utf-8").splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == len(set(ids)) == patients
    conditions = (tmp_path / "out" / "Condition.ndjson").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["subject"]["reference"] for line in conditions} == {f"Patient/{one}" for one in ids}


@pytest.mark.parametrize("name", ["eligible-boy", "0A1B2C3D-0000-0000-0000-0000A1000000", "1"])
def test_it_stops_where_ids_cannot_be_renumbered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    source = volume(tmp_path / "in", "0a1b2c3d-0000-0000-0000-0000a1000000", name)
    assert run(monkeypatch, source, tmp_path / "out", "--patients", "4") == 2
    said = capsys.readouterr().err
    assert said == (
        f"{source}: the ids of its Patients are no UUIDs; only these are renumbered, and copies need others\n"
    )
    assert not (tmp_path / "out").exists()
