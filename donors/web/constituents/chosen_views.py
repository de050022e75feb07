"""Acts on chosen rows of the list: a page that says what will happen to whom, then the act, then the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.core.changes import ChangeSet, open_change
from donors.core.db import current_session
from donors.core.errors import NotAllowed, NotFound
from donors.core.history import change_set
from donors.core.undo_plan import plan_undo
from donors.pipeline.assign import Charge
from donors.pipeline.portfolios.cautions import Outcome, outcome
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.stages import pipeline, stages
from donors.plans.queries.templates import templates
from donors.plans.start import Start
from donors.web.answer import done
from donors.web.charges import charge_choices
from donors.web.constituents.chosen import Chosen, chosen, named, some
from donors.web.constituents.forms import ChosenForm, ChosenOfficerForm, ChosenPlanForm, ChosenStageForm
from donors.web.constituents.list_views import KEPT, address, export
from donors.web.filters import full_day, plural
from donors.web.forms import option, typed
from donors.web.session import viewer, web_act
from donors.workflows import chosen as acts
from donors.workflows.chosen import Outlook
from donors.workflows.held_out import held_out_of
from donors.workflows.load import Load, load
from donors.workflows.portfolio import assign_officer_many
from donors.workflows.undo import ALONG, undo_change

Page = str | Response | tuple[str, int]
FEW, MANY = 500, 20_000
DOORS = {
    "officer": "constituents.chosen_officer",
    "plan": "constituents.chosen_plan",
    "prospects": "constituents.chosen_prospects",
    "no_contact": "constituents.chosen_no_contact",
}


@dataclass(frozen=True)
class Proposal:
    """An act as its page proposes it: heading, what the button says, what will happen in sentences, and the doing.

    `load`: the tasks that it brings to each officer by week. `brings`: what an assignment does to portfolios.
    """

    title: str
    verb: str
    form: Form
    outlook: Outlook
    carry_out: Callable[[ChangeSet], str]
    says: tuple[str, ...] = ()
    most: int = FEW
    load: Load | None = None
    brings: Outcome | None = None


def choose() -> Page:
    """Leads the chosen rows to the page of an act; a file comes at once."""
    act = request.form.get("act", "")
    if act == "file":
        if not viewer().may("export"):
            raise NotAllowed("export")
        return export()
    rows: dict[str, Any] = {name: request.args.getlist(name) for name in KEPT if name in request.args}
    everybody = request.form.get("everybody")
    rows |= {"everybody": "yes"} if everybody else {"ids": request.form.getlist("ids")}
    return lead(act, rows)


def lead(act: str, rows: dict[str, Any]) -> Page:
    """To the page of an act on some rows: `ids`, or `everybody` with what the list was asked. Raises NotFound."""
    if act not in DOORS:
        raise NotFound("act", act)
    return redirect(url_for(DOORS[act], **rows), 303)


def chosen_officer() -> Page:
    """One officer for all of the chosen."""
    form = _form(ChosenOfficerForm, "officer", viewer().id)
    form.officer.choices = charge_choices(current_session())
    return _answer(form, "officers.assign", _officer)


def _officer(who: Chosen, form: Any) -> Proposal:
    session = current_session()
    outlook, before = acts.officer_outlook(session, who.ids, form.officer.data)
    name = dict((user.id, user.name) for user in officers(session))[form.officer.data]
    brings = outcome(session, outlook.will, Charge(form.officer.data, g.today), on=g.today)
    says = [f"{name} becomes the primary officer of {plural(len(outlook.will), 'constituent')}, from today."]
    taken = [f"{count} from {officer}" for officer, count in before.items() if officer]
    if taken:
        says.append(f"Taken over: {', '.join(taken)}. Tasks of plans, planned moves and open asks go along.")

    def carry_out(within: ChangeSet) -> str:
        charge = Charge(form.officer.data, g.today, reason=typed(form.reason))
        refused = assign_officer_many(session, outlook.will, charge, within=within)
        return f"{name} is in charge of {plural(len(outlook.will) - len(refused), 'constituent')} more."

    return Proposal("Assign an officer", "Assign", form, outlook, carry_out, tuple(says), brings=brings)


def chosen_plan() -> Page:
    """One plan for all of the chosen."""
    lines = templates(current_session(), active_only=True)
    form = _form(ChosenPlanForm, "template", lines[0].id if lines else None)
    form.template.choices = [option(line.id, f"{line.name} ({line.steps} steps)") for line in lines]
    return _answer(form, "plans.start", _plan)


def _plan(who: Chosen, form: Any) -> Proposal:
    session, on = current_session(), form.started_on.data or g.today
    template = next(line for line in templates(session) if line.id == form.template.data)
    what = Start(template.id, on, "for a list")
    outlook = acts.plan_outlook(session, who.ids, what)
    count, held = len(outlook.will), set(held_out_of(session, outlook.will, template.id))
    brings = load(session, [one for one in outlook.will if one not in held], template.id, on=on, by=viewer().id)
    says = [
        f"{plural(count, 'plan')} of “{template.name}” start{'s' if count == 1 else ''} on {full_day(on)}, "
        f"with {'at most ' * brings.is_most}{plural(brings.tasks, 'task')} over {plural(template.days, 'day')}.",
        "Where there is no officer, the task comes to you.",
    ]
    if held:
        says.append(f"{len(held)} of them are held out by lot: on paper only, to measure what the plan brings about.")

    def carry_out(within: ChangeSet) -> str:
        started, made = acts.start_chosen(session, outlook.will, what, within=within)
        later = "" if made else " Their tasks are made in the next minutes."
        return f"{plural(started, 'plan')} of “{template.name}” started.{later}"

    return Proposal("Start a plan", "Start", form, outlook, carry_out, tuple(says), MANY, brings)


def chosen_prospects() -> Page:
    """All of the chosen into the pipeline."""
    session = current_session()
    rungs = stages(session, pipeline(session, None).id)
    form = _form(ChosenStageForm, "stage", rungs[0].id)
    form.stage.choices = [option(stage.id, stage.name) for stage in rungs]
    return _answer(form, "prospects.add", _prospects)


def _prospects(who: Chosen, form: Any) -> Proposal:
    session = current_session()
    into = pipeline(session, None)
    stage = next(one for one in stages(session, into.id) if one.id == form.stage.data)
    outlook = acts.prospects_outlook(session, who.ids, into.id)
    says = [f"{plural(len(outlook.will), 'constituent')} enter{'s' if len(outlook.will) == 1 else ''} {stage.name}."]
    if stage.plan_template_id is not None:
        says.append("Each gets the plan of this stage, unless it is open already.")

    def carry_out(within: ChangeSet) -> str:
        entry = Entry(g.today, stage.id, typed(form.reason))
        added, without = acts.add_prospects(session, outlook.will, into.id, entry, within=within)
        also = f" For {without} the stage’s plan did not start." if without else ""
        return f"{plural(added, 'constituent')} entered {stage.name}.{also}"

    return Proposal("Into the pipeline", "Add", form, outlook, carry_out, tuple(says))


def chosen_no_contact() -> Page:
    """All of the chosen are marked: no contact."""
    return _answer(ChosenForm(), "constituents.no_contact", _no_contact)


def _no_contact(who: Chosen, form: Any) -> Proposal:
    session = current_session()
    outlook = acts.no_contact_outlook(session, who.ids)
    says = (f"{plural(len(outlook.will), 'constituent')} will get no letter, mail or call through Perennial.",)

    def carry_out(within: ChangeSet) -> str:
        return f"{acts.mark_no_contact(session, outlook.will, within=within)} marked: no contact."

    return Proposal("No contact", "Mark", form, outlook, carry_out, says)


def _form(kind: Any, name: str, first: Any) -> Any:
    """The form of an act, as it was sent or with what it begins with."""
    return kind(request.values if name in request.values else None, data={name: first, "started_on": g.today})


def _answer(form: Any, kind: str, propose: Callable[[Chosen, Any], Proposal]) -> Page:
    # Opened before anything is read: a form that was sent before leads to what it did then.
    within = open_change(current_session(), kind, act=web_act()) if request.method == "POST" else None
    who = chosen(current_session(), request.values, on=g.today)
    if not who.ids or not form.validate():
        page = render_template("constituents/chosen_none.html", who=who, form=form, back=address())
        return (page, 422) if who.ids or within is not None else page
    found = propose(who, form)
    able = not who.too_many and 0 < len(found.outlook.will) <= found.most
    agreed = request.form.get("agreed") == str(len(found.outlook.will))
    if within is not None and able and agreed:
        return _carry_out(found, within)
    page = render_template(
        "constituents/chosen.html",
        found=found,
        who=who,
        able=able,
        moved=within is not None,
        will=some(current_session(), found.outlook.will),
        left=named(current_session(), found.outlook),
        back=address(),
        keep=[(name, value) for name in KEPT for value in request.args.getlist(name)],
    )
    return page if within is None else (page, 409)


def _carry_out(found: Proposal, within: ChangeSet) -> Page:
    said = found.carry_out(within)
    there = url_for(".chosen_result", change_set_id=within.id)
    answer = done(within, there)
    left = {reason: len(ids) for reason, ids in found.outlook.left_out.items()}
    within.outcome = {"location": there, "chosen": said, "left": left, "back": address()}
    return answer


def chosen_result(change_set_id: int) -> Page:
    """What an act on chosen rows did, and the way back; other acts stand in the record of changes."""
    found = change_set(current_session(), change_set_id)
    if "chosen" not in (found.outcome or {}) and viewer().may("audit.read"):
        return redirect(url_for("settings_audit.change_page", change_set_id=found.id), 303)
    change = _own(change_set_id)
    plan = plan_undo(current_session(), change, along=ALONG) if change.state == "done" else None
    return render_template("constituents/chosen_result.html", change=change, told=change.outcome, plan=plan)


def chosen_undo(change_set_id: int) -> Page:
    """Takes an act on chosen rows back. Raises Blocked where others have built upon it."""
    change = _own(change_set_id)
    undo_change(current_session(), change, act=web_act(), on=g.today)
    flash("It is taken back.", "good")
    return redirect(url_for(".chosen_result", change_set_id=change_set_id), 303)


def _own(change_set_id: int) -> ChangeSet:
    """An act on chosen rows of the viewer's, or anybody's for those who undo what others did. Raises NotFound."""
    found = change_set(current_session(), change_set_id)
    if "chosen" not in (found.outcome or {}) or not (found.by_id == viewer().id or viewer().may("changes.undo")):
        raise NotFound("change", change_set_id)
    return found
