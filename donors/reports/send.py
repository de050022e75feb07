"""Send: the main figures of kept reports by mail, once a week or a month, to those who asked for them."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.permissions import carries
from donors.accounts.visible import visible
from donors.core.changes import ChangeSet
from donors.mail.outbox import Letter, post, posted
from donors.reports.digest import Asking, Lines, digest
from donors.reports.kept import MONTH, REPORTS, path
from donors.reports.models import KeptReport

STALE_AFTER = timedelta(days=3)
PERIODS = {"week": "each week", "month": "each month"}


def period_key(every: str, on: date) -> str:
    """What names the week or the month that holds a day: 2026-W48, 2026-11."""
    if every == MONTH:
        return f"{on:%Y-%m}"
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02}"


def send_reports(session: Session, found: Sequence[tuple[KeptReport, User]], *, on: date, within: ChangeSet) -> int:
    """Puts the mails into the outbox that are not there yet, each once for its week or month; returns how many."""
    return sum(_send(session, row, user, on=on, within=within) for row, user in found)


def _send(session: Session, row: KeptReport, user: User, *, on: date, within: ChangeSet) -> bool:
    key = f"report/{row.id}/{period_key(row.every, on)}"
    if not carries(user.role, "reports.read") or posted(session, key) is not None:
        return False
    lines = digest(session, row.report, Asking(row.asked, visible(user), on))
    return post(session, _letter(row, user, lines, key=key, within=within), within=within)


def _letter(row: KeptReport, user: User, lines: Lines, *, key: str, within: ChangeSet) -> Letter:
    title = REPORTS[row.report][0]
    figures = "\n".join(f"{name}: {value}" for name, value in lines) or "There is nothing to tell yet."
    text = (
        f"Good morning {user.name},\n\n{row.name} ({title})\n\n{figures}\n\n"
        f"The whole report: {row.base}{path(row)}\n\n"
        f"This comes {PERIODS[row.every]}. To stop it: {row.base}/reports#kept\n"
    )
    return Letter(key, user.email, f"{row.name}: {title}", text, not_after=within.at + STALE_AFTER)
