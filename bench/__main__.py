"""`python -m bench`: prints a line for each measurement. Sizes are arguments."""

import argparse
import json

from bench import one_gift, refresh


def main() -> None:
    """Reads the sizes and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--gifts", type=int, default=1_000_000)
    parser.add_argument("--system", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--only", choices=["refresh", "standard", "one_gift"], action="append")
    parser.add_argument("--workers", type=int, default=2, help="parts at once, on PostgreSQL")
    asked = parser.parse_args()
    size = {"people": asked.people, "gifts": asked.gifts}
    for system in asked.system or ["sqlite", "postgresql"]:
        for name in asked.only or ["refresh", "standard", "one_gift"]:
            if name == "one_gift":
                found = one_gift.measure(system, **size)
            else:
                which = "named" if name == "refresh" else "standard"
                found = refresh.measure(system, **size, which=which, workers=asked.workers)
            print(json.dumps(found))


main()
