"""`trialsieve feedback`: acceptance and override reasons, per trial and per criterion that a card named."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hook_client import NOW, HookClient, screen, serving

from trialsieve.service.cli import main
from trialsieve.service.hooks.feedback_report import as_csv, as_json, as_table, feedback_rows
from trialsieve.service.hooks.override_reasons import SYSTEM
from trialsieve.service.storage.kept import Feedback, FeedbackOutcome, KeptCard, KeptFeedback
from trialsieve.service.text.paper import Paper

ACCEPTED, OVERRIDDEN = FeedbackOutcome.ACCEPTED, FeedbackOutcome.OVERRIDDEN


def kept(
    trial: str | None,
    outcome: FeedbackOutcome,
    *criteria: str,
    reason: str | None = None,
    system: str | None = SYSTEM,
    comment: str | None = None,
) -> KeptFeedback:
    """One card's feedback; without a trial, of a card that is not on record."""
    told = Feedback("card", outcome, NOW, reason, system if reason else None, None, comment)
    card = None if trial is None else KeptCard("card", "result", trial, "needs-review", criteria)
    return KeptFeedback(told, "ehr", card)


FED = [
    kept("T2", ACCEPTED),
    kept("T1", OVERRIDDEN, "I01", "X02", reason="not-now"),
    kept("T1", OVERRIDDEN, "X02", reason="criterion-misread", comment="a name"),
    kept("T1", OVERRIDDEN, reason="criterion-misread"),
    kept("T1", OVERRIDDEN, "X02"),
    kept("T1", ACCEPTED, "I01", reason="not-now"),
    kept("", OVERRIDDEN, reason="x", system="urn:other"),
    kept(None, ACCEPTED),
]


def test_a_trial_is_counted_as_a_whole_and_by_the_criteria_of_its_cards() -> None:
    counted = [
        (row.trial, row.criterion, row.tally.accepted, row.tally.overridden, row.values()["reasons"])
        for row in feedback_rows(FED)
    ]
    assert counted == [
        ("T1", None, 1, 4, {"criterion-misread": 2, "not-now": 1}),
        ("T1", "I01", 1, 1, {"not-now": 1}),
        ("T1", "X02", 0, 3, {"criterion-misread": 1, "not-now": 1}),
        ("T2", None, 1, 0, {}),
        ("(no single trial)", None, 0, 1, {"urn:other|x": 1}),
        ("(unknown card)", None, 1, 0, {}),
    ]


def test_the_share_accepted_and_what_has_no_reason_is_said() -> None:
    first = feedback_rows(FED)[0].values()
    assert (first["acceptance"], first["without_reason"], first["comments"]) == (0.2, 1, 1)


def test_a_comment_is_counted_and_never_shown() -> None:
    rows = feedback_rows(FED)
    for text in (as_json(rows), as_csv(rows), as_table(rows, Paper(100, False))):
        assert "a name" not in text


def test_the_table_reads_like_this() -> None:
    assert as_table(feedback_rows(FED), Paper(100, False)).splitlines() == [
        "T1: 1 of 5 cards accepted; overridden for criterion-misread (2), not-now (1); 1 overridden without a",
        "    reason; 1 comment",
        "  I01: 1 of 2 cards accepted; overridden for not-now (1)",
        "  X02: 0 of 3 cards accepted; overridden for criterion-misread (1), not-now (1); 1 overridden",
        "       without a reason; 1 comment",
        "T2: 1 of 1 card accepted",
        "(no single trial): 0 of 1 card accepted; overridden for urn:other|x (1)",
        "(unknown card): 1 of 1 card accepted",
    ]
    assert as_table([], Paper(100, False)) == "No feedback yet.\n"


def test_a_spreadsheet_takes_no_reason_for_a_formula() -> None:
    hostile = kept("=T", OVERRIDDEN, "+I", reason="=cmd()", system=None)
    rows = list(csv.DictReader(io.StringIO(as_csv(feedback_rows([hostile])))))
    assert [(row["trial"], row["criterion"]) for row in rows] == [("'=T", ""), ("'=T", "'+I")]
    assert rows[0]["reasons"] == "'=cmd()=1"


