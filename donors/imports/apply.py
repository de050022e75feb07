"""Writing the rows of one part, and keeping the verdicts on all of them, in the transaction of the caller."""

import json
import zlib
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol, cast

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from donors.constituents.create import create_many, unknown_giver
from donors.constituents.edit import add_external_id
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.core.money import exponent
from donors.imports import queries
from donors.imports.facts import Facts, GiftFacts, PersonFacts, newcomer
from donors.imports.judge import ASKS, NEW, UNKNOWN, UPDATED, WRITTEN, Books, Desk, Judged, judge
from donors.imports.models import FileImport, ImportRow, PartVerdicts

Verdict = list[Any]
"""[line, verdict, constituent id or none, id of the row that was made or found or none]"""


class Writes(Books, Protocol):
    """Books that also write."""

    def write(self, session: Session, rows: Sequence[Judged], *, within: ChangeSet) -> list[int]:
        """Writes rows that are not there yet and returns their ids in order."""

    def change(self, session: Session, one: Judged, *, within: ChangeSet) -> None:
        """Makes a row that is there what the file says."""


def check_part(session: Session, desk: Desk, row: FileImport, number: int) -> None:
    """Keeps the verdicts on the rows of a part. Nothing else is written."""
    decisions = _decisions(session, row.id, number)
    judged = judge(session, desk, queries.part_rows(session, row.id, number), decisions)
    _keep(session, row.id, number, judged, desk)


def apply_part(session: Session, desk: Desk, row: FileImport, number: int, *, within: ChangeSet) -> None:
    """Writes what the rows of a part become, and keeps the verdicts.

    Rows that were written before, by an earlier round, are left alone. Raises Invalid, NotFound.
    """
    every = queries.part_rows(session, row.id, number)
    done = {one[0]: one for one in queries.part_verdicts(session, row.id, number) if is_written(one)}
    decisions = _decisions(session, row.id, number)
    judged = judge(session, desk, [one for one in every if one[0] not in done], decisions)
    _write(session, desk, judged, within)
    _keep(session, row.id, number, judged, desk, done=list(done.values()))
    desk.memory.keys.clear()


def is_written(verdict: Verdict) -> bool:
    """Whether the row was written by its own import."""
    return verdict[1] in (*WRITTEN, UPDATED) and verdict[3] is not None


def _decisions(session: Session, import_id: int, number: int) -> dict[int, str]:
    rows = queries.rows_of_part(session, import_id, number)
    return {line: row.decision for line, row in rows.items() if row.decision is not None}


def _write(session: Session, desk: Desk, judged: Sequence[Judged], within: ChangeSet) -> None:
    books = cast(Writes, desk.books)
    ready = [one for one in judged if one.writes]
    _welcome(session, desk, ready, within)
    if ready:
        for one, made in zip(ready, books.write(session, ready, within=within), strict=True):
            one.target_id = made
    for one in judged:
        if one.verdict == UPDATED:
            _name(session, desk, one, within)
            books.change(session, one, within=within)


def _welcome(session: Session, desk: Desk, ready: Sequence[Judged], within: ChangeSet) -> None:
    """Makes the people who are new, and finds out everybody's id."""
    fresh = [one for one in ready if one.verdict == NEW]
    people = desk.memory.people
    for one, made in zip(fresh, _made(session, desk, fresh, within), strict=True):
        one.constituent_id = people[one.giver.sign] = made
    unknown = unknown_giver(session, within=within).id if any(one.verdict == UNKNOWN for one in ready) else None
    for one in ready:
        if one.verdict == UNKNOWN:
            one.constituent_id = unknown
        elif one.constituent_id is None:
            one.constituent_id = people[one.giver.sign]
    named: set[tuple[str, ...]] = set()
    for one in ready:
        if one.verdict != NEW and one.giver.external_id and one.how not in KEYED and one.giver.sign not in named:
            named.add(one.giver.sign)
            _name(session, desk, one, within)


KEYED = ("id", "new", "file", "unknown")


def _made(session: Session, desk: Desk, fresh: Sequence[Judged], within: ChangeSet) -> list[int]:
    source = desk.plan.source
    records = [one.facts.record if isinstance(one.facts, PersonFacts) else newcomer(one.giver, source) for one in fresh]
    return create_many(session, records, within=within)


def _name(session: Session, desk: Desk, one: Judged, within: ChangeSet) -> None:
    """Notes the id under which the file knows somebody who was found otherwise."""
    if one.giver.external_id and one.constituent_id and one.how != "id":
        row = session.get_one(Constituent, one.constituent_id)
        add_external_id(session, row, source=desk.plan.source, value=one.giver.external_id, within=within)


def _keep(
    session: Session, import_id: int, number: int, judged: Sequence[Judged], desk: Desk, *, done: Sequence[Verdict] = ()
) -> None:
    kept: list[Verdict] = [[one.line, one.verdict, one.constituent_id, one.target_id] for one in judged]
    counts = Counter(one[1] for one in (*done, *kept))
    amount = sum(worth(one.facts, desk) for one in judged if one.facts and one.verdict in WRITTEN)
    content = zlib.compress(json.dumps(sorted([*done, *kept], key=lambda one: one[0])).encode(), 1)
    session.execute(delete(PartVerdicts).where(PartVerdicts.import_id == import_id, PartVerdicts.number == number))
    values = {"import_id": import_id, "number": number, "content": content, "counts": {**counts, "amount": amount}}
    session.execute(insert(PartVerdicts).values(values))
    _keep_asking(session, import_id, number, judged)


def _keep_asking(session: Session, import_id: int, number: int, judged: Sequence[Judged]) -> None:
    known = queries.rows_of_part(session, import_id, number)
    for one in judged:
        row = known.pop(one.line, None)
        if one.verdict not in ASKS:
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
