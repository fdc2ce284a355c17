"""The section "Call it by hand" of the guide, block by block: a complete request, and one with a token."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.service_guide.test_walk import Walk

if TYPE_CHECKING:
    from tests.service_guide.conftest import Guide

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the guide calls by curl")


@dataclass(frozen=True)
class Called:
    """What the two calls printed, what one without a token did, and what was left in the folder."""

    open: Any
    refused: Any
    signed: Any
    folder: Path


@pytest.fixture(scope="module")
def called(guide: Guide, tmp_path_factory: pytest.TempPathFactory) -> Called:
    write, serve, call, sign, serve_clients, signed_call = guide.blocks("Call it by hand", "sh")
    walk = Walk(tmp_path_factory.mktemp("by-hand"))
    walk.run(write)
    with walk.started(serve):
        answered = walk.run(call)
    walk.run(sign)
    with walk.started(serve_clients):
        refused, signed = walk.run(call), walk.run(signed_call)
    return Called(json.loads(answered), json.loads(refused), json.loads(signed), walk.home / "by-hand")


def test_the_request_is_answered_with_cards(called: Called) -> None:
    summaries = [card["summary"] for card in called.open["cards"]]
    assert summaries[0].startswith("Review for trial NCT04762485: no criterion fails, ")


def test_all_that_was_sent_was_understood(called: Called) -> None:
    """Whatever is not sent is told; the Patient and the diagnoses are not among it."""
    for card in called.open["cards"]:
        assert "not sent: procedures, medications, immunizations, allergies, results" in card["detail"]


def test_where_clients_are_trusted_it_needs_the_token_that_the_guide_makes(called: Called) -> None:
    assert called.refused["resourceType"] == "OperationOutcome"
    assert [card["summary"] for card in called.signed["cards"]] == [card["summary"] for card in called.open["cards"]]


def test_the_private_key_is_nobody_elses(called: Called) -> None:
    (key,) = json.loads((called.folder / "keys.json").read_text(encoding="utf-8"))["keys"]
    assert "d" not in key
    assert (called.folder / "stand-in-key.pem").stat().st_mode & 0o077 == 0
