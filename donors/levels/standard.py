"""The tracks that come with the product: a giving ladder and an hours ladder."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.money import exponent
from donors.levels.models import Track
from donors.levels.track import LevelDraft, TrackDraft, create_track

GIVING = (("Friend", 1), ("Supporter", 250), ("Patron", 1_000), ("Benefactor", 5_000), ("Circle", 25_000))
"""Names and minimums in whole units of the organization's currency, over the last 365 days."""
HOURS = (("Helper", 1), ("Regular", 25), ("Pillar", 100), ("Cornerstone", 250))
"""Names and minimums in hours of this fiscal year."""


def standard(currency: str) -> tuple[TrackDraft, ...]:
    """The standard tracks for an organization's currency."""
    unit = 10 ** exponent(currency)
    return (
        TrackDraft("Giving", "last_365_days_total", _ladder(GIVING, unit), "Gifts of the last 365 days."),
        TrackDraft("Hours", "volunteer_minutes_this_year", _ladder(HOURS, 60), "Hours of this fiscal year.", "person"),
    )


def _ladder(steps: tuple[tuple[str, int], ...], unit: int) -> tuple[LevelDraft, ...]:
    ends = [*(minimum for _, minimum in steps[1:]), None]
    return tuple(
        LevelDraft(name, minimum * unit, None if end is None else end * unit)
        for (name, minimum), end in zip(steps, ends, strict=True)
    )


def install_standard(session: Session, *, currency: str, within: ChangeSet) -> int:
    """Adds the standard tracks that are missing by name; returns how many. The rollups must be there."""
    known = set(session.scalars(select(Track.name)))
    missing = [draft for draft in standard(currency) if draft.name not in known]
    for draft in missing:
        create_track(session, draft, within=within)
    return len(missing)
