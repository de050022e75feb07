"""Tables of imports: the file as it was read, what was decided about it, and a verdict for each of its rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable

UPLOADED, CHECKING, CHECKED, APPLYING, REFRESHING = "uploaded", "checking", "checked", "applying", "refreshing"
APPLIED, UNDOING, SETTLING, UNDONE, FAILED = "applied", "undoing", "settling", "undone", "failed"
DISCARDED = "discarded"
BUSY = (CHECKING, APPLYING, REFRESHING, UNDOING, SETTLING)


class FileImport(Editable, Base):
    """One file on its way in, or out again.

    `kind` is gifts, constituents or hours; `source` scopes the file's ids; `mapping` leads from fields to headers,
    `options` holds how dates and likely matches are taken. `signature` tells files of the same kind and headers.
    `cursor` is how far the state at hand has come (parts when checking and applying, constituents when figures are
    refreshed), written in the transaction of the work itself, so that a killed import goes on where it stood.
    `applied_in` is the change set that holds all that the import wrote: undoing it undoes the import.
    """

    __tablename__ = "file_import"
    __table_args__ = (
        Index("ix_file_import_digest", "digest"),
        Index("ix_file_import_signature", "signature"),
        Index("ix_file_import_state", "state"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    source: Mapped[str]
    encoding: Mapped[str] = mapped_column(default="utf-8")
    delimiter: Mapped[str] = mapped_column(default=",")
    headers: Mapped[dict[str, Any]]
    signature: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    options: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=UPLOADED)
    rows: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]]
    applied_in: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"), index=True)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    uploaded_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


class FilePart(Base):
    """Some thousand rows of the file as they were read, once.

    `content` is compressed JSON, a list of [line, cells, fault].
    Kept in the database, so that every host and every backup has the file. Numbers start at 0.
    """

    __tablename__ = "file_part"

    import_id: Mapped[int] = mapped_column(ForeignKey("file_import.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PartVerdicts(Base):
    """The verdicts on the rows of one part: `content` is compressed JSON, a list for each row in order.

    `counts` holds how many rows of each verdict there are, for pages that leaf through them.
    """

    __tablename__ = "part_verdicts"

    import_id: Mapped[int] = mapped_column(ForeignKey("file_import.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    counts: Mapped[dict[str, Any]]


class ImportRow(Base):
    """A row of a file that asks for a person: why it was left out, whom it may be about, and what was decided.

    `verdict` is bad, likely or differs; `problem` names field, value and remedy, or the candidates. `decision` is new,
    update, leave, or the id of the constituent that was chosen.
    """

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_import_id_verdict", "import_id", "verdict", "line"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("file_import.id"), primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int]
    verdict: Mapped[str]
    problem: Mapped[dict[str, Any] | None]
    decision: Mapped[str | None]
