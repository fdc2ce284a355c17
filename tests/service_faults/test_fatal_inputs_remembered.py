"""For how long an input at which a worker hung or died is remembered: across starts, until its time is over."""

from __future__ import annotations

import time
from pathlib import Path

from fatal_inputs import QUICKLY, end_a_worker, failing, refused, screened, told


def test_it_is_remembered_after_the_next_start_until_its_time_is_over(tmp_path: Path, cache: Path) -> None:
    lasts = 20.0
    hours = {"TRIALSIEVE_REFUSED_HOURS": str(lasts / 3600)}
    with failing(tmp_path, "crash", variables=hours) as served:
        before = time.monotonic()
        end_a_worker(served)
        after = time.monotonic()
    with failing(tmp_path, "nothing", variables=hours) as served:
        if time.monotonic() - before < lasts - QUICKLY:  # not on a machine that takes so long to start it
            told(screened(served, "hangs"))
        time.sleep(max(0.0, after + lasts - time.monotonic()))
        assert screened(served, "hangs").status_code == 200


def test_nothing_is_remembered_where_the_settings_say_so(tmp_path: Path, cache: Path) -> None:
    with failing(tmp_path, "crash", variables={"TRIALSIEVE_REFUSED_HOURS": "0"}) as served:
        end_a_worker(served)
        end_a_worker(served, count=2)
        assert refused(served) == {}


def test_a_death_from_outside_says_little_until_it_comes_again_and_again(tmp_path: Path, cache: Path) -> None:
    with failing(tmp_path, "kill") as served:
        for count in (1, 2, 3):
            end_a_worker(served, count=count)
        # The third was counted just now; who comes later learns it from the database.
        assert served.line("a worker died, and was at an input", 3)
    with failing(tmp_path, "nothing") as served:
        told(screened(served, "hangs"))
