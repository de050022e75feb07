"""Old attempts, sessions and links go; what is in use and the audit record stay."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.audit import Doing
from donors.accounts.links import RESET, make_link
from donors.accounts.models import AuditEvent, OneTimeLink, SignInAttempt, SignInSession
from donors.accounts.prune import prune
from donors.accounts.queries import user
from donors.accounts.sessions import Browser, begin
from donors.accounts.throttle import remember, sign_in_try
from tests.cast import OLIVE, Person

AT = datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_what_is_old_goes_some_at_a_time(session: Session, cast: dict[Person, int]) -> None:
    for days in (102, 101, 100, 10, 0):
        at = AT - timedelta(days=days)
        remember(session, sign_in_try("a@example.org", address="", known_device=False, at=at), succeeded=False)
        begin(session, cast[OLIVE], browser=Browser("", ""), at=at, limit=timedelta(hours=12), complete=True)
        make_link(session, user(session, cast[OLIVE]), purpose=RESET, doing=Doing(at))
    removed = [prune(session, before=AT - timedelta(days=90), limit=2) for _ in range(3)]
    assert removed == [6, 3, 0]
    left = [
        session.scalar(select(func.count()).select_from(table))
        for table in (SignInAttempt, SignInSession, OneTimeLink, AuditEvent)
    ]
    assert left == [2, 2, 2, 5]
