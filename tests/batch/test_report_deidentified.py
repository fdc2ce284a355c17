"""A report that may be shared: it names nobody, and small counts cannot be reckoned from it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from trialsieve.service.cli import main
from trialsieve.service.report.attrition import Funnel, Step
from trialsieve.service.report.disclosure import Disclosure
from trialsieve.service.report.figures import attrition_rows
from trialsieve.service.report.picture import funnel_svg


def test_a_deidentified_report_names_nobody(screened: Path, results: list[dict[str, object]], tmp_path: Path) -> None:
    page = tmp_path / "shared.html"
    assert main(["report", str(screened), "--deidentify", "--out", str(page)]) == 0
    figures = tmp_path / "shared-figures"
    whole = (
        page.read_text(encoding="utf-8")
        + (figures / "attrition.csv").read_text()
        + (figures / "missing.csv").read_text()
    )
    for result in results:
        assert str(result["patient"]) not in whole
        assert str(result["source"]) not in whole
    assert not (figures / "worklist.csv").exists()
    rows = re.findall(r"</td>((?:<td class=\"number\">[^<]*</td>){5})</tr>", page.read_text(encoding="utf-8"))
    assert len(rows) > 20
    for row in rows:
        assert set(re.findall(r">([^<]+)</td>", row)[2:]) == {"&lt;11"}  # lost by this alone, eligible without it, ...
    with (figures / "attrition.csv").open() as stream:
        for row in csv.DictReader(stream):
            for name in ("patients", "lost", "open", "kept", "fails", "unknown", "alone", "gained", "last_open"):
                assert row[name] in ("", "0") or (int(row[name]) >= 15 and int(row[name]) % 5 == 0)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (1, "<11"), (10, "<11"), (11, "15"), (17, "15"), (18, "20"), (1_234, "1,235")],
)
def test_small_counts_are_hidden_and_others_rounded(count: int, shown: str) -> None:
    assert Disclosure(deidentify=True).words(count) == shown
    assert Disclosure().words(count) == f"{count:,}"


@pytest.mark.parametrize(("count", "shown"), [(0, "<11"), (1, "<11"), (10, "<11"), (11, "15"), (18, "20")])
def test_of_counts_that_add_up_to_others_zero_is_hidden_too(count: int, shown: str) -> None:
    assert Disclosure(deidentify=True).share_words(count) == shown
    assert Disclosure().share_words(count) == f"{count}"


def test_what_is_hidden_cannot_be_reckoned_from_what_is_shown() -> None:
    """As many are shown before and after each step; whether it lost nobody or one must not be told."""

    def told(lost: Sequence[int]) -> tuple[str, list[dict[str, object]]]:
        left = 22
        funnel = Funnel("all", 22)
        for number in lost:
            left -= number
            funnel.steps.append(
                Step(None, lost=number, kept=left, fails=number or 1, alone=number, gained=number, last_open=number)
            )
        disclosure = Disclosure(deidentify=True)
        return funnel_svg(funnel, 0, disclosure), attrition_rows("T", [funnel], disclosure)

    assert told([1, 1, 1, 1]) == told([0, 4, 0, 0])


def test_a_deidentified_report_leaves_no_worklist_of_an_earlier_one(screened: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    main(["report", str(screened), "--out", str(page)])
    main(["report", str(screened), "--out", str(page), "--deidentify"])
    assert {path.stem for path in (tmp_path / "report-figures").iterdir()} == {"attrition", "missing"}
    assert "2026-11-20" not in re.sub(r"rules [0-9.]+|<td>[0-9.]+</td>", "", page.read_text(encoding="utf-8"))
