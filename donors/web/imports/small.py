"""Small files are done within the request that starts them; larger ones go on by the scheduler."""

from datetime import datetime

from donors.core.db import Session
from donors.imports.foresee import SMALL
from donors.imports.models import BUSY, FileImport
from donors.imports.work import Bench, one_part

STEPS = 20


def go_on_if_small(session: Session, row: FileImport, *, at: datetime) -> None:
    """Does all that there is to do now, if the file is small."""
    bench: Bench | None = None
    for _ in range(STEPS if row.rows <= SMALL else 0):
        if row.state not in BUSY:
            return
        bench = one_part(session, row, bench, at=at)
