"""Reports on the pipeline with everybody in it and an ask of each, beside a bare count of all that was said of asks."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import func, select

from bench.line import Here, Line
from bench.pipeline_world import asks_in, histories_in, people_in
from bench.world import AT, TODAY, fill, vacuum
from donors.accounts.visible import EVERYTHING
from donors.core.db import Session, transaction
from donors.core.paging import Part
from donors.core.settings import organization
from donors.pipeline.asks.models import OpportunityEntry
from donors.pipeline.odds.queries import Which
from donors.reports.activity import activity
from donors.reports.answers import Memory
from donors.reports.balance import balance
from donors.reports.calibration import CalibrationQuestion, calibration_report
from donors.reports.coverage import coverage
from donors.reports.declined import DeclinedQuestion, declined_report
from donors.reports.forecast import ForecastQuestion, forecast
from donors.reports.funnel import FunnelQuestion, funnel
from donors.reports.next_steps import NextStepsQuestion, next_steps
from donors.reports.overdue import OverdueQuestion, overdue_moves
from donors.reports.portfolio_review import portfolio_review
from donors.reports.proposals import ProposalQuestion, proposal_report
from donors.reports.qualification import qualification
from donors.reports.velocity import velocity

PAGE = Part(50)
BESIDE = "a count of what was said of asks, by status"
TABLES = (
    *("prospect", "stage_entry", "assignment", "move", "presence", "rating", "hot_claim"),
    *("opportunity", "opportunity_entry", "opportunity_gift", "proposal", "constituent", "app_user"),
)
Read = Callable[[Session], object]


def measure(here: Here) -> Iterator[Line]:
    """A line for each report, of the whole house unless it says so."""
    fill(here.size, ())
    house = people_in()
    histories_in(house)
    asks_in(house)
    vacuum(*TABLES)
    base = here.meter.least(_once(_bare))
    yield here.line(BESIDE, base)
    for name, read in reports(house.pipeline_id, house.officers[0]).items():
        yield here.line(name, here.meter.least(_once(read)), beside=BESIDE, base=base)


def reports(pipeline_id: int, officer_id: int) -> dict[str, Read]:
    """Name → what reads a report: a page of it where it has pages."""
    every, one, own = Which(EVERYTHING), Which(EVERYTHING, pipeline_id), Which(EVERYTHING, pipeline_id, officer_id)
    year = TODAY.year + 1
    return {
        "portfolio review of one officer": lambda session: portfolio_review(session, TODAY, own),
        "portfolio review of everybody": lambda session: portfolio_review(session, TODAY, one),
        "funnel of a year": lambda session: funnel(session, FunnelQuestion(TODAY, TODAY - timedelta(365), one)),
        "velocity": lambda session: velocity(session, TODAY, one),
        "forecast": lambda session: forecast(session, ForecastQuestion(TODAY, year, every), organization(session)),
        "forecast of one officer": lambda session: forecast(
            session, ForecastQuestion(TODAY, year, own), organization(session)
        ),
        "forecast of one officer, once learnt": lambda session: forecast(
            session,
            ForecastQuestion(TODAY, year, own),
            organization(session),
            memory=Memory(lambda write: write(session), AT),
        ),
        "calibration": lambda session: calibration_report(session, CalibrationQuestion(TODAY, every)),
        "contact coverage": lambda session: coverage(session, TODAY, EVERYTHING),
        "officer activity": lambda session: activity(session, TODAY, organization(session), EVERYTHING),
        "portfolio balance": lambda session: balance(session, TODAY, one),
        "qualification queue": lambda session: qualification(session, TODAY, one),
        "declined and deferred": lambda session: declined_report(session, DeclinedQuestion(TODAY, every), part=PAGE),
        "proposal register": lambda session: proposal_report(session, ProposalQuestion(TODAY, every), part=PAGE),
        "no next move": lambda session: next_steps(session, NextStepsQuestion(TODAY, every), part=PAGE),
        "overdue moves": lambda session: overdue_moves(session, OverdueQuestion(TODAY, every), part=PAGE),
    }


def _once(read: Read) -> Callable[[], object]:
    def once() -> object:
        with transaction() as session:
            return read(session)

    return once


def _bare(session: Session) -> object:
    return session.execute(select(OpportunityEntry.status, func.count()).group_by(OpportunityEntry.status)).all()
