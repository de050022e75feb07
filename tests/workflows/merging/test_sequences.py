"""Random sequences of merge, edit, gift, move of house and undo give back what nobody touched, and leave no orphan."""

import random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.queries import current_id
from donors.core.changes import ChangeSet
from donors.core.db import is_sqlite
from donors.core.errors import Blocked
from donors.rollups.verify import verify
from donors.workflows.merging.unmerge import unmerge
from donors.workflows.refresh import refresh_constituents
from tests.invariants import broken
from tests.workflows.merging.pictures import Picture, disturbed, not_given_back, orphans, picture
from tests.workflows.merging.town import ACT, AT, TODAY, Town, town

SOME, FEW, MANY = 25, 3, 10_000
LEFT_OUT = {"Each stage entry begins where the one before it ended"}
"""Two histories of one person in a pipeline are told one after the other."""


def play(here: Town, seed: int) -> None:
    """One sequence: some acts, then merges and undos among more acts; all is looked at after each undo."""
    here.chance.seed(seed)
    before: dict[int, Picture] = {}
    for _ in range(here.chance.randrange(2, 6)):
        here.act()
    for _ in range(here.chance.randrange(2, 5)):
        if here.merges and here.chance.random() < 0.5:
            part(here, before)
        else:
            kept = picture(here.session)
            try:
                here.merge()
            except Blocked:
                continue
            before[max(here.merges)] = kept
        for _ in range(here.chance.randrange(0, 4)):
            here.act()
    while here.merges:
        part(here, before)
    look(here)


def part(here: Town, before: dict[int, Picture]) -> None:
    """Undoes any of the merges that stand, or the last one where a later one stands in the way."""
    session, then = here.session, picture(here.session)
    merge = here.chance.choice(sorted(here.merges))
    try:
        with session.begin_nested():
            undoing = unmerge(session, session.get_one(ChangeSet, merge), act=ACT, on=TODAY)
    except Blocked:  # a later merge has put two prospects together
        session.expire_all()
        merge = max(here.merges)
        undoing = unmerge(session, session.get_one(ChangeSet, merge), act=ACT, on=TODAY)
    old, _ = here.merges.pop(merge)
    here.undone.append(undoing.id)
    now = picture(session)
    assert list(not_given_back(session, before[merge], now, merge, undoing.id)) == []
    assert list(disturbed(session, then, now, merge)) == []
    assert list(orphans(session)) == []
    assert current_id(session, old) == old


def look(here: Town) -> None:
    """Every figure and level is what the facts say, every id answers, every invariant holds."""
    session = here.session
    assert {name: rows for name, rows in broken(session).items() if name not in LEFT_OUT} == {}
    assert [current_id(session, one) for one in here.people] == here.people
    assert verify(session, on=TODAY, at=AT).faults == 0
    again = session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
    assert refresh_constituents(session, [*here.people, *here.homes], within=again, on=TODAY).changes == ()


def play_all(session: Session, seeds: range) -> None:
    """Plays sequences one after the other in one town, which each leaves as it found it."""
    here = town(session)
    session.flush()
    for seed in seeds:
        with session.begin_nested() as trial:
            here.merges, here.others, here.undone, here.first = {}, [], [], {}
            try:
                play(here, seed)
            except Exception as error:
                raise AssertionError(f"sequence {seed}") from error
            trial.rollback()
        session.expunge_all()


def test_what_nobody_touched_comes_back(session: Session) -> None:
    play_all(session, range(SOME) if is_sqlite(session) else range(SOME, SOME + FEW))


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_nobody_touched_comes_back_in_many_sequences(session: Session) -> None:
    first = random.randrange(10**9)
    play_all(session, range(first, first + MANY))
