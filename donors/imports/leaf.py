"""Leafing through the rows of an import: a page of those of one verdict, in the order of the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from donors.imports import queries
from donors.imports.fields import CONSTITUENTS
from donors.imports.judge import ASKS
from donors.imports.models import FileImport, ImportRow
from donors.imports.receive import headers_of
from donors.imports.result import reason

FALLBACK = ("email", "giver_external_id")
WHEN = {"gifts": "received_on", "hours": "worked_on"}
HOW_MUCH = {"gifts": ("amount",), "hours": ("hours", "minutes")}


@dataclass(frozen=True)
class Line:
    """A row as a page shows it. `measure` is the cell of the amount or the hours, as it stands in the file."""

    line: int
    name: str
    contact: str
    when: str
    measure: str
    verdict: str
    constituent_id: int | None = None
    target_id: int | None = None
    reason: str = ""
    remedy: str = ""
    problem: Mapping[str, Any] = field(default_factory=dict)
    decision: str | None = None


def counts(row: FileImport) -> dict[str, int]:
    """Verdict → how many rows; `amount` in minor units where there are gifts."""
    return {name: int(value) for name, value in row.counts.items()}


def leaf(session: Session, row: FileImport, *, verdict: str | None, limit: int, offset: int) -> list[Line]:
    """Some rows of a verdict (none: of all)."""
    if verdict in ASKS:
        asked = queries.rows_to_see(session, row.id, verdict=verdict, limit=limit, offset=offset)
        return list(_asked(session, row, asked))
    return list(_ordinary(session, row, verdict, limit, offset))


def _asked(session: Session, row: FileImport, asked: Any) -> Iterator[Line]:
    parts: dict[int, dict[int, list[str]]] = {}
    for one in asked:
        if one.part not in parts:
            parts[one.part] = {line: cells for line, cells, _ in queries.part_rows(session, row.id, one.part)}
        yield _line(row, parts[one.part].get(one.line, []), [one.line, one.verdict, None, None], one)


def _ordinary(session: Session, row: FileImport, verdict: str | None, limit: int, offset: int) -> Iterator[Line]:
    for number, found in queries.verdict_counts(session, row.id).items():
        here = found.get(verdict, 0) if verdict else sum(n for name, n in found.items() if name != "amount")
        if offset >= here:
            offset -= here
            continue
        cells = {line: own for line, own, _ in queries.part_rows(session, row.id, number)}
        asks = queries.rows_of_part(session, row.id, number)
        fitting = [one for one in queries.part_verdicts(session, row.id, number) if verdict in (None, one[1])]
        for told in fitting[offset : offset + limit]:
            yield _line(row, cells.get(told[0], []), told, asks.get(told[0]))
        limit, offset = limit - len(fitting[offset : offset + limit]), 0
        if limit <= 0:
            return


def _line(row: FileImport, cells: list[str], told: list[Any], asked: ImportRow | None) -> Line:
    place = {header: spot for spot, header in enumerate(headers_of(row))}

    def cell(field: str) -> str:
        spot = place.get(row.mapping.get(field, ""))
        return cells[spot].strip()[:80] if spot is not None and spot < len(cells) else ""

    called = cell("name") or f"{cell('given_name')} {cell('family_name')}".strip() or cell("organization")
    problem = (asked.problem or {}) if asked is not None else {}
    return Line(
        line=told[0],
        name=called
        or next(filter(None, map(cell, FALLBACK)), "")
        or (cell("external_id") if row.kind == CONSTITUENTS else ""),
        contact=cell("email") if called else "",
        when=cell(WHEN.get(row.kind, "")),
        measure=next(filter(None, map(cell, HOW_MUCH.get(row.kind, ()))), ""),
        verdict=told[1],
        constituent_id=told[2],
        target_id=told[3],
        reason=reason(problem),
        remedy=str(problem.get("remedy", "")),
        problem=problem,
        decision=asked.decision if asked is not None else None,
    )
