"""Imports that meet other acts: people who are merged or removed, ids that are given away, locks of somebody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.orm import Session

from donors.constituents.create import create
from donors.constituents.edit import delete
from donors.constituents.models import Constituent, ExternalId
from donors.constituents.records import NewConstituent
from donors.core import retry
from donors.core.changes import open_change
from donors.core.db import is_sqlite, transaction
from donors.giving.gift_input import AdjustmentInput
from donors.giving.models import Gift
from donors.imports import write
from donors.imports.queries import file_import, rows_to_see
from donors.imports.receive import decide, start_apply
from donors.imports.work import advance
from donors.workflows.adjust import refund_gift
from donors.workflows.merging.merge import Pair, merge_constituents
from tests.imports.files import ACT, AT, apply, check, clock, counts, received, state, taken
from tests.interleavings.meeting import overlap

HEAD = "gift id,donor id,name,amount,date\n"
PEOPLE = "G1,D1,Anna Lee,50.00,2026-03-02\nG2,D2,Ben Okafor,20.00,2026-03-02\nG3,D3,Cleo Day,10.00,2026-03-02\n"
MORE = PEOPLE.replace("G", "H")


def by_key(session: Session, key: str) -> int:
    """The constituent whom a file knows by a key."""
    found = session.scalars(select(ExternalId.constituent_id).where(ExternalId.value == key)).one()
    session.rollback()
    return found


def merge(survivor_id: int, other_id: int) -> Callable[[Session], Any]:
    """The act of merging two."""

    def act(session: Session) -> None:
        change = open_change(session, "constituent.merge", act=ACT)
        merge_constituents(session, Pair(survivor_id, other_id), within=change, on=AT.date())

    return act


def test_a_giver_who_is_gone_in_mid_act_leaves_out_one_row(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(HEAD + PEOPLE)
    ben, real = by_key(session, "D2"), write.judge

    def judged(session: Session, *rest: Any) -> Any:
        found = real(session, *rest)
        for one in found:
            if one.constituent_id == ben:
                one.constituent_id = 999_999
        return found

    monkeypatch.setattr(write, "judge", judged)
    number = taken(HEAD + MORE)
    assert counts(session, number) == {"matched": 2, "bad": 1}
    (row,) = rows_to_see(session, number)
    assert (row.line, (row.problem or {})["field"], (row.problem or {})["value"]) == (3, "donor id", "Ben Okafor")
    assert (row.problem or {})["remedy"]
    session.rollback()
    monkeypatch.setattr(write, "judge", real)
    apply(number)
    assert counts(session, number) == {"matched": 3}


def test_an_id_that_is_given_away_in_mid_act_is_matched_anew(app: Flask, session: Session) -> None:
    """On PostgreSQL the other act really happens in between; SQLite lets it wait."""
    number = received(HEAD + PEOPLE)
    with transaction() as own:
        start_apply(own, file_import(own, number), act=ACT)

    def give_away(own: Session) -> int:
        change = open_change(own, "constituent.create", act=ACT)
        return create(own, NewConstituent(name="Benedict", external_ids=(("file", "D2"),)), within=change).id

    if is_sqlite(session):
        session.rollback()
        with transaction() as own:
            ben = give_away(own)
        advance(number, clock=clock)
    else:
        session.rollback()

        def work(own: Session) -> None:
            advance(number, clock=clock)

        first, _ = overlap(app, give_away, work)
        ben = first.value
    assert counts(session, number) == {"new": 2, "matched": 1}
    assert session.scalars(select(Gift.constituent_id).where(Gift.external_id == "G2")).one() == ben


def test_a_decision_for_somebody_merged_or_removed_since(session: Session) -> None:
    change = open_change(session, "constituent.create", act=ACT)
    annas = [create(session, NewConstituent(given_name="Anna", family_name="Lee"), within=change).id for _ in range(2)]
    bens = [create(session, NewConstituent(given_name="Ben", family_name="Okafor"), within=change).id for _ in range(2)]
    session.commit()
    number = received(HEAD + PEOPLE)
    check(number)
    row = state(session, number)
    decide(session, row, 2, str(annas[0]))
    decide(session, row, 3, str(bens[0]))
    session.commit()
    with transaction() as own:
        merge(annas[1], annas[0])(own)
        change = open_change(own, "constituent.delete", act=ACT)
        delete(own, own.get_one(Constituent, bens[0]), at=AT, within=change)
    apply(number)
    assert counts(session, number) == {"matched": 1, "likely": 1, "new": 1}
    assert session.scalars(select(Gift.constituent_id).where(Gift.external_id == "G1")).one() == annas[1]


def test_a_change_that_cannot_be_made_leaves_out_one_row(session: Session) -> None:
    taken(HEAD + PEOPLE)
    with transaction() as own:
        gift_id = own.scalars(select(Gift.id).where(Gift.external_id == "G2")).one()
        refund_gift(own, gift_id, AdjustmentInput(1500, AT.date()), act=ACT, on=AT.date())
    changed = PEOPLE.replace("50.00", "60.00").replace("20.00", "5.00")
    number = taken(HEAD + changed, options={"update": True})
    assert counts(session, number) == {"updated": 1, "same": 1, "bad": 1}
    (row,) = rows_to_see(session, number)
    assert (row.line, (row.problem or {})["field"]) == (3, "amount")
    assert "refund" in (row.problem or {})["remedy"]
    session.rollback()


def test_an_import_that_changes_gifts_and_a_merge_do_not_lock_each_other_up(app: Flask, session: Session) -> None:
    taken(HEAD + PEOPLE)
    anna, ben = by_key(session, "D1"), by_key(session, "D2")
    number = received(HEAD + PEOPLE.replace("50.00", "60.00").replace("20.00", "25.00"), options={"update": True})
    with transaction() as own:
        start_apply(own, file_import(own, number), act=ACT)
    session.rollback()
    endings = overlap(app, merge(ben, anna), lambda _: advance(number, clock=clock))
    assert all(one.held for one in endings)
    assert counts(session, number) == {"updated": 2, "same": 1}
    total = session.scalar(select(func.sum(Gift.amount)).where(Gift.constituent_id == ben))
    assert total == 8500


def test_a_lock_of_somebody_else_is_waited_for_and_never_a_traceback(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = received(HEAD + PEOPLE)
    session.rollback()
    engine = app.extensions["sqlalchemy"].engine
    with transaction() as own:
        start_apply(own, file_import(own, number), act=ACT)
    with impatient(engine):
        other: Connection = engine.connect()
        other.begin()
        other.execute(text("UPDATE file_import SET name = 'held'"))
        pauses: list[float] = []
        monkeypatch.setattr(retry, "sleep", pauses.append)
        assert advance(number, clock=clock) == 0
        assert len(pauses) == retry.TRIES - 1
        assert other.scalar(text("SELECT state FROM file_import")) == "applying"
        monkeypatch.setattr(retry, "sleep", lambda _: other.rollback())
        assert advance(number, clock=clock) > 0
        other.close()
    assert counts(session, number) == {"new": 3}


@contextmanager
def impatient(engine: Any) -> Iterator[None]:
    """New connections wait for a lock for a twentieth of a second only."""
    sqlite = engine.dialect.name == "sqlite"
    statement = "PRAGMA busy_timeout = 50" if sqlite else "SET lock_timeout = '50ms'"

    def prepare(connection: Any, _: object) -> None:
        connection.execute(statement)
        connection.commit()

    engine.dispose()
    event.listen(engine, "connect", prepare)
    try:
        yield
    finally:
        event.remove(engine, "connect", prepare)
