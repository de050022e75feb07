"""The queue of funds, campaigns and portfolios whose figures wait.

Whoever changes facts leaves a mark that names the change set, and nothing else: a fund is never a row that all gifts
wait for. Which owners a change set has touched is found later, from its rows and its journal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, exists, func, insert, select, union
from sqlalchemy.orm import Session

from donors.constituents.models import HouseholdMembership
from donors.core.bulk import table_of
from donors.core.changes import ChangeSet
from donors.core.touched import held
from donors.giving.models import Credit, Gift, GiftSplit
from donors.rollups.charges import charges
from donors.rollups.families import sources_in_time
from donors.rollups.models import OwnerMark
from donors.rollups.targets import OF_MANY, Target

MOST_CHANGES = 400
"""Of more change sets than this it is not asked what they touched: everything is refreshed."""
_CREDIT, _GIFT, _SPLIT = table_of(Credit), table_of(Gift), table_of(GiftSplit)
_STAY, _MARK = table_of(HouseholdMembership), table_of(OwnerMark)


def mark_change(session: Session, change: ChangeSet) -> None:
    """Lets the figures of all funds, campaigns and portfolios wait that a change set has touched until now."""
    session.execute(insert(_MARK), {"since": change.at, "target": "", "change_set_id": change.id})


def mark_all_owners(session: Session, targets: Iterable[Target], *, at: datetime) -> None:
    """Lets the figures of all owners of some kinds wait."""
    rows = [{"since": at, "target": target.value} for target in targets]
    if rows:
        session.execute(insert(_MARK), rows)


def mark_owners(session: Session, target: Target, ids: Iterable[int], *, at: datetime) -> None:
    """Lets the figures of some owners of a kind wait."""
    rows = [{"since": at, "target": target.value, "owner_id": id_} for id_ in sorted(set(ids))]
    if rows:
        session.execute(insert(_MARK), rows)


@dataclass(frozen=True)
class Waiting:
    """Whose figures wait, by kind of owner (none: those of all), and the marks that say so."""

    marks: tuple[int, ...]
    owners: Mapping[Target, frozenset[int] | None]


def count_marks(session: Session) -> int:
    """How many marks wait: pages say “being refreshed” when there are any."""
    return session.scalar(select(func.count(OwnerMark.id))) or 0


def any_waits(session: Session) -> bool:
    """Whether figures of any fund, campaign or portfolio wait."""
    return session.scalar(select(exists(select(OwnerMark.id)))) or False


def waiting(session: Session) -> Waiting:
    """Whose figures wait now."""
    rows = session.execute(select(OwnerMark.id, OwnerMark.target, OwnerMark.owner_id, OwnerMark.change_set_id)).all()
    changes = sorted({row.change_set_id for row in rows if row.change_set_id is not None})
    whole = {row.target for row in rows if row.owner_id is None and row.change_set_id is None}
    found: dict[Target, frozenset[int] | None] = {}
    for target in OF_MANY:
        if target in whole or len(changes) > MOST_CHANGES:
            found[target] = None
            continue
        own = {row.owner_id for row in rows if row.target == target}
        if some := own | (set(session.scalars(_TOUCHED[target](changes))) if changes else set()):
            found[target] = frozenset(some)
    return Waiting(tuple(row.id for row in rows), found)


def _gifts(changes: Sequence[int]) -> CompoundSelect[Any]:
    """The gifts that change sets have touched, by themselves or by their credits and splits."""
    every = (held(_GIFT, "id", changes), held(_CREDIT, "gift_id", changes), held(_SPLIT, "gift_id", changes))
    return union(*(each for selects in every for each in selects))


def _funds(changes: Sequence[int]) -> CompoundSelect[Any]:
    now = select(GiftSplit.fund_id).where(GiftSplit.gift_id.in_(_gifts(changes)))
    return union(now, *held(_SPLIT, "fund_id", changes))


def _campaigns(changes: Sequence[int]) -> CompoundSelect[Any]:
    now = select(Gift.campaign_id).where(Gift.id.in_(_gifts(changes)), Gift.campaign_id.is_not(None))
    return union(now, *held(_GIFT, "campaign_id", changes))


def _officers(changes: Sequence[int]) -> CompoundSelect[Any]:
    """Those in whose portfolios anybody stands whom it concerns, or a household of theirs; and who have handed over."""
    charge = charges()
    table = table_of(charge.officer.class_)
    whose = [(table_of(dated.owner.class_), dated.owner.key) for dated in sources_in_time()]
    whose += [(_STAY, "household_id"), (_STAY, "constituent_id")]
    people = union(
        select(Credit.constituent_id).where(Credit.gift_id.in_(_gifts(changes))),
        *(each for table, column in whose for each in held(table, column, changes)),
    )
    return union(in_charge_of(people), *held(table, charge.officer.key, changes))


def in_charge_of(people: Any) -> Any:
    """A select of the officers of some constituents, or of households that they belong or have belonged to."""
    charge, some = charges(), people.subquery("concerned")
    ids = select(some.c[0])
    homes = select(_STAY.c.household_id).where(_STAY.c.constituent_id.in_(ids))
    return select(charge.officer).where(charge.constituent.in_(union(ids, homes)))


_TOUCHED: Mapping[Target, Callable[[Sequence[int]], Any]] = {
    Target.FUND: _funds,
    Target.CAMPAIGN: _campaigns,
    Target.PORTFOLIO: _officers,
}
