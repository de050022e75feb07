"""A process that applies the import of a database to its end: `python -m tests.imports.applying ID`, to be killed."""

import sys

from config import from_environment
from donors.app import create_app
from donors.core.clock import now
from donors.imports.work import advance

if __name__ == "__main__":
    with create_app(from_environment()).app_context():
        print("at work", flush=True)
        advance(int(sys.argv[1]), clock=now)
