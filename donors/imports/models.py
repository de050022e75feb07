"""Tables of imports: the file as it came, what was decided about it, and a verdict for each of its rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable

UPLOADED, CHECKING, CHECKED, APPLYING, APPLIED = "uploaded", "checking", "checked", "applying", "applied"
UNDOING, UNDONE, FAILED = "undoing", "undone", "failed"


class FileImport(Editable, Base):
    """One file on its way in.

    `kind` is gifts, constituents or hours; `source` scopes the file's ids; `mapping` leads from headers to fields.
    `cursor` is the last line that is done in the state at hand, so that a killed import goes on where it stood.
    `applied_in` is the change set that holds all that the import wrote: undoing it undoes the import.
    """

    __tablename__ = "file_import"
    __table_args__ = (Index("ix_file_import_digest", "digest"),)

    kind: Mapped[str]
    name: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    source: Mapped[str]
    encoding: Mapped[str] = mapped_column(default="utf-8")
    delimiter: Mapped[str] = mapped_column(default=",")
    headers: Mapped[dict[str, Any]]
    mapping: Mapped[dict[str, Any]]
    options: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=UPLOADED)
    rows: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]]
    applied_in: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"), index=True)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    uploaded_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


class FilePart(Base):
    """A piece of the uploaded file, gzip-compressed as a whole, so that every host and every backup has it."""

    __tablename__ = "file_part"

    import_id: Mapped[int] = mapped_column(ForeignKey("file_import.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """What became, or would become, of one line of a file.

    `verdict` is new, matched, same, differs, likely (a person decides) or bad; `problem` names field, value and remedy.
    `target_id` is the row that was made or found: a gift, a constituent or a shift.
    """

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_import_id_verdict", "import_id", "verdict", "line"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("file_import.id"), primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str]
    constituent_id: Mapped[int | None]
    target_id: Mapped[int | None]
    problem: Mapped[dict[str, Any] | None]
    decision: Mapped[str | None]
