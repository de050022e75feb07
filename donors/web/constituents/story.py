"""The story of a constituent: what every part knows, on one line of time. Parts give events; nothing is computed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from donors.constituents.models import HOUSEHOLD, Constituent
from donors.constituents.queries import members, past_members
from donors.core.clock import local_date
from donors.core.db import Session
from donors.giving.queries.gifts import GiftLine, gifts_of
from donors.levels.effects.decide import FAILED, REFUSED
from donors.levels.effects.queries import names, runs_of
from donors.levels.effects.words import what, when
from donors.levels.queries import history as level_history
from donors.mail.decide import CHANNEL_WORDS
from donors.mail.ledger import refusals_of
from donors.mail.queries import mails_to
from donors.pipeline.asks.decide import REASONS, STATUSES
from donors.pipeline.asks.queries import asks_of_constituent
from donors.pipeline.decide import LEFT, METHODS, OUTCOMES
from donors.pipeline.queries.moves import moves_attended, moves_of, planned_of
from donors.pipeline.queries.prospects import history as stage_history
from donors.pipeline.queries.prospects import prospects_of
from donors.plans.queries.plans import PlanFilter, plans
from donors.plans.queries.tasks import TaskFilter, tasks
from donors.plans.terms import SPOKEN
from donors.volunteering.queries import shifts_of
from donors.web.session import Viewer


@dataclass(frozen=True)
class Event:
    """One thing that happened, or is due. `amount` in minor units, `minutes` of volunteer work; `row` breaks ties."""

    on: date
    row: int
    kind: str
    icon: str
    title: str
    text: str = ""
    quote: str = ""
    amount: int | None = None
    minutes: int | None = None
    href: str = ""
    tag: tuple[str, str] | None = None
    level: int | None = None


@dataclass(frozen=True)
class Teller:
    """Whose story is told to whom. `limit`: no source needs to give more of its newest events than this."""

    session: Session
    row: Constituent
    viewer: Viewer
    on: date
    zone: str
    limit: int


Source = Callable[[Teller], Iterator[Event]]


def gifts(teller: Teller) -> Iterator[Event]:
    """Gifts given, and those of others that were credited; a household's, and those of its members in their time."""
    session, sees = teller.session, teller.viewer.sees
    own = gifts_of(session, teller.row.id, sees=sees, limit=teller.limit)
    found = {line.gift.id: line for line in own}
    if teller.row.kind == HOUSEHOLD:
        here = members(session, teller.row.id, on=teller.on, sees=sees)
        for member in (*here, *past_members(session, teller.row.id, on=teller.on, sees=sees)):
            first, end = member.stay.from_on or date.min, member.stay.to_on or date.max
            given = gifts_of(session, member.person.id, sees=sees, limit=teller.limit, soft=False)
            found |= {line.gift.id: line for line in given if first <= line.gift.received_on < end}
    return (_gift(teller, line) for line in found.values())


def _gift(teller: Teller, line: GiftLine) -> Event:
    gift = line.gift
    title = ", ".join(part for part in (line.appeal or line.campaign, *line.funds) if part) or "Gift"
    by = "" if gift.constituent_id == teller.row.id else f"By {line.giver}"
    refund = "" if line.net == gift.base_amount else "refunded" if line.net == 0 else "changed since"
    text = ". ".join(part for part in (by, gift.method.capitalize(), gift.note) if part)
    tag = (refund, "warn") if refund else None
    href = f"/giving/{gift.id}"
    return Event(gift.received_on, gift.id, "gift", "gift", title, text, amount=line.net, href=href, tag=tag)


def shifts(teller: Teller) -> Iterator[Event]:
    """Volunteer work."""
    for line in shifts_of(teller.session, teller.row.id, sees=teller.viewer.sees, limit=teller.limit):
        shift = line.shift
        href = f"/volunteering/{shift.id}"
        title = line.activity or "Volunteer work"
        yield Event(shift.worked_on, shift.id, "hours", "hours", title, shift.note, minutes=shift.minutes, href=href)


def moves(teller: Teller) -> Iterator[Event]:
    """Moves made, with their call reports, those of others at which they were present, and those planned."""
    session, sees = teller.session, teller.viewer.sees
    for each in planned_of(session, teller.row.id, sees=sees):
        move = each.move
        href = f"/pipeline/log?constituent={teller.row.id}&move={move.id}"
        method = METHODS.get(move.method, "").capitalize()
        text = ", ".join(part for part in (method, each.officer or "") if part)
        title = f"{move.purpose}, planned"
        yield Event(move.due_on or teller.on, move.id, "due", "next", title, text, href=href)
    made = moves_of(session, teller.row.id, sees=sees, limit=teller.limit)
    for each in (*made, *moves_attended(session, teller.row.id, sees=sees, limit=teller.limit)):
        move = each.move
        title = move.purpose or METHODS.get(move.method, "Move")
        tag = (OUTCOMES[move.outcome].lower(), TONES.get(move.outcome, "")) if move.outcome in OUTCOMES else None
        on = move.made_on or teller.on
        met = "" if move.constituent_id == teller.row.id else f"Present, with {each.constituent}"
        text, href = ". ".join(part for part in (met, each.officer or "") if part), f"/pipeline/moves/{move.id}"
        yield Event(on, move.id, "move", move.method or "move", title, text, move.report, tag=tag, href=href)


TONES = {"positive": "good", "agreed": "good", "not_now": "warn", "declined": "danger"}


