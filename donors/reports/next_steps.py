"""No next move: active prospects for whom nothing is planned, the most money first, each with what to do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.known import KnownAt, seen
from donors.core.paging import ALL, Part
from donors.core.whole_sum import WholeSum
from donors.pipeline.models import MADE, Assignment, Move, Prospect, Stage
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.sieve import in_charge, no_next_move, running, seen_prospects
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import definitions

YEAR = "last_365_days_total"
"""What somebody gave within a year, as a figure is kept; nothing where the house does not count it."""
LONG, SOME = 180, 60
"""Days without a contact after which it has to be taken up again, and after which it is time for one."""
BY_KIND = {
    "identification": "Ask for a first talk",
    "qualification": "Meet in person",
    "cultivation": "Show the work that they care for",
    "solicitation": "Follow up the ask",
    "stewardship": "Tell what the gift has done",
}
"""Kind of a stage → what usually comes next in it."""


@dataclass(frozen=True)
class NextStepsQuestion:
    """As of a day, for a pipeline and an officer or all. `known`: by what was recorded up to an instant."""

    on: date
    which: Which
    known: KnownAt | None = None


@dataclass(frozen=True)
class Unplanned:
    """An active prospect without a next move. Minor units; days are those in the stage, and since the last contact
    (none: there was none)."""

    prospect_id: int
    constituent_id: int
    name: str
    officer: str | None
    stage: str
    kind: str
    days: int
    since_contact: int | None
    ask: int | None
    given: int

    @property
    def at_risk(self) -> int:
        """The open asks, or what came in within a year where that is more."""
        return max(self.ask or 0, self.given)

    @property
    def suggestion(self) -> str:
        """What to plan."""
        return suggestion(self.kind, self.since_contact, has_ask=bool(self.ask))


@dataclass(frozen=True)
class NextSteps:
    """The report: how many there are, of how many active prospects, what is at risk in all, and a page of them."""

    asked: NextStepsQuestion
    total: int
    active: int
    at_risk: int
    rows: tuple[Unplanned, ...]


def suggestion(kind: str, since_contact: int | None, *, has_ask: bool) -> str:
    """What to plan next, by the kind of stage and the days since the last contact."""
    if since_contact is None:
        return "Make the first contact: nobody has written of one"
    usual = BY_KIND.get(kind, "Plan a contact")
    if kind == "solicitation" and not has_ask:
        usual = "Say what is to be asked for, and ask"
    if since_contact > LONG:
        return f"Take up contact again after {since_contact} days, then: {usual[0].lower()}{usual[1:]}"
    return f"{usual}, within a week" if since_contact > SOME else usual


def next_steps(session: Session, asked: NextStepsQuestion, *, part: Part = ALL) -> NextSteps:
    """Makes the report. `part` may be sorted by name, officer, stage, since (days in stage), contact and risk."""
    held = _held(session, asked)
    lacking = held.where(no_next_move()).subquery("lacking")
    risk = func.coalesce(lacking.c.at_risk, 0)
    counted = select(func.count(), WholeSum(risk)).select_from(lacking)
    total, at_risk = session.execute(seen(counted, asked.known)).one()
    active = session.scalar(seen(select(func.count()).select_from(held.subquery("held")), asked.known))
    keys = {
        "name": lacking.c.sort_name,
        "officer": lacking.c.officer,
        "stage": lacking.c.stage,
        "since": lacking.c.in_stage_since,
        "contact": lacking.c.last_on,
        "risk": risk,
    }
    page = part.of(select(lacking), keys, risk.desc(), lacking.c.in_stage_since, lacking.c.prospect_id)
    found = session.execute(seen(page, asked.known)).all()
    return NextSteps(asked, total, active or 0, int(at_risk or 0), tuple(_row(row, asked.on) for row in found))


def _row(row: Any, on: date) -> Unplanned:
    since = None if row.last_on is None else (on - row.last_on).days
    return Unplanned(
        row.prospect_id,
        row.constituent_id,
        row.name,
        row.officer,
        row.stage,
        row.kind,
        (on - row.in_stage_since).days,
        since,
        row.ask,
        row.given,
    )


def _held(session: Session, asked: NextStepsQuestion) -> Select[*tuple[Any, ...]]:
    """The active prospects that are asked for."""
    given = _given(session)
    last_on = (
        select(func.max(Move.made_on))
        .where(Move.constituent_id == Prospect.constituent_id, Move.state == MADE, Move.made_on <= asked.on)
        .correlate(Prospect)
        .scalar_subquery()
    )
    primary = and_(
        Assignment.constituent_id == Prospect.constituent_id, Assignment.role == "primary", *running(asked.on)
    )
    ask = func.coalesce(Prospect.ask_amount, 0)
    statement = (
        select(
            Prospect.id.label("prospect_id"),
            Prospect.constituent_id,
            Constituent.name,
            Constituent.sort_name,
            User.name.label("officer"),
            Stage.name.label("stage"),
            Stage.kind,
            Prospect.in_stage_since,
            last_on.label("last_on"),
            Prospect.ask_amount.label("ask"),
            given.label("given"),
            case((ask > given, ask), else_=given).label("at_risk"),
        )
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Stage, Stage.id == Prospect.stage_id)
        .outerjoin(Assignment, primary)
        .outerjoin(User, User.id == Assignment.officer_id)
        .outerjoin(rollup_value, rollup_value.c.constituent_id == Prospect.constituent_id)
        .where(Prospect.is_active, *seen_prospects(asked.which.sees))
    )
    if asked.which.pipeline_id is not None:
        statement = statement.where(Prospect.pipeline_id == asked.which.pipeline_id)
    return statement if asked.which.officer_id is None else statement.where(in_charge(asked.which.officer_id, asked.on))


def _given(session: Session) -> Any:
    one = next((each for each in definitions(session) if each.key == YEAR), None)
    return literal(0) if one is None else func.coalesce(rollup_value.c[slot_column(one.slot)], 0)
