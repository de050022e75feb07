"""Mails of changes of level: for each user and effect one a day at most, with all of them; names stay in the house."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet
from donors.levels.effects.notices import Digest, NoticeLine, digests_of, mark_mailed
from donors.levels.effects.words import Names, when
from donors.levels.models import Level
from donors.mail.outbox import Letter, post

LISTED = 500
STALE_AFTER = timedelta(days=1)


def post_notices(session: Session, users: Sequence[User], *, on: date, within: ChangeSet) -> int:
    """Puts the mails into the outbox and returns how many. What comes after a day's mail waits for the next."""
    posted = 0
    for each in (digest for user in users for digest in digests_of(session, user)):
        if post(session, _letter(session, each, on=on, within=within), within=within):
            mark_mailed(session, each.notice_ids, on=on)
            posted += 1
    return posted


def _letter(session: Session, digest: Digest, *, on: date, within: ChangeSet) -> Letter:
    effect, count = digest.effect, len(digest.lines)
    level = session.get(Level, effect.level_id) if effect.level_id else None
    about = when(effect, Names(levels={level.id: level.name} if level else {}))
    subject = f"{digest.lines[0].track}: {count} change{'s' if count > 1 else ''} of level"
    lines = [_line(line) for line in digest.lines[:LISTED]]
    if count > LISTED:
        lines.append(f"- and {count - LISTED} more")
    said = f"{about}, {digest.lines[0].track}." + (f" {effect.words}" if effect.words else "")
    text = (
        f"Good morning {digest.user.name},\n\n{said}\n\n" + "\n".join(lines) + "\n\nNames stand on your Today page.\n"
    )
    key = f"notice/{effect.id}/{digest.user.id}/{on.isoformat()}"
    return Letter(key, digest.user.email, subject, text, not_after=within.at + STALE_AFTER)


def _line(line: NoticeLine) -> str:
    old, new = line.old or "no level", line.new or "no level"
    return f"- {line.on.isoformat()}  constituent {line.constituent_id}: from {old} to {new}"
