"""A small world for tests of running plans: people who may be reached, a mail, stages, and a calendar that moves."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.settings import Organization, set_organization
from donors.mail.models import MailTemplate
from donors.mail.template import Draft as MailDraft
from donors.mail.template import add_template
from donors.pipeline.models import Stage
from donors.pipeline.standard import install_standard
from donors.plans.dates import DateRule
from donors.plans.models import RunningPlan, Step, Task
from donors.plans.running.close import Completion, complete
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.plan_acts import act_on_plans
from donors.workflows.plan_deadlines import escalate
from donors.workflows.plans import start_plan
from tests.mail.people import reachable

START = date(2026, 3, 3)
"""A Tuesday."""


def after(subject: str, days: int, *parents: int, outcome: str = "", **values: Any) -> Draft:
    """A step after others."""
    return Draft(subject, days, tuple(Link(parent, outcome) for parent in parents), **values)


class World:
    """People, a mail template and the standard pipeline; `on` is the day on which things happen."""

    def __init__(self, session: Session, starter: int | None = None) -> None:
        self.session = session
        self.on = START
        self.starter = starter
        set_organization(session, Organization(sender_address="us@example.org"), within=self.change())
        install_standard(session, within=self.change())
        self.mail = self.template_of_mail("Thank you")
        self.stages = {stage.name: stage.id for stage in session.scalars(select(Stage))}
        self.anna = self.person("Anna Berg", "anna@example.org")

    def change(self, kind: str = "test") -> ChangeSet:
        """A change set at noon of the day."""
        at = datetime.combine(self.on, time(12), UTC)
        return open_change(self.session, kind, act=Act(by=self.starter, at=at, through="web"))

    def template_of_mail(self, name: str, **values: Any) -> MailTemplate:
        """A mail that needs no consent."""
        words = {"purpose": "service"} | values
        return add_template(self.session, MailDraft(name, "Thank you", "Dear {name}", **words), within=self.change())

    def person(self, name: str, address: str) -> int:
        """Somebody who may be written to."""
        return reachable(self.session, name, address).id

    def plan(self, *drafts: Draft, who: int | None = None, rule: DateRule | None = None) -> RunningPlan:
        """A plan of a new template of these steps, started today."""
        count = len(self.session.scalars(select(RunningPlan.id)).all())
        draft = TemplateDraft(f"Template {count}", drafts, rule=rule or DateRule())
        template = create(self.session, draft, within=self.change())
        found = start_plan(
            self.session, who or self.anna, template.id, cause="by hand", within=self.change(), on=self.on
        )
        assert isinstance(found, RunningPlan)
        return found

    def tasks(self, plan: RunningPlan) -> dict[str, Task]:
        """The tasks of a plan by subject."""
        wanted = select(Task).join(Step, Step.id == Task.step_id).where(Task.plan_id == plan.id)
        return {task.subject: task for task in self.session.scalars(wanted.order_by(Step.position))}

    def states(self, plan: RunningPlan) -> dict[str, str]:
        """Subject → state."""
        return {subject: task.state for subject, task in self.tasks(plan).items()}

    def run(self, on: date | None = None, limit: int = 100) -> int:
        """Lets the program act on a day until nothing is left; how many steps it carried out."""
        self.on = on or self.on
        at = datetime.combine(self.on, time(12), UTC)
        done = 0
        while True:
            count = act_on_plans(self.session, on=self.on, act=Act(by=None, at=at, through="job"), limit=limit)
            if not count:
                return done
            done += count

    def escalate(self, on: date) -> int:
        """Hands up what is past its deadline on a day."""
        self.on = on
        at = datetime.combine(on, time(6), UTC)
        return escalate(self.session, on=on, act=Act(by=None, at=at, through="job"))

    def complete(self, task: Task, on: date | None = None, **how: Any) -> None:
        """Completes a task on a day."""
        self.on = on or self.on
        complete(self.session, task.id, Completion(self.on, **how), within=self.change())

    def constituent(self, constituent_id: int) -> Constituent:
        """The row of a person."""
        return self.session.get_one(Constituent, constituent_id)


def branched(world: World, **values: Any) -> RunningPlan:
    """Call; who does not answer gets a letter, who does a visit; a card after either."""
    return world.plan(
        Draft("Call", 1),
        after("Letter", 2, 1, outcome="no answer"),
        after("Visit", 7, 1, outcome="reached"),
        after("Card", 1, 2, 3, joins="any"),
        **values,
    )
