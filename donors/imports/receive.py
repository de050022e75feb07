"""A file comes in: read once, kept in parts; and what people then say of it: mapping, check, apply, decide, undo."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from donors.core.bulk import load
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.errors import Blocked, Invalid
from donors.imports import map as mapping_of
from donors.imports import queries
from donors.imports.models import (
    APPLIED,
    APPLYING,
    BUSY,
    CHECKED,
    CHECKING,
    DISCARDED,
    FAILED,
    REFRESHING,
    SETTLING,
    UNDOING,
    UPLOADED,
    FileImport,
    FilePart,
    ImportRow,
    PartVerdicts,
)
from donors.imports.parse import Reading
from donors.workflows.imports import begin_taking_back

DEFAULT_SOURCE = "file"


@dataclass(frozen=True)
class Incoming:
    """A file that was read, with what is said of it: its kind, its source (whose ids it holds), mapping, options."""

    kind: str
    name: str
    reading: Reading
    size: int = 0
    source: str = DEFAULT_SOURCE
    mapping: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Tells files of the same rows, however they were packed."""
        whole = hashlib.sha256("\0".join(self.reading.headers).encode())
        for part in self.reading.parts:
            whole.update(part)
        return whole.hexdigest()


def receive(session: Session, incoming: Incoming, *, act: Act) -> FileImport:
    """Keeps a file with its change set. Raises Invalid when the source has no name."""
    if not incoming.source.strip():
        raise Invalid("source", "", "is missing", "Name the system that the file comes from.")
    reading = incoming.reading
    change = open_change(session, "import.upload", act=act)
    row = FileImport(
        kind=incoming.kind,
        name=incoming.name[:200],
        digest=incoming.digest,
        size=incoming.size,
        source=incoming.source.strip(),
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        headers={"names": list(reading.headers)},
        signature=mapping_of.signature(incoming.kind, reading.headers),
        mapping=dict(incoming.mapping),
        options=dict(incoming.options),
        rows=reading.rows,
        parts=len(reading.parts),
        counts={},
        uploaded_by=act.by,
        uploaded_at=act.at,
    )
    insert(session, row, within=change)
    parts = ((row.id, number, content) for number, content in enumerate(reading.parts))
    load(session, FilePart, ("import_id", "number", "content"), parts)
    change.outcome = {"import_id": row.id, "location": f"/imports/{row.id}"}
    return row


def headers_of(row: FileImport) -> list[str]:
    """The headers of a file."""
    return list(row.headers["names"])


def set_mapping(row: FileImport, mapping: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Says which column tells what, before the check. Raises Invalid, and Blocked once rows were written."""
    _only(row, UPLOADED, CHECKED)
    row.mapping = dict(mapping_of.checked(row.kind, headers_of(row), mapping))
    row.options = {**row.options, **options}


def start_check(session: Session, row: FileImport) -> None:
    """Lets the check begin; verdicts of an earlier one go, decisions too. Raises Invalid, Blocked."""
    _only(row, UPLOADED, CHECKED)
    mapping_of.checked(row.kind, headers_of(row), row.mapping)
    session.execute(delete(ImportRow).where(ImportRow.import_id == row.id))
    session.execute(delete(PartVerdicts).where(PartVerdicts.import_id == row.id))
    _move(row, CHECKING)


def start_apply(session: Session, row: FileImport, *, act: Act) -> ChangeSet:
    """Lets the writing begin, or go on with what was decided since. Raises Invalid, Blocked."""
    _only(row, UPLOADED, CHECKED, APPLIED, FAILED)
    mapping_of.checked(row.kind, headers_of(row), row.mapping)
    if row.applied_in is None:
        change = open_change(session, f"import.{row.kind}", act=act)
        change.state, change.outcome = "open", {"import_id": row.id, "location": f"/imports/{row.id}"}
        row.applied_in = change.id
        session.flush()
    change = session.get_one(ChangeSet, row.applied_in)
    if change.state in {"undoing", "undone"}:
        raise Blocked("This file is not applied", ("It was undone; upload it again.",))
    change.state = "open"
    _move(row, APPLYING)
    return change


def start_undo(session: Session, row: FileImport, *, act: Act) -> ChangeSet:
    """Lets the undo begin. Raises Blocked, with what stands in its way."""
    _only(row, APPLIED, FAILED, APPLYING, REFRESHING)
    if row.applied_in is None:
        raise Blocked("This file is not undone", ("Nothing of it was written.",))
    undoing = begin_taking_back(session, session.get_one(ChangeSet, row.applied_in), act=act)
    _move(row, UNDOING)
    return undoing


def decide(session: Session, row: FileImport, line: int, decision: str) -> int:
    """Notes what a person decided of a row, and of all rows about the same giver; returns how many those are.

    `decision` is new, leave, update, or the id of one of the candidates. Raises NotFound, Invalid, Blocked.
    """
    _only(row, CHECKED, APPLIED)
    asked = queries.row_to_see(session, row.id, line)
    problem = asked.problem or {}
    known = {str(one["id"]) for one in problem.get("candidates", ())}
    allowed = known | {"new", "leave"} if known else {"update", "leave"}
    if asked.verdict == "bad" or decision not in allowed:
        raise Invalid("decision", decision, "is not one of the choices", "Reload the page.")
    sign = problem.get("sign")
    same = [one for one in queries.rows_to_see(session, row.id) if sign and (one.problem or {}).get("sign") == sign]
    for one in same or [asked]:
        one.decision = decision
    session.flush()
    return len(same) or 1


def decide_all(session: Session, row: FileImport, verdict: str, decision: str) -> int:
    """The same decision for all rows of a verdict: differs → update or leave, likely → new or leave."""
    _only(row, CHECKED, APPLIED)
    if decision not in {"differs": {"update", "leave"}, "likely": {"new", "leave"}}.get(verdict, set()):
        raise Invalid("decision", decision, "is not one of the choices", "Reload the page.")
    rows = queries.rows_to_see(session, row.id, verdict=verdict)
    for one in rows:
        one.decision = decision
    session.flush()
    return len(rows)


def discard(session: Session, row: FileImport) -> None:
    """Lets go of a file of which nothing was written; only its name stays. Raises Blocked."""
    if row.applied_in is not None:
        raise Blocked("This file is not discarded", ("Rows of it were written: undo it instead.",))
    for model in (ImportRow, PartVerdicts, FilePart):
        session.execute(delete(model).where(model.import_id == row.id))
    row.state, row.parts = DISCARDED, 0
    session.flush()


def _move(row: FileImport, state: str) -> None:
    row.state, row.cursor, row.error = state, 0, ""


def _only(row: FileImport, *states: str) -> None:
    if row.state not in states:
        busy = row.state in (*BUSY, SETTLING)
        reason = "It is being worked on; wait until it is done." if busy else f"It is {row.state}."
        raise Blocked("This file stays as it is", (reason,))