def test_nothing_steers_the_terminal() -> None:
    hostile = kept("T\x1b[2J", OVERRIDDEN, reason="r\x1b]0;x\x07", system=None)
    assert "\x1b" not in as_table(feedback_rows([hostile]), Paper(100, False))


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The data folder of a service that was told of two cards, of one on an earlier day."""
    folder = tmp_path_factory.mktemp("fed")
    with serving(folder) as client:
        cards = screen(client, "SENL-T7/eligible-boy")
        tell(client, cards[0]["uuid"], "accepted", NOW)
        tell(client, cards[1]["uuid"], "overridden", NOW - timedelta(days=3))
        assert client.app.state.service.store.flush(10)
    return folder


def tell(client: HookClient, card: str, outcome: str, when: datetime) -> None:
    item: dict[str, Any] = {"card": card, "outcome": outcome, "outcomeTimestamp": when.isoformat()}
    if outcome == "overridden":
        item |= {"overrideReason": {"reason": {"code": "other-trial", "system": SYSTEM}}}
    assert client.post("/cds-services/trialsieve-patient-view/feedback", json={"feedback": [item]}).status_code == 200


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    status = main(["feedback", *arguments])
    out, err = capfd.readouterr()
    return status, out, err


def test_the_command_reports_what_the_service_was_told(fed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{fed / 'trialsieve.sqlite'}"
    status, out, _ = run(capfd, "--database", url, "--format", "json")
    assert status == 0
    rows = json.loads(out)
    assert {row["trial"]: row["acceptance"] for row in rows if row["criterion"] is None} == {
        "NCT07070323": 0.0,
        "SENL-T7": 1.0,
    }
    named = {row["criterion"]: row["reasons"] for row in rows if row["trial"] == "NCT07070323" and row["criterion"]}
    assert named["I06"] == {"other-trial": 1}
    status, out, _ = run(capfd, "--database", url, "--format", "json", "--since", NOW.date().isoformat())
    assert [row["trial"] for row in json.loads(out)] == ["SENL-T7"]
    assert run(capfd, "--database", url)[1].startswith("NCT07070323: 0 of 1 card accepted; overridden for other-trial")
    assert run(capfd, "--database", url, "--format", "csv")[1].startswith("trial,criterion,accepted,overridden,")


def test_the_settings_name_the_database(
    fed: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "service.toml"
    file.write_text(f'data_folder = "{fed}"\n')
    assert "SENL-T7" in run(capfd, "--settings", str(file))[1]
    monkeypatch.setenv("TRIALSIEVE_DATA_FOLDER", str(fed))
    assert "SENL-T7" in run(capfd)[1]


def test_the_data_folder_or_the_file_itself_name_it_too(
    fed: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIALSIEVE_DATA_FOLDER", "/no/such/place")
    assert "SENL-T7" in run(capfd, "--data-folder", str(fed))[1]
    assert "SENL-T7" in run(capfd, "--database", str(fed / "trialsieve.sqlite"))[1]
    monkeypatch.chdir(fed)
    assert "SENL-T7" in run(capfd, "--database", "trialsieve.sqlite")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "xml"], "--format"),
        (["--since", "yesterday"], "--since"),
        (["--database", "sqlite:////no/such/place.sqlite"], "/no/such/place.sqlite: no such file; `trialsieve serve`"),
        (["--database", "/no/such/place.sqlite"], "/no/such/place.sqlite: no such file; `trialsieve serve`"),
        (["--database", "oracel://host/db"], "oracel: no driver for this database is installed"),
        (
            ["--data-folder", "/no/such/place"],
            "/no/such/place/trialsieve.sqlite: no such file; `trialsieve serve` makes it in its data folder: name that "
            "folder with --data-folder, the service's settings with --settings, or the file itself with --database",
        ),
        (["--settings", "/no/such/file.toml"], "no such file"),
        (["extra"], "extra"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capfd, *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
