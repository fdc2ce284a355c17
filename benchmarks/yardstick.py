"""The floors: reading a file, and parsing every line of it in a loop, by itself in a process of its own.

    python yardstick.py read|simdjson|orjson

Reads the names of files from standard input, one a line, and answers each with the seconds that it took: of CPU time,
and by the clock. `orjson` is the yardstick; the garbage collector is as Python sets it, and every result is discarded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson

READ = "read"
SIMDJSON = "simdjson"
ORJSON = "orjson"


def parser(what: str) -> Callable[[bytes], object]:
    """What is done with a line."""
    if what == SIMDJSON:
        import simdjson

        return simdjson.Parser().parse
    return orjson.loads


def main() -> None:
    what = sys.argv[1]
    parse = parser(what)
    for name in sys.stdin:
        path = Path(name.rstrip("\n"))
        lines = [] if what == READ else path.read_bytes().splitlines()
        clock, cpu = time.perf_counter(), time.process_time()
        if what == READ:
            path.read_bytes()
        for line in lines:
            parse(line)
        print(time.process_time() - cpu, time.perf_counter() - clock, flush=True)


if __name__ == "__main__":
    main()
