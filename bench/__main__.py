"""`python -m bench`: prints a line for each measurement, and writes a table of them. Sizes are arguments."""

import argparse
import json
from pathlib import Path

from bench.rollups import GROUPS, measure
from bench.table import load, write
from bench.world import Size


def main() -> None:
    """Reads the sizes and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--gifts", type=int, default=1_000_000)
    parser.add_argument("--system", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--only", choices=[*GROUPS], action="append")
    parser.add_argument("--workers", type=int, default=2, help="parts at once, on PostgreSQL")
    parser.add_argument("--write", type=Path, help="where the table of these systems goes")
    asked = parser.parse_args()
    for system in asked.system or ["sqlite", "postgresql"]:
        lines, before = [], load()
        for line in measure(
            system, Size(asked.people, asked.gifts), workers=asked.workers, only=asked.only or [*GROUPS]
        ):
            print(json.dumps(line.plain()), flush=True)
            lines.append(line)
            if asked.write:
                write(asked.write, system, lines, (before, load()))


main()
