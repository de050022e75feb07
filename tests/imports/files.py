"""Files for tests, and the acts of an import without a page or a command around them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from donors.core.changes import Act
from donors.core.db import transaction
from donors.imports import map as mapping_of
from donors.imports.models import FileImport
from donors.imports.parse import read
from donors.imports.queries import file_import
from donors.imports.receive import Incoming, receive, start_apply, start_check, start_undo
from donors.imports.unpack import Source
from donors.imports.work import advance

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
ACT = Act(None, AT, "import")


def clock() -> datetime:
    """Noon of 9 March 2026."""
    return AT


def incoming(content: bytes | str, kind: str = "gifts", *, encoding: str | None = None, **said: Any) -> Incoming:
    """A file that was read, with the columns that are recognized."""
    plain = content.encode() if isinstance(content, str) else content
    reading = read(Source("test.csv", lambda: BytesIO(plain)), encoding=encoding)
    mapping = mapping_of.recognized(kind, reading.headers)
    return Incoming(kind, "test.csv", reading, size=len(plain), mapping=said.pop("mapping", mapping), **said)


def taken(content: bytes | str, kind: str = "gifts", **said: Any) -> int:
    """The id of an import that was applied as far as it goes."""
    number = received(content, kind, **said)
    apply(number)
    return number


def received(content: bytes | str, kind: str = "gifts", **said: Any) -> int:
    """The id of an import that came in."""
    with transaction() as session:
        return receive(session, incoming(content, kind, **said), act=ACT).id


def check(number: int) -> None:
    """Checks an import to its end."""
    with transaction() as session:
        start_check(session, file_import(session, number))
    advance(number, clock=clock)


def apply(number: int) -> None:
    """Applies an import to its end."""
    with transaction() as session:
        start_apply(session, file_import(session, number), act=ACT)
    advance(number, clock=clock)


def take_back(number: int) -> None:
    """Undoes an import to its end."""
    with transaction() as session:
        start_undo(session, file_import(session, number), act=ACT)
    advance(number, clock=clock)


def state(session: Session, number: int) -> FileImport:
    """The import as it stands."""
    session.expire_all()
    return file_import(session, number)


def counts(session: Session, number: int) -> Mapping[str, int]:
    """Rows by verdict."""
    found = dict(state(session, number).counts)
    for other in ("amount", "levels"):
        found.pop(other, None)
    session.rollback()
    return found


def gifts_file(rows: int, *, seed: int = 7) -> str:
    """A file of the shape of a marathon's: keys of givers, instants, one in five of nobody known."""
    drawn = Random(seed)
    lines = ["gift_key,donor_key,received_at,amount,campaign,anonymous,with_comment"]
    for number in range(1, rows + 1):
        giver = "" if drawn.random() < 0.2 else f"D{drawn.randrange(rows // 3 + 1):05d}"
        minute = drawn.randrange(365 * 24 * 60)
        day, rest = divmod(minute, 24 * 60)
        when = datetime.fromordinal(datetime(2025, 1, 1).toordinal() + day).replace(hour=rest // 60, minute=rest % 60)
        cents = drawn.choice((100, 500, 1000, 2500, 5000)) + drawn.randrange(100)
        amount = f"{cents // 100}.{cents % 100:02d}"
        lines.append(f"G{number:06d},{giver},{when.isoformat()}Z,{amount},marathon,{'no' if giver else 'yes'},no")
    return "\n".join(lines) + "\n"
