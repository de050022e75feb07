"""Where test databases live: in memory where there is room, since none of them outlives its test."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3


def swift_folder(prefix: str) -> Path:
    """A new folder with a short path (a socket may stand in it); whoever asks for it removes it."""
    swift = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if swift else "/tmp"))
