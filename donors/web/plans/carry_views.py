"""Moving running plans to the newest version of their template, after a look at what changes for whom."""

from dataclasses import dataclass

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.plans.carry import Carried, carried
from donors.plans.compare import changes
from donors.plans.drafts import Draft
from donors.plans.queries.plans import PlanFilter, PlanLine, count_plans, plans
from donors.plans.queries.templates import drafts_of, newest_version
from donors.plans.queries.versions import behind, undone_places, version_lines
from donors.plans.template import template_by_id
from donors.web.forms import number
from donors.web.listing import page_number
from donors.web.plans.choices import names
from donors.web.plans.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.carry import carry_plans

Page = str | Response | tuple[str, int]
PER_PAGE = 25


@dataclass(frozen=True)
class Row:
    """A plan with what it meets."""

    line: PlanLine
    meets: Carried


def carry_page(template_id: int) -> Page:
    """Which plans are behind, what differs, and what each of them meets; then the move."""
    if request.method == "POST":
        return _carry(template_id)
    session = current_session()
    template, newest = template_by_id(session, template_id), newest_version(session, template_id)
    new, known = drafts_of(session, newest.id), names(session)
    older = [line for line in version_lines(session, template_id) if line.version.id != newest.id and line.ongoing]
    which, number = PlanFilter(template_id=template_id, but_version=newest.id), page_number()
    lines = plans(session, which, sees=viewer().sees, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    return render_template(
        "plans/carry.html",
        template=template,
        newest=newest,
        older=[(line, changes(drafts_of(session, line.version.id), new, known)) for line in older],
        rows=_rows(session, lines, new),
        total=count_plans(session, which, sees=viewer().sees),
        page=number,
        per_page=PER_PAGE,
    )


def _rows(session: Session, lines: list[PlanLine], new: tuple[Draft, ...]) -> list[Row]:
    undone = undone_places(session, [line.plan.id for line in lines])
    old = {line.plan.version_id: drafts_of(session, line.plan.version_id) for line in lines}
    return [Row(line, carried(old[line.plan.version_id], new, undone.get(line.plan.id, set()))) for line in lines]


def _carry(template_id: int) -> Response:
    """Moves those that were chosen, or all that are behind."""
    session = current_session()
    newest = newest_version(session, template_id)
    late = set(behind(session, template_id, newest.id))
    chosen = set(map(number, request.form.getlist("ids")))
    ids = late if request.form.get("act") == "all" else late & chosen
    within = open_change(session, "plan.carry", act=web_act(request.form.get("why", "")[:300]))
    refused = carry_plans(session, ids, on=g.today, within=within)
    said = f"{len(ids) - len(refused)} on version {newest.number} now."
    if refused:
        said += f" {len(refused)} stayed: {next(iter(refused.values()))}"
    return carried_out(within, url_for(".template_page", template_id=template_id), said)
