"""Years of plans by a clock of our own: schedulers that come late, people who act, and crashes at chosen commits.

All that people do hangs on the person, the step and the day alone, so that two runs do the same; what the program makes
of it is read as a log without ids.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, withdraw
from donors.constituents.models import Constituent, EmailAddress
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.db import transaction
from donors.core.settings import Organization, set_organization
from donors.jobs.job import Means
from donors.jobs.runs import act, plan_steps
from donors.mail.models import Outbox
from donors.mail.template import Draft as MailDraft
from donors.mail.template import add_template
from donors.pipeline.models import Move, Stage
from donors.pipeline.move_report import Report
from donors.pipeline.standard import install_standard
from donors.plans.models import OPEN, RUNNING, RunningPlan, Task
from donors.plans.running.close import Completion
from donors.plans.running.pause import pause, resume
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import StartRule, TemplateDraft, create
from donors.plans.terms import SPOKEN
from donors.workflows.death import record_death
from donors.workflows.held_mail import approve_mails
from donors.workflows.moves import log_move
from donors.workflows.optout import reaching_ends
from donors.workflows.plan_deadlines import escalate
from donors.workflows.plans import start_plans, stop_plan
from donors.workflows.tasks import complete_task

ZONE = ZoneInfo("America/New_York")


class Crash(Exception):
    """The process dies just before a commit."""


@dataclass
class Years:
    """A run of so many people over some days, each with a plan `every` so many days.

    `crashes`: the commits, counted from 1, at which the process dies.
    """

    starter: int
    people: int
    first: date
    last: date
    every: int = 30
    crashes: Collection[int] = ()
    commits: int = 0
    at: datetime = field(init=False)
    ids: list[int] = field(default_factory=list)
    template_id: int = 0

    def live(self, engine: Engine) -> list[str]:
        """Lives through all days and returns the log."""
        self.at = datetime.combine(self.first, time(9), ZONE)
        self._prepare()
        with self._dying(engine):
            for on, hours in self._days():
                self._day(on, hours)
        return self._log()

    def _days(self) -> Iterator[tuple[date, Sequence[int]]]:
        """The days on which the program is there and the hours of its ticks: hourly when clocks change, else once.

        Now and then it is away for some days.
        """
        on = self.first
        while on <= self.last:
            offsets = {datetime.combine(on, time(hour), ZONE).utcoffset() for hour in (0, 23)}
            yield on, range(24) if len(offsets) > 1 else (9,)
            on += timedelta(days=1 + (5 if drawn("away", on) < 5 else 0))

    def _day(self, on: date, hours: Sequence[int]) -> None:
        for hour in hours:
            self.at = datetime.combine(on, time(hour), ZONE)
            self._tick()
            self._tick_of(self.at - timedelta(hours=2))  # a host whose clock is behind
        self.at = datetime.combine(on, time(max(hours)), ZONE)
        self._once(lambda session: self._start(session, on))
        self._tick()
        self._once(lambda session: escalate(session, on=on, act=self._act(None)))
        due = self._due(on)
        for number, one in enumerate(self.ids):
            self._people(number, one, on, has_work=one in due)
        self._tick()

    def _tick(self) -> None:
        self._tick_of(self.at)

    def _tick_of(self, at: datetime) -> None:
        means = Means(lambda: at, None)
        for job in (plan_steps, act):
            while self._until_done(lambda job=job: job(means)):
                pass

    def _until_done(self, work: Callable[[], int | None]) -> int:
        while True:
            try:
                return work() or 0
            except Crash:
                continue

    def _once(self, work: Callable[[Session], object]) -> None:
        def whole() -> None:
            with transaction() as session:
                work(session)

        self._until_done(whole)

    def _act(self, by: int | None) -> Act:
        return Act(by=by, at=self.at, through="web" if by else "job")

    def _change(self, session: Session) -> ChangeSet:
        return open_change(session, "years", act=self._act(self.starter))

    @contextmanager
    def _dying(self, engine: Engine) -> Iterator[None]:
        def before(_connection: object) -> None:
            self.commits += 1
            if self.commits in self.crashes:
                raise Crash

        event.listen(engine, "commit", before)
        try:
            yield
        finally:
            event.remove(engine, "commit", before)

    def _prepare(self) -> None:
        with transaction() as session:
            within = self._change(session)
            caps = ("email/3/30",)
            here = Organization(zone=str(ZONE), sender_address="us@example.org", contact_caps=caps)
            set_organization(session, here, within=within)
            if session.scalar(select(Stage.id).limit(1)) is None:
                install_standard(session, within=within)
            stage = session.scalars(select(Stage.id).where(Stage.name == "Cultivation")).one()
            name = f"Run {within.id}"
            service = add_template(session, MailDraft(name, "Hello", "Dear {name}", purpose="service"), within=within)
            words = MailDraft(f"{name} news", "News", "Dear {name}", purpose="personal")
            news = add_template(session, words, within=within)
            draft = TemplateDraft(name, every_kind(service.id, news.id, stage), starts=StartRule(allows_copies=True))
            self.template_id = create(session, draft, within=within).id
            for number in range(self.people):
                born = date(1940 + 4 * (number % 12), 2, 29) if number % 3 == 0 else date(1950, 6, 15)
                row = Constituent(kind="person", name=f"Person {number}", sort_name=f"person {number}", born_on=born)
                self.ids.append(insert(session, row, within=within).id)
                text = f"p{number}@example.org"
                address = EmailAddress(constituent_id=row.id, address=text, folded=text, is_primary=True)
                insert(session, address, within=within)

    def _start(self, session: Session, on: date) -> None:
        ids = [one for number, one in enumerate(self.ids) if (on.toordinal() + number * 7) % self.every == 0]
        if ids:
            start_plans(session, ids, Start(self.template_id, on), within=self._change(session))

    def _people(self, number: int, one: int, on: date, *, has_work: bool) -> None:
        """What is done about a person on a day: most often nothing."""
        if has_work and drawn("busy", number, on) < 30:
            self._once(lambda session: self._work(session, one, on))
        for name, chance, do in (
            ("pause", 2, self._pause),
            ("resume", 10, self._resume),
            ("stop", 1, self._stop),
            ("refuse", 1, self._refuse),
            ("die", 1, self._die),
        ):
            if drawn(name, number, on) < chance and (chance > 1 or drawn(name, on, number) < 10):
                self._once(lambda session, do=do: do(session, one, on))

    def _due(self, on: date) -> set[int | None]:
        """Who has something that somebody can do."""
        doing = (Task.state == OPEN, Task.kind.in_(("task", "stage")), Task.due_on <= on)
        wanted = (
            select(Task.constituent_id).where(*doing),
            select(Move.constituent_id).where(Move.state == "planned", Move.due_on <= on),
            select(Outbox.constituent_id).where(Outbox.state == "held"),
        )
        found: set[int | None] = set()
        self._once(lambda session: found.update(one for each in wanted for one in session.scalars(each)))
        return found

    def _work(self, session: Session, one: int, on: date) -> None:
        """Does what is due: tasks with a result, planned moves with a report, held mails with a yes."""
        due = select(Task).where(Task.constituent_id == one, Task.state == OPEN, Task.due_on <= on)
        for task in session.scalars(due.where(Task.kind.in_(("task", "stage"))).order_by(Task.due_on, Task.id)).all():
            result = SPOKEN[drawn(task.subject, task.due_on) % len(SPOKEN)] if task.kind == "task" else ""
            if session.get_one(Task, task.id).state == OPEN:
                complete_task(session, task.id, Completion(on, result=result), within=self._change(session))
        moves = select(Move).where(Move.constituent_id == one, Move.state == "planned", Move.due_on <= on)
        for move in session.scalars(moves.order_by(Move.due_on, Move.id)).all():
            how = ("reached", "no_answer")[drawn(move.purpose, move.due_on) % 2]
            report = Report(on, "visit", how, planned_id=move.id)
            log_move(session, one, report, within=self._change(session), on=on)
        held = select(Outbox.id).where(Outbox.constituent_id == one, Outbox.state == "held").order_by(Outbox.id)
        approve_mails(session, session.scalars(held).all(), within=self._change(session))

    def _plans(self, session: Session, one: int, state: str) -> Sequence[int]:
        wanted = select(RunningPlan.id).where(RunningPlan.constituent_id == one, RunningPlan.state == state)
        return session.scalars(wanted.order_by(RunningPlan.id)).all()

    def _pause(self, session: Session, one: int, on: date) -> None:
        for plan in self._plans(session, one, RUNNING):
            pause(session, plan, on=on, within=self._change(session))

    def _resume(self, session: Session, one: int, on: date) -> None:
        for plan in self._plans(session, one, "paused"):
            resume(session, plan, on=on, shifts=on.day % 2 == 0, within=self._change(session))

    def _stop(self, session: Session, one: int, on: date) -> None:
        for plan in self._plans(session, one, RUNNING)[:1]:
            stop_plan(session, plan, reason="no longer wanted", on=on, within=self._change(session))

    def _refuse(self, session: Session, one: int, on: date) -> None:
        within = self._change(session)
        withdraw(session, session.get_one(Constituent, one), said=Said("email", on, "letter"), within=within)
        reaching_ends(session, [one], within=within)

    def _die(self, session: Session, one: int, on: date) -> None:
        row = session.get_one(Constituent, one)
        if not row.is_deceased:
            record_death(session, row, died_on=on, within=self._change(session), on=on)

    def _log(self) -> list[str]:
        numbers = {one: number for number, one in enumerate(self.ids)}
        lines = []
        with transaction() as session:
            tasks = select(Task, RunningPlan.started_on, RunningPlan.state).join(
                RunningPlan, RunningPlan.id == Task.plan_id
            )
            for task, started, plan in session.execute(tasks.where(Task.constituent_id.in_(self.ids))):
                words = (numbers[task.constituent_id], started, plan, task.subject, task.state, task.result)
                days = (task.original_due_on, task.due_on, task.done_on, task.escalated_on, task.acted_on)
                lines.append(repr((*words, *map(str, days), task.reason, task.trouble)))
            for mail in session.scalars(select(Outbox).where(Outbox.constituent_id.in_(self.ids))):
                lines.append(repr(("mail", numbers[mail.constituent_id or 0], mail.state, str(mail.next_try_at))))
            for move in session.scalars(select(Move).where(Move.constituent_id.in_(self.ids))):
                lines.append(repr(("move", numbers[move.constituent_id], move.state, str(move.due_on), move.outcome)))
        return sorted(lines)


def every_kind(service: int, news: int, stage: int) -> tuple[Draft, ...]:
    """A plan with every kind of step, every day to count from, both joins, branches, criteria and a deadline."""

    def after(subject: str, days: int, *parents: int, outcome: str = "", **values: object) -> Draft:
        return Draft(subject, days, tuple(Link(one, outcome) for one in parents), **values)  # type: ignore[arg-type]

    late = {"deadline_days": 4, "escalates_to": "starter"}
    lives = {"not": {"field": "city", "operator": "equals", "value": "Amherst"}}
    return (
        Draft("Call", 2, counts="working", **late),  # type: ignore[arg-type]
        after("A week", 7, 1, kind="wait", after="parent due"),
        after("Letter", 3, 1, outcome="no answer", kind="mail", mail_template_id=news),
        after("Visit", 5, 1, outcome="reached", kind="move", method="visit", criteria=lives),
        after("Thank", 1, 3, 4, joins="any", kind="mail", mail_template_id=service),
        after("Propose", 2, 2, 5, kind="stage", stage_id=stage),
        after("Tell", 1, 2, kind="note", role="starter"),
        Draft("Birthday card", -3, after="birthday", kind="mail", mail_template_id=news, is_held=True),
        Draft("Year’s end", -10, after="fiscal year end", counts="working"),
    )


def drawn(*words: object) -> int:
    """0 to 99, the same whenever it is asked for the same words."""
    return int.from_bytes(sha256(repr(words).encode()).digest()[:4], "big") % 100
