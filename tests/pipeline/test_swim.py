"""The board in rows, by officer or by level."""

from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.pipeline.models import Prospect
from donors.pipeline.queries.board import Page
from donors.pipeline.queries.sieve import Sieve
from donors.pipeline.queries.swim import swim_lanes
from tests.harness.statements import counted
from tests.pipeline.conftest import TODAY
from tests.pipeline.test_board import crowd

__all__ = ["crowd"]  # the fixture


def test_rows_of_the_board_count_each_prospect_once(session: Session, crowd: dict[str, Prospect]) -> None:
    """By officer and by level alike, in as many statements for many cards as for few."""
    sieve = Sieve(next(iter(crowd.values())).pipeline_id)
    with counted(session) as few:
        swims = swim_lanes(session, sieve, "officer", Page(limit=1), on=TODAY, sees=EVERYTHING)
    assert [(one.name, one.count) for one in swims] == [
        ("Olive Officer", 3), ("Sam Stranger", 1), ("Nobody in charge", 1),
    ]  # fmt: skip
    assert [len(lane.cards) for lane in swims[0].lanes] == [0, 1, 1, 0, 0]
    session.expire_all()
    with counted(session) as many:
        wide = swim_lanes(session, sieve, "officer", Page(limit=50), on=TODAY, sees=EVERYTHING)
    assert sum(len(lane.cards) for one in wide for lane in one.lanes) == 5
    assert len(few) == len(many)
    (level,) = swim_lanes(session, sieve, "level", Page(), on=TODAY, sees=EVERYTHING)
    assert (level.name, level.count) == ("No level", 5)
