"""Writes the goals of the practice charity, and who was said to be hot: by Jonas more often than it came true."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

from donors.accounts.visible import EVERYTHING
from donors.cli.practice.asks import HOPES
from donors.cli.practice.cast import SOLICITATION
from donors.cli.practice.ids import Ids
from donors.cli.practice.story import Charity, DrawnProspect
from donors.cli.practice.world import FISCAL_START
from donors.core.calendar import FiscalCalendar
from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.pipeline.odds.goals import Aim, set_goal
from donors.pipeline.odds.hot import Heat, claim_hot
from donors.pipeline.queries.prospects import prospects_of

Change = Callable[[str], AbstractContextManager[tuple[Session, ChangeSet]]]
GOAL, EACH = 300_000_000, 100_000_000
SURE = 40
"""The per cent that an officer says who hopes for no more than comes true."""
WHYS = (
    "Asked for the account number.",
    "Has seen the plans twice.",
    "Her sister gave last month.",
    "Said “this year”.",
)


def load_claims(charity: Charity, ids: Ids, change: Change) -> None:
    """Sets the goals of the year, then claims, of last year and of now."""
    with change("practice.goals") as (session, within):
        year = FiscalCalendar(FISCAL_START).year_of(charity.on)
        set_goal(session, Aim(year, "money", GOAL), within=within)
        for officer in HOPES:
            set_goal(session, Aim(year, "money", EACH, ids.staff[officer]), within=within)
            set_goal(session, Aim(year, "visits", 90, ids.staff[officer]), within=within)
    with change("practice.hot") as (session, within):
        for number, (drawn, ago) in enumerate(_hot(charity)):
            standing = prospects_of(session, ids.people[drawn.person], sees=EVERYTHING)[0].prospect
            if standing.is_active:
                heat = Heat(
                    charity.on - timedelta(days=ago - 120),
                    (drawn.ask or 400_000) // 8,
                    min(SURE + HOPES[drawn.officer] + number % 3 * 10, 95),
                    WHYS[number % len(WHYS)],
                    ids.staff[drawn.officer],
                )
                claim_hot(session, standing.id, heat, on=charity.on - timedelta(days=ago), within=within)


def _hot(charity: Charity) -> Iterator[tuple[DrawnProspect, int]]:
    """Prospects and how many days ago they were said to be hot: some a year ago, those in solicitation now."""
    for number, drawn in enumerate(charity.prospects):
        stood = (charity.on - drawn.entered[0][1]).days
        if stood > 300 and number % 2:
            yield drawn, 200 + number % 90
        if drawn.entered[-1][0] == SOLICITATION and number % 3 == 0:
            yield drawn, min(stood, 20)
