"""One-time links: short-lived, used once, kept as digests."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.audit import Doing
from donors.accounts.links import INVITE, RESET, asks_too_often, hash_for_link, make_link
from donors.accounts.links import use_link as use_link_with
from donors.accounts.models import OneTimeLink, User
from donors.accounts.queries import credential, user
from donors.accounts.users import deactivate_user
from donors.core.changes import Act, open_change
from donors.core.errors import Invalid, NotFound
from tests.cast import OLIVE, Person

AT = datetime(2026, 3, 9, 9, tzinfo=UTC)
NEW = "tablecloth under glass"


def use_link(session: Session, token: str, password: str, *, doing: Doing) -> User:
    """As the page does: the hash first, then the link."""
    return use_link_with(session, token, hash_for_link(session, token, password, at=doing.at), doing=doing)


def test_sets_a_password_once(session: Session, cast: dict[Person, int]) -> None:
    before = credential(session, cast[OLIVE]).password_hash
    token = make_link(session, user(session, cast[OLIVE]), purpose=RESET, doing=Doing(AT))
    assert use_link(session, token, NEW, doing=Doing(AT)).id == cast[OLIVE]
    assert credential(session, cast[OLIVE]).password_hash != before
    with pytest.raises(NotFound):
        use_link(session, token, NEW, doing=Doing(AT))


@pytest.mark.parametrize(("purpose", "lasts"), [(RESET, timedelta(hours=1)), (INVITE, timedelta(days=7))])
def test_runs_out(session: Session, cast: dict[Person, int], purpose: str, lasts: timedelta) -> None:
    token = make_link(session, user(session, cast[OLIVE]), purpose=purpose, doing=Doing(AT))
    with pytest.raises(NotFound):
        use_link(session, token, NEW, doing=Doing(AT + lasts))
    use_link(session, token, NEW, doing=Doing(AT + lasts - timedelta(seconds=1)))


def test_a_weak_password_does_not_use_it_up(session: Session, cast: dict[Person, int]) -> None:
    token = make_link(session, user(session, cast[OLIVE]), purpose=RESET, doing=Doing(AT))
    with pytest.raises(Invalid):
        use_link(session, token, "password123", doing=Doing(AT))
    use_link(session, token, NEW, doing=Doing(AT))


def test_a_new_link_voids_the_earlier_ones(session: Session, cast: dict[Person, int]) -> None:
    row = user(session, cast[OLIVE])
    first = make_link(session, row, purpose=INVITE, doing=Doing(AT))
    make_link(session, row, purpose=RESET, doing=Doing(AT + timedelta(minutes=1)))
    with pytest.raises(NotFound):
        use_link(session, first, NEW, doing=Doing(AT + timedelta(minutes=2)))


def test_no_token_is_kept(session: Session, cast: dict[Person, int]) -> None:
    token = make_link(session, user(session, cast[OLIVE]), purpose=RESET, doing=Doing(AT))
    row = session.scalars(select(OneTimeLink)).one()
    assert token not in (row.token_hash, row.purpose)
    with pytest.raises(NotFound):
        use_link(session, row.token_hash, NEW, doing=Doing(AT))


def test_nothing_for_a_deactivated_user(session: Session, cast: dict[Person, int]) -> None:
    row = user(session, cast[OLIVE])
    token = make_link(session, row, purpose=RESET, doing=Doing(AT))
    within = open_change(session, "user.deactivate", act=Act(by=None, at=AT, through="cli"))
    deactivate_user(session, row, within=within)
    with pytest.raises(NotFound):
        use_link(session, token, NEW, doing=Doing(AT))


def test_three_an_hour(session: Session, cast: dict[Person, int]) -> None:
    row = user(session, cast[OLIVE])
    for _ in range(3):
        assert not asks_too_often(session, row, at=AT)
        make_link(session, row, purpose=RESET, doing=Doing(AT))
    assert asks_too_often(session, row, at=AT + timedelta(minutes=59))
    assert not asks_too_often(session, row, at=AT + timedelta(minutes=61))
