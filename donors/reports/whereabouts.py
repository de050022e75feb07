"""Whereabouts: where every prospect stood on a day and who was in charge of it, from rows with dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.pipeline.models import MADE, Assignment, Move, Prospect, Stage, StageEntry
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.sieve import running, seen_prospects


@dataclass(frozen=True)
class Stood:
    """A prospect in its stage on a day: since when, and the primary officer of that day, if any."""

    prospect: Prospect
    name: str
    stage: Stage
    since: date
    officer_id: int | None
    officer: str | None

    def days(self, on: date) -> int:
        """Days in the stage."""
        return (on - self.since).days

    def over(self, on: date) -> int:
        """Days past those that the stage should need; 0 where it has no limit or keeps within it."""
        limit = self.stage.expected_days
        return max(0, self.days(on) - limit) if limit else 0


def whereabouts(session: Session, on: date, which: Which, *, kinds: Sequence[str] = ()) -> list[Stood]:
    """The prospects that stood in a pipeline on a day, of those that the viewer may see; by id.

    `kinds`: only those in stages of these kinds.
    """
    columns = (Prospect, Constituent.name, Stage, StageEntry.entered_on, User.id, User.name)
    found = stood_on(on, which, *columns).order_by(Prospect.id)
    if kinds:
        found = found.where(Stage.kind.in_(kinds))
    return [Stood(*row) for row in session.execute(found)]


def stood_on(on: date, which: Which, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The statement of `whereabouts` with other columns, to count in the database."""
    newest = (
        select(StageEntry.id)
        .where(StageEntry.prospect_id == Prospect.id, StageEntry.entered_on <= on)
        .order_by(StageEntry.entered_on.desc(), StageEntry.id.desc())
        .limit(1)
        .correlate(Prospect)
        .scalar_subquery()
    )
    charge = (Assignment.constituent_id == Prospect.constituent_id) & (Assignment.role == "primary")
    statement: Select[*tuple[Any, ...]] = (
        select(*columns)
        .select_from(Prospect)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(StageEntry, StageEntry.id == newest)
        .join(Stage, Stage.id == StageEntry.to_stage_id)
        .outerjoin(Assignment, charge & running(on)[0] & running(on)[1])
        .outerjoin(User, User.id == Assignment.officer_id)
        .where(*seen_prospects(which.sees))
    )
    if which.pipeline_id is not None:
        statement = statement.where(Prospect.pipeline_id == which.pipeline_id)
    if which.officer_id is not None:
        statement = statement.where(Assignment.officer_id == which.officer_id)
    return statement


def last_spoken(session: Session, ids: Sequence[int], on: date) -> dict[int, date]:
    """Constituent → the day of the last substantive move up to a day, whoever made it."""
    made = (
        select(Move.constituent_id, func.max(Move.made_on))
        .where(among(session, Move.constituent_id, ids), Move.state == MADE, Move.is_substantive, Move.made_on <= on)
        .group_by(Move.constituent_id)
    )
    return {one: day for one, day in session.execute(made) if day is not None}
