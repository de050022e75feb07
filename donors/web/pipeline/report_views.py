"""Call reports: written, corrected, taken out."""

from dataclasses import replace

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.models import PERSON, Constituent
from donors.constituents.queries import constituent, home, members, relationships
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Conflict, Invalid, NotAllowed
from donors.pipeline.models import MADE, Move
from donors.pipeline.move_people import Guest, guests
from donors.pipeline.queries.moves import MoveLine, move, moves_of, planned_of
from donors.pipeline.queries.prospects import officers, prospects_of
from donors.plans.queries.tasks import TaskFilter, tasks
from donors.web.door import local_path
from donors.web.forms import number_in, option, refuse
from donors.web.pipeline.report_form import Offer, ReportForm, filled_form, key_of, new_form, next_move, read_report
from donors.web.pipeline.undo_views import carried_out
from donors.web.pipeline.who import who_page, whom
from donors.web.session import afterwards, viewer, web_act
from donors.workflows.moves import amend_move, log_move, remove_move
from donors.workflows.reaching import Barred, keep_refused_plan

Page = str | Response | tuple[str, int]


def log() -> Page:
    """A call report: first with whom, then what happened."""
    session = current_session()
    who = whom()
    if who is None:
        return who_page("Call report", "log")
    offered = offers(who)
    if request.method == "GET":
        return _report(who, new_form(None, offered, on=g.today, planned=_planned(who)))
    form = new_form(request.form, offered, on=g.today)
    choose_prospect(form, who)
    if form.validate():
        try:
            within = open_change(session, "move.log", act=web_act())
            made = log_move(session, who.id, read_report(form), within=within, on=g.today, tasks=_ticked(who))
            _say_what_is_missing(who, made)
            after = local_path(request.form.get("next"), f"/constituents/{who.id}")
            return carried_out(within, after, f"Logged with {who.name}.")
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
            remember(who, form, error)
    return _report(who, form), 422


def edit(move_id: int) -> Page:
    """Corrects a call report."""
    session = current_session()
    line = _own(move_id)
    who = constituent(session, line.move.constituent_id, sees=viewer().sees)
    there = guests(session, [move_id], sees=viewer().sees).get(move_id, [])
    form = filled_form(request.form if request.method == "POST" else None, offers(who, there), line.move, there)
    choose_prospect(form, who)
    conflict = ""
    if request.method == "POST" and form.validate():
        unseen = tuple(one.present for one in there if not one.is_seen)
        try:
            within = open_change(session, "move.edit", act=web_act())
            told, expect = replace(read_report(form, unseen=unseen), next_move=None), number_in(form.version)
            amend_move(session, move_id, told, within=within, on=g.today, expect=expect)
            after = url_for(".move_page", move_id=move_id)
            return carried_out(within, after, "The call report is corrected.")
        except Invalid as error:
            refuse(form, error)
        except Conflict:
            conflict = "Somebody changed this report since you opened it. What you typed stands below, not saved."
            form.version.data = str(move(session, move_id, sees=viewer().sees).move.version)
    page = render_template("pipeline/edit_move.html", who=who, form=form, move=line.move, conflict=conflict)
    return page if request.method == "GET" else (page, 409 if conflict else 422)


def remove(move_id: int) -> Page:
    """Takes a made move out."""
    session = current_session()
    line = _own(move_id)
    why = request.form.get("why", "").strip()[:300]
    within = open_change(session, "move.remove", act=web_act(why))
    expect = int(request.form["version"]) if request.form.get("version", "").isdecimal() else None
    remove_move(session, move_id, within=within, on=g.today, expect=expect)
    return carried_out(within, f"/constituents/{line.move.constituent_id}", "The call report is removed.")


def may_correct(line: MoveLine) -> bool:
    """Whether the viewer may correct a made move: their own, or anybody's for those who assign."""
    own = line.move.officer_id in (None, viewer().id) and viewer().may("pipeline.write")
    return line.move.state == MADE and (own or viewer().may("pipeline.assign"))


