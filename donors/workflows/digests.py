"""The mail in the morning: one a day for each user who wants it and has something to be told.

Names of constituents stay in the house: of what is to be looked at again it says how much. On weekends and closed days
nobody is written to, nor is who is away; what was handed over or came back in the meantime stands in the next mail.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.absences import away, stood_in_for
from donors.accounts.models import User
from donors.core.calendar import add_working_days, is_working
from donors.core.changes import ChangeSet
from donors.core.clock import first_instant
from donors.core.settings import organization
from donors.mail.outbox import Letter, post
from donors.pipeline.portfolios.returns import Came, came_back
from donors.plans.queries.digests import Digest, Item, Some, digests
from donors.plans.queries.mine import count_due

AT = time(6)
"""When the mails of a day are written, by the organization's clocks."""
STALE_AFTER = timedelta(days=1)


def morning(session: Session, *, on: date, after: int, limit: int) -> Sequence[Digest]:
    """What some users are to be told on a day; nobody on a weekend or a closed day."""
    here = organization(session)
    if not is_working(on, here.closed):
        return []
    before = add_working_days(on, -1, here.closed)
    since = first_instant(datetime.combine(before, AT), here.zone)
    return digests(session, on=on, since=since, after=after, limit=limit)


@dataclass(frozen=True)
class Beside:
    """What a mail tells beside one's own tasks: for whom one stands in, with the tasks that are due, and how much is to
    be looked at again."""

    others: Sequence[tuple[str, int]]
    back: Came

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not self.others and self.back == Came()


def post_digests(session: Session, found: Sequence[Digest], *, on: date, within: ChangeSet) -> int:
    """Puts the mails into the outbox, each at most once for a user and a day, and returns how many."""
    before = add_working_days(on, -1, organization(session).closed)
    back = came_back(session, [digest.user_id for digest in found], after=before, on=on)
    spans = away(session, since=on)
    absent = {user_id for user_id, each in spans.items() if any(span.holds(on) for span in each)}
    posted = 0
    for digest in found:
        if digest.user_id in absent:
            continue
        others = _stood_in_for(session, sorted(stood_in_for(spans, digest.user_id, on=on)), on=on)
        beside = Beside(others, back.get(digest.user_id, Came()))
        if not (digest.is_empty and beside.is_empty):
            posted += post(session, _letter(digest, beside, on=on, within=within), within=within)
    return posted


def _stood_in_for(session: Session, ids: Sequence[int], *, on: date) -> list[tuple[str, int]]:
    """Name → how many tasks are due, of those for whom somebody stands in today."""
    if not ids:
        return []
    counts = count_due(session, ids, on=on)
    names = session.execute(select(User.id, User.name).where(User.id.in_(counts)).order_by(User.name))
    return [(row.name, counts[row.id]) for row in names]


def _letter(digest: Digest, beside: Beside, *, on: date, within: ChangeSet) -> Letter:
    lines = [f"Good morning {digest.name},", *_body(digest, beside, on)]
    lines += ["", "All of it stands on your Today page. You can turn this mail off under My account."]
    key = f"digest/{digest.user_id}/{on.isoformat()}"
    text = "\n".join(lines) + "\n"
    return Letter(key, digest.email, _subject(digest, beside), text, not_after=within.at + STALE_AFTER)


def _subject(digest: Digest, beside: Beside) -> str:
    due, late = digest.due.count, digest.late.count
    said = [f"{due} due today"] if due else []
    said += [f"{late} late"] if late else []
    if said:
        return "Your tasks: " + ", ".join(said)
    if digest.handed.count:
        return "Tasks were handed to you" if digest.handed.count > 1 else "A task was handed to you"
    if beside.others:
        return "Tasks wait for whoever stands in"
    return "Tasks wait in your queues" if digest.queues else "Somebody is to be looked at again"


def _body(digest: Digest, beside: Beside, on: date) -> Iterator[str]:
    yield from _block("Due today", digest.due, on)
    yield from _block("Late", digest.late, on)
    yield from _block("Handed to you", digest.handed, on)
    if digest.queues:
        yield from ("", "Waiting in your queues", *(f"- {name}: {count}" for name, count in digest.queues))
    if beside.others:
        yield from ("", "You stand in for", *(f"- {name}: {count} due" for name, count in beside.others))
    if beside.back != Came():
        counted = (("Prospects", beside.back.prospects), ("Asks", beside.back.asks))
        yield from ("", "To look at again", *(f"- {what}: {count}" for what, count in counted if count))


def _block(title: str, some: Some, on: date) -> Iterator[str]:
    if not some.count:
        return
    yield from ("", f"{title} ({some.count})")
    yield from (_line(item, on) for item in some.items)
    if some.count > len(some.items):
        yield f"- and {some.count - len(some.items)} more"


def _line(item: Item, on: date) -> str:
    days = (on - item.due_on).days
    when = f"{item.due_on.isoformat()}  " if days else ""
    late = f" ({days} day{'s' if days > 1 else ''} late)" if days > 0 else ""
    word = f" – {' '.join(item.word.split())}" if item.word else ""
    return f"- {when}{' '.join(item.subject.split())}{late}{word}"
