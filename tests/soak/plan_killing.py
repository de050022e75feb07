"""Kills of two schedulers and two web workers while plans of all sorts of steps run, with people at the pages."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, EmailAddress
from donors.core.changes import Act, JournalEntry, insert, open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.core.retry import retried
from donors.mail.models import Outbox
from donors.mail.template import Draft as MailDraft
from donors.mail.template import add_template
from donors.plans.dates import DateRule
from donors.plans.models import ONGOING, RunningPlan, Task
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.plans import start_plans
from tests.cast import OLIVE
from tests.harness.mail import Mailbox
from tests.harness.processes import free_port
from tests.soak.killing import let_finish, pack, torment
from tests.soak.pages import clerks

PEOPLE = 4
"""Whose plans start before each kill."""
MAILS = 2
"""Mails to constituents in a plan."""
SCHEDULERS = ("plans", "plans")


@dataclass(frozen=True)
class PlanTally:
    """What came of it. `confirmed` counts tasks of which people were told that they are done, `broken` those that are
    not; `uneven` counts plans with another number of tasks than steps, `twice` tasks that ended more than once,
    `mails_off` steps with none or several mails; `resent` counts second copies of a mail, by Message-ID.
    """

    kills: int
    plans: int
    unfinished: int
    uneven: int
    twice: int
    confirmed: int
    broken: int
    mails: int
    mails_off: int
    mails_lost: int
    resent: int


def after(subject: str, *parents: int, outcome: str = "", **values: object) -> Draft:
    """A step on the day on which others end."""
    return Draft(subject, 0, tuple(Link(parent, outcome) for parent in parents), **values)  # type: ignore[arg-type]


def steps(mail: int) -> tuple[Draft, ...]:
    """A wait, a mail, a note to staff, a call with two branches, and a mail after either."""
    return (
        Draft("A moment", kind="wait"),
        after("Write", 1, kind="mail", mail_template_id=mail),
        after("Tell", 2, kind="note", role="starter"),
        after("Call", 1),
        after("Thank", 4, outcome="reached"),
        after("Call again", 4, outcome="no answer"),
        after("Card", 5, 6, joins="any", kind="mail", mail_template_id=mail),
    )


def kill_plans(app: Flask, mailbox: Mailbox, folder: Path, *, starter: int, kills: int, seed: int = 1) -> PlanTally:
    """Starts plans, kills at random, lets the rest finish, and counts."""
    with app.app_context():
        feed, ports = feeding(starter), (free_port(), free_port())
        ways = (*SCHEDULERS, *(f"web:{port}" for port in ports))
        with pack(app, mailbox, folder, way=ways, seed=seed) as workers, clerks(app, ports, OLIVE) as confirmed:
            torment(workers, feed, kills=kills)
            let_finish(left)
        return count(mailbox, kills, confirmed)


def feeding(starter: int) -> Callable[[], None]:
    """What starts plans for some new people at each call."""
    with transaction() as session:
        change = open_change(session, "soak.template", act=Act(by=starter, at=now(), through="web"))
        words = MailDraft("Thank you", "Thank you", "Dear {name}", purpose="service")
        mail = add_template(session, words, within=change).id
        draft = TemplateDraft("All sorts", steps(mail), rule=DateRule(skips_weekends=False))
        template_id = create(session, draft, within=change).id

    def feed() -> None:
        retried(lambda session: _start(session, starter, template_id))

    return feed


def _start(session: Session, starter: int, template_id: int) -> None:
    change = open_change(session, "soak.people", act=Act(by=starter, at=now(), through="web"))
    ids = []
    for _ in range(PEOPLE):
        row = insert(session, Constituent(kind="person", name="P", sort_name="p"), within=change)
        text = f"p{row.id}@example.org"
        address = EmailAddress(constituent_id=row.id, address=text, folded=text, is_primary=True)
        insert(session, address, within=change)
        ids.append(row.id)
    start_plans(session, ids, Start(template_id, now().date()), within=change)


def left() -> Sequence[int]:
    """How many plans go on, and how many mails wait."""
    with transaction() as session:
        plans = select(func.count()).select_from(RunningPlan).where(RunningPlan.state.in_(ONGOING))
        mails = select(func.count()).select_from(Outbox).where(Outbox.state == "todo")
        return session.scalar(plans) or 0, session.scalar(mails) or 0


def count(mailbox: Mailbox, kills: int, confirmed: Sequence[int]) -> PlanTally:
    """Counts what there is."""
    with transaction() as session:
        states = Counter(session.scalars(select(RunningPlan.state)))
        tasks = Counter(session.scalars(select(Task.plan_id)))
        ends = Counter(
            row_id
            for row_id, before in session.execute(
                select(JournalEntry.row_id, JournalEntry.before).where(JournalEntry.table_name == "task")
            )
            if "done_on" in before
        )
        wanted = set(session.scalars(select(Task.id).where(Task.kind == "mail")))
        posted = Counter(session.scalars(select(Outbox.task_id).where(Outbox.task_id.is_not(None))))
        letters = set(session.scalars(select(Outbox.key)))
        done = set(session.scalars(select(Task.id).where(Task.state == "done")))
    received = Counter(str(message["Message-ID"]).strip("<>").partition("@")[0] for message in list(mailbox.messages))
    return PlanTally(
        kills=kills,
        plans=sum(states.values()),
        unfinished=sum(states.values()) - states["done"],
        uneven=sum(number != len(steps(0)) for number in tasks.values()) + sum(states.values()) - len(tasks),
        twice=sum(number > 1 for number in ends.values()),
        confirmed=len(confirmed),
        broken=len(confirmed) - len(done & set(confirmed)),
        mails=len(letters),
        mails_off=sum(posted[task_id] != 1 for task_id in wanted | set(posted)),
        mails_lost=len(letters - set(received)),
        resent=sum(number - 1 for number in received.values()),
    )
