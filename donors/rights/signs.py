"""By what a person is or was named in texts that hold no number of theirs: mails to staff, files, what acts say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import JournalEntry
from donors.core.folding import fold
from donors.core.search_text import search_words
from donors.imports.fields import CONSTITUENTS, GIFTS, HOURS, LEADS
from donors.imports.forget import Known
from donors.rights.gather import Traces
from donors.rights.held import HELD

SHORTEST = 4
"""Letters of a name that is looked for in texts: shorter ones stand in too many words."""
PARTS = ("given_name", "middle_name", "family_name", "nickname")


@dataclass(frozen=True)
class Signs:
    """What the rows of a person said and say: of names, addresses, telephones, numbers in other systems."""

    said: Mapping[str, Sequence[Mapping[str, Any]]]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Full names and e-mail addresses, the longest first."""
        found: set[str] = set()
        for row in self.said["constituent"]:
            given, middle, family = (row.get(name) or "" for name in PARTS[:3])
            found |= {row.get("name") or "", _joined(given, family), _joined(given, middle, family)}
        for row in self.said["lead"]:
            found |= {_joined(row.get("given_name") or "", row.get("family_name") or ""), row.get("email") or ""}
        found |= {row.get(name) or "" for row in self.said["email_address"] for name in ("address", "folded")}
        whole = {name for name in found if len(name) >= SHORTEST and (" " in name or "@" in name)}
        return tuple(sorted(whole, key=lambda name: (-len(name), name)))

    @property
    def words(self) -> set[str]:
        """The single words of all names, as search compares them."""
        texts = (row.get(name) or "" for row in self.said["constituent"] for name in PARTS)
        return {word for text in texts for word in search_words(text)}

    @property
    def cells(self) -> frozenset[str]:
        """What may stand in a cell of a file, folded."""
        more = [row.get(name) or "" for row in self.said["phone"] for name in ("number", "digits")]
        more += [row.get("value") or "" for row in self.said["external_id"]]
        return frozenset(fold(one) for one in (*self.names, *more) if len(one) >= SHORTEST)


def signs_of(session: Session, found: Mapping[str, Traces]) -> Signs:
    """What rows and before-images of a person say."""
    return Signs({name: list(_said(session, name, found[name])) for name in SPEAKING})


SPEAKING = ("constituent", "email_address", "phone", "external_id", "lead")


def _said(session: Session, name: str, one: Traces) -> Iterator[Mapping[str, Any]]:
    table = next(held.rows for held in HELD if held.table == name)
    now = session.execute(select(table).where(among(session, table.c.id, sorted(one.there)))).all()
    yield from (dict(row._mapping) for row in now)
    rows = {row.id: dict(row._mapping) for row in now}
    before = select(JournalEntry.row_id, JournalEntry.before).where(
        among(session, JournalEntry.id, sorted(one.entries))
    )
    for row_id, image in session.execute(before.order_by(JournalEntry.id.desc())):
        rows[row_id] = rows.get(row_id, {}) | image
        yield rows[row_id]


TABLES = {GIFTS: "gift", HOURS: "shift", LEADS: "lead"}
"""Kind of file → the table that its lines become rows of."""


def known_as(ids: Sequence[int], found: Mapping[str, Traces], signs: Signs) -> Known:
    """All by which kept files may know them."""
    made = {kind: found[table].every for kind, table in TABLES.items()} | {CONSTITUENTS: frozenset(ids)}
    changes = frozenset(change for one in found.values() for change in one.changes)
    return Known(frozenset(ids), made, signs.cells, changes)


def _joined(*parts: str) -> str:
    return " ".join(part for part in _filled(parts))


def _filled(parts: Iterable[str]) -> Iterable[str]:
    return (part for part in parts if part.strip())
