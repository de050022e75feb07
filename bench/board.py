"""The board and its lists with everybody in one pipeline, beside a bare count by stage; a tenth shows how it grows."""

from collections.abc import Callable, Iterator

from sqlalchemy import func, select

from bench.line import Here, Line
from bench.pipeline_world import people_in
from bench.world import TODAY, fill, vacuum
from donors.accounts.visible import EVERYTHING
from donors.core.db import Session, transaction
from donors.pipeline.models import Prospect
from donors.pipeline.queries.board import Page, board, cards, count
from donors.pipeline.queries.sieve import Sieve
from donors.pipeline.queries.swim import swim_lanes

TOP = 8
"""Cards of a lane that are shown at first."""


def measure(here: Here) -> Iterator[Line]:
    """The pages of a pipeline in which everybody stands, nine in ten of them with a next move."""
    fill(here.size, ())
    sieve = Sieve(people_in().pipeline_id)
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
