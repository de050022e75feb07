"""The work on an import, part by part, each part in a transaction of its own with the place it has come to.

Whoever is killed in the middle leaves the last whole part behind; the next caller goes on there: the same command
again, the scheduler, or the page. Two callers at once take turns, and do nothing twice.
"""

import gc
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from donors.accounts.models import User
from donors.accounts.visible import EVERYTHING, Sight, visible
from donors.core.changes import ChangeSet
from donors.core.clock import Clock, local_date
from donors.core.db import transaction
from donors.core.errors import HouseError
from donors.core.retry import is_busy, retried
from donors.core.settings import organization
from donors.core.undo import undo_of
from donors.imports import queries
from donors.imports.apply import apply_part, check_part, is_written
from donors.imports.books import BOOKS
from donors.imports.check import Checker, Plan, places
from donors.imports.foresee import SMALL, level_changes
from donors.imports.judge import NEW, Desk
from donors.imports.models import (
    APPLIED,
    APPLYING,
    BUSY,
    CHECKED,
    CHECKING,
    FAILED,
    REFRESHING,
    SETTLING,
    UNDOING,
    UNDONE,
    FileImport,
)
from donors.imports.receive import headers_of
from donors.workflows.imports import (
    Stale,
    left_stale,
    look_over_books,
    refresh_some,
    restore_words,
    stale,
    take_back_some,
    touched,
)

PATIENCE = timedelta(seconds=20)
UNDO_AT_ONCE = 4000
COUNTED = frozenset(4**power for power in range(1, 10))
"""After so many parts the tables have grown fourfold, and are counted anew."""

log = logging.getLogger(__name__)


@dataclass
class Bench:
    """What a process keeps between the parts of one state of one import; thrown away when somebody else went on."""

    state: str
    cursor: int
    on: date
    desk: Desk | None = None
    stale: Stale | None = None


def work_imports(clock: Clock) -> int:
    """Works for a while on the oldest import that waits; returns how many parts it did. For the scheduler."""
    with transaction() as session:
        waiting = queries.busy(session)
    return advance(waiting[0], clock=clock, until=clock() + PATIENCE) if waiting else 0


def advance(
    import_id: int, *, clock: Clock, until: datetime | None = None, told: Callable[[FileImport], None] | None = None
) -> int:
    """Works on an import until nothing is left to do, or until an instant; returns how many parts it did.

    `told` hears of the import after each part. A part that meets another transaction is repeated; when it meets one
    again and again the import rests where it stands. A part that cannot be done makes the import fail, with the reason.
    """
    worker = Worker(import_id, clock, told)
    done = 0
    with _few_collections():
        while (until is None or clock() < until) and _one_more(worker):
            done += 1
    return done


def _one_more(worker: "Worker") -> bool:
    """Does a part; false when there is none, or it cannot be done."""
    try:
        return retried(worker.part)
    except (HouseError, DBAPIError, StaleDataError) as error:
        log.warning("import %s stopped: %s", worker.import_id, _reason(error))
        if not is_busy(error):
            _fail(worker.import_id, _reason(error))
        return False


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows are many small objects without cycles: to look for cycles after each 700 of them takes a fourth."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass
class Worker:
    """What one process has at hand to work on an import, and how it does the next part of it."""

    import_id: int
    clock: Clock
    told: Callable[[FileImport], None] | None = None
    bench: Bench | None = None

    def part(self, session: Session) -> bool:
        """Does the next part; false when there is none. Where that fails the bench is left empty."""
        row = queries.file_import(session, self.import_id, lock=True)
        if row.state not in BUSY:
            return False
        bench, self.bench = self.bench, None
        self.bench = one_part(session, row, bench, at=self.clock())
        if self.told is not None:
            self.told(row)
        return True


def one_part(session: Session, row: FileImport, bench: Bench | None, *, at: datetime) -> Bench:
    """Does the next part of an import's state in this transaction, and moves the import on."""
    if bench is None or (bench.state, bench.cursor) != (row.state, row.cursor):
        settings = organization(session)
        bench = Bench(row.state, row.cursor, local_date(at, settings.zone))
    STEPS[row.state](session, row, bench, at)
    session.flush()
    bench.state, bench.cursor = (row.state, row.cursor) if row.state == bench.state else ("", 0)
    return bench


def _check(session: Session, row: FileImport, bench: Bench, at: datetime) -> None:
    if row.cursor < row.parts:
        check_part(session, _desk(session, row, bench), row, row.cursor)
        row.cursor += 1
    if row.cursor >= row.parts:
        row.counts, row.checked_at = _counts(session, row), at
        if row.rows <= SMALL:
            desk = open_desk(session, row, on=bench.on)
            levels = level_changes(session, row, desk, on=bench.on, at=at)
            row.counts = {**row.counts, "levels": levels}
        row.state, row.cursor = CHECKED, 0