def stages(teller: Teller) -> Iterator[Event]:
    """Steps from stage to stage, into a pipeline and out of it."""
    for standing in prospects_of(teller.session, teller.row.id, sees=teller.viewer.sees):
        for one in stage_history(teller.session, standing.prospect.id, on=teller.on):
            title = f"{one.before} to {one.stage}" if one.before else f"Entered {one.stage}"
            if one.stage is None:
                title = f"Left the pipeline: {LEFT.get(one.entry.how, one.entry.how).lower()}"
            text = ". ".join(part for part in (one.entry.why, one.by or "") if part)
            href = f"/pipeline/{standing.prospect.id}"
            yield Event(one.entry.entered_on, one.entry.id, "stage", "stage", title, text, href=href)


def asks(teller: Teller) -> Iterator[Event]:
    """Asks, each on the day on which it came to where it stands."""
    for one in asks_of_constituent(teller.session, teller.row.id, sees=teller.viewer.sees):
        row = one.opportunity
        title = f"Ask {STATUSES[row.status].lower()}" + (f": {row.purpose}" if row.purpose else "")
        text = ". ".join(part for part in (REASONS.get(row.reason, ""), one.officer or "") if part)
        href = f"/pipeline/asks/{row.id}"
        yield Event(row.status_since, row.id, "stage", "ask", title, text, amount=row.amount, href=href)


def levels(teller: Teller) -> Iterator[Event]:
    """Levels reached, and levels lost without another one."""
    for past in level_history(teller.session, teller.row.id):
        standing = past.standing
        title = f"{past.level}, {past.track}"
        text = f"Because of {past.cause}."
        yield Event(standing.from_on, standing.id, "level", "level", title, text, level=3)


def effects(teller: Teller) -> Iterator[Event]:
    """What should have followed from a change of level and did not, with the reason."""
    known, kept = names(teller.session), (REFUSED, FAILED)
    for line in runs_of(teller.session, teller.row.id, limit=teller.limit, outcomes=kept):
        run = line.run
        title = f"{when(line.effect, known)}, not done: {what(line.effect, known)}"
        tag = ("failed", "danger") if run.outcome == FAILED else None
        yield Event(run.ran_on, run.id, "minor", "warn", title, run.why, tag=tag)


def due_tasks(teller: Teller) -> Iterator[Event]:
    """Tasks: open ones on the day they are due, done ones on the day they were done."""
    for shown in ("open", "done"):
        wanted = TaskFilter(shown, constituent_id=teller.row.id)
        for line in tasks(teller.session, wanted, on=teller.on, sees=teller.viewer.sees, limit=teller.limit):
            task, done = line.task, shown == "done"
            text = ", ".join(part for part in (line.plan or "", line.owner or "", task.outcome if done else "") if part)
            title = f"Done: {task.subject}" if done else f"Task: {task.subject}"
            title += f" ({task.result})" if done and task.result in SPOKEN else ""
            day = (task.done_on if done else None) or task.due_on
            yield Event(day, task.id, "minor" if done else "due", "task", title, text, href=f"/plans/tasks/{task.id}")


def started_plans(teller: Teller) -> Iterator[Event]:
    """Plans on the day they started."""
    for ended in (False, True):
        wanted = PlanFilter(constituent_id=teller.row.id, ended=ended)
        for line in plans(teller.session, wanted, sees=teller.viewer.sees, limit=teller.limit):
            plan = line.plan
            text = f"Because of {plan.cause}." if plan.cause != "by hand" else "Started by hand."
            title = f"Plan started: {line.template}"
            yield Event(plan.started_on, plan.id, "minor", "plan", title, text, href=f"/plans/{plan.id}")


def mails(teller: Teller) -> Iterator[Event]:
    """Mails that went out, and those of them that came back."""
    reads = teller.viewer.may("mail.write")
    for mail in mails_to(teller.session, teller.row.id, limit=teller.limit):
        if mail.sent_at is not None:
            href = f"/mail/{mail.id}" if reads else ""
            tag = ("came back", "danger") if mail.came_back else None
            on = local_date(mail.sent_at, teller.zone)
            yield Event(on, mail.id, "minor", "email", mail.subject, mail.came_back, href=href, tag=tag)


def refusals(teller: Teller) -> Iterator[Event]:
    """Acts that the contact gate refused, each with its reason."""
    for one in refusals_of(teller.session, teller.row.id, limit=teller.limit):
        title = f"Not reached by {CHANNEL_WORDS.get(one.channel, one.channel)}: {one.about or one.purpose}"
        yield Event(one.refused_on, one.id, "minor", "warn", title, one.reason)


TABS: dict[str, tuple[str, tuple[tuple[str, Source], ...]]] = {
    "gifts": ("Gifts", (("giving.read", gifts),)),
    "moves": ("Moves and asks", (("pipeline.read", moves), ("pipeline.read", asks))),
    "hours": ("Hours", (("volunteering.read", shifts),)),
    "tasks": ("Tasks", (("plans.read", due_tasks), ("plans.read", started_plans))),
    "changes": ("Changes", (("pipeline.read", stages), ("levels.read", levels), ("levels.read", effects))),
    "mail": ("Mail", (("constituents.read", mails), ("constituents.read", refusals))),
}
"""Tab → its name, and its sources with the permission that each takes."""


def tabs(viewer: Viewer) -> dict[str, str]:
    """The tabs that a viewer may open, by key."""
    return {key: name for key, (name, sources) in TABS.items() if any(viewer.may(need) for need, _ in sources)}


def told(teller: Teller, tab: str = "") -> list[Event]:
    """Events of a tab, or of all of them, the newest first."""
    wanted = [TABS[tab]] if tab in TABS else list(TABS.values())
    sources = [source for _, known in wanted for need, source in known if teller.viewer.may(need)]
    found = [event for source in sources for event in source(teller)]
    return sorted(found, key=lambda event: (event.on, event.kind, event.row), reverse=True)
