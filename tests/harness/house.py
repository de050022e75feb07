"""A small world for tests that look at the whole house, and the ids with which its routes are called.

Hidden is a confidential constituent of Olive's, with a gift, a shift, a prospect, moves, tasks, a plan and ties to
people whom everybody sees; Walter is seen by everybody but for one move that is meant for Olive alone, and Nora but for
her prospect, which is confidential to its team: Olive. Whatever is about them carries a word that stands nowhere else,
so that a page that shows it to somebody can be told by its text.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.absences import AbsenceDraft, add_absence
from donors.accounts.models import Grant
from donors.accounts.visible import EVERYTHING
from donors.constituents import requests
from donors.constituents.create import create
from donors.constituents.models import HOUSEHOLD, Constituent
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber
from donors.constituents.spans import Span
from donors.constituents.ties import Tie, relate
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.clock import now
from donors.core.criteria.tree import Compare, Operator
from donors.giving.gift_input import AdjustmentInput, CreditInput, GiftInput, SplitInput
from donors.giving.purposes import CampaignInput, add_appeal, add_campaign, add_fund
from donors.imports.queries import file_import
from donors.imports.receive import receive, start_check
from donors.imports.work import advance
from donors.levels.effects.decide import NOTICE, RISE, TASK
from donors.levels.ladders import ladders
from donors.levels.models import Track
from donors.levels.rulings import RulingDraft
from donors.levels.set_effects import EffectDraft, add_effect
from donors.mail.gate import Asked, ask, require
from donors.mail.outbox import Letter, Origin, post_to
from donors.mail.template import Draft as MailDraft
from donors.mail.template import add_template
from donors.pipeline.asks.decide import Terms
from donors.pipeline.assign import Charge
from donors.pipeline.confide import confide
from donors.pipeline.decide import OWN
from donors.pipeline.models import Pipeline
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.move_report import Report
from donors.pipeline.odds.goals import Aim, set_goal
from donors.pipeline.odds.hot import Heat, claim_hot
from donors.pipeline.prospect import Entry
from donors.plans.running.queues import add_queue, set_members
from donors.plans.running.task import OwnTask, add
from donors.plans.starts.set_rules import RuleDraft, add_rule
from donors.plans.templates import drafts as plan
from donors.plans.templates.template import TemplateDraft
from donors.plans.templates.template import create as create_template
from donors.reports.kept import Draft as Kept
from donors.reports.kept import keep
from donors.research.rate import Judged
from donors.segments.save import Draft, save
from donors.volunteering.activities import add_activity
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.adjust import refund_gift
from donors.workflows.advance import add_prospect
from donors.workflows.begin import begin
from donors.workflows.gifts import add_gift, record_gift
from donors.workflows.household import NewStay, join_household
from donors.workflows.moves import log_move
from donors.workflows.plans import start_plan
from donors.workflows.portfolio import assign_officer
from donors.workflows.ratings import rate
from donors.workflows.rulings import rule
from donors.workflows.shifts import record_shifts
from donors.workflows.starts import answer_night
from tests.cast import ADA, GINA, OLIVE, SAM, Person
from tests.harness.asks import ask_with_proposal
from tests.harness.leads import add_leads
from tests.imports.files import incoming

CALLED, FAMILY, SAID = "Zephyrine", "Quillfeather", "Marrowbone"
"""Hidden's name, and a word in every text about them: nobody may read it who does not see them."""

FILE = f"""gift_key,donor_key,name,email,amount,date
G1,D1,June Okafor,june.okafor@example.org,25.00,2026-03-02
G2,D2,{CALLED} Quilfeather,,40.00,2026-03-03
G3,D3,Nora Newcomer,nora@example.org,abc,2026-03-04
"""
"""A file that Gina has brought: somebody known, somebody much like the hidden, and a fault."""

HELD = Origin(is_held=True)
PRIVATE = "Thistledown"
"""A word in what Olive alone may read, and administrators."""


