"""Kill -9 in the middle of an import: nothing is lost, nothing is doubled, and it never ends half."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, ExternalId
from donors.core.changes import ChangeSet, open_change
from donors.core.db import transaction
from donors.giving.models import Credit, Gift
from donors.imports import parse
from donors.imports.models import APPLIED, UNDONE
from donors.imports.queries import file_import
from donors.imports.receive import start_apply, start_undo
from donors.rollups.verify import verify
from donors.workflows.begin import begin
from tests.harness.processes import start
from tests.imports.files import ACT, AT, counts, gifts_file, received, state

ROWS = 2400
KILLS = 4
# The application takes this long to start before it works, at the least; kills fall in between and after.
PATIENCE = 120.0


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 100 rows, so that there are many moments between them."""
    monkeypatch.setattr(parse, "ROWS_IN_PART", 100)


@pytest.fixture
def house(session: Session) -> Session:
    """An organization with its standard figures and levels."""
    begin(session, within=open_change(session, "organization.begin", act=ACT))
    session.commit()
    return session


def sums(session: Session) -> tuple[int, ...]:
    """Gifts, their money, credits and their money, people, ids."""
    gifts = session.execute(select(func.count(Gift.id), func.coalesce(func.sum(Gift.base_amount), 0))).one()
    credits = session.execute(select(func.count(Credit.id), func.coalesce(func.sum(Credit.base_amount), 0))).one()
    people = session.scalar(select(func.count(Constituent.id)))
    ids = session.scalar(select(func.count(ExternalId.id)))
    session.rollback()
    return (*map(int, gifts), *map(int, credits), int(people or 0), int(ids or 0))


def kill_until(number: int, wanted: str, *, database: str, folder: Path, moments: Iterator[float]) -> int:
    """Starts processes that work on an import and kills each, until no moment is left or it is done; then one lives.

    Returns how many were killed at work.
    """
    killed, log = 0, folder / "applying.log"
    command = (sys.executable, "-m", "tests.imports.applying", str(number))
    for moment in moments:
        said = log.read_text().count("at work") if log.exists() else 0
        process = start(command, log, DATABASE_URL=database, INSTANCE_DIR=str(folder))
        end = time.monotonic() + PATIENCE
        while log.read_text().count("at work") == said and process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(moment)
        killed += process.poll() is None
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if _state(number) == wanted:
            return killed
    process = start(command, log, DATABASE_URL=database, INSTANCE_DIR=str(folder))
    assert process.wait(PATIENCE) == 0, log.read_text()
    return killed


def _state(number: int) -> str:
    with transaction() as session:
        return file_import(session, number).state


def expected(content: str) -> tuple[int, ...]:
    """What must be there: all rows, each once."""
    rows = [line.split(",") for line in content.splitlines()[1:]]
    money = sum(int(row[3].replace(".", "")) for row in rows)
    people = len({row[1] for row in rows if row[1]})
    return (len(rows), money, len(rows), money, people + 1, people)


def survive(house: Session, *, database: str, folder: Path, kills: int, seed: int) -> None:
    """Applies a file under kills, then undoes it under kills."""
    drawn, content = Random(seed), gifts_file(ROWS, seed=seed)
    before = sums(house)
    number = received(content)
    with transaction() as session:
        start_apply(session, file_import(session, number), act=ACT)
    moments = (drawn.uniform(0, 0.6) for _ in range(kills))
    killed = kill_until(number, APPLIED, database=database, folder=folder, moments=moments)
    assert killed, "the kills must strike"
    assert sums(house) == expected(content)
    assert sum(counts(house, number).values()) == ROWS
    row = state(house, number)
    assert row.state == APPLIED
    assert {house.get_one(ChangeSet, row.applied_in).state} == {"done"}
    assert row.applied_at is not None
    assert verify(house, on=row.applied_at.date(), at=AT).faults == 0
    house.rollback()
    with transaction() as session:
        start_undo(session, file_import(session, number), act=ACT)
    kill_until(number, UNDONE, database=database, folder=folder, moments=iter([drawn.uniform(0, 0.3)]))
    assert state(house, number).state == UNDONE
    assert sums(house) == before


def test_killed_a_few_times(app: Flask, house: Session, database: str, tmp_path: Path) -> None:
    survive(house, database=database, folder=tmp_path, kills=KILLS, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_killed_fifty_times(app: Flask, house: Session, database: str, tmp_path: Path, seed: int) -> None:
    survive(house, database=database, folder=tmp_path, kills=10, seed=100 + seed)
