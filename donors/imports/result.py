"""The file as it came, with a verdict for each row: what people take home to mend what was left out."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from donors.imports import queries
from donors.imports.fields import CONSTITUENTS, LEADS
from donors.imports.models import FileImport, ImportRow
from donors.imports.receive import headers_of

ADDED = ("line", "verdict", "reason", "remedy", "constituent_id", "record_id")
RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")
WORDS = {
    "new": "new, with somebody new",
    "matched": "new, of somebody known",
    "unknown": "new, of nobody known",
    "same": "here already",
    "updated": "updated from the file",
    "differs": "here already, with other content",
    "likely": "waits: who is it?",
    "left": "left out by decision",
    "bad": "left out",
}
"""Verdict → how people are told."""
OWN_WORDS = {
    CONSTITUENTS: {"new": "somebody new", "matched": "known already"},
    LEADS: {"new": "a new lead"},
}
"""The same where a file holds people, and not what they gave or did."""


def words_of(kind: str) -> dict[str, str]:
    """How verdicts on the rows of a kind of file are told."""
    return WORDS | OWN_WORDS.get(kind, {})


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula. Plain numbers stay numbers."""
    if not cell.startswith(RISKY) or _is_number(cell):
        return cell
    return "'" + cell


def lines(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV text, a piece for each row; a row is its cells and the added columns."""
    yield _csv([*headers, *ADDED])
    for row in rows:
        yield _csv(row)


def result_rows(session: Session, row: FileImport) -> Iterator[list[Any]]:
    """Cells and added columns of all rows of an import that was checked or applied."""
    for number in range(row.parts):
        asks = queries.rows_of_part(session, row.id, number)
        verdicts = {one[0]: one for one in queries.part_verdicts(session, row.id, number)}
        for line, cells, _ in queries.part_rows(session, row.id, number):
            told = verdicts.get(line, [line, "", None, None])
            yield result_row(row, cells, told, _problem(asks.get(line)))


def result_row(row: FileImport, cells: Sequence[str], told: Sequence[Any], problem: Mapping[str, Any]) -> list[Any]:
    """One row of the result: its own cells, filled up to the headers, and what became of it."""
    headers = headers_of(row)
    own = [*cells, *[""] * (len(headers) - len(cells))][: len(headers)]
    line, verdict, constituent_id, target_id = told
    return [
        *own,
        line,
        words_of(row.kind).get(verdict, verdict),
        reason(problem),
        problem.get("remedy", ""),
        constituent_id,
        target_id,
    ]


def reason(problem: Mapping[str, Any]) -> str:
    """Why a row waits or was left out, in one sentence."""
    if problem.get("candidates"):
        shown = (f"{one['name']} ({', '.join(one['reasons'])})" for one in problem["candidates"])
        return f"{problem.get('name', '')} may be {' or '.join(shown)}"
    if "above" in problem:
        return f"may be the same as the new one of row {problem['above']}"
    if "left" in problem:
        return f"the file tells another {', '.join(problem['left'])}, which was not taken over"
    if not problem:
        return ""
    value = f" “{problem['value']}”" if problem.get("value") else ""
    return f"{problem.get('field', '')}{value} {problem.get('problem', '')}".strip()


def _problem(asked: ImportRow | None) -> Mapping[str, Any]:
    return (asked.problem or {}) if asked is not None else {}


def _csv(cells: Iterable[Any]) -> str:
    sink = io.StringIO()
    csv.writer(sink).writerow(["" if cell is None else guarded(str(cell)) for cell in cells])
    return sink.getvalue()


def _is_number(cell: str) -> bool:
    return cell[1:].replace(".", "", 1).isdigit() and cell[0] in "+-"
