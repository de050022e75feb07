"""Data trust: books that agree are good, and each thing that is wrong turns its own light."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from donors.core.changes import insert, open_change
from donors.giving.models import HARD, Credit, Gift, GiftSplit
from donors.giving.purposes import add_fund
from donors.imports.models import APPLIED, FileImport
from donors.jobs.health import health
from donors.levels.models import Level, Standing
from donors.reports.answers import Memory
from donors.reports.checks import BAD, GOOD, SOON, Batch, JobState, Told, batch_check, job_checks
from donors.reports.reconcile import batches, books, track_states
from donors.rollups.models import RollupFault
from tests.reports.giving_world import ACT, TODAY, World, draw


@pytest.fixture
def world(session: Session) -> World:
    return draw(session, seed=3, people=8, gifts=30)


def lights(session: Session) -> dict[str, str]:
    return {check.key: check.light for check in health(session, at=ACT.at).all}


def test_each_wrong_turns_its_own_light(session: Session, world: World) -> None:
    sound = lights(session)
    assert {key: light for key, light in sound.items() if not key.startswith("job")} == {
        "waiting": GOOD,
        "faults": SOON,  # they were never computed anew
        "splits": GOOD,
        "credits": GOOD,
        "imports": GOOD,
        **{f"track {one.ladder.id}": GOOD for one in track_states(session)},
        "waiting mails": GOOD,
        "waiting plans": GOOD,
        "waiting imports": GOOD,
        "scheduler": BAD,
    }
    worth = sum(gift.cents - gift.back for gift in world.gifts)
    found = books(session)
    assert (found.gifts, found.worth, found.credited) == (len(world.gifts), worth, worth)
    for wrong, key, light in (
        (a_credit_is_off, "credits", BAD),
        (a_split_is_off, "splits", BAD),
        (a_figure_differs, "faults", BAD),
        (bands_have_a_gap, "track 1", SOON),
        (a_batch_has_changed, "imports", SOON),
    ):
        wrong(session)
        assert lights(session) == sound | {key: light}, wrong.__name__
        session.rollback()


def a_credit_is_off(session: Session) -> None:
    one = select(Credit.id).where(Credit.kind == HARD, Credit.counts_to.is_(None)).limit(1).scalar_subquery()
    session.execute(update(Credit).where(Credit.id == one).values(base_amount=Credit.base_amount + 1))
    assert books(session).uncredited == len(books(session).examples) == 1


def a_split_is_off(session: Session) -> None:
    within = open_change(session, "test", act=ACT)
    gift = session.scalars(select(Gift)).first()
    assert gift is not None
    fund = add_fund(session, "Roof", within=within).id
    part = GiftSplit(gift_id=gift.id, fund_id=fund, amount=gift.amount - 1, base_amount=gift.base_amount - 1)
    insert(session, part, within=within)


def a_figure_differs(session: Session) -> None:
    fault = {"constituent_id": 1, "key": "lifetime_total", "stored": 1, "computed": 2}
    session.add(RollupFault(found_at=ACT.at, verified_on=TODAY, **fault))
    session.flush()


def bands_have_a_gap(session: Session) -> None:
    session.execute(update(Level).where(Level.track_id == 1, Level.position == 2).values(maximum=Level.maximum - 1))
    session.expire_all()


def a_batch_has_changed(session: Session) -> None:
    within = open_change(session, "test", act=ACT)
    row = {"kind": "gifts", "name": "spring.csv", "digest": "", "size": 1, "source": "", "signature": "", "options": {}}
    told = {"new": 2, "matched": 0, "unknown": 0, "amount": 5_000}
    made = FileImport(**row, headers={}, mapping={}, counts=told, state=APPLIED, uploaded_at=ACT.at)
    made.applied_in = within.id
    insert(session, made, within=within)


def test_who_has_a_figure_but_no_level_is_counted(session: Session, world: World) -> None:
    memory = Memory(lambda write: write(session), ACT.at)
    giving = next(one for one in track_states(session, memory=memory) if one.ladder.name == "Giving")
    assert giving.without == 0
    standing = session.scalars(select(Standing).where(Standing.track_id == giving.ladder.id)).first()
    assert standing is not None
    session.execute(delete(Standing).where(Standing.track_id == giving.ladder.id))
    assert track_states(session)[0].without > 0
    session.rollback()


def test_what_a_change_set_wrote_is_added_up(session: Session, world: World) -> None:
    [wrote] = session.scalars(select(Gift.created_in).distinct())
    assert batches(session, [wrote, 987]) == {
        wrote: Batch(wrote, len(world.gifts), sum(gift.cents for gift in world.gifts))
    }
    assert batches(session, []) == {}


def test_rules_of_lights() -> None:
    told = [Told(1, "a.csv", 7, 2, 300), Told(2, "b.csv", 8, 0, 0)]
    assert batch_check(told, {7: Batch(7, 2, 300)}).light == GOOD
    assert batch_check(told, {7: Batch(7, 1, 200)}).light == SOON
    at = ACT.at
    jobs = [
        JobState("refresh", at, failing=False, waits=False),
        JobState("refresh", at - timedelta(days=3), failing=False, waits=False),
        JobState("drain", None, failing=False, waits=True),
        JobState("verify", at, failing=True, waits=False),
    ]
    assert [check.light for check in job_checks(jobs, at=at, alive=True)] == [GOOD, GOOD, SOON, GOOD, BAD]
