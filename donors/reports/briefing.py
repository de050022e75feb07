"""The briefing: one page for a visit. Purpose, facts, promises, last contacts, the ask, what not to do."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import PERSON
from donors.constituents.queries import ContactPoints, contact_points, home, members, relationships
from donors.levels.reasons import View, standings_of
from donors.pipeline.models import Move
from donors.reports.sheet import Sheet, sheet
from donors.research.queries import Rated, ratings_now
from donors.rollups.queries import Figure, figures_of

LAST = 3
"""Contacts on a briefing."""
FIGURES = ("last_gift", "last_gift_on", "largest_gift", "largest_gift_on", "lifetime_total", "years_given")
WORK = ("employer", "organization served", "foundation")
"""What somebody on the other side of a tie is, if it says where the constituent works."""


@dataclass(frozen=True)
class Briefing:
    """What to know before a visit. `purpose` is the next move, none where nothing is planned. `figures` by key, those
    that are counted, of the prospect and of the home; `at_home` and `work` are names."""

    sheet: Sheet
    purpose: Move | None
    levels: tuple[View, ...]
    reach: ContactPoints
    figures: dict[str, Figure]
    household_id: int | None
    together: dict[str, Figure]
    ratings: dict[str, Rated]
    at_home: tuple[str, ...]
    work: tuple[str, ...]


def briefing(session: Session, prospect_id: int, *, on: date, sees: Sight) -> Briefing:
    """The briefing on a prospect. Raises NotFound, also for one that is not for the viewer."""
    found = sheet(session, prospect_id, on=on, sees=sees, last=LAST)
    who = found.person
    ties = relationships(session, who.id, sees=sees)
    lived = home(session, who.id, on=on, sees=sees) if who.kind == PERSON else None
    here = members(session, lived.household.id if lived else who.id, on=on, sees=sees)
    return Briefing(
        found,
        found.planned[0].move if found.planned else None,
        tuple(view for view in standings_of(session, who.id, on=on) if view.band is not None),
        contact_points(session, who.id),
        _known(figures_of(session, who.id)),
        lived.household.id if lived else None,
        _known(figures_of(session, lived.household.id)) if lived else {},
        ratings_now(session, who.id),
        tuple(one.person.name for one in here if one.person.id != who.id),
        tuple(one.other.name for one in ties if one.tie.to_on is None and one.kind in WORK),
    )


def _known(kept: dict[str, Figure]) -> dict[str, Figure]:
    return {key: kept[key] for key in FIGURES if key in kept and kept[key].value is not None}
