"""The third ladder of the practice charity, which asks for faithfulness, and a level that is frozen by hand."""

from datetime import date

from donors.cli.practice.ids import Ids
from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.levels.ladders import ladders
from donors.levels.models import FISCAL_YEAR, FREEZE, KEEP
from donors.levels.rulings import RulingDraft
from donors.levels.track import LevelDraft, TrackDraft, create_track
from donors.workflows.rulings import rule

LARGE = {"field": "lifetime_total", "operator": "at least", "value": "5,000"}
LONG = {"field": "current_streak", "operator": "at least", "value": 4}
LOYALTY = TrackDraft(
    "Loyalty",
    "current_streak",
    (
        LevelDraft("Returning", 2, 4),
        LevelDraft("Faithful", 4),
        LevelDraft("Heart", None, criteria={"all": [LONG, LARGE]}),
    ),
    "Years in a row; who falls has until the end of the fiscal year.",
    deceased=KEEP,
    falls=FISCAL_YEAR,
)
WHY = "Her estate is being settled; do not move her until the family has been spoken to."


def add_loyalty(session: Session, *, within: ChangeSet) -> None:
    """The ladder of years in a row: its highest level is by criteria alone."""
    create_track(session, LOYALTY, within=within)


def freeze_one(session: Session, ids: Ids, *, within: ChangeSet, on: date) -> None:
    """One level does not move, for a reason that everybody can read."""
    rule(session, ids.people[0], ladders(session)[0].id, RulingDraft(FREEZE, WHY), within=within, on=on)
