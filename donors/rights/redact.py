"""Taking a person's words away: out of rows, out of before-images, out of what acts say of themselves.

Each row that loses something leaves an entry of its own in the journal (act `erase`, with an empty image): that
something was there and was erased is on record, what it was is not. Before-images of earlier acts keep their place and
their numbers, and hold what an erased row holds; so an undo of those acts brings nothing back, and views of the past
show the person as erased. The images of rows that went for good lose all but their numbers, and no undo makes rows of
them again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, literal, null, or_, select, true, update
from sqlalchemy.orm import Session

from donors.core.bulk import among, table_of
from donors.core.changes import ChangeSet, JournalEntry, plain
from donors.core.claims import changed
from donors.core.images import is_recorded
from donors.rights.gather import Traces, about
from donors.rights.held import EMPTIED, GOES, HELD, PERSON, Held

ERASE = "erase"
KEYS = ("id", "created_in")
ENTRY = ("change_set_id", "table_name", "row_id", "act", "version", "before")


@dataclass(frozen=True)
class Gone:
    """Who is erased: number → what they are called from now on, and from which day."""

    names: Mapping[int, str]
    on: date

    @property
    def ids(self) -> list[int]:
        """Their numbers."""
        return list(self.names)

    def filled(self, held: Held, row_id: int) -> dict[str, Any]:
        """What the emptied columns of a row hold."""
        if held.table != PERSON or row_id not in self.names:
            return dict(held.fills)
        name = self.names[row_id]
        return {**held.fills, "name": name, "sort_name": name.lower()}


def redact_rows(session: Session, gone: Gone, found: Mapping[str, Traces], *, within: ChangeSet) -> dict[str, int]:
    """Lets rows go and empties texts, as the list says; returns table → how many rows it was."""
    session.flush()
    done: dict[str, int] = {}
    there = [held for held in HELD if held.table not in found or found[held.table].there]
    for held in reversed(there):
        if held.fate == GOES:
            done[held.table] = done.get(held.table, 0) + _let_go(session, held, gone.ids, within)
    for held in there:
        if held.fate == EMPTIED:
            done[held.table] = done.get(held.table, 0) + _empty(session, held, gone, within)
    session.expire_all()
    return {name: rows for name, rows in done.items() if rows}


def _let_go(session: Session, held: Held, ids: Sequence[int], within: ChangeSet) -> int:
    which = about(held, ids)
    _note(session, held, which, within)
    return changed(session, delete(held.rows).where(which))


def _empty(session: Session, held: Held, gone: Gone, within: ChangeSet) -> int:
    which = and_(about(held, gone.ids), _differs(held))
    _note(session, held, which, within)
    if held.table != PERSON:
        return _write(session, held, which, held.fills)
    columns = held.rows.c
    return sum(
        _write(session, held, columns.id == one, gone.filled(held, one) | {"erased_on": gone.on}) for one in gone.ids
    )


def _write(session: Session, held: Held, which: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    rises = {"version": held.rows.c.version + 1} if "version" in held.rows.c else {}
    return changed(session, update(held.rows).where(which).values(**values, **rises))


def _differs(held: Held) -> ColumnElement[bool]:
    """That there is anything to empty. JSON is not compared: such rows are few."""
    columns = [(held.rows.c[name], value) for name, value in held.fills.items()]
    if any(isinstance(value, dict | list) for _column, value in columns):
        return true()
    return or_(*(column.is_not(None) if value is None else column != value for column, value in columns))


def _note(session: Session, held: Held, which: ColumnElement[bool], within: ChangeSet) -> None:
    """Leaves an entry with an empty image for each of these rows."""
    table = held.rows
    if not is_recorded(table):
        return
    version = table.c.version if "version" in table.c else null()
    empty = literal({}, table_of(JournalEntry).c.before.type)
    entry = select(literal(within.id), literal(held.table), table.c.id, literal(ERASE), version, empty)
    session.execute(insert(JournalEntry).from_select(list(ENTRY), entry.where(which).order_by(table.c.id)))


def redact_journal(session: Session, gone: Gone, found: Mapping[str, Traces]) -> int:
    """Takes the words out of all before-images about a person; returns how many images lost something."""
    redacted = 0
    for name, one in ((name, one) for name, one in found.items() if one.entries):
        fates = [held for held in HELD if held.table == name]
        wanted = select(JournalEntry.id, JournalEntry.row_id, JournalEntry.act, JournalEntry.before)
        entries = session.execute(wanted.where(among(session, JournalEntry.id, sorted(one.entries)))).all()
        anew = [row for entry in entries if (row := _redacted(gone, fates, entry)) is not None]
        if anew:
            table = table_of(JournalEntry)
            statement = update(table).where(table.c.id == bindparam("entry"))
            session.execute(statement.values(act=bindparam("what"), before=bindparam("image")), anew)
        redacted += len(anew)
    return redacted


def _redacted(gone: Gone, fates: Sequence[Held], entry: Any) -> dict[str, Any] | None:
    """An entry as it is to be, none where nothing has to change."""
    if entry.act not in ("update", "delete"):
        return None
    before: dict[str, Any] = entry.before
    if any(held.fate == GOES for held in fates):
        links = {*KEYS, *(held.column for held in fates)}
        return {"entry": entry.id, "what": ERASE, "image": {key: one for key, one in before.items() if key in links}}
    fills: dict[str, Any] = {}
    for held in fates:
        fills |= gone.filled(held, entry.row_id)
    image = {key: plain(fills.get(key, one)) for key, one in before.items()}
    return None if image == before else {"entry": entry.id, "what": entry.act, "image": image}


def redact_acts(session: Session, changes: Iterable[int], names: Sequence[str], instead: str) -> None:
    """Takes a person's names out of what these acts say of themselves, and the reasons that were typed for them.

    The reason of an import is the name of its file, which is about many: there, names alone go.
    """
    wanted = among(session, ChangeSet.id, sorted(changes))
    for change in session.scalars(select(ChangeSet).where(wanted)).all():
        change.why = without(change.why, names, instead) if change.through == "import" else ""
        if change.outcome:
            change.outcome = without_in(change.outcome, names, instead)
    session.flush()


def without(text: str, names: Sequence[str], instead: str) -> str:
    """A text in which something else stands for each of these names."""
    for name in names:
        text = text.replace(name, instead)
    return text


def without_in(value: Any, names: Sequence[str], instead: str) -> Any:
    """The same for all texts of a JSON value."""
    if isinstance(value, str):
        return without(value, names, instead)
    if isinstance(value, list):
        return [without_in(one, names, instead) for one in value]
    if isinstance(value, dict):
        return {key: without_in(one, names, instead) for key, one in value.items()}
    return value
