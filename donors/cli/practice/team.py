"""What officers of the practice charity settle about prospects: strategies, putting off, a secret, a volunteer."""

from collections.abc import Sequence
from datetime import date, timedelta

from donors.accounts.visible import EVERYTHING
from donors.cli.practice.ids import Ids
from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.core.paging import Part
from donors.pipeline.assign import Charge
from donors.pipeline.confide import confide
from donors.pipeline.portfolios.holdings import Holding, holdings
from donors.pipeline.prospect import Leaving
from donors.pipeline.strategy import set_strategy
from donors.pipeline.turn.snooze import snooze
from donors.workflows.advance import leave
from donors.workflows.portfolio import assign_officer

STRATEGIES = (
    "Make the boathouse hers: the studio in spring, the board chair at her table, the ask before summer. No letters.",
    "Find out what he cares for beside the roof. Two visits with his sister, then decide whether to ask this year.",
    "Thank well, report in May, ask again for the same and a little more in October.",
)
SNOOZED = (
    (6, 21, "Travels until the middle of next month"),
    (9, 45, "Sells the company first"),
    (14, 9, "In hospital"),
)
"""Place among Maren's prospects by their asks, days from today, why."""
CONFIDENTIAL, VOLUNTEER = 4, 2
RETURNS = (
    (38, "released", 1, "Put the children through school first"),
    (41, "disqualified", 40, "No interest yet"),
    (47, "lost", 300, "Gives to the hospital now"),
    (53, "lost", 240, "Moved to be near the children"),
)
"""Place, how they left, days from today on which they return, why."""


def load_team(session: Session, ids: Ids, *, within: ChangeSet, on: date) -> None:
    """Settles it for some of Maren's prospects, those with the largest asks first."""
    maren = ids.staff["maren"]
    held = [one for one in holdings(session, maren, Part(200, sort="ask"), on=on, sees=EVERYTHING) if one.places]
    for place, one in enumerate(held[:24]):
        text, day = STRATEGIES[place % len(STRATEGIES)], on - timedelta(days=20 + 19 * place)
        set_strategy(session, _prospect(one), text, on=day, within=within)
    for place, days, why in (one for one in SNOOZED if one[0] < len(held)):
        snooze(session, _prospect(held[place]), until=on + timedelta(days=days), why=why, on=on, within=within)
    if len(held) > CONFIDENTIAL:
        _keep_to_a_few(session, ids, held, within=within, on=on)
    for place, how, days, why in (one for one in RETURNS if one[0] < len(held)):
        leaving = Leaving(on, why, how, on + timedelta(days=days))
        leave(session, _prospect(held[place]), leaving, within=within)


def _keep_to_a_few(session: Session, ids: Ids, held: Sequence[Holding], *, within: ChangeSet, on: date) -> None:
    """One prospect is kept to its team, another has a volunteer solicitor."""
    confide(session, _prospect(held[CONFIDENTIAL]), confidential=True, sees=EVERYTHING, within=within)
    charge = Charge(ids.staff["remy"], on - timedelta(days=60), "volunteer", "Sits with her on the library board")
    assign_officer(session, held[VOLUNTEER].assignment.constituent_id, charge, within=within)


def _prospect(one: Holding) -> int:
    return one.places[0].prospect.id
