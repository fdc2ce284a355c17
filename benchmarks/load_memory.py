"""The memory of a service under load, over time: whether it comes to a plateau, and how high that lies."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Final

MEGABYTE: Final = 1e6
ROWS: Final = 16


@dataclass(frozen=True)
class Sample:
    """At some second of the load: the requests answered so far, and what all workers hold.

    `held` are bytes; `values` are what is kept from patient to patient, and `tokens` those that are remembered.
    """

    seconds: float
    requests: int
    held: int
    values: int = 0
    tokens: int = 0


@dataclass
class Growth:
    """The samples, and what they may show.

    What is kept from patient to patient is bounded, and fills in the first minutes: each patient's values are new here,
    which no hospital's are. Some tables fill for longer than the load lasts. So after `settled_after` seconds the last
    third must be level but for what the tables and the tokens came to hold more than ever before, `of_a_value` and
    `of_a_token` bytes each: memory that was once in use is used again, and not given back. Beside it, memory may grow
    by `most_when_settled` a request, or by `allowance` for each worker: the holes that a few large bodies leave in its
    heap. A leak of 1 kB a request is five times that. In a shorter load only a leak of whole records shows: parsed, one
    takes some 500 kB, and nearly every second request has one. No worker may ever hold more than `most_held`.
    """

    workers: int
    settled_after: float = 300.0
    most_when_settled: float = 200.0
    most_while_filling: float = 120_000.0
    of_a_value: float = 2_000.0
    of_a_token: float = 200.0
    allowance: float = 4 * MEGABYTE
    most_held: float = 400 * MEGABYTE
    samples: list[Sample] = field(default_factory=list)

    @property
    def is_long_enough(self) -> bool:
        """Whether a plateau can be asked for."""
        return bool(self.samples) and self.samples[-1].seconds >= self.settled_after

    def grown(self) -> tuple[float, int]:
        """By how many bytes memory grew in the last third, by the fitted line, and in how many requests."""
        last = self._last_third()
        line = statistics.linear_regression([one.seconds for one in last], [float(one.held) for one in last])
        return line.slope * (last[-1].seconds - last[0].seconds), last[-1].requests - last[0].requests

    def filled(self) -> float:
        """How many bytes the tables and the tokens held more in the last third than ever before."""
        last = self._last_third()
        before = self.samples[: -len(last)]
        values = max(one.values for one in last) - max(one.values for one in before)
        tokens = max(one.tokens for one in last) - max(one.tokens for one in before)
        return max(0, values) * self.of_a_value + max(0, tokens) * self.of_a_token

    def _last_third(self) -> list[Sample]:
        return self.samples[-(len(self.samples) // 3) :]

    def fault(self) -> str | None:
        """What is wrong with it, if anything is."""
        if len(self.samples) < 20 or self.samples[-1].requests == self.samples[len(self.samples) // 4].requests:
            return "memory was hardly sampled"
        held = max(one.held for one in self.samples) / self.workers
        if held > self.most_held:
            return f"a worker holds {held / MEGABYTE:.0f} MB (at most {self.most_held / MEGABYTE:.0f} MB)"
        grown, count = self.grown()
        each = self.most_when_settled if self.is_long_enough else self.most_while_filling
        most = max(self.allowance * self.workers, count * each) + self.filled()
        if grown <= most:
            return None
        what = "no plateau: in the last third, memory" if self.is_long_enough else "memory"
        return f"{what} grew by {grown / MEGABYTE:.1f} MB in {count} requests (at most {most / MEGABYTE:.1f} MB)"

    def told(self) -> list[str]:
        """The series as lines, and what the last third shows."""
        if len(self.samples) < 6:
            return ["memory was hardly sampled"]
        places = [number * (len(self.samples) - 1) // (ROWS - 1) for number in range(ROWS)]
        lines = ["seconds  requests  of each worker: MB  values  tokens"]
        for place in dict.fromkeys(places):
            one = self.samples[place]
            megabytes = one.held / self.workers / MEGABYTE
            values, tokens = one.values // self.workers, one.tokens // self.workers
            lines.append(f"{one.seconds:7.0f} {one.requests:9d} {megabytes:19.0f} {values:7d} {tokens:7d}")
        grown, count = self.grown()
        judged = "at a plateau" if self.is_long_enough and self.fault() is None else "too short to show a plateau"
        if self.is_long_enough and self.fault() is not None:
            judged = "NO PLATEAU"
        lines.append(
            f"in the last third {grown / MEGABYTE:+.1f} MB in {count} requests, of which"
            f" {self.filled() / MEGABYTE:.1f} MB are what fills: {judged}"
        )
        return lines
