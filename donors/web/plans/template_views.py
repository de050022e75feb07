"""Templates: the list, one of them with its running plans, and the editor, which makes a new version."""

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.queries import users
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.plans.dates import length
from donors.plans.models import ONGOING
from donors.plans.queries.editions import edition
from donors.plans.queries.plans import PlanFilter, count_plans, plans
from donors.plans.queries.templates import (
    drafts_of,
    newest_version,
    plan_counts,
    rule_of,
    starts_of,
    templates,
    versions,
)
from donors.plans.template import TemplateDraft, create, revise, set_active, template_by_id
from donors.web.answer import done
from donors.web.plans.editor import Editing, draft_of, of, read, with_row, without_row, wrong
from donors.web.session import viewer, web_act
from donors.workflows.plans import waits_for

Page = str | Response | tuple[str, int]
PER_PAGE = 25


def templates_page() -> str:
    """All templates."""
    return render_template("plans/templates.html", lines=templates(current_session()))


def template_page(template_id: int) -> str:
    """One template: its steps, and the plans that run on it."""
    session = current_session()
    template = template_by_id(session, template_id)
    version = newest_version(session, template_id)
    course = edition(session, version.id)
    counts = plan_counts(session).get(template_id, {})
    which = PlanFilter(template_id=template_id, ended="ended" in request.args)
    text = request.args.get("page", "1")
    number = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return render_template(
        "plans/template.html",
        template=template,
        version=version,
        versions=versions(session, template_id),
        steps=[(step, waits_for(course, step.id)) for step in course.steps.values()],
        length=length(course.nodes),
        rule=course.rule,
        names=_names(),
        counts=counts,
        running=sum(counts.get(state, 0) for state in ONGOING),
        rows=plans(session, which, sees=viewer().sees, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        total=count_plans(session, which, sees=viewer().sees),
        ended=which.ended,
        page=number,
        per_page=PER_PAGE,
    )


def new_template() -> Page:
    """A template from nothing."""
    if request.method == "GET":
        return _editor(Editing(), None)
    editing = _changed(read(request.form))
    if request.form.get("act") != "save":
        return _editor(editing, None)
    session = current_session()
    try:
        within = open_change(session, "template.create", act=web_act())
        template = create(session, draft_of(editing), within=within)
        return done(within, url_for(".template_page", template_id=template.id), f"{template.name} is ready.")
    except (Invalid, Blocked) as error:
        return _editor(editing, None, error.message), 422


def edit_template(template_id: int) -> Page:
    """The next version of a template; plans that run stay on theirs."""
    session = current_session()
    template = template_by_id(session, template_id)
    if request.method == "GET":
        return _editor(of(_draft(template_id)), template_id)
    editing = _changed(read(request.form))
    if request.form.get("act") != "save":
        return _editor(editing, template_id)
    text = request.form.get("version", "")
    expect = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    try:
        within = open_change(session, "template.revise", act=web_act())
        made = revise(session, template_id, draft_of(editing), within=within, expect=expect)
        said = f"Version {made.number} holds for plans that start from now on."
        return done(within, url_for(".template_page", template_id=template_id), said)
    except Conflict:
        return _editor(editing, template_id, conflict=of(_draft(template_id))), 409
    except (Invalid, Blocked) as error:
        session.refresh(template)
        return _editor(editing, template_id, error.message), 422


def set_template_active(template_id: int) -> Response:
    """Lets new plans start from a template, or no longer."""
    session = current_session()
    active = request.form.get("active") == "1"
    within = open_change(session, "template.retire" if not active else "template.use", act=web_act())
    set_active(session, template_id, active=active, within=within)
    said = "New plans may start again." if active else "No new plans start from it; those that run go on."
    return done(within, url_for(".template_page", template_id=template_id), said)


def _draft(template_id: int) -> TemplateDraft:
    session = current_session()
    template, version = template_by_id(session, template_id), newest_version(session, template_id)
    steps, rule = drafts_of(session, version.id), rule_of(session, version.id)
    return TemplateDraft(template.name, steps, template.description, rule, starts_of(session, version.id))


def _changed(editing: Editing) -> Editing:
    """The rows after a button of the editor: one more, or one less."""
    act, _, place = request.form.get("act", "").partition(":")
    if act == "add":
        return with_row(editing)
    if act == "remove" and place.isdigit():
        return without_row(editing, int(place))
    return editing


def _editor(editing: Editing, template_id: int | None, error: str = "", conflict: Editing | None = None) -> str:
    session = current_session()
    return render_template(
        "plans/editor.html",
        editing=editing,
        template=None if template_id is None else template_by_id(session, template_id),
        people=[line.user for line in users(session) if line.user.active],
        wrong=wrong(editing) if error else {},
        error=error,
        conflict=conflict,
        today=g.today,
    )


def _names() -> dict[int, str]:
    return {line.user.id: line.user.name for line in users(current_session())}
