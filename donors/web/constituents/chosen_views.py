"""Acts on chosen rows of the list: a page that says what will happen to whom, then the act, then the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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
from donors.pipeline.queries.stages import first_stage, pipeline, stage_of
from donors.plans.templates.describe import KIND_WORDS
from donors.web.answer import done
from donors.web.charges import charge_choices
from donors.web.constituents.chosen import LEFT, Chosen, chosen, named, some
from donors.web.constituents.forms import ChosenForm, ChosenOfficerForm, ChosenStageForm
from donors.web.constituents.list_views import KEPT, address, export
from donors.web.filters import plural
from donors.web.forms import typed
from donors.web.ladders import ladder_choices
from donors.web.plans.rehearse import Rehearsal
from donors.web.session import viewer, web_act
from donors.workflows import chosen as acts
from donors.workflows.chosen import Outlook
from donors.workflows.load import Load
from donors.workflows.portfolio import assign_officer_many
from donors.workflows.undo import undo_change
from donors.workflows.undone import ALONG
from donors.workflows.worth_a_look import Worth

Page = str | Response | tuple[str, int]
FEW, MANY = 500, 20_000
DOORS = {
    "officer": "constituents.chosen_officer",
    "plan": "constituents.chosen_plan",
    "prospects": "constituents.chosen_prospects",
    "no_contact": "constituents.chosen_no_contact",
}


@dataclass(frozen=True)
class Brings:
    """What plans would bring: the load on each officer by week, what is worth a look, what of it is left out (by its
    keys), and the days as they are for one of the chosen."""

    load: Load
    worth: tuple[Worth, ...]
    without: frozenset[str]
    example: Rehearsal | None


@dataclass(frozen=True)
class Proposal:
    """An act as its page proposes it: heading, what the button says, what will happen in sentences, and the doing.

    `plan`: what is to be looked at before plans start. `brings`: what an assignment does to portfolios. `leads`: words
    and address of what came of it.
    """

    title: str
    verb: str
    form: Form
    outlook: Outlook
    carry_out: Callable[[ChangeSet], str]
    says: tuple[str, ...] = ()
    most: int = FEW
    plan: Brings | None = None
    brings: Outcome | None = None
    leads: tuple[str, str] | None = None


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
    form = first_form(ChosenOfficerForm, "officer", viewer().id)
    form.officer.choices = charge_choices(current_session())
    return answer(form, "officers.assign", _officer)


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


def chosen_prospects() -> Page:
    """All of the chosen into the pipeline."""
    session = current_session()
    form = first_form(ChosenStageForm, "stage", first_stage(session, pipeline(session, None).id).id)
    form.stage.choices = ladder_choices(session)
    return answer(form, "prospects.add", _prospects)


def _prospects(who: Chosen, form: Any) -> Proposal:
    session = current_session()
    stage = stage_of(session, form.stage.data)
    into = pipeline(session, stage.pipeline_id)
    outlook = acts.prospects_outlook(session, who.ids, into.id)
    enter = "enters" if len(outlook.will) == 1 else "enter"
    says = [f"{plural(len(outlook.will), 'constituent')} {enter} {stage.name} of {into.name}."]
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
    return answer(ChosenForm(), "constituents.no_contact", _no_contact)


def _no_contact(who: Chosen, form: Any) -> Proposal:
    session = current_session()
    outlook = acts.no_contact_outlook(session, who.ids)
    says = (f"{plural(len(outlook.will), 'constituent')} will get no letter, mail or call through Perennial.",)

    def carry_out(within: ChangeSet) -> str:
        return f"{acts.mark_no_contact(session, outlook.will, within=within)} marked: no contact."

    return Proposal("No contact", "Mark", form, outlook, carry_out, says)


def first_form(kind: Any, name: str, first: Any) -> Any:
    """The form of an act, as it was sent or with what it begins with."""
    return kind(request.values if name in request.values else None, data={name: first, "started_on": g.today})


def answer(form: Any, kind: str, propose: Callable[[Chosen, Any], Proposal]) -> Page:
    """The page of an act; where its button was pressed and nothing has changed since, the act. `kind` of its change."""
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
        worth=[(one, some(current_session(), one.ids)) for one in found.plan.worth] if found.plan else [],
        kinds=KIND_WORDS,
        back=address(),
        keep=[(name, value) for name in KEPT for value in request.args.getlist(name)],
    )
    return page if within is None else (page, 409)


def _carry_out(found: Proposal, within: ChangeSet) -> Page:
    said = found.carry_out(within)
    there = url_for(".chosen_result", change_set_id=within.id)
    led = done(within, there)
    left = {reason: len(ids) for reason, ids in found.outlook.left_out.items()}
    ids = {reason: ids[:LEFT] for reason, ids in found.outlook.left_out.items()}
    within.outcome = {
        "location": there,
        "chosen": said,
        "left": left,
        "ids": ids,
        "leads": found.leads,
        "back": address(),
    }
    return led


def chosen_result(change_set_id: int) -> Page:
    """What an act on chosen rows did, and the way back; other acts stand in the record of changes."""
    found = change_set(current_session(), change_set_id)
    if "chosen" not in (found.outcome or {}) and viewer().may("audit.read"):
        return redirect(url_for("settings_audit.change_page", change_set_id=found.id), 303)
    change = _own(change_set_id)
    plan = plan_undo(current_session(), change, along=ALONG) if change.state == "done" else None
    told = change.outcome or {}
    left = {
        reason: (count, some(current_session(), told.get("ids", {}).get(reason, []), shown=LEFT))
        for reason, count in told["left"].items()
    }
    return render_template(
        "constituents/chosen_result.html",
        change=change,
        told=told,
        left=left,
        plan=plan,
        current_part=urlsplit(told["back"]).path.split("/")[1],
    )


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
