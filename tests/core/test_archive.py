"""Backup and restore: nothing lost, across databases, while somebody writes."""

import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.archive import Manifest, load_archive, read_manifest, reflected, write_archive
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import current_session, settle, snapshot, transaction
from donors.core.errors import Invalid
from donors.giving.models import Gift
from tests.harness.application import application, configuration, let_go
from tests.harness.postgresql import Server


def fill(session: Session, names: list[str]) -> None:
    """Records people and a gift of each, with values of every type."""
    change = open_change(session, "test.fill", act=Act(by=None, at=now(), through="cli", why="zur Übung"))
    change.outcome = {"names": names, "nothing": None}
    for name in names:
        person = Constituent(kind="person", name=name, sort_name=name, born_on=date(1950, 2, 28), created_in=change.id)
        session.add(person)
        session.flush()
        session.add(
            Gift(
                constituent_id=person.id,
                amount=2**45,
                currency="USD",
                base_amount=2**45,
                received_on=date(2026, 1, 31),
                received_at=now(),
                recorded_at=now(),
                created_in=change.id,
            )
        )


def contents(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, as the models read them, without JSON's order of keys."""
    connection = session.connection()
    return {
        table.name: [tuple(map(str, row)) for row in connection.execute(select(table).order_by(*table.primary_key))]
        for table in reflected(connection)
        if table.name in ("constituent", "gift", "change_set")
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_goes_to_either_system_and_comes_back_equal(
    app: Flask, tmp_path: Path, postgresql_server: Server, postgresql_template: str
) -> None:
    """SQLite to PostgreSQL to SQLite: the second file is the first, member by member."""
    with app.app_context(), transaction() as session:
        fill(session, ["Ana María", "O’Neill\n", "Zoë"])
    first = tmp_path / "first.zip"
    with app.app_context(), snapshot() as session:
        manifest = write_archive(session.connection(), first, at=now())
    url = postgresql_server.url(postgresql_server.create("restored", template=postgresql_template))
    other = application(configuration(url, tmp_path))
    with other.app_context(), transaction() as session:
        load_archive(session.connection(), first, read_manifest(first))
    second = tmp_path / "second.zip"
    with other.app_context(), snapshot() as session:
        again = write_archive(session.connection(), second, at=now())
        people = session.scalars(select(Constituent).order_by(Constituent.id)).all()
        assert [(p.name, p.born_on) for p in people] == [
            (name, date(1950, 2, 28)) for name in ("Ana María", "O’Neill\n", "Zoë")
        ]
    assert again.rows == manifest.rows
    assert again.digests["constituent"] == manifest.digests["constituent"]
    assert again.digests["gift"] == manifest.digests["gift"]
    with other.app_context(), transaction() as session:
        fill(session, ["Next"])
        assert session.scalar(select(Constituent.id).where(Constituent.name == "Next")) == 4
    let_go(other)


def test_a_backup_under_load_is_of_one_moment(app: Flask, tmp_path: Path) -> None:
    """While a writer records a person and a gift at a time, the file never holds one without the other."""
    stop = threading.Event()

    def write() -> None:
        with app.app_context():
            for number in range(60):
                if stop.is_set():
                    return
                with transaction() as session:
                    fill(session, [f"Writer {number}"])

    writer = threading.Thread(target=write)
    writer.start()
    manifests: list[Manifest] = []
    try:
        for number in range(3):
            with app.app_context(), snapshot() as session:
                manifests.append(write_archive(session.connection(), tmp_path / f"{number}.zip", at=now()))
    finally:
        stop.set()
        writer.join()
    assert all(m.rows["constituent"] == m.rows["gift"] == m.rows["change_set"] for m in manifests)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_damaged_file_and_a_full_database_are_refused(app: Flask, tmp_path: Path) -> None:
    """A file that is no backup, and a database that has rows, are refused by name."""
    nonsense = tmp_path / "nonsense.zip"
    nonsense.write_text("hello")
    with pytest.raises(Invalid, match="is not a backup"):
        read_manifest(nonsense)
    with app.app_context():
        session = current_session()
        session.execute(
            text("INSERT INTO change_set (kind, at, why, through, state) VALUES ('a', '2026-01-01', '', 'cli', 'done')")
        )
        settle(keep=True)
        with snapshot() as reading:
            manifest = write_archive(reading.connection(), tmp_path / "good.zip", at=now())
        with pytest.raises(Invalid, match="is not empty"), transaction() as session:
            load_archive(session.connection(), tmp_path / "good.zip", manifest)
