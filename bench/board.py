"""The board and its lists with everybody in one pipeline, beside a bare count by stage; a tenth shows how it grows."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import func, select

from bench.line import Here, Line
from bench.world import ACT, AT, TODAY, fill, vacuum
from donors.accounts.models import User
from donors.accounts.visible import EVERYTHING
from donors.constituents.models import Constituent
from donors.core.bulk import load
from donors.core.changes import insert, open_change
from donors.core.db import Session, transaction
from donors.pipeline.models import PLANNED, Assignment, Move, Prospect
from donors.pipeline.queries.board import Page, board, cards, count
from donors.pipeline.queries.sieve import Sieve
from donors.pipeline.queries.stages import stages
from donors.pipeline.queries.swim import swim_lanes
from donors.pipeline.standard import install_standard

OFFICERS = 50
TOP = 8
"""Cards of a lane that are shown at first."""


def measure(here: Here) -> Iterator[Line]:
    """The pages of a pipeline in which everybody stands, nine in ten of them with a next move."""
    fill(here.size, ())
    sieve = Sieve(_people_in())
    vacuum("prospect", "move", "assignment")
    base = here.meter.least(_reading(_bare))
    yield here.line("prospects counted by stage", base)
    beside = "prospects counted by stage"
    for name, read in _pages(sieve).items():
        yield here.line(name, here.meter.least(_reading(read)), beside=beside, base=base)


def _pages(sieve: Sieve) -> dict[str, Callable[[Session], object]]:
    def listed(page: Page) -> Callable[[Session], object]:
        return lambda session: (
            count(session, sieve, on=TODAY, sees=EVERYTHING),
            cards(session, sieve, page, on=TODAY, sees=EVERYTHING),
        )

    return {
        "the board": lambda session: board(session, sieve, on=TODAY, sees=EVERYTHING, top=TOP),
        "the board in order of the next move": lambda session: board(
            session, sieve, on=TODAY, sees=EVERYTHING, sort="next", top=TOP
        ),
        "the board of one officer": lambda session: board(
            session, Sieve(sieve.pipeline_id, officer_id=1), on=TODAY, sees=EVERYTHING, top=TOP
        ),
        "the board in rows by officer": lambda session: swim_lanes(
            session, sieve, "officer", Page(limit=TOP), on=TODAY, sees=EVERYTHING
        ),
        "the first page of the list, with its count": listed(Page()),
        "the hundredth page of the list, with its count": listed(Page(offset=4_950)),
        "the first page of the list by name, with its count": listed(Page(sort="name")),
    }


def _reading(read: Callable[[Session], object]) -> Callable[[], object]:
    def once() -> object:
        with transaction() as session:
            return read(session)

    return once


def _bare(session: Session) -> object:
    by_stage = select(Prospect.stage_id, func.count()).where(Prospect.is_active.expression).group_by(Prospect.stage_id)
    return session.execute(by_stage).all()


def _people_in() -> int:
    """Puts everybody into a pipeline, and returns its id."""
    with transaction() as session:
        within = open_change(session, "bench", act=ACT)
        for number in range(OFFICERS):
            insert(session, User(email=f"o{number}@example.org", name=f"O {number}", role="officer"), within=within)
        pipeline = install_standard(session, within=within)
        places = [stage.id for stage in stages(session, pipeline.id)]
        officers = list(session.scalars(select(User.id).order_by(User.id)))
        people = list(session.scalars(select(Constituent.id).order_by(Constituent.id)))
        load(
            session,
            Prospect,
            ("constituent_id", "pipeline_id", "stage_id", "in_stage_since", "ask_amount", "created_in"),
            (
                (
                    one,
                    pipeline.id,
                    places[one % len(places)],
                    TODAY - timedelta(one * 7 % 400),
                    one % 97 * 10_000,
                    within.id,
                )
                for one in people
            ),
        )
        load(
            session,
            Assignment,
            ("constituent_id", "officer_id", "from_on", "recorded_at", "created_in"),
            ((one, officers[one % OFFICERS], TODAY - timedelta(400), AT, within.id) for one in people),
        )
        held = session.execute(select(Prospect.id, Prospect.constituent_id)).all()
        load(
            session,
            Move,
            ("constituent_id", "prospect_id", "state", "purpose", "due_on", "recorded_at", "created_in"),
            (
                (one, id_, PLANNED, "Call", TODAY + timedelta(one * 11 % 120 - 30), AT, within.id)
                for id_, one in held
                if one % 10
            ),
        )
        return pipeline.id
