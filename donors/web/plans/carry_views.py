"""Moving running plans to the newest version of their template, after a look at what changes for whom."""

from dataclasses import dataclass, replace

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.plans.carry_preview import Redated, redated
from donors.plans.queries.plans import PlanFilter, PlanLine, count_plans, plans
from donors.plans.queries.templates import drafts_of, newest_version
from donors.plans.queries.versions import behind, undone_places, version_lines
from donors.plans.running.carry import Carried, carried
from donors.plans.templates.compare import changes
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import template_by_id
from donors.web.filters import plural
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
    """A plan with what it meets, and the days that change. `same`: as for the one above."""

    line: PlanLine
    meets: Carried
    days: tuple[Redated, ...]
    same: bool = False


def carry_page(template_id: int) -> Page:
    """Which plans are behind, what differs, and what each of them meets; then the move."""
    if request.method == "POST":
        return _carry(template_id)
    return _page(template_id)


def _page(template_id: int, error: str = "") -> str:
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
        error=error,
    )


def _rows(session: Session, lines: list[PlanLine], new: tuple[Draft, ...]) -> list[Row]:
    undone = undone_places(session, [line.plan.id for line in lines])
    old = {line.plan.version_id: drafts_of(session, line.plan.version_id) for line in lines}
    days = redated(session, [line.plan.id for line in lines], on=g.today)
    found: list[Row] = []
    for line in lines:
        meets = carried(old[line.plan.version_id], new, undone.get(line.plan.id, set()))
        row = Row(line, meets, days.get(line.plan.id, ()))
        before = found[-1] if found else None
        same = before is not None and (before.meets, before.days) == (row.meets, row.days)
        found.append(replace(row, same=same))
    return found


def _carry(template_id: int) -> Page:
    """Moves those that were chosen, or all that are behind; with none chosen it says so."""
    session = current_session()
    newest = newest_version(session, template_id)
    late = set(behind(session, template_id, newest.id))
    chosen = set(map(number, request.form.getlist("ids")))
    ids = late if request.form.get("act") == "all" else late & chosen
    if not ids:
        return _page(template_id, "No plan was moved: tick those that are to go, or move all."), 422
    within = open_change(session, "plan.carry", act=web_act(request.form.get("why", "")[:300]))
    refused = carry_plans(session, ids, on=g.today, within=within)
    if len(refused) == len(ids):
        return _page(template_id, f"No plan was moved: {next(iter(refused.values()))}"), 422
    said = f"{plural(len(ids) - len(refused), 'plan')} on version {newest.number} now."
    if refused:
        said += f" {len(refused)} stayed: {next(iter(refused.values()))}"
    return carried_out(within, url_for(".template_page", template_id=template_id), said)
