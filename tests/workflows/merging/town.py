"""A small town for random sequences of merges, edits, gifts, moves of house and undos."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, give, withdraw
from donors.constituents.contact import add_point, make_primary
from donors.constituents.create import create
from donors.constituents.edit import edit
from donors.constituents.models import HOUSEHOLD, Constituent, EmailAddress
from donors.constituents.queries import current_id
from donors.constituents.records import Email, NewConstituent
from donors.constituents.spans import Span
from donors.constituents.ties import Tie, relate
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.errors import Blocked, HouseError
from donors.giving.gift_input import AdjustmentInput, CreditInput, GiftInput
from donors.giving.models import Gift
from donors.levels.standard import install_standard as install_levels
from donors.pipeline.advance import add, enter_stage, leave
from donors.pipeline.models import Prospect
from donors.pipeline.move_report import Report
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.stages import stages
from donors.pipeline.standard import install_standard as install_pipeline
from donors.rollups.standard import install_standard as install_figures
from donors.volunteering.shift_input import ShiftInput
from donors.workflows import adjust, gifts, shifts
from donors.workflows.household import NewStay, join_household, move_house
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.moves import log_move
from donors.workflows.undo import undo_change

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="web")
PEOPLE, HOMES = 5, 2


@dataclass
class Town:
    """The database and what the test knows: everybody's ids, and which merges stand, as change set → (old, stays)."""

    session: Session
    people: list[int]
    homes: list[int]
    pipeline: int
    stages: list[int]
    chance: random.Random
    merges: dict[int, tuple[int, int]] = field(default_factory=dict)
    others: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    first: dict[int, tuple[int, int]] = field(default_factory=dict)

    def act(self) -> None:
        """Something that happens in any charity. What is refused, with a reason, has not happened."""
        verb, known = self.chance.choice(ACTS), len(self.others)
        try:
            with self.session.begin_nested():
                verb(self)
        except HouseError:
            self.session.expire_all()
            del self.others[known:]  # its number goes to another act

    def open(self, kind: str) -> ChangeSet:
        """A change set that an undo may take back."""
        change = open_change(self.session, kind, act=ACT)
        self.others.append(change.id)
        return change

    def anybody(self) -> int:
        """Anybody's living id, by whatever id they were once known."""
        return current_id(self.session, self.chance.choice(self.people))

    def is_many(self) -> bool:
        """Whether they are not all one by now."""
        return len({current_id(self.session, one) for one in self.people}) > 1

    def row(self) -> Constituent:
        """Anybody's record."""
        return self.session.get_one(Constituent, self.anybody())

    def day(self) -> date:
        """A day of the last two years."""
        return TODAY - timedelta(days=self.chance.randrange(700))

    def merge(self) -> None:
        """Two who are one, if there are two."""
        stays, goes = self.anybody(), self.anybody()
        while goes == stays and self.is_many():
            goes = self.anybody()
        take = frozenset(self.chance.sample(["note", "nickname", "given_name", "title"], 2))
        change = open_change(self.session, "constituent.merge", act=ACT)
        merge_constituents(self.session, Pair(stays, goes, take), within=change, on=TODAY)
        self.merges[change.id] = self.first[change.id] = (goes, stays)

    def give(self) -> None:
        """A gift, sometimes with credit for somebody else."""
        giver, other = self.anybody(), self.anybody()
        amount = self.chance.choice([100, 2500, 120_000])
        credits = (CreditInput(other, amount),) if other != giver and self.chance.random() < 0.4 else ()
        wanted = GiftInput(giver, amount, self.day(), credits=credits)
        gifts.record_gifts(self.session, [wanted], within=self.open("gift.record"), on=TODAY)

    def gift(self) -> Gift:
        """Any gift."""
        known = self.session.scalars(select(Gift).order_by(Gift.id)).all()
        if not known:
            raise Blocked("no gift", ())
        return self.chance.choice(known)

    def refund(self) -> None:
        """A part given back."""
        gift = self.gift()
        adjust.refund_gift(self.session, gift.id, AdjustmentInput(gift.amount // 2 or 1, TODAY), act=ACT, on=TODAY)

    def correct(self) -> None:
        """The amount was another one."""
        wanted = AdjustmentInput(self.chance.choice([50, 5000]))
        adjust.correct_gift(self.session, self.gift().id, wanted, act=ACT, on=TODAY)

    def move_gift(self) -> None:
        """It was somebody else's gift."""
        adjust.move_gift(self.session, self.gift().id, to=self.anybody(), act=ACT, on=TODAY)

    def edit(self) -> None:
        """A field of the record."""
        name = self.chance.choice(["note", "nickname", "given_name", "title", "suffix"])
        values = {name: self.chance.choice(["Ada", "Bo", "Cy"])}
        edit(self.session, self.row(), values=values, within=self.open("constituent.edit"))

    def write_to(self) -> None:
        """A new e-mail, or another one first."""
        row, within = self.row(), self.open("constituent.contact")
        add_point(self.session, row, given=Email(f"{self.chance.randrange(9)}@example.org"), within=within)
        known = select(EmailAddress).where(EmailAddress.constituent_id == row.id, EmailAddress.is_active)
        make_primary(self.session, self.chance.choice(self.session.scalars(known).all()), within=within)

    def consent(self) -> None:
        """Yes or no."""
        say = self.chance.choice([give, withdraw])
        say(self.session, self.row(), said=Said("email", self.day(), "form"), within=self.open("constituent.consent"))

    def move_house(self) -> None:
        """To the other household, or to the first one."""
        to, within = self.session.get_one(Constituent, self.chance.choice(self.homes)), self.open("household.move")
        move_house(self.session, self.row(), to=to, moved_on=self.day(), within=within, on=TODAY)

    def work(self) -> None:
        """A shift."""
        wanted = ShiftInput(self.anybody(), self.day(), 90)
        shifts.record_shifts(self.session, [wanted], within=self.open("shift.record"), on=TODAY)

    def call(self) -> None:
        """A move."""
        report = Report(self.day(), "call", "reached")
        log_move(self.session, self.anybody(), report, within=self.open("move.log"), on=TODAY)

    def tie(self) -> None:
        """A relationship."""
        relate(self.session, self.row(), self.row(), tie=Tie("friend"), within=self.open("constituent.relate"))

    def prospect(self) -> None:
        """Somebody enters the pipeline, goes on in it, or leaves."""
        who, within = self.anybody(), self.open("prospect.advance")
        entry = Entry(TODAY, self.chance.choice(self.stages), why="test")
        known = self.session.scalar(select(Prospect).where(Prospect.constituent_id == who))
        if known is None:
            add(self.session, who, self.pipeline, entry, within=within)
        elif self.chance.random() < 0.3:
            leave(self.session, known.id, Leaving(TODAY, "moved away"), within=within)
        else:
            enter_stage(self.session, known.id, entry, within=within)

    def undo_other(self) -> None:
        """Any act but a merge is undone, if nothing stands in its way."""
        if self.others:
            change = self.session.get_one(ChangeSet, self.chance.choice(self.others))
            undo_change(self.session, change, act=ACT, on=TODAY)

    def merge_again(self) -> None:
        """The undo of a merge is undone in its turn."""
        if self.undone:
            undoing = self.session.get_one(ChangeSet, self.chance.choice(self.undone))
            merge = undoing.undoes_id or 0
            undo_change(self.session, undoing, act=ACT, on=TODAY)
            self.undone.remove(undoing.id)
            self.merges[merge] = self.first[merge]


Verb = Callable[[Town], None]
ACTS: list[Verb] = [
    *[Town.give] * 3,
    *[Town.edit] * 3,
    *[Town.move_house] * 2,
    *[Town.undo_other] * 2,
    Town.refund,
    Town.correct,
    Town.move_gift,
    Town.write_to,
    Town.consent,
    Town.work,
    Town.call,
    Town.tie,
    Town.prospect,
    Town.merge_again,
]


def town(session: Session) -> Town:
    """An organization with figures, levels and a pipeline; five people, the first two in one household."""
    change = open_change(session, "test", act=ACT)
    install_figures(session, within=change)
    install_levels(session, currency="USD", within=change)
    pipeline = install_pipeline(session, within=change)
    people = [
        create(session, NewConstituent(given_name=name, family_name="Berg", emails=(Email(f"{n}@example.org"),)),
               within=change).id
        for n, name in enumerate(("Anna", "Ben", "Cleo", "Dora", "Emil"))
    ]  # fmt: skip
    homes = [create(session, NewConstituent(kind=HOUSEHOLD), within=change).id for _ in range(HOMES)]
    rows = [session.get_one(Constituent, one) for one in (homes[0], people[0], people[1])]
    for person in rows[1:]:
        join_household(session, NewStay(rows[0], person, Span(None, None)), within=change, on=TODAY)
    ids = [stage.id for stage in stages(session, pipeline.id)]
    return Town(session, people, homes, pipeline.id, ids, random.Random())