@dataclass(frozen=True)
class House:
    """The world: user ids, the hidden constituent, Olive's own move about Walter, and the day it is."""

    users: dict[Person, int]
    hidden: int
    walter: int
    own_move: int
    team_prospect: int
    today: date


@dataclass
class Builder:
    """Makes the world within one change set."""

    session: Session
    users: dict[Person, int]
    within: ChangeSet
    at: datetime
    today: date

    def ago(self, days: int) -> date:
        """The day so many days before today."""
        return self.today - timedelta(days=days)

    def act(self) -> Act:
        """An act of Olive's."""
        return Act(by=self.users[OLIVE], at=self.at, through="web")

    def person(self, given: str, family: str, **more: Any) -> Constituent:
        """A person who can be reached."""
        mail = Email(f"{given}.{family}@example.org".lower(), "home")
        phone = PhoneNumber(f"+1 413 555 {len(given):02}{len(family):02}", "mobile")
        place = Address("5 Mill Lane", "Amherst", "MA", "01002", "US", "home")
        newcomer = NewConstituent(
            given_name=given, family_name=family, emails=(mail,), phones=(phone,), addresses=(place,), **more
        )
        return create(self.session, newcomer, within=self.within)

    def gift(self, giver: int, cents: int, days: int, **more: Any) -> int:
        """A gift so many days ago."""
        wanted = GiftInput(giver, cents, self.ago(days), method="check", **more)
        return add_gift(self.session, wanted, within=self.within, on=self.today).gift.id


def build(session: Session, users: dict[Person, int]) -> House:
    """Writes the world and commits it; a day and a night in the life of a charity."""
    at = now()
    change = open_change(session, "test.house", act=Act(by=users[OLIVE], at=at, through="web", why="a small world"))
    make = Builder(session, users, change, at, at.date())
    begin(session, within=change)
    _effects(make)
    hidden, walter, june, home = _people(make)
    _giving(make, hidden, walter, june)
    own_move = _pipeline(make, hidden, walter, june)
    team_prospect = _team(make)
    set_goal(session, Aim(make.today.year, "money", 5_000_000), within=change)
    _plans(make, hidden, walter)
    _ties(make, hidden, walter, june, home)
    _papers(make)
    _mail(make, hidden, f"We thank you, {SAID}")
    _mail(make, walter, "We thank you")
    _levels(make, hidden, walter)
    add_leads(session, (users[OLIVE], walter.id), (hidden.id, CALLED, FAMILY, SAID), within=change)
    made = House(users, hidden.id, walter.id, own_move, team_prospect, make.today)
    file_id = receive(session, replace(incoming(FILE), source="marathon"), act=Act(users[GINA], at, "web")).id
    start_check(session, file_import(session, file_id))
    session.commit()
    advance(file_id, clock=now)
    return made


def _effects(make: Builder) -> None:
    """Whoever rises gets a task, and two are told: one sees the hidden, the other does not."""
    track_id = make.session.scalars(select(Track.id).order_by(Track.position).limit(1)).one()
    told = (make.users[OLIVE], make.users[SAM])
    for draft in (EffectDraft(RISE, NOTICE, users=told), EffectDraft(RISE, TASK, words="Say thank you", days=2)):
        add_effect(make.session, track_id, draft, within=make.within)


def _levels(make: Builder, hidden: Constituent, walter: Constituent) -> None:
    """Both levels on the first track are frozen; both have asked to see what is kept."""
    track = ladders(make.session)[0].id
    for who, why in ((hidden, f"{SAID} is in dispute."), (walter, "Asked for it.")):
        rule(make.session, who.id, track, RulingDraft("freeze", why), within=make.within, on=make.today)
        requests.take(make.session, who, requests.Asked("access", make.ago(3)), on=make.today, within=make.within)


