"""Running plans: the list, and one of them."""

from flask import g, render_template, request

from donors.core.db import current_session
from donors.plans.queries.plans import SHOWN, PlanFilter, count_plans, plans
from donors.plans.queries.templates import templates
from donors.web.forms import number
from donors.web.listing import page_number
from donors.web.plans.people import owner_options
from donors.web.plans.plan_page import page
from donors.web.session import viewer

PER_PAGE = 25


def index() -> str:
    """Plans by what `show` says (a key of SHOWN), of one `template`, with a task of one `owner`."""
    session, seen = current_session(), viewer().sees
    which, shown = _asked()
    at = page_number()
    return render_template(
        "plans/index.html",
        rows=plans(session, which, sees=seen, limit=PER_PAGE, offset=(at - 1) * PER_PAGE),
        total=count_plans(session, which, sees=seen),
        page=at,
        per_page=PER_PAGE,
        which=which,
        shown=shown,
        words=SHOWN,
        templates=templates(session),
        owners=owner_options(),
    )


def _asked() -> tuple[PlanFilter, str]:
    shown = request.args.get("show", "running")
    shown = shown if shown in SHOWN else "running"
    owner_id = viewer().id if request.args.get("whose") == "mine" else number(request.args.get("owner", ""))
    which = PlanFilter(
        template_id=number(request.args.get("template", "")),
        owner_id=owner_id,
        ended=shown == "ended",
        paused=shown == "paused",
        late_on=g.today if shown == "late" else None,
        sort=request.args.get("sort", "")[:20],
    )
    return which, shown


def plan_page(plan_id: int) -> str:
    """One plan with its tasks."""
    return page(plan_id)
