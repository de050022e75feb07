"""One plan for all of the chosen: who gets one, on which days, what it brings to whom, and what is worth a look."""

from datetime import date
from typing import Any

from flask import g, request, url_for

from donors.core.changes import ChangeSet
from donors.core.db import Session, current_session
from donors.plans.queries.templates import TemplateLine, drafts_of, newest_version, rule_of, templates
from donors.plans.starting.start import Start
from donors.web.constituents.chosen import Chosen
from donors.web.constituents.chosen_views import MANY, Brings, Page, Proposal, answer, first_form
from donors.web.constituents.forms import ChosenPlanForm
from donors.web.filters import full_day, plural
from donors.web.forms import number, option
from donors.web.plans.rehearse import Rehearsal, rehearsal
from donors.web.session import viewer
from donors.workflows import chosen as acts
from donors.workflows.chosen import Outlook
from donors.workflows.held_out import held_out_of
from donors.workflows.load import load
from donors.workflows.worth_a_look import worth_a_look


def chosen_plan() -> Page:
    """One plan for all of the chosen."""
    lines = templates(current_session(), active_only=True)
    asked = number(request.values.get("plan", ""))
    first = next((line.id for line in lines if line.id == asked), lines[0].id if lines else None)
    form = first_form(ChosenPlanForm, "template", first)
    form.template.choices = [option(line.id, f"{line.name} ({line.steps} steps)") for line in lines]
    return answer(form, "plans.start", _proposed)


def _proposed(who: Chosen, form: Any) -> Proposal:
    session, on = current_session(), form.started_on.data or g.today
    template = next(line for line in templates(session) if line.id == form.template.data)
    what = Start(template.id, on, "for a list")
    outlook, brings, held = _foreseen(session, who, what, frozenset(form.without.data or ()))

    def carry_out(within: ChangeSet) -> str:
        started, made = acts.start_chosen(session, outlook.will, what, within=within)
        later = "" if made else " Their tasks are made in the next minutes."
        return f"{plural(started, 'plan')} of “{template.name}” started.{later}"

    says = _says(template, len(outlook.will), on, brings)
    if held:
        says.append(f"{held} of them are held out by lot: on paper only, to measure what the plan brings about.")
    leads = ("See these plans", url_for("plans.index", template=template.id))
    return Proposal("Start a plan", "Start", form, outlook, carry_out, tuple(says), MANY, brings, leads=leads)


def _foreseen(session: Session, who: Chosen, what: Start, without: frozenset[str]) -> tuple[Outlook, Brings, int]:
    """Who would get a plan, what that brings, and how many of them are held out."""
    outlook = acts.plan_outlook(session, who.ids, what)
    worth = worth_a_look(session, outlook.will, what.template_id, on=g.today)
    for one in worth:
        if one.key in without:
            outlook = acts.but(outlook, one.ids, f"left out by you: {one.have}")
    held = set(held_out_of(session, outlook.will, what.template_id))
    able = [one for one in outlook.will if one not in held]
    weighs = load(session, able, what.template_id, on=what.on, by=viewer().id)
    return outlook, Brings(weighs, worth, without, _example(session, able, what)), len(held)


def _example(session: Session, ids: list[int], what: Start) -> Rehearsal | None:
    """The plan of the first of them on its days."""
    if not ids:
        return None
    version = newest_version(session, what.template_id)
    asked = {"on": what.on.isoformat(), "whom": str(ids[0])}
    return rehearsal(session, asked, drafts_of(session, version.id), rule_of(session, version.id), today=g.today)


def _says(template: TemplateLine, count: int, on: date, brings: Brings) -> list[str]:
    starts = f"{plural(count, 'plan')} of “{template.name}” start{'s' if count == 1 else ''} on {full_day(on)}"
    tasks = f"{'at most ' * brings.load.is_most}{plural(brings.load.tasks, 'task')}"
    drawn = brings.example.picture if brings.example else None
    if drawn is None:
        return [f"{starts}, with {tasks}."]
    first = min(line.due.on for line in drawn.lines.values())
    span = f"on {full_day(first)}" if first == drawn.last else f"from {full_day(first)} to {full_day(drawn.last)}"
    return [f"{starts}, with {tasks} {span}.", "Where there is no officer, the task comes to you."]
