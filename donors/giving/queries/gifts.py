"""Reading single gifts, and those of one constituent. `sees` is the viewer's sight of constituents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.constituents.queries import is_visible
from donors.core.changes import ChangeSet
from donors.core.errors import NotFound
from donors.giving.credits import adjustments_of, decided, rows_of, worths_of
from donors.giving.decide import Share, Worth
from donors.giving.gift_input import GiftInput
from donors.giving.models import SOFT, Appeal, Campaign, Credit, Fund, Gift, GiftAdjustment, GiftSplit


@dataclass(frozen=True)
class Credited:
    """Somebody whom a gift counts for now. `name` is empty where the viewer may not know who it is."""

    constituent_id: int
    name: str
    kind: str
    role: str
    amount: int


@dataclass(frozen=True)
class SplitLine:
    """The part of a gift that goes to one fund, in minor units of the gift's currency."""

    fund_id: int
    fund: str
    amount: int


@dataclass(frozen=True)
class Story:
    """A gift with all its parts. `worth` is what it is worth now, in both currencies; `decided` are its credits as
    they were meant, before refunds.
    """

    gift: Gift
    giver: Constituent
    campaign: str
    appeal: str
    splits: tuple[SplitLine, ...]
    credits: tuple[Credited, ...]
    adjustments: tuple[GiftAdjustment, ...]
    worth: Worth
    decided: tuple[Share, ...]


@dataclass(frozen=True)
class GiftLine:
    """A gift in a list, with the names that go with it. `net` is after corrections and refunds, in base currency."""

    gift: Gift
    giver: str
    campaign: str
    appeal: str
    net: int
    funds: tuple[str, ...] = ()


def has_gifts(session: Session) -> bool:
    """Whether there is any gift at all."""
    return session.scalar(select(Gift.id).limit(1)) is not None


def gift(session: Session, gift_id: int, *, sees: Sight) -> Gift:
    """The gift of an id. Raises NotFound, also where the viewer may not see the giver."""
    statement = select(Gift).join(Constituent, Constituent.id == Gift.constituent_id)
    found = session.scalar(statement.where(Gift.id == gift_id, is_visible(sees)))
    if found is None:
        raise NotFound("gift", gift_id)
    return found


def story(session: Session, gift_id: int, *, sees: Sight) -> Story:
    """A gift with all its parts. Raises NotFound, also where the viewer may not see the giver."""
    found = gift(session, gift_id, sees=sees)
    campaign, appeal, giver = session.execute(
        select(Campaign.name, Appeal.name, Constituent)
        .select_from(Gift)
        .outerjoin(Campaign, Campaign.id == Gift.campaign_id)
        .outerjoin(Appeal, Appeal.id == Gift.appeal_id)
        .join(Constituent, Constituent.id == Gift.constituent_id)
        .where(Gift.id == gift_id)
    ).one()
    adjustments = tuple(adjustments_of(session, gift_id))
    splits = session.execute(
        select(Fund.id, Fund.name, GiftSplit.amount)
        .join(Fund, Fund.id == GiftSplit.fund_id)
        .where(GiftSplit.gift_id == gift_id)
        .order_by(GiftSplit.id)
    )
    return Story(
        gift=found,
        giver=giver,
        campaign=campaign or "",
        appeal=appeal or "",
        splits=tuple(SplitLine(*row) for row in splits),
        credits=_credited(session, gift_id, sees=sees),
        adjustments=adjustments,
        worth=worths_of(found, adjustments)[-1],
        decided=decided(rows_of(session, gift_id)),
    )


def _credited(session: Session, gift_id: int, *, sees: Sight) -> tuple[Credited, ...]:
    statement = (
        select(Credit.constituent_id, Constituent.name, Credit.kind, Credit.role, Credit.amount, is_visible(sees))
        .join(Constituent, Constituent.id == Credit.constituent_id)
        .where(Credit.gift_id == gift_id, Credit.counts_to.is_(None))
        .order_by(Credit.kind, Credit.id)
    )
    return tuple(
        Credited(id_, name if seen else "", kind, role, amount)
        for id_, name, kind, role, amount, seen in session.execute(statement)
    )