def _apply(session: Session, row: FileImport, bench: Bench, _at: datetime) -> None:
    if row.cursor < row.parts:
        change = session.get_one(ChangeSet, row.applied_in)
        apply_part(session, _desk(session, row, bench), row, row.cursor, within=change)
        row.cursor += 1
        if row.cursor in COUNTED:
            look_over_books(session)
    if row.cursor >= row.parts:
        row.counts = _counts(session, row)
        row.state, row.cursor = REFRESHING, 0


def _refresh(session: Session, row: FileImport, bench: Bench, at: datetime) -> None:
    change = session.get_one(ChangeSet, row.applied_in)
    bench.stale = bench.stale or stale(touched(session, change), of=queries.count_constituents(session), cause="import")
    after = refresh_some(session, bench.stale, after=row.cursor, within=change, on=bench.on)
    if after is not None:
        row.cursor = after
        return
    row.state, row.cursor, row.applied_at = APPLIED, 0, at
    change.state = "done"


def _undo(session: Session, row: FileImport, _bench: Bench, _at: datetime) -> None:
    change = session.get_one(ChangeSet, row.applied_in)
    undoing = undo_of(session, change)
    if undoing is not None and take_back_some(session, change, within=undoing, limit=UNDO_AT_ONCE):
        row.cursor += 1
        return
    row.state, row.cursor = SETTLING, 0


def _settle(session: Session, row: FileImport, bench: Bench, _at: datetime) -> None:
    change = session.get_one(ChangeSet, row.applied_in)
    undoing = undo_of(session, change)
    if undoing is None:
        row.state = UNDONE
        return
    if bench.stale is None:
        left = set(queries.living_ids(session, left_stale(session, undoing)))
        bench.stale = stale(left, of=queries.count_constituents(session), cause="correction")
    if row.cursor == 0:
        restore_words(session, bench.stale.ids)
    after = refresh_some(session, bench.stale, after=row.cursor, within=undoing, on=bench.on)
    row.state, row.cursor = (UNDONE, 0) if after is None else (SETTLING, after)


Step = Callable[[Session, FileImport, Bench, datetime], None]
STEPS: dict[str, Step] = {
    CHECKING: _check,
    APPLYING: _apply,
    REFRESHING: _refresh,
    UNDOING: _undo,
    SETTLING: _settle,
}


def open_desk(session: Session, row: FileImport, *, on: date) -> Desk:
    """What is needed to judge the rows of an import."""
    settings, headers = organization(session), headers_of(row)
    spots = places(row.kind, headers, row.mapping)
    defaults = {name: text for name, text in row.options.get("defaults", {}).items() if text}
    plan = Plan(row.kind, row.source, spots, row.options.get("order", ""), on, settings, defaults)
    return Desk(
        plan=plan,
        checker=Checker(plan),
        books=BOOKS[row.kind](plan),
        sees=_sight(session, row),
        headers=row.mapping,
        update=bool(row.options.get("update")),
        likely=row.options.get("likely", "ask"),
    )


def _sight(session: Session, row: FileImport) -> Sight:
    uploader = session.get(User, row.uploaded_by) if row.uploaded_by else None
    return visible(uploader) if uploader is not None else EVERYTHING


def _desk(session: Session, row: FileImport, bench: Bench) -> Desk:
    """The desk of this process, with the memory of the parts before where another process did them."""
    if bench.desk is None:
        bench.desk = open_desk(session, row, on=bench.on)
        for number in range(row.cursor):
            _recall(session, row, bench.desk, number)
        if row.state == APPLYING and row.cursor == 0:
            _recall_made(session, row, bench.desk)
    return bench.desk


def _recall(session: Session, row: FileImport, desk: Desk, number: int) -> None:
    """Takes into memory what an earlier part has shown."""
    verdicts = {one[0]: one for one in queries.part_verdicts(session, row.id, number)}
    for line, cells, known in queries.part_rows(session, row.id, number):
        if known is None and line in verdicts and verdicts[line][1] != "bad":
            desk.remember(cells, verdicts[line], applied=row.state == APPLYING)


def _recall_made(session: Session, row: FileImport, desk: Desk) -> None:
    """A later round knows the people whom the first one made, wherever in the file they stand."""
    for number in queries.verdict_counts(session, row.id):
        verdicts = {one[0]: one for one in queries.part_verdicts(session, row.id, number)}
        for line, cells, _ in queries.part_rows(session, row.id, number):
            if line in verdicts and verdicts[line][1] == NEW and is_written(verdicts[line]):
                desk.remember_person(cells, verdicts[line])


def _counts(session: Session, row: FileImport) -> dict[str, Any]:
    whole: Counter[str] = Counter()
    for counts in queries.verdict_counts(session, row.id).values():
        whole.update(counts)
    return dict(whole)


def _reason(error: Exception) -> str:
    """Why a part cannot be done; of the database's words those without the values."""
    return str(error.orig if isinstance(error, DBAPIError) else error)[:1000]


def _fail(import_id: int, reason: str) -> None:
    with transaction() as session:
        row = queries.file_import(session, import_id, lock=True)
        row.options = {**row.options, "failed_in": row.state}
        row.state, row.error = FAILED, reason