def _own(move_id: int) -> MoveLine:
    line = move(current_session(), move_id, sees=viewer().sees)
    if line.move.state != MADE:
        raise Blocked("There is no call report", (f"The move is {line.move.state}.",))
    if not may_correct(line):
        raise NotAllowed("pipeline.assign")
    return line


def offers(who: Constituent, there: list[Guest] | None = None) -> list[Offer]:
    """Who may have been there: those at home, those with ties, colleagues; and who was, on a report that has them."""
    session, seen = current_session(), viewer().sees
    found = {}
    lived = home(session, who.id, on=g.today, sees=seen) if who.kind == PERSON else None
    for one in members(session, lived.household.id, on=g.today, sees=seen) if lived else []:
        found[f"c{one.person.id}"] = Offer(f"c{one.person.id}", one.person.name, "at home")
    for tied in relationships(session, who.id, sees=seen)[:12]:
        if tied.tie.to_on is None:
            found.setdefault(f"c{tied.other.id}", Offer(f"c{tied.other.id}", tied.other.name, tied.kind))
    for user in officers(session):
        if user.id != viewer().id:
            found[f"u{user.id}"] = Offer(f"u{user.id}", user.name, "colleague")
    for guest in there or []:
        if guest.is_seen and not guest.present.name:
            key = key_of(guest.present)
            found.setdefault(key, Offer(key, guest.words))
    found.pop(f"c{who.id}", None)
    return list(found.values())


def remember(who: Constituent, form: ReportForm, error: Blocked) -> None:
    """Keeps that the contact gate refused the next move, though the form itself is not carried out."""
    planned = next_move(form)
    if planned is None or not isinstance(error, Barred):
        return
    who_id, act, reason = who.id, replace(web_act(), request_key=None), " ".join(error.reasons)
    afterwards(lambda own: keep_refused_plan(own, who_id, planned, reason=reason, act=act))


def _say_what_is_missing(who: Constituent, made: Move) -> None:
    session, seen = current_session(), viewer().sees
    if made.prospect_id is not None and not planned_of(session, who.id, sees=seen):
        flash(f"{who.name} has no next move now, and stands on the list of those without one.", "warn")


def _planned(who: Constituent) -> Move | None:
    """The planned move that a report fulfils: the one that was named, or the next one when its day has come."""
    named = request.args.get("move", "")
    for line in planned_of(current_session(), who.id, sees=viewer().sees):
        due = line.move.due_on is not None and line.move.due_on <= g.today
        if str(line.move.id) == named or (not named and due):
            return line.move
    return None


def choose_prospect(form: ReportForm, who: Constituent) -> None:
    """Whoever stands in several pipelines has a move for one of them."""
    stands = [one for one in prospects_of(current_session(), who.id, sees=viewer().sees) if one.prospect.is_active]
    form.prospect.choices = [option("", "whichever"), *(option(one.prospect.id, one.pipeline.name) for one in stands)]
    kept = form.prospect.data
    if kept and kept not in {str(one.prospect.id) for one in stands}:
        form.prospect.choices.append(option(kept, "a pipeline that was left"))


def _report(who: Constituent, form: ReportForm) -> str:
    session, seen = current_session(), viewer().sees
    choose_prospect(form, who)
    return render_template(
        "pipeline/log.html",
        who=who,
        form=form,
        standing=next(iter(prospects_of(session, who.id, sees=seen)), None),
        tasks=tasks(session, TaskFilter("open", viewer().id, who.id), on=g.today, sees=seen, limit=5),
        ticked=_ticked(who),
        planned=planned_of(session, who.id, sees=seen),
        last=moves_of(session, who.id, sees=seen, limit=3),
        next=request.values.get("next", ""),
    )


def _ticked(who: Constituent) -> tuple[int, ...]:
    """The tasks of the constituent that the report settles."""
    open_tasks = tasks(
        current_session(), TaskFilter("open", viewer().id, who.id), on=g.today, sees=viewer().sees, limit=5
    )
    named = set(request.form.getlist("tasks"))
    return tuple(line.task.id for line in open_tasks if str(line.task.id) in named)
