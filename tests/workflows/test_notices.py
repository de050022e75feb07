"""Notices of changes of level: on Today until they are seen, and one mail a day for each user and effect."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import Grant, User
from donors.accounts.visible import EVERYTHING, visible
from donors.core.changes import insert, open_change
from donors.levels.effects.decide import FALL, NOTICE, RISE
from donors.levels.effects.notices import count_notices, digests_of, mark_seen, notices, users_to_mail
from donors.mail.models import Outbox
from donors.workflows.notices import post_notices
from tests.workflows.effect_world import ACT, TODAY, World


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def mail(session: Session, days: int = 0) -> int:
    """Mails what is to be mailed on a day; returns how many mails that makes."""
    within = open_change(session, "tell", act=ACT)
    return post_notices(session, users_to_mail(session, after=0, limit=9), on=TODAY + timedelta(days), within=within)


def letters(session: Session) -> list[Any]:
    """What is in the outbox."""
    return list(session.scalars(select(Outbox).order_by(Outbox.id)))


def test_one_mail_a_day_lists_all(world: World, session: Session) -> None:
    olive, sam = world.user("Olive"), world.user("Sam")
    rising = world.effect(RISE, NOTICE, users=[olive, sam], words="Say thank you.")
    world.effect(FALL, NOTICE, None, users=[olive])
    people = [world.person(f"Person {number}") for number in range(3)]
    world.moved(*people)
    world.moved(people[0], old="Patron", new=None)
    assert mail(session) == 3
    first = letters(session)[0]
    assert (first.key, first.to_address) == (f"notice/{rising.id}/{olive}/2026-03-10", "olive@example.org")
    assert first.subject == "Giving: 3 changes of level"
    for said in ("On rising to Patron, Giving. Say thank you.", f"constituent {people[2]}: from Friend to Patron"):
        assert said in first.text_body
    assert "Person" not in first.text_body
    assert mail(session) == 0
    world.moved(people[0], old=None, new="Patron")
    assert mail(session) == 0  # what comes later on the day waits for the next
    assert mail(session, days=1) == 2
    assert users_to_mail(session, after=0, limit=9) == []


def test_nobody_is_mailed_who_cannot_or_may_not_know(world: World, session: Session) -> None:
    olive, sam, practice = world.user("Olive"), world.user("Sam"), world.user("Paul", practice=True)
    world.effect(RISE, NOTICE, users=[olive, sam, practice])
    hidden = world.person("Hilda", confidential=True)
    insert(session, Grant(user_id=olive, constituent_id=hidden, reason="hers"), within=world.change)
    world.moved(hidden)
    assert mail(session) == 1
    assert [one.to_address for one in letters(session)] == ["olive@example.org"]
    assert digests_of(session, session.get_one(User, sam)) == []
    assert count_notices(session, sam, sees=visible(session.get_one(User, sam))) == 0
    assert count_notices(session, olive, sees=visible(session.get_one(User, olive))) == 1


def test_notices_stand_until_they_are_seen(world: World, session: Session) -> None:
    olive, sam = world.user("Olive"), world.user("Sam")
    world.effect(RISE, NOTICE, users=[olive, sam])
    anna, ben = world.person(), world.person("Ben")
    world.moved(anna)
    [line] = notices(session, olive, sees=EVERYTHING)
    assert (line.name, line.old, line.new, line.track, line.on) == ("Anna", "Friend", "Patron", "Giving", TODAY)
    world.moved(ben)
    assert mark_seen(session, olive, on=TODAY, up_to=line.id) == 1
    assert [one.name for one in notices(session, olive, sees=EVERYTHING)] == ["Ben"]
    assert [one.name for one in notices(session, olive, sees=EVERYTHING, seen=True)] == ["Ben", "Anna"]
    assert count_notices(session, sam, sees=EVERYTHING) == 2
