"""Reading levels: who stands where and why, what came before, who is near an edge, and who stood where on a day."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight, rows
from donors.constituents.models import Constituent
from donors.core.hours import to_hours
from donors.core.money import to_decimal
from donors.core.settings import Organization, organization
from donors.giving.models import Gift
from donors.levels.compile import may_stand
from donors.levels.decide import Band, level_for, next_above
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import Level, Standing
from donors.rollups.definition import ValueKind
from donors.rollups.models import rollup_value, slot_column

BECAUSE = {
    "gift": "a gift",
    "refund": "a refund",
    "correction": "a correction",
    "time": "time passing",
    "hours": "volunteer hours",
    "move": "a move",
    "merge": "a merge",
    "rules": "a change of rules",
    "override": "a decision by hand",
    "freeze ended": "the end of a freeze",
    "exclusion": "an exclusion from the track",
    "details": "a change of details",
    "death": "a death",
    "deleted": "removal from the lists",
    "import": "an import",
    "household": "a change of household",
}


@dataclass(frozen=True)
class View:
    """Where a constituent stands on a track now. `missing` is what is short of `above`, the next level."""

    ladder: Ladder
    standing: Standing | None
    band: Band | None
    figure: int | None
    above: Band | None
    missing: int | None
    reason: str


@dataclass(frozen=True)
class Past:
    """One span of a constituent's history on a track."""

    track: str
    level: str
    standing: Standing
    cause: str


def standings_of(session: Session, constituent_id: int, *, on: date) -> list[View]:
    """Where a constituent stands on every track that is for its kind, with the reason in words."""
    settings = organization(session)
    tracks = ladders(session)
    slots = [rollup_value.c[slot_column(one.slot)].label(f"figure_{one.id}") for one in tracks]
    allowed = [and_(may_stand(one, on=on)).label(f"may_{one.id}") for one in tracks]
    found = session.execute(
        select(Constituent.id, *slots, *allowed)
        .outerjoin(rollup_value, rollup_value.c.constituent_id == Constituent.id)
        .where(Constituent.id == constituent_id)
    ).first()
    if found is None:
        return []
    here = select(Standing).where(Standing.constituent_id == constituent_id, Standing.to_on.is_(None))
    standing = {row.track_id: row for row in session.scalars(here)}
    return [
        _view(session, one, standing.get(one.id), found._mapping[f"figure_{one.id}"], settings)
        for one in tracks
        if found._mapping[f"may_{one.id}"]
    ]


def _view(
    session: Session, ladder: Ladder, standing: Standing | None, figure: int | None, settings: Organization
) -> View:
    band = ladder.band(standing.level_id) if standing else None
    above = next_above(figure, ladder.bands)
    gift = session.get(Gift, standing.cause_gift_id) if standing and standing.cause_gift_id else None
    return View(
        ladder=ladder,
        standing=standing,
        band=band,
        figure=figure,
        above=above[0] if above else None,
        missing=above[1] if above else None,
        reason=reason(ladder, standing, band, gift, settings, figure),
    )


def reason(  # noqa: PLR0917 - a sentence has many parts
    ladder: Ladder,
    standing: Standing | None,
    band: Band | None,
    gift: Gift | None,
    settings: Organization,
    figure: int | None,
) -> str:
    """Why somebody stands where they stand, in one or two sentences."""
    above = next_above(figure, ladder.bands)
    short = f" {amount(above[1], ladder, settings)} short of {above[0].name}." if above else ""
    if standing is None or band is None:
        what = "there is none" if figure is None else f"it is {amount(figure, ladder, settings)}"
        return f"No level: {ladder.measure_label.lower()}, {what}.{short}"
    since = format_date(standing.from_on, locale=settings.locale)
    measure = amount(standing.measure or 0, ladder, settings)
    bound = "" if band.minimum is None else f" is at least {amount(band.minimum, ladder, settings)}"
    cause = BECAUSE.get(standing.cause, standing.cause)
    if gift is not None:
        cause = f"the gift of {format_date(gift.received_on, locale=settings.locale)}"
    return (
        f"{band.name} since {since}, because {ladder.measure_label.lower()}, {measure},{bound};"
        f" what brought it was {cause}.{short}"
    )


def amount(value: int, ladder: Ladder, settings: Organization) -> str:
    """A figure of a track's measure as people write it."""
    match ladder.value_kind:
        case ValueKind.MONEY:
            money = to_decimal(value, settings.currency)
            return str(format_currency(money, settings.currency, locale=settings.locale))
        case ValueKind.MINUTES:
            return f"{format_decimal(to_hours(value), locale=settings.locale)} hours"
    return str(format_decimal(value, locale=settings.locale))


def history(session: Session, constituent_id: int) -> list[Past]:
    """All spans of a constituent on all tracks, newest first."""
    found = session.execute(
        select(Standing, Level.name)
        .join(Level, Level.id == Standing.level_id)
        .where(Standing.constituent_id == constituent_id)
        .order_by(Standing.from_on.desc(), Standing.id.desc())
    ).all()
    names = {one.id: one.name for one in ladders(session)}
    return [
        Past(names.get(row[0].track_id, ""), row[1], row[0], BECAUSE.get(row[0].cause, row[0].cause)) for row in found
    ]


@dataclass(frozen=True)
class Edge:
    """Somebody just below a level: the figure and what is missing."""

    constituent_id: int
    name: str
    figure: int
    level: Band | None
    above: Band
    missing: int


@dataclass(frozen=True)
class Near:
    """How near to a level is near: so many percent of its minimum may be missing; at most so many people."""

    percent: int
    limit: int = 50


def near_edge(
    session: Session,
    ladder: Ladder,
    near: Near,
    *,
    on: date,
    sees: Sight,
    only: ColumnElement[bool] | None = None,
) -> list[Edge]:
    """Those who lack at most so many percent of a level's minimum, the least lacking first. `only` narrows them."""
    figure = rollup_value.c[slot_column(ladder.slot)]
    minimums = sorted(band.minimum for band in ladder.bands if band.minimum is not None)
    spans = [figure.between(low - low * near.percent // 100, low - 1) for low in minimums if low > 0]
    if not spans:
        return []
    missing = case(*((figure < low, literal(low) - figure) for low in minimums))  # to the next level, as `next_above`
    found = session.execute(
        select(Constituent.id, Constituent.name, figure.label("figure"))
        .join(rollup_value, rollup_value.c.constituent_id == Constituent.id)
        .where(or_(*spans), may_stand(ladder, on=on), _seen(sees), true() if only is None else only)
        .order_by(missing, Constituent.id)
        .limit(near.limit)
    )
    edges = []
    for row in found:
        above = next_above(row.figure, ladder.bands)
        if above is not None:
            edges.append(Edge(row.id, row.name, row.figure, level_for(row.figure, ladder.bands), *above))
    return edges


def _seen(sees: Sight) -> ColumnElement[bool]:
    return rows(sees, confidential=Constituent.__table__.c.confidential, constituent_id=Constituent.__table__.c.id)


def people_by_level(session: Session, ladder: Ladder) -> dict[int, int]:
    """How many stand on each level now, by its id."""
    counted = select(Standing.level_id, func.count()).where(Standing.track_id == ladder.id, Standing.to_on.is_(None))
    return {level_id: count for level_id, count in session.execute(counted.group_by(Standing.level_id))}
