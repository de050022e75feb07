"""What kept files say of one person: found by what their lines became and by who stands in them; told, and forgotten.

Of a line that is forgotten the cells of the gift or the shift itself stay: books have to be kept. Only files are looked
through that have written something about the person, or nothing at all yet.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.folding import fold
from donors.imports import queries
from donors.imports.apply import is_written
from donors.imports.check import places
from donors.imports.fields import CONSTITUENTS, GIFTS, HOURS, LEADS
from donors.imports.judge import BAD
from donors.imports.models import FileImport, FilePart, ImportRow, PartVerdicts
from donors.imports.parse import Row, fault, packed_rows
from donors.imports.receive import headers_of

KEPT: Mapping[str, tuple[str, ...]] = {
    GIFTS: ("external_id", "amount", "currency", "rate", "received_on", "campaign", "appeal", "fund", "method"),
    HOURS: ("external_id", "worked_on", "hours", "minutes", "activity"),
    CONSTITUENTS: (),
    LEADS: ("external_id", "source", "received_on"),
}
"""Kind of file → the fields whose cells stay when a line is forgotten."""
FORGOTTEN = fault("row", "", "was about a person who was erased", "Leave it out.")


@dataclass(frozen=True)
class Known:
    """Whom to look for: numbers, the ids of their gifts and shifts, folded names, addresses and ids of other systems.

    `changes` are the change sets that wrote about them.
    """

    ids: frozenset[int]
    made: Mapping[str, frozenset[int]]
    signs: frozenset[str]
    changes: frozenset[int]


@dataclass(frozen=True)
class Line:
    """A line of a file about somebody: the name of the file, its number in it, and its cells by header."""

    file: str
    line: int
    cells: Mapping[str, str]


@dataclass
class _Part:
    file: FileImport
    number: int
    rows: list[Row]
    verdicts: list[list[Any]]
    asks: dict[int, ImportRow]
    lines: frozenset[int]


def lines_about(session: Session, who: Known) -> list[Line]:
    """The lines of kept files that are about somebody."""
    return [
        Line(part.file.name, line, dict(zip(headers_of(part.file), cells, strict=False)))
        for part in _parts(session, who)
        for line, cells, _fault in part.rows
        if line in part.lines
    ]


def forget_lines(session: Session, who: Known) -> int:
    """Empties the cells of those lines; returns how many they are. A line that was not written will not be."""
    forgotten = 0
    for part in _parts(session, who):
        kept = {place for field, place in _places(part.file).items() if field in KEPT[part.file.kind]}
        rows = [_without(row, kept) if row[0] in part.lines else row for row in part.rows]
        _put(session, FilePart, part, content=packed_rows(rows))
        for line in part.lines & part.asks.keys():
            part.asks[line].problem, part.asks[line].verdict, part.asks[line].decision = FORGOTTEN, BAD, None
        _judge_anew(session, part)
        forgotten += len(part.lines)
    session.flush()
    return forgotten


def forget_candidates(session: Session, names: Mapping[int, str]) -> None:
    """Lines about others that may be one of these persons name them as they are called now."""
    asking = select(ImportRow).where(ImportRow.problem.is_not(None))
    for row in session.scalars(asking).all():
        candidates = (row.problem or {}).get("candidates", [])
        if any(one["id"] in names for one in candidates):
            told = [one | {"name": names.get(one["id"], one["name"])} for one in candidates]
            row.problem = {**(row.problem or {}), "candidates": told}
    session.flush()


def _places(file: FileImport) -> dict[str, int]:
    return places(file.kind, headers_of(file), file.mapping)


def _without(row: Row, kept: Collection[int]) -> Row:
    line, cells, _known = row
    return line, [cell if place in kept else "" for place, cell in enumerate(cells)], FORGOTTEN


def _judge_anew(session: Session, part: _Part) -> None:
    """Lines that were not written are bad from now on."""
    bad = {one[0] for one in part.verdicts if one[0] in part.lines and one[1] != BAD and not is_written(one)}
    if not bad:
        return
    verdicts = [[line, BAD if line in bad else word, *rest] for line, word, *rest in part.verdicts]
    before = session.scalar(select(PartVerdicts.counts).where(*_of(PartVerdicts, part))) or {}
    counts = {**Counter(one[1] for one in verdicts), "amount": before.get("amount", 0)}
    _put(session, PartVerdicts, part, content=queries.packed_verdicts(verdicts), counts=counts)


def _of(table: Any, part: _Part) -> tuple[Any, ...]:
    return table.import_id == part.file.id, table.number == part.number


def _put(session: Session, table: Any, part: _Part, **values: Any) -> None:
    session.execute(update(table).where(*_of(table, part)).values(**values))


def _parts(session: Session, who: Known) -> Iterator[_Part]:
    """The parts of files that have such lines."""
    wrote = or_(among(session, FileImport.applied_in, sorted(who.changes)), FileImport.applied_in.is_(None))
    for file in session.scalars(select(FileImport).where(wrote).order_by(FileImport.id)).all():
        for number in range(file.parts):
            rows = queries.part_rows(session, file.id, number)
            verdicts = queries.part_verdicts(session, file.id, number)
            asks = queries.rows_of_part(session, file.id, number)
            lines = _lines(file, rows, verdicts, asks, who)
            if lines:
                yield _Part(file, number, rows, verdicts, asks, lines)


def _lines(
    file: FileImport, rows: Sequence[Row], verdicts: Sequence[Sequence[Any]], asks: Mapping[int, ImportRow], who: Known
) -> frozenset[int]:
    made = who.made.get(file.kind, frozenset())
    became = {line for line, _word, person, target in verdicts if person in who.ids or target in made}
    chosen = {
        line for line, ask in asks.items() if (ask.decision or "").isdecimal() and int(ask.decision or 0) in who.ids
    }
    named = {line for line, cells, _fault in rows if any(fold(cell.strip()) in who.signs for cell in cells if cell)}
    return frozenset(became | chosen | named)
