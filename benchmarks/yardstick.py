"""The yardstick: `orjson.loads` of every line of a file in a loop, by itself in a process of its own.

Reads the names of files from standard input, one a line, and answers each with the CPU seconds that it took.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import orjson


def parse(lines: list[bytes]) -> float:
    """CPU seconds of parsing every line, the results discarded, the garbage collector as Python sets it."""
    began = time.process_time()
    for line in lines:
        orjson.loads(line)
    return time.process_time() - began


def main() -> None:
    for name in sys.stdin:
        lines = Path(name.rstrip("\n")).read_bytes().splitlines()
        print(parse(lines), flush=True)


if __name__ == "__main__":
    main()
