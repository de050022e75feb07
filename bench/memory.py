"""The memory that a full refresh takes above the idle process: in a process of its own, which has done nothing else."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.line import Here
from bench.refresh import refresh
from bench.world import Size
from config import ROOT
from donors.core.db import transaction
from donors.rollups.queries import definitions
from tests.harness.application import application, configuration, let_go


def peak(here: Here) -> int:
    """Bytes, at the worst moment, of the process and of the server's processes together."""
    url = here.app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-m", "bench.memory", url, str(here.workers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return int(done.stdout)


def main() -> None:
    """Refreshes everybody in the database of an address, with so many workers, and prints the bytes."""
    url, workers = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="perennial-bench-") as folder:
        app = application(configuration(url, Path(folder)))
        with app.app_context():
            here = Here(app, Size(0, 0), int(workers))
            with transaction() as session:
                definitions(session)
            with here.meter.peak() as most:
                refresh(here)
            print(most[0])
        let_go(app)


if __name__ == "__main__":
    main()
