"""One part of a file: its rows are judged, or judged and written, and the verdicts on all of them are kept."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.money import exponent
from donors.imports import queries
from donors.imports.facts import Facts, GiftFacts
from donors.imports.judge import ASKS, MATCHED, NEW, SAME, UPDATED, WRITTEN, Desk, Judged, judge
from donors.imports.models import FileImport, ImportRow, PartVerdicts
from donors.imports.write import write

Verdict = list[Any]
"""[line, verdict, constituent id or none, id of the row that was made or found or none]"""


def check_part(session: Session, desk: Desk, row: FileImport, number: int) -> None:
    """Keeps the verdicts on the rows of a part. Nothing else is written."""
    decisions = _decisions(session, row.id, number)
    judged = judge(session, desk, queries.part_rows(session, row.id, number), decisions)
    _keep(session, row.id, number, judged, desk)
    desk.memory.keep()


def apply_part(session: Session, desk: Desk, row: FileImport, number: int, *, within: ChangeSet) -> None:
    """Writes what the rows of a part become, and keeps the verdicts.

    Rows that were written before, by an earlier round, are left alone. Raises Conflict.
    """
    every = queries.part_rows(session, row.id, number)
    done = {one[0]: one for one in queries.part_verdicts(session, row.id, number) if is_written(one)}
    decisions = _decisions(session, row.id, number)
    judged = write(session, desk, [one for one in every if one[0] not in done], decisions, within=within)
    _keep(session, row.id, number, judged, desk, done=list(done.values()))
    desk.memory.keys.clear()


def is_written(verdict: Verdict) -> bool:
    """Whether the row was written by its own import."""
    return verdict[1] in (*WRITTEN, UPDATED) and verdict[3] is not None


def _decisions(session: Session, import_id: int, number: int) -> dict[int, str]:
    rows = queries.rows_of_part(session, import_id, number)
    return {line: row.decision for line, row in rows.items() if row.decision is not None}


def _keep(
    session: Session, import_id: int, number: int, judged: Sequence[Judged], desk: Desk, *, done: Sequence[Verdict] = ()
) -> None:
    kept: list[Verdict] = [[one.line, one.verdict, one.constituent_id, one.target_id] for one in judged]
    counts = Counter(one[1] for one in (*done, *kept))
    amount = sum(worth(one.facts, desk) for one in judged if one.facts and one.verdict in WRITTEN)
    content = queries.packed_verdicts([*done, *kept])
    session.execute(delete(PartVerdicts).where(PartVerdicts.import_id == import_id, PartVerdicts.number == number))
    values = {"import_id": import_id, "number": number, "content": content, "counts": {**counts, "amount": amount}}
    session.execute(insert(PartVerdicts).values(values))
    _keep_asking(session, import_id, number, judged)


def _keep_asking(session: Session, import_id: int, number: int, judged: Sequence[Judged]) -> None:
    known = queries.rows_of_part(session, import_id, number)
    for one in judged:
        row = known.pop(one.line, None)
        if one.verdict not in ASKS and not (one.verdict in (NEW, MATCHED, SAME) and one.problem):
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            row = ImportRow(import_id=import_id, line=one.line, part=number)
            session.add(row)
        row.verdict, row.problem, row.decision = one.verdict, one.problem, one.decision
    session.flush()


def worth(facts: Facts, desk: Desk) -> int:
    """Minor units of the organization's currency, for the totals that pages show."""
    if not isinstance(facts, GiftFacts):
        return 0
    home = desk.plan.organization.currency
    if facts.rate is None:
        return facts.amount
    return int(Decimal(facts.amount).scaleb(exponent(home) - exponent(facts.currency)) * Decimal(facts.rate))