def _people(make: Builder) -> tuple[Constituent, Constituent, Constituent, Constituent]:
    hidden = make.person(CALLED, FAMILY, confidential=True, note=f"{SAID} asked to stay unseen.")
    insert(make.session, Grant(user_id=make.users[OLIVE], constituent_id=hidden.id, reason="hers"), within=make.within)
    walter = make.person("Walter", "Abernathy", born_on=date(1951, 4, 3), external_ids=(("old system", "W-17"),))
    june = make.person("June", "Okafor")
    home = create(make.session, NewConstituent(kind=HOUSEHOLD), within=make.within)
    for number in range(6):
        make.person("Person", f"Ordinary{'abcdef'[number]}")
    return hidden, walter, june, home


def _giving(make: Builder, hidden: Constituent, walter: Constituent, june: Constituent) -> None:
    fund = add_fund(make.session, "Roof", within=make.within).id
    campaign = CampaignInput("The Boathouse", make.ago(400), goal=50_000_000)
    drive = add_campaign(make.session, campaign, within=make.within).id
    appeal = add_appeal(make.session, "Spring letter", within=make.within).id
    told = {"campaign_id": drive, "appeal_id": appeal}
    secret = {"note": f"From {SAID}, quietly", "source": "lockbox", "external_id": f"{SAID}-1", **told}
    shared = (CreditInput(june.id, 7_313_100, role="spouse"),)
    given = make.gift(hidden.id, 7_313_100, 40, credits=shared, splits=(SplitInput(fund, 7_313_100),), **secret)
    back = AdjustmentInput(100_00, make.ago(20), f"{SAID} changed it")
    refund_gift(make.session, given, back, act=make.act(), on=make.today)
    for years in range(4):
        make.gift(walter.id, 120_000 + years, 30 + 365 * years, **told)
    make.gift(june.id, 45_000, 10, credits=(CreditInput(hidden.id, 45_000, role="friend"),))
    small = record_gift(make.session, GiftInput(june.id, 2_500, make.ago(3)), act=make.act(), on=make.today).gift.id
    twice = AdjustmentInput(500, make.ago(1), "Sent twice")
    refund_gift(make.session, small, twice, act=make.act(), on=make.today)
    usher = add_activity(make.session, "Usher", within=make.within).id
    shifts = [
        ShiftInput(hidden.id, make.ago(9), 240, usher, note=f"{SAID} came late"),
        ShiftInput(june.id, make.ago(9), 180, usher, note="Front door"),
    ]
    record_shifts(make.session, shifts, within=make.within, on=make.today)


def _pipeline(make: Builder, hidden: Constituent, walter: Constituent, june: Constituent) -> int:
    session, within, olive, sam = make.session, make.within, make.users[OLIVE], make.users[SAM]
    pipeline_id = session.scalars(select(Pipeline.id)).one()
    said = {hidden.id: SAID, walter.id: "the annual lunch", june.id: "the roof"}
    for one, officer in ((hidden, olive), (walter, olive), (june, sam)):
        entry = Entry(make.ago(45), why=f"Came up at {said[one.id]}")
        prospect = add_prospect(session, one.id, pipeline_id, entry, within=within).prospect
        charge = Charge(officer, make.ago(45), reason=f"Knows {said[one.id]}")
        assign_officer(session, one.id, charge, within=within)
        terms = Terms(2_500_000, f"For {said[one.id]}", odds=40)
        ask_with_proposal(session, prospect.id, terms, on=make.ago(40), within=within)
        judged = Judged("linkage", make.ago(30), f"Visit about {said[one.id]}", score=3)
        rate(session, one.id, judged, within=within)
        claim_hot(session, prospect.id, Heat(make.ago(-30), 1_000_000, 70, said[one.id]), on=make.today, within=within)
        ahead = Plan(f"Show plans of {said[one.id]}", make.ago(-7), "visit", officer)
        plan_move(session, one.id, ahead, within=within)
        late = Plan(f"Call about {said[one.id]}", make.ago(5), "call", officer)
        plan_move(session, one.id, late, within=within)
        told = Report(make.ago(12), "visit", "positive", f"Likes {said[one.id]}", f"Met for {said[one.id]}", officer)
        log_move(session, one.id, told, within=within, on=make.today)
    private = Report(make.ago(2), "visit", "positive", f"Her {PRIVATE} is ill.", f"{PRIVATE} visit", olive, readers=OWN)
    return log_move(session, walter.id, private, within=within, on=make.today).id


