"""A small world for tests of start rules: a template, people, gifts and hours that come in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, insert, open_change
from donors.giving.gift_input import GiftInput
from donors.plans.models import PlanTemplate, RunningPlan
from donors.plans.starts.models import StartRule, StartRun
from donors.plans.starts.set_rules import RuleDraft, add_rule
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.begin import begin
from donors.workflows.gifts import record_gift
from donors.workflows.shifts import record_shifts

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")


class World:
    """A template “Welcome” of two steps, rules that start it, people who give and help."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.change = open_change(session, "test", act=ACT)
        begin(session, within=self.change)
        self.template = self.new_template("Welcome")
        self.template_id = self.template.id

    def new_template(self, name: str) -> PlanTemplate:
        """A template of two steps."""
        return create(self.session, TemplateDraft(name, (Draft("Call", 3), Draft("Write", 9))), within=self.change)

    def rule(self, event: str, *, since: date = date(2026, 1, 1), **more: Any) -> StartRule:
        """A rule that starts the template."""
        named = {name: more.pop(name) for name in ("once", "cool_down") if name in more}
        template_id = more.pop("template_id", self.template_id)
        return add_rule(self.session, RuleDraft(event, template_id, more, **named), on=since, within=self.change)

    def person(self, name: str = "Anna", **more: Any) -> int:
        """A person who never gave."""
        row = Constituent(kind="person", name=name, sort_name=name, **more)
        return insert(self.session, row, within=self.change).id

    def gives(self, one: int, amount: int = 5_000, on: date = TODAY, today: date | None = None) -> int:
        """Records a gift, and all that follows, on its day or another; returns its change set."""
        recorded = record_gift(self.session, gift(one, amount, on), act=ACT, on=today or on)
        return recorded.gift.created_in

    def helps(self, one: int, hours: int, on: date = TODAY) -> None:
        """Records a shift."""
        within = open_change(self.session, "shift", act=ACT)
        record_shifts(self.session, [ShiftInput(one, on, hours * 60)], within=within, on=on)

    def plans(self) -> Sequence[RunningPlan]:
        """All plans, in order."""
        return self.session.scalars(select(RunningPlan).order_by(RunningPlan.id)).all()

    def outcomes(self) -> list[str]:
        """What became of all happenings, in order."""
        return list(self.session.scalars(select(StartRun.outcome).order_by(StartRun.id)))


def gift(one: int, amount: int, on: date) -> GiftInput:
    """A gift as somebody types it."""
    return GiftInput(constituent_id=one, amount=amount, currency="USD", received_on=on)
