"""What an erasure would take, empty and leave, counted, with the ground for all that stays; and what it cannot see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.giving.models import Gift
from donors.pipeline.models import Move
from donors.plans.models import Task
from donors.rights.gather import about, numbers_of, traces
from donors.rights.held import GOES, HELD, Fate
from donors.rights.homes import homes_of
from donors.rights.signs import signs_of
from donors.workflows.leave_alone import Ended, would_end

ELSEWHERE = (
    (Constituent, Constituent.id, ("note",), "notes on others"),
    (Gift, Gift.constituent_id, ("note",), "notes on gifts of others"),
    (Move, Move.constituent_id, ("purpose", "report"), "moves and call reports about others"),
    (Task, Task.constituent_id, ("subject", "note", "outcome"), "tasks about others"),
)
"""Texts about others that may name the person: the table, whose it is, the texts, and words for them."""


@dataclass(frozen=True)
class Lost:
    """Rows of one kind: how many there are, what becomes of them, and why they may stay."""

    title: str
    rows: int
    fate: Fate
    ground: str


@dataclass(frozen=True)
class Preview:
    """Kinds of rows in the order of the list, what is under way and would end, households by name, and how many texts
    about others name the person: those are left to people."""

    kinds: tuple[Lost, ...]
    ending: Ended
    renamed: tuple[str, ...]
    emptied: tuple[str, ...]
    mentions: tuple[tuple[str, int], ...]

    def of(self, fate: Fate) -> tuple[Lost, ...]:
        """The kinds that go, are emptied, or stay."""
        return tuple(one for one in self.kinds if one.fate == fate)

    @property
    def goes(self) -> int:
        """How many rows go."""
        return sum(one.rows for one in self.of(GOES))


def preview(session: Session, constituent_id: int) -> Preview:
    """What an erasure of a person would do now. Writes nothing."""
    ids = numbers_of(session, constituent_id)
    homes = homes_of(session, ids)
    everybody = [*ids, *homes.empty]
    names = signs_of(session, traces(session, ids)).names
    return Preview(
        kinds=tuple(_kinds(session, everybody)),
        ending=would_end(session, everybody, answers=True),
        renamed=_called(session, homes.left),
        emptied=_called(session, homes.empty),
        mentions=tuple(_mentions(session, everybody, names)),
    )


def _kinds(session: Session, ids: Sequence[int]) -> Iterable[Lost]:
    for held in HELD:
        rows = session.scalar(select(func.count()).select_from(held.rows).where(about(held, ids))) or 0
        if rows:
            yield Lost(held.title, rows, held.fate, held.ground)


def _called(session: Session, ids: Sequence[int]) -> tuple[str, ...]:
    return tuple(session.scalars(select(Constituent.name).where(Constituent.id.in_(ids)).order_by(Constituent.id)))


def _mentions(session: Session, ids: Sequence[int], names: Sequence[str]) -> Iterable[tuple[str, int]]:
    for model, whose, texts, words in ELSEWHERE if names else ():
        naming = or_(*(getattr(model, text).contains(name, autoescape=True) for text in texts for name in names))
        others = or_(whose.is_(None), whose.not_in(ids))
        count = session.scalar(select(func.count()).select_from(model).where(others, naming)) or 0
        if count:
            yield words, count
