"""What to do when a program that a test needs is not on this machine."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def missing(program: str) -> NoReturn:
    """Skips the test; fails it where everything has to be there (CI)."""
    reason = f"{program} is not installed: `make test` fetches it where it may"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def find(*names: str, places: tuple[str, ...] = ()) -> Path | None:
    """The newest of the programs on PATH or in the folders that match `places`."""
    for name in names:
        for folder in places:
            for path in sorted(Path("/").glob(folder.lstrip("/") + "/" + name), reverse=True):
                return path
        if found := shutil.which(name):
            return Path(found)
    return None
