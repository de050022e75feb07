"""Givers who each embody one way to move between two days a year apart, on the standard giving ladder."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.spans import Span
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.clock import now
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.levels.ladders import ladders
from donors.workflows.adjust import refund_gift
from donors.workflows.begin import begin
from donors.workflows.gifts import add_gift
from donors.workflows.household import NewStay, join_household
from donors.workflows.refresh import drain
from tests.constituents.people import home, person

TODAY = now().date()
YEAR_AGO = TODAY - timedelta(days=365)
ACT = Act(by=None, at=now(), through="cli")

GIFTS: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = (
    ("Rita Riser", ((400, 300), (60, 1500))),
    ("Fred Faller", ((370, 6000), (100, 300))),
    ("Lena Left", ((500, 500),)),
    ("Nina New", ((10, 50),)),
    ("Stan Stayer", ((400, 300), (100, 310))),
    ("Hidden Helen", ((20, 30_000),)),
    ("Homer Home", ((450, 700), (30, 700))),
    ("Refunded Ralph", ((380, 1200), (50, 1200))),
)
"""Name → days ago and whole dollars of each gift."""


@dataclass(frozen=True)
class Givers:
    """The ids by name, of the household too, and of the tracks."""

    ids: dict[str, int]
    giving: int
    hours: int


def givers(session: Session) -> Givers:
    """Makes them, with figures and levels of today; committed."""
    change = open_change(session, "test", act=ACT)
    begin(session, within=change)
    people = {name: person(session, name, confidential=name.startswith("Hidden")) for name, _ in GIFTS}
    people["Home household"] = home(session, "Home household")
    _join(session, people["Home household"], people["Homer Home"], change)
    ids = {name: row.id for name, row in people.items()}
    gifts: dict[str, int] = {}
    for name, given in GIFTS:
        for days, dollars in given:
            made = GiftInput(ids[name], dollars * 100, TODAY - timedelta(days=days))
            gifts[name] = add_gift(session, made, within=change, on=TODAY).gift.id
    refund = AdjustmentInput(110_000, TODAY - timedelta(days=20))
    refund_gift(session, gifts["Refunded Ralph"], refund, act=ACT, on=TODAY)
    while drain(session, at=now(), on=TODAY):
        pass
    tracks = {track.name: track.id for track in ladders(session)}
    session.commit()
    return Givers(ids, tracks["Giving"], tracks["Hours"])


def _join(session: Session, house: Constituent, member: Constituent, change: ChangeSet) -> None:
    stay = NewStay(house, member, Span(date(2015, 1, 1), None), "member")
    join_household(session, stay, within=change, on=TODAY)
