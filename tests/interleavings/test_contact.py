"""Mails to one person that are written at once, and mails that are decided about while they leave."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, give
from donors.constituents.contact import add_point
from donors.constituents.models import Constituent
from donors.constituents.records import Email
from donors.core.db import transaction
from donors.core.errors import Conflict
from donors.core.settings import Organization, set_organization
from donors.mail.gate import Asked, ask
from donors.mail.models import Contact, ContactRefusal
from donors.mail.outbox import Letter, Origin, post_to
from donors.mail.steer import approve, give_up
from tests.constituents.people import TODAY
from tests.interleavings.conftest import House, opened
from tests.interleavings.meeting import errors, overlap, race, won


@pytest.fixture
def anna(house: House) -> int:
    """Anna has agreed to mail; one a week is enough."""
    with transaction() as session:
        within, who = opened(session), session.get_one(Constituent, house["Anna"])
        set_organization(session, Organization(contact_caps=("email/1/7",)), within=within)
        add_point(session, who, given=Email("anna@example.org", ""), within=within)
        give(session, who, said=Said("email", TODAY, "form"), within=within)
        return who.id


def write(session: Session, who: int, key: str, purpose: str = "news", *, held: bool = False) -> int | None:
    """Asks, and posts a mail if it may; its id."""
    within = opened(session)
    _answer, granted = ask(session, Asked(who, "email", purpose, key), within=within)
    if granted is None:
        return None
    letter = Letter(key, granted.address, "News", "Hello")
    return post_to(session, letter, granted, origin=Origin(is_held=held), within=within).id


@pytest.mark.parametrize("purpose", ["news", "thanks"])
@pytest.mark.parametrize("meet", [overlap, race])
def test_of_two_mails_at_once_the_second_sees_the_first(house: House, anna: int, purpose: str, meet: Any) -> None:
    mails = [partial(write, who=anna, key=f"plan/{number}", purpose=purpose) for number in (1, 2)]
    endings = meet(house.app, *mails)
    assert sorted(one is None for one in won(endings)) == [False, True]
    with transaction() as session:
        assert len(session.scalars(select(Contact)).all()) == len(session.scalars(select(ContactRefusal)).all()) == 1


@pytest.mark.parametrize("meet", [overlap, race])
def test_a_held_mail_is_approved_or_given_up_and_not_both(house: House, anna: int, meet: Any) -> None:
    with transaction() as session:
        mail_id = write(session, anna, "plan/1", held=True) or 0
    yes = lambda session: approve(session, mail_id, within=opened(session)).state  # noqa: E731
    no = lambda session: give_up(session, mail_id, reason="no", within=opened(session)).state  # noqa: E731
    endings = meet(house.app, yes, yes)
    assert won(endings) == ["todo"]
    assert errors(endings) == [Conflict]
    assert won(meet(house.app, no, no)) == ["dropped"]