def gifts_of(
    session: Session, constituent_id: int, *, sees: Sight, limit: int = 200, soft: bool = True
) -> list[GiftLine]:
    """The gifts that count for a constituent, the newest first: given, and with `soft` those of others too."""
    mine = Gift.constituent_id == constituent_id
    if soft:
        credited = select(Credit.gift_id).where(Credit.constituent_id == constituent_id, Credit.kind == SOFT)
        mine = or_(mine, Gift.id.in_(credited))
    newest = lines().where(mine, is_visible(sees)).order_by(Gift.received_on.desc(), Gift.id.desc())
    return read(session, newest.limit(limit))


def lines() -> Select[Gift, str, str | None, str | None, int | None]:
    """Gifts with the names that go with them and the sum of their adjustments."""
    adjusted = select(func.sum(GiftAdjustment.base_amount)).where(GiftAdjustment.gift_id == Gift.id)
    return (
        select(Gift, Constituent.name, Campaign.name, Appeal.name, adjusted.correlate(Gift).scalar_subquery())
        .join(Constituent, Constituent.id == Gift.constituent_id)
        .outerjoin(Campaign, Campaign.id == Gift.campaign_id)
        .outerjoin(Appeal, Appeal.id == Gift.appeal_id)
    )


def read(session: Session, statement: Select[Gift, str, str | None, str | None, int | None]) -> list[GiftLine]:
    """The lines of a statement made from `lines()`, with their funds."""
    found = session.execute(statement).all()
    funds = funds_of(session, [row[0].id for row in found])
    return [
        GiftLine(one, giver, campaign or "", appeal or "", one.base_amount + (adjusted or 0), funds.get(one.id, ()))
        for one, giver, campaign, appeal, adjusted in found
    ]


def funds_of(session: Session, gift_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The names of the funds of some gifts, in the order of their splits."""
    statement = select(GiftSplit.gift_id, Fund.name).join(Fund, Fund.id == GiftSplit.fund_id)
    found: dict[int, tuple[str, ...]] = {}
    for gift_id, name in session.execute(statement.where(GiftSplit.gift_id.in_(gift_ids)).order_by(GiftSplit.id)):
        found[gift_id] = (*found.get(gift_id, ()), name)
    return found


def likely_same(session: Session, given: GiftInput, *, sees: Sight, request_key: str | None) -> list[GiftLine]:
    """Gifts of the same giver, day and amount: mostly the same one, entered twice.

    What the same form has recorded (`request_key`) is no other gift: recording it again says so itself.
    """
    same = lines().where(
        Gift.constituent_id == given.constituent_id,
        Gift.received_on == given.received_on,
        Gift.amount == given.amount,
        is_visible(sees),
    )
    if request_key is not None:
        same = same.where(Gift.created_in.not_in(select(ChangeSet.id).where(ChangeSet.request_key == request_key)))
    return read(session, same.order_by(Gift.id).limit(5))


@dataclass(frozen=True)
class Entered:
    """What one user has entered since an instant: how many gifts, their sum in base currency, and the last of them."""

    count: int
    total: int
    last: tuple[GiftLine, ...]


def entered_by(session: Session, user_id: int, *, since: datetime, sees: Sight, limit: int = 6) -> Entered:
    """The gifts that a user has entered since an instant, the newest first."""
    own = select(ChangeSet.id).where(ChangeSet.at >= since, ChangeSet.by_id == user_id, ChangeSet.kind == "gift.record")
    mine = and_(Gift.created_in.in_(own), is_visible(sees))
    counted = select(func.count(Gift.id), func.coalesce(func.sum(Gift.base_amount), 0)).join(
        Constituent, Constituent.id == Gift.constituent_id
    )
    count, total = session.execute(counted.where(mine)).one()
    last = read(session, lines().where(mine).order_by(Gift.id.desc()).limit(limit))
    return Entered(count, int(total), tuple(last))
