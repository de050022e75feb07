"""The tasks of a day as they are read: whose they are, what is known about each, and in which order they stand."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.absences import AbsenceDraft, add_absence
from donors.accounts.models import User
from donors.accounts.visible import visible
from donors.constituents.models import Constituent
from donors.core.changes import Act, insert, open_change
from donors.core.clock import now
from donors.giving.gift_input import GiftInput
from donors.levels.models import Level, Standing, Track
from donors.mail.models import Contact
from donors.pipeline.asks.decide import Terms
from donors.pipeline.models import Pipeline
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.move_report import Report
from donors.pipeline.prospect import Entry
from donors.pipeline.waiting.tasks import Waiting, waiting
from donors.plans.running.task import OwnTask, add
from donors.workflows.advance import add_prospect
from donors.workflows.asks import open_ask
from donors.workflows.begin import begin
from donors.workflows.gifts import add_gift
from donors.workflows.moves import log_move
from tests.cast import OLIVE, SAM, Person


class World:
    """Olive's day: people, gifts, moves and tasks, all made within one change set."""

    def __init__(self, session: Session, cast: dict[Person, int]) -> None:
        self.session, self.cast, self.today = session, cast, now().date()
        self.within = open_change(session, "test", act=Act(cast[OLIVE], now(), "web"))
        begin(session, within=self.within)

    def day(self, away: int) -> date:
        """The day so far from today."""
        return self.today + timedelta(days=away)

    def person(self, name: str) -> Constituent:
        """Somebody."""
        return insert(self.session, Constituent(kind="person", name=name, sort_name=name.lower()), within=self.within)

    def task(self, subject: str, who: Constituent | None = None, *, due: int = 0, of: Person = OLIVE) -> int:
        """A task on its own."""
        own = OwnTask(subject, self.day(due), self.cast[of], who.id if who else None)
        return add(self.session, own, within=self.within).id

    def gift(self, who: Constituent, amount: int, away: int) -> None:
        """A gift to the one fund."""
        given = GiftInput(who.id, amount, self.day(away))
        add_gift(self.session, given, within=self.within, on=self.today)

    def day_of(self, person: Person) -> list[Waiting]:
        """What waits for somebody today."""
        user = self.session.get_one(User, self.cast[person])
        return waiting(self.session, user.id, on=self.today, sees=visible(user))


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    """A world without anybody."""
    return World(session, cast)


def told(lines: list[Waiting]) -> list[tuple[str, str]]:
    """Subject and first reason of each."""
    return [(each.line.task.subject, each.reasons[0].sentence) for each in lines]


def test_a_gift_without_thanks_comes_before_what_is_long_late(world: World) -> None:
    graciela, walter = world.person("Graciela Montoya"), world.person("Walter Frost")
    world.gift(graciela, 120_000, -3)
    world.gift(walter, 500_000, -1)
    world.task("File the papers", due=-30)
    world.task("Call Walter", walter)
    world.task("Call Graciela", graciela)
    world.task("Tomorrow", due=1)
    found = world.day_of(OLIVE)
    assert [subject for subject, _why in told(found)] == ["Call Graciela", "Call Walter", "File the papers"]
    assert "Gave $1,200 for the first time" in told(found)[0][1]
    assert "within 48 hours" in told(found)[0][1]
    assert found[0].stake is not None
    assert (found[0].stake.amount, found[0].stake.what) == (120_000, "new gift")
    assert found[2].stake is None


def thank_by_mail(world: World, who: Constituent) -> None:
    """Thanks that went out."""
    contact = Contact(constituent_id=who.id, channel="email", purpose="thanks", happened_on=world.day(-1), key="t/1")
    insert(world.session, contact, within=world.within)


def thank_by_call(world: World, who: Constituent) -> None:
    """A call that was made."""
    report = Report(world.day(-1), "call", "reached", "Thanked her")
    log_move(world.session, who.id, report, within=world.within, on=world.today)


@pytest.mark.parametrize("thank", [thank_by_mail, thank_by_call])
def test_whoever_was_thanked_need_not_be_thanked_again(world: World, thank) -> None:
    graciela = world.person("Graciela Montoya")
    world.gift(graciela, 120_000, -3)
    world.task("Call Graciela", graciela)
    thank(world, graciela)
    assert told(world.day_of(OLIVE)) == [("Call Graciela", "It is due today.")]


def test_a_promise_is_a_reason(world: World) -> None:
    harold = world.person("Harold Nakamura")
    plan = Plan("Send the roof budget", world.day(-11), "mail", world.cast[OLIVE])
    plan_move(world.session, harold.id, plan, within=world.within)
    world.task("Call Harold", harold)
    assert "is 11 days late" in told(world.day_of(OLIVE))[0][1]


def test_whoever_stands_in_sees_what_is_due_for_the_other(world: World) -> None:
    world.task("Water the plants", of=SAM)
    leave = AbsenceDraft(world.cast[SAM], world.day(-1), world.day(3), world.cast[OLIVE])
    assert world.day_of(OLIVE) == []
    add_absence(world.session, leave, within=world.within)
    [found] = world.day_of(OLIVE)
    assert found.line.task.subject == "Water the plants"
    assert found.reasons[-1].sentence.startswith("For Sam Stranger, who is away until")


def test_a_level_that_falls_is_told_with_what_would_prevent_it(world: World) -> None:
    ines = world.person("Ines Carvalho")
    track = world.session.scalars(select(Track).order_by(Track.position)).first()
    assert track is not None
    of_track = select(Level).where(Level.track_id == track.id, Level.is_active).order_by(Level.position)
    lower, upper = world.session.scalars(of_track).all()[:2]
    standing = Standing(
        constituent_id=ines.id,
        track_id=track.id,
        level_id=upper.id,
        from_on=world.day(-300),
        recorded_at=world.within.at,
        cause="gift",
        rule_version=track.rule_version,
        falls_on=world.day(10),
        falls_to_id=lower.id,
    )
    insert(world.session, standing, within=world.within)
    world.task("Invite her", ines)
    [found] = world.day_of(OLIVE)
    sentence = found.reasons[0].sentence
    assert sentence.startswith(f"Falls from {upper.name} to {lower.name} on ")
    assert " unless " in sentence
    assert sentence.endswith(" comes in.")


def test_the_open_ask_is_at_stake(world: World) -> None:
    cora = world.person("Cora Lindt")
    world.gift(cora, 30_000, -90)
    world.task("Ask her", cora)
    [found] = world.day_of(OLIVE)
    assert (found.stake and found.stake.amount, found.stake and found.stake.what) == (30_000, "given in a year")
    pipeline = world.session.scalars(select(Pipeline.id)).first() or 0
    made = add_prospect(world.session, cora.id, pipeline, Entry(world.today), within=world.within)
    open_ask(world.session, made.prospect.id, Terms(5_000_000, "The boathouse"), on=world.today, within=world.within)
    [found] = world.day_of(OLIVE)
    assert (found.stake and found.stake.amount, found.stake and found.stake.what) == (5_000_000, "ask")
