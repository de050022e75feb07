"""Sheets: one page for each prospect, for whoever takes over a portfolio: promises, next move, what is delicate, open
asks, last contacts, strategy. Read for many at once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Consent, Constituent
from donors.constituents.restraint import why_left_alone
from donors.core.bulk import among
from donors.core.errors import NotFound
from donors.giving.models import Fund
from donors.mail.decide import CHANNEL_WORDS
from donors.pipeline.asks.models import OPEN as OPEN_ASKS
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.models import MADE, PLANNED, Assignment, Move, Prospect
from donors.pipeline.queries.board import Card, cards_by_id
from donors.pipeline.queries.moves import MoveLine, moves_by_id
from donors.pipeline.queries.sieve import running, seen_moves, seen_prospects
from donors.plans.models import OPEN, Task

LAST = 5
"""Contacts on a sheet."""
MOST = 500
"""Sheets of one pack; portfolios are far smaller."""


@dataclass(frozen=True)
class AskOnSheet:
    """An open ask: minor units, none where it is not known; `fund` none: not said."""

    opportunity: Opportunity
    fund: str | None


@dataclass(frozen=True)
class Sheet:
    """One prospect. `delicate` are sentences: what not to do, and what is confidential. `last` are the newest first."""

    card: Card
    person: Constituent
    delicate: tuple[str, ...]
    planned: tuple[MoveLine, ...]
    tasks: tuple[Task, ...]
    asks: tuple[AskOnSheet, ...]
    last: tuple[MoveLine, ...]


def pack(session: Session, officer_id: int, *, on: date, sees: Sight) -> list[Sheet]:
    """The sheets of an officer's active prospects, by name; at most `MOST`."""
    charged = select(Assignment.constituent_id).where(Assignment.officer_id == officer_id, *running(on))
    found = (
        select(Prospect.id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(Prospect.is_active, Prospect.constituent_id.in_(charged), *seen_prospects(sees))
        .order_by(Constituent.sort_name, Prospect.id)
        .limit(MOST)
    )
    return sheets(session, session.scalars(found).all(), on=on, sees=sees)


def sheet(session: Session, prospect_id: int, *, on: date, sees: Sight, last: int = LAST) -> Sheet:
    """One sheet. Raises NotFound, also for a prospect that is not for the viewer."""
    found = sheets(session, [prospect_id], on=on, sees=sees, last=last)
    if not found:
        raise NotFound("prospect", prospect_id)
    return found[0]


def sheets(session: Session, prospect_ids: Collection[int], *, on: date, sees: Sight, last: int = LAST) -> list[Sheet]:
    """The sheets of those of these prospects that the viewer may see, in this order."""
    cards = cards_by_id(session, prospect_ids, on=on, sees=sees)
    who = {card.prospect.constituent_id for card in cards.values()}
    rows = session.scalars(select(Constituent).where(among(session, Constituent.id, sorted(who)))).all()
    people = {row.id: row for row in rows}
    consents, secret = _consents(session, who, on=on), _confidential(session, who, sees=sees)
    planned, made = _planned(session, who, sees=sees), _made(session, who, last, sees=sees)
    tasks, asks = _tasks(session, who), _asks(session, cards)
    found = []
    for prospect_id in (one for one in prospect_ids if one in cards):
        card = cards[prospect_id]
        id_ = card.prospect.constituent_id
        delicate = (*_dont(people[id_], consents.get(id_, {})), *_caution(card, people[id_], id_ in secret))
        found.append(
            Sheet(
                card,
                people[id_],
                delicate,
                planned.get(id_, ()),
                tasks.get(id_, ()),
                asks.get(prospect_id, ()),
                made.get(id_, ()),
            )
        )
    return found


def _dont(person: Constituent, consents: Mapping[str, bool]) -> Iterable[str]:
    """What not to do."""
    if person.is_deceased:
        yield "Deceased: nobody is to be written to."
    if reason := why_left_alone(person):
        yield reason
    if person.do_not_contact:
        yield "Wants no contact at all."
        return
    refused = sorted(CHANNEL_WORDS[channel] for channel, granted in consents.items() if not granted)
    if refused:
        yield f"No {', no '.join(refused)}."


def _caution(card: Card, person: Constituent, has_secrets: bool) -> Iterable[str]:
    """What is not to be passed on."""
    if person.confidential:
        yield "A confidential record: few know that it is here."
    if card.prospect.is_confidential:
        yield "This prospect is confidential to its team."
    if has_secrets:
        yield "Some call reports are confidential: do not pass on what they say."


def _consents(session: Session, ids: Collection[int], *, on: date) -> dict[int, dict[str, bool]]:
    """Constituent → channel → the word that rules on a day."""
    statement = select(Consent.constituent_id, Consent.channel, Consent.granted).where(
        among(session, Consent.constituent_id, sorted(ids)), Consent.given_on <= on, Consent.channel.in_(CHANNEL_WORDS)
    )
    found: dict[int, dict[str, bool]] = {}
    for who, channel, granted in session.execute(statement.order_by(Consent.id)):
        found.setdefault(who, {})[channel] = granted
    return found


def _confidential(session: Session, ids: Collection[int], *, sees: Sight) -> set[int]:
    """Those of whom the viewer may read a report that not everybody may."""
    about = among(session, Move.constituent_id, sorted(ids))
    kept = select(Move.constituent_id).where(about, Move.confidential_to.is_not(None), seen_moves(sees))
    return set(session.scalars(kept.distinct()))


def _planned(session: Session, ids: Collection[int], *, sees: Sight) -> dict[int, tuple[MoveLine, ...]]:
    wanted = select(Move.id).where(among(session, Move.constituent_id, sorted(ids)), Move.state == PLANNED)
    return _lines(session, wanted.order_by(Move.due_on, Move.id), sees=sees)


def _made(session: Session, ids: Collection[int], last: int, *, sees: Sight) -> dict[int, tuple[MoveLine, ...]]:
    """The newest that the viewer may read of each: those who may read fewer see older ones."""
    place = func.row_number().over(partition_by=Move.constituent_id, order_by=(Move.made_on.desc(), Move.id.desc()))
    ranked = (
        select(Move.id, place.label("place"))
        .where(among(session, Move.constituent_id, sorted(ids)), Move.state == MADE, seen_moves(sees))
        .subquery("ranked")
    )
    return _lines(session, select(ranked.c.id).where(ranked.c.place <= last).order_by(ranked.c.place), sees=sees)


def _lines(session: Session, wanted: Select[int], *, sees: Sight) -> dict[int, tuple[MoveLine, ...]]:
    """Constituent → their moves, in this order."""
    ids = session.scalars(wanted).all()
    lines = moves_by_id(session, ids, sees=sees)
    found: dict[int, tuple[MoveLine, ...]] = {}
    for line in (lines[one] for one in ids if one in lines):
        found[line.move.constituent_id] = (*found.get(line.move.constituent_id, ()), line)
    return found


def _tasks(session: Session, ids: Collection[int]) -> dict[int, tuple[Task, ...]]:
    open_ones = select(Task).where(among(session, Task.constituent_id, sorted(ids)), Task.state == OPEN)
    found: dict[int, tuple[Task, ...]] = {}
    for task in session.scalars(open_ones.order_by(Task.due_on, Task.id)):
        found[task.constituent_id or 0] = (*found.get(task.constituent_id or 0, ()), task)
    return found


def _asks(session: Session, prospect_ids: Collection[int]) -> dict[int, tuple[AskOnSheet, ...]]:
    open_ones = (
        select(Opportunity, Fund.name)
        .outerjoin(Fund, Fund.id == Opportunity.fund_id)
        .where(among(session, Opportunity.prospect_id, sorted(prospect_ids)), Opportunity.status.in_(OPEN_ASKS))
        .order_by(Opportunity.expected_on.is_(None), Opportunity.expected_on, Opportunity.id)
    )
    found: dict[int, tuple[AskOnSheet, ...]] = {}
    for row, fund in session.execute(open_ones):
        found[row.prospect_id] = (*found.get(row.prospect_id, ()), AskOnSheet(row, fund))
    return found
