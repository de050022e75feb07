"""Who brings people: leads, qualified prospects and gifts by introducer, along the whole chain of referrals.

An introduction is a lead that names its introducer, or a tie of this kind noted by hand. Whoever was introduced may
introduce others: they count along the chain for the first one too, each once, however the ties run in circles.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, Relationship
from donors.constituents.queries import is_listed
from donors.core.bulk import among
from donors.core.clock import local_date
from donors.core.settings import organization
from donors.giving.models import Credit
from donors.pipeline.models import Stage
from donors.reports.lead_facts import UNQUALIFIED, LeadQuestion, came, counted, prospects_by

INTRODUCER, INTRODUCED = "introducer", "introduced"
Ties = Mapping[int, Mapping[int, date]]
"""Introducer → whom they introduced → since when."""


@dataclass(frozen=True)
class Reached:
    """Somebody in the chain of an introducer: how far away, since when, and by whom."""

    id: int
    depth: int
    since: date
    by: int


@dataclass(frozen=True)
class IntroducerLine:
    """An introducer. `leads` and `converted` are their own; the rest is of the whole chain, with how deep it goes.

    Money in minor units of the base currency, received since each introduction; `own_given` from the first link alone.
    """

    id: int
    name: str
    leads: int
    converted: int
    chain: tuple[Reached, ...]
    qualified: int
    gifts: int
    given: int
    own_given: int

    @property
    def depth(self) -> int:
        """How many introductions the longest chain has."""
        return max((one.depth for one in self.chain), default=0)


@dataclass(frozen=True)
class IntroducerReport:
    """The report, who brought most money first; `names` of everybody in it."""

    asked: LeadQuestion
    lines: tuple[IntroducerLine, ...]
    names: Mapping[int, str]


def introducers(session: Session, asked: LeadQuestion) -> IntroducerReport:
    """The report on a day."""
    ties, own = _ties(session, asked), _own(session, asked)
    chains = {one: chain(ties, one) for one in {*ties, *own}}
    everybody = {*chains, *(reached.id for links in chains.values() for reached in links)}
    names = _names(session, everybody, asked)
    money, qualified = _gifts(session, everybody, asked), _qualified(session, asked)
    lines = [
        _line((one, names[one]), own.get(one, (0, 0)), [each for each in links if each.id in names], money, qualified)
        for one, links in chains.items()
        if one in names
    ]
    lines.sort(key=lambda line: (-line.given, -line.qualified, -line.leads, line.name))
    return IntroducerReport(asked, tuple(lines), names)


def chain(ties: Ties, start: int) -> tuple[Reached, ...]:
    """All whom an introducer has brought, the nearest first, each once; a circle ends where it comes round."""
    seen, found, nearest = {start}, list[Reached](), [start]
    depth = 0
    while nearest:
        depth += 1
        further = []
        for by in nearest:
            for one, since in sorted(ties.get(by, {}).items()):
                if one not in seen:
                    seen.add(one)
                    found.append(Reached(one, depth, since, by))
                    further.append(one)
        nearest = further
    return tuple(found)


Gifts = Mapping[int, Sequence[tuple[date, int]]]


def _line(
    who: tuple[int, str], own: tuple[int, int], links: Sequence[Reached], money: Gifts, qualified: Iterable[int]
) -> IntroducerLine:
    given = {each.id: [sum_ for day, sum_ in money.get(each.id, ()) if day >= each.since] for each in links}
    return IntroducerLine(
        *who,
        *own,
        tuple(links),
        len({each.id for each in links} & set(qualified)),
        sum(map(len, given.values())),
        sum(map(sum, given.values())),
        sum(sum(given[each.id]) for each in links if each.depth == 1),
    )


def _own(session: Session, asked: LeadQuestion) -> dict[int, tuple[int, int]]:
    """Introducer → how many leads name them, and how many of these were converted."""
    leads = came(asked)
    wanted = select(leads.c.introducer_id, func.count(), func.sum(leads.c.converted))
    wanted = wanted.where(leads.c.introducer_id.is_not(None)).group_by(leads.c.introducer_id)
    return {by: (number, int(converted)) for by, number, converted in session.execute(wanted)}


def _ties(session: Session, asked: LeadQuestion) -> Ties:
    found: dict[int, dict[int, date]] = {}

    def note(by: int, one: int, since: date) -> None:
        known = found.setdefault(by, {})
        known[one] = min(since, known.get(one, since))

    leads, zone = came(asked), organization(session).zone
    brought = select(leads.c.introducer_id, leads.c.became, func.min(leads.c.received_at))
    brought = brought.where(leads.c.became.is_not(None), leads.c.introducer_id != leads.c.became)
    for by, one, first in session.execute(brought.group_by(leads.c.introducer_id, leads.c.became)):
        note(by, one, local_date(first, zone))
    tie = Relationship
    noted = select(tie.constituent_id, tie.other_id, tie.kind, tie.from_on).where(
        tie.kind.in_((INTRODUCER, INTRODUCED)), or_(tie.from_on.is_(None), tie.from_on <= asked.on)
    )
    for one, other, kind, since in session.execute(noted):
        pair = (one, other) if kind == INTRODUCER else (other, one)
        note(*pair, since or date.min)
    return found


def _names(session: Session, ids: Iterable[int], asked: LeadQuestion) -> dict[int, str]:
    wanted = select(Constituent.id, Constituent.name).where(among(session, Constituent.id, sorted(ids)))
    return {one: name for one, name in session.execute(wanted.where(is_listed(asked.sees)))}


def _gifts(session: Session, ids: Iterable[int], asked: LeadQuestion) -> dict[int, list[tuple[date, int]]]:
    """Constituent → days and sums of their gifts."""
    wanted = (
        select(Credit.constituent_id, Credit.given_on, func.sum(Credit.base_amount))
        .where(and_(among(session, Credit.constituent_id, sorted(ids)), *counted(asked.on)))
        .group_by(Credit.constituent_id, Credit.gift_id, Credit.given_on)
    )
    found: dict[int, list[tuple[date, int]]] = {}
    for one, day, amount in session.execute(wanted):
        found.setdefault(one, []).append((day, int(amount)))
    return found


def _qualified(session: Session, asked: LeadQuestion) -> set[int]:
    past = prospects_by(asked).where(Stage.kind.not_in(UNQUALIFIED))
    return set(session.scalars(past))
