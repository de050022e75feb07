"""Draws and writes the asks of the practice charity: two years of them, with what was hoped and what came of it.

Each officer hopes in their own way: Maren says what she has seen, Willa a little more, Jonas far too much.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from donors.accounts.visible import EVERYTHING
from donors.cli.practice.cast import JONAS, MAREN, SOLICITATION, STEWARDSHIP, WILLA
from donors.cli.practice.ids import Ids
from donors.cli.practice.story import Charity, DrawnAsk, DrawnGift, DrawnProspect, DrawnStep
from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.pipeline.asks.decide import Step, Terms
from donors.pipeline.asks.gifts import gifts_offered, link_gift
from donors.pipeline.asks.models import ASKED, COMMITTED, CONSIDERING, DECLINED, DEFERRED, ENDED, RECEIVED
from donors.pipeline.asks.queries import ask
from donors.pipeline.queries.prospects import prospects_of
from donors.workflows.asks import change_ask, open_ask, step_ask

Change = Callable[..., AbstractContextManager[tuple[Session, ChangeSet]]]

HOPES = {MAREN: 0, WILLA: 12, JONAS: 35}
"""By how many points an officer's odds lie above what comes true."""
COMES_TRUE = {ASKED: 35, CONSIDERING: 45, COMMITTED: 85}
PURPOSES = (
    "The kiln room",
    "Scholarships for a year",
    "The roof",
    "A boat for the school",
    "The open studio",
    "The boathouse",
)
ENDS = (
    (DECLINED, "timing", "Not this year, but do ask again."),
    (DECLINED, "amount", "More than she can do."),
    (DECLINED, "elsewhere", "The hospital comes first."),
    (DECLINED, "silent", ""),
    (DEFERRED, "circumstances", "After the house is sold."),
    (DEFERRED, "timing", "When the children have left college."),
)


def asks_of(chance: Random, charity: Charity) -> list[DrawnAsk]:
    """Asks of the prospects: earlier ones with their ends, and what each is asked for now."""
    gifts: dict[int, list[DrawnGift]] = defaultdict(list)
    for gift in charity.gifts:
        gifts[gift.giver].append(gift)
    found = []
    for prospect in charity.prospects:
        if (charity.on - prospect.entered[0][1]).days > 150 and chance.random() < 0.8:
            found.append(_earlier(chance, prospect, gifts[prospect.person], charity.on))
        if prospect.ask is not None:
            found.append(_now(chance, prospect, prospect.ask, charity.on))
    return found


