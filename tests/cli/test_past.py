"""`flask rollups refresh --as-of`: the figures of everybody as of a day, as they were known, beside the stored ones."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.cli.past import LEASE
from donors.core.changes import Act
from donors.core.clock import now
from donors.core.known import KnownAt
from donors.giving.gift_input import GiftInput
from donors.giving.models import Gift
from donors.jobs import lease
from donors.rollups.models import past_value, rollup_value, slot_column
from donors.rollups.past import forget_some, keep_part, past_parts
from donors.rollups.queries import definitions, read, values_as_of
from donors.workflows.adjust import remove_gift
from donors.workflows.gifts import record_gift
from tests.reports.givers import ACT, TODAY, YEAR_AGO, Givers, givers

REFRESH = ["rollups", "refresh"]


@pytest.fixture
def made(session: Session) -> Givers:
    """The givers; later a gift is recorded, and another one taken out of the books."""
    made, act = givers(session), Act(by=None, at=now(), through="cli")
    record_gift(session, GiftInput(made.ids["Nina New"], 9_00, TODAY - timedelta(days=3)), act=act, on=TODAY)
    gone = session.scalars(select(Gift.id).where(Gift.constituent_id == made.ids["Lena Left"])).one()
    remove_gift(session, gone, act=act, on=TODAY)
    session.commit()
    return made


def _kept(session: Session) -> dict[int, dict[str, object]]:
    session.rollback()
    known = definitions(session)
    return {
        row.constituent_id: {one.key: read(one, row._mapping[slot_column(one.slot)]) for one in known}
        for row in session.execute(select(past_value))
    }


def _expected(session: Session, made: Givers, on: date, known_at: KnownAt | None) -> dict[int, dict[str, object]]:
    values = values_as_of(session, list(made.ids.values()), on=on, known_at=known_at)
    return {who: dict(found) for who, found in values.items() if any(value is not None for value in found.values())}


def test_everybodys_figures_stand_in_a_table_of_their_own(app: Flask, session: Session, made: Givers) -> None:
    run = app.test_cli_runner()
    stored = session.execute(select(rollup_value)).all()
    session.rollback()
    said = run.invoke(args=[*REFRESH, "--known-at", ACT.at.isoformat(), "--as-of", TODAY.isoformat()]).output
    known_at = KnownAt(session, ACT.at)
    assert _kept(session) == _expected(session, made, TODAY, known_at)
    assert f"{len(_kept(session))} constituents have figures as of {TODAY}, as known at" in said
    assert {(row.as_of, row.known_at) for row in session.execute(select(past_value))} == {(TODAY, ACT.at)}
    assert _kept(session)[made.ids["Lena Left"]]["lifetime_total"] == 500_00
    session.rollback()

    run.invoke(args=[*REFRESH, "--as-of", YEAR_AGO.isoformat()])
    assert _kept(session) == _expected(session, made, YEAR_AGO, None)
    assert {(row.as_of, row.known_at) for row in session.execute(select(past_value))} == {(YEAR_AGO, None)}
    assert session.execute(select(rollup_value)).all() == stored


def test_one_at_a_time(app: Flask, session: Session, made: Givers) -> None:
    lease.hold(session, LEASE, owner="another host")
    session.commit()
    refused = app.test_cli_runner().invoke(args=[*REFRESH, "--as-of", YEAR_AGO.isoformat()])
    assert refused.exit_code == 1
    assert "Somebody else is filling the table" in refused.output


def test_what_is_forgotten_in_parts_can_be_kept_again(session: Session, made: Givers) -> None:
    for _ in range(2):
        for part in past_parts(session, on=TODAY):
            keep_part(session, part)
        assert len(session.execute(select(past_value)).all()) == len(_expected(session, made, TODAY, None))
        assert [forget_some(session, limit=5) for _ in range(3)] == [5, 3, 0]
