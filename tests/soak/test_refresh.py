"""Kills of the program's own scheduler while it refreshes figures and levels of many."""

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from donors.core.changes import Act, open_change
from donors.core.clock import local_date, now
from donors.core.db import transaction
from donors.giving.gift_input import GiftInput
from donors.levels.models import Standing
from donors.rollups.verify import verify
from donors.workflows.begin import begin
from donors.workflows.gifts import record_gifts
from tests.harness.mail import Mailbox
from tests.soak.killing import let_finish, pack, torment
from tests.soak.people import make_people, waiting

KILLS = 50
PEOPLE = 600
"""More than are refreshed at once: the queue does it."""


def giver(today: date) -> Callable[[], None]:
    """What records a gift of many new people at each call."""
    with transaction() as session:
        begin(session, within=open_change(session, "soak.begin", act=Act(by=None, at=now(), through="setup")))

    def feed() -> None:
        with transaction() as session:
            change = open_change(session, "soak.gifts", act=Act(by=None, at=now(), through="import"))
            people = make_people(session, PEOPLE, within=change)
            gifts = [GiftInput(person, random.randrange(100, 10**6), today) for person in people]
            record_gifts(session, gifts, within=change, on=today)

    return feed


@pytest.mark.soak
def test_all_figures_and_levels_are_right_in_the_end(app: Flask, mailbox: Mailbox, tmp_path: Path) -> None:
    with app.app_context():
        today = local_date(now(), "UTC")
        feed = giver(today)
        with pack(app, mailbox, tmp_path, way="real", seed=random.randrange(10**6)) as workers:
            torment(workers, feed, kills=KILLS)
            let_finish(waiting)
        with transaction() as session:
            found = verify(session, on=today, at=now(), limit=10**6)
            assert (found.checked > 0, found.faults) == (True, 0)
            twice = (
                select(Standing.constituent_id)
                .where(Standing.to_on.is_(None))
                .group_by(Standing.constituent_id, Standing.track_id)
                .having(func.count() > 1)
            )
            assert session.execute(twice).all() == []
            assert (session.scalar(select(func.count()).select_from(Standing)) or 0) > PEOPLE