def _team(make: Builder) -> int:
    """A prospect of Olive's for her team alone, with moves: its constituent is seen by everybody."""
    session, within, olive = make.session, make.within, make.users[OLIVE]
    nora = make.person("Nora", "Lindqvist")
    pipeline_id = session.scalars(select(Pipeline.id)).one()
    assign_officer(session, nora.id, Charge(olive, make.ago(45)), within=within)
    prospect = add_prospect(session, nora.id, pipeline_id, Entry(make.ago(45), why=SAID), within=within).prospect
    ask_with_proposal(session, prospect.id, Terms(3_300_000, f"For {SAID}"), on=make.ago(40), within=within)
    plan_move(session, nora.id, Plan(f"Call about {SAID}", make.ago(4), "call", olive), within=within)
    told = Report(make.ago(12), "visit", "positive", f"Speaks of {SAID}", f"Met for {SAID}", olive)
    log_move(session, nora.id, told, within=within, on=make.today)
    confide(session, prospect.id, confidential=True, sees=EVERYTHING, within=within)
    return prospect.id


def _plans(make: Builder, hidden: Constituent, walter: Constituent) -> None:
    session, within = make.session, make.within
    steps = (plan.Draft("Thank by hand", 1), plan.Draft("Invite to lunch", 14, links=(plan.Link(1),)))
    template = create_template(session, TemplateDraft("Welcome", steps, "After a first large gift"), within=within)
    for one, cause in ((hidden, f"{SAID} asked for it"), (walter, "by hand")):
        start_plan(session, one.id, template.id, cause=cause, within=within, on=make.ago(30))
    lapse = RuleDraft("lapse", template.id, {"days": 25})
    add_rule(session, lapse, on=make.ago(60), within=within)  # both have lapsed, and have the plan already
    answer_night(session, after=0, on=make.today, within=within)
    olive = make.users[OLIVE]
    for person, subject in ((hidden, f"Send {SAID} the papers"), (walter, "Send the papers"), (None, "Book a room")):
        due = OwnTask(subject, make.ago(1), olive, person.id if person else None, f"Note: {subject}")
        add(session, due, within=within)
    add(session, OwnTask("Call June", make.ago(1), make.users[SAM]), within=within)


def _ties(make: Builder, hidden: Constituent, walter: Constituent, june: Constituent, home: Constituent) -> None:
    session, within = make.session, make.within
    for person in (june, hidden):
        stay = NewStay(home, person, Span(make.ago(800), None))
        join_household(session, stay, within=within, on=make.today)
    relate(session, june, hidden, tie=Tie("sibling", "sibling", note=f"{SAID} since birth"), within=within)
    relate(session, walter, june, tie=Tie("friend", "friend"), within=within)


def _papers(make: Builder) -> None:
    session, within = make.session, make.within
    view = Draft("In Amherst", Compare("city", Operator.EQUALS, "Amherst"), ("name", "city"), "name", None)
    save(session, view, within=within)
    keep(session, Kept("retention", "How many stay", {}), owner_id=make.users[ADA], within=within)
    add_absence(session, AbsenceDraft(make.users[SAM], make.ago(-400), make.ago(-410)), within=within)
    set_members(session, add_queue(session, "Calls", within=within).id, [make.users[SAM]], within=within)


def _mail(make: Builder, who: Constituent, text: str) -> None:
    """A thank-you that waits for a yes, and an appeal that the contact gate refuses."""
    session, within, key = make.session, make.within, f"test/house/{who.id}"
    granted = require(session, Asked(who.id, "email", "thanks", key, "Thank you"), within=within)
    post_to(session, Letter(key, granted.address, "Thank you", text), granted, origin=HELD, within=within)
    ask(session, Asked(who.id, "email", "ask", f"{key}/ask", "Spring appeal"), within=within)
    add_template(session, MailDraft(f"Thanks {who.id}", "Thank you", "Dear {dear}, thank you."), within=within)
