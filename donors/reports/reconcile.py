"""Reconcile: whether the books agree with themselves: gifts with splits and credits, imports with what they wrote.

It mends nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.whole_sum import WholeSum
from donors.giving.models import HARD, Credit, Gift, GiftAdjustment, GiftSplit
from donors.levels.decide import gaps
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import Standing
from donors.reports.answers import Memory, answered
from donors.rollups.models import rollup_value, slot_column

BOOKS = (Gift, GiftSplit, GiftAdjustment)
FEW = 20


@dataclass(frozen=True)
class Books:
    """What all gifts are worth now, what their hard credits are, and what was given to funds; sums in minor units.

    `unsplit` and `uncredited` are how many gifts differ from their splits or from their hard credits; `examples` some.
    """

    gifts: int
    worth: int
    credited: int
    unsplit: int
    uncredited: int
    examples: tuple[int, ...]


@dataclass(frozen=True)
class Batch:
    """What an import wrote and what is left of it: rows, and the sum of gifts as they came (minor units)."""

    change_set_id: int
    rows: int
    amount: int


@dataclass(frozen=True)
class TrackState:
    """How a track stands: the gaps between its bands, and how many have a figure above nothing, but no level."""

    ladder: Ladder
    gaps: tuple[tuple[int | None, int | None], ...]
    without: int


def books(session: Session, *, memory: Memory | None = None) -> Books:
    """Compares every gift with its splits and its hard credits."""
    [row] = answered(session, memory, "books", {}, lambda: [_books(session)], also=BOOKS)
    gifts, worth, credited, unsplit, uncredited, examples = row
    return Books(gifts, worth, credited, unsplit, uncredited, tuple(examples))


def _books(session: Session) -> list[Any]:
    changes = (
        select(GiftAdjustment.gift_id, WholeSum(GiftAdjustment.base_amount).label("change"))
        .group_by(GiftAdjustment.gift_id)
        .subquery("changes")
    )
    hard = (
        select(Credit.gift_id, WholeSum(Credit.base_amount).label("credited"))
        .where(Credit.kind == HARD, Credit.counts_to.is_(None))
        .group_by(Credit.gift_id)
        .subquery("hard")
    )
    split = (
        select(GiftSplit.gift_id, WholeSum(GiftSplit.base_amount).label("split"))
        .group_by(GiftSplit.gift_id)
        .subquery("split")
    )
    worth = Gift.base_amount + func.coalesce(changes.c.change, literal(0))
    credited = func.coalesce(hard.c.credited, literal(0))
    each = (
        select(Gift.id, worth.label("worth"), credited.label("credited"), Gift.base_amount, split.c.split)
        .outerjoin(changes, changes.c.gift_id == Gift.id)
        .outerjoin(hard, hard.c.gift_id == Gift.id)
        .outerjoin(split, split.c.gift_id == Gift.id)
        .subquery("each_gift")
    )
    wrong_split, wrong_credit = each.c.split != each.c.base_amount, each.c.credited != each.c.worth
    sums = select(
        func.count(),
        func.coalesce(WholeSum(each.c.worth), 0),
        func.coalesce(WholeSum(each.c.credited), 0),
        func.count().filter(wrong_split),
        func.count().filter(wrong_credit),
    )
    found = [int(value) for value in session.execute(sums.select_from(each)).one()]
    wrong = select(each.c.id).where(wrong_split | wrong_credit).order_by(each.c.id).limit(FEW)
    return [*found, list(session.scalars(wrong)) if found[3] or found[4] else []]


def batches(session: Session, change_sets: Collection[int]) -> Mapping[int, Batch]:
    """What is there now of the gifts that some change sets wrote, by change set."""
    if not change_sets:
        return {}
    found = select(Gift.created_in, func.count(), WholeSum(Gift.base_amount)).where(Gift.created_in.in_(change_sets))
    rows = session.execute(found.group_by(Gift.created_in))
    return {change_set_id: Batch(change_set_id, count, amount) for change_set_id, count, amount in rows}


def track_states(session: Session, *, memory: Memory | None = None) -> tuple[TrackState, ...]:
    """How each active track stands."""
    return tuple(_state(session, one, memory) for one in ladders(session))


def _state(session: Session, ladder: Ladder, memory: Memory | None) -> TrackState:
    about = {"track": ladder.id, "slot": ladder.slot}
    [[without]] = answered(
        session,
        memory,
        "without level",
        about,
        lambda: [[session.scalar(_without(ladder)) or 0]],
        also=(Standing,),
    )
    return TrackState(ladder, tuple(gaps(ladder.bands)), without)


def _without(ladder: Ladder) -> Any:
    figure = rollup_value.c[slot_column(ladder.slot)]
    standing = select(Standing.constituent_id).where(Standing.track_id == ladder.id, Standing.to_on.is_(None))
    kind = () if ladder.target == "all" else (Constituent.kind == ladder.target,)
    return (
        select(func.count())
        .select_from(rollup_value)
        .join(Constituent, Constituent.id == rollup_value.c.constituent_id)
        .where(figure > literal(0), Constituent.deleted_at.is_(None), Constituent.is_unknown_giver.is_(False), *kind)
        .where(rollup_value.c.constituent_id.not_in(standing))
    )
