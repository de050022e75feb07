"""Leases: one process does what needs doing once. They save work; nothing that must be right depends on them."""

from datetime import timedelta

from sqlalchemy import case, or_, update
from sqlalchemy.orm import Session

from donors.core.claims import changed, database_now, insert_new
from donors.jobs.models import Lease
from donors.jobs.queries import leader

LENGTH = timedelta(seconds=30)


def hold(session: Session, name: str, *, owner: str, length: timedelta = LENGTH) -> int | None:
    """Takes or renews a lease by the database's time; returns its epoch, or none when somebody else holds it.

    A lease of which more than half is left is not written again.
    """
    now = database_now(session)
    held = leader(session, name)
    if held is not None and held.owner == owner and held.until > now + length / 2:
        return held.epoch
    insert_new(session, Lease, [{"name": name, "owner": "", "epoch": 0, "until": now}])
    mine = Lease.owner == owner
    values = {"owner": owner, "until": now + length, "epoch": Lease.epoch + case((mine, 0), else_=1)}
    if not changed(session, update(Lease).where(Lease.name == name, or_(mine, Lease.until <= now)).values(values)):
        return None
    session.expire_all()
    taken = leader(session, name)
    return None if taken is None else taken.epoch


def release(session: Session, name: str, *, owner: str) -> None:
    """Gives a lease up, so that the next process need not wait for its end."""
    now = database_now(session)
    changed(session, update(Lease).where(Lease.name == name, Lease.owner == owner).values(until=now))
