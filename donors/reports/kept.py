"""Kept reports: a report's question under a name, of one user, and how often its figures come by mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Invalid, NotFound
from donors.reports.models import KeptReport

LONGEST = 60
REPORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "levels": ("Level report", ("track", "as_of", "since")),
    "movement": ("Level movement", ("track", "as_of", "since")),
    "edges": ("Near an edge", ("track", "as_of", "which", "percent", "days")),
    "retention": ("Retention", ("by", "as_of", "unit", "soft")),
    "gains": ("Gains and losses", ("by", "as_of", "unit", "soft", "year")),
    "lybunt": ("Not yet back", ("by", "as_of", "unit", "soft", "which")),
    "trust": ("Data trust", ()),
}
"""Report → its title, and the arguments that its question may have."""
NEVER, WEEK, MONTH = "", "week", "month"
OFTEN = {NEVER: "Never by mail", WEEK: "Each week", MONTH: "Each month"}


@dataclass(frozen=True)
class Draft:
    """A question as somebody wants it kept."""

    report: str
    name: str
    asked: Mapping[str, str]
    every: str = NEVER
    base: str = ""


def kept_reports(session: Session, owner_id: int) -> Sequence[KeptReport]:
    """What a user keeps, by name."""
    mine = select(KeptReport).where(KeptReport.owner_id == owner_id)
    return session.scalars(mine.order_by(KeptReport.name, KeptReport.id)).all()


def kept_report(session: Session, kept_report_id: int, *, owner_id: int) -> KeptReport:
    """One of a user's own. Raises NotFound, also for those of others."""
    found = session.get(KeptReport, kept_report_id)
    if found is None or found.owner_id != owner_id:
        raise NotFound("kept report", kept_report_id)
    return found


def keep(session: Session, draft: Draft, *, owner_id: int, within: ChangeSet) -> KeptReport:
    """Keeps a question. Raises Invalid for a name that is missing, too long or taken, and for what is no report."""
    name = " ".join(draft.name.split())
    if draft.report not in REPORTS:
        raise Invalid("report", draft.report, "is no report", "Choose one of the reports.")
    if not name or len(name) > LONGEST:
        raise Invalid("name", name, "is missing or too long", f"Give a name of at most {LONGEST} characters.")
    taken = select(KeptReport.id).where(KeptReport.owner_id == owner_id, KeptReport.name == name)
    if session.scalar(taken) is not None:
        raise Invalid("name", name, "is taken", "Choose another name.")
    known = REPORTS[draft.report][1]
    asked = {word: value for word, value in draft.asked.items() if word in known and value}
    row = KeptReport(
        owner_id=owner_id,
        report=draft.report,
        name=name,
        asked=asked,
        every=_often(draft.every),
        base=draft.base.rstrip("/"),
    )
    return insert(session, row, within=within)


def send_every(session: Session, row: KeptReport, every: str, *, base: str, within: ChangeSet) -> None:
    """Changes how often the figures come by mail; `base` is where the installation is found now. Raises Invalid."""
    amend(session, row, within=within, every=_often(every), base=base.rstrip("/"))


def drop(session: Session, row: KeptReport, *, within: ChangeSet) -> None:
    """Takes a kept report away, and its mails."""
    remove(session, row, within=within)


def path(row: KeptReport) -> str:
    """The address of the report within the installation."""
    return f"/reports/{row.report}" + (f"?{urlencode(row.asked)}" if row.asked else "")


def wanted_by_mail(session: Session, *, after: int, limit: int) -> Sequence[tuple[KeptReport, User]]:
    """Those whose figures come by mail, of users who may still sign in, above an id."""
    found = (
        select(KeptReport, User)
        .join(User, User.id == KeptReport.owner_id)
        .where(KeptReport.every != NEVER, KeptReport.id > after, User.deactivated_at.is_(None))
    )
    return [(row, user) for row, user in session.execute(found.order_by(KeptReport.id).limit(limit))]


def _often(every: str) -> str:
    if every not in OFTEN:
        raise Invalid("every", every, "is not how often mails can come", "Choose never, each week or each month.")
    return every
