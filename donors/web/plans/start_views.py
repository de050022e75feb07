"""Starting a plan by hand: for whom, which one, from when; then all dates and what stands in the way; then it."""

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.models import Constituent
from donors.constituents.search import search
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.plans.queries.templates import drafts_of, newest_version, rule_of, templates
from donors.plans.starting.start import Start
from donors.plans.templates.describe import KIND_WORDS
from donors.segments.queries import segments
from donors.web.choose import by_id
from donors.web.door import local_path
from donors.web.forms import option, typed
from donors.web.plans.forms import StartForm
from donors.web.plans.rehearse import FIELDS, rehearsal
from donors.web.plans.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.plan_preview import Outlook, outlook
from donors.workflows.plans import Refusal, start_as

Page = str | Response | tuple[str, int]


def start() -> Page:
    """For whom, which plan, from when; then all dates; then the start."""
    who = by_id(current_session(), request.values.get("constituent", ""))
    if who is None:
        return _whom()
    form = _form()
    if not form.template.choices:
        return render_template("plans/start.html", who=who, form=form, rehearsal=None, outlook=Outlook())
    if request.method == "GET":
        return _preview(who, form)
    if not form.validate() or not _is_meant(who, form):
        return _preview(who, form), 422
    return _start(who, form)


def _is_meant(who: Constituent, form: StartForm) -> bool:
    """Whether somebody who wants no contact is to have a plan all the same: that needs a reason."""
    if who.do_not_contact and not typed(form.despite):
        form.despite.errors = [f"{who.name} wants no contact at all: say why there is to be a plan all the same."]
        return False
    return True


def _whom() -> str:
    """For one person, or for a list; the template goes along."""
    session, seen, q = current_session(), viewer().sees, request.args.get("q", "").strip()[:100]
    known = {str(line.id): line for line in templates(session, active_only=True)}
    return render_template(
        "plans/who.html",
        q=q,
        hits=search(session, q, sees=seen, limit=12) if q else [],
        template=known.get(request.args.get("template", "")),
        views=segments(session, sees=seen),
    )


def _start(who: Constituent, form: StartForm) -> Page:
    session, on = current_session(), form.on.data or g.today
    anchors = {anchor: day for anchor, name in FIELDS.items() if (day := form[name].data) is not None}
    despite = typed(form.despite)
    within = open_change(session, "plan.start", act=web_act(despite))
    started = start_as(session, who.id, Start(form.template.data, on, anchors=anchors, despite=despite), within=within)
    if isinstance(started, Refusal):
        return _preview(who, form), 422
    after = local_path(request.form.get("next"), url_for(".plan_page", plan_id=started.id))
    return carried_out(within, after, f"The plan for {who.name} has begun.")


def _form() -> StartForm:
    lines = templates(current_session(), active_only=True)
    text = request.values.get("template", "")
    known = {str(line.id): line.id for line in lines}
    first = {"template": known.get(text, lines[0].id if lines else None), "on": g.today}
    sent = request.values if "on" in request.values else None
    form = StartForm(sent, data=first)
    form.template.choices = [option(line.id, f"{line.name} ({line.steps} steps)") for line in lines]
    if str(form.template.data) not in known:
        form.template.data = first["template"]
    return form


def _preview(who: Constituent, form: StartForm) -> str:
    session = current_session()
    version = newest_version(session, form.template.data)
    drafts = drafts_of(session, version.id)
    asked = {**request.values, "whom": str(who.id)}
    drawn = rehearsal(session, asked, drafts, rule_of(session, version.id), today=g.today)
    met = outlook(session, who.id, form.template.data, drawn.known, at=g.now, despite="asked for in the form")
    return render_template(
        "plans/start.html",
        who=who,
        form=form,
        kinds=KIND_WORDS,
        rehearsal=drawn,
        outlook=met,
    )
