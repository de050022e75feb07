"""Limits by network for public forms: how many posts a network has sent of late. No name and no address is kept.

What stands here are posts that were taken, or caught by the trap; those past the limits never come so far.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from donors.accounts.throttle import network
from donors.core.claims import changed
from donors.leads.models import NEW, Lead, LeadArrival

TAKEN, TRAPPED = "taken", "trapped"
LIMITS = ((timedelta(hours=1), 30), (timedelta(days=1), 120))
"""So many posts are taken from one network in such a time: a hall with one network fits in, a machine does not."""
OF_FORM = (timedelta(hours=1), 300)
"""So many leads are taken by one form in such a time, from whatever networks."""
KEEP = timedelta(days=2)


@dataclass(frozen=True)
class Post:
    """A post to a form, from an address, at an instant."""

    form_id: int
    address: str
    at: datetime


def is_too_many(session: Session, post: Post) -> bool:
    """Whether the network of a post has sent as many as it may, or its form has taken as many as it can."""
    return _of_network(session, post) or _of_form(session, post)


def _of_form(session: Session, post: Post) -> bool:
    span, most = OF_FORM
    taken = select(func.count(Lead.id)).where(Lead.status == NEW, Lead.received_at > post.at - span)
    return (session.scalar(taken.where(Lead.form_id == post.form_id)) or 0) >= most


def _of_network(session: Session, post: Post) -> bool:
    start, place = post.at - LIMITS[-1][0], network(post.address)
    found = session.execute(
        select(LeadArrival.at).where(LeadArrival.network == place, LeadArrival.at > start).limit(LIMITS[-1][1])
    )
    times = list(found.scalars())
    return any(sum(at > post.at - span for at in times) >= most for span, most in LIMITS)


def note_arrival(session: Session, post: Post, outcome: str) -> None:
    """Keeps that a post came."""
    row = LeadArrival(at=post.at, network=network(post.address), form_id=post.form_id, outcome=outcome)
    session.add(row)
    session.flush()


def count_arrivals(session: Session, *, since: datetime) -> dict[tuple[int, str], int]:
    """(Form, outcome) → posts since an instant."""
    found = (
        select(LeadArrival.form_id, LeadArrival.outcome, func.count())
        .where(LeadArrival.at >= since)
        .group_by(LeadArrival.form_id, LeadArrival.outcome)
    )
    return {(form_id, outcome): count for form_id, outcome, count in session.execute(found)}


def prune_arrivals(session: Session, *, before: datetime, limit: int) -> int:
    """Forgets posts from before an instant, at most so many."""
    old = select(LeadArrival.id).where(LeadArrival.at < before).order_by(LeadArrival.id).limit(limit)
    return changed(session, delete(LeadArrival).where(LeadArrival.id.in_(old)))
