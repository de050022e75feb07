"""Random sequences of merge, edit, gift, move of house and undo give back what nobody touched, and leave no orphan."""

import random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.queries import current_id
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked
from donors.rollups.verify import verify
from donors.workflows.merging.unmerge import unmerge
from donors.workflows.refresh import refresh_constituents
from tests.invariants import broken
from tests.workflows.merging.pictures import Picture, disturbed, not_given_back, orphans, picture
from tests.workflows.merging.town import ACT, AT, TODAY, Town, town

PARTS, PART, FEW, MANY = 10, 100, 8, 10_000
TOGETHER = 8
"""So many sequences follow one another before all figures are looked at, and all is as it was at first."""
LEFT_OUT = {"Each stage entry begins where the one before it ended"}
"""Two histories of one person in a pipeline are told one after the other."""


def play(here: Town, seed: int, before: dict[int, Picture]) -> None:
    """One sequence: some acts, then merges and undos among more acts; all rows are looked at after each undo.

    `before` is how all was before each merge.
    """
    here.chance.seed(seed)
    for _ in range(here.chance.randrange(0, 3)):
        here.act()
    for _ in range(here.chance.choice([1, 1, 1, 2])):
        if here.merges and here.chance.random() < 0.5:
            part(here, before)
        else:
            kept = picture(here.session)
            try:
                here.merge()
            except Blocked:
                continue
            before[max(here.merges)] = kept
        for _ in range(here.chance.randrange(0, 3)):
            here.act()
    while here.merges:
        part(here, before)


def part(here: Town, before: dict[int, Picture]) -> None:
    """Undoes any of the merges that stand, or the last one where a later one stands in the way."""
    session, then = here.session, picture(here.session)
    merge = here.chance.choice(sorted(here.merges))
    try:
        with session.begin_nested():
            undoing = unmerge(session, session.get_one(ChangeSet, merge), act=ACT, on=TODAY)
    except Blocked:  # a later merge has put two prospects together, or somebody would live in two houses
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
    """Plays sequences in one town, some after one another and then all figures looked at.

    They end early where an undo is refused, for somebody would live in two houses: seldom.
    """
    here = town(session)
    session.flush()
    refused = 0
    for first in seeds[::TOGETHER]:
        some = range(first, min(first + TOGETHER, seeds.stop))
        with session.begin_nested() as trial:
            here.merges, here.others, here.undone, here.first = {}, [], [], {}
            try:
                before: dict[int, Picture] = {}
                for seed in some:
                    play(here, seed, before)
                look(here)
            except Blocked as blocked:
                assert "would live in two households" in str(blocked), first
                refused += 1
            except Exception as error:
                raise AssertionError(f"sequences from {first}") from error
            trial.rollback()
        session.expunge_all()
    assert refused * TOGETHER <= len(seeds) // 5


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_what_nobody_touched_comes_back(session: Session, part: int) -> None:
    play_all(session, range(part * PART, (part + 1) * PART))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_nobody_touched_comes_back_on_postgresql(session: Session) -> None:
    play_all(session, range(PARTS * PART, PARTS * PART + FEW))


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_nobody_touched_comes_back_in_many_sequences(session: Session) -> None:
    first = random.randrange(10**9)
    play_all(session, range(first, first + MANY))
