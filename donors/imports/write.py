"""Writing the rows of a part together, so that what stands in the way of one keeps no other row out."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from donors.constituents.create import create_sound, unknown_giver
from donors.constituents.edit import add_external_id
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.core.errors import Conflict, HouseError, Invalid, NotFound
from donors.imports.facts import PersonFacts
from donors.imports.fields import LEADS
from donors.imports.judge import NEW, UNKNOWN, UPDATED, Books, Desk, Judged, giver_label, judge, refuse
from donors.imports.parse import Fault, Row, fault, fault_of

KEYED = ("id", "new", "file", "unknown")
"""How givers were found about whom the file's id says nothing new."""

Refusal = HouseError | IntegrityError | DataError
REFUSALS = (HouseError, IntegrityError, DataError)


class Writes(Books, Protocol):
    """Books that also write."""

    def hold(self, session: Session, rows: Sequence[Judged]) -> None:
        """Lets merges of all whom these rows touch wait, before anything else is locked. Raises NotFound."""

    def write(self, session: Session, rows: Sequence[Judged], *, within: ChangeSet) -> list[int]:
        """Writes rows that are not there yet and returns their ids in order."""

    def change(self, session: Session, one: Judged, *, within: ChangeSet) -> None:
        """Makes a row that is there what the file says."""


def write(
    session: Session, desk: Desk, rows: Sequence[Row], decisions: Mapping[int, str], *, within: ChangeSet
) -> list[Judged]:
    """Judges rows and writes those that go in; returns all, in order.

    Between the judgement and the writing somebody else may take away what a row stands on: a giver is merged, an id
    is given to another one. Then nothing of these rows is written, and each half of them is judged anew, down to the
    row that cannot go in. Raises Conflict.
    """
    try:
        with session.begin_nested():
            judged = judge(session, desk, rows, decisions)
            _write(session, desk, judged, within)
    except Conflict:  # the transaction is gone
        raise
    except REFUSALS as error:
        desk.memory.forget()
        if len(rows) == 1:
            return [_refused(desk, rows[0], decisions, error)]
        half = len(rows) // 2
        return [
            one for some in (rows[:half], rows[half:]) for one in write(session, desk, some, decisions, within=within)
        ]
    desk.memory.keep()
    return judged


def _refused(desk: Desk, row: Row, decisions: Mapping[int, str], error: Refusal) -> Judged:
    line, cells, _ = row
    return Judged(line, cells, problem=_why(desk, cells, error), decision=decisions.get(line))


def _why(desk: Desk, cells: list[str], error: Refusal) -> Fault:
    """An error of writing as the fault of its row."""
    facts = desk.checker.facts(cells)
    if isinstance(error, Invalid):
        return fault_of(error) | {"field": desk.headers.get(error.field, error.field)}
    if isinstance(error, NotFound):
        return fault(giver_label(desk), facts.giver.shown, "is not here any more", "Apply the file again.")
    if isinstance(error, HouseError):
        return fault("row", facts.external_id, "was refused", error.message)
    return fault("row", facts.external_id, "does not fit what is here", "Check the row, then apply the file again.")


def _write(session: Session, desk: Desk, judged: Sequence[Judged], within: ChangeSet) -> None:
    books = cast(Writes, desk.books)
    ready, changes = [one for one in judged if one.writes], [one for one in judged if one.verdict == UPDATED]
    named = _to_name(ready)
    if changes or named or any(_rates_somebody_known(one) for one in ready):
        books.hold(session, [*ready, *changes])
    if desk.plan.kind != LEADS:
        _welcome(session, desk, ready, within)
    for one in named:
        _name(session, desk, one, within)
    if ready:
        for one, made in zip(ready, books.write(session, ready, within=within), strict=True):
            one.target_id = made
    # In order of what is changed, so that two files at once do not wait for each other.
    for one in sorted(changes, key=lambda one: one.target_id or 0):
        _change(session, desk, one, within)


def _rates_somebody_known(one: Judged) -> bool:
    return bool(one.constituent_id and isinstance(one.facts, PersonFacts) and one.facts.ratings)


def _change(session: Session, desk: Desk, one: Judged, within: ChangeSet) -> None:
    books = cast(Writes, desk.books)
    try:
        with session.begin_nested():
            _name(session, desk, one, within)
            books.change(session, one, within=within)
    except Conflict:
        raise
    except REFUSALS as error:
        refuse(one, _why(desk, one.cells, error))


def _welcome(session: Session, desk: Desk, ready: Sequence[Judged], within: ChangeSet) -> None:
    """Makes the people who are new, and finds out everybody's id."""
    fresh = [one for one in ready if one.verdict == NEW]
    memory = desk.memory
    for one, made in zip(fresh, _made(session, desk, fresh, within), strict=True):
        one.constituent_id = made
        memory.put(memory.people, one.giver.sign, made)
    unknown = unknown_giver(session, within=within).id if any(one.verdict == UNKNOWN for one in ready) else None
    for one in ready:
        if one.verdict == UNKNOWN:
            one.constituent_id = unknown
        elif one.constituent_id is None:
            one.constituent_id = memory.people[one.giver.sign]


def _to_name(ready: Sequence[Judged]) -> list[Judged]:
    """Those who get the file's id, in order: they are here, and it was not by that id that they were found."""
    found = (one for one in ready if one.constituent_id and one.giver.external_id and one.how not in KEYED)
    return sorted({one.giver.sign: one for one in found}.values(), key=lambda one: one.constituent_id or 0)


def _made(session: Session, desk: Desk, fresh: Sequence[Judged], within: ChangeSet) -> list[int]:
    known = desk.checker.newcomer
    records = [one.facts.record if isinstance(one.facts, PersonFacts) else known(one.giver) for one in fresh]
    return create_sound(session, records, within=within)


def _name(session: Session, desk: Desk, one: Judged, within: ChangeSet) -> None:
    """Notes the id under which the file knows somebody who was found otherwise."""
    if one.giver.external_id and one.constituent_id and one.how != "id":
        row = session.get_one(Constituent, one.constituent_id)
        add_external_id(session, row, source=desk.plan.source, value=one.giver.external_id, within=within)