def _earlier(chance: Random, prospect: DrawnProspect, gifts: list[DrawnGift], on: date) -> DrawnAsk:
    """An ask that came before: around a gift that was given, or without one."""
    opened = prospect.entered[0][1] + timedelta(days=chance.randrange(5, 40))
    asked = opened + timedelta(days=chance.randrange(10, 60))
    last = asked + timedelta(days=chance.randrange(25, 140))
    given = next((gift for gift in gifts if asked < gift.on < asked + timedelta(days=200)), None)
    if given is not None:
        last = given.on
    cents = max(50_000, (given.cents if given else (prospect.ask or 400_000) // 4) // 25_000 * 25_000)
    told = [DrawnStep(asked, ASKED, odds=_hope(chance, prospect, ASKED))]
    if (last - asked).days > 20 and chance.random() < 0.7:
        told.append(DrawnStep(asked + (last - asked) / 2, CONSIDERING, odds=_hope(chance, prospect, CONSIDERING)))
    if given is None:
        status, reason, why = chance.choice(ENDS)
        back = _back(chance, last, on) if status == DEFERRED else None
        told.append(DrawnStep(last, status, reason, why, back))
    else:
        told.append(DrawnStep(last - timedelta(days=1), COMMITTED, odds=_hope(chance, prospect, COMMITTED)))
        told.append(DrawnStep(last, RECEIVED))
    return _drawn(chance, prospect, opened, cents, told, on)


def _now(chance: Random, prospect: DrawnProspect, cents: int, on: date) -> DrawnAsk:
    """What a prospect is asked for now: planned until solicitation, then asked."""
    stage, since, _ = prospect.entered[-1]
    solicited = next((day for number, day, _ in prospect.entered if number == SOLICITATION), None)
    told = []
    if solicited is not None:
        asked = min(on, solicited + timedelta(days=chance.randrange(2, 14)))
        told.append(DrawnStep(asked, ASKED, odds=_hope(chance, prospect, ASKED)))
        if stage == STEWARDSHIP:
            told = [step for step in told if step.on <= since]
            told.append(
                DrawnStep(since, COMMITTED, why="Signed at the table.", odds=_hope(chance, prospect, COMMITTED))
            )
        elif (on - asked).days > 20 and chance.random() < 0.5:
            considering = asked + timedelta(days=chance.randrange(5, 20))
            told.append(DrawnStep(considering, CONSIDERING, odds=_hope(chance, prospect, CONSIDERING)))
    opened = min(since if solicited is None else prospect.entered[-2][1], *(step.on for step in told), on)
    return _drawn(chance, prospect, opened, cents, told, on)


def _back(chance: Random, last: date, on: date) -> date:
    """When to come back to an ask; for some the day has come."""
    return max(on + timedelta(days=chance.randrange(-15, 255)), last + timedelta(days=1))


def _drawn(
    chance: Random, prospect: DrawnProspect, opened: date, cents: int, told: list[DrawnStep], on: date
) -> DrawnAsk:
    known = tuple(step for step in told if step.on <= on)
    ask_on = known[0].on if known else on + timedelta(days=chance.randrange(10, 120))
    over = bool(known) and known[-1].status in ENDED
    looked_for = (
        known[-1].on - timedelta(days=chance.randrange(-20, 90))
        if over
        else on + timedelta(days=chance.randrange(-10, 240))
    )
    return DrawnAsk(
        prospect.person,
        prospect.officer,
        opened,
        cents,
        prospect.purpose or chance.choice(PURPOSES),
        ask_on,
        None if chance.random() < 0.08 else max(ask_on, looked_for),
        _hope(chance, prospect, ASKED),
        known,
    )


def _hope(chance: Random, prospect: DrawnProspect, status: str) -> int:
    """The odds that an officer claims, in steps of five."""
    said = COMES_TRUE[status] + HOPES[prospect.officer] + chance.randrange(-15, 16)
    return min(95, max(5, said // 5 * 5))


def load_asks(charity: Charity, ids: Ids, change: Change) -> None:
    """Opens the asks and says what was said of them, day by day; gifts that came of them are linked."""
    for officer in dict.fromkeys(drawn.officer for drawn in charity.asks):
        with change("practice.asks", by=ids.staff[officer]) as (session, within):
            for drawn in (one for one in charity.asks if one.officer == officer):
                _load(session, drawn, ids, within=within)


def _load(session: Session, drawn: DrawnAsk, ids: Ids, *, within: ChangeSet) -> None:
    standing = prospects_of(session, ids.people[drawn.person], sees=EVERYTHING)[0]
    terms = Terms(
        drawn.cents,
        drawn.purpose,
        ask_on=drawn.ask_on,
        expected_on=drawn.expected_on,
        odds=drawn.odds,
        officer_id=ids.staff[drawn.officer],
    )
    row = open_ask(session, standing.prospect.id, terms, on=drawn.opened, within=within)
    for step in drawn.told:
        if step.odds is not None:
            change_ask(session, row.id, replace(terms, odds=step.odds), on=step.on, within=within)
        step_ask(session, row.id, Step(step.status, step.on, step.why, step.reason, step.returns_on), within=within)
        if step.status == RECEIVED:
            offered = gifts_offered(session, ask(session, row.id, sees=EVERYTHING), sees=EVERYTHING)
            own = next((one for one in offered if one.gift.received_on == step.on), None)
            if own is not None:
                link_gift(session, row.id, own.gift.id, within=within)
